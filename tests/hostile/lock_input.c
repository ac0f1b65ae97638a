// SPDX-License-Identifier: MIT
// What may take input from a lock screen, or give input to the session behind it.
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"
#include "tests/harness/tablet_log.h"
#include "tests/hostile/lock_rig.h"
#include "idle-inhibit-unstable-v1-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "wlr-foreign-toplevel-management-unstable-v1-client-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-client-protocol.h"
#include "xdg-activation-v1-client-protocol.h"

static void press(struct lock_attack *rig)
{
	fixture_button(rig->fixture, BTN_LEFT, true);
	seat_log_take(&rig->log);
}

static void on_xdg_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	xdg_surface_ack_configure(xdg_surface, serial);
}

static const struct xdg_surface_listener xdg_surface_listener = {.configure = on_xdg_configure};

static void on_popup_configure(
	void *data, struct xdg_popup *popup, int32_t x, int32_t y, int32_t width, int32_t height)
{
}

static void on_popup_done(void *data, struct xdg_popup *popup)
{
	++*(int *)data;
}

static void on_repositioned(void *data, struct xdg_popup *popup, uint32_t token)
{
}

static const struct xdg_popup_listener popup_listener = {
	.configure = on_popup_configure,
	.popup_done = on_popup_done,
	.repositioned = on_repositioned,
};

static void open_menu(struct lock_attack *rig, int *done)
{
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(rig->client->wm_base);
	xdg_positioner_set_size(positioner, 200, 200);
	xdg_positioner_set_anchor_rect(positioner, 10, 10, 1, 1);
	struct wl_buffer *buffer =
		lock_attack_keep(rig, client_buffer(rig->client, 200, 200, SECRET_ARGB));
	struct wl_surface *surface =
		lock_attack_keep(rig, wl_compositor_create_surface(rig->client->compositor));
	struct xdg_surface *xdg_surface =
		lock_attack_keep(rig, xdg_wm_base_get_xdg_surface(rig->client->wm_base, surface));
	xdg_surface_add_listener(xdg_surface, &xdg_surface_listener, rig);
	struct xdg_popup *popup = lock_attack_keep(
		rig, xdg_surface_get_popup(xdg_surface, rig->window->xdg_surface, positioner));
	xdg_popup_add_listener(popup, &popup_listener, done);
	xdg_popup_grab(popup, rig->client->seat, rig->log.button_serial);
	wl_surface_commit(surface);
	fixture_pump(rig->fixture);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	xdg_positioner_destroy(positioner);
	fixture_frames(rig->fixture, 2);
}

TEST_F(lock_attack, menus_with_a_grab)
{
	int before = 0, meanwhile = 0;
	press(rig);
	open_menu(rig, &before);
	check(popup_grab_top(rig->server->seat) != NULL);
	lock_attack_lock(rig);
	check_eq(before, 1);
	check(!seat_grab_top(rig->server->seat));
	open_menu(rig, &meanwhile); // with the serial of before
	check_eq(meanwhile, 1);
	check(!seat_grab_top(rig->server->seat));
	lock_attack_look(rig);
}

static void start_drag(struct lock_attack *rig)
{
	struct wl_data_device_manager *manager = lock_attack_keep(
		rig, client_bind(rig->client, &wl_data_device_manager_interface, 3));
	struct wl_data_device *device = lock_attack_keep(
		rig, wl_data_device_manager_get_data_device(manager, rig->client->seat));
	struct wl_surface *icon = lock_attack_surface(rig, 80, 80);
	wl_data_device_start_drag(device, NULL, rig->window->surface, icon, rig->log.button_serial);
	fixture_frames(rig->fixture, 2);
}

TEST_F(lock_attack, drags_with_an_icon)
{
	press(rig);
	start_drag(rig);
	check(rig->server->seat->drag != NULL);
	lock_attack_lock(rig);
	check(!rig->server->seat->drag);
	start_drag(rig); // with the serial of before
	check(!rig->server->seat->drag);
	lock_attack_look(rig);
}

TEST_F(lock_attack, interactive_moves)
{
	press(rig);
	xdg_toplevel_move(rig->window->toplevel, rig->client->seat, rig->log.button_serial);
	fixture_pump(rig->fixture);
	check(seat_grab_top(rig->server->seat) != NULL);
	lock_attack_lock(rig);
	check(!seat_grab_top(rig->server->seat));
	struct box box = window_box(rig->window->window);
	xdg_toplevel_move(rig->window->toplevel, rig->client->seat, rig->log.button_serial);
	lock_attack_look(rig);
	check_eq(window_box(rig->window->window).x, box.x);
}

