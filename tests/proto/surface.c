// SPDX-License-Identifier: MIT
// wl_surface, wl_region, wl_subcompositor, wp_viewport and wp_fifo: state, order and errors.
#include "compositor/surface/surface.h"
#include <stdlib.h>
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/surface/subsurface.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "fifo-v1-client-protocol.h"
#include "viewporter-client-protocol.h"

static struct fixture *begin(struct client **client)
{
	struct fixture *fixture = fixture_create_shell("kiosk");
	*client = client_create(fixture);
	return fixture;
}

static void count(void *data, struct wl_callback *callback, uint32_t time)
{
	(*(int *)data)++;
	wl_callback_destroy(callback);
}
static const struct wl_callback_listener count_listener = {.done = count};

static void on_release(void *data, struct wl_buffer *buffer)
{
	(*(int *)data)++;
}
static const struct wl_buffer_listener release_listener = {.release = on_release};

TEST(bad_scale_is_an_error)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	wl_surface_set_buffer_scale(surface, 0);
	check_client_error(client, "wl_surface", WL_SURFACE_ERROR_INVALID_SCALE);
	fixture_destroy(fixture);
}

TEST(bad_transform_is_an_error)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	wl_surface_set_buffer_transform(surface, 8);
	check_client_error(client, "wl_surface", WL_SURFACE_ERROR_INVALID_TRANSFORM);
	fixture_destroy(fixture);
}

TEST(attach_offset_is_an_error_since_5)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	wl_surface_attach(surface, NULL, 1, 0);
	check_client_error(client, "wl_surface", WL_SURFACE_ERROR_INVALID_OFFSET);
	fixture_destroy(fixture);
}

TEST(size_must_be_a_multiple_of_the_scale)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 101, 101, 0xff112233);
	window->auto_ack = false;
	wl_surface_set_buffer_scale(window->surface, 2);
	client_window_draw(window, 101, 101, 0xff112233);
	check_client_error(client, "wl_surface", WL_SURFACE_ERROR_INVALID_SIZE);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(pixels_arrive_on_the_screen)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff123456);
	check_eq(window->width, 1280); // the kiosk shell fills the screen
	check_eq(fixture_pixel(fixture, 5, 5), 0x123456);
	check_eq(fixture_pixel(fixture, 1279, 719), 0x123456);
	client_window_draw(window, 1280, 720, 0xff654321);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x654321);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(memory_at_rest_keeps_its_pixels)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff123456);
	const struct surface *surface = client_surface(window->surface, client);
	struct pixels pixels;
	check(surface->content.buffer != NULL); // the shm buffer is read as long as it is shown
	buffer_trim(surface->content.buffer);
	check(buffer_begin_access(surface->content.buffer, &pixels));
	check_eq(*(uint32_t *)pixels.data, 0xff123456);
	buffer_end_access(surface->content.buffer);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(frame_callbacks_come_once_per_refresh)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff123456);
	fixture_frames(fixture, 3);
	int done = 0;
	wl_callback_add_listener(wl_surface_frame(window->surface), &count_listener, &done);
	wl_surface_commit(window->surface);
	fixture_pump(fixture);
	check_eq(done, 1); // immediately, as the output was idle
	wl_callback_add_listener(wl_surface_frame(window->surface), &count_listener, &done);
	wl_surface_commit(window->surface);
	fixture_pump(fixture);
	check_eq(done, 1); // at the next refresh only
	fixture_frames(fixture, 1);
	check_eq(done, 2);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(hidden_surfaces_are_answered_once_a_second)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	int done = 0;
	wl_callback_add_listener(wl_surface_frame(surface), &count_listener, &done);
	wl_surface_commit(surface);
	fixture_advance(fixture, NSEC_PER_SEC / 2);
	check_eq(done, 0);
	fixture_advance(fixture, NSEC_PER_SEC);
	check_eq(done, 1);
	wl_surface_destroy(surface);
	fixture_destroy(fixture);
}

