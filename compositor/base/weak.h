// SPDX-License-Identifier: MIT
// A pointer that becomes NULL by itself when its target announces its destruction.
#pragma once
#include <wayland-server-core.h>

struct weak {
	void *target; // NULL once the target is gone
	struct wl_listener gone;
};

static inline void weak_on_gone(struct wl_listener *listener, void *data)
{
	struct weak *weak = wl_container_of(listener, weak, gone);
	wl_list_remove(&weak->gone.link);
	weak->target = NULL;
}

static inline void weak_clear(struct weak *weak)
{
	if (weak->target)
		wl_list_remove(&weak->gone.link);
	weak->target = NULL;
}

// Points at target until it emits destroyed. NULL clears. A zeroed weak is a valid empty one.
static inline void weak_set(struct weak *weak, void *target, struct wl_signal *destroyed)
{
	weak_clear(weak);
	if (!target)
		return;
	weak->target = target;
	weak->gone.notify = weak_on_gone;
	wl_signal_add(destroyed, &weak->gone);
}
