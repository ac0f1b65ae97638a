// SPDX-License-Identifier: MIT
// What every file may use: memory that does not fail, descriptors, time units, small maths.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-util.h>

#define NSEC_PER_SEC UINT64_C(1000000000)
#define NSEC_PER_MSEC UINT64_C(1000000)
#define NSEC_PER_USEC UINT64_C(1000)

#define array_length(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define CLAMP(v, lo, hi) ((v) < (lo) ? (lo) : (v) > (hi) ? (hi) : (v))

// Zeroed memory for small objects of our own; the program ends with a message where there is none.
// Never for a size that a client chose: use calloc and answer with no_memory.
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *memory, size_t count, size_t size);
char *xstrdup(const char *text); // NULL gives NULL
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Replaces an owned string: frees *place and stores a copy of text, which may be NULL.
void replace_string(char **place, const char *text);

// An anonymous file of size bytes, close-on-exec, sealed against shrinking; -1 with errno set.
int memfd_sized(const char *name, size_t size);
// Closes *fd where it is open and sets it to -1.
void close_fd(int *fd);
bool set_cloexec(int fd);
bool set_nonblock(int fd);

// Array with room for one more element: grows by doubling, never fails.
#define array_reserve(array, count, capacity) \
	do { \
		if ((count) >= (capacity)) { \
			(capacity) = (capacity) ? (capacity)*2 : 8; \
			(array) = xrealloc((array), (capacity), sizeof(*(array))); \
		} \
	} while (0)
