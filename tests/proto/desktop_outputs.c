// SPDX-License-Identifier: MIT
// Where windows of the desktop are while and after outputs shrink, go and come back.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "tests/proto/desktop_rig.h"

TEST_F(desktop_rig, placed_on_another_output)
{
	struct client_window *window = desktop_window_at(rig, 100, 100, 200, 150);
	desktop_place(window, 900, 50);
	check_place(window, 2, 900, 50, 200, 150);
	// The other output pushes it along.
	desktop_set_mode(rig, 1, 1000, 700);
	check_place(window, 2, 1100, 50, 200, 150);
	client_window_destroy(window);
}

TEST_F(desktop_rig, resized_within_its_limits)
{
	struct client_window *window = desktop_window_at(rig, 10, 10, 200, 150);
	xdg_toplevel_set_min_size(window->toplevel, 100, 90);
	xdg_toplevel_set_max_size(window->toplevel, 300, 0);
	client_window_draw(window, 200, 150, window->argb);
	fixture_pump(rig->fixture);
	static const struct {
		int width, height, got_width, got_height;
	} sizes[] = {{250, 160, 250, 160}, {1, 1, 100, 90}, {5000, 500, 300, 500}};
	for (size_t i = 0; i < array_length(sizes); i++) {
		window_request(window->window, REQUEST_SIZE,
			&(struct window_detail){
				.width = sizes[i].width, .height = sizes[i].height});
		fixture_frames(rig->fixture, 2);
		check_place(window, 1, 10, 10, sizes[i].got_width, sizes[i].got_height);
	}
	client_window_destroy(window);
}

// A maximised window that a script moves or resizes floats.
TEST_F(desktop_rig, scripts_move_maximised_windows)
{
	struct client_window *window = desktop_window_at(rig, 10, 10, 200, 150);
	for (int i = 0; i < 2; i++) {
		xdg_toplevel_set_maximized(window->toplevel);
		fixture_frames(rig->fixture, 2);
		check_place(window, 1, 0, 0, 800, 600);
		if (i == 0)
			desktop_place(window, 850, 70);
		else
			window_request(window->window, REQUEST_SIZE,
				&(struct window_detail){.width = 320, .height = 240});
		fixture_frames(rig->fixture, 2);
		check(!window_has(window->window, WINDOW_MAXIMIZED));
		if (i == 0)
			check_place(window, 2, 850, 70, 200, 150);
		else
			check_place(window, 1, 0, 0, 320, 240);
		desktop_place(window, 10, 10);
	}
	client_window_destroy(window);
}

TEST_F(desktop_rig, output_shrinks_and_grows)
{
	struct client_window *window = desktop_window_at(rig, 500, 400, 200, 150);
	desktop_set_mode(rig, 1, 400, 300);
	check_place(window, 1, 200, 150, 200, 150);
	desktop_set_mode(rig, 1, 300, 200);
	check_place(window, 1, 100, 50, 200, 150);
	desktop_set_mode(rig, 1, 1000, 1000);
	check_place(window, 1, 500, 400, 200, 150);
	// What a user or a script moved meanwhile stays.
	desktop_set_mode(rig, 1, 400, 300);
	desktop_place(window, 20, 30);
	desktop_set_mode(rig, 1, 800, 600);
	check_place(window, 1, 20, 30, 200, 150);
	client_window_destroy(window);
}

// A window that does not fit becomes smaller, unless the client has limits, and larger again.
TEST_F(desktop_rig, too_large_for_the_output)
{
	struct client_window *window = desktop_window_at(rig, 100, 100, 500, 400);
	struct client_window *fixed = desktop_window_at(rig, 100, 100, 500, 400);
	xdg_toplevel_set_min_size(fixed->toplevel, 500, 400);
	xdg_toplevel_set_max_size(fixed->toplevel, 500, 400);
	client_window_draw(fixed, 500, 400, fixed->argb);
	fixture_pump(rig->fixture);
	desktop_set_mode(rig, 1, 400, 450);
	check_place(window, 1, 0, 50, 400, 400);
	check_place(fixed, 1, 0, 50, 500, 400);
	desktop_set_mode(rig, 1, 300, 200);
	check_place(window, 1, 0, 0, 300, 200);
	check_place(fixed, 1, 0, 0, 500, 400);
	desktop_set_mode(rig, 1, 800, 600);
	check_place(window, 1, 100, 100, 500, 400);
	check_place(fixed, 1, 100, 100, 500, 400);
	client_window_destroy(window);
	client_window_destroy(fixed);
}

