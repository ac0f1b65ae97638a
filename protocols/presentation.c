// SPDX-License-Identifier: MIT
// wp_presentation: feedback on when a commit was presented, or that it was discarded.
#include <stdlib.h>
#include <time.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "presentation-time-protocol.h"
#include "protocols/protocols.h"
#include "wayland-protocol.h"

struct wp_feedback {
	struct feedback base;
	struct wl_resource *resource; // NULL: destroyed
};

static void on_feedback_destroyed(struct wl_resource *resource)
{
	struct wp_feedback *feedback = wl_resource_get_user_data(resource);
	if (!feedback)
		return;
	wl_list_remove(&feedback->base.link);
	free(feedback);
}

static void wp_feedback_finish(struct wp_feedback *feedback)
{
	wl_resource_set_user_data(feedback->resource, NULL);
	wl_resource_destroy(feedback->resource);
	free(feedback);
}

static void on_presented(struct feedback *base, struct output *output, uint64_t time_ns,
	uint64_t sequence, uint32_t refresh_ns, uint32_t flags, bool zero_copy)
{
	struct wp_feedback *feedback = wl_container_of(base, feedback, base);
	struct wl_client *client = wl_resource_get_client(feedback->resource);
	struct wl_resource *output_resource;
	if (output)
		wl_resource_for_each(output_resource, &output->resources) {
			if (wl_resource_get_client(output_resource) == client)
				wp_presentation_feedback_send_sync_output(
					feedback->resource, output_resource);
		}
	uint64_t seconds = time_ns / NSEC_PER_SEC;
	if (zero_copy)
		flags |= WP_PRESENTATION_FEEDBACK_KIND_ZERO_COPY;
	wp_presentation_feedback_send_presented(feedback->resource, (uint32_t)(seconds >> 32),
		(uint32_t)seconds, (uint32_t)(time_ns % NSEC_PER_SEC), refresh_ns,
		(uint32_t)(sequence >> 32), (uint32_t)sequence, flags);
	wp_feedback_finish(feedback);
}

static void on_discarded(struct feedback *base)
{
	struct wp_feedback *feedback = wl_container_of(base, feedback, base);
	wp_presentation_feedback_send_discarded(feedback->resource);
	wp_feedback_finish(feedback);
}

static void handle_feedback(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *surface_resource, uint32_t id)
{
	struct surface *surface = surface_from_resource(surface_resource);
	struct wl_resource *feedback_resource = wl_resource_create(
		client, &wp_presentation_feedback_interface, wl_resource_get_version(resource), id);
	if (!feedback_resource) {
		wl_client_post_no_memory(client);
		return;
	}
	struct wp_feedback *feedback = xcalloc(1, sizeof(*feedback));
	feedback->base.presented = on_presented;
	feedback->base.discarded = on_discarded;
	feedback->resource = feedback_resource;
	wl_resource_set_implementation(feedback_resource, NULL, feedback, on_feedback_destroyed);
	wl_list_insert(surface->pending.feedbacks.prev, &feedback->base.link);
	surface->pending.set |= SURFACE_FEEDBACK;
}

static const struct wp_presentation_interface presentation_impl = {
	.destroy = wire_handle_destroy,
	.feedback = handle_feedback,
};

static void on_bound(struct wl_resource *resource)
{
	wp_presentation_send_clock_id(resource, CLOCK_MONOTONIC);
}

bool presentation_create(struct server *server)
{
	return wire_global(server, &wp_presentation_interface, 2, &presentation_impl, on_bound);
}
