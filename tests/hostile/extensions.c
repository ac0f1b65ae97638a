// SPDX-License-Identifier: MIT
// Abuse of the extensions of windows and surfaces: floods, truncated pictures, clients that end.
#include <linux/input-event-codes.h>
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/seat_log.h"
#include "tests/hostile/hostile_rig.h"
#include "commit-timing-v1-client-protocol.h"
#include "keyboard-shortcuts-inhibit-unstable-v1-client-protocol.h"
#include "pointer-warp-v1-client-protocol.h"
#include "xdg-dialog-v1-client-protocol.h"
#include "xdg-foreign-unstable-v2-client-protocol.h"
#include "xdg-system-bell-v1-client-protocol.h"
#include "xdg-toplevel-drag-v1-client-protocol.h"
#include "xdg-toplevel-icon-v1-client-protocol.h"

// Frees what the test made of a client that may be gone.
static void drop(void *proxy)
{
	wl_proxy_destroy(proxy);
}

TEST_F(hostile_rig, exports_without_end)
{
	struct client *attacker = rig->attacker;
	struct zxdg_exporter_v2 *exporter = client_bind(attacker, &zxdg_exporter_v2_interface, 1);
	struct client_window *window = client_window_create(attacker, 50, 50, 0xffff0000);
	struct zxdg_exported_v2 *exported[65];
	for (size_t i = 0; i < array_length(exported); i++)
		exported[i] = zxdg_exporter_v2_export_toplevel(exporter, window->surface);
	check(client_ended(attacker));
	for (size_t i = 0; i < array_length(exported); i++)
		drop(exported[i]);
	drop(exporter);
	client_window_destroy(window);
}

// Commits for the year 584542046090, and beyond what can be counted.
TEST_F(hostile_rig, commits_for_never)
{
	struct client *attacker = rig->attacker;
	struct wp_commit_timing_manager_v1 *timings =
		client_bind(attacker, &wp_commit_timing_manager_v1_interface, 1);
	struct client_window *window = client_window_create(attacker, 50, 50, 0xffff0000);
	struct wp_commit_timer_v1 *timer =
		wp_commit_timing_manager_v1_get_timer(timings, window->surface);
	for (int i = 0; i < 5000 && !wl_display_get_error(attacker->display); i++) {
		wp_commit_timer_v1_set_timestamp(timer, UINT32_MAX, UINT32_MAX, 999999999);
		wl_surface_commit(window->surface);
		if (i % 100 == 0)
			fixture_pump(rig->fixture);
	}
	check(client_ended(attacker));
	drop(timer);
	drop(timings);
	client_window_destroy(window);
}

