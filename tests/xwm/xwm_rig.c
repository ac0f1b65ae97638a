// SPDX-License-Identifier: MIT
#include "tests/xwm/xwm_rig.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xcb/xcbext.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/clock.h"
#include "compositor/base/guard.h"
#include "compositor/config/config.h"
#include "compositor/window/window.h"
#include "compositor/xwayland/xwayland.h"
#include "compositor/xwayland/xwm.h"

#define LIMIT_NS (30 * NSEC_PER_SEC)

extern const struct xwm_impl xwm_impl;

uint64_t xwm_rig_deadline(void)
{
	return clock_monotonic_ns() + LIMIT_NS;
}

void xwm_rig_check_time(struct xwm_rig *rig, uint64_t deadline, const char *condition)
{
	if (clock_monotonic_ns() < deadline)
		return;
	const char *pending = xwayland_pending(rig->xwayland);
	printf("never: %s; pending: %s\n", condition, pending ? pending : "nothing");
	check(false);
}

static void on_event(struct xwm_rig *rig, const xcb_generic_event_t *event)
{
	rig->events++;
	switch (event->response_type & 0x7f) {
	case XCB_CONFIGURE_NOTIFY: {
		const xcb_configure_notify_event_t *notify =
			(const xcb_configure_notify_event_t *)event;
		rig->configured = (struct box){notify->x, notify->y, notify->width, notify->height};
		rig->configured_synthetic = event->response_type & 0x80;
		break;
	}
	case XCB_FOCUS_IN:
		rig->focused = ((const xcb_focus_in_event_t *)event)->event;
		break;
	case XCB_FOCUS_OUT:
		rig->focused = XCB_NONE;
		break;
	case XCB_CLIENT_MESSAGE: {
		const xcb_client_message_event_t *message =
			(const xcb_client_message_event_t *)event;
		rig->message_type = message->type;
		memcpy(rig->message, message->data.data32, sizeof(rig->message));
		break;
	}
	}
}

void xwm_rig_turn(struct xwm_rig *rig)
{
	struct server *server = rig->fixture->server;
	wl_display_flush_clients(server->display);
	if (rig->xcb)
		xcb_flush(rig->xcb);
	wl_event_loop_dispatch(server->loop, 10);
	fixture_frames(rig->fixture, 1);
	xcb_generic_event_t *event;
	while (rig->xcb && (event = xcb_poll_for_event(rig->xcb))) {
		on_event(rig, event);
		free(event);
	}
}

// The reply to a request; turns until it has come.
static void *await_reply(struct xwm_rig *rig, unsigned sequence)
{
	void *reply = NULL;
	xcb_generic_error_t *error = NULL;
	xwm_rig_wait(rig, xcb_poll_for_reply(rig->xcb, sequence, &reply, &error));
	free(error);
	return reply;
}

void xwm_rig_sync(struct xwm_rig *rig)
{
	for (int i = 0; i < 2; i++) {
		free(await_reply(rig, xcb_get_input_focus(rig->xcb).sequence));
		xwm_rig_wait(rig, !xwayland_pending(rig->xwayland));
	}
}

xcb_connection_t *xwm_rig_connect(struct xwm_rig *rig)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/.X11-unix/X%s", test_dir(),
		xwayland_display(rig->xwayland) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd >= 0);
	check(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	// The window manager lets programs in when it is ready, so only turns help until then.
	xwm_rig_wait(rig, xwayland_pid(rig->xwayland));
	xwm_rig_wait(rig, !xwayland_pending(rig->xwayland));
	xcb_connection_t *xcb = xcb_connect_to_fd(fd, NULL);
	check(!xcb_connection_has_error(xcb));
	return xcb;
}

void xwm_rig_init(struct xwm_rig *rig)
{
	static const struct guard_options guard_options = {0};
	setenv("XWAYLAND_NO_GLAMOR", "1", 1);
	check((rig->guard = guard_create(&guard_options)) != NULL);
	rig->fixture = fixture_create(NULL);
	struct server *server = rig->fixture->server;
	check((rig->children = children_create(server->loop, rig->guard)) != NULL);
	server->config->xwayland.enabled = XWAYLAND_YES;
	const struct xwayland_options options = {
		.children = rig->children,
		.guard = rig->guard,
		.clock = server->clock,
		.folder = test_dir(),
		.impl = &xwm_impl,
		// Servers with the same number write their keymaps to the same file.
		.is_private = true,
	};
	rig->xwayland = server->xwayland = xwayland_create(server, &options);
	check(rig->xwayland != NULL);
	rig->xcb = xwm_rig_connect(rig);
	rig->screen = xcb_setup_roots_iterator(xcb_get_setup(rig->xcb)).data;
}

void xwm_rig_finish(struct xwm_rig *rig)
{
	if (rig->xcb)
		xcb_disconnect(rig->xcb);
	xwayland_destroy(rig->xwayland);
	rig->fixture->server->xwayland = NULL;
	children_destroy(rig->children);
	fixture_destroy(rig->fixture);
	guard_destroy(rig->guard);
	char *sockets = xasprintf("%s/.X11-unix", test_dir());
	remove_tree(sockets);
	free(sockets);
}

