// SPDX-License-Identifier: MIT
#include "tests/harness/tablet_log.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "tests/harness/test.h"

static void add(struct tablet_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct tablet_log *log, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(log->text + log->length, sizeof(log->text) - log->length, format, args);
	va_end(args);
	log->length += (size_t)n;
	check(log->length < sizeof(log->text));
}

static double number(wl_fixed_t value)
{
	return wl_fixed_to_double(value);
}

#define KEEP(log, what, object) \
	do { \
		check((log)->n_##what < array_length((log)->what)); \
		(log)->what[(log)->n_##what++] = (object); \
	} while (0)

// Tablets

static void on_name(void *data, struct zwp_tablet_v2 *tablet, const char *name)
{
	add(data, "name %s / ", name);
}

static void on_id(void *data, struct zwp_tablet_v2 *tablet, uint32_t vendor, uint32_t product)
{
	add(data, "id %x:%x / ", vendor, product);
}

static void on_path(void *data, struct zwp_tablet_v2 *tablet, const char *path)
{
	add(data, "path %s / ", path);
}

static void on_tablet_done(void *data, struct zwp_tablet_v2 *tablet)
{
	add(data, "tablet done / ");
}

static void on_tablet_removed(void *data, struct zwp_tablet_v2 *tablet)
{
	add(data, "tablet removed / ");
}

static void on_bus(void *data, struct zwp_tablet_v2 *tablet, uint32_t bus)
{
	add(data, "bus %u / ", bus);
}

static const struct zwp_tablet_v2_listener tablet_listener = {
	.name = on_name,
	.id = on_id,
	.path = on_path,
	.done = on_tablet_done,
	.removed = on_tablet_removed,
	.bustype = on_bus,
};

// Tools

static void on_type(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t type)
{
	add(data, "type %#x / ", type);
}

static void on_serial(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t high, uint32_t low)
{
	add(data, "serial %x:%x / ", high, low);
}

static void on_hardware(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t high, uint32_t low)
{
	add(data, "hardware %x:%x / ", high, low);
}

static void on_capability(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t capability)
{
	add(data, "can %u / ", capability);
}

static void on_tool_done(void *data, struct zwp_tablet_tool_v2 *tool)
{
	add(data, "tool done / ");
}

static void on_tool_removed(void *data, struct zwp_tablet_tool_v2 *tool)
{
	add(data, "tool removed / ");
}

static void on_in(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t serial,
	struct zwp_tablet_v2 *tablet, struct wl_surface *surface)
{
	struct tablet_log *log = data;
	log->in_serial = serial;
	bool known = false;
	for (unsigned i = 0; i < log->n_tablets; i++)
		known = known || log->tablets[i] == tablet;
	add(log, known ? "in / " : "in at another tablet / ");
}

static void on_out(void *data, struct zwp_tablet_tool_v2 *tool)
{
	add(data, "out / ");
}

static void on_down(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t serial)
{
	struct tablet_log *log = data;
	log->down_serial = serial;
	add(log, "down / ");
}

static void on_up(void *data, struct zwp_tablet_tool_v2 *tool)
{
	add(data, "up / ");
}

static void on_motion(void *data, struct zwp_tablet_tool_v2 *tool, wl_fixed_t x, wl_fixed_t y)
{
	add(data, "at %g,%g / ", number(x), number(y));
}

static void on_pressure(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t pressure)
{
	add(data, "pressure %u / ", pressure);
}

static void on_distance(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t distance)
{
	add(data, "distance %u / ", distance);
}

static void on_tilt(void *data, struct zwp_tablet_tool_v2 *tool, wl_fixed_t x, wl_fixed_t y)
{
	add(data, "tilt %g,%g / ", number(x), number(y));
}

static void on_rotation(void *data, struct zwp_tablet_tool_v2 *tool, wl_fixed_t degrees)
{
	add(data, "rotation %g / ", number(degrees));
}

static void on_slider(void *data, struct zwp_tablet_tool_v2 *tool, int32_t position)
{
	add(data, "slider %d / ", position);
}

static void on_wheel(
	void *data, struct zwp_tablet_tool_v2 *tool, wl_fixed_t degrees, int32_t clicks)
{
	add(data, "wheel %g %d / ", number(degrees), clicks);
}

static void on_button(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t serial, uint32_t button,
	uint32_t state)
{
	struct tablet_log *log = data;
	log->button_serial = serial;
	add(log, "button %#x %s / ", button, state ? "down" : "up");
}

static void on_tool_frame(void *data, struct zwp_tablet_tool_v2 *tool, uint32_t time)
{
	add(data, "frame / ");
}

static const struct zwp_tablet_tool_v2_listener tool_listener = {
	.type = on_type,
	.hardware_serial = on_serial,
	.hardware_id_wacom = on_hardware,
	.capability = on_capability,
	.done = on_tool_done,
	.removed = on_tool_removed,
	.proximity_in = on_in,
	.proximity_out = on_out,
	.down = on_down,
	.up = on_up,
	.motion = on_motion,
	.pressure = on_pressure,
	.distance = on_distance,
	.tilt = on_tilt,
	.rotation = on_rotation,
	.slider = on_slider,
	.wheel = on_wheel,
	.button = on_button,
	.frame = on_tool_frame,
};

// Pads

static void on_ring_source(void *data, struct zwp_tablet_pad_ring_v2 *ring, uint32_t source)
{
	add(data, "finger %u / ", source);
}

static void on_angle(void *data, struct zwp_tablet_pad_ring_v2 *ring, wl_fixed_t degrees)
{
	add(data, "angle %g / ", number(degrees));
}

static void on_ring_stop(void *data, struct zwp_tablet_pad_ring_v2 *ring)
{
	add(data, "stop / ");
}

static void on_ring_frame(void *data, struct zwp_tablet_pad_ring_v2 *ring, uint32_t time)
{
	add(data, "ring frame / ");
}

static const struct zwp_tablet_pad_ring_v2_listener ring_listener = {
	.source = on_ring_source,
	.angle = on_angle,
	.stop = on_ring_stop,
	.frame = on_ring_frame,
};

static void on_strip_source(void *data, struct zwp_tablet_pad_strip_v2 *strip, uint32_t source)
{
	add(data, "finger %u / ", source);
}

static void on_position(void *data, struct zwp_tablet_pad_strip_v2 *strip, uint32_t position)
{
	add(data, "position %u / ", position);
}

static void on_strip_stop(void *data, struct zwp_tablet_pad_strip_v2 *strip)
{
	add(data, "stop / ");
}

static void on_strip_frame(void *data, struct zwp_tablet_pad_strip_v2 *strip, uint32_t time)
{
	add(data, "strip frame / ");
}

static const struct zwp_tablet_pad_strip_v2_listener strip_listener = {
	.source = on_strip_source,
	.position = on_position,
	.stop = on_strip_stop,
	.frame = on_strip_frame,
};

static void on_delta(void *data, struct zwp_tablet_pad_dial_v2 *dial, int32_t value)
{
	add(data, "dial %d / ", value);
}

static void on_dial_frame(void *data, struct zwp_tablet_pad_dial_v2 *dial, uint32_t time)
{
	add(data, "dial frame / ");
}

static const struct zwp_tablet_pad_dial_v2_listener dial_listener = {
	.delta = on_delta,
	.frame = on_dial_frame,
};

static void on_group_buttons(
	void *data, struct zwp_tablet_pad_group_v2 *group, struct wl_array *buttons)
{
	const uint32_t *button = NULL;
	add(data, "group of");
	wl_array_for_each(button, buttons)
		add(data, " %u", *button);
	add(data, " / ");
}

static void on_ring(
	void *data, struct zwp_tablet_pad_group_v2 *group, struct zwp_tablet_pad_ring_v2 *ring)
{
	struct tablet_log *log = data;
	KEEP(log, rings, ring);
	zwp_tablet_pad_ring_v2_add_listener(ring, &ring_listener, log);
	add(log, "ring / ");
}

static void on_strip(
	void *data, struct zwp_tablet_pad_group_v2 *group, struct zwp_tablet_pad_strip_v2 *strip)
{
	struct tablet_log *log = data;
	KEEP(log, strips, strip);
	zwp_tablet_pad_strip_v2_add_listener(strip, &strip_listener, log);
	add(log, "strip / ");
}

static void on_dial(
	void *data, struct zwp_tablet_pad_group_v2 *group, struct zwp_tablet_pad_dial_v2 *dial)
{
	struct tablet_log *log = data;
	KEEP(log, dials, dial);
	zwp_tablet_pad_dial_v2_add_listener(dial, &dial_listener, log);
	add(log, "dial / ");
}

static void on_modes(void *data, struct zwp_tablet_pad_group_v2 *group, uint32_t modes)
{
	add(data, "modes %u / ", modes);
}

static void on_group_done(void *data, struct zwp_tablet_pad_group_v2 *group)
{
	add(data, "group done / ");
}

static void on_mode_switch(void *data, struct zwp_tablet_pad_group_v2 *group, uint32_t time,
	uint32_t serial, uint32_t mode)
{
	struct tablet_log *log = data;
	log->mode_serial = serial;
	add(log, "mode %u / ", mode);
}

static const struct zwp_tablet_pad_group_v2_listener group_listener = {
	.buttons = on_group_buttons,
	.ring = on_ring,
	.strip = on_strip,
	.modes = on_modes,
	.done = on_group_done,
	.mode_switch = on_mode_switch,
	.dial = on_dial,
};

static void on_group(
	void *data, struct zwp_tablet_pad_v2 *pad, struct zwp_tablet_pad_group_v2 *group)
{
	struct tablet_log *log = data;
	KEEP(log, groups, group);
	zwp_tablet_pad_group_v2_add_listener(group, &group_listener, log);
}

static void on_pad_path(void *data, struct zwp_tablet_pad_v2 *pad, const char *path)
{
	add(data, "path %s / ", path);
}

static void on_pad_buttons(void *data, struct zwp_tablet_pad_v2 *pad, uint32_t count)
{
	add(data, "buttons %u / ", count);
}

static void on_pad_done(void *data, struct zwp_tablet_pad_v2 *pad)
{
	add(data, "pad done / ");
}

static void on_pad_button(
	void *data, struct zwp_tablet_pad_v2 *pad, uint32_t time, uint32_t button, uint32_t state)
{
	add(data, "pad button %u %s / ", button, state ? "down" : "up");
}

static void on_pad_enter(void *data, struct zwp_tablet_pad_v2 *pad, uint32_t serial,
	struct zwp_tablet_v2 *tablet, struct wl_surface *surface)
{
	add(data, "pad enter / ");
}

static void on_pad_leave(
	void *data, struct zwp_tablet_pad_v2 *pad, uint32_t serial, struct wl_surface *surface)
{
	add(data, "pad leave / ");
}

static void on_pad_removed(void *data, struct zwp_tablet_pad_v2 *pad)
{
	add(data, "pad removed / ");
}

static const struct zwp_tablet_pad_v2_listener pad_listener = {
	.group = on_group,
	.path = on_pad_path,
	.buttons = on_pad_buttons,
	.done = on_pad_done,
	.button = on_pad_button,
	.enter = on_pad_enter,
	.leave = on_pad_leave,
	.removed = on_pad_removed,
};

// The seat

static void on_tablet_added(
	void *data, struct zwp_tablet_seat_v2 *seat, struct zwp_tablet_v2 *tablet)
{
	struct tablet_log *log = data;
	KEEP(log, tablets, tablet);
	zwp_tablet_v2_add_listener(tablet, &tablet_listener, log);
}

static void on_tool_added(
	void *data, struct zwp_tablet_seat_v2 *seat, struct zwp_tablet_tool_v2 *tool)
{
	struct tablet_log *log = data;
	KEEP(log, tools, tool);
	zwp_tablet_tool_v2_add_listener(tool, &tool_listener, log);
}

static void on_pad_added(void *data, struct zwp_tablet_seat_v2 *seat, struct zwp_tablet_pad_v2 *pad)
{
	struct tablet_log *log = data;
	KEEP(log, pads, pad);
	zwp_tablet_pad_v2_add_listener(pad, &pad_listener, log);
}

static const struct zwp_tablet_seat_v2_listener seat_listener = {
	.tablet_added = on_tablet_added,
	.tool_added = on_tool_added,
	.pad_added = on_pad_added,
};

void tablet_log_begin(struct tablet_log *log, struct client *client)
{
	*log = (struct tablet_log){.client = client};
	log->manager = client_bind(client, &zwp_tablet_manager_v2_interface, 2);
	check(log->manager != NULL);
	log->seat = zwp_tablet_manager_v2_get_tablet_seat(log->manager, client->seat);
	zwp_tablet_seat_v2_add_listener(log->seat, &seat_listener, log);
	fixture_pump(client->fixture);
}

void tablet_log_end(struct tablet_log *log)
{
	for (unsigned i = 0; i < log->n_tablets; i++)
		zwp_tablet_v2_destroy(log->tablets[i]);
	for (unsigned i = 0; i < log->n_tools; i++)
		zwp_tablet_tool_v2_destroy(log->tools[i]);
	for (unsigned i = 0; i < log->n_rings; i++)
		zwp_tablet_pad_ring_v2_destroy(log->rings[i]);
	for (unsigned i = 0; i < log->n_strips; i++)
		zwp_tablet_pad_strip_v2_destroy(log->strips[i]);
	for (unsigned i = 0; i < log->n_dials; i++)
		zwp_tablet_pad_dial_v2_destroy(log->dials[i]);
	for (unsigned i = 0; i < log->n_groups; i++)
		zwp_tablet_pad_group_v2_destroy(log->groups[i]);
	for (unsigned i = 0; i < log->n_pads; i++)
		zwp_tablet_pad_v2_destroy(log->pads[i]);
	zwp_tablet_seat_v2_destroy(log->seat);
	zwp_tablet_manager_v2_destroy(log->manager);
}

const char *tablet_log_take(struct tablet_log *log)
{
	static const size_t half = sizeof(log->text) / 2;
	fixture_pump(log->client->fixture);
	check(log->length < half);
	memcpy(log->text + half, log->text, log->length + 1);
	log->text[0] = 0;
	log->length = 0;
	return log->text + half;
}

// The hardware

static const struct input_tablet tablet_info = {0x56a, 0x357, 3, "/dev/input/event7"};

static const struct input_pad_group groups[] = {
	{.buttons = 0x7, .rings = 1, .modes = 4},
	{.buttons = 0x38, .strips = 3, .dials = 1, .modes = 1},
};

static const struct input_pad pad_info = {"/dev/input/event8", 6, groups, array_length(groups)};

const struct input_device test_tablet = {
	.type = INPUT_TABLET,
	.name = "Pen tablet",
	.hardware = 1,
	.tablet = &tablet_info,
};

const struct input_device test_pad = {
	.type = INPUT_PAD,
	.name = "Pad",
	.hardware = 1,
	.pad = &pad_info,
};

const struct input_tool test_pen = {
	.id = 1,
	.type = INPUT_TOOL_PEN,
	.axes = TOOL_PLACE | TOOL_PRESSURE | TOOL_TILT,
};

const struct input_tool test_airbrush = {
	.id = 2,
	.type = INPUT_TOOL_AIRBRUSH,
	.serial = 0x123456789a,
	.hardware_id = 0xd12,
	.axes = TOOL_PLACE | TOOL_PRESSURE | TOOL_DISTANCE | TOOL_TILT | TOOL_ROTATION |
		TOOL_SLIDER,
};

const struct input_tool test_mouse = {
	.id = 3,
	.type = INPUT_TOOL_MOUSE,
	.axes = TOOL_MOVE | TOOL_WHEEL,
};

static void send(struct fixture *fixture, struct input_event event)
{
	struct server *server = fixture->server;
	event.time_us = clock_now_ns(server->clock) / 1000;
	seat_input(server->seat, &event);
}

void fixture_plug(struct fixture *fixture, const struct input_device *device)
{
	send(fixture, (struct input_event){.type = INPUT_DEVICE_ADDED, .device = device});
}

void fixture_unplug(struct fixture *fixture, const struct input_device *device)
{
	send(fixture, (struct input_event){.type = INPUT_DEVICE_REMOVED, .device = device});
}

void fixture_tool(struct fixture *fixture, const struct input_tool *tool,
	enum input_event_type type, bool on, uint32_t code, const struct input_tool_axes *axes)
{
	send(fixture,
		(struct input_event){.type = type,
			.device = &test_tablet,
			.tool = {.tool = tool, .axes = axes, .on = on, .code = code}});
	send(fixture,
		(struct input_event){
			.type = INPUT_TOOL_FRAME, .device = &test_tablet, .tool = {.tool = tool}});
}

static struct input_tool_axes place(struct fixture *fixture, double x, double y)
{
	struct box box = outputs_bounds(fixture->server);
	return (struct input_tool_axes){
		.set = TOOL_PLACE,
		.x = (x - box.x) / box.width,
		.y = (y - box.y) / box.height,
	};
}

void fixture_tool_near(struct fixture *fixture, const struct input_tool *tool, double x, double y)
{
	struct input_tool_axes axes = place(fixture, x, y);
	fixture_tool(fixture, tool, INPUT_TOOL_PROXIMITY, true, 0, &axes);
}

void fixture_tool_move(struct fixture *fixture, const struct input_tool *tool, double x, double y)
{
	struct input_tool_axes axes = place(fixture, x, y);
	fixture_tool(fixture, tool, INPUT_TOOL_AXES, false, 0, &axes);
}

void fixture_tool_tip(struct fixture *fixture, const struct input_tool *tool, bool down)
{
	fixture_tool(fixture, tool, INPUT_TOOL_TIP, down, 0, NULL);
}

void fixture_tool_button(
	struct fixture *fixture, const struct input_tool *tool, uint32_t code, bool pressed)
{
	fixture_tool(fixture, tool, INPUT_TOOL_BUTTON, pressed, code, NULL);
}

void fixture_tool_away(struct fixture *fixture, const struct input_tool *tool)
{
	fixture_tool(fixture, tool, INPUT_TOOL_PROXIMITY, false, 0, NULL);
}

void fixture_pad(struct fixture *fixture, enum input_event_type type, unsigned number,
	unsigned mode, bool pressed, double value)
{
	send(fixture,
		(struct input_event){.type = type,
			.device = &test_pad,
			.pad = {.number = number,
				.mode = mode,
				.pressed = pressed,
				.finger = true,
				.value = value}});
}
