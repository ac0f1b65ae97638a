// SPDX-License-Identifier: MIT
// Title bars as handles: windows of any width, at any place, can be moved, resized and closed.
#include <linux/input-event-codes.h>
#include "compositor/base/base.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "tests/proto/desktop_rig.h"

static struct client_window *narrow_window(struct desktop_rig *rig, int width)
{
	struct client_window *window = desktop_decorated_window(rig, NULL, width, 40);
	desktop_place(window, 300, 200);
	check_place(window, 1, 300, 200, width, 40);
	return window;
}

static const int widths[] = {1, 8, 40, 93, 94, 95, 110};

// The middle of the bar and its left part move the window.
TEST_FP(desktop_rig, narrow_windows_move, int, widths)
{
	struct client_window *window = narrow_window(rig, *param);
	double middle = 300 + *param / 2.0;
	for (int from = 0; from < 40; from += 10) {
		desktop_place(window, 300, 200);
		desktop_drag(rig, middle - from, 190, middle - from + 100, 290);
		check_place(window, 1, 400, 300, *param, 40);
		fixture_advance(rig->fixture, NSEC_PER_SEC); // no double click
	}
	client_window_destroy(window);
}

TEST_FP(desktop_rig, narrow_windows_close, int, widths)
{
	struct client_window *window = narrow_window(rig, *param);
	int bar = MAX(*param + 2, 96);
	double end = 300 + *param / 2.0 + bar / 2.0;
	fixture_click(rig->fixture, end - 19, 185);
	check_eq(window->closes, 1);
	client_window_destroy(window);
}

// The whole bar stays on the output, and below it only the window takes clicks.
TEST_FP(desktop_rig, narrow_windows_are_inside, int, widths)
{
	struct client_window *window = narrow_window(rig, *param);
	int overhang = MAX(94 - *param, 0);
	desktop_set_mode(rig, 1, 200, 100);
	check_place(window, 1, 200 - 1 - *param - (overhang - overhang / 2), 59, *param, 40);
	desktop_set_mode(rig, 1, 800, 600);
	check_place(window, 1, 300, 200, *param, 40);
	desktop_drag(rig, 300 - 12, 220, 250, 220);
	desktop_drag(rig, 300 + *param + 12, 220, 400, 220);
	check_place(window, 1, 300, 200, *param, 40);
	client_window_destroy(window);
}

// Each edge of a narrow window resizes that edge.
TEST_F(desktop_rig, narrow_windows_resize)
{
	struct client_window *window = narrow_window(rig, 8);
	desktop_drag(rig, 304, 243, 284, 263);
	check_place(window, 1, 300, 200, 8, 60);
	desktop_drag(rig, 311, 220, 361, 220);
	check_place(window, 1, 300, 200, 58, 60);
	desktop_drag(rig, 297, 220, 277, 220);
	check_place(window, 1, 280, 200, 78, 60);
	client_window_destroy(window);
}

// Edges attract windows that users move, but not one that a script has put at an exact position.
TEST_F(desktop_rig, snapping)
{
	struct client_window *window = desktop_decorated_window(rig, NULL, 200, 100);
	struct box box = window_box(window->window);
	desktop_drag(rig, box.x + 20, box.y - 10, 20 + 5, box.y - 10);
	box = window_box(window->window);
	check_eq(box.x, 1); // and its border
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	desktop_place(window, 105, 205);
	desktop_drag(rig, 125, 195, 20 + 5, 195);
	check_place(window, 1, 5, 205, 200, 100);
	client_window_destroy(window);
}
