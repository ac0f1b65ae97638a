// SPDX-License-Identifier: MIT
// Outputs that are switched off and on, or change their mode, while frames are due.
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "wayland-client-protocol.h"
#include "wlr-output-management-unstable-v1-client-protocol.h"

struct outputs_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct output *output;    // the first one
	struct screen *screen;    // of output
	struct backend_impl impl; // the fixture's, for a test to change
	int done;                 // frame callbacks of window
	bool animates;            // each one requests the next
};

static void outputs_rig_init(struct outputs_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->output = output_first(rig->fixture->server);
	rig->screen = rig->output->screen;
	rig->impl = *rig->screen->backend->impl;
	rig->screen->backend->impl = &rig->impl;
	rig->window = client_window_create(rig->client, 64, 48, 0xff0000ff);
	check_no_error(rig->client);
}

static void outputs_rig_finish(struct outputs_rig *rig)
{
	check_no_error(rig->client);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void request_frame(struct outputs_rig *rig);

static void on_done(void *data, struct wl_callback *callback, uint32_t time)
{
	struct outputs_rig *rig = data;
	wl_callback_destroy(callback);
	rig->done++;
	if (rig->animates)
		request_frame(rig);
}

static const struct wl_callback_listener done_listener = {.done = on_done};

static void request_frame(struct outputs_rig *rig)
{
	wl_callback_add_listener(wl_surface_frame(rig->window->surface), &done_listener, rig);
	client_window_draw(rig->window, 64, 48, rig->done % 2 ? 0xff00ff00 : 0xffff0000);
}

static struct output_change off(struct output *output)
{
	struct output_change change = output_change_none(output);
	change.enabled = false;
	return change;
}

static void apply(struct outputs_rig *rig, struct output_change change)
{
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	fixture_pump(rig->fixture);
}

static void set_refresh(struct outputs_rig *rig, int refresh_mhz)
{
	struct output_change change = output_change_none(rig->output);
	change.mode.refresh_mhz = refresh_mhz;
	apply(rig, change);
}

TEST_F(outputs_rig, switched_off_while_a_frame_is_due)
{
	struct output_change on = output_change_none(rig->output);
	rig->animates = true;
	request_frame(rig);
	fixture_frames(rig->fixture, 10);
	check(rig->output->dirty);
	apply(rig, off(rig->output));
	fixture_advance(rig->fixture, 3 * NSEC_PER_SEC);
	uint64_t repaints = rig->output->repaints;
	apply(rig, on);
	fixture_frames(rig->fixture, 10);
	check(rig->output->repaints >= repaints + 9);
	rig->animates = false;
	fixture_frames(rig->fixture, 2);
	struct box box = window_box(rig->window->window);
	check_eq(fixture_pixel(rig->fixture, box.x + 5, box.y + 5),
		rig->done % 2 ? 0xff0000 : 0x00ff00);
}

// Once a second, also for what waited when the last output went off.
TEST_F(outputs_rig, without_any_output_hidden_surfaces_are_answered)
{
	rig->animates = true;
	request_frame(rig);
	fixture_frames(rig->fixture, 10);
	apply(rig, off(rig->output));
	int before = rig->done;
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC + NSEC_PER_SEC / 2);
	check_eq(rig->done, before + 5);
	rig->animates = false;
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(clock_next_ns(rig->fixture->server->clock), CLOCK_NEVER);
}

// The same where the output is removed instead.
TEST_F(outputs_rig, an_output_goes_while_a_frame_is_due)
{
	rig->animates = true;
	request_frame(rig);
	fixture_frames(rig->fixture, 10);
	check(rig->impl.remove_screen(rig->screen));
	int before = rig->done;
	fixture_advance(rig->fixture, 3 * NSEC_PER_SEC + NSEC_PER_SEC / 2);
	check_eq(rig->done, before + 3);
	rig->animates = false;
}

static void switch_session(struct outputs_rig *rig, bool active)
{
	const struct backend *backend = rig->screen->backend;
	backend->sink->active(backend->sink_data, active);
	fixture_pump(rig->fixture);
}

static bool accept_frame(struct screen *screen, const struct frame *frame, bool test_only)
{
	return !test_only || !(frame->set & FRAME_PRIMARY);
}

// Frames of a screen with page flips, which the test completes.
static void flip(struct outputs_rig *rig)
{
	const struct backend *backend = rig->screen->backend;
	rig->screen->self_paced = false;
	rig->impl.present = accept_frame;
	fixture_frames(rig->fixture, 1);
	if (rig->output->presenting)
		backend->sink->presented(backend->sink_data, rig->screen,
			&(struct presented){.time_ns = clock_now_ns(rig->fixture->server->clock)});
	fixture_pump(rig->fixture);
}

