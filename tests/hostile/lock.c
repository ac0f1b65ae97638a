// SPDX-License-Identifier: MIT
// What may show something of a locked session, or keep it from being locked.
#include "compositor/lock/lock.h"
#include <linux/input-event-codes.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/cast.h"
#include "tests/hostile/lock_rig.h"
#include "ext-image-copy-capture-v1-client-protocol.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "wlr-screencopy-unstable-v1-client-protocol.h"

TEST_F(lock_attack, windows_that_draw_come_and_leave)
{
	lock_attack_lock(rig);
	lock_attack_look(rig);
	struct client_window *other = client_window_create(rig->client, 500, 400, SECRET_ARGB);
	xdg_toplevel_set_maximized(other->toplevel);
	lock_attack_look(rig);
	xdg_toplevel_set_fullscreen(other->toplevel, NULL);
	lock_attack_look(rig);
	client_window_destroy(other);
	lock_attack_look(rig);
}

// A fullscreen buffer is scanned out where the screen can.
TEST_F(lock_attack, fullscreen_windows)
{
	xdg_toplevel_set_fullscreen(rig->window->toplevel, NULL);
	fixture_frames(rig->fixture, 3);
	lock_attack_lock(rig);
	lock_attack_look(rig);
	check(!output_first(rig->server)->scanned_out);
	lock_attack_kill(rig);
	lock_attack_look(rig);
}

TEST_F(lock_attack, subsurfaces_without_their_parent)
{
	struct wl_surface *surface = lock_attack_surface(rig, 90, 90);
	struct wl_subsurface *subsurface = lock_attack_keep(rig,
		wl_subcompositor_get_subsurface(
			rig->client->subcompositor, surface, rig->window->surface));
	wl_subsurface_set_desync(subsurface);
	wl_subsurface_set_position(subsurface, -40, -40);
	client_window_draw(rig->window, 400, 300, SECRET_ARGB);
	fixture_frames(rig->fixture, 2);
	lock_attack_lock(rig);
	for (int i = 0; i < 5; i++) {
		wl_surface_damage(surface, 0, 0, 90, 90);
		wl_surface_commit(surface);
		fixture_frames(rig->fixture, 1);
	}
	lock_attack_look(rig);
}

static void on_layer_configure(void *data, struct zwlr_layer_surface_v1 *layer, uint32_t serial,
	uint32_t width, uint32_t height)
{
	struct lock_attack *rig = data;
	struct wl_surface *surface = rig->proxies[0];
	zwlr_layer_surface_v1_ack_configure(layer, serial);
	struct wl_buffer *buffer = lock_attack_keep(
		rig, client_buffer(rig->client, (int)width, (int)height, SECRET_ARGB));
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_damage(surface, 0, 0, (int)width, (int)height);
	wl_surface_commit(surface);
}

static void on_layer_closed(void *data, struct zwlr_layer_surface_v1 *layer)
{
}

static const struct zwlr_layer_surface_v1_listener layer_listener = {
	.configure = on_layer_configure,
	.closed = on_layer_closed,
};

static void show_overlay(struct lock_attack *rig)
{
	struct wl_surface *surface =
		lock_attack_keep(rig, wl_compositor_create_surface(rig->client->compositor));
	check(rig->proxies[0] == surface);
	struct zwlr_layer_shell_v1 *shell =
		lock_attack_keep(rig, client_bind(rig->client, &zwlr_layer_shell_v1_interface, 4));
	struct zwlr_layer_surface_v1 *layer = lock_attack_keep(rig,
		zwlr_layer_shell_v1_get_layer_surface(
			shell, surface, NULL, ZWLR_LAYER_SHELL_V1_LAYER_OVERLAY, "over"));
	zwlr_layer_surface_v1_add_listener(layer, &layer_listener, rig);
	zwlr_layer_surface_v1_set_anchor(layer, 15);
	zwlr_layer_surface_v1_set_exclusive_zone(layer, -1);
	zwlr_layer_surface_v1_set_keyboard_interactivity(
		layer, ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_EXCLUSIVE);
	wl_surface_commit(surface);
	fixture_frames(rig->fixture, 3);
}

