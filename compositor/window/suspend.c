// SPDX-License-Identifier: MIT
// WINDOW_SUSPENDED: the window is not visible and may stop drawing. At once where it is minimised
// or on no output; where other windows cover all of it only after a while, because a window that
// was suspended shows an old frame until it has drawn again.
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "compositor/window/window_private.h"

#define COVERED_NS (2 * NSEC_PER_SEC)

static bool is_on_output(const struct window *window)
{
	struct box box = window_box(window), common;
	const struct output *output;
	wl_list_for_each(output, &window->server->outputs, link) {
		if (output->enabled && box_intersect(&common, &output->box, &box))
			return true;
	}
	return false;
}

static void on_covered(void *data)
{
	struct window *window = data;
	window->covered = true;
	window_update_suspended(window);
}

void window_update_suspended(struct window *window)
{
	bool hidden =
		window->mapped && (window_has(window, WINDOW_MINIMIZED) || !is_on_output(window));
	if (!window->mapped || hidden || window->surface->n_visible || window->captures) {
		timer_cancel(&window->cover_timer);
		window->covered = false;
	} else if (!window->covered && !timer_is_set(&window->cover_timer)) {
		timer_set(&window->cover_timer, clock_now_ns(window->server->clock) + COVERED_NS);
	}
	window_set_state(window, WINDOW_SUSPENDED, hidden || window->covered);
}

void window_awaken(struct window *window)
{
	window->covered = false;
	window_update_suspended(window);
}

void window_count_captures(struct window *window, int delta)
{
	window->captures += (unsigned)delta;
	window_update_suspended(window);
}

static void on_visible(struct wl_listener *listener, void *data)
{
	struct window *window = wl_container_of(listener, window, visible);
	window_update_suspended(window);
}

void window_suspend_init(struct window *window)
{
	timer_init(&window->cover_timer, window->server->clock, on_covered, window);
	window->visible.notify = on_visible;
	wl_signal_add(&window->surface->events.visible, &window->visible);
}

void window_suspend_finish(struct window *window)
{
	timer_finish(&window->cover_timer);
	wl_list_remove(&window->visible.link);
}
