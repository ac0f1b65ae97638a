// SPDX-License-Identifier: MIT
// Handles the pointer over our windows, from XInput 2 or the core protocol: motion (merged per
// batch of events), buttons, entering and leaving.
#include "backends/x11/input/pointer.h"
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include "backends/x11/input/constraint.h"
#include "backends/x11/input/grab.h"
#include "backends/x11/input/keyboard.h"
#include "backends/x11/input/pointer_private.h"
#include "backends/x11/input/touch.h"
#include "backends/x11/input/valuators.h"
#include "backends/x11/input/wheel.h"
#include "compositor/base/base.h"

#define SYNTHETIC 0x80 // bit of response_type: sent by another client (XSendEvent)

// Half of the resolution of the server's coordinates (1/65536): added so that rounding further on
// does not end in the previous pixel.
#define HALF_STEP (0.5 / 65536)

enum { BUTTON_WHEEL = 4, BUTTON_WHEEL_LAST = 7, BUTTON_SIDE = 8, BUTTON_LAST = 20 };

size_t x11_xinput_rest(const void *event, size_t fixed)
{
	// length counts 4-byte units after the first 32 bytes; xcb inserts full_sequence between.
	const xcb_ge_generic_event_t *generic = event;
	size_t size = 32 + sizeof(uint32_t) + (size_t)generic->length * 4;
	return size > fixed ? size - fixed : 0;
}

void x11_pointer_report(struct x11_pointer *pointer, struct x11_screen *screen,
	xcb_timestamp_t time, struct input_event event)
{
	struct x11 *x11 = pointer->x11;
	bool touch = event.type >= INPUT_TOUCH_DOWN && event.type <= INPUT_TOUCH_FRAME;
	const struct input_device device = {
		.type = touch ? INPUT_TOUCH : INPUT_POINTER,
		.name = touch ? "X11 touch screen" : "X11 pointer",
		.output_name = screen ? screen->base.name : NULL,
		.on_screen = true,
	};
	event.device = &device;
	event.time_us = x11_time_us(x11, time);
	x11->base.sink->input(x11->base.sink_data, &event);
}

void x11_pointer_frame(struct x11_pointer *pointer, xcb_timestamp_t time)
{
	x11_pointer_report(pointer, NULL, time, (struct input_event){.type = INPUT_POINTER_FRAME});
}

void x11_pointer_scale(struct x11_screen *screen, double *x, double *y)
{
	*x = (*x + HALF_STEP) / screen->base.mode.width;
	*y = (*y + HALF_STEP) / screen->base.mode.height;
}

// Motion

static void pointer_send_motion(struct x11_pointer *pointer)
{
	bool any = pointer->absolute_pending || pointer->relative_pending;
	xcb_timestamp_t time =
		pointer->absolute_pending ? pointer->absolute_time : pointer->relative_time;
	if (pointer->relative_pending) {
		pointer->relative_pending = false;
		x11_pointer_report(pointer, pointer->screen, pointer->relative_time,
			(struct input_event){
				.type = INPUT_MOTION,
				.motion = {pointer->dx, pointer->dy, pointer->dx_raw,
					pointer->dy_raw},
			});
		pointer->dx = pointer->dy = pointer->dx_raw = pointer->dy_raw = 0;
	}
	if (pointer->absolute_pending) {
		double x = pointer->absolute_x, y = pointer->absolute_y;
		pointer->absolute_pending = false;
		x11_pointer_scale(pointer->absolute_screen, &x, &y);
		x11_pointer_report(pointer, pointer->absolute_screen, pointer->absolute_time,
			(struct input_event){.type = INPUT_MOTION_ABSOLUTE, .absolute = {x, y}});
	}
	if (any)
		x11_pointer_frame(pointer, time);
}

void x11_pointer_flush(struct x11_pointer *pointer)
{
	pointer_send_motion(pointer);
	x11_touch_flush(pointer->touch);
	if (pointer->leave_pending) {
		pointer->leave_pending = false;
		x11_pointer_report(
			pointer, NULL, 0, (struct input_event){.type = INPUT_POINTER_LEAVE});
		x11_pointer_frame(pointer, 0);
	}
}

void x11_pointer_warp_from(struct x11_pointer *pointer, struct x11_screen *from,
	struct x11_screen *screen, int x, int y)
{
	if (!from->window || !screen->window) // XCB_NONE would match any window
		return;
	pointer->absolute_pending = false;
	pointer->warped = true;
	pointer->warp_sequence = xcb_warp_pointer(
		pointer->x11->xcb, from->window, screen->window, 0, 0, 0, 0, (int16_t)x, (int16_t)y)
					 .sequence;
}

static bool is_inside(const struct x11_screen *screen, double x, double y)
{
	return x >= 0 && y >= 0 && x < screen->width && y < screen->height;
}

