// SPDX-License-Identifier: MIT
// Sends touch points: those of touch screens, and the two of a pinch that is emulated by dragging
// with Ctrl+Alt held.
#include "backends/x11/input/touch.h"
#include <stdlib.h>
#include "backends/x11/input/constraint.h"
#include "backends/x11/input/grab.h"
#include "backends/x11/input/pinch.h"
#include "backends/x11/input/pointer_private.h"
#include "backends/x11/input/valuators.h"
#include "compositor/base/base.h"

#define MAX_POINTS 32

struct touch_point {
	struct x11_screen *screen; // where it went down; NULL: it is up
	uint16_t device;
	uint32_t number; // the server's touch ID
	bool moved;      // motion not sent yet
	double x, y;     // pixels of the window
	xcb_timestamp_t time;
};

struct x11_touch {
	struct x11_pointer *pointer;
	struct touch_point points[MAX_POINTS + 2]; // the last two are emulated
	bool frame;                                // INPUT_TOUCH_FRAME has to follow
	struct pinch pinch;
	struct x11_screen *pinch_screen; // NULL: not active
};

static void point_send(
	struct x11_touch *touch, struct touch_point *point, enum input_event_type type)
{
	double x = point->x, y = point->y;
	x11_pointer_scale(point->screen, &x, &y);
	point->moved = false;
	touch->frame = true;
	x11_pointer_report(touch->pointer, point->screen, point->time,
		(struct input_event){
			.type = type,
			.touch = {.id = (int32_t)(point - touch->points), .x = x, .y = y},
		});
}

static void touch_send_motion(struct x11_touch *touch)
{
	for (size_t i = 0; i < array_length(touch->points); i++)
		if (touch->points[i].screen && touch->points[i].moved)
			point_send(touch, &touch->points[i], INPUT_TOUCH_MOTION);
}

void x11_touch_flush(struct x11_touch *touch)
{
	touch_send_motion(touch);
	if (!touch->frame)
		return;
	touch->frame = false;
	x11_pointer_report(
		touch->pointer, NULL, 0, (struct input_event){.type = INPUT_TOUCH_FRAME});
}

static void point_down(struct x11_touch *touch, struct touch_point *point,
	struct x11_screen *screen, xcb_timestamp_t time, double x, double y)
{
	touch_send_motion(touch);
	*point = (struct touch_point){.screen = screen, .x = x, .y = y, .time = time};
	point_send(touch, point, INPUT_TOUCH_DOWN);
}

static void point_move(struct touch_point *point, xcb_timestamp_t time, double x, double y)
{
	point->moved = point->moved || point->x != x || point->y != y;
	point->x = x;
	point->y = y;
	point->time = time;
}

static void point_up(struct x11_touch *touch, struct touch_point *point)
{
	touch_send_motion(touch);
	point_send(touch, point, INPUT_TOUCH_UP);
	point->screen = NULL;
}

void x11_touch_event(struct x11_touch *touch, const xcb_input_touch_begin_event_t *event)
{
	struct x11_screen *screen = x11_screen_of(touch->pointer->x11, event->event);
	struct touch_point *point = NULL, *free_point = NULL;
	for (size_t i = 0; i < MAX_POINTS; i++) {
		struct touch_point *each = &touch->points[i];
		if (!each->screen && !free_point)
			free_point = each;
		if (each->screen && each->device == event->deviceid &&
			each->number == event->detail)
			point = each;
	}
	double x = fp1616(event->event_x), y = fp1616(event->event_y);
	if (event->event_type == XCB_INPUT_TOUCH_BEGIN) {
		if (point || !free_point || !screen)
			return;
		point_down(touch, free_point, screen, event->time, x, y);
		free_point->device = event->deviceid;
		free_point->number = event->detail;
	} else if (point) {
		point_move(point, event->time, x, y);
		if (event->event_type == XCB_INPUT_TOUCH_END)
			point_up(touch, point);
	}
}

void x11_touch_forget(struct x11_touch *touch, struct x11_screen *screen)
{
	for (size_t i = 0; i < array_length(touch->points); i++)
		if (touch->points[i].screen == screen)
			point_up(touch, &touch->points[i]);
	x11_touch_flush(touch);
	if (touch->pinch_screen == screen)
		touch->pinch_screen = NULL;
}

// Emulated pinch

static void pinch_update_points(struct x11_touch *touch, xcb_timestamp_t time)
{
	struct pinch_points points = pinch_points(&touch->pinch);
	for (int i = 0; i < 2; i++) {
		struct touch_point *point = &touch->points[MAX_POINTS + i];
		if (point->screen)
			point_move(point, time, points.x[i], points.y[i]);
		else
			point_down(
				touch, point, touch->pinch_screen, time, points.x[i], points.y[i]);
	}
}

bool x11_touch_press(struct x11_touch *touch, struct x11_screen *screen, xcb_timestamp_t time,
	double x, double y)
{
	if (touch->pinch_screen || x11_constraint_is_locked(touch->pointer->constraint))
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
		pinch_update_points(touch, time);
	return true;
}

bool x11_touch_release(struct x11_touch *touch, xcb_timestamp_t time)
{
	if (!touch->pinch_screen)
		return false;
	if (pinch_release(&touch->pinch)) {
		pinch_update_points(touch, time);
		x11_touch_flush(touch);
	}
	for (int i = 0; i < 2; i++) {
		struct touch_point *point = &touch->points[MAX_POINTS + i];
		point->time = time;
		point_up(touch, point);
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
