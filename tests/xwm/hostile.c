// SPDX-License-Identifier: MIT
// X programs that misbehave: the compositor and the other programs go on.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/window/window.h"
#include "compositor/xwayland/xwayland.h"
#include "tests/harness/client.h"
#include "tests/xwm/xwm_rig.h"

static const struct box somewhere = {0, 0, 40, 30};

// All that is sent was handled, and a new window works.
static void check_alive(struct xwm_rig *rig)
{
	xcb_window_t id;
	check(!xcb_connection_has_error(rig->xcb));
	xwm_rig_show(rig, &id, &(struct box){0, 0, 120, 90});
}

TEST_F(xwm_rig, parents_in_loops)
{
	enum { N = 60 };
	xcb_window_t ids[N];
	for (int i = 0; i < N; i++)
		ids[i] = xwm_rig_window(rig, &somewhere, false);
	for (int i = 0; i < N; i++) {
		const xcb_window_t parent = ids[(i + 1) % N];
		xcb_change_property(rig->xcb, XCB_PROP_MODE_REPLACE, ids[i],
			XCB_ATOM_WM_TRANSIENT_FOR, XCB_ATOM_WINDOW, 32, 1, &parent);
		xcb_map_window(rig->xcb, ids[i]);
	}
	xwm_rig_sync(rig);
	for (int i = 0; i < N; i += 2)
		xcb_destroy_window(rig->xcb, ids[i]);
	check_alive(rig);
}

TEST_F(xwm_rig, wild_properties)
{
	static const char *const names[] = {"WM_NAME", "_NET_WM_NAME", "WM_CLASS", "WM_HINTS",
		"WM_NORMAL_HINTS", "WM_TRANSIENT_FOR", "WM_PROTOCOLS", "_NET_WM_STATE",
		"_NET_WM_WINDOW_TYPE", "_MOTIF_WM_HINTS", "_GTK_FRAME_EXTENTS", "_NET_WM_PID",
		"_NET_WM_USER_TIME", "_NET_WM_WINDOW_OPACITY"};
	static const uint8_t formats[] = {8, 16, 32};
	static const uint32_t counts[] = {0, 1, 3, 17, 1000, 20000};
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	unsigned char *bytes = malloc(4 * 20000);
	check(bytes != NULL);
	for (int fill = 0; fill < 3; fill++) {
		memset(bytes, fill == 0 ? 0 : fill == 1 ? 0xff : 0x81, 4 * 20000);
		for (size_t n = 0; n < 14; n++)
			for (size_t f = 0; f < 3; f++)
				for (size_t c = 0; c < 6; c++)
					xcb_change_property(rig->xcb, XCB_PROP_MODE_REPLACE, id,
						xwm_rig_atom(rig, names[n]),
						f == 2 ? XCB_ATOM_CARDINAL : XCB_ATOM_STRING,
						formats[f], counts[c], bytes);
		xwm_rig_sync(rig);
		xcb_unmap_window(rig->xcb, id);
		xcb_map_window(rig->xcb, id);
	}
	free(bytes);
	check_alive(rig);
}

TEST_F(xwm_rig, wild_messages)
{
	static const char *const types[] = {"_NET_WM_STATE", "_NET_ACTIVE_WINDOW",
		"_NET_CLOSE_WINDOW", "WM_CHANGE_STATE", "_NET_WM_MOVERESIZE",
		"_NET_MOVERESIZE_WINDOW", "_NET_REQUEST_FRAME_EXTENTS", "WM_PROTOCOLS",
		"WL_SURFACE_ID", "WL_SURFACE_SERIAL"};
	xcb_window_t id;
	const xcb_atom_t delete = xwm_rig_atom(rig, "WM_DELETE_WINDOW");
	const struct window *window = xwm_rig_show(rig, &id, &somewhere);
	xwm_rig_set(rig, id, "WM_PROTOCOLS", XCB_ATOM_ATOM, &delete, 1);
	xwm_rig_sync(rig);
	const xcb_window_t targets[] = {id, rig->screen->root, 0x12345, XCB_NONE};
	uint32_t word = 1;
	for (int round = 0; round < 30; round++)
		for (size_t t = 0; t < 10; t++) {
			word = word * 1664525 + 1013904223;
			uint32_t small = round % 2 ? word : word >> 28;
			xwm_rig_send(rig, targets[word >> 8 & 3], types[t], small, word, word >> 3,
				~word, small);
		}
	xwm_rig_sync(rig);
	check(window->mapped);
	check_alive(rig);
}

TEST_F(xwm_rig, configure_storm)
{
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	for (uint32_t i = 0; i < 20000; i++) {
		const uint32_t values[] = {i % 900, i % 500, 1 + i % 300, 1 + i % 200};
		xcb_configure_window(rig->xcb, id,
			XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
				XCB_CONFIG_WINDOW_HEIGHT,
			values);
		if (i % 2000 == 0)
			xwm_rig_turn(rig);
	}
	check_alive(rig);
}

TEST_F(xwm_rig, many_windows)
{
	for (int i = 0; i < 3000; i++) {
		xcb_window_t id = xwm_rig_window(rig, &somewhere, i % 2);
		if (i % 10 == 0)
			xcb_map_window(rig->xcb, id);
		if (i % 200 == 0)
			xwm_rig_turn(rig);
	}
	check_alive(rig);
}

TEST_F(xwm_rig, property_storm)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	for (int i = 0; i < 50000; i++) {
		const char letter = (char)('a' + i % 26);
		xcb_change_property(rig->xcb, XCB_PROP_MODE_REPLACE, id, XCB_ATOM_WM_NAME,
			XCB_ATOM_STRING, 8, 1, &letter);
		if (i % 5000 == 0)
			xwm_rig_turn(rig);
	}
	xwm_rig_set_text(rig, id, "WM_NAME", "last");
	xwm_rig_wait(rig, strcmp(window->title, "last") == 0);
}

// A stopped X server holds up neither the compositor nor programs that do not use it.
TEST_F(xwm_rig, server_stops)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	struct client *client = client_create(rig->fixture);
	struct client_window *other = client_window_create(client, 100, 100, 0xff0000ff);
	xwm_rig_sync(rig);
	kill(xwayland_pid(rig->xwayland), SIGSTOP);
	for (int i = 0; i < 2000; i++) { // more than its socket takes
		window_request(window, REQUEST_PLACE,
			&(struct window_detail){.x = 100 + i % 300, .y = 100});
		if (i % 100 == 0) {
			window_request(window, REQUEST_ACTIVATE, NULL);
			window_request(other->window, REQUEST_ACTIVATE, NULL);
		}
		wl_event_loop_dispatch(rig->fixture->server->loop, 0);
	}
	client_window_draw(other, 150, 120, 0xffff0000);
	fixture_frames(rig->fixture, 2);
	check_eq(other->window->geometry.width, 150);
	kill(xwayland_pid(rig->xwayland), SIGCONT);
	xwm_rig_sync(rig);
	const struct box box = xwm_rig_box(rig, id);
	check_eq(box.x, window->x);
	client_window_destroy(other);
	client_destroy(client);
	check_alive(rig);
}

TEST_F(xwm_rig, server_is_killed)
{
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	kill(xwayland_pid(rig->xwayland), SIGKILL);
	xwm_rig_wait(rig, wl_list_empty(&rig->fixture->server->windows));
	xwm_rig_wait(rig, !xwayland_pid(rig->xwayland));
	xcb_disconnect(rig->xcb);
	rig->xcb = NULL;
	rig->xcb = xwm_rig_connect(rig);
	check_alive(rig);
}
