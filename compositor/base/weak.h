// SPDX-License-Identifier: MIT
// Weak pointers: become NULL when their target emits its destroyed signal.
#pragma once
#include <wayland-server-core.h>

struct weak {
	void *target; // NULL once it is destroyed
	struct wl_listener gone;
};

// Internal: the target was destroyed.
static inline void weak_on_gone(struct wl_listener *listener, void *data)
{
	struct weak *weak = wl_container_of(listener, weak, gone);
	wl_list_remove(&weak->gone.link);
	weak->target = NULL;
}

// Points at nothing. A zeroed weak is allowed.
static inline void weak_clear(struct weak *weak)
{
	if (weak->target)
		wl_list_remove(&weak->gone.link);
	weak->target = NULL;
}

// Points at target until it emits destroyed. target NULL clears. A zeroed weak is allowed.
static inline void weak_set(struct weak *weak, void *target, struct wl_signal *destroyed)
{
	weak_clear(weak);
	if (!target)
		return;
	weak->target = target;
	weak->gone.notify = weak_on_gone;
	wl_signal_add(destroyed, &weak->gone);
}
