// SPDX-License-Identifier: MIT
// Sizes and positions: what programs ask for, and the answers.
#include "compositor/window/window.h"
#include "tests/xwm/xwm_rig.h"

static const struct box somewhere = {0, 0, 200, 100};

static bool box_is(const struct box *box, int x, int y, int width, int height)
{
	return box->x == x && box->y == y && box->width == width && box->height == height;
}

TEST_F(xwm_rig, follows_the_shell)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	const struct box at_first = xwm_rig_box(rig, id);
	check(box_is(&at_first, window->x, window->y, 200, 100));
	window_request(window, REQUEST_PLACE, &(struct window_detail){.x = 400, .y = 300});
	xwm_rig_wait(rig, box_is(&rig->configured, 400, 300, 200, 100));
	window_request(window, REQUEST_SIZE, &(struct window_detail){.width = 320, .height = 240});
	xwm_rig_wait(rig, window->geometry.width == 320 && window->geometry.height == 240);
	xwm_rig_sync(rig);
	const struct box box = xwm_rig_box(rig, id);
	check(box_is(&box, 400, 300, 320, 240));
	check(rig->configured_synthetic);
	check(box_is(&rig->configured, 400, 300, 320, 240));
}

TEST_F(xwm_rig, user_position)
{
	const uint32_t hints[18] = {1};
	xcb_window_t id = xwm_rig_window(rig, &(struct box){350, 260, 100, 80}, false);
	xwm_rig_set_text(rig, id, "WM_NAME", "here");
	xwm_rig_set(rig, id, "WM_NORMAL_HINTS", XCB_ATOM_WM_SIZE_HINTS, hints, 18);
	xcb_map_window(rig->xcb, id);
	struct window *window = NULL;
	xwm_rig_wait(rig, (window = xwm_rig_find(rig, "here")));
	xwm_rig_sync(rig);
	// The position is that of the frame's corner.
	uint32_t frame[4];
	check_eq(xwm_rig_get(rig, id, "_NET_FRAME_EXTENTS", frame, 4), 4);
	check(frame[2] > 0);
	check_eq(window->x, 350 + (int)frame[0]);
	check_eq(window->y, 260 + (int)frame[2]);
	const struct box box = xwm_rig_box(rig, id);
	check(box_is(&box, window->x, window->y, 100, 80));
}

TEST_F(xwm_rig, client_resizes)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	const uint32_t size[] = {260, 140};
	xcb_configure_window(
		rig->xcb, id, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, size);
	xwm_rig_wait(rig, window->geometry.width == 260 && window->geometry.height == 140);
	check_eq(window->pending.width, 260);
	// What changes nothing is answered, too.
	rig->configured = (struct box){0};
	xcb_configure_window(
		rig->xcb, id, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, size);
	xwm_rig_wait(rig, rig->configured.width == 260);
	check(rig->configured_synthetic);
}

TEST_F(xwm_rig, maximized_is_refused)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	window_request(window, REQUEST_MAXIMIZE, &(struct window_detail){.on = true});
	xwm_rig_wait(rig, window->geometry.width > 1000);
	xwm_rig_sync(rig);
	const struct box before = xwm_rig_box(rig, id);
	const uint32_t values[] = {7, 7, 50, 50};
	rig->configured = (struct box){0};
	xcb_configure_window(rig->xcb, id,
		XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
			XCB_CONFIG_WINDOW_HEIGHT,
		values);
	xwm_rig_wait(rig, rig->configured.width);
	check(box_equal(&rig->configured, &before));
	window_request(window, REQUEST_MAXIMIZE, &(struct window_detail){.on = false});
	xwm_rig_wait(rig, window->geometry.width == 200 && window->geometry.height == 100);
}

TEST_F(xwm_rig, increments)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	// base 4x4, steps of 6x13
	const uint32_t hints[18] = {64 | 256, [9] = 6, [10] = 13, [15] = 4, [16] = 4};
	xwm_rig_set(rig, id, "WM_NORMAL_HINTS", XCB_ATOM_WM_SIZE_HINTS, hints, 18);
	xwm_rig_sync(rig);
	window_request(window, REQUEST_SIZE, &(struct window_detail){.width = 300, .height = 200});
	xwm_rig_wait(rig, window->geometry.width == 298 && window->geometry.height == 199);
}
