// SPDX-License-Identifier: MIT
// Titles in a font whose files are slow or never come: windows do not wait for them.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/workers.h"
#include "compositor/shell/font_module.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "tests/proto/desktop_rig.h"

#define TEXT 0xe9ecf2u // of the title of an active window

static int gate[2], closed[2];

static struct face *slow_open(int size)
{
	char byte;
	check(read(gate[0], &byte, 1) == 1);
	return (struct face *)xcalloc(1, 1);
}

static void slow_close(struct face *face)
{
	free(face);
	check(write(closed[1], "", 1) == 1);
}

static int slow_measure(struct face *face, const uint32_t *text, size_t length)
{
	return 20;
}

// A block, whatever the text is.
static bool slow_draw(struct face *face, pixman_image_t *plain, pixman_image_t *colored,
	const uint32_t *text, size_t length, int x, int center_y, const pixman_color_t *color)
{
	pixman_box32_t box = {x, center_y - 5, x + 20, center_y + 5};
	pixman_image_fill_boxes(PIXMAN_OP_OVER, plain, color, 1, &box);
	return false;
}

static const struct font_module *load_slow(void)
{
	static const struct font_module module = {slow_open, slow_close, slow_measure, slow_draw};
	return &module;
}

static void slow_rig_init(struct desktop_rig *rig)
{
	check(pipe2(gate, O_CLOEXEC) == 0 && pipe2(closed, O_CLOEXEC) == 0);
	rig->fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 800,
		.height = 600,
		.outputs = 1,
		.builtin_cursor = true,
		.load_font = load_slow,
	});
	rig->fixture->threads_hang = true;
	rig->client = client_create(rig->fixture);
}

static void slow_rig_finish(struct desktop_rig *rig)
{
	char byte;
	fixture_destroy(rig->fixture);
	check(read(closed[0], &byte, 1) == 1); // the thread has ended
	for (int i = 0; i < 2; i++) {
		close(gate[i]);
		close(closed[i]);
	}
}

// At (300, 200), so that its title is beside the buttons, around (390, 185).
static struct client_window *window_with_title(struct desktop_rig *rig)
{
	struct client_window *window = desktop_decorated_window(rig, NULL, 200, 100);
	xdg_toplevel_set_title(window->toplevel, "title");
	desktop_place(window, 300, 200);
	return window;
}

TEST(title_appears_when_it_can_be_drawn)
{
	struct desktop_rig rig;
	slow_rig_init(&rig);
	struct client_window *window = window_with_title(&rig);
	struct server *server = rig.fixture->server;
	check(workers_busy(server->workers));
	uint32_t bar = fixture_pixel(rig.fixture, 350, 185);
	check_eq(fixture_pixel(rig.fixture, 390, 185), bar);
	// The window is as usable as others.
	fixture_click(rig.fixture, 300 + 200 - 18, 185);
	check_eq(window->closes, 1);
	check(write(gate[1], "", 1) == 1);
	rig.fixture->threads_hang = false;
	fixture_frames(rig.fixture, 2);
	check_eq(fixture_pixel(rig.fixture, 390, 185), TEXT);
	check_eq(fixture_pixel(rig.fixture, 350, 185), bar);
	// Another title replaces it.
	xdg_toplevel_set_title(window->toplevel, "other");
	fixture_frames(rig.fixture, 2);
	check_eq(fixture_pixel(rig.fixture, 390, 185), TEXT);
	xdg_toplevel_set_title(window->toplevel, "");
	fixture_frames(rig.fixture, 2);
	check_eq(fixture_pixel(rig.fixture, 390, 185), bar);
	client_window_destroy(window);
	slow_rig_finish(&rig);
}

TEST(window_ends_before_its_title_can_be_drawn)
{
	struct desktop_rig rig;
	slow_rig_init(&rig);
	client_window_destroy(window_with_title(&rig));
	fixture_frames(rig.fixture, 2);
	check(write(gate[1], "", 1) == 1);
	rig.fixture->threads_hang = false;
	fixture_frames(rig.fixture, 2);
	slow_rig_finish(&rig);
}

TEST(session_ends_before_a_title_can_be_drawn)
{
	struct desktop_rig rig;
	slow_rig_init(&rig);
	window_with_title(&rig);
	fixture_destroy(rig.fixture);
	check(write(gate[1], "", 1) == 1);
	char byte;
	check(read(closed[0], &byte, 1) == 1);
	for (int i = 0; i < 2; i++) {
		close(gate[i]);
		close(closed[i]);
	}
}
