// SPDX-License-Identifier: MIT
// wl_pointer.set_cursor: surfaces, hotspots, roles, subsurfaces and frame callbacks of the cursor.
#include "compositor/output/cursor.h"
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/subsurface.h"
#include "compositor/surface/surface.h"
#include "tests/harness/test.h"
#include "tests/proto/cursor_rig.h"

TEST_F(cursor_rig, arrow_is_the_default)
{
	check(cursor_rig_shows(rig, "default"));
	struct plane_image shown = cursor_rig_plane(rig);
	check(shown.shown);
	check_eq(shown.x, 97);
	check_eq(shown.y, 48);
	check_eq(shown.hotspot_x, 3);
	check_eq(shown.width, 24);
}

TEST_F(cursor_rig, surface_with_hotspot)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	struct plane_image shown = cursor_rig_plane(rig);
	check(shown.shown);
	check_eq(shown.pixel, 0xff0000ff);
	check_eq(shown.x, 95);
	check_eq(shown.y, 46);
	check_eq(shown.width, 20);
	check_eq(shown.height, 10);
	check_eq(shown.hotspot_x, 5);
	check_eq(cursor_rig_capture(rig, 95, 46), 0x0000ff);
	check_eq(cursor_rig_capture(rig, 94, 46), 0x202020);
	check_eq(cursor_rig_capture(rig, 114, 55), 0x0000ff);
	check_eq(fixture_pixel(rig->fixture, 100, 50), 0x202020);

	// The attach offset moves the image, and by that the hotspot.
	wl_surface_offset(surface, 2, -1);
	wl_surface_commit(surface);
	shown = cursor_rig_plane(rig);
	check_eq(shown.x, 97);
	check_eq(shown.y, 45);
	check_eq(shown.hotspot_x, 3);
	check_eq(shown.hotspot_y, 5);

	// New pixels of the same size.
	uint64_t sequence = shown.sequence;
	wl_surface_attach(surface,
		cursor_rig_keep(rig, client_buffer(rig->client, 20, 10, 0xff00ff00)), 0, 0);
	wl_surface_damage(surface, 0, 0, 20, 10);
	wl_surface_commit(surface);
	shown = cursor_rig_plane(rig);
	check(shown.sequence != sequence);
	check_eq(shown.pixel, 0xff00ff00);
	check_eq(cursor_rig_capture(rig, 100, 50), 0x00ff00);
	check_no_error(rig->client);
}

TEST_F(cursor_rig, pointer_can_be_hidden)
{
	check_eq(cursor_rig_capture(rig, 101, 56), 0);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, NULL, 0, 0);
	check(!cursor_rig_plane(rig).shown);
	int x, y;
	check(cursor_image(rig->cursor, 1, &x, &y) == NULL);
	check_eq(cursor_rig_capture(rig, 101, 56), 0x202020);
	// A surface without content is the same.
	struct wl_surface *surface =
		cursor_rig_keep(rig, wl_compositor_create_surface(rig->client->compositor));
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	check(!cursor_rig_plane(rig).shown);
	wl_surface_attach(
		surface, cursor_rig_keep(rig, client_buffer(rig->client, 4, 4, 0xffffffff)), 0, 0);
	wl_surface_commit(surface);
	check(cursor_rig_plane(rig).shown);
	wl_surface_attach(surface, NULL, 0, 0);
	wl_surface_commit(surface);
	check(!cursor_rig_plane(rig).shown);
	check_no_error(rig->client);
}

TEST_F(cursor_rig, destroyed_surface)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	check(cursor_rig_plane(rig).shown);
	check_eq(cursor_rig_capture(rig, 100, 50), 0x0000ff);
	cursor_rig_destroy_surface(rig, surface);
	check(!cursor_rig_plane(rig).shown);
	check_eq(cursor_rig_capture(rig, 100, 50), 0x202020);
	// Replaced first, then destroyed.
	surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	struct wl_surface *other = cursor_rig_surface(rig, 8, 8, 0xffff0000);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, other, 0, 0);
	fixture_pump(rig->fixture);
	cursor_rig_destroy_surface(rig, surface);
	check_eq(cursor_rig_plane(rig).pixel, 0xffff0000);
	check_no_error(rig->client);
}

TEST_F(cursor_rig, client_goes_with_its_cursor)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	check(cursor_rig_plane(rig).shown);
	cursor_rig_disconnect(rig);
	fixture_frames(rig->fixture, 3);
	check(cursor_rig_shows(rig, "default"));
}

TEST_F(cursor_rig, focus_elsewhere_brings_the_arrow_back)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	fixture_pump(rig->fixture);
	check(cursor_surface(rig->cursor) != NULL);
	pointer_set_focus(rig->fixture->server->seat, NULL, 0, 0);
	check(cursor_surface(rig->cursor) == NULL);
	check(cursor_rig_shows(rig, "default"));
	// set_cursor from a client without focus is ignored.
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	fixture_pump(rig->fixture);
	check(cursor_surface(rig->cursor) == NULL);
}

TEST_F(cursor_rig, old_serial_is_ignored)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial - 1, surface, 5, 4);
	fixture_pump(rig->fixture);
	check(cursor_surface(rig->cursor) == NULL);
	check(cursor_rig_shows(rig, "default"));
	check_no_error(rig->client);
}

TEST_F(cursor_rig, surface_with_another_role_is_an_error)
{
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, rig->window->surface, 0, 0);
	check_client_error(rig->client, "wl_pointer", WL_POINTER_ERROR_ROLE);
}

