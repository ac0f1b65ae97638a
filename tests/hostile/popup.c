// SPDX-License-Identifier: MIT
// Popups and parents destroyed in every order, with and without a grab.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include "compositor/window/window.h"
#include "tests/hostile/order.h"

struct menu {
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_popup *popup;
	struct wl_buffer *buffer;
	int dones;
};

static void on_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct menu *menu = data;
	xdg_surface_ack_configure(xdg_surface, serial);
	wl_surface_attach(menu->surface, menu->buffer, 0, 0);
	wl_surface_commit(menu->surface);
}

static const struct xdg_surface_listener xdg_surface_listener = {.configure = on_configure};

static void on_popup_configure(
	void *data, struct xdg_popup *popup, int32_t x, int32_t y, int32_t width, int32_t height)
{
}

static void on_done(void *data, struct xdg_popup *popup)
{
	((struct menu *)data)->dones++;
}

static void on_repositioned(void *data, struct xdg_popup *popup, uint32_t token)
{
}

static const struct xdg_popup_listener popup_listener = {
	.configure = on_popup_configure,
	.popup_done = on_done,
	.repositioned = on_repositioned,
};

static struct menu *menu_create(
	struct client *client, struct xdg_surface *parent, bool grab, uint32_t serial)
{
	struct menu *menu = xcalloc(1, sizeof(*menu));
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(client->wm_base);
	xdg_positioner_set_size(positioner, 30, 30);
	xdg_positioner_set_anchor_rect(positioner, 10, 10, 1, 1);
	menu->buffer = client_buffer(client, 30, 30, 0xff00ff00);
	menu->surface = wl_compositor_create_surface(client->compositor);
	menu->xdg_surface = xdg_wm_base_get_xdg_surface(client->wm_base, menu->surface);
	xdg_surface_add_listener(menu->xdg_surface, &xdg_surface_listener, menu);
	menu->popup = xdg_surface_get_popup(menu->xdg_surface, parent, positioner);
	xdg_popup_add_listener(menu->popup, &popup_listener, menu);
	if (grab)
		xdg_popup_grab(menu->popup, client->seat, serial);
	wl_surface_commit(menu->surface);
	xdg_positioner_destroy(positioner);
	return menu;
}

static void menu_destroy(struct menu *menu)
{
	xdg_popup_destroy(menu->popup);
	xdg_surface_destroy(menu->xdg_surface);
	wl_surface_destroy(menu->surface);
	wl_buffer_destroy(menu->buffer);
	free(menu);
}

// Button presses, for the serials of grabs

struct presser {
	struct wl_pointer *pointer;
	uint32_t serial;
};

static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
}

static void on_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t state)
{
	((struct presser *)data)->serial = serial;
}

static void on_frame(void *data, struct wl_pointer *pointer)
{
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.button = on_button,
	.frame = on_frame,
};

static void press(struct presser *presser, struct client_window *window)
{
	struct client *client = window->client;
	if (!presser->pointer) {
		presser->pointer = wl_seat_get_pointer(client->seat);
		wl_pointer_add_listener(presser->pointer, &pointer_listener, presser);
	}
	window_raise(window->window);
	fixture_frames(client->fixture, 1);
	struct box box = window_box(window->window);
	fixture_move(client->fixture, box.x + 5, box.y + 5);
	fixture_button(client->fixture, BTN_LEFT, true);
	check(presser->serial != 0);
}

// A window with a popup that has a popup

struct family {
	struct client_window *window;
	struct presser presser;
	struct menu *menus[2];
};

static void create_family(struct order *order, bool grab)
{
	struct client *client = order->rig->attacker;
	struct family *family = xcalloc(1, sizeof(*family));
	order->data = family;
	family->window = client_window_create(client, 200, 200, 0xffff0000);
	family->window->auto_ack = false;
	press(&family->presser, family->window);
	struct xdg_surface *parent = family->window->xdg_surface;
	for (int i = 0; i < 2; i++) {
		family->menus[i] = menu_create(client, parent, grab, family->presser.serial);
		parent = family->menus[i]->xdg_surface;
		fixture_frames(order->rig->fixture, 1);
		check_eq(family->menus[i]->dones, 0);
	}
	order_add(order, family->window->toplevel, xdg_toplevel_destroy);
	order_add(order, family->menus[0]->popup, xdg_popup_destroy);
	order_add(order, family->menus[0]->xdg_surface, xdg_surface_destroy);
	order_add(order, family->menus[1]->popup, xdg_popup_destroy);
	order_add(order, family->menus[1]->xdg_surface, xdg_surface_destroy);
}

static void create_plain(struct order *order)
{
	create_family(order, false);
}

static void create_grabbing(struct order *order)
{
	create_family(order, true);
}

static void destroy_family(struct order *order)
{
	struct family *family = order->data;
	fixture_button(order->rig->fixture, BTN_LEFT, false);
	for (int i = 0; i < 2; i++) {
		wl_surface_destroy(family->menus[i]->surface);
		wl_buffer_destroy(family->menus[i]->buffer);
		free(family->menus[i]);
	}
	wl_pointer_release(family->presser.pointer);
	xdg_surface_destroy(family->window->xdg_surface);
	wl_surface_destroy(family->window->surface);
	wl_buffer_destroy(family->window->buffer);
	free(family->window);
	free(family);
}

