// SPDX-License-Identifier: MIT
#include "tests/fuzz/targets/fake_x_server.h"
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define XFIXES_OPCODE 138
#define MAX_EVENTS 40 // of its own, per connection
#define FIRST_ATOM 300

static void put(struct fake_x_server *server, const void *data, size_t size)
{
	if (send(server->fd, data, size, MSG_NOSIGNAL) < 0)
		return; // the client has gone; reading will find out
}

static void put_words(struct fake_x_server *server, uint8_t type, uint8_t detail,
	const uint32_t words[7], const void *more, size_t size)
{
	uint8_t packet[32] = {
		type, detail, (uint8_t)server->sequence, (uint8_t)(server->sequence >> 8)};
	memcpy(packet + 4, words, 28);
	put(server, packet, sizeof(packet));
	if (size)
		put(server, more, size);
}

// The reply to a connection's setup: one screen, one depth without visuals.
static void put_setup(struct fake_x_server *server)
{
	struct {
		xcb_setup_t setup;
		char vendor[4];
		xcb_format_t format;
		xcb_screen_t screen;
		xcb_depth_t depth;
	} all = {
		.setup = {.status = 1,
			.protocol_major_version = 11,
			.length = (sizeof(all) - 8) / 4,
			.resource_id_base = 0x00400000,
			.resource_id_mask = 0x001fffff,
			.vendor_len = sizeof(all.vendor),
			.maximum_request_length = 0xffff,
			.roots_len = 1,
			.pixmap_formats_len = 1,
			.min_keycode = 8,
			.max_keycode = 255},
		.screen = {.root = 0x100,
			.width_in_pixels = 640,
			.height_in_pixels = 480,
			.root_depth = 24,
			.allowed_depths_len = 1},
		.depth = {.depth = 24},
	};
	put(server, &all, sizeof(all));
}

static void put_event(
	struct fake_x_server *server, uint8_t type, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	const uint32_t words[7] = {a, b, c, d, 0, 0, 0};
	put_words(server, type, 0, words, NULL, 0);
}

static uint32_t some_atom(struct fake_x_server *server)
{
	uint8_t byte = input_byte(&server->input);
	return byte < 64 ? byte : FIRST_ATOM + byte % 32u;
}

static uint32_t some_window(struct fake_x_server *server)
{
	const uint32_t windows[] = {
		server->window, FAKE_X_OTHER_WINDOW, 0, 0x100, FAKE_X_OTHER_WINDOW + 1, 0x00400000};
	return windows[input_byte(&server->input) % array_length(windows)];
}

// Bytes of the input; their number comes first.
static size_t some_bytes(struct fake_x_server *server, uint8_t into[256])
{
	size_t size = input_byte(&server->input);
	memset(into, 0, 256);
	for (size_t i = 0; i < size; i++)
		into[i] = input_byte(&server->input);
	return size;
}

static void answer_property(struct fake_x_server *server)
{
	uint8_t value[256], kind = input_byte(&server->input);
	const uint8_t formats[] = {8, 16, 32, 0};
	uint8_t format = formats[kind & 3];
	size_t size = some_bytes(server, value) & ~(size_t)3;
	uint32_t type = some_atom(server);
	uint32_t unit = format ? format / 8u : 1;
	const uint32_t words[7] = {(uint32_t)size / 4, type, kind & 4 ? kind * 64u : 0,
		format ? (uint32_t)size / unit : 0};
	if (!format)
		size = 0;
	const uint32_t empty[7] = {0, type, words[2], 0};
	put_words(server, 1, format, format ? words : empty, value, size);
}

static void answer_name(struct fake_x_server *server)
{
	static const char *const names[] = {"UTF8_STRING", "STRING", "COMPOUND_TEXT", "image/png",
		"TARGETS", "text/plain;charset=utf-8"};
	uint8_t value[256] = {0};
	uint8_t kind = input_byte(&server->input);
	size_t size;
	if (kind & 1) {
		size = some_bytes(server, value);
	} else {
		const char *name = names[kind / 2 % array_length(names)];
		size = strlen(name);
		memcpy(value, name, size);
	}
	size_t padded = (size + 3) & ~(size_t)3;
	const uint32_t words[7] = {(uint32_t)padded / 4, (uint32_t)size};
	put_words(server, 1, 0, words, value, padded);
}

