// SPDX-License-Identifier: MIT
// Malformed messages, and clients that flood the server or do not read.
#include <linux/input-event-codes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/window/window.h"
#include "tests/hostile/hostile_rig.h"

// Messages

static const struct message {
	uint32_t words[6];
	size_t size; // bytes sent
	uint32_t code;
} messages[] = {
	{{0xdeadbeef, 8 << 16}, 8, WL_DISPLAY_ERROR_INVALID_OBJECT},
	{{0, 8 << 16}, 8, WL_DISPLAY_ERROR_INVALID_OBJECT},
	{{0xff000000, 8 << 16}, 8, WL_DISPLAY_ERROR_INVALID_OBJECT},
	{{1, 8 << 16 | 99}, 8, WL_DISPLAY_ERROR_INVALID_METHOD},
	{{1, 8 << 16 | 0xffff}, 8, WL_DISPLAY_ERROR_INVALID_METHOD},
	{{1, 8 << 16}, 8, WL_DISPLAY_ERROR_INVALID_METHOD},               // sync without the new id
	{{1, 12 << 16, 0}, 12, WL_DISPLAY_ERROR_INVALID_METHOD},          // no id
	{{1, 12 << 16, 1}, 12, WL_DISPLAY_ERROR_INVALID_METHOD},          // an id in use
	{{1, 12 << 16, 0x7fffffff}, 12, WL_DISPLAY_ERROR_INVALID_METHOD}, // far ahead
	{{1, 12 << 16, 0xff000001}, 12,
		WL_DISPLAY_ERROR_INVALID_METHOD}, // in the range of the server
	{{2, 24 << 16, 1, 0x7fffffff, 0, 0}, 24, WL_DISPLAY_ERROR_INVALID_METHOD}, // long string
	{{2, 24 << 16, 1, 0xffffffff, 0, 0}, 24, WL_DISPLAY_ERROR_INVALID_METHOD},
	{{2, 24 << 16, 1, 0, 1, 900}, 24, WL_DISPLAY_ERROR_INVALID_METHOD},        // no string
	{{2, 24 << 16, 1, 4, 0x41414141, 1}, 24, WL_DISPLAY_ERROR_INVALID_METHOD}, // not terminated
};

TEST_FP(hostile_rig, message, struct message, messages)
{
	raw_bytes(rig->attacker, param->words, param->size);
	check_client_error(rig->attacker, "wl_display", param->code);
}

// An invalid length ends the connection.
static const uint32_t lengths[] = {0, 4, 7, 9, 4097, 0xffff};

TEST_FP(hostile_rig, length, uint32_t, lengths)
{
	char bytes[8192] = {0};
	const uint32_t header[] = {1, *param << 16};
	memcpy(bytes, header, sizeof(header));
	raw_bytes(rig->attacker, bytes, sizeof(bytes));
	fixture_pump(rig->fixture);
	hostile_rig_check(rig);
}

TEST_F(hostile_rig, half_a_message)
{
	const uint32_t half[] = {1, 400 << 16, 1};
	raw_bytes(rig->attacker, half, sizeof(half));
	hostile_rig_check(rig);
	check_no_error(rig->attacker);
}

TEST_F(hostile_rig, noise)
{
	uint32_t state = 1;
	for (int i = 0; i < 100; i++) {
		struct client *attacker = hostile_rig_connect(rig);
		char bytes[300];
		for (size_t at = 0; at < sizeof(bytes); at++) {
			state = state * 1664525 + 1013904223;
			bytes[at] = (char)(state >> 24);
		}
		raw_bytes(attacker, bytes, sizeof(bytes));
	}
}

// Binds

static uint32_t name_of(struct client *client, const char *interface)
{
	for (size_t i = 0; i < client->n_globals; i++)
		if (strcmp(client->globals[i].interface, interface) == 0)
			return client->globals[i].name;
	return 0;
}