// Reads the positions of all windows on the X screen. Waits for the server.
static void query_origins(struct x11_pointer *pointer)
{
	struct x11 *x11 = pointer->x11;
	enum { MAX_SCREENS = 32 };
	xcb_translate_coordinates_cookie_t cookies[MAX_SCREENS];
	size_t n = 0;
	struct screen *base;
	pointer->origins_known = true;
	wl_list_for_each(base, &x11->base.screens, link) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		if (n < MAX_SCREENS)
			cookies[n++] = xcb_translate_coordinates(
				x11->xcb, screen->window, x11->root->root, 0, 0);
	}
	n = 0;
	wl_list_for_each(base, &x11->base.screens, link) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		xcb_translate_coordinates_reply_t *reply = n < MAX_SCREENS
			? xcb_translate_coordinates_reply(x11->xcb, cookies[n++], NULL)
			: NULL;
		screen->root_x = reply ? reply->dst_x : 0;
		screen->root_y = reply ? reply->dst_y : 0;
		free(reply);
	}
}

// The screen under the pointer during a drag: the implicit grab sends all motion to the window
// where the button was pressed. Converts x and y to pixels of the result's window.
static struct x11_screen *find_drag_screen(
	struct x11_pointer *pointer, struct x11_screen *from, double *x, double *y)
{
	const struct wl_list *screens = &pointer->x11->base.screens;
	if (is_inside(from, *x, *y) || screens->next->next == screens)
		return from;
	if (!pointer->origins_known)
		query_origins(pointer);
	double root_x = from->root_x + *x, root_y = from->root_y + *y;
	struct screen *base;
	wl_list_for_each(base, screens, link) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		if (!is_inside(screen, root_x - screen->root_x, root_y - screen->root_y))
			continue;
		*x = root_x - screen->root_x;
		*y = root_y - screen->root_y;
		return screen;
	}
	return from;
}

static void on_motion(struct x11_pointer *pointer, struct x11_screen *screen, xcb_timestamp_t time,
	double x, double y)
{
	pointer->leave_pending = false;
	pointer->screen = screen;
	if (x11_constraint_is_locked(pointer->constraint) || pointer->event_is_stale)
		return;
	pointer->x = x;
	pointer->y = y;
	if (x11_touch_move(pointer->touch, time, x, y))
		return;
	if (pointer->buttons)
		screen = find_drag_screen(pointer, screen, &x, &y);
	pointer->absolute_pending = true;
	pointer->absolute_screen = screen;
	pointer->absolute_x = x;
	pointer->absolute_y = y;
	pointer->absolute_time = time;
}

// Buttons

// The evdev code of an X button; 0: none.
static uint32_t button_code(unsigned button)
{
	static const uint32_t first[] = {0, BTN_LEFT, BTN_MIDDLE, BTN_RIGHT};
	if (button < array_length(first))
		return first[button];
	return button >= BUTTON_SIDE && button <= BUTTON_LAST ? BTN_SIDE + (button - BUTTON_SIDE)
							      : 0;
}

static void pointer_send_button(
	struct x11_pointer *pointer, xcb_timestamp_t time, unsigned button, bool pressed)
{
	pointer->buttons =
		pressed ? pointer->buttons | 1u << button : pointer->buttons & ~(1u << button);
	x11_pointer_report(pointer, pointer->screen, time,
		(struct input_event){
			.type = INPUT_BUTTON, .button = {button_code(button), pressed}});
	x11_pointer_frame(pointer, time);
}

static void on_button(struct x11_pointer *pointer, struct x11_screen *screen, xcb_timestamp_t time,
	unsigned button, bool pressed)
{
	struct x11 *x11 = pointer->x11;
	pointer_send_motion(pointer);
	x11_constraint_retry(pointer->constraint);
	if (button >= BUTTON_WHEEL && button <= BUTTON_WHEEL_LAST) {
		if (pressed)
			x11_wheel_notch(pointer, screen, time, button);
		return;
	}
	if (!button_code(button))
		return;
	if (pressed) {
		bool pinches = button == 1 && chord_held(x11_grab_chord(x11->grab));
		x11_grab_click(x11->grab, screen);
		if (!pointer->buttons)
			pointer->origins_known = false;
		if (pinches && !pointer->buttons &&
			x11_touch_press(pointer->touch, screen, time, pointer->x, pointer->y))
			return;
	} else if (button == 1 && x11_touch_release(pointer->touch, time)) {
		return;
	}
	pointer_send_button(pointer, time, button, pressed);
}

// Entering and leaving

