// SPDX-License-Identifier: MIT
// Acts on a window of the X server as window managers and other clients do.
//
// usage: xprobe ping WINDOW             prints "pong" if it replies to _NET_WM_PING
//        xprobe delete WINDOW           sends WM_DELETE_WINDOW
//        xprobe storm WINDOW N WxH      sets N sizes, WxH as the last one
//        xprobe forge WINDOW            sends synthetic events
//        xprobe property WINDOW NAME    prints the size of a property in bytes
//        xprobe cursor                  prints the cursor's size, hotspot, number of opaque pixels
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>
#include <xcb/xfixes.h>

struct probe {
	xcb_connection_t *xcb;
	xcb_screen_t *screen;
	xcb_window_t window;
};

static _Noreturn void die(const char *text)
{
	fprintf(stderr, "xprobe: %s\n", text);
	exit(1);
}

static xcb_atom_t intern(struct probe *probe, const char *name)
{
	xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
		probe->xcb, xcb_intern_atom(probe->xcb, 0, (uint16_t)strlen(name), name), NULL);
	xcb_atom_t atom = reply ? reply->atom : XCB_ATOM_NONE;
	free(reply);
	return atom;
}

// Waits until the server has processed all requests.
static void sync_server(struct probe *probe)
{
	free(xcb_get_input_focus_reply(probe->xcb, xcb_get_input_focus(probe->xcb), NULL));
}

static xcb_client_message_event_t protocol(struct probe *probe, const char *name)
{
	return (xcb_client_message_event_t){
		.response_type = XCB_CLIENT_MESSAGE,
		.format = 32,
		.window = probe->window,
		.type = intern(probe, "WM_PROTOCOLS"),
		.data.data32 = {intern(probe, name), XCB_CURRENT_TIME, probe->window},
	};
}

static void send_event(struct probe *probe, const void *event)
{
	xcb_send_event(probe->xcb, 0, probe->window, XCB_EVENT_MASK_NO_EVENT, event);
}

static int ping(struct probe *probe)
{
	const uint32_t mask = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
	xcb_client_message_event_t message = protocol(probe, "_NET_WM_PING");
	xcb_change_window_attributes(probe->xcb, probe->screen->root, XCB_CW_EVENT_MASK, &mask);
	send_event(probe, &message);
	xcb_flush(probe->xcb);
	xcb_generic_event_t *event;
	while ((event = xcb_wait_for_event(probe->xcb))) {
		const xcb_client_message_event_t *answer = (xcb_client_message_event_t *)event;
		if ((event->response_type & 0x7f) == XCB_CLIENT_MESSAGE &&
			answer->window == probe->screen->root && answer->type == message.type &&
			answer->data.data32[0] == message.data.data32[0] &&
			answer->data.data32[2] == probe->window) {
			free(event);
			puts("pong");
			return 0;
		}
		free(event);
	}
	return 1;
}

static int storm(struct probe *probe, int count, int width, int height)
{
	const uint16_t mask = XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT;
	for (int i = count; i > 0; i--) {
		uint32_t size[] = {(uint32_t)width, (uint32_t)height};
		if (i > 1) {
			size[0] = (uint32_t)(i * 7919) % (i % 100 ? 1500 : 30000) + 1;
			size[1] = (uint32_t)(i * 104729) % (i % 100 ? 1200 : 30000) + 1;
		}
		xcb_configure_window(probe->xcb, probe->window, mask, size);
	}
	sync_server(probe);
	return 0;
}

static int forge(struct probe *probe)
{
	const xcb_window_t window = probe->window;
	const xcb_destroy_notify_event_t destroy = {
		.response_type = XCB_DESTROY_NOTIFY, .event = window, .window = window};
	const xcb_configure_notify_event_t configure = {
		.response_type = XCB_CONFIGURE_NOTIFY, .event = window, .window = window};
	const xcb_expose_event_t expose = {.response_type = XCB_EXPOSE,
		.window = window,
		.x = 65000,
		.y = 65000,
		.width = 65535,
		.height = 65535};
	xcb_client_message_event_t message = protocol(probe, "WM_DELETE_WINDOW");
	char bytes[32];
	send_event(probe, &destroy);
	send_event(probe, &expose);
	message.format = 8;
	send_event(probe, &message);
	for (int type = 2; type < 128; type++) {
		if (type == XCB_CLIENT_MESSAGE)
			continue;
		memset(bytes, 0xff, sizeof(bytes));
		bytes[0] = (char)type;
		memcpy(bytes + 4, &window, sizeof(window));
		send_event(probe, bytes);
	}
	send_event(probe, &configure);
	sync_server(probe);
	return 0;
}

static int property(struct probe *probe, const char *name)
{
	xcb_get_property_reply_t *reply = xcb_get_property_reply(probe->xcb,
		xcb_get_property(probe->xcb, 0, probe->window, intern(probe, name), XCB_ATOM_ANY, 0,
			1 << 20),
		NULL);
	if (!reply)
		return 1;
	printf("%d\n", xcb_get_property_value_length(reply));
	free(reply);
	return 0;
}

static int cursor(struct probe *probe)
{
	xcb_discard_reply(probe->xcb, xcb_xfixes_query_version(probe->xcb, 4, 0).sequence);
	xcb_xfixes_get_cursor_image_reply_t *reply = xcb_xfixes_get_cursor_image_reply(
		probe->xcb, xcb_xfixes_get_cursor_image(probe->xcb), NULL);
	if (!reply)
		return 1;
	const uint32_t *pixels = xcb_xfixes_get_cursor_image_cursor_image(reply);
	int opaque = 0;
	for (int i = 0; i < xcb_xfixes_get_cursor_image_cursor_image_length(reply); i++)
		opaque += pixels[i] >> 24 == 0xff;
	printf("%dx%d %d,%d %d\n", reply->width, reply->height, reply->xhot, reply->yhot, opaque);
	free(reply);
	return 0;
}

static int run_command(struct probe *probe, int argc, char **argv)
{
	const char *verb = argv[1];
	int width, height;
	if (strcmp(verb, "cursor") == 0)
		return cursor(probe);
	if (argc < 3)
		die("missing window");
	probe->window = (xcb_window_t)strtoul(argv[2], NULL, 0);
	if (strcmp(verb, "ping") == 0)
		return ping(probe);
	if (strcmp(verb, "forge") == 0)
		return forge(probe);
	if (strcmp(verb, "property") == 0 && argc == 4)
		return property(probe, argv[3]);
	if (strcmp(verb, "storm") == 0 && argc == 5 &&
		sscanf(argv[4], "%dx%d", &width, &height) == 2)
		return storm(probe, atoi(argv[3]), width, height);
	if (strcmp(verb, "delete") == 0) {
		const xcb_client_message_event_t message = protocol(probe, "WM_DELETE_WINDOW");
		send_event(probe, &message);
		sync_server(probe);
		return 0;
	}
	die("unknown command");
}

int main(int argc, char **argv)
{
	struct probe probe = {.xcb = xcb_connect(NULL, NULL)};
	if (argc < 2 || xcb_connection_has_error(probe.xcb))
		die("cannot connect to the X server, or no command");
	probe.screen = xcb_setup_roots_iterator(xcb_get_setup(probe.xcb)).data;
	int status = run_command(&probe, argc, argv);
	xcb_disconnect(probe.xcb);
	return status;
}
