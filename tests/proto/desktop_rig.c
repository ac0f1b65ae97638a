// SPDX-License-Identifier: MIT
#include "tests/proto/desktop_rig.h"
#include <linux/input-event-codes.h>
#include <stdio.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "xdg-decoration-unstable-v1-client-protocol.h"

void desktop_rig_init_shell(struct desktop_rig *rig, const char *shell)
{
	rig->fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 800,
		.height = 600,
		.outputs = 2,
		.builtin_cursor = true,
		.shell = shell,
	});
	rig->client = client_create(rig->fixture);
}

void desktop_rig_init(struct desktop_rig *rig)
{
	desktop_rig_init_shell(rig, NULL);
}

void desktop_rig_finish(struct desktop_rig *rig)
{
	fixture_destroy(rig->fixture);
}

struct output *desktop_output(struct desktop_rig *rig, int number)
{
	char name[16];
	snprintf(name, sizeof(name), "HEADLESS-%d", number);
	return output_by_name(rig->fixture->server, name);
}

static void apply(struct desktop_rig *rig, const struct output_change *change)
{
	check(outputs_apply(rig->fixture->server, change, 1, false));
	fixture_frames(rig->fixture, 3);
}

void desktop_set_mode(struct desktop_rig *rig, int number, int width, int height)
{
	struct output_change change = output_change_none(desktop_output(rig, number));
	change.mode = (struct mode){.width = width, .height = height, .refresh_mhz = 60000};
	apply(rig, &change);
}

void desktop_switch(struct desktop_rig *rig, int number, bool on)
{
	struct output_change change = output_change_none(desktop_output(rig, number));
	change.enabled = on;
	apply(rig, &change);
}

void desktop_unplug(struct desktop_rig *rig, int number)
{
	struct server *server = rig->fixture->server;
	check(server->backend->impl->remove_screen(desktop_output(rig, number)->screen));
	fixture_frames(rig->fixture, 3);
}

void desktop_plug(struct desktop_rig *rig, int number, const char *serial)
{
	struct backend *backend = rig->fixture->server->backend;
	char name[16];
	snprintf(name, sizeof(name), "HEADLESS-%d", number);
	struct screen *screen = backend->impl->add_screen(backend, name, 800, 600, 60000);
	check(screen != NULL);
	// The shell must see the serial number with the output.
	replace_string(&screen->serial, serial);
	desktop_switch(rig, number, false);
	desktop_switch(rig, number, true);
}

void desktop_place(struct client_window *window, int x, int y)
{
	window_request(window->window, REQUEST_PLACE, &(struct window_detail){.x = x, .y = y});
	fixture_frames(window->client->fixture, 2);
}

struct client_window *desktop_window_at(
	struct desktop_rig *rig, int x, int y, int width, int height)
{
	struct client_window *window = client_window_create(rig->client, width, height, 0xff405060);
	desktop_place(window, x, y);
	check_place(window, x < 800 ? 1 : 2, x, y, width, height);
	return window;
}

struct client_window *desktop_decorated_window(
	struct desktop_rig *rig, struct client *client, int width, int height)
{
	if (!client)
		client = rig->client;
	struct zxdg_decoration_manager_v1 *manager =
		client_bind(client, &zxdg_decoration_manager_v1_interface, 1);
	struct client_window *window = client_window_create_bare(client, width, height);
	struct zxdg_toplevel_decoration_v1 *decoration =
		zxdg_decoration_manager_v1_get_toplevel_decoration(manager, window->toplevel);
	zxdg_toplevel_decoration_v1_set_mode(
		decoration, ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
	client_window_show(window, 0xff405060);
	return window;
}

void check_place(struct client_window *window, int number, int x, int y, int width, int height)
{
	struct box box = window_box(window->window);
	char name[16];
	snprintf(name, sizeof(name), "HEADLESS-%d", number);
	check(window->window->output != NULL);
	check_str(window->window->output->name, name);
	check_eq(box.x, x);
	check_eq(box.y, y);
	check_eq(box.width, width);
	check_eq(box.height, height);
}

void desktop_drag(struct desktop_rig *rig, double from_x, double from_y, double to_x, double to_y)
{
	fixture_move(rig->fixture, from_x, from_y);
	fixture_button(rig->fixture, BTN_LEFT, true);
	for (int i = 1; i <= 4; i++)
		fixture_move(rig->fixture, from_x + (to_x - from_x) * i / 4,
			from_y + (to_y - from_y) * i / 4);
	fixture_button(rig->fixture, BTN_LEFT, false);
	fixture_frames(rig->fixture, 2);
}
