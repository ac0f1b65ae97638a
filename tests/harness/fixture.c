// SPDX-License-Identifier: MIT
#include "tests/harness/fixture.h"
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdlib.h>
#include <wayland-client-core.h>
#include "compositor/base/buffer.h"
#include "compositor/base/workers.h"
#include "compositor/output/capture.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"

static struct fixture *make(const struct server_options *options, bool draw_always)
{
	static const struct server_options defaults = {
		.virtual_clock = true,
		.width = 1280,
		.height = 720,
		.outputs = 1,
		.builtin_cursor = true,
	};
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));
	struct server_options chosen = options ? *options : defaults;
	if (!chosen.renderer)
		chosen.renderer = getenv("TEST_RENDERER");
	if (!chosen.virgl)
		chosen.virgl = getenv("TEST_VIRGL");
	wl_list_init(&fixture->clients);
	chosen.draw_always = draw_always;
	fixture->server = server_create(&chosen);
	check(fixture->server != NULL);
	fixture_pump(fixture);
	return fixture;
}

struct fixture *fixture_create(const struct server_options *options)
{
	return make(options, true);
}

struct fixture *fixture_create_virtual_output(void)
{
	return make(NULL, false);
}

struct fixture *fixture_create_shell(const char *shell)
{
	return fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 1280,
		.height = 720,
		.outputs = 1,
		.builtin_cursor = true,
		.shell = shell,
	});
}

void fixture_destroy(struct fixture *fixture)
{
	struct client *client, *tmp;
	wl_list_for_each_safe(client, tmp, &fixture->clients, link)
		client_destroy(client);
	server_destroy(fixture->server);
	free(fixture);
}

static bool readable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	return poll(&poll_fd, 1, 0) > 0;
}

// Returns whether the client had something to read.
static bool pump_client(struct client *client)
{
	bool busy = false;
	while (wl_display_prepare_read(client->display) < 0) {
		if (wl_display_dispatch_pending(client->display) < 0)
			return false;
		busy = true;
	}
	wl_display_flush(client->display);
	if (readable(wl_display_get_fd(client->display)) &&
		!wl_display_get_error(client->display)) {
		busy = wl_display_read_events(client->display) == 0 || busy;
	} else {
		wl_display_cancel_read(client->display);
	}
	wl_display_dispatch_pending(client->display);
	wl_display_flush(client->display);
	return busy;
}

void fixture_pump(struct fixture *fixture)
{
	struct server *server = fixture->server;
	// One more round after the last activity, as idle callbacks may have sent something.
	for (int quiet = 0; quiet < 2;) {
		bool busy = false;
		struct client *client, *tmp;
		wl_list_for_each_safe(client, tmp, &fixture->clients, link)
			busy = pump_client(client) || busy;
		busy = readable(wl_event_loop_get_fd(server->loop)) || busy;
		wl_event_loop_dispatch(server->loop, 0);
		uint64_t now = clock_now_ns(server->clock);
		if (clock_is_virtual(server->clock) && clock_next_ns(server->clock) <= now) {
			clock_advance_to(server->clock, now);
			busy = true;
		}
		wl_display_flush_clients(server->display);
		busy = busy || (workers_busy(server->workers) && !fixture->threads_hang);
		quiet = busy ? 0 : quiet + 1;
	}
}

void fixture_advance(struct fixture *fixture, uint64_t ns)
{
	struct clock *clock = fixture->server->clock;
	uint64_t end = clock_now_ns(clock) + ns;
	fixture_pump(fixture);
	// Timer by timer, so that clients react to each before the next one fires.
	while (clock_next_ns(clock) <= end) {
		clock_advance_to(clock, clock_next_ns(clock));
		fixture_pump(fixture);
	}
	clock_advance_to(clock, end);
	fixture_pump(fixture);
}

void fixture_frames(struct fixture *fixture, int count)
{
	for (int i = 0; i < count; i++)
		fixture_advance(fixture, NSEC_PER_SEC / 60 + 1);
}

static void send(struct fixture *fixture, struct input_event event)
{
	struct server *server = fixture->server;
	event.time_us = clock_now_ns(server->clock) / 1000;
	seat_input(server->seat, &event);
}

static void send_frame(struct fixture *fixture)
{
	send(fixture, (struct input_event){.type = INPUT_POINTER_FRAME});
	fixture_pump(fixture);
}

void fixture_move(struct fixture *fixture, double x, double y)
{
	send(fixture, (struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {x, y}});
	send_frame(fixture);
}

void fixture_button(struct fixture *fixture, uint32_t code, bool pressed)
{
	send(fixture, (struct input_event){.type = INPUT_BUTTON, .button = {code, pressed}});
	send_frame(fixture);
}

void fixture_click(struct fixture *fixture, double x, double y)
{
	fixture_move(fixture, x, y);
	fixture_button(fixture, BTN_LEFT, true);
	fixture_button(fixture, BTN_LEFT, false);
}

void fixture_key(struct fixture *fixture, uint32_t code, bool pressed)
{
	send(fixture, (struct input_event){.type = INPUT_KEY, .key = {code, pressed}});
	fixture_pump(fixture);
}

static void send_touch(
	struct fixture *fixture, enum input_event_type type, int id, double x, double y)
{
	send(fixture, (struct input_event){.type = type, .touch = {id, x, y, true}});
	send(fixture, (struct input_event){.type = INPUT_TOUCH_FRAME});
	fixture_pump(fixture);
}

void fixture_touch(struct fixture *fixture, int id, double x, double y)
{
	send_touch(fixture, INPUT_TOUCH_DOWN, id, x, y);
}

void fixture_touch_up(struct fixture *fixture, int id)
{
	send_touch(fixture, INPUT_TOUCH_UP, id, 0, 0);
}

uint32_t fixture_pixel(struct fixture *fixture, int x, int y)
{
	struct output *output = output_first(fixture->server);
	struct buffer *buffer = buffer_create_memfd(1, 1, DRM_FORMAT_XRGB8888);
	check(capture_output(output, &(struct box){x, y, 1, 1}, false, buffer));
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	uint32_t pixel = *(uint32_t *)pixels.data & 0xffffff;
	buffer_end_access(buffer);
	buffer_drop(buffer);
	return pixel;
}
