// SPDX-License-Identifier: MIT
// Frame callbacks of surfaces that no output shows: once a second, so that clients that wait for
// one do not hang, and fifo barriers do not hold up their commits for ever.
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

// A frame that is due within that time may show what waits.
#define NEAR_NS (NSEC_PER_SEC / 2)

static bool frame_is_near(const struct server *server, uint64_t now)
{
	const struct output *output;
	if (server->away)
		return false;
	wl_list_for_each(output, &server->outputs, link) {
		bool due = output->dirty && timer_is_set(&output->frame_timer) &&
			output->frame_timer.when_ns <= now + NEAR_NS;
		if (output->enabled && (output->presenting || due))
			return true;
	}
	return false;
}

void surfaces_watch_hidden(struct server *server)
{
	if (wl_list_empty(&server->waiting) || timer_is_set(&server->hidden_timer))
		return;
	const struct surface *oldest = wl_container_of(server->waiting.next, oldest, wait_link);
	uint64_t now = clock_now_ns(server->clock), since = oldest->waits_since_ns;
	// This is called again after that frame.
	if (now - since < NEAR_NS && frame_is_near(server, now))
		return;
	timer_set(&server->hidden_timer, since + NSEC_PER_SEC);
}

void surfaces_answer_hidden(void *data)
{
	struct server *server = data;
	uint64_t now = clock_now_ns(server->clock);
	while (!wl_list_empty(&server->waiting)) {
		struct surface *surface = wl_container_of(server->waiting.next, surface, wait_link);
		if (now - surface->waits_since_ns < NSEC_PER_SEC)
			break;
		surface_send_frame_done(surface, clock_now_ms(server->clock));
		surface_clear_fifo_barrier(surface);
	}
	surfaces_watch_hidden(server);
}
