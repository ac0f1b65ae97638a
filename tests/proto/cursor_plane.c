// SPDX-License-Identifier: MIT
// The cursor plane: position, scale and transform, several outputs, and a plane that refuses.
#include "backends/backend.h"
#include "compositor/base/geom.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/test.h"
#include "tests/proto/cursor_rig.h"

TEST_F(cursor_rig, motion_draws_nothing)
{
	fixture_frames(rig->fixture, 3);
	uint64_t frames = rig->output->frames, repaints = rig->output->repaints;
	for (int i = 0; i < 20; i++) {
		fixture_move(rig->fixture, 200 + 10 * i, 300);
		check_eq(rig->output->cursor_box.x, 197 + 10 * i);
	}
	check_eq(rig->output->frames, frames);
	check_eq(rig->output->repaints, repaints);
	// Motion leaves the scene alone; the screenshot places the cursor in it.
	check_eq(cursor_rig_capture(rig, 391, 310), 0);
	check_eq(cursor_rig_capture(rig, 101, 56), 0x202020);
	fixture_frames(rig->fixture, 3);
	check_eq(rig->output->repaints, repaints);
}

TEST_F(cursor_rig, scaled_and_turned_output)
{
	struct output_change change = output_change_none(rig->output);
	change.scale = 2;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	fixture_move(rig->fixture, 100, 50);
	struct plane_image shown = cursor_rig_plane(rig);
	check(shown.shown);
	check_eq(shown.width, 48);
	check_eq(shown.x, 200 - 6);
	check_eq(shown.y, 100 - 4);
	change.transform = TRANSFORM_90;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	fixture_move(rig->fixture, 100, 50);
	shown = cursor_rig_plane(rig);
	check(shown.shown);
	// The picture of 720x1280 is turned counter-clockwise into the screen's 1280x720.
	struct box box = {200 - 6, 100 - 4, 48, 48};
	box = box_transform(&box, TRANSFORM_90, 720, 1280);
	check_eq(shown.x, box.x);
	check_eq(shown.y, box.y);
	// A client's surface is turned with it.
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 10, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 0, 0);
	shown = cursor_rig_plane(rig);
	check_eq(shown.width, 20);
	check_eq(shown.height, 40);
	check_eq(shown.pixel, 0xff0000ff);
}

TEST(pointer_between_outputs)
{
	struct cursor_rig two_outputs = {0}, *rig = &two_outputs;
	cursor_rig_init_with(rig,
		&(struct server_options){
			.virtual_clock = true,
			.width = 640,
			.height = 480,
			.outputs = 2,
			.builtin_cursor = true,
			.shell = "kiosk",
		});
	struct output *second = wl_container_of(rig->output->link.next, second, link);
	struct wl_surface *surface = cursor_rig_surface(rig, 20, 20, 0xff0000ff);
	wl_pointer_set_cursor(rig->pointer, rig->enter_serial, surface, 10, 10);
	fixture_frames(rig->fixture, 2);
	check(rig->output->cursor_on_plane && !second->cursor_on_plane);
	struct surface *server_side = client_surface(surface, rig->client);
	check_eq(server_side->outputs, 1);
	fixture_move(rig->fixture, 635, 50);
	fixture_frames(rig->fixture, 2);
	check(rig->output->cursor_on_plane && second->cursor_on_plane);
	check_eq(second->cursor_box.x, -15);
	check_eq(server_side->outputs, 3);
	cursor_rig_finish(rig);
}

static bool refuse_cursor(struct screen *screen, const struct frame *frame, bool test_only)
{
	return !(frame->set & FRAME_CURSOR_IMAGE && frame->cursor.buffer);
}

