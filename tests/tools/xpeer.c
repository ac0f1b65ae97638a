// SPDX-License-Identifier: MIT
// A client of the X server that owns or requests selections, correctly or not.
//
// usage: xpeer own SELECTION BEHAVIOUR [N]   prints "owns", then converts until the selection is
// lost:
//   text          to UTF8_STRING, STRING and COMPOUND_TEXT, with a different text for each
//   latin1        to STRING only
//   compound      to COMPOUND_TEXT only, with a segment in UTF-8 and one in another character set
//   data          to application/x-data: N bytes, incrementally
//   silent        does not reply
//   mute          replies to TARGETS only
//   refuse        lists targets and refuses to convert to them
//   stall, die    sends the first of many increments, then does nothing, or exits
//   numbers       sends data with format 32
//   letters       sends TARGETS with type STRING
//   many          lists N targets, most of them invalid atoms, and text
//   names         lists targets that must not be offered, and a valid one
//   large         sends N bytes as one property
// Lists of targets also contain the one that is named by MARK in the environment.
//        xpeer ask SELECTION TARGET            writes the data to standard output
//        xpeer keep SELECTION TARGET           does not delete the property; prints "has" and waits
//        xpeer leave SELECTION TARGET          exits at the first increment
//        xpeer several SELECTION TARGET...     requests MULTIPLE; prints type and size of each
//        xpeer types SELECTION TARGET          prints the type of the property
//        xpeer forge SELECTION                 sends requests in the name of other windows
//        xpeer storm SELECTION N               becomes the owner N times
//        xpeer flood SELECTION N               requests targets N times, then data N times
//        xpeer owner SELECTION                 prints the window that owns it
//        xpeer show TITLE                      shows a window; prints when it gets or loses focus
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>

#define CHUNK 65536

struct peer {
	xcb_connection_t *xcb;
	xcb_screen_t *screen;
	xcb_window_t window;
	xcb_atom_t selection, targets, incr, utf8, compound, data, property, mark;
	const char *behaviour;
	size_t size;
	// The incremental transfer
	xcb_window_t requestor;
	xcb_atom_t to, type;
	size_t sent;
	bool done;
};

static _Noreturn void die(const char *text)
{
	fprintf(stderr, "xpeer: %s\n", text);
	exit(1);
}

static xcb_atom_t intern(struct peer *peer, const char *name)
{
	xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
		peer->xcb, xcb_intern_atom(peer->xcb, 0, (uint16_t)strlen(name), name), NULL);
	if (!reply)
		die("cannot intern an atom");
	xcb_atom_t atom = reply->atom;
	free(reply);
	return atom;
}

static void print(const char *text)
{
	puts(text);
	fflush(stdout);
}

static xcb_generic_event_t *next_event(struct peer *peer)
{
	xcb_flush(peer->xcb);
	xcb_generic_event_t *event = xcb_wait_for_event(peer->xcb);
	if (!event)
		die("lost the connection to the X server");
	return event;
}

static bool behaves(const struct peer *peer, const char *behaviour)
{
	return strcmp(peer->behaviour, behaviour) == 0;
}

static xcb_timestamp_t server_time(struct peer *peer)
{
	xcb_change_property(peer->xcb, XCB_PROP_MODE_REPLACE, peer->window, peer->property,
		XCB_ATOM_INTEGER, 32, 0, NULL);
	for (;;) {
		xcb_generic_event_t *event = next_event(peer);
		xcb_property_notify_event_t *notify = (xcb_property_notify_event_t *)event;
		bool found = event->response_type == XCB_PROPERTY_NOTIFY &&
			notify->window == peer->window;
		xcb_timestamp_t time = notify->time;
		free(event);
		if (found)
			return time;
	}
}

// Owning

// Deterministic bytes without short repetitions.
static void fill(char *bytes, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t word = (uint32_t)((from + i) / 4) * 2654435761u;
		bytes[i] = (char)(word >> (from + i) % 4 * 8);
	}
}

static void put(struct peer *peer, xcb_atom_t type, uint8_t format, const void *data, size_t n)
{
	xcb_change_property(peer->xcb, XCB_PROP_MODE_REPLACE, peer->requestor, peer->to, type,
		format, (uint32_t)n, data);
}