// The title bar of a window as large as the output is visible, and so is its lower edge.
TEST_F(desktop_rig, as_large_as_the_output)
{
	struct client_window *window = desktop_decorated_window(rig, NULL, 800, 600);
	check_place(window, 1, 1, 30, 798, 569);
	desktop_set_mode(rig, 1, 640, 480);
	check_place(window, 1, 1, 30, 638, 449);
	desktop_set_mode(rig, 1, 800, 600);
	check_place(window, 1, 1, 30, 798, 569);
	client_window_destroy(window);
}

// Windows in every state, in their stacking order.
#define FAMILY 5

struct family {
	struct client_window *windows[FAMILY];
	struct box boxes[FAMILY];
	unsigned states[FAMILY];
	struct window *order[FAMILY]; // of server.windows
	struct node *nodes[FAMILY];   // of the windows' layer, from the bottom
};

static void family_look(struct desktop_rig *rig, struct family *into)
{
	struct server *server = rig->fixture->server;
	struct window *window;
	struct node *node;
	size_t count = 0;
	wl_list_for_each(window, &server->windows, link) {
		check(count < FAMILY);
		into->order[count++] = window;
	}
	for (size_t i = 0; i < FAMILY; i++) {
		into->boxes[i] = window_box(into->windows[i]->window);
		into->states[i] = into->windows[i]->window->pending.states;
	}
	count = 0;
	static const enum scene_layer layers[] = {SCENE_WINDOWS, SCENE_FULLSCREEN};
	for (size_t i = 0; i < array_length(layers); i++)
		wl_list_for_each(node, &server->scene->layers[layers[i]]->children, link) {
			check(count < FAMILY);
			into->nodes[count++] = node;
		}
	check_eq(count, FAMILY);
}

static void family_begin(struct desktop_rig *rig, struct family *family)
{
	for (int i = 0; i < FAMILY; i++)
		family->windows[i] =
			desktop_window_at(rig, 850 + 40 * i, 60 + 30 * i, 200 + i, 150);
	xdg_toplevel_set_maximized(family->windows[1]->toplevel);
	xdg_toplevel_set_fullscreen(family->windows[2]->toplevel, NULL);
	xdg_toplevel_set_minimized(family->windows[3]->toplevel);
	fixture_frames(rig->fixture, 2);
	shell_activate(rig->fixture->server->shell, family->windows[2]->window);
	fixture_frames(rig->fixture, 2);
	family_look(rig, family);
}

static void family_check(struct desktop_rig *rig, const struct family *was)
{
	struct family now = *was;
	family_look(rig, &now);
	for (size_t i = 0; i < FAMILY; i++) {
		check(box_equal(&was->boxes[i], &now.boxes[i]));
		check_str(was->windows[i]->window->output->name, "HEADLESS-2");
		check_eq(was->states[i], now.states[i]);
		check(was->order[i] == now.order[i]);
		check(was->nodes[i] == now.nodes[i]);
	}
	check_no_error(rig->client);
}

static void family_end(struct family *family)
{
	for (size_t i = 0; i < FAMILY; i++)
		client_window_destroy(family->windows[i]);
}

TEST_F(desktop_rig, output_switched_off_and_on)
{
	struct family family;
	family_begin(rig, &family);
	desktop_switch(rig, 2, false);
	for (size_t i = 0; i < FAMILY; i++)
		check_str(family.windows[i]->window->output->name, "HEADLESS-1");
	check_place(family.windows[1], 1, 0, 0, 800, 600);
	desktop_switch(rig, 2, true);
	family_check(rig, &family);
	family_end(&family);
}

TEST_F(desktop_rig, output_unplugged_and_plugged_in)
{
	struct family family;
	family_begin(rig, &family);
	desktop_unplug(rig, 2);
	check_place(family.windows[0], 1, 50, 60, 200, 150);
	desktop_plug(rig, 2, NULL);
	family_check(rig, &family);
	family_end(&family);
}

// All of them, as on a machine with one monitor that is switched off.
TEST_F(desktop_rig, no_output_for_a_while)
{
	struct family family;
	family_begin(rig, &family);
	desktop_unplug(rig, 1);
	desktop_unplug(rig, 2);
	desktop_plug(rig, 1, NULL);
	desktop_plug(rig, 2, NULL);
	family_check(rig, &family);
	family_end(&family);
}