// down: bit mask of the buttons that the server reports as pressed.
static void on_enter(struct x11_pointer *pointer, struct x11_screen *screen, xcb_timestamp_t time,
	double x, double y, uint32_t down, bool has_keyboard)
{
	for (unsigned button = 1; button <= BUTTON_LAST; button++)
		if (pointer->buttons & ~down & 1u << button) // released outside, without an event
			pointer_send_button(pointer, time, button, false);
	if (!(down & 1u << 1))
		x11_touch_release(pointer->touch, time);
	on_motion(pointer, screen, time, x, y);
	x11_constraint_retry(pointer->constraint);
	x11_keyboard_follow_pointer(pointer->x11->keyboard, screen, has_keyboard);
}

static void on_leave(struct x11_pointer *pointer, struct x11_screen *screen, uint8_t mode)
{
	if (mode == XCB_NOTIFY_MODE_GRAB && x11_constraint_is_active(pointer->constraint))
		return; // caused by our own grab
	x11_keyboard_follow_pointer(pointer->x11->keyboard, NULL, false);
	// The implicit grab of a button keeps the pointer ours; another Leave follows its end.
	if (pointer->buttons || pointer->screen != screen)
		return;
	pointer->screen = NULL;
	pointer->leave_pending = true;
}

// XInput

static bool on_xinput_event(struct x11_pointer *pointer, xcb_generic_event_t *generic)
{
	// These events have a common layout up to the valuators.
	const xcb_input_button_press_event_t *event = (const void *)generic;
	const xcb_input_enter_event_t *crossing = (const void *)generic;
	struct x11_screen *screen;
	uint32_t down = 0;
	switch (event->event_type) {
	case XCB_INPUT_DEVICE_CHANGED:
		x11_wheel_changed(pointer->wheel, (const void *)generic);
		return true;
	case XCB_INPUT_RAW_MOTION:
		x11_constraint_raw(pointer->constraint, (const void *)generic);
		return true;
	case XCB_INPUT_BUTTON_PRESS:
	case XCB_INPUT_BUTTON_RELEASE:
	case XCB_INPUT_MOTION:
		screen = x11_screen_of(pointer->x11, event->event);
		if (!screen)
			return true;
		on_motion(pointer, screen, event->time, fp1616(event->event_x),
			fp1616(event->event_y));
		if (event->event_type == XCB_INPUT_MOTION)
			x11_wheel_motion(pointer->wheel, screen, event);
		// Scroll valuators are also emulated as buttons 4 to 7.
		else if (!(event->flags & XCB_INPUT_POINTER_EVENT_FLAGS_POINTER_EMULATED) ||
			event->detail < BUTTON_WHEEL || event->detail > BUTTON_WHEEL_LAST)
			on_button(pointer, screen, event->time, event->detail,
				event->event_type == XCB_INPUT_BUTTON_PRESS);
		return true;
	case XCB_INPUT_ENTER:
	case XCB_INPUT_LEAVE:
		screen = x11_screen_of(pointer->x11, crossing->event);
		if (!screen || crossing->detail == XCB_INPUT_NOTIFY_DETAIL_INFERIOR)
			return true;
		if (crossing->event_type == XCB_INPUT_LEAVE) {
			on_leave(pointer, screen, crossing->mode);
			return true;
		}
		if (crossing->buttons_len &&
			x11_xinput_rest(crossing, sizeof(*crossing)) >= sizeof(down))
			down = *(const uint32_t *)(crossing + 1);
		x11_wheel_enter(pointer->wheel, crossing->deviceid);
		on_enter(pointer, screen, crossing->time, fp1616(crossing->event_x),
			fp1616(crossing->event_y), down, crossing->focus);
		return true;
	case XCB_INPUT_TOUCH_BEGIN:
	case XCB_INPUT_TOUCH_UPDATE:
	case XCB_INPUT_TOUCH_END:
		pointer_send_motion(pointer);
		x11_touch_event(pointer->touch, (const void *)generic);
		return true;
	default:
		return false;
	}
}

// The core protocol

static uint32_t buttons_from_state(uint16_t state)
{
	return (uint32_t)state >> 7 & 0x3e; // Button1Mask is bit 8
}