TEST_F(cursor_rig, role_stays)
{
	struct wl_surface *surface =
		cursor_rig_keep(rig, wl_compositor_create_surface(rig->client->compositor));
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, NULL, 0, 0);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	check_no_error(rig->client);
	struct xdg_surface *xdg_surface =
		cursor_rig_keep(rig, xdg_wm_base_get_xdg_surface(rig->client->wm_base, surface));
	cursor_rig_keep(rig, xdg_surface_get_toplevel(xdg_surface));
	check_client_error(rig->client, "xdg_wm_base", XDG_WM_BASE_ERROR_ROLE);
}

TEST_F(cursor_rig, hostile_hotspots_and_offsets)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	static const int values[] = {INT32_MIN, INT32_MAX, -1, 0};
	for (size_t i = 0; i < 4; i++) {
		wl_pointer_set_cursor(
			rig->pointer, rig->enter_serial, surface, values[i], values[i]);
		for (int j = 0; j < 4; j++) {
			wl_surface_offset(surface, values[i], values[j]);
			wl_surface_commit(surface);
			fixture_frames(rig->fixture, 1);
			cursor_rig_capture(rig, 0, 0);
		}
	}
	check_no_error(rig->client);
}

TEST_F(cursor_rig, huge_surface_is_not_shown)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 2000, 3, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	check(!cursor_rig_plane(rig).shown);
	check_eq(cursor_rig_capture(rig, 100, 50), 0x202020);
	// Too large for the plane only: it is drawn.
	surface = cursor_rig_surface(rig, 300, 300, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	check(!cursor_rig_plane(rig).shown);
	check_eq(cursor_rig_capture(rig, 100, 50), 0x0000ff);
	check_eq(cursor_rig_capture(rig, 399, 349), 0x0000ff);
	fixture_move(rig->fixture, 200, 200);
	fixture_frames(rig->fixture, 2);
	check_eq(cursor_rig_capture(rig, 100, 50), 0x202020);
	check_eq(cursor_rig_capture(rig, 200, 200), 0x0000ff);
	check_no_error(rig->client);
}

static void count(void *data, struct wl_callback *callback, uint32_t time)
{
	(*(int *)data)++;
	wl_callback_destroy(callback);
}
static const struct wl_callback_listener count_listener = {.done = count};

TEST_F(cursor_rig, frame_callbacks_of_the_cursor)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	fixture_frames(rig->fixture, 3);
	int done = 0;
	for (int i = 1; i <= 3; i++) {
		wl_callback_add_listener(wl_surface_frame(surface), &count_listener, &done);
		wl_surface_commit(surface);
		fixture_frames(rig->fixture, 2);
		check_eq(done, i);
	}
	check_eq(client_surface(surface, rig->client)->outputs, 1);
}

TEST_F(cursor_rig, override_is_above)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 5, 4);
	fixture_pump(rig->fixture);
	cursor_override(rig->cursor, "move");
	check(cursor_rig_shows(rig, "move"));
	check(cursor_surface(rig->cursor) == NULL);
	check_eq(cursor_rig_plane(rig).width, 24);
	cursor_override(rig->cursor, NULL);
	check(cursor_surface(rig->cursor) != NULL);
	check_eq(cursor_rig_plane(rig).width, 20);
	check_eq(cursor_rig_capture(rig, 100, 50), 0x0000ff);
}

TEST_F(cursor_rig, subsurface_of_a_cursor_is_drawn)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	struct wl_surface *child = cursor_rig_surface(rig, 4, 4, 0xff00ff00);
	struct wl_subsurface *subsurface = cursor_rig_keep(
		rig, wl_subcompositor_get_subsurface(rig->client->subcompositor, child, surface));
	wl_subsurface_set_position(subsurface, -4, 0);
	wl_subsurface_set_desync(subsurface);
	wl_surface_commit(child);
	wl_surface_commit(surface);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	check(!cursor_rig_plane(rig).shown);
	check_eq(cursor_rig_capture(rig, 97, 51), 0x00ff00);
	check_eq(cursor_rig_capture(rig, 101, 51), 0x0000ff);
	int x, y;
	struct buffer *image = cursor_image(rig->cursor, 1, &x, &y);
	check_eq(image->width, 24);
	check_eq(x, 4);
	check_eq(buffer_pixel(image, 0, 0), 0xff00ff00);
	check_eq(buffer_pixel(image, 0, 9), 0);
	check_no_error(rig->client);
}

TEST_F(cursor_rig, hostile_subsurface_positions)
{
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	struct wl_surface *child = cursor_rig_surface(rig, 4, 4, 0xff00ff00);
	struct wl_subsurface *subsurface = cursor_rig_keep(
		rig, wl_subcompositor_get_subsurface(rig->client->subcompositor, child, surface));
	wl_subsurface_set_desync(subsurface);
	wl_surface_commit(child);
	static const int values[] = {INT32_MIN, INT32_MAX, INT32_MIN + 100, 1 << 20, 5000};
	for (size_t i = 0; i < array_length(values); i++) {
		int x, y;
		wl_subsurface_set_position(subsurface, values[i], values[i]);
		wl_surface_commit(surface);
		wl_pointer_set_cursor(
			rig->pointer, rig->enter_serial, surface, values[i] / 2, values[i]);
		fixture_frames(rig->fixture, 2);
		cursor_rig_capture(rig, 0, 0);
		cursor_image(rig->cursor, 1.5, &x, &y);
	}
	check_no_error(rig->client);
}