TEST(buffers_are_released_when_replaced)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff123456);
	int released = 0;
	struct wl_buffer *first = client_buffer(client, 1280, 720, 0xff0000ff);
	wl_buffer_add_listener(first, &release_listener, &released);
	wl_surface_attach(window->surface, first, 0, 0);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(released, 0);
	client_window_draw(window, 1280, 720, 0xff00ff00);
	fixture_frames(fixture, 2);
	check_eq(released, 1);
	// A buffer that is replaced before the commit was never used and gets no release.
	wl_surface_attach(window->surface, first, 0, 0);
	wl_surface_attach(window->surface, NULL, 0, 0);
	fixture_pump(fixture);
	check_eq(released, 1);
	wl_surface_attach(window->surface, window->buffer, 0, 0);
	wl_buffer_destroy(first);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(preferred_scale_follows_the_output)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff123456);
	struct surface *surface = client_surface(window->surface, client);
	check_near(surface->preferred_scale, 1, 0);
	struct output_change change = output_change_none(output_first(fixture->server));
	change.scale = 1.5;
	check(outputs_apply(fixture->server, &change, 1, false));
	fixture_frames(fixture, 2);
	check_near(surface->preferred_scale, 1.5, 0);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// Subsurfaces

struct child {
	struct wl_surface *surface;
	struct wl_subsurface *subsurface;
	struct wl_buffer *buffer;
};

static struct child add_child(
	struct client *client, struct wl_surface *parent, int width, int height, uint32_t argb)
{
	struct child child = {.surface = wl_compositor_create_surface(client->compositor)};
	child.subsurface =
		wl_subcompositor_get_subsurface(client->subcompositor, child.surface, parent);
	child.buffer = client_buffer(client, width, height, argb);
	wl_surface_attach(child.surface, child.buffer, 0, 0);
	wl_surface_commit(child.surface);
	return child;
}

static void redraw_child(struct client *client, struct child *child, uint32_t argb)
{
	wl_buffer_destroy(child->buffer);
	child->buffer = client_buffer(client, 40, 40, argb);
	wl_surface_attach(child->surface, child->buffer, 0, 0);
	wl_surface_damage_buffer(child->surface, 0, 0, 40, 40);
	wl_surface_commit(child->surface);
}

static void drop_child(struct child *child)
{
	wl_subsurface_destroy(child->subsurface);
	wl_surface_destroy(child->surface);
	wl_buffer_destroy(child->buffer);
}

struct preferred {
	int scales, scale, transforms;
};

static void on_enter(void *data, struct wl_surface *surface, struct wl_output *output)
{
}

static void on_preferred_scale(void *data, struct wl_surface *surface, int32_t scale)
{
	struct preferred *preferred = data;
	preferred->scales++;
	preferred->scale = scale;
}

static void on_preferred_transform(void *data, struct wl_surface *surface, uint32_t transform)
{
	struct preferred *preferred = data;
	preferred->transforms++;
}

static const struct wl_surface_listener preferred_listener = {
	.enter = on_enter,
	.leave = on_enter,
	.preferred_buffer_scale = on_preferred_scale,
	.preferred_buffer_transform = on_preferred_transform,
};

