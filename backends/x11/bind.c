// SPDX-License-Identifier: MIT
// The pointer held to a part of a window, or to one point of it.
//
// An invisible window inside of ours is the fence, and a pointer grab keeps the pointer within: no
// pointer that jumps back, and it is still where it was when the lock ends. Raw motion tells how far
// it would have gone. Without XInput it is put back to the middle after each motion.
#include <math.h>
#include <stdlib.h>
#include "backends/x11/pointer.h"
#include "backends/x11/valuators.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct x11_bind {
	struct x11_pointer *pointer;
	struct x11_screen *screen; // NULL: the pointer is free
	bool locked;
	struct box box;     // where it may be, pixels of the window
	bool held;          // the server agreed
	xcb_window_t fence; // NONE: not made
	// Raw motion of a device that tells places (a tablet, a virtual machine's pointer).
	uint16_t source; // whose ranges these are; 0: not known
	bool absolute, known;
	double factor[2], last[2];
	// Without XInput.
	xcb_cursor_t nothing;
	double home_x, home_y; // where it was
	int last_x, last_y;
	bool returning; // it was put back to the middle, and was not heard of from there yet
};

static xcb_connection_t *xcb_of(const struct x11_bind *bind)
{
	return bind->pointer->x11->xcb;
}

static bool by_warping(const struct x11_bind *bind)
{
	return bind->locked && !bind->pointer->x11->has.xinput_opcode;
}

static void select_raw(struct x11_bind *bind, bool on)
{
	struct x11 *x11 = bind->pointer->x11;
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

static void warp_to_middle(struct x11_bind *bind)
{
	struct x11_screen *screen = bind->screen;
	bind->returning = true;
	x11_pointer_put(bind->pointer, screen, screen, screen->width / 2, screen->height / 2);
}

static xcb_cursor_t empty_cursor(struct x11_bind *bind)
{
	if (bind->nothing)
		return bind->nothing;
	xcb_connection_t *xcb = xcb_of(bind);
	xcb_pixmap_t pixmap = xcb_generate_id(xcb);
	xcb_gcontext_t gc = xcb_generate_id(xcb);
	bind->nothing = xcb_generate_id(xcb);
	xcb_create_pixmap(xcb, 1, pixmap, bind->pointer->x11->root->root, 1, 1);
	xcb_create_gc(xcb, gc, pixmap, XCB_GC_FOREGROUND, (const uint32_t[]){0});
	xcb_poly_fill_rectangle(xcb, pixmap, gc, 1, &(const xcb_rectangle_t){0, 0, 1, 1});
	xcb_create_cursor(xcb, bind->nothing, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0);
	xcb_free_gc(xcb, gc);
	xcb_free_pixmap(xcb, pixmap);
	return bind->nothing;
}

static void hold(struct x11_bind *bind)
{
	xcb_connection_t *xcb = xcb_of(bind);
	struct x11_screen *screen = bind->screen;
	bool warps = by_warping(bind);
	if (!warps && !bind->fence) {
		bind->fence = xcb_generate_id(xcb);
		xcb_create_window(xcb, 0, bind->fence, screen->window, (int16_t)bind->box.x,
			(int16_t)bind->box.y, (uint16_t)bind->box.width, (uint16_t)bind->box.height,
			0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
		xcb_map_window(xcb, bind->fence);
	}
	// Raw motion comes twice to whom a grab on another window than the root belongs.
	xcb_window_t window = bind->locked ? bind->pointer->x11->root->root : screen->window;
	xcb_grab_pointer_reply_t *reply = xcb_grab_pointer_reply(xcb,
		xcb_grab_pointer(xcb, true, window, X11_POINTER_EVENTS, XCB_GRAB_MODE_ASYNC,
			XCB_GRAB_MODE_ASYNC, warps ? screen->window : bind->fence,
			warps ? empty_cursor(bind) : XCB_CURSOR_NONE, XCB_CURRENT_TIME),
		NULL);
	bind->held = reply && reply->status == XCB_GRAB_STATUS_SUCCESS;
	if (!bind->held)
		log_debug("the pointer cannot be held: %d", reply ? reply->status : -1);
	free(reply);
	if (!bind->held || !bind->locked)
		return;
	bind->known = false;
	select_raw(bind, true);
	bind->last_x = (int)bind->home_x;
	bind->last_y = (int)bind->home_y;
	if (warps)
		warp_to_middle(bind);
}

static void let_go(struct x11_bind *bind, bool window_exists)
{
	xcb_connection_t *xcb = xcb_of(bind);
	if (bind->pointer->x11->lost)
		bind->held = window_exists = false;
	if (bind->held) {
		if (by_warping(bind) && window_exists)
			x11_pointer_put(bind->pointer, bind->screen, bind->screen,
				(int)bind->home_x, (int)bind->home_y);
		xcb_ungrab_pointer(xcb, XCB_CURRENT_TIME);
		if (bind->locked)
			select_raw(bind, false);
	}
	if (bind->fence && window_exists)
		xcb_destroy_window(xcb, bind->fence);
	bind->fence = XCB_WINDOW_NONE;
	bind->held = false;
	bind->screen = NULL;
}

void x11_pointer_constrain(
	struct backend *backend, struct screen *base, const struct box *confine, bool locked)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	struct x11_pointer *pointer = x11->pointer;
	struct x11_bind *bind = pointer->bind;
	pointer->moved = false; // the core is there already
	if (bind->screen)
		let_go(bind, true);
	if (base && (locked || confine)) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		bind->screen = screen;
		bind->locked = locked;
		bind->home_x = pointer->x;
		bind->home_y = pointer->y;
		const struct box window = {0, 0, screen->width, screen->height};
		struct box point = {(int)pointer->x, (int)pointer->y, 1, 1};
		bind->box = locked ? point : *confine;
		if (!box_intersect(&bind->box, &bind->box, &window))
			bind->box = (struct box){screen->width / 2, screen->height / 2, 1, 1};
		hold(bind);
	}
	x11_flush(x11);
}

