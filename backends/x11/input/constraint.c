// SPDX-License-Identifier: MIT
// Confines the host's pointer to a part of a window, or locks it at a point.
//
// An invisible child window is the confine-to window of a pointer grab, so the server itself keeps
// the pointer inside: it does not jump, and it is still in place when a lock ends. XI_RawMotion
// reports how far it would have moved. Without XInput 2 a lock is emulated: the pointer is hidden
// and warped back to the center of the window after each motion.
#include "backends/x11/input/constraint.h"
#include <math.h>
#include <stdlib.h>
#include "backends/x11/input/pointer_private.h"
#include "backends/x11/input/valuators.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct x11_constraint {
	struct x11_pointer *pointer;
	struct x11_screen *screen; // NULL: the pointer is free
	bool locked;
	struct box box; // allowed area, window pixels
	bool grabbed;
	xcb_window_t confine_to; // NONE: not created
	// Raw motion of absolute devices (a tablet, the pointer of a virtual machine).
	uint16_t source;      // slave device that the following belongs to; 0: unknown
	bool absolute, known; // known: last is valid
	double factor[2];     // pixels per unit of the device
	double last[2];
	// Emulated locks.
	xcb_cursor_t empty_cursor;
	double saved_x, saved_y; // position when the lock began
	int last_x, last_y;
	bool recentering; // warped to the center, and no event from there yet
};

static xcb_connection_t *connection_of(const struct x11_constraint *constraint)
{
	return constraint->pointer->x11->xcb;
}

static bool emulates_lock(const struct x11_constraint *constraint)
{
	return constraint->locked && !constraint->pointer->x11->has.xinput_opcode;
}

static void constraint_select_raw(struct x11_constraint *constraint, bool on)
{
	struct x11 *x11 = constraint->pointer->x11;
	if (!x11->has.xinput_opcode)
		return;
	const struct {
		xcb_input_event_mask_t head;
		uint32_t mask;
	} select = {
		.head = {XCB_INPUT_DEVICE_ALL_MASTER, 1},
		.mask = on ? XCB_INPUT_XI_EVENT_MASK_RAW_MOTION : 0,
	};
	xcb_input_xi_select_events(x11->xcb, x11->root->root, 1, &select.head);
}

static void constraint_warp_to_center(struct x11_constraint *constraint)
{
	struct x11_screen *screen = constraint->screen;
	constraint->recentering = true;
	x11_pointer_warp_from(
		constraint->pointer, screen, screen, screen->width / 2, screen->height / 2);
}

static xcb_cursor_t constraint_empty_cursor(struct x11_constraint *constraint)
{
	if (constraint->empty_cursor)
		return constraint->empty_cursor;
	xcb_connection_t *xcb = connection_of(constraint);
	xcb_pixmap_t pixmap = xcb_generate_id(xcb);
	xcb_gcontext_t gc = xcb_generate_id(xcb);
	constraint->empty_cursor = xcb_generate_id(xcb);
	xcb_create_pixmap(xcb, 1, pixmap, constraint->pointer->x11->root->root, 1, 1);
	xcb_create_gc(xcb, gc, pixmap, XCB_GC_FOREGROUND, (const uint32_t[]){0});
	xcb_poly_fill_rectangle(xcb, pixmap, gc, 1, &(const xcb_rectangle_t){0, 0, 1, 1});
	xcb_create_cursor(xcb, constraint->empty_cursor, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0);
	xcb_free_gc(xcb, gc);
	xcb_free_pixmap(xcb, pixmap);
	return constraint->empty_cursor;
}