// Programs that bind any version of wl_compositor die of events they do not know.
TEST(initial_scale_and_transform_are_not_sent)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff123456);
	struct child child = add_child(client, window->surface, 10, 10, 0xff654321);
	struct preferred preferred = {0};
	wl_surface_add_listener(child.surface, &preferred_listener, &preferred);
	wl_surface_attach(child.surface, child.buffer, 0, 0);
	wl_surface_commit(child.surface);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(preferred.scales + preferred.transforms, 0);
	struct output_change change = output_change_none(output_first(fixture->server));
	static const double scales[] = {1.5, 2, 1};
	static const int sent[] = {2, 2, 1}, count[] = {1, 1, 2};
	for (size_t i = 0; i < array_length(scales); i++) {
		change.scale = scales[i];
		check(outputs_apply(fixture->server, &change, 1, false));
		fixture_frames(fixture, 2);
		check_eq(preferred.scale, sent[i]);
		check_eq(preferred.scales, count[i]);
		check_eq(preferred.transforms, 0);
	}
	check_no_error(client);
	wl_subsurface_destroy(child.subsurface);
	wl_surface_destroy(child.surface);
	wl_buffer_destroy(child.buffer);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(old_programs_can_be_spared)
{
	struct config *config = config_create_default();
	config->compatibility.preferred_scale = false;
	struct fixture *fixture = fixture_create(&(struct server_options){
		.virtual_clock = true, .config = config, .builtin_cursor = true, .scale = 2});
	struct client *client = client_create(fixture);
	check_eq(client_has(client, "wl_compositor"), 5);
	struct client_window *window = client_window_create(client, 100, 100, 0xff123456);
	struct preferred preferred = {0};
	wl_surface_add_listener(window->surface, &preferred_listener, &preferred);
	struct output_change change = output_change_none(output_first(fixture->server));
	change.scale = 3;
	check(outputs_apply(fixture->server, &change, 1, false));
	fixture_frames(fixture, 2);
	check_eq(preferred.scales + preferred.transforms, 0);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(synchronised_content_waits_for_the_parent)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct child child = add_child(client, window->surface, 40, 40, 0xffff0000);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x0000ff);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0xff0000);

	redraw_child(client, &child, 0xff00ff00);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0xff0000);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);

	wl_subsurface_set_desync(child.subsurface);
	redraw_child(client, &child, 0xffffffff);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0xffffff);
	drop_child(&child);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x0000ff);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(desync_applies_what_was_cached)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct child child = add_child(client, window->surface, 40, 40, 0xffff0000);
	wl_surface_commit(window->surface);
	redraw_child(client, &child, 0xff00ff00);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0xff0000);
	wl_subsurface_set_desync(child.subsurface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);
	drop_child(&child);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// What changed since then, in buffer pixels.
static bool is_damaged(struct surface *surface, uint64_t since, int x, int y)
{
	region damage;
	pixman_region32_init(&damage);
	content_damage_since(&surface->content, since, &damage);
	bool contains = region_contains(&damage, x, y);
	pixman_region32_fini(&damage);
	return contains;
}

// Two commits that are merged: one whose damage is mapped by a shape, and one that takes the shape
// back. Of the 40x40 buffer only the last pixels differ, in the corner at 30, 30.
struct merge {
	int scale, viewport_size;
	enum transform transform;
	struct box damage; // surface coordinates
};
static const struct merge merges[] = {
	{2, 0, TRANSFORM_NORMAL, {15, 15, 5, 5}},
	{1, 80, TRANSFORM_NORMAL, {60, 60, 20, 20}},
	{1, 0, TRANSFORM_180, {0, 0, 10, 10}},
	{1, 0, TRANSFORM_NORMAL, {30, 30, 10, 10}},
};
TEST_P(merged_damage_has_the_shape_of_its_commit, struct merge, merges)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct child child = add_child(client, window->surface, 40, 40, 0xffff0000);
	struct wp_viewporter *viewporter = client_bind(client, &wp_viewporter_interface, 1);
	struct wp_viewport *viewport = wp_viewporter_get_viewport(viewporter, child.surface);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	struct surface *surface = client_surface(child.surface, client);
	uint64_t sequence = surface->content.sequence;

	struct wl_buffer *buffer = client_buffer(client, 40, 40, 0xff00ff00);
	wl_surface_set_buffer_scale(child.surface, param->scale);
	wl_surface_set_buffer_transform(child.surface, (int32_t)param->transform);
	if (param->viewport_size)
		wp_viewport_set_destination(viewport, param->viewport_size, param->viewport_size);
	wl_surface_attach(child.surface, buffer, 0, 0);
	wl_surface_damage(child.surface, param->damage.x, param->damage.y, param->damage.width,
		param->damage.height);
	wl_surface_commit(child.surface);
	wl_surface_set_buffer_scale(child.surface, 1);
	wl_surface_set_buffer_transform(child.surface, TRANSFORM_NORMAL);
	wp_viewport_set_destination(viewport, -1, -1);
	wl_surface_commit(child.surface);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check(is_damaged(surface, sequence, 35, 35));
	check_eq(is_damaged(surface, sequence, 5, 5), param->scale != 1 || param->transform);
	check_no_error(client);
	wp_viewport_destroy(viewport);
	wp_viewporter_destroy(viewporter);
	wl_buffer_destroy(buffer);
	drop_child(&child);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// A commit in between had another size: the two that look alike cannot be compared.