static void put_next(struct peer *peer)
{
	char chunk[CHUNK] = {0};
	size_t n = peer->size - peer->sent < CHUNK ? peer->size - peer->sent : CHUNK;
	fill(chunk, peer->sent, n);
	put(peer, peer->type, 8, chunk, n);
	peer->sent += n;
	if (n == 0)
		peer->requestor = XCB_WINDOW_NONE;
	if (behaves(peer, "stall") || behaves(peer, "die")) {
		// The server drops unread requests of a client that exits.
		free(xcb_get_input_focus_reply(peer->xcb, xcb_get_input_focus(peer->xcb), NULL));
		print("sent");
		peer->requestor = XCB_WINDOW_NONE;
		peer->done = behaves(peer, "die");
	}
}

static void begin_increments(struct peer *peer)
{
	const uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
	const uint32_t size = (uint32_t)peer->size;
	xcb_change_window_attributes(peer->xcb, peer->requestor, XCB_CW_EVENT_MASK, &mask);
	put(peer, peer->incr, 32, &size, 1);
	peer->sent = 0;
}

static void put_targets(struct peer *peer)
{
	static const char *const bad[] = {"TARGETS", "TIMESTAMP", "MULTIPLE", "DELETE",
		"SAVE_TARGETS", "ATOM_PAIR", "text/\nplain", "text/\x1b[31m", "/", "/x", "",
		"image/png"};
	xcb_atom_t list[16];
	size_t n = 0;
	list[n++] = peer->targets;
	if (behaves(peer, "letters")) {
		put(peer, XCB_ATOM_STRING, 8, "image/png", 9);
	} else if (behaves(peer, "many")) {
		xcb_atom_t *all = calloc(peer->size + 1, sizeof(*all));
		all[0] = peer->utf8;
		for (size_t i = 1; all && i <= peer->size; i++)
			all[i] = (xcb_atom_t)(i % 4 ? i + 1000000 : i % 68 + 1);
		put(peer, XCB_ATOM_ATOM, 32, all, peer->size + 1);
		free(all);
	} else if (behaves(peer, "names")) {
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			list[n++] = intern(peer, bad[i]);
		char name[60001];
		memset(name, 'x', sizeof(name));
		name[4] = '/';
		name[60000] = 0;
		list[n++] = intern(peer, name);
		put(peer, XCB_ATOM_ATOM, 32, list, n);
	} else {
		if (behaves(peer, "text"))
			list[n++] = peer->utf8;
		if (behaves(peer, "text") || behaves(peer, "latin1"))
			list[n++] = XCB_ATOM_STRING;
		if (behaves(peer, "text") || behaves(peer, "compound"))
			list[n++] = peer->compound;
		if (n == 1)
			list[n++] = peer->data;
		if (peer->mark)
			list[n++] = peer->mark;
		put(peer, XCB_ATOM_ATOM, 32, list, n);
	}
}

// Returns false to refuse the conversion.
static bool put_data(struct peer *peer, xcb_atom_t target)
{
	static const char compound[] = "gr\xfc\x1b%G\xc3\x9f\xe2\x82\xac\x1b%@e \x1b$(BAA\x1b(B.";
	peer->type = target;
	if (behaves(peer, "refuse"))
		return false;
	if (target == peer->utf8)
		put(peer, peer->utf8, 8, "grüße €", strlen("grüße €"));
	else if (target == XCB_ATOM_STRING)
		put(peer, XCB_ATOM_STRING, 8,
			"gr\xfc\xdf"
			"e",
			5);
	else if (target == peer->compound)
		put(peer, peer->compound, 8, compound, sizeof(compound) - 1);
	else if (target != peer->data)
		return false;
	else if (behaves(peer, "numbers"))
		put(peer, XCB_ATOM_INTEGER, 32, "abcdefgh", 2);
	else if (behaves(peer, "large")) {
		char *all = malloc(peer->size);
		if (!all)
			die("out of memory");
		fill(all, 0, peer->size);
		put(peer, target, 8, NULL, 0);
		// Each append makes the server copy the whole property, so append large parts.
		for (size_t done = 0, n; done < peer->size; done += n) {
			n = peer->size - done < 8 << 20 ? peer->size - done : 8 << 20;
			xcb_change_property(peer->xcb, XCB_PROP_MODE_APPEND, peer->requestor,
				peer->to, target, 8, (uint32_t)n, all + done);
		}
		free(all);
	} else
		begin_increments(peer);
	return true;
}