static void constraint_grab(struct x11_constraint *constraint)
{
	xcb_connection_t *xcb = connection_of(constraint);
	struct x11_screen *screen = constraint->screen;
	bool warps = emulates_lock(constraint);
	if (!warps && !constraint->confine_to) {
		constraint->confine_to = xcb_generate_id(xcb);
		xcb_create_window(xcb, 0, constraint->confine_to, screen->window,
			(int16_t)constraint->box.x, (int16_t)constraint->box.y,
			(uint16_t)constraint->box.width, (uint16_t)constraint->box.height, 0,
			XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
		xcb_map_window(xcb, constraint->confine_to);
	}
	// With a grab on a window other than the root, raw motion is delivered twice.
	xcb_window_t window =
		constraint->locked ? constraint->pointer->x11->root->root : screen->window;
	xcb_grab_pointer_reply_t *reply = xcb_grab_pointer_reply(xcb,
		xcb_grab_pointer(xcb, true, window, X11_POINTER_EVENTS, XCB_GRAB_MODE_ASYNC,
			XCB_GRAB_MODE_ASYNC, warps ? screen->window : constraint->confine_to,
			warps ? constraint_empty_cursor(constraint) : XCB_CURSOR_NONE,
			XCB_CURRENT_TIME),
		NULL);
	constraint->grabbed = reply && reply->status == XCB_GRAB_STATUS_SUCCESS;
	if (!constraint->grabbed)
		log_debug("cannot grab the pointer: status %d", reply ? reply->status : -1);
	free(reply);
	if (!constraint->grabbed || !constraint->locked)
		return;
	constraint->known = false;
	constraint_select_raw(constraint, true);
	constraint->last_x = (int)constraint->saved_x;
	constraint->last_y = (int)constraint->saved_y;
	if (warps)
		constraint_warp_to_center(constraint);
}

static void constraint_release(struct x11_constraint *constraint, bool window_exists)
{
	xcb_connection_t *xcb = connection_of(constraint);
	if (constraint->pointer->x11->lost)
		constraint->grabbed = window_exists = false;
	if (constraint->grabbed) {
		if (emulates_lock(constraint) && window_exists)
			x11_pointer_warp_from(constraint->pointer, constraint->screen,
				constraint->screen, (int)constraint->saved_x,
				(int)constraint->saved_y);
		xcb_ungrab_pointer(xcb, XCB_CURRENT_TIME);
		if (constraint->locked)
			constraint_select_raw(constraint, false);
	}
	if (constraint->confine_to && window_exists)
		xcb_destroy_window(xcb, constraint->confine_to);
	constraint->confine_to = XCB_WINDOW_NONE;
	constraint->grabbed = false;
	constraint->screen = NULL;
}

void x11_pointer_constrain(
	struct backend *backend, struct screen *base, const struct box *confine, bool locked)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	struct x11_pointer *pointer = x11->pointer;
	struct x11_constraint *constraint = pointer->constraint;
	pointer->absolute_pending = false; // the core has already moved its pointer
	if (constraint->screen)
		constraint_release(constraint, true);
	if (base && (locked || confine)) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		constraint->screen = screen;
		constraint->locked = locked;
		constraint->saved_x = pointer->x;
		constraint->saved_y = pointer->y;
		const struct box window = {0, 0, screen->width, screen->height};
		struct box point = {(int)pointer->x, (int)pointer->y, 1, 1};
		constraint->box = locked ? point : *confine;
		if (!box_intersect(&constraint->box, &constraint->box, &window))
			constraint->box = (struct box){screen->width / 2, screen->height / 2, 1, 1};
		constraint_grab(constraint);
	}
	x11_flush(x11);
}

void x11_pointer_warp(struct backend *backend, struct screen *base, double x, double y)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	struct x11_screen *screen = wl_container_of(base, screen, base);
	if (x11->lost || x11->pointer->screen == NULL ||
		x11_constraint_is_locked(x11->pointer->constraint))
		return;
	x11_pointer_warp_from(
		x11->pointer, x11->pointer->screen, screen, (int)floor(x), (int)floor(y));
	x11_flush(x11);
}

void x11_constraint_retry(struct x11_constraint *constraint)
{
	if (constraint->screen && !constraint->grabbed && !constraint->pointer->x11->lost)
		constraint_grab(constraint);
}

bool x11_constraint_is_active(struct x11_constraint *constraint)
{
	return constraint->screen != NULL;
}

bool x11_constraint_is_locked(struct x11_constraint *constraint)
{
	return constraint->screen && constraint->locked;
}

void x11_constraint_forget(struct x11_constraint *constraint, struct x11_screen *screen)
{
	if (constraint->screen == screen)
		constraint_release(constraint, screen->window != XCB_WINDOW_NONE);
}

// Relative motion