TEST_F(lock_attack, layer_surfaces_on_top_before)
{
	show_overlay(rig);
	check_eq(fixture_pixel(rig->fixture, 640, 700), SECRET_ARGB & 0xffffff);
	lock_attack_lock(rig);
	lock_attack_look(rig);
	lock_attack_kill(rig);
	lock_attack_look(rig);
}

TEST_F(lock_attack, layer_surfaces_on_top_meanwhile)
{
	lock_attack_lock(rig);
	show_overlay(rig);
	lock_attack_look(rig);
	lock_attack_kill(rig);
	lock_attack_look(rig);
}

TEST_F(lock_attack, cursors)
{
	struct wl_surface *cursor = lock_attack_surface(rig, 64, 64);
	wl_pointer_set_cursor(rig->log.pointer, rig->log.pointer_serial, cursor, 0, 0);
	fixture_frames(rig->fixture, 2);
	check(cursor_surface(rig->server->cursor) != NULL);
	lock_attack_lock(rig);
	check(!cursor_surface(rig->server->cursor));
	wl_pointer_set_cursor(rig->log.pointer, rig->log.pointer_serial, cursor, 4, 4);
	wl_surface_commit(cursor);
	fixture_frames(rig->fixture, 2);
	check(!cursor_surface(rig->server->cursor));
	lock_attack_look(rig);
	lock_attack_kill(rig);
	wl_pointer_set_cursor(rig->log.pointer, rig->log.pointer_serial, cursor, 4, 4);
	lock_attack_look(rig);
	check(!cursor_surface(rig->server->cursor));
}

// Outputs

static void add_screen(struct lock_attack *rig)
{
	struct backend *backend = rig->server->backend;
	check(backend->impl->add_screen(backend, NULL, 640, 480, 60000) != NULL);
	fixture_frames(rig->fixture, 2);
}

static void remove_screen(struct lock_attack *rig, int n)
{
	struct output *output;
	wl_list_for_each(output, &rig->server->outputs, link) {
		if (n-- > 0)
			continue;
		check(rig->server->backend->impl->remove_screen(output->screen));
		fixture_frames(rig->fixture, 2);
		return;
	}
}

TEST_F(lock_attack, outputs_plugged_and_unplugged)
{
	lock_attack_lock(rig);
	for (int i = 0; i < 4; i++) {
		add_screen(rig);
		client_window_draw(rig->window, 2000, 500, SECRET_ARGB); // reaches over both
		lock_attack_look(rig);
		if (i % 2)
			lock_attack_kill(rig);
		add_screen(rig);
		if (i % 2)
			lock_attack_lock(rig);
		lock_attack_look(rig);
		remove_screen(rig, 1);
		remove_screen(rig, 1);
		lock_attack_look(rig);
	}
}

// The window moves to the output that is left, and back.
TEST_F(lock_attack, the_locked_output_is_unplugged)
{
	add_screen(rig);
	lock_attack_lock(rig);
	remove_screen(rig, 0);
	fixture_frames(rig->fixture, 3);
	client_window_draw(rig->window, 600, 400, SECRET_ARGB);
	fixture_frames(rig->fixture, 3);
	check_eq(fixture_pixel(rig->fixture, 300, 200), 0);
	remove_screen(rig, 0);
	add_screen(rig);
	fixture_frames(rig->fixture, 3);
	check_eq(fixture_pixel(rig->fixture, 300, 200), 0);
	lock_attack_kill(rig);
	lock_attack_look(rig);
}

