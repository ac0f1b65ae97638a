// SPDX-License-Identifier: MIT
// Selections between X programs and others: who may read, what is offered, and a server that has
// stopped. tests/xwayland/clipboard.sh has the transfers.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/datasource.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/focus.h"
#include "compositor/xwayland/xwayland.h"
#include "tests/xwm/xwm_rig.h"

static const struct box somewhere = {0, 0, 200, 100};
static const char text_type[] = "text/plain;charset=utf-8";

// A program of its own, without a window that is shown.
struct peer {
	struct xwm_rig *rig;
	xcb_connection_t *xcb;
	xcb_window_t window;
	xcb_atom_t clipboard, utf8, targets, property;
};

static struct peer peer_create(struct xwm_rig *rig)
{
	struct peer peer = {.rig = rig, .xcb = xwm_rig_connect(rig)};
	const uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
	peer.window = xcb_generate_id(peer.xcb);
	xcb_create_window(peer.xcb, 0, peer.window, rig->screen->root, 0, 0, 1, 1, 0,
		XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &mask);
	peer.clipboard = xwm_rig_atom(rig, "CLIPBOARD");
	peer.utf8 = xwm_rig_atom(rig, "UTF8_STRING");
	peer.targets = xwm_rig_atom(rig, "TARGETS");
	peer.property = xwm_rig_atom(rig, "PEER");
	return peer;
}

// NULL: no event of that type has come. Others are dropped.
static void *peer_poll(const struct peer *peer, uint8_t type)
{
	xcb_generic_event_t *event;
	xcb_flush(peer->xcb);
	while ((event = xcb_poll_for_event(peer->xcb))) {
		if ((event->response_type & 0x7f) == type)
			return event;
		free(event);
	}
	return NULL;
}

static void *peer_wait(const struct peer *peer, uint8_t type)
{
	void *event = NULL;
	xwm_rig_wait(peer->rig, (event = peer_poll(peer, type)));
	return event;
}

// Whether the clipboard has this text for X programs; NULL: it is refused.
static bool peer_reads(const struct peer *peer, const char *text)
{
	xcb_convert_selection(peer->xcb, peer->window, peer->clipboard, peer->utf8, peer->property,
		XCB_CURRENT_TIME);
	xcb_selection_notify_event_t *notify = peer_wait(peer, XCB_SELECTION_NOTIFY);
	bool refused = notify->property == XCB_NONE;
	free(notify);
	if (refused || !text)
		return refused && !text;
	xcb_get_property_reply_t *reply = xcb_get_property_reply(peer->xcb,
		xcb_get_property(peer->xcb, true, peer->window, peer->property,
			XCB_GET_PROPERTY_TYPE_ANY, 0, 1024),
		NULL);
	check(reply != NULL);
	size_t size = (size_t)xcb_get_property_value_length(reply);
	bool same = size == strlen(text) && memcmp(xcb_get_property_value(reply), text, size) == 0;
	free(reply);
	return same;
}

// Answers the next request: with the list of targets, or with the text.
static void peer_answer(const struct peer *peer, const char *text)
{
	xcb_selection_request_event_t *request = peer_wait(peer, XCB_SELECTION_REQUEST);
	if (request->target == peer->targets)
		xcb_change_property(peer->xcb, XCB_PROP_MODE_REPLACE, request->requestor,
			request->property, XCB_ATOM_ATOM, 32, 1, &peer->utf8);
	else
		xcb_change_property(peer->xcb, XCB_PROP_MODE_REPLACE, request->requestor,
			request->property, peer->utf8, 8, (uint32_t)strlen(text), text);
	char wire[32] = {0};
	*(xcb_selection_notify_event_t *)wire = (xcb_selection_notify_event_t){
		.response_type = XCB_SELECTION_NOTIFY,
		.requestor = request->requestor,
		.selection = request->selection,
		.target = request->target,
		.property = request->property,
	};
	xcb_send_event(peer->xcb, false, request->requestor, 0, wire);
	xcb_flush(peer->xcb);
	free(request);
}

static void copy(struct xwm_rig *rig, const char *mime, const char *text)
{
	struct server *server = rig->fixture->server;
	struct data_source *source =
		data_source_create_static(server->loop, &mime, 1, text, strlen(text));
	check(selection_set(&server->seat->clipboard, source, server_next_serial(server)));
}

TEST_F(xwm_rig, x_programs_read_while_one_has_the_focus)
{
	struct peer peer = peer_create(rig);
	struct shell *shell = rig->fixture->server->shell;
	copy(rig, text_type, "one");
	xwm_rig_sync(rig);
	check(peer_reads(&peer, NULL)); // no window has the focus yet
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	check(peer_reads(&peer, "one"));
	copy(rig, text_type, "two");
	xwm_rig_sync(rig);
	check(peer_reads(&peer, "two"));
	shell_activate(shell, NULL);
	xwm_rig_sync(rig);
	for (int i = 0; i < 20; i++)
		check(peer_reads(&peer, NULL));
	shell_activate(shell, window);
	xwm_rig_sync(rig);
	check(peer_reads(&peer, "two"));
	xcb_disconnect(peer.xcb);
}

TEST_F(xwm_rig, others_read_what_an_x_program_selects)
{
	struct peer peer = peer_create(rig);
	const struct selection *selection = &rig->fixture->server->seat->clipboard;
	copy(rig, text_type, "ours");
	xwm_rig_sync(rig);
	xcb_set_selection_owner(peer.xcb, peer.window, peer.clipboard, XCB_CURRENT_TIME);
	peer_answer(&peer, NULL);
	xwm_rig_wait(rig, selection->source && data_source_has(selection->source, "UTF8_STRING"));
	check(selection->origin != NULL);
	int ends[2];
	char got[16] = "";
	check(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	data_source_send(selection->source, text_type, ends[1]);
	peer_answer(&peer, "theirs");
	xwm_rig_wait(rig, read(ends[0], got, sizeof(got) - 1) > 0);
	check_str(got, "theirs");
	close(ends[0]);
	// It is not claimed by what it came through, and ends with its owner.
	xwm_rig_sync(rig);
	xcb_get_selection_owner_reply_t *owner = xcb_get_selection_owner_reply(
		peer.xcb, xcb_get_selection_owner(peer.xcb, peer.clipboard), NULL);
	check(owner && owner->owner == peer.window);
	free(owner);
	xcb_disconnect(peer.xcb);
	xwm_rig_wait(rig, !selection->source);
}

// Without bounds on what is sent to it, the first write to a full socket would wait for ever.
TEST_F(xwm_rig, stopped_server_holds_up_no_selection)
{
	struct peer peer = peer_create(rig);
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	check(kill(xwayland_pid(rig->xwayland), SIGSTOP) == 0);
	for (int i = 0; i < 3000; i++) {
		char mime[300];
		snprintf(mime, sizeof(mime), "x-type/%0200d", i);
		copy(rig, mime, "other");
		if (i % 100 == 0)
			xwm_rig_turn(rig);
	}
	copy(rig, text_type, "last");
	check(kill(xwayland_pid(rig->xwayland), SIGCONT) == 0);
	xwm_rig_sync(rig);
	check(peer_reads(&peer, "last"));
	xcb_disconnect(peer.xcb);
}