TEST(merged_damage_after_another_size)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct child child = add_child(client, window->surface, 40, 40, 0xffff0000);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	struct surface *surface = client_surface(child.surface, client);
	uint64_t sequence = surface->content.sequence;
	struct wl_buffer *smaller = client_buffer(client, 20, 20, 0xffffffff);
	struct wl_buffer *buffer = client_buffer(client, 40, 40, 0xff00ff00);
	wl_surface_attach(child.surface, smaller, 0, 0);
	wl_surface_commit(child.surface);
	wl_surface_attach(child.surface, buffer, 0, 0);
	wl_surface_damage_buffer(child.surface, 0, 0, 10, 10);
	wl_surface_commit(child.surface);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check(is_damaged(surface, sequence, 35, 35));
	wl_buffer_destroy(smaller);
	wl_buffer_destroy(buffer);
	drop_child(&child);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(a_synchronised_ancestor_holds_all_below)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct child middle = add_child(client, window->surface, 80, 80, 0xffff0000);
	struct child leaf = add_child(client, middle.surface, 40, 40, 0xff00ff00);
	wl_subsurface_set_desync(leaf.subsurface);
	wl_surface_commit(middle.surface);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);
	check_eq(fixture_pixel(fixture, 60, 60), 0xff0000);

	redraw_child(client, &leaf, 0xffffffff); // desynchronised, but its parent is not
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);
	wl_surface_commit(middle.surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0xffffff);
	drop_child(&leaf);
	drop_child(&middle);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(order_and_place_are_the_parents_state)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct child low = add_child(client, window->surface, 40, 40, 0xffff0000);
	struct child high = add_child(client, window->surface, 40, 40, 0xff00ff00);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);
	wl_subsurface_place_below(high.subsurface, low.surface);
	wl_subsurface_set_position(low.subsurface, 100, 0);
	wl_surface_commit(high.surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);
	check_eq(fixture_pixel(fixture, 105, 5), 0x0000ff);
	wl_subsurface_set_position(low.subsurface, 20, 0);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 5, 5), 0x00ff00);
	check_eq(fixture_pixel(fixture, 25, 5), 0xff0000);
	wl_subsurface_place_below(low.subsurface, window->surface);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 25, 5), 0x00ff00);
	check_eq(fixture_pixel(fixture, 45, 5), 0x0000ff);
	drop_child(&low);
	drop_child(&high);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(loops_of_subsurfaces_are_refused)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct wl_surface *a = wl_compositor_create_surface(client->compositor);
	struct wl_surface *b = wl_compositor_create_surface(client->compositor);
	struct wl_subsurface *child = wl_subcompositor_get_subsurface(client->subcompositor, b, a);
	check_no_error(client);
	struct wl_subsurface *loop = wl_subcompositor_get_subsurface(client->subcompositor, a, b);
	check_client_error(client, "wl_subcompositor", WL_SUBCOMPOSITOR_ERROR_BAD_PARENT);
	wl_subsurface_destroy(loop);
	wl_subsurface_destroy(child);
	fixture_destroy(fixture);
}

TEST(strangers_are_no_siblings)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct wl_surface *a = wl_compositor_create_surface(client->compositor);
	struct wl_surface *b = wl_compositor_create_surface(client->compositor);
	struct wl_surface *stranger = wl_compositor_create_surface(client->compositor);
	struct wl_subsurface *child = wl_subcompositor_get_subsurface(client->subcompositor, b, a);
	wl_subsurface_place_above(child, stranger);
	check_client_error(client, "wl_subsurface", WL_SUBSURFACE_ERROR_BAD_SURFACE);
	wl_subsurface_destroy(child);
	fixture_destroy(fixture);
}