static void reply_to(struct peer *peer, const xcb_selection_request_event_t *request)
{
	char wire[32] = {0};
	bool data = request->target != peer->targets, done = true;
	if (behaves(peer, "silent") || (behaves(peer, "mute") && data)) {
		print("asked");
		return;
	}
	peer->requestor = request->requestor;
	peer->to = request->property;
	if (data)
		done = put_data(peer, request->target);
	else
		put_targets(peer);
	*(xcb_selection_notify_event_t *)wire = (xcb_selection_notify_event_t){
		.response_type = XCB_SELECTION_NOTIFY,
		.time = request->time,
		.requestor = request->requestor,
		.selection = request->selection,
		.target = request->target,
		.property = done ? request->property : XCB_ATOM_NONE,
	};
	xcb_send_event(peer->xcb, 0, request->requestor, 0, wire);
}

static void own(struct peer *peer)
{
	xcb_set_selection_owner(peer->xcb, peer->window, peer->selection, server_time(peer));
	print("owns");
	while (!peer->done) {
		xcb_generic_event_t *event = next_event(peer);
		xcb_property_notify_event_t *notify = (xcb_property_notify_event_t *)event;
		switch (event->response_type & 0x7f) {
		case XCB_SELECTION_REQUEST:
			reply_to(peer, (xcb_selection_request_event_t *)event);
			break;
		case XCB_PROPERTY_NOTIFY:
			if (notify->state == XCB_PROPERTY_DELETE &&
				notify->window == peer->requestor && notify->atom == peer->to)
				put_next(peer);
			break;
		case XCB_SELECTION_CLEAR:
			print("lost");
			peer->done = true;
			break;
		}
		free(event);
	}
}

// Asking

static xcb_get_property_reply_t *read_property(struct peer *peer, xcb_atom_t property, bool delete)
{
	xcb_get_property_reply_t *reply = xcb_get_property_reply(peer->xcb,
		xcb_get_property(peer->xcb, delete, peer->window, property,
			XCB_GET_PROPERTY_TYPE_ANY, 0, 64 << 20),
		NULL);
	if (!reply)
		die("cannot read a property");
	return reply;
}

static void wait_for_event(struct peer *peer, uint8_t type)
{
	for (;;) {
		xcb_generic_event_t *event = next_event(peer);
		xcb_property_notify_event_t *notify = (xcb_property_notify_event_t *)event;
		bool found = (event->response_type & 0x7f) == type &&
			(type != XCB_PROPERTY_NOTIFY ||
				(notify->state == XCB_PROPERTY_NEW_VALUE &&
					notify->atom == peer->property));
		bool refused = type == XCB_SELECTION_NOTIFY && found &&
			!((xcb_selection_notify_event_t *)event)->property;
		free(event);
		if (refused) {
			print("refused");
			exit(3);
		}
		if (found)
			return;
	}
}

static void convert(struct peer *peer, xcb_atom_t target)
{
	xcb_convert_selection(peer->xcb, peer->window, peer->selection, target, peer->property,
		server_time(peer));
	wait_for_event(peer, XCB_SELECTION_NOTIFY);
}

static void write_out(const xcb_get_property_reply_t *reply)
{
	fwrite(xcb_get_property_value(reply), 1, (size_t)xcb_get_property_value_length(reply),
		stdout);
}

static void ask(struct peer *peer, const char *how, xcb_atom_t target)
{
	convert(peer, target);
	xcb_get_property_reply_t *reply = read_property(peer, peer->property, false);
	bool incremental = reply->type == peer->incr;
	if (strcmp(how, "keep") == 0) {
		print("has");
		for (;;)
			free(next_event(peer));
	}
	if (strcmp(how, "types") == 0) {
		xcb_get_atom_name_reply_t *name = xcb_get_atom_name_reply(
			peer->xcb, xcb_get_atom_name(peer->xcb, reply->type), NULL);
		if (name)
			printf("%.*s\n", xcb_get_atom_name_name_length(name),
				xcb_get_atom_name_name(name));
		free(name);
		incremental = false;
	} else if (!incremental) {
		write_out(reply);
	}
	xcb_delete_property(peer->xcb, peer->window, peer->property);
	free(reply);
	while (incremental) {
		wait_for_event(peer, XCB_PROPERTY_NOTIFY);
		if (strcmp(how, "leave") == 0)
			return;
		reply = read_property(peer, peer->property, true);
		incremental = reply->value_len > 0;
		write_out(reply);
		free(reply);
	}
}