static void on_lock_event(void *data, struct zwp_locked_pointer_v1 *pointer)
{
	++*(int *)data;
}

static const struct zwp_locked_pointer_v1_listener locked_listener = {
	.locked = on_lock_event,
	.unlocked = on_lock_event,
};

TEST_F(lock_attack, pointer_constraints)
{
	int events = 0;
	struct zwp_pointer_constraints_v1 *constraints = lock_attack_keep(
		rig, client_bind(rig->client, &zwp_pointer_constraints_v1_interface, 1));
	struct zwp_locked_pointer_v1 *pointer = lock_attack_keep(rig,
		zwp_pointer_constraints_v1_lock_pointer(constraints, rig->window->surface,
			rig->log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT));
	zwp_locked_pointer_v1_add_listener(pointer, &locked_listener, &events);
	fixture_pump(rig->fixture);
	check_eq(events, 1);
	lock_attack_lock(rig);
	check_eq(events, 2);
	lock_attack_look(rig);
	check_eq(events, 2);
}

TEST_F(lock_attack, virtual_devices)
{
	struct zwlr_virtual_pointer_manager_v1 *pointers = lock_attack_keep(
		rig, client_bind(rig->client, &zwlr_virtual_pointer_manager_v1_interface, 2));
	struct zwlr_virtual_pointer_v1 *pointer = lock_attack_keep(rig,
		zwlr_virtual_pointer_manager_v1_create_virtual_pointer(
			pointers, rig->client->seat));
	struct client *client = client_create(rig->fixture);
	struct seat_log log;
	seat_log_begin(&log, client);
	rig->locker = locker_create(client);
	locker_add(rig->locker, locker_output(client, 0), true);
	fixture_frames(rig->fixture, 4);
	seat_log_take(&rig->log);
	seat_log_take(&log);
	for (uint32_t i = 0; i < 10; i++) {
		zwlr_virtual_pointer_v1_motion_absolute(pointer, i, 100 * i, 50 * i, 1280, 720);
		zwlr_virtual_pointer_v1_button(pointer, i, BTN_LEFT, i % 2);
		zwlr_virtual_pointer_v1_frame(pointer);
	}
	fixture_frames(rig->fixture, 2);
	check(strstr(seat_log_take(&log), "button 0x110 down") != NULL);
	check_str(seat_log_take(&rig->log), "");
	lock_attack_look(rig);
	seat_log_end(&log);
	lock_attack_kill(rig);
	zwlr_virtual_pointer_v1_motion_absolute(pointer, 1, 300, 300, 1280, 720);
	zwlr_virtual_pointer_v1_button(pointer, 1, BTN_LEFT, 1);
	zwlr_virtual_pointer_v1_frame(pointer);
	fixture_frames(rig->fixture, 2);
	check_str(seat_log_take(&rig->log), "");
}

// Task bars and activation

static void on_toplevel(void *data, struct zwlr_foreign_toplevel_manager_v1 *manager,
	struct zwlr_foreign_toplevel_handle_v1 *handle)
{
	lock_attack_keep(data, handle);
	zwlr_foreign_toplevel_handle_v1_set_user_data(handle, NULL);
}

static void on_toplevels_finished(void *data, struct zwlr_foreign_toplevel_manager_v1 *manager)
{
}

static const struct zwlr_foreign_toplevel_manager_v1_listener toplevels_listener = {
	.toplevel = on_toplevel,
	.finished = on_toplevels_finished,
};

TEST_F(lock_attack, task_bars)
{
	lock_attack_lock(rig);
	struct zwlr_foreign_toplevel_manager_v1 *manager = lock_attack_keep(
		rig, client_bind(rig->client, &zwlr_foreign_toplevel_manager_v1_interface, 3));
	zwlr_foreign_toplevel_manager_v1_add_listener(manager, &toplevels_listener, rig);
	size_t first = rig->n_proxies;
	fixture_pump(rig->fixture);
	check(rig->n_proxies > first);
	for (size_t i = first; i < rig->n_proxies; i++) {
		zwlr_foreign_toplevel_handle_v1_activate(rig->proxies[i], rig->client->seat);
		zwlr_foreign_toplevel_handle_v1_set_fullscreen(rig->proxies[i], NULL);
		lock_attack_look(rig);
	}
}

