// SPDX-License-Identifier: MIT
// Idle timers (ext_idle_notify_v1, swayidle) and idle inhibitors.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-util.h>
#include "compositor/base/clock.h"

struct server;

struct idle_watch { // embedded by its owner
	struct idle *idle;
	uint64_t timeout_ns;
	uint64_t since_ns; // counts from the later of this and the last activity
	bool ignores_inhibitors;
	bool is_idle;
	struct timer timer;
	// May remove this watch, but no other one.
	void (*changed)(struct idle_watch *watch, bool is_idle);
	struct wl_list link;
};

// Never NULL.
struct idle *idle_create(struct server *server);
// All watches must have been removed. NULL is allowed.
void idle_destroy(struct idle *idle);
// User input: watches that are idle resume.
void idle_activity(struct idle *idle);
// Changes the number of visible inhibitors by +1 or -1.
void idle_inhibit(struct idle *idle, int delta);
// Starts a watch, which the caller owns; changed is called after timeout_ns without activity, and
// when activity resumes.
void idle_watch_add(struct idle *idle, struct idle_watch *watch, uint64_t timeout_ns,
	bool ignores_inhibitors, void (*changed)(struct idle_watch *watch, bool is_idle));
// Ends a watch without a call of changed. A zeroed or removed one is allowed.
void idle_watch_remove(struct idle_watch *watch);