static void put_own_event(struct fake_x_server *server)
{
	uint32_t selection = input_byte(&server->input) & 1 ? XCB_ATOM_PRIMARY : FIRST_ATOM;
	uint32_t window = some_window(server), atom = some_atom(server);
	uint8_t what = input_byte(&server->input);
	switch (what % 6) {
	case 0: { // a request for our selection
		const uint32_t words[7] = {
			1, server->window, window, selection, some_atom(server), atom};
		put_words(server, XCB_SELECTION_REQUEST, 0, words, NULL, 0);
		break;
	}
	case 1: {
		const uint32_t words[7] = {window, atom, 1, what >> 7};
		put_words(server, XCB_PROPERTY_NOTIFY, 0, words, NULL, 0);
		break;
	}
	case 2:
		put_event(server, XCB_DESTROY_NOTIFY, window, window, 0, 0);
		break;
	case 3: // a new owner
		put_event(server, FAKE_X_XFIXES_EVENT, server->window, window, selection, 1);
		break;
	case 4: {
		const uint32_t words[7] = {window, 0, 0};
		put_words(server, 0, XCB_WINDOW, words, NULL, 0);
		break;
	}
	default:
		put_event(server, XCB_SELECTION_NOTIFY, 1, window, selection, atom);
		break;
	}
}

static void answer(struct fake_x_server *server, const uint8_t *request)
{
	uint32_t words[7] = {0}, window, atom;
	memcpy(&window, request + 4, sizeof(window));
	memcpy(&atom, request + 8, sizeof(atom));
	server->sequence++;
	switch (request[0]) {
	case XCB_QUERY_EXTENSION:
		if (memcmp(request + 8, "XFIXES", 6) == 0)
			words[1] = 1 | XFIXES_OPCODE << 8 | FAKE_X_XFIXES_EVENT << 16;
		put_words(server, 1, 0, words, NULL, 0);
		break;
	case XCB_CREATE_WINDOW:
		server->window = window;
		break;
	case XCB_INTERN_ATOM:
		words[1] = FIRST_ATOM + server->atoms++ % 32;
		put_words(server, 1, 0, words, NULL, 0);
		break;
	case XCB_GET_ATOM_NAME:
		answer_name(server);
		break;
	case XCB_CHANGE_PROPERTY: { // on another client's window it is read and deleted
		memcpy(&window, request + 4, sizeof(window));
		const uint32_t event[7] = {window, atom, 1, 0};
		put_words(server, XCB_PROPERTY_NOTIFY, 0, event, NULL, 0);
		break;
	}
	case XCB_DELETE_PROPERTY: {
		const uint32_t event[7] = {window, atom, 1, input_byte(&server->input) & 1};
		put_words(server, XCB_PROPERTY_NOTIFY, 0, event, NULL, 0);
		break;
	}
	case XCB_GET_PROPERTY:
		answer_property(server);
		break;
	case XCB_SET_SELECTION_OWNER: {
		const uint32_t event[7] = {server->window, window, atom, 1, 1};
		put_words(server, FAKE_X_XFIXES_EVENT, 0, event, NULL, 0);
		break;
	}
	case XCB_GET_SELECTION_OWNER:
		words[1] = some_window(server);
		put_words(server, 1, 0, words, NULL, 0);
		break;
	case XCB_CONVERT_SELECTION: {
		uint32_t target, property;
		memcpy(&target, request + 12, sizeof(target));
		memcpy(&property, request + 16, sizeof(property));
		const uint32_t event[7] = {
			1, window, atom, target, input_byte(&server->input) < 32 ? 0 : property};
		put_words(server, XCB_SELECTION_NOTIFY, 0, event, NULL, 0);
		break;
	}
	case XCB_GET_INPUT_FOCUS:
		put_words(server, 1, 0, words, NULL, 0);
		break;
	case XFIXES_OPCODE:
		if (request[1] == 0)
			put_words(server, 1, 0, (const uint32_t[7]){0, 5, 0}, NULL, 0);
		break;
	default:
		break;
	}
}

// Handles the complete requests in the buffer.
static void handle_requests(struct fake_x_server *server)
{
	size_t at = 0;
	while (server->used - at >= 4) {
		size_t size = (server->bytes[at + 2] | (size_t)server->bytes[at + 3] << 8) * 4;
		check(size >= 4);
		uint8_t request[64] = {0};
		if (size > server->used - at)
			break;
		memcpy(request, server->bytes + at, MIN(size, sizeof(request)));
		answer(server, request);
		at += size;
	}
	memmove(server->bytes, server->bytes + at, server->used - at);
	server->used -= at;
}

static void *serve(void *data)
{
	struct fake_x_server *server = data;
	uint8_t setup[12];
	int events = 0;
	if (recv(server->fd, setup, sizeof(setup), MSG_WAITALL) != sizeof(setup))
		return NULL;
	put_setup(server);
	for (;;) {
		ssize_t got = recv(server->fd, server->bytes + server->used,
			sizeof(server->bytes) - server->used, 0);
		if (got <= 0)
			return NULL;
		server->used += (size_t)got;
		handle_requests(server);
		if (server->input.left && server->window && events++ < MAX_EVENTS)
			put_own_event(server);
	}
}

int fake_x_server_start(struct fake_x_server *server)
{
	int ends[2];
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	server->fd = ends[0];
	check_eq(pthread_create(&server->thread, NULL, serve, server), 0);
	return ends[1];
}

void fake_x_server_stop(struct fake_x_server *server)
{
	pthread_join(server->thread, NULL);
	close(server->fd);
}
