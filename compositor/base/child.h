// SPDX-License-Identifier: MIT
// Programs: starts them, reports their end, and ends all descendants with the compositor.
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include <wayland-server-core.h>

struct children;
struct guard;
struct guard_fds;

struct child {
	pid_t pid;      // 0: ended
	int stopped_by; // signal that stopped it last; 0: none since this was cleared
	void (*ended)(struct child *child, int status, void *data); // wait status; may be NULL
	void *data;
	struct wl_list link; // children.list
};

// Starts programs by this guard, which stays the caller's and must outlive it, and handles its
// events on the loop. Raises the limit of descriptors of this process. NULL: logged.
struct children *children_create(struct wl_event_loop *loop, struct guard *guard);
// Kills all programs that were started and their descendants, and waits for them, without calls of
// ended. The guard ends. Accepts NULL.
void children_destroy(struct children *children);
// Starts a program in a process group of its own, with default signal handlers and the original
// limit of descriptors. argv is NULL-terminated; env (may be NULL) has "NAME=VALUE" for variables
// to set and "NAME" for those to unset, NULL-terminated. ended is called once, before the child is
// freed. NULL with errno set: the program could not be started (ENOENT: not found, EACCES: not
// executable).
struct child *child_spawn(struct children *children, const char *const *argv,
	const char *const *env, void (*ended)(struct child *child, int status, void *data),
	void *data);
// The same with descriptors, which stay the caller's: see guard_spawn. fds may be NULL.
struct child *child_spawn_with(struct children *children, const char *const *argv,
	const char *const *env, const struct guard_fds *fds,
	void (*ended)(struct child *child, int status, void *data), void *data);
// Sends a signal to the child's process group. NULL and an ended child are accepted.
void child_kill(struct child *child, int signal);
// All programs and their descendants, *count of them. The caller frees the array, which is never
// NULL.
pid_t *children_descendants(const struct children *children, size_t *count);
// The process that starts the programs and reports their end; 0: it has ended.
pid_t children_guard(const struct children *children);

// Whether a program, a path or a name that is searched for in $PATH, can be run.
bool program_is_installed(const char *program);
// The exit code that a shell reports for a wait status: 128 and the number for a signal.
int wait_status_code(int status);
// A wait status as the rest of a sentence: "ended with status 1". The caller frees it.
char *wait_status_describe(int status);