// While another session has the seat, page flips do not complete.
TEST_F(outputs_rig, another_session_is_shown)
{
	rig->animates = true;
	request_frame(rig);
	for (int i = 0; i < 10; i++)
		flip(rig);
	fixture_frames(rig->fixture, 1);
	check(rig->output->presenting);
	switch_session(rig, false);
	int before = rig->done;
	fixture_advance(rig->fixture, 3 * NSEC_PER_SEC + NSEC_PER_SEC / 2);
	check_eq(rig->done, before + 3);
	switch_session(rig, true);
	before = rig->done;
	for (int i = 0; i < 10; i++)
		flip(rig);
	check(rig->done >= before + 8);
	rig->animates = false;
	flip(rig);
}

static void count(void *data, struct wl_callback *callback, uint32_t time)
{
	(*(int *)data)++;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener count_listener = {.done = count};

// The next frame of the window is always due or on its way.
TEST_F(outputs_rig, hidden_surfaces_are_answered_while_others_animate)
{
	struct wl_surface *hidden = wl_compositor_create_surface(rig->client->compositor);
	int done = 0;
	rig->animates = true;
	request_frame(rig);
	flip(rig);
	wl_callback_add_listener(wl_surface_frame(hidden), &count_listener, &done);
	wl_surface_commit(hidden);
	for (int i = 0; i < 55; i++)
		flip(rig);
	check_eq(done, 0);
	for (int i = 0; i < 10; i++)
		flip(rig);
	check_eq(done, 1);
	rig->animates = false;
	wl_surface_destroy(hidden);
}

TEST_F(outputs_rig, a_faster_mode_while_a_frame_is_due)
{
	set_refresh(rig, 1000); // one frame at once, the next a second later
	request_frame(rig);
	fixture_frames(rig->fixture, 5);
	check_eq(rig->done, 0);
	set_refresh(rig, 60000);
	fixture_frames(rig->fixture, 2);
	check_eq(rig->done, 1);
}

static const int bad_refreshes[] = {-1, 1, 999, 1000001, INT32_MAX, INT32_MIN};
TEST_FP(outputs_rig, no_refresh_rate, int, bad_refreshes)
{
	struct server *server = rig->fixture->server;
	struct output_change change = output_change_none(rig->output);
	change.mode.refresh_mhz = *param;
	check(!outputs_apply(server, &change, 1, true));
	check(!outputs_apply(server, &change, 1, false));
	check_eq(rig->screen->mode.refresh_mhz, 60000);
	check(!rig->impl.add_screen(rig->screen->backend, NULL, 640, 480, *param));
	check_eq(wl_list_length(&server->outputs), 1);
}

static const int refreshes[] = {1000, 23976, 1000000};
TEST_FP(outputs_rig, refresh_rate, int, refreshes)
{
	set_refresh(rig, *param);
	check_eq(rig->screen->mode.refresh_mhz, *param);
}

static const int bad_positions[] = {INT32_MIN, INT32_MIN + 1, -(1 << 20) - 1, INT32_MAX};
TEST_FP(outputs_rig, no_position, int, bad_positions)
{
	struct output_change change = output_change_none(rig->output);
	change.has_position = true;
	change.x = *param;
	check(!outputs_apply(rig->fixture->server, &change, 1, false));
	change.x = 0;
	change.y = *param;
	check(!outputs_apply(rig->fixture->server, &change, 1, false));
	check_eq(rig->output->box.x, 0);
}

static void on_release(void *data, struct wl_buffer *buffer)
{
	(*(int *)data)++;
}

static const struct wl_buffer_listener release_listener = {.release = on_release};

// A buffer that was scanned out does not stay with a screen that shows nothing.
static const bool powers[] = {false, true};
TEST_FP(outputs_rig, scanned_out_when_it_goes_off, bool, powers)
{
	int released = 0;
	rig->window->auto_ack = false;
	struct wl_buffer *buffer =
		client_buffer_format(rig->client, 1280, 720, WL_SHM_FORMAT_XRGB8888, 0x123456);
	wl_buffer_add_listener(buffer, &release_listener, &released);
	xdg_toplevel_set_fullscreen(rig->window->toplevel, NULL);
	fixture_pump(rig->fixture);
	xdg_surface_ack_configure(rig->window->xdg_surface, rig->window->serial);
	wl_surface_attach(rig->window->surface, buffer, 0, 0);
	wl_surface_commit(rig->window->surface);
	fixture_frames(rig->fixture, 2);
	check(rig->output->scanned_out);
	if (*param)
		check(output_set_power(rig->output, false));
	else
		apply(rig, off(rig->output));
	client_window_draw(rig->window, 1280, 720, 0xff654321);
	fixture_frames(rig->fixture, 2);
	check_eq(released, 1);
	wl_buffer_destroy(buffer);
}

// Events of a head.
struct head {
	int enabled, modes, positions, transforms, scales, done;
	bool on;
	struct zwlr_output_head_v1 *head;
	struct zwlr_output_mode_v1 *mode; // the only one
};

static void on_head_enabled(void *data, struct zwlr_output_head_v1 *head, int32_t enabled)
{
	((struct head *)data)->enabled++;
	((struct head *)data)->on = enabled;
}

static void on_current_mode(
	void *data, struct zwlr_output_head_v1 *head, struct zwlr_output_mode_v1 *mode)
{
	((struct head *)data)->modes++;
}

static void on_head_position(void *data, struct zwlr_output_head_v1 *head, int32_t x, int32_t y)
{
	((struct head *)data)->positions++;
}

static void on_head_transform(void *data, struct zwlr_output_head_v1 *head, int32_t transform)
{
	((struct head *)data)->transforms++;
}

static void on_head_scale(void *data, struct zwlr_output_head_v1 *head, wl_fixed_t scale)
{
	((struct head *)data)->scales++;
}

static void on_head_text(void *data, struct zwlr_output_head_v1 *head, const char *text)
{
}

static void on_head_size(
	void *data, struct zwlr_output_head_v1 *head, int32_t width, int32_t height)
{
}

static void on_head_mode(
	void *data, struct zwlr_output_head_v1 *head, struct zwlr_output_mode_v1 *mode)
{
	((struct head *)data)->mode = mode;
}

static void on_head_finished(void *data, struct zwlr_output_head_v1 *head)
{
}

static const struct zwlr_output_head_v1_listener head_listener = {
	.name = on_head_text,
	.description = on_head_text,
	.physical_size = on_head_size,
	.mode = on_head_mode,
	.enabled = on_head_enabled,
	.current_mode = on_current_mode,
	.position = on_head_position,
	.transform = on_head_transform,
	.scale = on_head_scale,
	.finished = on_head_finished,
	.make = on_head_text,
	.model = on_head_text,
	.serial_number = on_head_text,
};

static void on_head(
	void *data, struct zwlr_output_manager_v1 *manager, struct zwlr_output_head_v1 *head)
{
	((struct head *)data)->head = head;
	zwlr_output_head_v1_add_listener(head, &head_listener, data);
}

static void on_manager_done(void *data, struct zwlr_output_manager_v1 *manager, uint32_t serial)
{
	((struct head *)data)->done++;
}

static const struct zwlr_output_manager_v1_listener manager_listener = {
	.head = on_head,
	.done = on_manager_done,
	.finished = NULL,
};

// Programs that manage outputs get what has changed, and all of it after the output was off.
TEST_F(outputs_rig, managers_get_changes)
{
	struct head head = {0};
	struct zwlr_output_manager_v1 *manager =
		client_bind(rig->client, &zwlr_output_manager_v1_interface, 2);
	zwlr_output_manager_v1_add_listener(manager, &manager_listener, &head);
	fixture_pump(rig->fixture);
	check(head.head != NULL);
	check_eq(head.enabled + head.positions + head.transforms + head.scales, 4);
	struct output_change change = output_change_none(rig->output);
	change.scale = 2;
	apply(rig, change);
	check_eq(head.scales, 2);
	check_eq(head.enabled + head.positions + head.transforms, 3);
	change.has_position = true;
	change.x = 50;
	apply(rig, change);
	check_eq(head.positions, 2);
	check_eq(head.enabled + head.transforms + head.scales, 4);
	int done = head.done;
	change.enabled = false;
	apply(rig, change);
	check(!head.on);
	check_eq(head.enabled, 2);
	check(head.done > done);
	change.enabled = true;
	apply(rig, change);
	check(head.on);
	check_eq(head.enabled, 3);
	check_eq(head.positions, 3);
	check_eq(head.transforms, 2);
	check_eq(head.scales, 3);
	check_eq(head.modes, 2);
	zwlr_output_mode_v1_destroy(head.mode);
	zwlr_output_head_v1_destroy(head.head);
	zwlr_output_manager_v1_destroy(manager);
}
