// SPDX-License-Identifier: MIT
// The configure handshake of windows: the shell changes the pending state, which is sent in one
// configure from an idle source if it differs from the configured state or a configure is forced.
// Clients under back-pressure and clients that do not acknowledge get only the newest state, later.
#include "compositor/base/base.h"
#include "compositor/client/backlog.h"
#include "compositor/output/output.h"
#include "compositor/output/overlap.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "compositor/window/window_private.h"

// No configure is sent while this many are not acknowledged; during a resize while one is not, so
// that the client sets the pace.
#define MAX_UNACKED 32

static bool config_differs(
	const struct window_config *a, const struct window_config *b, unsigned states)
{
	return ((a->states ^ b->states) & states) || a->width != b->width ||
		a->height != b->height || a->bounds_width != b->bounds_width ||
		a->bounds_height != b->bounds_height || a->decorated != b->decorated;
}

static struct wl_client *window_client(struct window *window)
{
	return wl_resource_get_client(window->surface->resource);
}

static bool configure_is_due(const struct window *window)
{
	return window->added &&
		(window->configure_forced || !window->initial_configured ||
			config_differs(&window->pending, &window->configured, window->sent_states));
}

static void configure_cancel(struct window *window)
{
	if (window->configure_idle)
		wl_event_source_remove(window->configure_idle);
	window->configure_idle = NULL;
	window->configure_queued = false;
}

// The shell moves the window to its output when it has drawn the new size or states.
static bool moves_when_drawn(const struct window *window)
{
	const unsigned fixed = WINDOW_MAXIMIZED | WINDOW_FULLSCREEN | WINDOW_TILED_LEFT |
		WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM;
	const struct window_config *pending = &window->pending, *configured = &window->configured;
	bool redrawn = pending->width != configured->width ||
		pending->height != configured->height ||
		(pending->states ^ configured->states) & fixed;
	return redrawn && (pending->states & fixed || window->output != window->configured_output);
}

// Sends the scale and transform that the content is to be drawn for, enter and leave. True: they
// are those of an output that the window is not on yet.
static bool update_outputs(struct window *window)
{
	struct surface *surface = window->surface;
	const struct output *output =
		window->output && window->output->enabled ? window->output : NULL;
	if (!window->mapped) {
		if (output)
			surface_set_preferred(surface, output->scale, output->transform);
		return false;
	}
	bool moves = output && moves_when_drawn(window);
	if (moves)
		surface->expected_outputs = 1u << output->index;
	node_update_overlap(window->tree);
	return moves;
}

void window_arrived(struct window *window)
{
	if (!window->moves_serial || (int32_t)(window->current_serial - window->moves_serial) < 0)
		return;
	window->moves_serial = 0;
	window->surface->expected_outputs = 0;
	window->server->scene->moved = true;
}

static void configure_send(struct window *window)
{
	configure_cancel(window);
	bool moves = update_outputs(window);
	window->configure_forced = false;
	window->configured_output = window->output;
	window->configured = window->pending;
	struct window_config config = window->pending;
	wl_signal_emit_mutable(&window->events.configure, &config);
	uint32_t serial = window->impl->configure(window, &config);
	if (!serial)
		return;
	window->configured_serial = serial;
	if (moves)
		window->moves_serial = serial;
	window->initial_configured = true;
	window->unacked++;
}

static void on_drained(struct wl_client *client, void *data);

static void on_idle(void *data)
{
	struct window *window = data;
	window->configure_idle = NULL; // the event loop destroys it
	window->configure_queued = false;
	if (!configure_is_due(window) || window->awaits_drain)
		return;
	bool resizing = window->configured.states & window->pending.states & WINDOW_RESIZING;
	if (window->unacked >= (resizing ? 1 : MAX_UNACKED))
		return; // window_acked queues the next one
	struct wl_client *client = window_client(window);
	if (backlog_late(client)) {
		window->awaits_drain = true;
		backlog_when_drained(client, on_drained, window);
		return;
	}
	configure_send(window);
}

void window_queue_configure(struct window *window)
{
	if (window->configure_queued || window->awaits_drain || !configure_is_due(window))
		return;
	window->configure_queued = true;
	window->configure_idle = xadd_idle(window->server->loop, on_idle, window);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct window *window = data;
	window->awaits_drain = false;
	if (client)
		window_queue_configure(window);
}

void window_configure_reset(struct window *window)
{
	configure_cancel(window);
	if (window->awaits_drain)
		backlog_forget(window_client(window), window);
	window->awaits_drain = window->configure_forced = window->initial_configured = false;
	window->pending = window->configured = window->acked = window->current =
		(struct window_config){0};
	window->configured_serial = window->acked_serial = window->current_serial = 0;
	window->unacked = 0;
	window->configured_output = NULL;
	window->moves_serial = 0;
	window->surface->expected_outputs = 0;
}

void window_force_configure(struct window *window)
{
	if (!window->added)
		return; // the first configure will follow
	window->configure_forced = true;
	window_queue_configure(window);
}

void window_acked(struct window *window, uint32_t serial, const struct window_config *config)
{
	window->acked = *config;
	window->acked_serial = serial;
	if (serial == window->configured_serial)
		window->unacked = 0;
	else if (window->unacked > 1)
		window->unacked--;
	window_queue_configure(window);
}

void window_applied(struct window *window, uint32_t serial, const struct window_config *config)
{
	window->current = *config;
	window->current_serial = serial;
}

void window_adopt_size(struct window *window)
{
	const unsigned fixed = WINDOW_MAXIMIZED | WINDOW_FULLSCREEN | WINDOW_RESIZING |
		WINDOW_TILED_LEFT | WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM;
	struct window_config *pending = &window->pending, *configured = &window->configured;
	if ((pending->states | window->current.states) & fixed ||
		window->current_serial != window->configured_serial ||
		pending->width != configured->width || pending->height != configured->height)
		return;
	pending->width = configured->width = window->geometry.width;
	pending->height = configured->height = window->geometry.height;
}

void window_set_size(struct window *window, int width, int height)
{
	window->pending.width = MAX(width, 0);
	window->pending.height = MAX(height, 0);
	window_queue_configure(window);
}

void window_set_state(struct window *window, unsigned state, bool on)
{
	unsigned states = on ? window->pending.states | state : window->pending.states & ~state;
	if (states == window->pending.states)
		return;
	window->pending.states = states;
	if (state & WINDOW_MINIMIZED) {
		window_update_hidden(window);
		window_update_suspended(window);
	}
	window_queue_configure(window);
	wl_signal_emit_mutable(&window->events.changed, window);
}

void window_set_bounds(struct window *window, int width, int height)
{
	window->pending.bounds_width = MAX(width, 0);
	window->pending.bounds_height = MAX(height, 0);
	window_queue_configure(window);
}

void window_set_decorated(struct window *window, bool decorated)
{
	window->pending.decorated = decorated;
	window_queue_configure(window);
}

bool window_has(const struct window *window, unsigned state)
{
	return (window->pending.states & state) == state;
}