// An image that the back end refuses is tried once and then drawn; the next one is tried again.
TEST_F(cursor_rig, refused_image_is_drawn)
{
	struct backend *backend = rig->fixture->server->backend;
	const struct backend_impl *accepting = backend->impl;
	struct backend_impl refusing = *accepting;
	refusing.present = refuse_cursor;
	backend->impl = &refusing;
	cursor_set_shape(rig->cursor, "crosshair");
	fixture_frames(rig->fixture, 4);
	check(!rig->output->cursor_on_plane);
	uint64_t refused = rig->output->cursor_refused, frames = rig->output->frames;
	check(refused);
	fixture_frames(rig->fixture, 10);
	check_eq(rig->output->frames, frames); // no second attempt, and no repaint loop
	fixture_move(rig->fixture, 200, 100);
	fixture_frames(rig->fixture, 4);
	check_eq(rig->output->cursor_refused, refused);
	check(rig->output->last_frame.count > 1); // the pointer is one of the draws
	backend->impl = accepting;
	cursor_set_shape(rig->cursor, "text");
	fixture_frames(rig->fixture, 4);
	check(rig->output->cursor_on_plane);
}

struct counting_impl {
	struct backend_impl base;
	int moves;
};

static bool count_moves(struct screen *screen, const struct frame *frame, bool test_only)
{
	struct counting_impl *counting =
		wl_container_of((struct backend_impl *)screen->backend->impl, counting, base);
	counting->moves += !!(frame->set & FRAME_CURSOR_POSITION);
	return true;
}

TEST_F(cursor_rig, motions_in_one_go_move_the_plane_once)
{
	struct server *server = rig->fixture->server;
	const struct backend_impl *usual = server->backend->impl;
	struct counting_impl counting = {.base = *usual};
	counting.base.present = count_moves;
	struct plane_image before = cursor_rig_plane(rig);
	server->backend->impl = &counting.base;
	for (int i = 1; i <= 5; i++) {
		const double x = 300 + i, y = 200;
		seat_input(server->seat,
			&(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {x, y}});
		seat_input(server->seat, &(struct input_event){.type = INPUT_POINTER_FRAME});
	}
	check_eq(counting.moves, 0);
	fixture_pump(rig->fixture);
	check_eq(counting.moves, 1);
	check_eq(rig->output->cursor_box.x, 305 - before.hotspot_x);
	fixture_pump(rig->fixture);
	check_eq(counting.moves, 1);
	// The last motion stays unsent: the server is destroyed first.
	seat_input(server->seat,
		&(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {100, 100}});
	server->backend->impl = usual;
}

struct first_impl {
	struct backend_impl base;
	struct box first; // empty: no cursor was presented
};

static bool record_first(struct screen *screen, const struct frame *frame, bool test_only)
{
	struct first_impl *recording =
		wl_container_of((struct backend_impl *)screen->backend->impl, recording, base);
	if (frame->set & FRAME_CURSOR_IMAGE && box_empty(&recording->first))
		recording->first = frame->cursor.dst;
	return true;
}

// A motion that moves the focus changes the image, which no plane shows at the old position.
TEST_F(cursor_rig, change_of_focus_shows_the_image_at_the_new_position)
{
	struct server *server = rig->fixture->server;
	const struct backend_impl *usual = server->backend->impl;
	struct first_impl recording = {.base = *usual};
	recording.base.present = record_first;
	seat_input(server->seat, &(struct input_event){.type = INPUT_POINTER_LEAVE});
	cursor_set_shape(rig->cursor, "text");
	check(cursor_rig_plane(rig).x < 200);
	server->backend->impl = &recording.base;
	seat_input(server->seat,
		&(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {700, 500}});
	check(recording.first.x > 600 && recording.first.y > 400);
	fixture_pump(rig->fixture);
	server->backend->impl = usual;
}

// An image that cannot be drawn as the GPU was reset leaves the plane without a frame.
TEST(gpu_reset_while_the_image_is_drawn)
{
	struct fake_gpu gpu = {0};
	struct server_options options = fake_gpu_options(&gpu);
	options.shell = "kiosk";
	options.builtin_cursor = true;
	struct cursor_rig gpu_rig = {0}, *rig = &gpu_rig;
	cursor_rig_init_with(rig, &options);
	struct output_change change = output_change_none(rig->output);
	change.transform = TRANSFORM_180; // the image is drawn by the renderer
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	check(cursor_rig_plane(rig).shown);
	gpu.renderer->lost = true;
	cursor_set_shape(rig->cursor, "text");
	check(!rig->output->cursor_on_plane);
	fixture_pump(rig->fixture);
	check(!gpu.renderer->lost);
	check(cursor_rig_plane(rig).shown);
	cursor_rig_finish(rig);
}