static void constraint_add_motion(
	struct x11_pointer *pointer, xcb_timestamp_t time, const double by[2], const double raw[2])
{
	pointer->relative_pending = true;
	pointer->relative_time = time;
	pointer->dx += by[0];
	pointer->dy += by[1];
	pointer->dx_raw += raw[0];
	pointer->dy_raw += raw[1];
}

// Reads whether the device is absolute, and how its range maps to the X screen. Waits for the
// server.
static void constraint_query_source(struct x11_constraint *constraint, uint16_t source)
{
	const xcb_screen_t *root = constraint->pointer->x11->root;
	const double sides[] = {root->width_in_pixels, root->height_in_pixels};
	constraint->source = source;
	constraint->absolute = constraint->known = false;
	xcb_input_xi_query_device_reply_t *reply =
		xcb_input_xi_query_device_reply(connection_of(constraint),
			xcb_input_xi_query_device(connection_of(constraint), source), NULL);
	size_t left;
	const uint8_t *at = reply ? device_classes(reply, &left) : NULL;
	const xcb_input_device_class_t *class;
	while (at && (class = classes_next(&at, &left))) {
		const xcb_input_valuator_class_t *valuator = (const void *)class;
		if (class->type != XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR || valuator->number > 1 ||
			valuator->mode != XCB_INPUT_VALUATOR_MODE_ABSOLUTE)
			continue;
		double range = fp3232(valuator->max) - fp3232(valuator->min);
		constraint->absolute = true;
		constraint->factor[valuator->number] =
			range > 0 ? sides[valuator->number] / range : 1;
	}
	free(reply);
}

void x11_constraint_raw(
	struct x11_constraint *constraint, const xcb_input_raw_motion_event_t *event)
{
	if (!constraint->grabbed || !constraint->locked)
		return;
	if (event->sourceid != constraint->source)
		constraint_query_source(constraint, event->sourceid);
	struct valuators values, raw;
	if (!valuators_begin(&values, event + 1, x11_xinput_rest(event, sizeof(*event)), 0,
		    event->valuators_len))
		return;
	raw = values;
	raw.next_value = valuators_count(&values); // unaccelerated values follow the others
	double by[2] = {0}, raw_by[2] = {0}, place[2] = {constraint->last[0], constraint->last[1]},
	       value;
	unsigned number;
	bool any = false;
	while (valuators_next(&values, &number, &value)) {
		if (number > 1)
			continue;
		by[number] = place[number] = value;
		any = true;
	}
	while (valuators_next(&raw, &number, &value))
		if (number <= 1)
			raw_by[number] = value;
	if (!any)
		return;
	for (int i = 0; constraint->absolute && i < 2; i++) {
		by[i] = raw_by[i] = constraint->known
			? (place[i] - constraint->last[i]) * constraint->factor[i]
			: 0;
		constraint->last[i] = place[i];
	}
	constraint->known = true;
	if (by[0] != 0 || by[1] != 0)
		constraint_add_motion(constraint->pointer, event->time, by, raw_by);
}

void x11_constraint_core_motion(struct x11_constraint *constraint, struct x11_screen *screen,
	xcb_timestamp_t time, int x, int y)
{
	if (!constraint->grabbed || !emulates_lock(constraint) || constraint->screen != screen)
		return;
	if (constraint->recentering && !constraint->pointer->event_is_stale) {
		constraint->recentering = false;
		constraint->last_x = screen->width / 2;
		constraint->last_y = screen->height / 2;
	}
	const double by[] = {x - constraint->last_x, y - constraint->last_y};
	constraint->last_x = x;
	constraint->last_y = y;
	if (by[0] == 0 && by[1] == 0)
		return;
	constraint_add_motion(constraint->pointer, time, by, by);
	if (!constraint->recentering)
		constraint_warp_to_center(constraint);
}

struct x11_constraint *x11_constraint_create(struct x11_pointer *pointer)
{
	struct x11_constraint *constraint = xcalloc(1, sizeof(*constraint));
	constraint->pointer = pointer;
	return constraint;
}

void x11_constraint_destroy(struct x11_constraint *constraint)
{
	if (!constraint)
		return;
	if (constraint->empty_cursor && !constraint->pointer->x11->lost)
		xcb_free_cursor(connection_of(constraint), constraint->empty_cursor);
	free(constraint);
}
