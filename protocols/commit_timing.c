// SPDX-License-Identifier: MIT
// wp_commit_timing_manager_v1: commits that are not applied before a time of the presentation
// clock. They wait in the commit queue of compositor/surface/commit.c, and later ones behind them.
#include "commit-timing-v1-protocol.h"
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"

// Times are of the system's clock, which clients read themselves. A virtual clock waits as long as
// the system's would from now on.
static uint64_t time_of_server(const struct server *server, uint64_t time_ns)
{
	uint64_t now = clock_monotonic_ns(), server_now = clock_now_ns(server->clock);
	if (time_ns <= now)
		return server_now;
	uint64_t wait = time_ns - now;
	return wait < CLOCK_NEVER - server_now ? server_now + wait : CLOCK_NEVER - 1;
}

static void handle_set_timestamp(struct wl_client *client, struct wl_resource *resource,
	uint32_t sec_hi, uint32_t sec_lo, uint32_t nsec)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	uint64_t seconds = (uint64_t)sec_hi << 32 | sec_lo;
	if (!surface) {
		wl_resource_post_error(resource, WP_COMMIT_TIMER_V1_ERROR_SURFACE_DESTROYED,
			"the surface of this commit timer was destroyed");
		return;
	}
	if (nsec >= NSEC_PER_SEC) {
		wl_resource_post_error(resource, WP_COMMIT_TIMER_V1_ERROR_INVALID_TIMESTAMP,
			"%u nanoseconds are a second or more", nsec);
		return;
	}
	if (surface->pending.set & SURFACE_TIME) {
		wl_resource_post_error(resource, WP_COMMIT_TIMER_V1_ERROR_TIMESTAMP_EXISTS,
			"the next commit has a time already");
		return;
	}
	uint64_t limit = CLOCK_NEVER / NSEC_PER_SEC - 1;
	surface->pending.time_ns =
		time_of_server(surface->server, MIN(seconds, limit) * NSEC_PER_SEC + nsec);
	surface->pending.set |= SURFACE_TIME;
}

static const struct wp_commit_timer_v1_interface timer_impl = {
	.set_timestamp = handle_set_timestamp,
	.destroy = wire_handle_destroy,
};

static void on_timer_destroyed(struct wl_resource *resource)
{
	struct surface *surface = wl_resource_get_user_data(resource);
	if (surface)
		surface->commit_timer = NULL;
}

static void handle_get_timer(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *surface_resource)
{
	struct surface *surface = surface_from_resource(surface_resource);
	if (surface->commit_timer) {
		wl_resource_post_error(resource,
			WP_COMMIT_TIMING_MANAGER_V1_ERROR_COMMIT_TIMER_EXISTS,
			"wl_surface@%u already has a commit timer",
			wl_resource_get_id(surface_resource));
		return;
	}
	surface->commit_timer = wire_create(client, &wp_commit_timer_v1_interface,
		wl_resource_get_version(resource), id, &timer_impl, surface, on_timer_destroyed);
}

static const struct wp_commit_timing_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_timer = handle_get_timer,
};

bool commit_timing_create(struct server *server)
{
	return wire_global(server, &wp_commit_timing_manager_v1_interface, 1, &manager_impl, NULL);
}
