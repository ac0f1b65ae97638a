// SPDX-License-Identifier: MIT
// X windows come and go: mapped, withdrawn, destroyed, and shown as windows of the shell or by
// themselves.
#include <string.h>
#include "compositor/scene/scene.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/xwm/xwm_rig.h"

static const struct box somewhere = {0, 0, 200, 100};

static int count_windows(struct xwm_rig *rig)
{
	int count = 0;
	const struct window *window;
	wl_list_for_each(window, &rig->fixture->server->windows, link)
		count += window->mapped;
	return count;
}

static int count_unmanaged(struct xwm_rig *rig)
{
	int count = 0;
	const struct node *node;
	wl_list_for_each(
		node, &rig->fixture->server->scene->layers[SCENE_UNMANAGED]->children, link)
		count += !node->hidden;
	return count;
}

TEST_F(xwm_rig, shows_content)
{
	xcb_window_t id;
	const struct window *window = xwm_rig_show(rig, &id, &somewhere);
	check_eq(window->geometry.width, 200);
	check_eq(window->geometry.height, 100);
	check(window->x11 != NULL);
	check_eq(fixture_pixel(rig->fixture, window->x + 5, window->y + 5), 0x00ff00);
	check(window_has(window, WINDOW_ACTIVATED));
	check(window->pending.decorated);
}

TEST_F(xwm_rig, border_is_removed)
{
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere); // xwm_rig_box checks it
	const struct box box = xwm_rig_box(rig, id);
	check_eq(box.width, 200);
}

TEST_F(xwm_rig, maps_again)
{
	xcb_window_t id;
	const struct window *window = xwm_rig_show(rig, &id, &somewhere);
	uint64_t first = window->id;
	for (int i = 0; i < 3; i++) {
		xcb_unmap_window(rig->xcb, id);
		xwm_rig_wait(rig, count_windows(rig) == 0);
		uint32_t state[2] = {9, 9};
		xwm_rig_sync(rig);
		check_eq(xwm_rig_get(rig, id, "WM_STATE", state, 2), 2);
		check_eq(state[0], 0);
		check_eq(xwm_rig_get(rig, id, "_NET_WM_STATE", state, 2), 0);
		xcb_map_window(rig->xcb, id);
		xwm_rig_wait(rig, count_windows(rig) == 1);
		xwm_rig_sync(rig);
		check_eq(xwm_rig_get(rig, id, "WM_STATE", state, 2), 2);
		check_eq(state[0], 1);
	}
	struct window *now = wl_container_of(rig->fixture->server->windows.next, now, link);
	check(now->id != first);
}

TEST_F(xwm_rig, is_destroyed)
{
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	xcb_destroy_window(rig->xcb, id);
	xwm_rig_wait(rig, count_windows(rig) == 0);
	// Before the answer to anything has come
	for (int i = 0; i < 20; i++) {
		id = xwm_rig_window(rig, &somewhere, i % 2);
		xcb_map_window(rig->xcb, id);
		if (i % 3)
			xwm_rig_turn(rig);
		xcb_destroy_window(rig->xcb, id);
	}
	xwm_rig_sync(rig);
	check_eq(count_windows(rig), 0);
	check_eq(count_unmanaged(rig), 0);
}

TEST_F(xwm_rig, client_ends)
{
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	xcb_disconnect(rig->xcb);
	rig->xcb = NULL;
	xwm_rig_wait(rig, count_windows(rig) == 0);
	rig->xcb = xwm_rig_connect(rig);
	xwm_rig_show(rig, &id, &somewhere);
}

TEST_F(xwm_rig, override_redirect)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	xcb_window_t menu = xwm_rig_window(rig, &(struct box){300, 250, 80, 60}, true);
	xcb_map_window(rig->xcb, menu);
	xwm_rig_wait(rig, count_unmanaged(rig) == 1);
	xwm_rig_sync(rig);
	// With its border of one black pixel
	check_eq(fixture_pixel(rig->fixture, 310, 260), 0x00ff00);
	check_eq(count_windows(rig), 1);
	check(window_has(window, WINDOW_ACTIVATED));
	check_eq(xwm_rig_focus(rig), id);
	const uint32_t place[] = {500, 400};
	xcb_configure_window(rig->xcb, menu, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, place);
	xwm_rig_wait(rig, fixture_pixel(rig->fixture, 510, 410) == 0x00ff00);
	check(fixture_pixel(rig->fixture, 310, 260) != 0x00ff00);
	xcb_unmap_window(rig->xcb, menu);
	xwm_rig_wait(rig, count_unmanaged(rig) == 0);
}

TEST_F(xwm_rig, names)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	xcb_change_property(rig->xcb, XCB_PROP_MODE_REPLACE, id, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING,
		8, 12, "inst\0Class\0x");
	xwm_rig_set_text(rig, id, "WM_NAME", "caf\xe9");
	xwm_rig_wait(rig, strcmp(window->title, "caf\xc3\xa9") == 0);
	xwm_rig_set_text(rig, id, "_NET_WM_NAME", "\xe2\x82\xac");
	xwm_rig_wait(rig, strcmp(window->title, "\xe2\x82\xac") == 0);
	check_str(window->app_id, "Class");
	check_str(window->x11->instance, "inst");
	xcb_delete_property(rig->xcb, id, xwm_rig_atom(rig, "_NET_WM_NAME"));
	xwm_rig_wait(rig, strcmp(window->title, "caf\xc3\xa9") == 0);
}

TEST_F(xwm_rig, parents)
{
	xcb_window_t ids[2];
	struct window *parent = xwm_rig_show(rig, &ids[0], &somewhere);
	struct window *child = xwm_rig_show(rig, &ids[1], &somewhere);
	xwm_rig_set(rig, ids[1], "WM_TRANSIENT_FOR", XCB_ATOM_WINDOW, &ids[0], 1);
	xwm_rig_wait(rig, child->parent == parent);
	xwm_rig_set(rig, ids[0], "WM_TRANSIENT_FOR", XCB_ATOM_WINDOW, &ids[1], 1);
	xwm_rig_set(rig, ids[1], "WM_TRANSIENT_FOR", XCB_ATOM_WINDOW, &ids[1], 1);
	xwm_rig_wait(rig, parent->parent == child || !child->parent);
	xwm_rig_sync(rig);
	check(!(parent->parent == child && child->parent == parent));
}

TEST_F(xwm_rig, closes)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	const xcb_atom_t protocols[] = {
		xwm_rig_atom(rig, "WM_DELETE_WINDOW"), xwm_rig_atom(rig, "_NET_WM_PING")};
	xwm_rig_set(rig, id, "WM_PROTOCOLS", XCB_ATOM_ATOM, protocols, 2);
	xwm_rig_sync(rig);
	window_close(window);
	xwm_rig_wait(rig, rig->message[0] == protocols[1]);
	check_eq(rig->message_type, xwm_rig_atom(rig, "WM_PROTOCOLS"));
	check(window->ping_serial);
	xwm_rig_send(
		rig, rig->screen->root, "WM_PROTOCOLS", protocols[1], rig->message[1], id, 0, 0);
	xwm_rig_wait(rig, !window->ping_serial);
	// Without the protocol, the client is killed.
	xwm_rig_set(rig, id, "WM_PROTOCOLS", XCB_ATOM_ATOM, NULL, 0);
	xwm_rig_sync(rig);
	window_close(window);
	xwm_rig_wait(rig, count_windows(rig) == 0);
	xcb_disconnect(rig->xcb);
	rig->xcb = NULL;
}