// Without the window both are dismissed, and neither is the parent of the other any more.
static const struct order_rule family_rules[] = {
	{1, 3, "xdg_wm_base", XDG_WM_BASE_ERROR_NOT_THE_TOPMOST_POPUP, 1},
	{2, 1, "xdg_surface", XDG_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT, 0},
	{4, 3, "xdg_surface", XDG_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT, 0},
	{0},
};

TEST(family)
{
	check_every_order(5, create_plain, destroy_family, family_rules);
}

TEST(family_with_grab)
{
	check_every_order(5, create_grabbing, destroy_family, family_rules);
}

// The client disconnects with everything mapped, during a grab.
TEST_F(hostile_rig, client_dies_with_popups)
{
	for (int n = 1; n < 6; n++) {
		struct client *client = hostile_rig_connect(rig);
		struct presser presser = {0};
		struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
		struct menu *menus[6];
		press(&presser, window);
		for (int i = 0; i < n; i++) {
			menus[i] = menu_create(client,
				i ? menus[i - 1]->xdg_surface : window->xdg_surface, n % 2,
				presser.serial);
			fixture_frames(rig->fixture, 1);
		}
		wl_client_destroy(client->server_side);
		fixture_frames(rig->fixture, 1);
		fixture_button(rig->fixture, BTN_LEFT, false);
		hostile_rig_check(rig);
		for (int i = n - 1; i >= 0; i--)
			menu_destroy(menus[i]);
		wl_pointer_release(presser.pointer);
		client_window_destroy(window);
	}
}

TEST_F(hostile_rig, grab_with_a_made_up_serial)
{
	static const uint32_t serials[] = {0, 1, UINT32_MAX, INT32_MAX};
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
	for (size_t i = 0; i < array_length(serials); i++) {
		struct menu *menu = menu_create(client, window->xdg_surface, true, serials[i]);
		fixture_frames(rig->fixture, 2);
		check_eq(menu->dones, 1); // dismissed instead
		menu_destroy(menu);
	}
	check_no_error(client);
	client_window_destroy(window);
}

TEST_F(hostile_rig, grab_of_what_is_shown)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
	struct menu *menu = menu_create(client, window->xdg_surface, false, 0);
	fixture_frames(rig->fixture, 2);
	xdg_popup_grab(menu->popup, client->seat, 1);
	check_client_error(client, "xdg_popup", XDG_POPUP_ERROR_INVALID_GRAB);
	menu_destroy(menu);
	client_window_destroy(window);
}

TEST_F(hostile_rig, popup_of_itself)
{
	struct client *client = rig->attacker;
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(client->wm_base, surface);
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(client->wm_base);
	xdg_positioner_set_size(positioner, 30, 30);
	xdg_positioner_set_anchor_rect(positioner, 10, 10, 1, 1);
	struct xdg_popup *popup = xdg_surface_get_popup(xdg, xdg, positioner);
	check_client_error(client, "xdg_wm_base", XDG_WM_BASE_ERROR_INVALID_POPUP_PARENT);
	xdg_popup_destroy(popup);
	xdg_surface_destroy(xdg);
	xdg_positioner_destroy(positioner);
	wl_surface_destroy(surface);
}

TEST_F(hostile_rig, popup_without_parent)
{
	struct menu *menu = menu_create(rig->attacker, NULL, false, 0);
	check_client_error(rig->attacker, "xdg_wm_base", XDG_WM_BASE_ERROR_INVALID_POPUP_PARENT);
	menu_destroy(menu);
}

TEST_F(hostile_rig, positioner_without_size)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(client->wm_base, surface);
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(client->wm_base);
	struct xdg_popup *popup = xdg_surface_get_popup(xdg, window->xdg_surface, positioner);
	check_client_error(client, "xdg_wm_base", XDG_WM_BASE_ERROR_INVALID_POSITIONER);
	xdg_popup_destroy(popup);
	xdg_surface_destroy(xdg);
	xdg_positioner_destroy(positioner);
	wl_surface_destroy(surface);
	client_window_destroy(window);
}

// Nested popups beyond the limit are dismissed or refused.
TEST_F(hostile_rig, popups_without_end)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
	enum { COUNT = 300 };
	struct menu *menus[COUNT];
	int n = 0;
	while (n < COUNT && !client_ended(client)) {
		menus[n] = menu_create(
			client, n ? menus[n - 1]->xdg_surface : window->xdg_surface, false, 0);
		n++;
	}
	fixture_frames(rig->fixture, 2);
	hostile_rig_check(rig);
	while (n)
		menu_destroy(menus[--n]);
	client_window_destroy(window);
}

// Thousands of reposition requests, none of them acked.
TEST_F(hostile_rig, reposition_flood)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 200, 200, 0xffff0000);
	struct menu *menu = menu_create(client, window->xdg_surface, false, 0);
	fixture_frames(rig->fixture, 1);
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(client->wm_base);
	xdg_positioner_set_size(positioner, 30, 30);
	xdg_positioner_set_anchor_rect(positioner, 10, 10, 1, 1);
	for (int i = 0; i < 5000 && !wl_display_get_error(client->display); i++) {
		xdg_popup_reposition(menu->popup, positioner, (uint32_t)i);
		if (i % 64 == 0)
			fixture_pump(rig->fixture);
	}
	fixture_frames(rig->fixture, 1);
	check_no_error(client);
	xdg_positioner_destroy(positioner);
	menu_destroy(menu);
	client_window_destroy(window);
}