static const struct forgery {
	const char *of; // NULL: a name that never existed
	const struct wl_interface *interface;
	uint32_t version;
} forgeries[] = {
	{NULL, &wl_compositor_interface, 1},
	{"wl_compositor", &wl_shm_interface, 1},
	{"wl_compositor", &wl_compositor_interface, 0},
	{"wl_compositor", &wl_compositor_interface, 7},
	{"wl_compositor", &wl_compositor_interface, UINT32_MAX},
	{"wl_seat", &wl_seat_interface, 1000},
};

TEST_FP(hostile_rig, bind, struct forgery, forgeries)
{
	struct client *client = rig->attacker;
	void *proxy = wl_registry_bind(client->registry,
		param->of ? name_of(client, param->of) : 4000000000u, param->interface,
		param->version);
	check_client_error(client, "wl_registry", WL_DISPLAY_ERROR_INVALID_OBJECT);
	wl_proxy_destroy(proxy);
}

// Strings

#define OPCODE_SET_TITLE 2
#define OPCODE_SET_APP_ID 3

static const uint32_t string_requests[] = {OPCODE_SET_TITLE, OPCODE_SET_APP_ID};

TEST_FP(hostile_rig, no_string, uint32_t, string_requests)
{
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	const uint32_t nothing = 0;
	raw_request(rig->attacker, window->toplevel, *param, &nothing, sizeof(nothing));
	check_client_error(rig->attacker, "wl_display", WL_DISPLAY_ERROR_INVALID_METHOD);
	client_window_destroy(window);
}

// libwayland accepts no message above 4096 bytes: a title of a megabyte ends the connection.
TEST_F(hostile_rig, title_of_a_megabyte)
{
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	size_t size = 1 << 20;
	uint32_t *args = xcalloc(1, size + 8);
	args[0] = (uint32_t)size;
	memset(args + 1, 'x', size - 1);
	raw_request(rig->attacker, window->toplevel, OPCODE_SET_TITLE, args, size + 4);
	check(client_ended(rig->attacker));
	free(args);
	client_window_destroy(window);
}

TEST_F(hostile_rig, titles_that_are_no_text)
{
	static const char *const titles[] = {"", "\xff\xfe\xfd", "\xed\xa0\x80", "a\xf0\x9f",
		"\x1b[2J\n\r\t\b", "%s%s%s%n", "\xe2\x80\xae gnp.exe"};
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	char longest[4000];
	memset(longest, 'W', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	for (size_t i = 0; i <= array_length(titles); i++) {
		const char *title = i < array_length(titles) ? titles[i] : longest;
		xdg_toplevel_set_title(window->toplevel, title);
		xdg_toplevel_set_app_id(window->toplevel, title);
		fixture_frames(rig->fixture, 1);
	}
	check_no_error(rig->attacker);
	client_window_destroy(window);
}

// Clients that do not read

static void stop_reading(struct client *client)
{
	wl_list_remove(&client->link);
	wl_list_init(&client->link);
}

static void read_again(struct client *client)
{
	wl_list_insert(&client->fixture->clients, &client->link);
}

TEST_F(hostile_rig, never_reads)
{
	struct client *client = rig->attacker;
	struct wl_pointer *pointer = wl_seat_get_pointer(client->seat);
	struct client_window *window = client_window_create(client, 400, 400, 0xffff0000);
	window_raise(window->window);
	fixture_frames(rig->fixture, 1);
	struct box box = window_box(window->window);
	stop_reading(client);
	// Motion, focus, sizes and frames together.
	for (int i = 0; i < 3000; i++) {
		fixture_move(rig->fixture, box.x + 10 + i % 50, box.y + 10);
		if (i % 10 == 0)
			window_set_size(window->window, 400 + i % 20, 400);
		if (i % 100 == 0) {
			xdg_toplevel_set_maximized(window->toplevel);
			wl_callback_destroy(wl_surface_frame(window->surface));
			wl_surface_commit(window->surface);
			wl_display_flush(client->display);
			fixture_frames(rig->fixture, 1);
		}
	}
	hostile_rig_check(rig);
	read_again(client);
	check_no_error(client); // back-pressure is no error
	wl_pointer_release(pointer);
	client_window_destroy(window);
}

// A client that requests events and never reads is disconnected; the memory is bounded.
TEST_F(hostile_rig, asks_and_never_reads)
{
	struct client *client = rig->attacker;
	stop_reading(client);
	struct mallinfo2 before = mallinfo2();
	uint32_t *syncs = xcalloc(3 * 300, sizeof(*syncs));
	uint32_t id = 100000;
	struct wl_callback *callback = wl_display_sync(client->display);
	id = wl_proxy_get_id((struct wl_proxy *)callback) + 1;
	for (int round = 0; round < 2000; round++) {
		for (int i = 0; i < 300; i++) {
			syncs[3 * i] = 1;
			syncs[3 * i + 1] = 12 << 16;
			syncs[3 * i + 2] = id++;
		}
		if (wl_display_flush(client->display) < 0)
			break;
		raw_bytes(client, syncs, 3 * 300 * sizeof(*syncs));
	}
	free(syncs);
	hostile_rig_check(rig);
	struct mallinfo2 after = mallinfo2();
	check(after.uordblks < before.uordblks + (64u << 20));
	read_again(client);
	wl_callback_destroy(callback);
}

// A flood of requests between two iterations of the loop: the neighbour is still served.
TEST_F(hostile_rig, request_flood)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 400; i++) {
			wl_surface_damage(window->surface, i, i, 5, 5);
			wl_surface_commit(window->surface);
		}
		check(surface_gets_frame(rig->neighbour, rig->window->surface, 5));
	}
	check_no_error(client);
	client_window_destroy(window);
}

