// SPDX-License-Identifier: MIT
// _NET_WM_STATE in both directions, decorations, and what pagers read.
#include <string.h>
#include "compositor/window/window.h"
#include "tests/xwm/xwm_rig.h"

static const struct box somewhere = {0, 0, 200, 100};

static bool has_state(struct xwm_rig *rig, xcb_window_t id, const char *name)
{
	uint32_t atoms[32];
	const xcb_atom_t atom = xwm_rig_atom(rig, name);
	size_t count = xwm_rig_get(rig, id, "_NET_WM_STATE", atoms, 32);
	for (size_t i = 0; i < count; i++)
		if (atoms[i] == atom)
			return true;
	return false;
}

TEST_F(xwm_rig, fullscreen)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	const xcb_atom_t fullscreen = xwm_rig_atom(rig, "_NET_WM_STATE_FULLSCREEN");
	xwm_rig_send(rig, id, "_NET_WM_STATE", 1, fullscreen, 0, 1, 0);
	xwm_rig_wait(rig, window->geometry.width == 1280 && window->geometry.height == 720);
	xwm_rig_wait(rig, has_state(rig, id, "_NET_WM_STATE_FULLSCREEN"));
	uint32_t frame[4] = {1, 1, 1, 1};
	check_eq(xwm_rig_get(rig, id, "_NET_FRAME_EXTENTS", frame, 4), 4);
	check(!frame[0] && !frame[1] && !frame[2] && !frame[3]);
	const struct box box = xwm_rig_box(rig, id);
	check_eq(box.x, 0);
	check_eq(box.y, 0);
	xwm_rig_send(rig, id, "_NET_WM_STATE", 2, fullscreen, 0, 1, 0);
	xwm_rig_wait(rig, window->geometry.width == 200);
	xwm_rig_wait(rig, !has_state(rig, id, "_NET_WM_STATE_FULLSCREEN"));
}

TEST_F(xwm_rig, maximized_before_mapping)
{
	xcb_window_t id = xwm_rig_window(rig, &somewhere, false);
	const xcb_atom_t both[] = {xwm_rig_atom(rig, "_NET_WM_STATE_MAXIMIZED_HORZ"),
		xwm_rig_atom(rig, "_NET_WM_STATE_MAXIMIZED_VERT")};
	xwm_rig_set(rig, id, "_NET_WM_STATE", XCB_ATOM_ATOM, both, 2);
	xwm_rig_set_text(rig, id, "WM_NAME", "large");
	xcb_map_window(rig->xcb, id);
	struct window *window = NULL;
	xwm_rig_wait(rig, (window = xwm_rig_find(rig, "large")));
	xwm_rig_wait(rig, window->geometry.width == 1280);
	xwm_rig_sync(rig);
	check(has_state(rig, id, "_NET_WM_STATE_MAXIMIZED_VERT"));
	xwm_rig_send(rig, id, "_NET_WM_STATE", 0, both[0], both[1], 1, 0);
	xwm_rig_wait(rig, !(window->current.states & WINDOW_MAXIMIZED));
}

TEST_F(xwm_rig, flags_are_kept)
{
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	xwm_rig_send(rig, id, "_NET_WM_STATE", 1, xwm_rig_atom(rig, "_NET_WM_STATE_SKIP_PAGER"),
		xwm_rig_atom(rig, "_NET_WM_STATE_ABOVE"), 1, 0);
	xwm_rig_wait(rig, has_state(rig, id, "_NET_WM_STATE_SKIP_PAGER"));
	check(has_state(rig, id, "_NET_WM_STATE_ABOVE"));
	check(has_state(rig, id, "_NET_WM_STATE_FOCUSED"));
}

