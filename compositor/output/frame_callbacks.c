// SPDX-License-Identifier: MIT
// Sends wl_surface.frame callbacks and presentation feedback for a frame.
#include "backends/backend.h"
#include "compositor/client/backlog.h"
#include "compositor/output/cursor.h"
#include "compositor/output/frame.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

// Feedbacks whose pixels this frame shows wait for its presentation.
static void queue_feedbacks(struct output *output, struct surface *surface)
{
	wl_list_insert_list(output->feedbacks.prev, &surface->current.feedbacks);
	wl_list_init(&surface->current.feedbacks);
}

void output_send_presented(struct output *output, const struct presented *how)
{
	// Under a virtual clock, clients get the real time: it belongs to the clock that
	// wp_presentation names and that they read themselves. Its refresh cycle is unknown, as
	// virtual time passes faster or slower.
	bool is_virtual = clock_is_virtual(output->server->clock);
	uint64_t time_ns = is_virtual ? clock_monotonic_ns() : how->time_ns;
	uint32_t refresh_ns = is_virtual ? 0 : how->refresh_ns;
	struct wl_list feedbacks;
	wl_list_init(&feedbacks);
	wl_list_insert_list(&feedbacks, &output->feedbacks);
	wl_list_init(&output->feedbacks);
	struct feedback *feedback, *tmp;
	wl_list_for_each_safe(feedback, tmp, &feedbacks, link) {
		wl_list_remove(&feedback->link);
		wl_list_init(&feedback->link);
		feedback->presented(feedback, output, time_ns, how->sequence, refresh_ns,
			how->flags, output->scanned_out && !output->screen->copies);
	}
}

void output_discard_feedbacks(struct output *output)
{
	struct feedback *feedback, *tmp;
	wl_list_for_each_safe(feedback, tmp, &output->feedbacks, link) {
		wl_list_remove(&feedback->link);
		wl_list_init(&feedback->link);
		feedback->discarded(feedback);
	}
}

static void on_drained(struct wl_client *client, void *data)
{
	if (client)
		outputs_dirty(data);
}

// Back-pressure: a client that does not drain its socket gets no callbacks until it has. The last
// client checked is kept, as one frame often has many surfaces of one client.
struct client_cache {
	uint32_t time_ms;
	struct wl_client *client;
	bool late;
};

static void send_surface_done(
	struct output *output, struct surface *surface, struct client_cache *last)
{
	struct wl_client *client = wl_resource_get_client(surface->resource);
	bool waits = !wl_list_empty(&surface->current.callbacks);
	if (waits && last->client != client) {
		last->client = client;
		last->late = backlog_late(client);
		if (last->late) {
			backlog_forget(client, output->server);
			backlog_when_drained(client, on_drained, output->server);
		}
	}
	if (!waits || !last->late)
		surface_send_frame_done(surface, last->time_ms);
	queue_feedbacks(output, surface);
	surface_clear_fifo_barrier(surface);
}

// Sending may apply queued commits: nodes of the list may be gone then, surfaces are not.
void output_send_frame_callbacks(struct output *output)
{
	const struct item_list *list = &output->list;
	struct surface *cursor =
		output->cursor_on_plane ? cursor_surface(output->server->cursor) : NULL;
	struct client_cache last = {.time_ms = clock_now_ms(output->server->clock)};
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].surface)
			send_surface_done(output, list->items[i].surface, &last);
	if (cursor)
		send_surface_done(output, cursor, &last);
}