// Combines attach-delta-loop, frame-callback and slow-ack of wleird.
TEST_F(hostile_rig, tiny_commits)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	window->auto_ack = false;
	struct wl_callback *callbacks[2000];
	for (int i = 0; i < 2000; i++) {
		wl_surface_offset(window->surface, i % 2 ? 1 : -1, 0);
		wl_surface_attach(window->surface, window->buffer, 0, 0);
		callbacks[i] = wl_surface_frame(window->surface);
		wl_surface_commit(window->surface);
		if (i % 20 == 0)
			xdg_toplevel_set_maximized(window->toplevel);
		else if (i % 10 == 0)
			xdg_toplevel_unset_maximized(window->toplevel);
		if (i % 100 == 0)
			fixture_frames(rig->fixture, 1);
	}
	hostile_rig_check(rig);
	check_no_error(client);
	for (int i = 0; i < 2000; i++)
		wl_callback_destroy(callbacks[i]);
	client_window_destroy(window);
}

TEST_F(hostile_rig, answers_no_ping)
{
	struct client *client = rig->attacker;
	client->answers_pings = false;
	struct client_window *window = client_window_create(client, 300, 300, 0xffff0000);
	for (int i = 0; i < 40; i++) {
		window_raise(window->window);
		struct box box = window_box(window->window);
		fixture_click(rig->fixture, box.x + 50, box.y + 50);
		fixture_advance(rig->fixture, NSEC_PER_SEC);
	}
	hostile_rig_check(rig);
	check_no_error(client); // slowness is no error
	xdg_wm_base_pong(client->wm_base, 12345);
	xdg_wm_base_pong(client->wm_base, UINT32_MAX);
	check_no_error(client);
	client_window_destroy(window);
}

// ack_configure with an unknown serial, twice, or on the wrong surface.
static const uint32_t serials[] = {0, 1, UINT32_MAX};

TEST_FP(hostile_rig, ack_of_nothing, uint32_t, serials)
{
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	xdg_surface_ack_configure(window->xdg_surface, *param);
	check_client_error(rig->attacker, "xdg_surface", XDG_SURFACE_ERROR_INVALID_SERIAL);
	client_window_destroy(window);
}

TEST_F(hostile_rig, ack_twice)
{
	struct client_window *window = client_window_create(rig->attacker, 64, 64, 0xffff0000);
	xdg_surface_ack_configure(window->xdg_surface, window->serial);
	check_client_error(rig->attacker, "xdg_surface", XDG_SURFACE_ERROR_INVALID_SERIAL);
	client_window_destroy(window);
}