TEST_F(xwm_rig, iconify)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	xwm_rig_send(rig, id, "WM_CHANGE_STATE", 3, 0, 0, 0, 0);
	xwm_rig_wait(rig, window_has(window, WINDOW_MINIMIZED));
	xwm_rig_wait(rig, has_state(rig, id, "_NET_WM_STATE_HIDDEN"));
	uint32_t state[2];
	check_eq(xwm_rig_get(rig, id, "WM_STATE", state, 2), 2);
	check_eq(state[0], 3);
	xwm_rig_send(rig, id, "_NET_ACTIVE_WINDOW", 2, 0, 0, 0, 0);
	xwm_rig_wait(rig, !window_has(window, WINDOW_MINIMIZED));
	xwm_rig_wait(rig, !has_state(rig, id, "_NET_WM_STATE_HIDDEN"));
}

TEST_F(xwm_rig, motif_decorations)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	const uint32_t none[5] = {2, 0, 0, 0, 0}, all[5] = {2, 0, 1, 0, 0};
	xwm_rig_set(rig, id, "_MOTIF_WM_HINTS", XCB_ATOM_CARDINAL, none, 5);
	xwm_rig_wait(rig, !window->pending.decorated);
	xwm_rig_set(rig, id, "_MOTIF_WM_HINTS", XCB_ATOM_CARDINAL, all, 5);
	xwm_rig_wait(rig, window->pending.decorated);
}

TEST_F(xwm_rig, frame_extents_before_mapping)
{
	xcb_window_t id = xwm_rig_window(rig, &somewhere, false);
	uint32_t frame[4] = {0};
	xwm_rig_send(rig, id, "_NET_REQUEST_FRAME_EXTENTS", 0, 0, 0, 0, 0);
	xwm_rig_wait(rig, xwm_rig_get(rig, id, "_NET_FRAME_EXTENTS", frame, 4) == 4);
	check(frame[2] > 0);
}

TEST_F(xwm_rig, shadows)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	const uint32_t shadow[] = {10, 12, 14, 16};
	xwm_rig_set(rig, id, "_GTK_FRAME_EXTENTS", XCB_ATOM_CARDINAL, shadow, 4);
	xwm_rig_sync(rig);
	xcb_clear_area(rig->xcb, false, id, 0, 0, 0, 0); // the next commit has it
	xwm_rig_wait(rig, window->geometry.width == 200 - 22);
	check_eq(window->geometry.height, 100 - 30);
	check(!window->pending.decorated);
	window_request(window, REQUEST_MAXIMIZE, &(struct window_detail){.on = true});
	xwm_rig_wait(rig, window->geometry.width == 1280);
	xwm_rig_sync(rig);
	const struct box box = xwm_rig_box(rig, id);
	check_eq(box.x, -10);
	check_eq(box.width, 1280 + 22);
}

TEST_F(xwm_rig, lists)
{
	xcb_window_t ids[2], list[8];
	struct window *first = xwm_rig_show(rig, &ids[0], &somewhere);
	xwm_rig_show(rig, &ids[1], &somewhere);
	const xcb_window_t root = rig->screen->root;
	check_eq(xwm_rig_get(rig, root, "_NET_CLIENT_LIST", list, 8), 2);
	check(list[0] == ids[0] && list[1] == ids[1]);
	window_request(first, REQUEST_ACTIVATE, NULL);
	xwm_rig_sync(rig);
	check_eq(xwm_rig_get(rig, root, "_NET_CLIENT_LIST_STACKING", list, 8), 2);
	check(list[0] == ids[1] && list[1] == ids[0]);
	check_eq(xwm_rig_get(rig, root, "_NET_ACTIVE_WINDOW", list, 8), 1);
	check_eq(list[0], ids[0]);
	check_eq(xwm_rig_get(rig, root, "_NET_WORKAREA", list, 8), 4);
	check_eq(list[2], 1280);
	xcb_window_t check_window, again;
	check_eq(xwm_rig_get(rig, root, "_NET_SUPPORTING_WM_CHECK", &check_window, 1), 1);
	check_eq(xwm_rig_get(rig, check_window, "_NET_SUPPORTING_WM_CHECK", &again, 1), 1);
	check_eq(check_window, again);
}
