// SPDX-License-Identifier: MIT
// Common helpers: allocation that does not fail, descriptors, time units, small macros.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-util.h>

struct wl_event_loop;
struct wl_event_source;

#define NSEC_PER_SEC UINT64_C(1000000000)
#define NSEC_PER_MSEC UINT64_C(1000000)
#define NSEC_PER_USEC UINT64_C(1000)

#define array_length(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define CLAMP(v, lo, hi) ((v) < (lo) ? (lo) : (v) > (hi) ? (hi) : (v))

// Zeroed memory for small objects; exits with a message if there is none. Never for sizes that a
// client chose: use calloc and post no_memory.
void *xcalloc(size_t count, size_t size);
// realloc of count * size bytes; exits without memory. New bytes are not zeroed.
void *xrealloc(void *memory, size_t count, size_t size);
// A copy, or NULL for NULL; exits without memory. The caller frees it.
char *xstrdup(const char *text);
// A formatted string; exits without memory. The caller frees it.
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

// wl_event_loop_add_idle(), which does not fail; exits without memory.
struct wl_event_source *xadd_idle(
	struct wl_event_loop *loop, void (*callback)(void *data), void *data);

// Replaces an owned string: frees *place and stores a copy of text, which may be NULL.
void replace_string(char **place, const char *text);

// An anonymous file of size bytes, close-on-exec, sealed against shrinking; -1 with errno set.
int memfd_sized(const char *name, size_t size);
// Closes *fd if it is open (>= 0) and sets it to -1.
void close_fd(int *fd);
// False with errno set.
bool set_cloexec(int fd);
// False with errno set.
bool set_nonblock(int fd);
// Writes size bytes to a blocking descriptor. A socket whose peer closed it raises no SIGPIPE; a
// pipe does. False with errno set, after an unknown part of the data.
bool write_all(int fd, const void *data, size_t size);

// Whether the path is, or leads by links to, a Unix socket that its owner left behind: nothing
// listens there.
bool socket_is_stale(const char *path);

// Creates a directory and its missing parents, all with that mode (less the umask). An existing
// path is accepted, whatever it is. False with errno set.
bool make_directories(const char *path, mode_t mode);
// Removes a directory with all it contains, as far as possible. Does not follow symbolic links or
// enter other file systems.
void remove_tree(const char *path);

// Array with room for one more element: grows by doubling, never fails.
#define array_reserve(array, count, capacity) \
	do { \
		if ((count) >= (capacity)) { \
			(capacity) = (capacity) ? (capacity)*2 : 8; \
			(array) = xrealloc((array), (capacity), sizeof(*(array))); \
		} \
	} while (0)