xcb_atom_t xwm_rig_atom(struct xwm_rig *rig, const char *name)
{
	xcb_intern_atom_reply_t *reply = await_reply(
		rig, xcb_intern_atom(rig->xcb, false, (uint16_t)strlen(name), name).sequence);
	check(reply != NULL);
	xcb_atom_t atom = reply->atom;
	free(reply);
	return atom;
}

xcb_window_t xwm_rig_window(struct xwm_rig *rig, const struct box *box, bool override_redirect)
{
	// A test may have connected anew.
	rig->screen = xcb_setup_roots_iterator(xcb_get_setup(rig->xcb)).data;
	xcb_window_t id = xcb_generate_id(rig->xcb);
	const uint32_t values[] = {0x00ff00, override_redirect,
		XCB_EVENT_MASK_STRUCTURE_NOTIFY | XCB_EVENT_MASK_FOCUS_CHANGE};
	xcb_create_window(rig->xcb, XCB_COPY_FROM_PARENT, id, rig->screen->root, (int16_t)box->x,
		(int16_t)box->y, (uint16_t)box->width, (uint16_t)box->height, 1,
		XCB_WINDOW_CLASS_INPUT_OUTPUT, rig->screen->root_visual,
		XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
	return id;
}

struct window *xwm_rig_find(struct xwm_rig *rig, const char *title)
{
	struct window *window;
	wl_list_for_each(window, &rig->fixture->server->windows, link) {
		if (window->mapped && window->title && strcmp(window->title, title) == 0)
			return window;
	}
	return NULL;
}

struct window *xwm_rig_show(struct xwm_rig *rig, xcb_window_t *id, const struct box *box)
{
	char title[32];
	struct window *window = NULL;
	*id = xwm_rig_window(rig, box, false);
	snprintf(title, sizeof(title), "0x%x", *id);
	xwm_rig_set_text(rig, *id, "WM_NAME", title);
	xcb_map_window(rig->xcb, *id);
	xwm_rig_wait(rig, (window = xwm_rig_find(rig, title)));
	xwm_rig_sync(rig);
	return window;
}

void xwm_rig_set(struct xwm_rig *rig, xcb_window_t id, const char *name, xcb_atom_t type,
	const uint32_t *numbers, uint32_t count)
{
	xcb_change_property(rig->xcb, XCB_PROP_MODE_REPLACE, id, xwm_rig_atom(rig, name), type, 32,
		count, numbers);
}

void xwm_rig_set_text(struct xwm_rig *rig, xcb_window_t id, const char *name, const char *text)
{
	bool utf8 = strncmp(name, "_NET", 4) == 0;
	xcb_atom_t type = utf8 ? xwm_rig_atom(rig, "UTF8_STRING") : XCB_ATOM_STRING;
	xcb_change_property(rig->xcb, XCB_PROP_MODE_REPLACE, id, xwm_rig_atom(rig, name), type, 8,
		(uint32_t)strlen(text), text);
}

size_t xwm_rig_get(
	struct xwm_rig *rig, xcb_window_t id, const char *name, uint32_t *into, size_t max)
{
	xcb_get_property_reply_t *reply = await_reply(rig,
		xcb_get_property(rig->xcb, false, id, xwm_rig_atom(rig, name),
			XCB_GET_PROPERTY_TYPE_ANY, 0, (uint32_t)max)
			.sequence);
	size_t count = reply && reply->format == 32 ? reply->value_len : 0;
	if (count)
		memcpy(into, xcb_get_property_value(reply), count * sizeof(*into));
	free(reply);
	return count;
}

void xwm_rig_send(struct xwm_rig *rig, xcb_window_t id, const char *type, uint32_t a, uint32_t b,
	uint32_t c, uint32_t d, uint32_t e)
{
	xcb_client_message_event_t event = {
		.response_type = XCB_CLIENT_MESSAGE,
		.format = 32,
		.window = id,
		.type = xwm_rig_atom(rig, type),
		.data.data32 = {a, b, c, d, e},
	};
	xcb_send_event(rig->xcb, false, rig->screen->root,
		XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
		(const char *)&event);
}

xcb_window_t xwm_rig_focus(struct xwm_rig *rig)
{
	xcb_get_input_focus_reply_t *reply =
		await_reply(rig, xcb_get_input_focus(rig->xcb).sequence);
	check(reply != NULL);
	xcb_window_t focus = reply->focus;
	free(reply);
	return focus;
}

struct box xwm_rig_box(struct xwm_rig *rig, xcb_window_t id)
{
	xcb_get_geometry_reply_t *reply = await_reply(rig, xcb_get_geometry(rig->xcb, id).sequence);
	check(reply != NULL);
	struct box box = {reply->x, reply->y, reply->width, reply->height};
	check_eq(reply->border_width, 0);
	free(reply);
	return box;
}
