// SPDX-License-Identifier: MIT
// Fingers: those on a touch screen, and the two that Ctrl+Alt makes of a dragged pointer.
#include <stdlib.h>
#include "backends/x11/pinch.h"
#include "backends/x11/pointer.h"
#include "backends/x11/valuators.h"
#include "compositor/base/base.h"

#define MAX_FINGERS 32

struct finger {
	struct x11_screen *screen; // it went down there; NULL: not down
	uint16_t device;
	uint32_t number; // the server's
	bool moved;      // and that was not told yet
	double x, y;     // pixels of the window
	xcb_timestamp_t time;
};

struct x11_touch {
	struct x11_pointer *pointer;
	struct finger fingers[MAX_FINGERS + 2]; // the last two are made up
	bool frame;                             // what was told is not complete yet
	struct pinch pinch;
	struct x11_screen *pinch_screen; // NULL: it is not going on
};

static void tell(struct x11_touch *touch, struct finger *finger, enum input_event_type type)
{
	double x = finger->x, y = finger->y;
	x11_pointer_scale(finger->screen, &x, &y);
	finger->moved = false;
	touch->frame = true;
	x11_pointer_report(touch->pointer, finger->screen, finger->time,
		(struct input_event){
			.type = type,
			.touch = {.id = (int32_t)(finger - touch->fingers), .x = x, .y = y},
		});
}

static void tell_motion(struct x11_touch *touch)
{
	for (size_t i = 0; i < array_length(touch->fingers); i++)
		if (touch->fingers[i].screen && touch->fingers[i].moved)
			tell(touch, &touch->fingers[i], INPUT_TOUCH_MOTION);
}

void x11_touch_flush(struct x11_touch *touch)
{
	tell_motion(touch);
	if (!touch->frame)
		return;
	touch->frame = false;
	x11_pointer_report(
		touch->pointer, NULL, 0, (struct input_event){.type = INPUT_TOUCH_FRAME});
}

static void put_down(struct x11_touch *touch, struct finger *finger, struct x11_screen *screen,
	xcb_timestamp_t time, double x, double y)
{
	tell_motion(touch);
	*finger = (struct finger){.screen = screen, .x = x, .y = y, .time = time};
	tell(touch, finger, INPUT_TOUCH_DOWN);
}

static void move(struct finger *finger, xcb_timestamp_t time, double x, double y)
{
	finger->moved = finger->moved || finger->x != x || finger->y != y;
	finger->x = x;
	finger->y = y;
	finger->time = time;
}

static void lift(struct x11_touch *touch, struct finger *finger)
{
	tell_motion(touch);
	tell(touch, finger, INPUT_TOUCH_UP);
	finger->screen = NULL;
}

void x11_touch_event(struct x11_touch *touch, const xcb_input_touch_begin_event_t *event)
{
	struct x11_screen *screen = x11_screen_of(touch->pointer->x11, event->event);
	struct finger *finger = NULL, *free_finger = NULL;
	for (size_t i = 0; i < MAX_FINGERS; i++) {
		struct finger *each = &touch->fingers[i];
		if (!each->screen && !free_finger)
			free_finger = each;
		if (each->screen && each->device == event->deviceid &&
			each->number == event->detail)
			finger = each;
	}
	double x = fp1616(event->event_x), y = fp1616(event->event_y);
	if (event->event_type == XCB_INPUT_TOUCH_BEGIN) {
		if (finger || !free_finger || !screen)
			return;
		put_down(touch, free_finger, screen, event->time, x, y);
		free_finger->device = event->deviceid;
		free_finger->number = event->detail;
	} else if (finger) {
		move(finger, event->time, x, y);
		if (event->event_type == XCB_INPUT_TOUCH_END)
			lift(touch, finger);
	}
}

void x11_touch_forget(struct x11_touch *touch, struct x11_screen *screen)
{
	for (size_t i = 0; i < array_length(touch->fingers); i++)
		if (touch->fingers[i].screen == screen)
			lift(touch, &touch->fingers[i]);
	x11_touch_flush(touch);
	if (touch->pinch_screen == screen)
		touch->pinch_screen = NULL;
}

// The two that are made up

static void pinch_show(struct x11_touch *touch, xcb_timestamp_t time)
{
	struct pinch_points points = pinch_points(&touch->pinch);
	for (int i = 0; i < 2; i++) {
		struct finger *finger = &touch->fingers[MAX_FINGERS + i];
		if (finger->screen)
			move(finger, time, points.x[i], points.y[i]);
		else
			put_down(
				touch, finger, touch->pinch_screen, time, points.x[i], points.y[i]);
	}
}

bool x11_touch_press(struct x11_touch *touch, struct x11_screen *screen, xcb_timestamp_t time,
	double x, double y)
{
	if (touch->pinch_screen || x11_bind_locks(touch->pointer->bind))
		return false;
	touch->pinch_screen = screen;
	pinch_press(&touch->pinch, x, y);
	return true;
}

bool x11_touch_move(struct x11_touch *touch, xcb_timestamp_t time, double x, double y)
{
	if (!touch->pinch_screen)
		return false;
	bool together = x11_grab_chord(touch->pointer->x11->grab)->shift > 0;
	if (pinch_move(&touch->pinch, x, y, together))
		pinch_show(touch, time);
	return true;
}

bool x11_touch_release(struct x11_touch *touch, xcb_timestamp_t time)
{
	if (!touch->pinch_screen)
		return false;
	if (pinch_release(&touch->pinch)) {
		pinch_show(touch, time);
		x11_touch_flush(touch);
	}
	for (int i = 0; i < 2; i++) {
		struct finger *finger = &touch->fingers[MAX_FINGERS + i];
		finger->time = time;
		lift(touch, finger);
	}
	x11_touch_flush(touch);
	touch->pinch_screen = NULL;
	return true;
}

struct x11_touch *x11_touch_create(struct x11_pointer *pointer)
{
	struct x11_touch *touch = xcalloc(1, sizeof(*touch));
	touch->pointer = pointer;
	return touch;
}

void x11_touch_destroy(struct x11_touch *touch)
{
	free(touch);
}