static void on_token(void *data, struct xdg_activation_token_v1 *token, const char *text)
{
	strcpy(data, text);
}

static const struct xdg_activation_token_v1_listener token_listener = {.done = on_token};

TEST_F(lock_attack, activation_by_a_token_of_before)
{
	char text[128] = "";
	struct xdg_activation_v1 *activation =
		lock_attack_keep(rig, client_bind(rig->client, &xdg_activation_v1_interface, 1));
	struct xdg_activation_token_v1 *token =
		lock_attack_keep(rig, xdg_activation_v1_get_activation_token(activation));
	xdg_activation_token_v1_add_listener(token, &token_listener, text);
	xdg_activation_token_v1_set_serial(token, rig->log.button_serial, rig->client->seat);
	xdg_activation_token_v1_commit(token);
	fixture_pump(rig->fixture);
	struct window *active = rig->server->shell->active;
	lock_attack_lock(rig);
	xdg_activation_v1_activate(activation, text, rig->hostile.window->surface);
	lock_attack_look(rig);
	check(rig->server->shell->active == active);
}

TEST_F(lock_attack, exits_of_the_active_window)
{
	lock_attack_lock(rig);
	client_window_destroy(rig->window);
	rig->window = NULL;
	lock_attack_look(rig);
}

// Bindings

TEST_F(lock_attack, key_bindings)
{
	lock_attack_lock(rig);
	fixture_key(rig->fixture, KEY_LEFTALT, true);
	fixture_key(rig->fixture, KEY_TAB, true);
	fixture_key(rig->fixture, KEY_TAB, false);
	fixture_key(rig->fixture, KEY_F4, true);
	fixture_key(rig->fixture, KEY_F4, false);
	fixture_key(rig->fixture, KEY_LEFTALT, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_key(rig->fixture, KEY_Q, true);
	fixture_key(rig->fixture, KEY_Q, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	fixture_frames(rig->fixture, 2);
	check_eq(rig->window->closes, 0);
	check_eq(rig->hostile.window->closes, 0);
	lock_attack_look(rig);
}

// The switcher is open when the session is locked.
TEST_F(lock_attack, an_open_switcher)
{
	struct window *active = rig->server->shell->active;
	fixture_key(rig->fixture, KEY_LEFTALT, true);
	fixture_key(rig->fixture, KEY_TAB, true);
	fixture_key(rig->fixture, KEY_TAB, false);
	fixture_frames(rig->fixture, 2);
	lock_attack_lock(rig);
	fixture_key(rig->fixture, KEY_LEFTALT, false);
	lock_attack_look(rig);
	check(rig->server->shell->active == active);
}

TEST_F(lock_attack, tablets)
{
	struct tablet_log log;
	double x = rig->window->window->x + 50, y = rig->window->window->y + 80;
	tablet_log_begin(&log, rig->client);
	fixture_plug(rig->fixture, &test_tablet);
	fixture_tool_near(rig->fixture, &test_pen, x, y);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	check(strstr(tablet_log_take(&log), "down") != NULL);
	lock_attack_lock(rig);
	check(strstr(tablet_log_take(&log), "out") != NULL);
	fixture_tool_move(rig->fixture, &test_pen, x + 10, y + 10);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	fixture_tool_tip(rig->fixture, &test_pen, true);
	fixture_tool_tip(rig->fixture, &test_pen, false);
	lock_attack_look(rig);
	check_str(tablet_log_take(&log), "");
	tablet_log_end(&log);
	fixture_unplug(rig->fixture, &test_tablet);
}

TEST_F(lock_attack, idle_inhibitors)
{
	struct zwp_idle_inhibit_manager_v1 *manager = lock_attack_keep(
		rig, client_bind(rig->client, &zwp_idle_inhibit_manager_v1_interface, 1));
	lock_attack_keep(
		rig, zwp_idle_inhibit_manager_v1_create_inhibitor(manager, rig->window->surface));
	fixture_frames(rig->fixture, 2);
	check(client_surface(rig->window->surface, rig->client)->n_visible > 0);
	lock_attack_lock(rig);
	lock_attack_look(rig);
	check_eq(client_surface(rig->window->surface, rig->client)->n_visible, 0);
}