static void on_core_event(
	struct x11_pointer *pointer, uint8_t type, const xcb_generic_event_t *generic)
{
	const xcb_button_press_event_t *event = (const void *)generic; // or motion, but for detail
	const xcb_enter_notify_event_t *crossing = (const void *)generic;
	struct x11_screen *screen = x11_screen_of(pointer->x11, event->event);
	if (!screen)
		return;
	switch (type) {
	case XCB_MOTION_NOTIFY:
		x11_constraint_core_motion(
			pointer->constraint, screen, event->time, event->event_x, event->event_y);
		on_motion(pointer, screen, event->time, event->event_x, event->event_y);
		break;
	case XCB_BUTTON_PRESS:
	case XCB_BUTTON_RELEASE:
		on_motion(pointer, screen, event->time, event->event_x, event->event_y);
		on_button(pointer, screen, event->time, event->detail, type == XCB_BUTTON_PRESS);
		break;
	case XCB_ENTER_NOTIFY:
	case XCB_LEAVE_NOTIFY:
		if (crossing->detail == XCB_NOTIFY_DETAIL_INFERIOR)
			break;
		if (type == XCB_LEAVE_NOTIFY)
			on_leave(pointer, screen, crossing->mode);
		else // the state covers five buttons; keep the others as they are
			on_enter(pointer, screen, crossing->time, crossing->event_x,
				crossing->event_y, buttons_from_state(crossing->state) | ~0x3eu,
				crossing->same_screen_focus & 1);
		break;
	}
}

bool x11_pointer_event(struct x11_pointer *pointer, xcb_generic_event_t *event)
{
	uint8_t type = event->response_type & (uint8_t)~SYNTHETIC;
	bool from_server = type == event->response_type;
	pointer->event_is_stale =
		pointer->warped && (int32_t)(event->full_sequence - pointer->warp_sequence) < 0;
	if (!pointer->event_is_stale)
		pointer->warped = false;
	uint8_t xinput = pointer->x11->has.xinput_opcode;
	switch (type) {
	case XCB_GE_GENERIC:
		return from_server && xinput &&
			((xcb_ge_generic_event_t *)event)->extension == xinput &&
			on_xinput_event(pointer, event);
	case XCB_MOTION_NOTIFY:
	case XCB_BUTTON_PRESS:
	case XCB_BUTTON_RELEASE:
	case XCB_ENTER_NOTIFY:
	case XCB_LEAVE_NOTIFY:
		if (from_server && !xinput)
			on_core_event(pointer, type, event);
		return true;
	default:
		return false;
	}
}

void x11_pointer_select(struct x11_pointer *pointer, struct x11_screen *screen)
{
	struct x11 *x11 = pointer->x11;
	if (!x11->has.xinput_opcode) {
		const uint32_t mask = X11_WINDOW_EVENTS | X11_POINTER_EVENTS;
		xcb_change_window_attributes(x11->xcb, screen->window, XCB_CW_EVENT_MASK, &mask);
		return;
	}
	struct {
		xcb_input_event_mask_t head;
		uint32_t mask;
	} select = {
		.head = {XCB_INPUT_DEVICE_ALL_MASTER, 1},
		.mask = XCB_INPUT_XI_EVENT_MASK_DEVICE_CHANGED | XCB_INPUT_XI_EVENT_MASK_MOTION |
			XCB_INPUT_XI_EVENT_MASK_BUTTON_PRESS |
			XCB_INPUT_XI_EVENT_MASK_BUTTON_RELEASE | XCB_INPUT_XI_EVENT_MASK_ENTER |
			XCB_INPUT_XI_EVENT_MASK_LEAVE,
	};
	if (x11->has.xinput_touch)
		select.mask |= XCB_INPUT_XI_EVENT_MASK_TOUCH_BEGIN |
			XCB_INPUT_XI_EVENT_MASK_TOUCH_UPDATE | XCB_INPUT_XI_EVENT_MASK_TOUCH_END;
	xcb_input_xi_select_events(x11->xcb, screen->window, 1, &select.head);
}

void x11_pointer_forget(struct x11_pointer *pointer, struct x11_screen *screen)
{
	if (!pointer)
		return;
	if (pointer->absolute_screen == screen) {
		pointer->absolute_pending = false;
		pointer->absolute_screen = NULL;
	}
	x11_touch_forget(pointer->touch, screen);
	x11_constraint_forget(pointer->constraint, screen);
	if (pointer->screen != screen)
		return;
	for (unsigned button = 1; button <= BUTTON_LAST; button++)
		if (pointer->buttons & 1u << button)
			pointer_send_button(pointer, 0, button, false);
	pointer->screen = NULL;
	pointer->leave_pending = true;
}

struct x11_pointer *x11_pointer_create(struct x11 *x11)
{
	struct x11_pointer *pointer = xcalloc(1, sizeof(*pointer));
	pointer->x11 = x11;
	if (x11->has.xinput_opcode)
		pointer->wheel = x11_wheel_create(pointer);
	pointer->touch = x11_touch_create(pointer);
	pointer->constraint = x11_constraint_create(pointer);
	return pointer;
}

void x11_pointer_destroy(struct x11_pointer *pointer)
{
	if (!pointer)
		return;
	x11_constraint_destroy(pointer->constraint);
	x11_touch_destroy(pointer->touch);
	x11_wheel_destroy(pointer->wheel);
	free(pointer);
}