// Viewports

static struct wp_viewport *viewport_of(struct client *client, struct wl_surface *surface)
{
	struct wp_viewporter *viewporter = client_bind(client, &wp_viewporter_interface, 1);
	struct wp_viewport *viewport = wp_viewporter_get_viewport(viewporter, surface);
	wp_viewporter_destroy(viewporter);
	return viewport;
}

TEST(viewport_scales_and_crops)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct child child = add_child(client, window->surface, 40, 40, 0xffff0000);
	struct wp_viewport *viewport = viewport_of(client, child.surface);
	wp_viewport_set_source(viewport, wl_fixed_from_int(10), wl_fixed_from_int(10),
		wl_fixed_from_int(20), wl_fixed_from_int(20));
	wp_viewport_set_destination(viewport, 200, 100);
	wl_surface_commit(child.surface);
	wl_surface_commit(window->surface);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 199, 99), 0xff0000);
	check_eq(fixture_pixel(fixture, 200, 99), 0x0000ff);
	check_eq(client_surface(child.surface, client)->width, 200);
	wp_viewport_destroy(viewport);
	drop_child(&child);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(viewport_out_of_the_buffer_is_an_error)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct wp_viewport *viewport = viewport_of(client, window->surface);
	wp_viewport_set_source(viewport, 0, 0, wl_fixed_from_int(5000), wl_fixed_from_int(5));
	wl_surface_commit(window->surface);
	check_client_error(client, "wp_viewport", WP_VIEWPORT_ERROR_OUT_OF_BUFFER);
	wp_viewport_destroy(viewport);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(viewport_source_of_half_pixels_needs_a_destination)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct wp_viewport *viewport = viewport_of(client, window->surface);
	wp_viewport_set_source(viewport, 0, 0, wl_fixed_from_double(5.5), wl_fixed_from_int(5));
	wl_surface_commit(window->surface);
	check_client_error(client, "wp_viewport", WP_VIEWPORT_ERROR_BAD_SIZE);
	wp_viewport_destroy(viewport);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// Fifo

// What the output shows; the scene may be newer.
static uint32_t shown_pixel(struct fixture *fixture)
{
	struct buffer *buffer = output_first(fixture->server)->primary;
	struct pixels pixels;
	check(buffer && buffer_begin_access(buffer, &pixels));
	uint32_t pixel = *(uint32_t *)pixels.data & 0xffffff;
	buffer_end_access(buffer);
	return pixel;
}

TEST(fifo_commits_wait_for_the_one_before)
{
	struct client *client;
	struct fixture *fixture = begin(&client);
	struct client_window *window = client_window_create(client, 100, 100, 0xff0000ff);
	struct wp_fifo_manager_v1 *manager = client_bind(client, &wp_fifo_manager_v1_interface, 1);
	struct wp_fifo_v1 *fifo = wp_fifo_manager_v1_get_fifo(manager, window->surface);
	fixture_frames(fixture, 3);
	// Three commits in a row: each is shown for one refresh.
	const uint32_t colors[] = {0xff111111, 0xff222222, 0xff333333};
	for (int i = 0; i < 3; i++) {
		wp_fifo_v1_wait_barrier(fifo);
		wp_fifo_v1_set_barrier(fifo);
		client_window_draw(window, 1280, 720, colors[i]);
	}
	fixture_pump(fixture);
	check_eq(shown_pixel(fixture), 0x111111);
	for (int i = 1; i < 3; i++) {
		fixture_frames(fixture, 1);
		check_eq(shown_pixel(fixture), colors[i] & 0xffffff);
	}
	wp_fifo_v1_destroy(fifo);
	wp_fifo_manager_v1_destroy(manager);
	client_window_destroy(window);
	fixture_destroy(fixture);
}
