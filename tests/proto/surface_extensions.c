// SPDX-License-Identifier: MIT
// wp_content_type_v1, wp_alpha_modifier_v1 and wp_commit_timer_v1: double-buffered state of
// surfaces.
#include "compositor/base/clock.h"
#include "compositor/surface/surface.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "alpha-modifier-v1-client-protocol.h"
#include "commit-timing-v1-client-protocol.h"
#include "content-type-v1-client-protocol.h"

struct extension_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wp_content_type_manager_v1 *types;
	struct wp_alpha_modifier_v1 *alphas;
	struct wp_commit_timing_manager_v1 *timings;
};

static void extension_rig_init(struct extension_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->types = client_bind(rig->client, &wp_content_type_manager_v1_interface, 1);
	rig->alphas = client_bind(rig->client, &wp_alpha_modifier_v1_interface, 1);
	rig->timings = client_bind(rig->client, &wp_commit_timing_manager_v1_interface, 1);
	check(rig->types && rig->alphas && rig->timings);
	rig->window = client_window_opaque(rig->client, 100, 200, 200);
}

static void extension_rig_finish(struct extension_rig *rig)
{
	wp_content_type_manager_v1_destroy(rig->types);
	wp_alpha_modifier_v1_destroy(rig->alphas);
	wp_commit_timing_manager_v1_destroy(rig->timings);
	if (rig->window)
		client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static struct surface *surface_of(const struct extension_rig *rig)
{
	return client_surface(rig->window->surface, rig->client);
}

static void commit(struct extension_rig *rig)
{
	wl_surface_commit(rig->window->surface);
	check_no_error(rig->client);
	fixture_frames(rig->fixture, 2);
}

// Content types

TEST_F(extension_rig, content_type)
{
	struct wp_content_type_v1 *type = wp_content_type_manager_v1_get_surface_content_type(
		rig->types, rig->window->surface);
	wp_content_type_v1_set_content_type(type, WP_CONTENT_TYPE_V1_TYPE_VIDEO);
	fixture_pump(rig->fixture);
	check_eq(surface_of(rig)->current.content_type, WP_CONTENT_TYPE_V1_TYPE_NONE);
	commit(rig);
	check_eq(surface_of(rig)->current.content_type, WP_CONTENT_TYPE_V1_TYPE_VIDEO);
	wp_content_type_v1_set_content_type(type, 4711);
	commit(rig);
	check_eq(surface_of(rig)->current.content_type, WP_CONTENT_TYPE_V1_TYPE_NONE);
	wp_content_type_v1_set_content_type(type, WP_CONTENT_TYPE_V1_TYPE_GAME);
	wp_content_type_v1_destroy(type);
	commit(rig);
	check_eq(surface_of(rig)->current.content_type, WP_CONTENT_TYPE_V1_TYPE_NONE);
}

TEST_F(extension_rig, second_content_type)
{
	struct wp_content_type_v1 *types[2];
	for (int i = 0; i < 2; i++)
		types[i] = wp_content_type_manager_v1_get_surface_content_type(
			rig->types, rig->window->surface);
	check_client_error(rig->client, "wp_content_type_manager_v1",
		WP_CONTENT_TYPE_MANAGER_V1_ERROR_ALREADY_CONSTRUCTED);
	wp_content_type_v1_destroy(types[0]);
	wp_content_type_v1_destroy(types[1]);
}

TEST_F(extension_rig, content_type_outlives_its_surface)
{
	struct wp_content_type_v1 *type = wp_content_type_manager_v1_get_surface_content_type(
		rig->types, rig->window->surface);
	client_window_destroy(rig->window);
	rig->window = NULL;
	wp_content_type_v1_set_content_type(type, WP_CONTENT_TYPE_V1_TYPE_PHOTO);
	wp_content_type_v1_destroy(type);
	check_no_error(rig->client);
}

// Opacity

TEST_F(extension_rig, alpha)
{
	struct wp_alpha_modifier_surface_v1 *alpha =
		wp_alpha_modifier_v1_get_surface(rig->alphas, rig->window->surface);
	uint32_t opaque = fixture_pixel(rig->fixture, 250, 250);
	uint32_t below = fixture_pixel(rig->fixture, 150, 150);
	check(opaque != below);
	wp_alpha_modifier_surface_v1_set_multiplier(alpha, 0);
	fixture_frames(rig->fixture, 2);
	check_eq(fixture_pixel(rig->fixture, 250, 250), opaque); // not committed
	commit(rig);
	check_eq(fixture_pixel(rig->fixture, 250, 250), below);
	wp_alpha_modifier_surface_v1_set_multiplier(alpha, UINT32_MAX / 2);
	commit(rig);
	for (int shift = 0; shift < 24; shift += 8) {
		int top = opaque >> shift & 0xff, bottom = below >> shift & 0xff;
		int mixed = fixture_pixel(rig->fixture, 250, 250) >> shift & 0xff;
		check_near(mixed, (top + bottom) / 2.0, 2);
	}
	wp_alpha_modifier_surface_v1_set_multiplier(alpha, UINT32_MAX);
	commit(rig);
	check_eq(fixture_pixel(rig->fixture, 250, 250), opaque);
	wp_alpha_modifier_surface_v1_set_multiplier(alpha, 0);
	commit(rig);
	wp_alpha_modifier_surface_v1_destroy(alpha);
	check_eq(fixture_pixel(rig->fixture, 250, 250), below);
	commit(rig);
	check_eq(fixture_pixel(rig->fixture, 250, 250), opaque);
}

TEST_F(extension_rig, second_alpha_modifier)
{
	struct wp_alpha_modifier_surface_v1 *alphas[2];
	for (int i = 0; i < 2; i++)
		alphas[i] = wp_alpha_modifier_v1_get_surface(rig->alphas, rig->window->surface);
	check_client_error(rig->client, "wp_alpha_modifier_v1",
		WP_ALPHA_MODIFIER_V1_ERROR_ALREADY_CONSTRUCTED);
	wp_alpha_modifier_surface_v1_destroy(alphas[0]);
	wp_alpha_modifier_surface_v1_destroy(alphas[1]);
}

TEST_F(extension_rig, alpha_of_no_surface)
{
	struct wp_alpha_modifier_surface_v1 *alpha =
		wp_alpha_modifier_v1_get_surface(rig->alphas, rig->window->surface);
	client_window_destroy(rig->window);
	rig->window = NULL;
	check_no_error(rig->client);
	wp_alpha_modifier_surface_v1_set_multiplier(alpha, 0);
	check_client_error(rig->client, "wp_alpha_modifier_surface_v1",
		WP_ALPHA_MODIFIER_SURFACE_V1_ERROR_NO_SURFACE);
	wp_alpha_modifier_surface_v1_destroy(alpha);
}

// Times

// The commit is due that long after now, by the system's clock.
static void set_time(struct wp_commit_timer_v1 *timer, int64_t after_ns)
{
	uint64_t time_ns = clock_monotonic_ns() + (uint64_t)after_ns;
	uint64_t seconds = time_ns / NSEC_PER_SEC;
	wp_commit_timer_v1_set_timestamp(timer, (uint32_t)(seconds >> 32), (uint32_t)seconds,
		(uint32_t)(time_ns % NSEC_PER_SEC));
}

static struct wp_commit_timer_v1 *timer_of(struct extension_rig *rig)
{
	return wp_commit_timing_manager_v1_get_timer(rig->timings, rig->window->surface);
}

#define MINUTE (60 * (int64_t)NSEC_PER_SEC)

// Later commits wait behind it. The test may take a minute without being wrong.
TEST_F(extension_rig, commits_wait_for_their_time)
{
	struct wp_commit_timer_v1 *timer = timer_of(rig);
	uint32_t first = fixture_pixel(rig->fixture, 250, 250);
	set_time(timer, 60 * MINUTE);
	client_window_draw(rig->window, 100, 100, 0xff00ff00);
	client_window_draw(rig->window, 100, 100, 0xffff0000);
	fixture_frames(rig->fixture, 2);
	check_eq(surface_of(rig)->n_commits, 2);
	fixture_advance(rig->fixture, 59 * MINUTE - NSEC_PER_SEC);
	check_eq(fixture_pixel(rig->fixture, 250, 250), first);
	check_eq(surface_of(rig)->n_commits, 2);
	fixture_advance(rig->fixture, 2 * MINUTE);
	check_eq(surface_of(rig)->n_commits, 0);
	check_eq(fixture_pixel(rig->fixture, 250, 250), 0xff0000);
	wp_commit_timer_v1_destroy(timer);
	check_no_error(rig->client);
}

TEST_F(extension_rig, a_past_time_does_not_wait)
{
	struct wp_commit_timer_v1 *timer = timer_of(rig);
	wp_commit_timer_v1_set_timestamp(timer, 0, 1, 0);
	client_window_draw(rig->window, 100, 100, 0xff00ff00);
	fixture_frames(rig->fixture, 2);
	check_eq(fixture_pixel(rig->fixture, 250, 250), 0x00ff00);
	// The time was that of one commit.
	set_time(timer, 60 * MINUTE);
	wp_commit_timer_v1_destroy(timer);
	client_window_draw(rig->window, 100, 100, 0xff0000ff);
	fixture_frames(rig->fixture, 2);
	check_eq(surface_of(rig)->n_commits, 1);
	fixture_advance(rig->fixture, 61 * MINUTE);
	check_eq(surface_of(rig)->n_commits, 0);
	check_no_error(rig->client);
}

// The parent's commit waits for that of a synchronised subsurface.
TEST_F(extension_rig, times_of_subsurfaces)
{
	struct wl_surface *child = wl_compositor_create_surface(rig->client->compositor);
	struct wl_subsurface *subsurface = wl_subcompositor_get_subsurface(
		rig->client->subcompositor, child, rig->window->surface);
	struct wl_buffer *buffer = client_buffer(rig->client, 10, 10, 0xff0000ff);
	struct wp_commit_timer_v1 *timer =
		wp_commit_timing_manager_v1_get_timer(rig->timings, child);
	wl_surface_attach(child, buffer, 0, 0);
	set_time(timer, 30 * MINUTE);
	wl_surface_commit(child);
	set_time(timer, 10 * MINUTE); // an earlier time does not undo the later one
	wl_surface_commit(child);
	client_window_draw(rig->window, 100, 100, 0xff00ff00);
	fixture_frames(rig->fixture, 2);
	check_eq(surface_of(rig)->n_commits, 1);
	fixture_advance(rig->fixture, 20 * MINUTE);
	check_eq(surface_of(rig)->n_commits, 1);
	fixture_advance(rig->fixture, 11 * MINUTE);
	check_eq(surface_of(rig)->n_commits, 0);
	check_eq(fixture_pixel(rig->fixture, 205, 205), 0x0000ff);
	check_eq(fixture_pixel(rig->fixture, 250, 250), 0x00ff00);
	wp_commit_timer_v1_destroy(timer);
	wl_subsurface_destroy(subsurface);
	wl_surface_destroy(child);
	wl_buffer_destroy(buffer);
	check_no_error(rig->client);
}

TEST_F(extension_rig, waiting_commits_end_with_the_surface)
{
	struct wp_commit_timer_v1 *timer = timer_of(rig);
	for (int i = 0; i < 3; i++) {
		set_time(timer, 60 * MINUTE);
		client_window_draw(rig->window, 100, 100, 0xff00ff00);
	}
	fixture_pump(rig->fixture);
	client_window_destroy(rig->window);
	rig->window = NULL;
	fixture_advance(rig->fixture, 61 * MINUTE);
	wp_commit_timer_v1_destroy(timer);
	check_no_error(rig->client);
}

TEST_F(extension_rig, second_timer)
{
	struct wp_commit_timer_v1 *timers[2] = {timer_of(rig), timer_of(rig)};
	check_client_error(rig->client, "wp_commit_timing_manager_v1",
		WP_COMMIT_TIMING_MANAGER_V1_ERROR_COMMIT_TIMER_EXISTS);
	wp_commit_timer_v1_destroy(timers[0]);
	wp_commit_timer_v1_destroy(timers[1]);
}

TEST_F(extension_rig, nanoseconds_of_a_second)
{
	struct wp_commit_timer_v1 *timer = timer_of(rig);
	wp_commit_timer_v1_set_timestamp(timer, 0, 1, 999999999);
	commit(rig);
	wp_commit_timer_v1_set_timestamp(timer, 0, 1, 1000000000);
	check_client_error(
		rig->client, "wp_commit_timer_v1", WP_COMMIT_TIMER_V1_ERROR_INVALID_TIMESTAMP);
	wp_commit_timer_v1_destroy(timer);
}

TEST_F(extension_rig, two_times_of_a_commit)
{
	struct wp_commit_timer_v1 *timer = timer_of(rig);
	wp_commit_timer_v1_set_timestamp(timer, 0, 1, 0);
	wp_commit_timer_v1_set_timestamp(timer, 0, 2, 0);
	check_client_error(
		rig->client, "wp_commit_timer_v1", WP_COMMIT_TIMER_V1_ERROR_TIMESTAMP_EXISTS);
	wp_commit_timer_v1_destroy(timer);
}

TEST_F(extension_rig, time_of_no_surface)
{
	struct wp_commit_timer_v1 *timer = timer_of(rig);
	client_window_destroy(rig->window);
	rig->window = NULL;
	check_no_error(rig->client);
	wp_commit_timer_v1_set_timestamp(timer, 0, 1, 0);
	check_client_error(
		rig->client, "wp_commit_timer_v1", WP_COMMIT_TIMER_V1_ERROR_SURFACE_DESTROYED);
	wp_commit_timer_v1_destroy(timer);
}
