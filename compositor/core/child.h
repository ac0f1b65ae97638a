// SPDX-License-Identifier: MIT
// Programs that the compositor starts: their environment, their end, and that none is left behind.
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include <wayland-server-core.h>

struct children;

struct child {
	pid_t pid;                                                  // 0: ended
	void (*ended)(struct child *child, int status, void *data); // wait status; may be NULL
	void *data;
	struct wl_list link;
};

// Becomes the reaper of orphaned descendants; SIGCHLD by a signalfd on the loop.
struct children *children_create(struct wl_event_loop *loop);
// Kills everything that was started and all its descendants, then waits for them.
void children_destroy(struct children *children);
// argv NULL-terminated; env: "NAME=VALUE" pairs to set, "NAME" to unset, NULL-terminated. Own
// process group, default signals, original fd limit. NULL with errno set: it could not start
// (ENOENT: not found, EACCES: not executable).
struct child *child_spawn(struct children *children, const char *const *argv,
	const char *const *env, void (*ended)(struct child *child, int status, void *data),
	void *data);
void child_kill(struct child *child, int signal); // its whole group
// All living descendants of this process that the children object answers for, whoever started
// them; *count of them. The caller frees the array, which is never NULL.
pid_t *children_descendants(const struct children *children, size_t *count);