TEST_F(hostile_rig, truncated_icons)
{
	static const size_t sizes[] = {0, 1, 4096};
	for (size_t i = 0; i < array_length(sizes); i++) {
		struct client *attacker = hostile_rig_connect(rig);
		struct xdg_toplevel_icon_manager_v1 *manager =
			client_bind(attacker, &xdg_toplevel_icon_manager_v1_interface, 1);
		struct xdg_toplevel_icon_v1 *icon =
			xdg_toplevel_icon_manager_v1_create_icon(manager);
		struct shm_file file = shm_file_create(attacker, sizes[i], 64 * 64 * 4);
		struct wl_buffer *buffer = shm_file_buffer(&file, 64, 64);
		xdg_toplevel_icon_v1_add_buffer(icon, buffer, 1);
		check_client_error(attacker, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
		drop(icon);
		drop(manager);
		wl_buffer_destroy(buffer);
		shm_file_destroy(&file);
		hostile_rig_check(rig);
	}
}

// Icons are paid for by their client, also those that only a window holds.
TEST_F(hostile_rig, icons_without_end)
{
	struct client *attacker = rig->attacker;
	struct xdg_toplevel_icon_manager_v1 *manager =
		client_bind(attacker, &xdg_toplevel_icon_manager_v1_interface, 1);
	struct client_window *window = client_window_create(attacker, 50, 50, 0xffff0000);
	struct wl_buffer *buffer = client_buffer(attacker, 512, 512, 0xff00ff00);
	for (int i = 0; i < 300; i++) {
		struct xdg_toplevel_icon_v1 *icon =
			xdg_toplevel_icon_manager_v1_create_icon(manager);
		for (int scale = 1; scale < 10; scale++)
			xdg_toplevel_icon_v1_add_buffer(icon, buffer, scale);
		xdg_toplevel_icon_manager_v1_set_icon(manager, window->toplevel, icon);
		xdg_toplevel_icon_v1_destroy(icon);
		wl_surface_commit(window->surface);
		fixture_pump(rig->fixture);
	}
	check_no_error(attacker);
	wl_buffer_destroy(buffer);
	client_window_destroy(window);
	drop(manager);
}

static void ring_all(struct hostile_rig *rig, struct xdg_system_bell_v1 *bell)
{
	for (int i = 0; i < 10000; i++) {
		xdg_system_bell_v1_ring(bell, NULL);
		if (i % 500 == 0)
			fixture_pump(rig->fixture);
	}
}

TEST_F(hostile_rig, bells_without_end)
{
	struct client *attacker = rig->attacker;
	struct xdg_system_bell_v1 *bells[3];
	for (size_t i = 0; i < array_length(bells); i++) {
		bells[i] = client_bind(attacker, &xdg_system_bell_v1_interface, 1);
		ring_all(rig, bells[i]);
		hostile_rig_check(rig);
	}
	check_no_error(attacker);
	for (size_t i = 0; i < array_length(bells); i++)
		drop(bells[i]);
}

// The neighbour's window follows no drag of the attacker, and is touchable when that ends.
TEST_F(hostile_rig, the_client_ends_in_a_toplevel_drag)
{
	struct client *attacker = rig->attacker;
	struct seat_log log = {0};
	struct xdg_toplevel_drag_manager_v1 *manager =
		client_bind(attacker, &xdg_toplevel_drag_manager_v1_interface, 1);
	struct wl_data_device_manager *data =
		client_bind(attacker, &wl_data_device_manager_interface, 3);
	struct wl_data_device *device =
		wl_data_device_manager_get_data_device(data, attacker->seat);
	struct wl_data_source *source = wl_data_device_manager_create_data_source(data);
	struct client_window *window = client_window_opaque(attacker, 100, 300, 300);
	struct xdg_toplevel_drag_v1 *drag =
		xdg_toplevel_drag_manager_v1_get_xdg_toplevel_drag(manager, source);
	seat_log_begin(&log, attacker);
	fixture_move(rig->fixture, 350, 350);
	fixture_button(rig->fixture, BTN_LEFT, true);
	xdg_toplevel_drag_v1_attach(drag, window->toplevel, -2147483647 - 1, 2147483647);
	wl_data_device_start_drag(device, source, window->surface, NULL, log.button_serial);
	fixture_pump(rig->fixture);
	check(rig->fixture->server->seat->drag != NULL);
	fixture_move(rig->fixture, 360, 360);
	check(window->window->tree->untouchable);
	wl_client_destroy(attacker->server_side);
	fixture_pump(rig->fixture);
	check(rig->fixture->server->seat->drag == NULL);
	fixture_button(rig->fixture, BTN_LEFT, false);
	drop(drag);
	drop(source);
	drop(device);
	drop(data);
	drop(manager);
	seat_log_end(&log);
	client_window_destroy(window);
}

// The keys of the neighbour's window and its pointer are not for others.
TEST_F(hostile_rig, keys_and_pointer_of_others)
{
	struct client *attacker = rig->attacker;
	struct seat_log log = {0};
	struct zwp_keyboard_shortcuts_inhibit_manager_v1 *inhibits =
		client_bind(attacker, &zwp_keyboard_shortcuts_inhibit_manager_v1_interface, 1);
	struct wp_pointer_warp_v1 *warp = client_bind(attacker, &wp_pointer_warp_v1_interface, 1);
	struct wl_surface *surface = wl_compositor_create_surface(attacker->compositor);
	struct zwp_keyboard_shortcuts_inhibitor_v1 *inhibitor =
		zwp_keyboard_shortcuts_inhibit_manager_v1_inhibit_shortcuts(
			inhibits, surface, attacker->seat);
	seat_log_begin(&log, attacker);
	fixture_move(rig->fixture, 5, 5);
	for (uint32_t serial = 0; serial < 200; serial++)
		wp_pointer_warp_v1_warp_pointer(warp, surface, log.pointer, 0, 0, serial);
	check_no_error(attacker);
	check_near(rig->fixture->server->seat->pointer.x, 5, 0.01);
	fixture_key(rig->fixture, KEY_LEFTMETA, true);
	fixture_key(rig->fixture, KEY_H, true);
	check(window_has(rig->window->window, WINDOW_MINIMIZED));
	fixture_key(rig->fixture, KEY_H, false);
	fixture_key(rig->fixture, KEY_LEFTMETA, false);
	window_request(rig->window->window, REQUEST_MINIMIZE, &(struct window_detail){0});
	seat_log_end(&log);
	drop(inhibitor);
	drop(inhibits);
	drop(warp);
	wl_surface_destroy(surface);
}

// A chain of modal dialogs, and a handle that was exported by a client that is gone.
TEST_F(hostile_rig, dialogs_without_end)
{
	struct client *attacker = rig->attacker;
	struct xdg_wm_dialog_v1 *manager = client_bind(attacker, &xdg_wm_dialog_v1_interface, 1);
	struct client_window *windows[100];
	struct xdg_dialog_v1 *dialogs[100];
	for (size_t i = 0; i < array_length(windows); i++) {
		windows[i] = client_window_create(attacker, 20, 20, 0xffff0000);
		dialogs[i] = xdg_wm_dialog_v1_get_xdg_dialog(manager, windows[i]->toplevel);
		if (i)
			xdg_toplevel_set_parent(windows[i]->toplevel, windows[i - 1]->toplevel);
		xdg_dialog_v1_set_modal(dialogs[i]);
	}
	window_request(windows[0]->window, REQUEST_ACTIVATE, NULL);
	check_no_error(attacker);
	check(window_has(windows[99]->window, WINDOW_ACTIVATED));
	for (size_t i = 0; i < array_length(windows); i++) {
		drop(dialogs[i]);
		client_window_destroy(windows[i]);
	}
	drop(manager);
}