// Any changes, after which all is as before.
TEST_F(desktop_rig, any_number_of_changes)
{
	static const struct {
		int width, height;
	} sizes[] = {{800, 600}, {320, 200}, {1920, 1080}, {100, 900}, {16, 16}};
	struct family family;
	family_begin(rig, &family);
	unsigned seed = 1;
	for (int i = 0; i < 60; i++) {
		int number = 1 + rand_r(&seed) % 2;
		size_t size = (size_t)rand_r(&seed) % array_length(sizes);
		bool plugged = desktop_output(rig, number);
		switch (rand_r(&seed) % 4) {
		case 0:
			if (plugged)
				desktop_unplug(rig, number);
			break;
		case 1:
			if (plugged)
				desktop_switch(rig, number, rand_r(&seed) % 2);
			break;
		default:
			if (plugged)
				desktop_set_mode(
					rig, number, sizes[size].width, sizes[size].height);
			else
				desktop_plug(rig, number, NULL);
		}
	}
	for (int number = 1; number <= 2; number++) {
		// In the order of the beginning.
		if (desktop_output(rig, number))
			desktop_unplug(rig, number);
	}
	desktop_plug(rig, 1, NULL);
	desktop_plug(rig, 2, NULL);
	family_check(rig, &family);
	family_end(&family);
}

// Unmaximised while its output is gone, or after: it returns to its floating place.
TEST_F(desktop_rig, restored_meanwhile)
{
	struct client_window *window = desktop_window_at(rig, 900, 80, 200, 150);
	for (int i = 0; i < 2; i++) {
		xdg_toplevel_set_maximized(window->toplevel);
		fixture_frames(rig->fixture, 2);
		desktop_unplug(rig, 2);
		check_place(window, 1, 0, 0, 800, 600);
		if (i == 0) {
			xdg_toplevel_unset_maximized(window->toplevel);
			fixture_frames(rig->fixture, 2);
			check_place(window, 1, 100, 80, 200, 150);
		}
		desktop_plug(rig, 2, NULL);
		if (i == 1) {
			check_place(window, 2, 800, 0, 800, 600);
			xdg_toplevel_unset_maximized(window->toplevel);
			fixture_frames(rig->fixture, 2);
		}
		check_place(window, 2, 900, 80, 200, 150);
	}
	client_window_destroy(window);
}

// A new state is no move: the window returns with it.
TEST_F(desktop_rig, maximised_meanwhile)
{
	struct client_window *window = desktop_window_at(rig, 900, 80, 200, 150);
	desktop_unplug(rig, 2);
	xdg_toplevel_set_maximized(window->toplevel);
	fixture_frames(rig->fixture, 2);
	check_place(window, 1, 0, 0, 800, 600);
	desktop_plug(rig, 2, NULL);
	check_place(window, 2, 800, 0, 800, 600);
	xdg_toplevel_unset_maximized(window->toplevel);
	fixture_frames(rig->fixture, 2);
	check_place(window, 2, 900, 80, 200, 150);
	client_window_destroy(window);
}

TEST_F(desktop_rig, moved_meanwhile)
{
	struct client_window *window = desktop_window_at(rig, 900, 80, 200, 150);
	desktop_unplug(rig, 2);
	desktop_place(window, 10, 20);
	desktop_plug(rig, 2, NULL);
	check_place(window, 1, 10, 20, 200, 150);
	client_window_destroy(window);
}

// A window that was hidden meanwhile opens where it was.
TEST_F(desktop_rig, opened_again)
{
	struct client_window *window = desktop_window_at(rig, 900, 80, 200, 150);
	desktop_unplug(rig, 2);
	wl_surface_attach(window->surface, NULL, 0, 0);
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 2);
	desktop_plug(rig, 2, NULL);
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 2);
	check_place(window, 2, 900, 80, 200, 150);
	client_window_destroy(window);
}

static void unplug_and_plug(struct desktop_rig *rig)
{
	desktop_set_mode(rig, 1, 500, 400);
	desktop_unplug(rig, 2);
	desktop_set_mode(rig, 1, 800, 600);
	desktop_plug(rig, 2, NULL);
}

