// SPDX-License-Identifier: MIT
// Pings: a window whose client does not answer in time is marked unresponsive.
#include "compositor/base/base.h"
#include "compositor/server.h"
#include "compositor/window/window_private.h"

#define PING_TIMEOUT_NS (10 * NSEC_PER_SEC)

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
	window_send_ping(window); // detects a client that hangs and will not close it
}