TEST_F(lock_attack, outputs_turned_scaled_and_switched_off)
{
	struct output *output = output_first(rig->server);
	lock_attack_lock(rig);
	for (int i = 0; i < 8; i++) {
		struct output_change change = output_change_none(output);
		change.transform = (enum transform)i;
		change.scale = 1 + i / 4.0;
		check(outputs_apply(rig->server, &change, 1, false));
		fixture_frames(rig->fixture, 2);
		change.enabled = false;
		check(outputs_apply(rig->server, &change, 1, false));
		fixture_frames(rig->fixture, 2);
		change.enabled = true;
		check(outputs_apply(rig->server, &change, 1, false));
		fixture_frames(rig->fixture, 2);
	}
	struct output_change change = output_change_none(output);
	change.transform = TRANSFORM_NORMAL;
	change.scale = 1;
	check(outputs_apply(rig->server, &change, 1, false));
	lock_attack_look(rig);
}

// Lockers

// After each of its requests.
TEST_F(lock_attack, the_locker_is_killed_at_every_step)
{
	for (int step = 0; step < 6; step++) {
		struct client *client = client_create(rig->fixture);
		struct test_locker *locker = locker_create(client);
		struct locker_surface *surface = NULL;
		if (step >= 1)
			surface = locker_add(locker, locker_output(client, 0), false);
		if (step >= 2)
			locker_draw(surface, surface->width, surface->height);
		if (step >= 3)
			fixture_frames(rig->fixture, 5);
		if (step >= 4)
			locker_remove(surface);
		if (step >= 5)
			locker_add(locker, locker_output(client, 0), true);
		locker_kill(locker);
		fixture_pump(rig->fixture);
		check_eq(lock_state(rig->server->lock), LOCK_ABANDONED);
		fixture_frames(rig->fixture, 3);
		seat_log_take(&rig->log);
		lock_attack_look(rig);
	}
}

TEST_F(lock_attack, second_lockers)
{
	lock_attack_lock(rig);
	for (int i = 0; i < 50; i++) {
		struct test_locker *second = locker_create(client_create(rig->fixture));
		check_eq(second->finished, 1);
		locker_add(second, locker_output(second->client, 0), true);
		if (i % 2) {
			ext_session_lock_v1_unlock_and_destroy(second->lock);
			second->lock = NULL;
			check_client_error(second->client, "unknown",
				EXT_SESSION_LOCK_V1_ERROR_INVALID_UNLOCK);
		}
		locker_kill(second);
	}
	lock_attack_look(rig);
	check_eq(rig->locker->locked, 1);
	check_eq(rig->locker->finished, 0);
}

TEST_F(lock_attack, ten_thousand_lock_requests)
{
	struct ext_session_lock_manager_v1 *manager =
		client_bind(rig->client, &ext_session_lock_manager_v1_interface, 1);
	lock_attack_lock(rig);
	for (int i = 0; i < 10000; i++) {
		struct ext_session_lock_v1 *lock = ext_session_lock_manager_v1_lock(manager);
		if (i % 100 == 0)
			fixture_pump(rig->fixture);
		ext_session_lock_v1_destroy(lock);
	}
	ext_session_lock_manager_v1_destroy(manager);
	check_no_error(rig->client);
	lock_attack_look(rig);
	check_eq(rig->locker->finished, 0);
}

// Captures

static void on_buffer(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t format,
	uint32_t width, uint32_t height, uint32_t stride)
{
}

static void on_flags(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t flags)
{
}

static void on_ready(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t sec_hi,
	uint32_t sec_lo, uint32_t nsec)
{
	++*(int *)data;
}

static void on_failed(void *data, struct zwlr_screencopy_frame_v1 *frame)
{
}

static void on_copy_damage(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t x,
	uint32_t y, uint32_t width, uint32_t height)
{
}

static void on_dmabuf(void *data, struct zwlr_screencopy_frame_v1 *frame, uint32_t format,
	uint32_t width, uint32_t height)
{
}

static void on_buffer_done(void *data, struct zwlr_screencopy_frame_v1 *frame)
{
}

static const struct zwlr_screencopy_frame_v1_listener copy_listener = {
	.buffer = on_buffer,
	.flags = on_flags,
	.ready = on_ready,
	.failed = on_failed,
	.damage = on_copy_damage,
	.linux_dmabuf = on_dmabuf,
	.buffer_done = on_buffer_done,
};