static void several(struct peer *peer, char **names, size_t n)
{
	xcb_atom_t pairs[64];
	for (size_t i = 0; i < n; i++) {
		char name[32];
		snprintf(name, sizeof(name), "XPEER_%zu", i);
		pairs[2 * i] = intern(peer, names[i]);
		pairs[2 * i + 1] = intern(peer, name);
	}
	xcb_change_property(peer->xcb, XCB_PROP_MODE_REPLACE, peer->window, peer->property,
		intern(peer, "ATOM_PAIR"), 32, (uint32_t)n * 2, pairs);
	xcb_convert_selection(peer->xcb, peer->window, peer->selection, intern(peer, "MULTIPLE"),
		peer->property, XCB_CURRENT_TIME);
	wait_for_event(peer, XCB_SELECTION_NOTIFY);
	xcb_get_property_reply_t *list = read_property(peer, peer->property, false);
	const xcb_atom_t *done = xcb_get_property_value(list);
	for (size_t i = 0; i < n; i++) {
		if (!done[2 * i + 1]) {
			printf("%s: refused\n", names[i]);
			continue;
		}
		xcb_get_property_reply_t *reply = read_property(peer, done[2 * i + 1], false);
		if (reply->type == peer->incr)
			printf("%s: in increments\n", names[i]);
		else
			printf("%s: %d\n", names[i], xcb_get_property_value_length(reply));
		free(reply);
	}
	free(list);
}

static xcb_window_t owner(struct peer *peer)
{
	xcb_get_selection_owner_reply_t *reply = xcb_get_selection_owner_reply(
		peer->xcb, xcb_get_selection_owner(peer->xcb, peer->selection), NULL);
	xcb_window_t window = reply ? reply->owner : XCB_WINDOW_NONE;
	free(reply);
	return window;
}

static void forge(struct peer *peer)
{
	xcb_window_t victim = owner(peer);
	const xcb_window_t requestors[] = {
		peer->screen->root, victim, victim + 1, victim - 1, 1, 0x7fffffff};
	const xcb_atom_t targets[] = {peer->targets, peer->utf8, peer->data, 0, 0x1fffffff,
		intern(peer, "MULTIPLE"), intern(peer, "TIMESTAMP")};
	for (size_t i = 0; i < sizeof(requestors) / sizeof(requestors[0]); i++) {
		for (size_t j = 0; j < sizeof(targets) / sizeof(targets[0]); j++) {
			char wire[32] = {0};
			*(xcb_selection_request_event_t *)wire = (xcb_selection_request_event_t){
				.response_type = XCB_SELECTION_REQUEST,
				.owner = victim,
				.requestor = requestors[i],
				.selection = peer->selection,
				.target = targets[j],
				.property = j % 2 ? peer->property : XCB_ATOM_NONE,
			};
			xcb_send_event(peer->xcb, 0, victim, 0, wire);
			xcb_convert_selection(peer->xcb, requestors[i], peer->selection, targets[j],
				peer->property, XCB_CURRENT_TIME);
		}
	}
	// Properties on its windows, and synthetic events.
	xcb_change_property(peer->xcb, XCB_PROP_MODE_REPLACE, victim, XCB_ATOM_INTEGER,
		XCB_ATOM_STRING, 8, 3, "bad");
	for (uint8_t type = XCB_KEY_PRESS; type <= XCB_MAPPING_NOTIFY; type++) {
		char wire[32] = {(char)type};
		memcpy(wire + 4, &victim, sizeof(victim));
		xcb_send_event(peer->xcb, 0, victim, 0, wire);
	}
	// The owner that is named can be another client's window.
	xcb_set_selection_owner(peer->xcb, victim, XCB_ATOM_SECONDARY, XCB_CURRENT_TIME);
	owner(peer);
}

