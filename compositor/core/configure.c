// SPDX-License-Identifier: MIT
// The configure handshake of windows: what the shell wants is merged in `wanted` and sent once
// before the loop waits, where it differs from what was sent last or an answer is owed. Clients
// that do not read or do not answer get the newest state when they do. Also wishes and pings.
#include "compositor/core/configure.h"
#include "compositor/base/base.h"
#include "compositor/core/backlog.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"

#define PING_TIMEOUT_NS (10 * NSEC_PER_SEC)
// Unanswered configures after which the client is left alone; one during a resize, so that it
// draws at its own pace.
#define MAX_UNACKED 32

static bool differs(const struct window_config *a, const struct window_config *b)
{
	return ((a->states ^ b->states) & ~(unsigned)WINDOW_MINIMIZED) || a->width != b->width ||
		a->height != b->height || a->bounds_width != b->bounds_width ||
		a->bounds_height != b->bounds_height || a->decorated != b->decorated;
}

static struct wl_client *client_of(struct window *window)
{
	return wl_resource_get_client(window->surface->resource);
}

static bool is_due(const struct window *window)
{
	return window->added &&
		(window->answer_due || !window->configured_once ||
			differs(&window->wanted, &window->sent));
}

static void forget_idle(struct window *window)
{
	if (window->configure_idle)
		wl_event_source_remove(window->configure_idle);
	window->configure_idle = NULL;
	window->configure_queued = false;
}

static void send(struct window *window)
{
	forget_idle(window);
	window->answer_due = false;
	window->sent = window->wanted;
	struct window_config config = window->wanted;
	wl_signal_emit_mutable(&window->events.configure, &config);
	uint32_t serial = window->impl->configure(window, &config);
	if (!serial)
		return;
	window->sent_serial = serial;
	window->configured_once = true;
	window->unacked++;
}

static void on_drained(struct wl_client *client, void *data);

static void on_idle(void *data)
{
	struct window *window = data;
	window->configure_idle = NULL; // the loop frees it
	window->configure_queued = false;
	if (!is_due(window) || window->waits_for_drain)
		return;
	bool resizing = window->sent.states & window->wanted.states & WINDOW_RESIZING;
	if (window->unacked >= (resizing ? 1 : MAX_UNACKED))
		return; // the ack brings us back
	struct wl_client *client = client_of(window);
	if (backlog_late(client)) {
		window->waits_for_drain = true;
		backlog_when_drained(client, on_drained, window);
		return;
	}
	send(window);
}

static void queue(struct window *window)
{
	if (window->configure_queued || window->waits_for_drain || !is_due(window))
		return;
	window->configure_queued = true;
	window->configure_idle = wl_event_loop_add_idle(window->server->loop, on_idle, window);
	if (!window->configure_idle)
		on_idle(window);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct window *window = data;
	window->waits_for_drain = false;
	if (client)
		queue(window);
}

void window_configure_reset(struct window *window)
{
	forget_idle(window);
	if (window->waits_for_drain)
		backlog_forget(client_of(window), window);
	window->waits_for_drain = window->answer_due = window->configured_once = false;
	window->wanted = window->sent = window->acked = window->current = (struct window_config){0};
	window->sent_serial = window->acked_serial = window->current_serial = 0;
	window->unacked = 0;
}

void window_configure_now(struct window *window)
{
	if (window->added)
		send(window);
}

void window_answer(struct window *window)
{
	if (!window->added)
		return; // the first configure is on its way anyhow
	window->answer_due = true;
	queue(window);
}

void window_acked(struct window *window, uint32_t serial, const struct window_config *config)
{
	window->acked = *config;
	window->acked_serial = serial;
	if (serial == window->sent_serial)
		window->unacked = 0;
	else if (window->unacked > 1)
		window->unacked--;
	queue(window);
}

void window_applied(struct window *window, uint32_t serial, const struct window_config *config)
{
	window->current = *config;
	window->current_serial = serial;
}

// A window that may choose its size did: that is what it will be told next.
void window_adopt_size(struct window *window)
{
	const unsigned fixed = WINDOW_MAXIMIZED | WINDOW_FULLSCREEN | WINDOW_RESIZING |
		WINDOW_TILED_LEFT | WINDOW_TILED_RIGHT | WINDOW_TILED_TOP | WINDOW_TILED_BOTTOM;
	struct window_config *wanted = &window->wanted, *sent = &window->sent;
	if ((wanted->states | window->current.states) & fixed ||
		window->current_serial != window->sent_serial || wanted->width != sent->width ||
		wanted->height != sent->height)
		return;
	wanted->width = sent->width = window->geometry.width;
	wanted->height = sent->height = window->geometry.height;
}