void x11_pointer_warp(struct backend *backend, struct screen *base, double x, double y)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	struct x11_screen *screen = wl_container_of(base, screen, base);
	if (x11->lost || x11->pointer->screen == NULL || x11_bind_locks(x11->pointer->bind))
		return;
	x11_pointer_put(x11->pointer, x11->pointer->screen, screen, (int)floor(x), (int)floor(y));
	x11_flush(x11);
}

void x11_bind_retry(struct x11_bind *bind)
{
	if (bind->screen && !bind->held && !bind->pointer->x11->lost)
		hold(bind);
}

bool x11_bind_is_on(struct x11_bind *bind)
{
	return bind->screen != NULL;
}

bool x11_bind_locks(struct x11_bind *bind)
{
	return bind->screen && bind->locked;
}

void x11_bind_forget(struct x11_bind *bind, struct x11_screen *screen)
{
	if (bind->screen == screen)
		let_go(bind, screen->window != XCB_WINDOW_NONE);
}

// Relative motion

static void go(
	struct x11_pointer *pointer, xcb_timestamp_t time, const double by[2], const double raw[2])
{
	pointer->went = true;
	pointer->went_time = time;
	pointer->dx += by[0];
	pointer->dy += by[1];
	pointer->dx_raw += raw[0];
	pointer->dy_raw += raw[1];
}

// Whether the device tells places, and what its range is on the screen. Waits for the server.
static void ask_source(struct x11_bind *bind, uint16_t source)
{
	const xcb_screen_t *root = bind->pointer->x11->root;
	const double sides[] = {root->width_in_pixels, root->height_in_pixels};
	bind->source = source;
	bind->absolute = bind->known = false;
	xcb_input_xi_query_device_reply_t *reply = xcb_input_xi_query_device_reply(
		xcb_of(bind), xcb_input_xi_query_device(xcb_of(bind), source), NULL);
	size_t left;
	const uint8_t *at = reply ? device_classes(reply, &left) : NULL;
	const xcb_input_device_class_t *class;
	while (at && (class = classes_next(&at, &left))) {
		const xcb_input_valuator_class_t *valuator = (const void *)class;
		if (class->type != XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR || valuator->number > 1 ||
			valuator->mode != XCB_INPUT_VALUATOR_MODE_ABSOLUTE)
			continue;
		double range = fp3232(valuator->max) - fp3232(valuator->min);
		bind->absolute = true;
		bind->factor[valuator->number] = range > 0 ? sides[valuator->number] / range : 1;
	}
	free(reply);
}

void x11_bind_raw(struct x11_bind *bind, const xcb_input_raw_motion_event_t *event)
{
	if (!bind->held || !bind->locked)
		return;
	if (event->sourceid != bind->source)
		ask_source(bind, event->sourceid);
	struct valuators values, raw;
	if (!valuators_begin(&values, event + 1, x11_xinput_rest(event, sizeof(*event)), 0,
		    event->valuators_len))
		return;
	raw = values;
	raw.next_value = valuators_count(&values); // they come after
	double by[2] = {0}, raw_by[2] = {0}, place[2] = {bind->last[0], bind->last[1]}, value;
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
	for (int i = 0; bind->absolute && i < 2; i++) {
		by[i] = raw_by[i] = bind->known ? (place[i] - bind->last[i]) * bind->factor[i] : 0;
		bind->last[i] = place[i];
	}
	bind->known = true;
	if (by[0] != 0 || by[1] != 0)
		go(bind->pointer, event->time, by, raw_by);
}

void x11_bind_core_motion(
	struct x11_bind *bind, struct x11_screen *screen, xcb_timestamp_t time, int x, int y)
{
	if (!bind->held || !by_warping(bind) || bind->screen != screen)
		return;
	if (bind->returning && !bind->pointer->stale) {
		bind->returning = false;
		bind->last_x = screen->width / 2;
		bind->last_y = screen->height / 2;
	}
	const double by[] = {x - bind->last_x, y - bind->last_y};
	bind->last_x = x;
	bind->last_y = y;
	if (by[0] == 0 && by[1] == 0)
		return;
	go(bind->pointer, time, by, by);
	if (!bind->returning)
		warp_to_middle(bind);
}

struct x11_bind *x11_bind_create(struct x11_pointer *pointer)
{
	struct x11_bind *bind = xcalloc(1, sizeof(*bind));
	bind->pointer = pointer;
	return bind;
}

void x11_bind_destroy(struct x11_bind *bind)
{
	if (!bind)
		return;
	if (bind->nothing && !bind->pointer->x11->lost)
		xcb_free_cursor(xcb_of(bind), bind->nothing);
	free(bind);
}