// What users do to a window by its frame counts like the verbs of scripts.
TEST_F(desktop_rig, dragged_and_resized_by_the_user)
{
	struct client_window *window = desktop_decorated_window(rig, NULL, 200, 150);
	struct box box = window_box(window->window);
	desktop_drag(rig, box.x + 20, box.y - 10, 1020, 190);
	check_place(window, 2, 1000, 200, 200, 150);
	unplug_and_plug(rig);
	check_place(window, 2, 1000, 200, 200, 150);
	desktop_drag(rig, 1203, 353, 1253, 373); // the lower right corner
	check_place(window, 2, 1000, 200, 250, 170);
	desktop_drag(rig, 997, 280, 957, 280); // the left edge
	check_place(window, 2, 960, 200, 290, 170);
	unplug_and_plug(rig);
	check_place(window, 2, 960, 200, 290, 170);
	client_window_destroy(window);
}

TEST_F(desktop_rig, tiled_by_the_user)
{
	struct client_window *window = desktop_decorated_window(rig, NULL, 200, 150);
	desktop_place(window, 100, 100);
	desktop_drag(rig, 120, 90, 1599, 300);
	check_place(window, 2, 1201, 30, 398, 569);
	unplug_and_plug(rig);
	check_place(window, 2, 1201, 30, 398, 569);
	check(window_has(window->window, WINDOW_TILED_RIGHT));
	// Dragged away, it is as large as before and stays where it is dropped.
	desktop_drag(rig, 1300, 15, 1000, 315);
	check_eq(window->width, 200);
	check_eq(window->height, 150);
	struct box box = window_box(window->window);
	check_place(window, 2, box.x, 330, 200, 150);
	unplug_and_plug(rig);
	check_place(window, 2, box.x, 330, 200, 150);
	client_window_destroy(window);
}

// The monitor counts, not the connector.
TEST_F(desktop_rig, monitor_on_another_connector)
{
	desktop_unplug(rig, 2);
	desktop_plug(rig, 2, "A1");
	struct client_window *window = desktop_window_at(rig, 900, 80, 200, 150);
	desktop_unplug(rig, 2);
	check_place(window, 1, 100, 80, 200, 150);
	desktop_plug(rig, 2, "B2"); // another monitor
	check_place(window, 1, 100, 80, 200, 150);
	desktop_plug(rig, 3, "A1");
	check_place(window, 3, 1700, 80, 200, 150);
	client_window_destroy(window);
}

// Monitors of the same make without a serial number are not the same one.
TEST_F(desktop_rig, monitors_of_the_same_make)
{
	desktop_plug(rig, 3, NULL);
	struct client_window *window = desktop_window_at(rig, 1300, 80, 200, 150);
	desktop_unplug(rig, 2);
	check_place(window, 3, 800 + 500, 80, 200, 150); // the nearest
	client_window_destroy(window);
}

// Fullscreen on the output that the client chose, and floating on the other one.
TEST_F(desktop_rig, fullscreen_on_another_output)
{
	struct client_window *window = desktop_window_at(rig, 100, 80, 200, 150);
	struct client_output *second = wl_container_of(rig->client->outputs.prev, second, link);
	xdg_toplevel_set_fullscreen(window->toplevel, second->output);
	fixture_frames(rig->fixture, 2);
	check_place(window, 2, 800, 0, 800, 600);
	desktop_unplug(rig, 2);
	check_place(window, 1, 0, 0, 800, 600);
	desktop_plug(rig, 2, NULL);
	check_place(window, 2, 800, 0, 800, 600);
	xdg_toplevel_unset_fullscreen(window->toplevel);
	fixture_frames(rig->fixture, 2);
	check_place(window, 1, 100, 80, 200, 150);
	client_window_destroy(window);
}

TEST(kiosk_windows_return)
{
	struct desktop_rig rig = {0};
	desktop_rig_init_shell(&rig, "kiosk");
	struct client_window *window = client_window_create(rig.client, 200, 150, 0xff405060);
	struct client_window *dialog = client_window_create_bare(rig.client, 50, 40);
	xdg_toplevel_set_parent(dialog->toplevel, window->toplevel);
	client_window_show(dialog, 0xff102030);
	window_request(window->window, REQUEST_FULLSCREEN,
		&(struct window_detail){.on = true, .output = desktop_output(&rig, 2)});
	fixture_frames(rig.fixture, 2);
	check_place(window, 2, 800, 0, 800, 600);
	desktop_unplug(&rig, 2);
	check_place(window, 1, 0, 0, 800, 600);
	desktop_plug(&rig, 2, NULL);
	check_place(window, 2, 800, 0, 800, 600);
	check_str(dialog->window->output->name, "HEADLESS-2");
	client_window_destroy(dialog);
	client_window_destroy(window);
	desktop_rig_finish(&rig);
}