void window_set_size(struct window *window, int width, int height)
{
	window->wanted.width = MAX(width, 0);
	window->wanted.height = MAX(height, 0);
	queue(window);
}

void window_set_state(struct window *window, unsigned state, bool on)
{
	unsigned states = on ? window->wanted.states | state : window->wanted.states & ~state;
	if (states == window->wanted.states)
		return;
	window->wanted.states = states;
	if (state & WINDOW_MINIMIZED) {
		window_update_hidden(window);
		window_update_suspended(window);
	}
	queue(window);
	wl_signal_emit_mutable(&window->events.changed, window);
}

void window_set_bounds(struct window *window, int width, int height)
{
	window->wanted.bounds_width = MAX(width, 0);
	window->wanted.bounds_height = MAX(height, 0);
	queue(window);
}

void window_set_decorated(struct window *window, bool decorated)
{
	window->wanted.decorated = decorated;
	queue(window);
}

bool window_has(const struct window *window, unsigned state)
{
	return (window->wanted.states & state) == state;
}

// Wishes

static void remember(
	struct window *window, enum window_request what, const struct window_detail *detail)
{
	switch (what) {
	case REQUEST_MAXIMIZE:
		window->asked.maximize = detail->on;
		break;
	case REQUEST_FULLSCREEN:
		window->asked.fullscreen = detail->on;
		struct output *output = detail->on ? detail->output : NULL;
		weak_set(&window->asked.output, output, output ? &output->events.destroyed : NULL);
		break;
	case REQUEST_MINIMIZE:
		window->asked.minimize = detail->on;
		break;
	case REQUEST_DECORATION:
		window->asked.has_decoration = true;
		window->asked.decoration = detail->on;
		break;
	default:
		break; // makes no sense for what is not shown
	}
}

void window_ask(struct window *window, enum window_request what, const struct window_detail *detail)
{
	struct window_detail none = {0};
	if (!detail)
		detail = &none;
	if (what == REQUEST_DECORATION)
		window->wants_decorations = detail->on;
	if (!window->added) {
		remember(window, what, detail);
		return;
	}
	bool needs_mapped = what == REQUEST_ACTIVATE || what == REQUEST_MOVE ||
		what == REQUEST_RESIZE || what == REQUEST_MENU;
	if (needs_mapped && !window->mapped)
		return;
	struct shell *shell = window->server->shell;
	if (shell && shell->impl->window_request)
		shell->impl->window_request(shell, window, what, detail);
}

void window_add(struct window *window)
{
	window->added = true;
	struct shell *shell = window->server->shell;
	if (shell && shell->impl->window_added)
		shell->impl->window_added(shell, window);
	struct window_detail detail = {.on = true};
	if (window->asked.has_decoration)
		window_ask(window, REQUEST_DECORATION,
			&(struct window_detail){.on = window->asked.decoration});
	if (window->asked.maximize)
		window_ask(window, REQUEST_MAXIMIZE, &detail);
	if (window->asked.minimize)
		window_ask(window, REQUEST_MINIMIZE, &detail);
	detail.output = window->asked.output.target;
	if (window->asked.fullscreen)
		window_ask(window, REQUEST_FULLSCREEN, &detail);
	window_forget_asked(window);
	queue(window);
}

void window_forget_asked(struct window *window)
{
	weak_clear(&window->asked.output);
	window->asked.maximize = window->asked.fullscreen = window->asked.minimize = false;
	window->asked.has_decoration = window->asked.decoration = false;
}

// Pings

void window_on_ping_timeout(void *data)
{
	struct window *window = data;
	window->unresponsive = true;
	wl_signal_emit_mutable(&window->events.changed, window);
}

void window_send_ping(struct window *window)
{
	if (window->ping_serial)
		return;
	struct server *server = window->server;
	window->ping_serial = server_next_serial(server);
	timer_set(&window->ping_timer, clock_now_ns(server->clock) + PING_TIMEOUT_NS);
	window->impl->ping(window, window->ping_serial);
}

void window_pong(struct window *window, uint32_t serial)
{
	if (!window->ping_serial || serial != window->ping_serial)
		return;
	window->ping_serial = 0;
	timer_cancel(&window->ping_timer);
	if (!window->unresponsive)
		return;
	window->unresponsive = false;
	wl_signal_emit_mutable(&window->events.changed, window);
}

void window_close(struct window *window)
{
	window->impl->close(window);
	window_send_ping(window); // one that hangs will not close: find out
}