static void check_file(const struct shm_file *file)
{
	uint32_t row[1280];
	for (int y = 0; y < 720; y++) {
		check_eq(pread(file->fd, row, sizeof(row), (off_t)y * (off_t)sizeof(row)),
			(ssize_t)sizeof(row));
		for (int x = 0; x < 1280; x++)
			check(lock_watch_accepts(row[x]));
	}
}

TEST_F(lock_attack, screencopy)
{
	int ready = 0;
	struct shm_file file = shm_file_create(rig->client, 1280 * 720 * 4, 1280 * 720 * 4);
	struct wl_buffer *buffer = lock_attack_keep(rig, shm_file_buffer(&file, 1280, 720));
	struct zwlr_screencopy_manager_v1 *manager = lock_attack_keep(
		rig, client_bind(rig->client, &zwlr_screencopy_manager_v1_interface, 3));
	struct wl_output *output = locker_output(rig->client, 0);
	// The second waits for damage from before; others are of every state of the lock.
	for (int i = 0; i < 5; i++) {
		struct zwlr_screencopy_frame_v1 *frame = lock_attack_keep(
			rig, zwlr_screencopy_manager_v1_capture_output(manager, 0, output));
		zwlr_screencopy_frame_v1_add_listener(frame, &copy_listener, &ready);
		fixture_pump(rig->fixture);
		if (i == 1)
			zwlr_screencopy_frame_v1_copy_with_damage(frame, buffer);
		else
			zwlr_screencopy_frame_v1_copy(frame, buffer);
		fixture_pump(rig->fixture);
		bool before = ready == i + 1 && !rig->server->locked;
		if (i == 1 || i == 4)
			lock_attack_lock(rig);
		if (i == 3)
			lock_attack_kill(rig);
		fixture_frames(rig->fixture, 3);
		check_eq(ready, i + 1);
		if (!before)
			check_file(&file);
	}
	lock_attack_look(rig);
	shm_file_destroy(&file);
}

TEST_F(lock_attack, casts_of_the_output)
{
	struct cast cast;
	struct shm_file file = shm_file_create(rig->client, 1280 * 720 * 4, 1280 * 720 * 4);
	struct wl_buffer *buffer = lock_attack_keep(rig, shm_file_buffer(&file, 1280, 720));
	cast_begin(&cast, rig->client, NULL, 0);
	cast_capture(&cast, buffer);
	fixture_frames(rig->fixture, 2);
	check_eq(cast.ready, 1);
	cast_capture(&cast, buffer); // waits for damage
	lock_attack_lock(rig);
	check_eq(cast.ready, 1);
	check_file(&file);
	lock_attack_look(rig);
	cast_capture(&cast, buffer);
	lock_attack_kill(rig);
	check_eq(cast.ready, 1);
	check_file(&file);
	cast_end(&cast);
	shm_file_destroy(&file);
}

// A cast of a window ends, and none begins.
TEST_F(lock_attack, casts_of_windows)
{
	struct cast cast, later;
	struct shm_file file = shm_file_create(rig->client, 400 * 300 * 4, 400 * 300 * 4);
	struct wl_buffer *buffer = lock_attack_keep(rig, shm_file_buffer(&file, 400, 300));
	cast_begin(&cast, rig->client, rig->window, 0);
	cast_capture(&cast, buffer);
	fixture_frames(rig->fixture, 2);
	check_eq(cast.ready, 1);
	cast_capture(&cast, buffer); // waits for damage
	lock_attack_lock(rig);
	check_eq(cast.failed, 1);
	cast_capture(&cast, buffer);
	lock_attack_look(rig);
	check_eq(cast.failed, 1);
	check_eq(cast.ready, 0);
	cast_begin(&later, rig->client, rig->window, 0);
	cast_capture(&later, buffer);
	lock_attack_look(rig);
	check_eq(later.ready, 0);
	cast_end(&later);
	cast_end(&cast);
	shm_file_destroy(&file);
}
