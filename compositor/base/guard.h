// SPDX-License-Identifier: MIT
// The guard: a small process that starts programs for this one and outlives it. It is the parent of
// the programs and the subreaper of their descendants, so that none is left and private files are
// removed, even if this process is killed.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define GUARD_MAX_FDS 6

struct guard {
	pid_t pid;    // 0: it has ended
	int requests; // socket; its end means that this process is gone
	int events;   // readable: guard_next_event has something
};

struct guard_options {
	int grace_ms;          // if this process is killed: time between SIGTERM and SIGKILL
	bool stdout_to_stderr; // of the programs
};

enum guard_event_kind {
	GUARD_ENDED,   // a program; status is its wait status
	GUARD_STOPPED, // a program; status is the signal that stopped it
	GUARD_OTHER,   // a descendant that is no child of the guard's own has ended
	GUARD_DEAD,    // the guard itself
};

struct guard_event {
	enum guard_event_kind kind;
	pid_t pid;
	int status;
};

// Starts the guard, which copies this process: call it early, with SIGCHLD blocked, before
// descriptors or memory are allocated that no program needs. NULL: logged.
struct guard *guard_create(const struct guard_options *options);
// Descriptors that a program gets besides the standard ones: copies, numbered from 3 in this order.
struct guard_fds {
	int fds[GUARD_MAX_FDS];
	size_t count;
	int output; // becomes its standard output and standard error; -1: it has ours
};

// Starts a program in a process group of its own, with this environment, default signal handlers
// and what else this process had when it created the guard. argv and env are NULL-terminated; fds
// may be NULL. Returns its pid, or -1 with errno set.
pid_t guard_spawn(struct guard *guard, const char *const *argv, const char *const *env,
	const struct guard_fds *fds);
// Reads an event. False: there is none. The pid of a program that ended is not used again before
// the next call of this function.
bool guard_next_event(struct guard *guard, struct guard_event *event);
// The directory is removed, with all it contains, when the guard ends.
void guard_set_folder(struct guard *guard, const char *path);
// The existing file is removed if this process is killed. If it ends otherwise, it has to do that.
void guard_add_file(struct guard *guard, const char *path);
// Kills all programs and their descendants, waits for them, and ends the guard. Accepts NULL and a
// guard that has ended.
void guard_end(struct guard *guard);
// Accepts NULL.
void guard_destroy(struct guard *guard);
