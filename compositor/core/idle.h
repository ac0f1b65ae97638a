// SPDX-License-Identifier: MIT
// How long the user has done nothing, and who forbids to notice.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-util.h>
#include "compositor/base/clock.h"

struct server;

struct idle_watch { // embedded by its owner
	struct idle *idle;
	uint64_t timeout_ns;
	uint64_t since_ns; // earliest moment from which it counts
	bool ignores_inhibitors;
	bool is_idle;
	struct timer timer;
	// May remove this watch, and no other.
	void (*changed)(struct idle_watch *watch, bool is_idle);
	struct wl_list link;
};

struct idle *idle_create(struct server *server);
void idle_destroy(struct idle *idle);            // NULL is allowed
void idle_activity(struct idle *idle);           // the user did something
void idle_inhibit(struct idle *idle, int delta); // +1 or -1 visible inhibitors
void idle_watch_add(struct idle *idle, struct idle_watch *watch, uint64_t timeout_ns,
	bool ignores_inhibitors, void (*changed)(struct idle_watch *watch, bool is_idle));
void idle_watch_remove(struct idle_watch *watch); // a zeroed or removed one is allowed