static void show(struct peer *peer, const char *title)
{
	const uint32_t values[] = {
		peer->screen->white_pixel, XCB_EVENT_MASK_FOCUS_CHANGE | XCB_EVENT_MASK_EXPOSURE};
	xcb_window_t window = xcb_generate_id(peer->xcb);
	xcb_create_window(peer->xcb, XCB_COPY_FROM_PARENT, window, peer->screen->root, 0, 0, 120,
		80, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
		XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK, values);
	xcb_change_property(peer->xcb, XCB_PROP_MODE_REPLACE, window, XCB_ATOM_WM_NAME,
		XCB_ATOM_STRING, 8, (uint32_t)strlen(title), title);
	xcb_map_window(peer->xcb, window);
	for (;;) {
		xcb_generic_event_t *event = next_event(peer);
		uint8_t type = event->response_type & 0x7f;
		free(event);
		if (type == XCB_FOCUS_IN)
			print("focus");
		else if (type == XCB_FOCUS_OUT)
			print("no focus");
	}
}

static void storm(struct peer *peer, size_t n)
{
	for (size_t i = 0; i < n; i++)
		xcb_set_selection_owner(peer->xcb, i % 2 ? peer->window : XCB_WINDOW_NONE,
			peer->selection, XCB_CURRENT_TIME);
	owner(peer);
}

static void flood(struct peer *peer, size_t n)
{
	for (size_t i = 0; i < 2 * n; i++) {
		xcb_convert_selection(peer->xcb, peer->window, peer->selection,
			i < n ? peer->targets : peer->data, (xcb_atom_t)(1 + i % 60),
			XCB_CURRENT_TIME);
		if (i % 100 == 0)
			xcb_flush(peer->xcb);
		xcb_generic_event_t *event;
		while ((event = xcb_poll_for_event(peer->xcb)))
			free(event);
	}
	owner(peer);
}

int main(int argc, char **argv)
{
	struct peer peer = {.behaviour = ""};
	if (argc < 3)
		die("usage: xpeer COMMAND SELECTION [ARGUMENT...]");
	peer.xcb = xcb_connect(NULL, NULL);
	if (xcb_connection_has_error(peer.xcb))
		die("cannot connect to the X server");
	peer.screen = xcb_setup_roots_iterator(xcb_get_setup(peer.xcb)).data;
	peer.window = xcb_generate_id(peer.xcb);
	const uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
	xcb_create_window(peer.xcb, 0, peer.window, peer.screen->root, 0, 0, 1, 1, 0,
		XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &mask);
	peer.selection = intern(&peer, argv[2]);
	peer.targets = intern(&peer, "TARGETS");
	peer.incr = intern(&peer, "INCR");
	peer.utf8 = intern(&peer, "UTF8_STRING");
	peer.compound = intern(&peer, "COMPOUND_TEXT");
	peer.data = intern(&peer, "application/x-data");
	peer.property = intern(&peer, "XPEER");
	if (getenv("MARK"))
		peer.mark = intern(&peer, getenv("MARK"));
	const char *what = argv[1];
	if (strcmp(what, "owner") == 0) {
		printf("0x%x\n", owner(&peer));
	} else if (strcmp(what, "forge") == 0) {
		forge(&peer);
	} else if (strcmp(what, "show") == 0) {
		show(&peer, argv[2]);
	} else if (argc < 4) {
		die("missing argument");
	} else if (strcmp(what, "own") == 0) {
		peer.behaviour = argv[3];
		peer.size = argc > 4 ? strtoul(argv[4], NULL, 10) : 1 << 20;
		own(&peer);
	} else if (strcmp(what, "storm") == 0) {
		storm(&peer, strtoul(argv[3], NULL, 10));
	} else if (strcmp(what, "flood") == 0) {
		flood(&peer, strtoul(argv[3], NULL, 10));
	} else if (strcmp(what, "several") == 0) {
		several(&peer, argv + 3, argc - 3 < 32 ? (size_t)argc - 3 : 32);
	} else {
		ask(&peer, what, intern(&peer, argv[3]));
	}
	xcb_disconnect(peer.xcb);
	return 0;
}
