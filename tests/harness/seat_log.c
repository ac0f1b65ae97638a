// SPDX-License-Identifier: MIT
#include "tests/harness/seat_log.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tests/harness/test.h"

static void add(struct seat_log *log, const char *format, ...)
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

static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	struct seat_log *log = data;
	log->pointer_serial = serial;
	add(log, "enter %g,%g / ", number(x), number(y));
}

static void on_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	add(data, "leave / ");
}

static void on_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	add(data, "motion %g,%g / ", number(x), number(y));
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t state)
{
	struct seat_log *log = data;
	log->button_serial = serial;
	add(log, "button %#x %s / ", button, state ? "down" : "up");
}

static void on_axis(
	void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
	add(data, "axis %u %g / ", axis, number(value));
}

static void on_frame(void *data, struct wl_pointer *pointer)
{
	add(data, "frame / ");
}

static void on_axis_source(void *data, struct wl_pointer *pointer, uint32_t source)
{
	add(data, "source %u / ", source);
}

static void on_axis_stop(void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis)
{
	add(data, "stop %u / ", axis);
}

static void on_axis_discrete(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t steps)
{
	add(data, "discrete %u %d / ", axis, steps);
}

static void on_axis_value120(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t value)
{
	add(data, "value120 %u %d / ", axis, value);
}

static void on_axis_relative_direction(
	void *data, struct wl_pointer *pointer, uint32_t axis, uint32_t direction)
{
	if (direction != WL_POINTER_AXIS_RELATIVE_DIRECTION_IDENTICAL)
		add(data, "inverted %u / ", axis);
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.frame = on_frame,
	.axis_source = on_axis_source,
	.axis_stop = on_axis_stop,
	.axis_discrete = on_axis_discrete,
	.axis_value120 = on_axis_value120,
	.axis_relative_direction = on_axis_relative_direction,
};

static void on_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	struct seat_log *log = data;
	log->keymaps++;
	log->keymap_size = size;
	close(fd);
}

static void on_keyboard_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	struct seat_log *log = data;
	const uint32_t *key = NULL;
	log->focus_serial = serial;
	add(log, "focus");
	wl_array_for_each(key, keys)
		add(log, " %u", *key);
	add(log, " / ");
}

static void on_keyboard_leave(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	add(data, "unfocus / ");
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t state)
{
	struct seat_log *log = data;
	log->key_serial = serial;
	add(log, "key %u %s / ", key, state ? "down" : "up");
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	add(data, "mods %x,%x,%x,%u / ", depressed, latched, locked, group);
}

static void on_repeat_info(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
	struct seat_log *log = data;
	log->repeat_rate = rate;
	log->repeat_delay = delay;
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = on_keymap,
	.enter = on_keyboard_enter,
	.leave = on_keyboard_leave,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat_info,
};

static void on_down(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time,
	struct wl_surface *surface, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	struct seat_log *log = data;
	log->touch_serial = serial;
	add(log, "down %d %g,%g / ", id, number(x), number(y));
}

static void on_up(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time, int32_t id)
{
	add(data, "up %d / ", id);
}

static void on_touch_motion(
	void *data, struct wl_touch *touch, uint32_t time, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	add(data, "drag %d %g,%g / ", id, number(x), number(y));
}

static void on_touch_frame(void *data, struct wl_touch *touch)
{
	add(data, "touched / ");
}

static void on_cancel(void *data, struct wl_touch *touch)
{
	add(data, "cancel / ");
}

static void on_shape(
	void *data, struct wl_touch *touch, int32_t id, wl_fixed_t major, wl_fixed_t minor)
{
}

static void on_orientation(void *data, struct wl_touch *touch, int32_t id, wl_fixed_t orientation)
{
}

static const struct wl_touch_listener touch_listener = {
	.down = on_down,
	.up = on_up,
	.motion = on_touch_motion,
	.frame = on_touch_frame,
	.cancel = on_cancel,
	.shape = on_shape,
	.orientation = on_orientation,
};

void seat_log_begin(struct seat_log *log, struct client *client)
{
	*log = (struct seat_log){.client = client};
	log->pointer = wl_seat_get_pointer(client->seat);
	wl_pointer_add_listener(log->pointer, &pointer_listener, log);
	log->keyboard = wl_seat_get_keyboard(client->seat);
	wl_keyboard_add_listener(log->keyboard, &keyboard_listener, log);
	log->touch = wl_seat_get_touch(client->seat);
	wl_touch_add_listener(log->touch, &touch_listener, log);
}

void seat_log_end(struct seat_log *log)
{
	wl_pointer_release(log->pointer);
	wl_keyboard_release(log->keyboard);
	wl_touch_release(log->touch);
}

const char *seat_log_take(struct seat_log *log)
{
	// Two buffers: the returned one stays valid while new events arrive.
	static const size_t half = sizeof(log->text) / 2;
	fixture_pump(log->client->fixture);
	check(log->length < half);
	memcpy(log->text + half, log->text, log->length + 1);
	log->text[0] = 0;
	log->length = 0;
	return log->text + half;
}
