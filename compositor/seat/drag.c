// SPDX-License-Identifier: MIT
// Drag and drop: a grab of the pointer or of one touch point, the drag icon, and the target's
// events. Escape cancels it.
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat_private.h"
#include "compositor/seat/selection.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

// Limit of the icon's offset from the pointer, logical pixels.
#define MAX_ICON_OFFSET 32767
// Limit of positions, against overflow; no output is that far away.
#define MAX_COORDINATE 4194303.0

struct drag_grab {
	struct drag drag;
	struct grab grab;
	int32_t touch_id; // -1: the pointer
	double x, y;      // layout
	int icon_dx, icon_dy;
	struct wl_listener source_destroyed, client_destroyed, focus_destroyed;
};

static struct drag_grab *drag_grab_from(struct drag *drag)
{
	return wl_container_of(drag, (struct drag_grab *)NULL, drag);
}

static struct drag_grab *from_grab(struct grab *grab)
{
	return wl_container_of(grab, (struct drag_grab *)NULL, grab);
}

// Icon

static void place_icon(struct drag_grab *self)
{
	struct surface *icon = self->drag.icon.target;
	if (icon)
		node_set_position(icon->tree, (int)floor(self->x) + self->icon_dx,
			(int)floor(self->y) + self->icon_dy);
}

static void on_icon_commit(struct surface *surface, unsigned set)
{
	struct drag_grab *self = surface->role_object;
	if (!self)
		return;
	if (set & SURFACE_OFFSET) {
		int64_t dx = (int64_t)self->icon_dx + surface->current.dx;
		int64_t dy = (int64_t)self->icon_dy + surface->current.dy;
		self->icon_dx = (int)CLAMP(dx, -MAX_ICON_OFFSET, MAX_ICON_OFFSET);
		self->icon_dy = (int)CLAMP(dy, -MAX_ICON_OFFSET, MAX_ICON_OFFSET);
		place_icon(self);
	}
	surface_set_mapped(surface, surface->has_buffer);
}

static void on_icon_destroyed(struct surface *surface)
{
	surface->role_object = NULL;
}

const struct surface_role drag_icon_role = {
	.name = "drag icon",
	.commit = on_icon_commit,
	.destroyed = on_icon_destroyed,
};

static void show_icon(struct drag_grab *self, struct surface *icon)
{
	struct server *server = self->drag.seat->server;
	weak_set(&self->drag.icon, icon, icon ? &icon->events.destroyed : NULL);
	if (!icon)
		return;
	icon->role_object = self;
	node_set_parent(icon->tree, server->scene->layers[SCENE_DRAG]);
	place_icon(self);
	surface_set_mapped(icon, icon->has_buffer);
}

static void hide_icon(struct drag_grab *self)
{
	struct surface *icon = self->drag.icon.target;
	weak_clear(&self->drag.icon);
	if (!icon)
		return;
	icon->role_object = NULL;
	surface_set_mapped(icon, false);
}

// Negotiation

uint32_t drag_choose_action(uint32_t source_actions, uint32_t offered, uint32_t preferred)
{
	uint32_t both = source_actions & offered;
	if (both & preferred)
		return preferred;
	return both & -both; // the lowest bit: copy, then move, then ask
}

void drag_accept(struct drag *drag, const char *mime)
{
	bool was_accepted = drag->accepted;
	drag->accepted = mime != NULL;
	if ((mime || was_accepted) && drag->source && drag->source->impl->target)
		drag->source->impl->target(drag->source, mime);
}

void drag_set_action(struct drag *drag, uint32_t action)
{
	if (drag->action == action)
		return;
	drag->action = action;
	if (drag->source && drag->source->impl->action)
		drag->source->impl->action(drag->source, action);
}

// Focus

static bool may_enter(const struct drag *drag, const struct surface *surface)
{
	return drag->source || wl_resource_get_client(surface->resource) == drag->client;
}

static void forget_focus(struct drag_grab *self)
{
	weak_clear(&self->drag.focus);
	wl_list_remove(&self->focus_destroyed.link);
	wl_list_init(&self->focus_destroyed.link);
}

static void drag_leave_focus(struct drag_grab *self)
{
	struct drag *drag = &self->drag;
	forget_focus(self);
	drag->sink->leave(drag);
	drag_accept(drag, NULL);
	drag_set_action(drag, 0);
}

static void on_focus_destroyed(struct wl_listener *listener, void *data)
{
	struct drag_grab *self = wl_container_of(listener, self, focus_destroyed);
	drag_leave_focus(self);
}

static void set_focus(struct drag_grab *self, struct surface *surface, double sx, double sy)
{
	struct drag *drag = &self->drag;
	if (surface && !may_enter(drag, surface))
		surface = NULL;
	if (surface == drag->focus.target)
		return;
	if (drag->focus.target)
		drag_leave_focus(self);
	if (!surface)
		return;
	// In this order the weak pointer is cleared first, so that on_focus_destroyed does not
	// remove a second listener from the list that is being emitted.
	weak_set(&drag->focus, surface, &surface->events.destroyed);
	wl_signal_add(&surface->events.destroyed, &self->focus_destroyed);
	drag->sink->enter(drag, surface, sx, sy);
}

// True: it was on that surface before.
static bool update_focus(struct drag_grab *self, double *sx, double *sy)
{
	struct scene *scene = self->drag.seat->server->scene;
	struct node *node = scene_at(scene, self->x, self->y, sx, sy);
	struct surface *before = self->drag.focus.target;
	if (!node)
		*sx = *sy = 0;
	set_focus(self, node ? node->surface : NULL, *sx, *sy);
	return before && before == self->drag.focus.target;
}

static void drag_move_follower(const struct drag_grab *self)
{
	const struct data_source *source = self->drag.source;
	if (source && source->follower)
		source->follower->moved(source->follower, self->x, self->y);
}

static void drag_move(struct drag_grab *self, uint32_t time_ms, double x, double y)
{
	double sx = 0, sy = 0;
	self->x = CLAMP(x, -MAX_COORDINATE, MAX_COORDINATE);
	self->y = CLAMP(y, -MAX_COORDINATE, MAX_COORDINATE);
	place_icon(self);
	drag_move_follower(self);
	if (update_focus(self, &sx, &sy))
		self->drag.sink->motion(&self->drag, time_ms, sx, sy);
}

// Ending

static bool takes_drop(const struct drag *drag)
{
	if (!drag->focus.target)
		return false;
	return !drag->source || (drag->accepted && drag->action) || drag->seat->server->wlcs_quirks;
}

static void drag_end(struct drag_grab *self, bool drop)
{
	struct drag *drag = &self->drag;
	struct seat *seat = drag->seat;
	struct data_source *source = drag->source;
	seat->drag = NULL;
	seat_grab_remove(&self->grab);
	hide_icon(self);
	wl_list_remove(&self->source_destroyed.link);
	wl_list_remove(&self->client_destroyed.link);
	if (!drop && self->touch_id < 0)
		pointer_swallow_buttons(seat); // the press was the drag's
	if (source && source->follower)
		source->follower->ended(source->follower);
	drag->dropped = drop && takes_drop(drag);
	if (drag->dropped) {
		forget_focus(self);
		if (source && source->impl->drop_performed)
			source->impl->drop_performed(source);
		drag->sink->drop(drag);
	} else {
		if (drag->focus.target)
			drag_leave_focus(self);
		if (source)
			source->impl->cancelled(source);
	}
	free(self);
}

void drag_cancel(struct seat *seat)
{
	if (!seat->drag)
		return;
	drag_end(drag_grab_from(seat->drag), false);
	seat_refocus(seat);
}

static void on_source_destroyed(struct wl_listener *listener, void *data)
{
	struct drag_grab *self = wl_container_of(listener, self, source_destroyed);
	struct seat *seat = self->drag.seat;
	self->drag.source = NULL;
	drag_end(self, false);
	seat_refocus(seat);
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct drag_grab *self = wl_container_of(listener, self, client_destroyed);
	drag_end(self, false);
}

// Grabs

static void on_motion(struct grab *grab, uint32_t time_ms)
{
	drag_move(from_grab(grab), time_ms, grab->seat->pointer.x, grab->seat->pointer.y);
}

static void on_button(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed)
{
	if (!pressed && !grab->seat->pointer.n_buttons)
		drag_end(from_grab(grab), true);
}

static void on_axis(struct grab *grab, const struct input_event *event)
{
}

static void on_refocus(struct grab *grab)
{
	double sx, sy;
	update_focus(from_grab(grab), &sx, &sy);
}

// Escape cancels; the clients get neither its press nor its release.
static void on_key(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed)
{
	struct seat *seat = grab->seat;
	struct keyboard *keyboard = &seat->keyboard;
	bool escape = keyboard->state
		? xkb_state_key_get_one_sym(keyboard->state, code + EVDEV_OFFSET) == XKB_KEY_Escape
		: code == KEY_ESC;
	struct pressed_key *key = keyboard_find_key(keyboard, code);
	if (!pressed || !escape || !key) {
		keyboard_send_key(seat, time_ms, code, pressed);
		return;
	}
	key->swallowed = true;
	drag_cancel(seat);
}

static void on_cancel(struct grab *grab)
{
	drag_end(from_grab(grab), false);
}

static const struct grab_impl pointer_impl = {
	.name = "drag",
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.key = on_key,
	.refocus = on_refocus,
	.cancel = on_cancel,
};

static struct touch_point *find_point(struct seat *seat, int32_t id)
{
	struct touch_point *point;
	wl_list_for_each(point, &seat->touch_points, link) {
		if (point->id == id)
			return point;
	}
	return NULL;
}

static void move_point(struct drag_grab *self, uint32_t time_ms, double x, double y)
{
	drag_move(self, time_ms, x, y);
	struct touch_point *point = find_point(self->drag.seat, self->touch_id);
	if (point) {
		point->x = self->x;
		point->y = self->y;
	}
}

// The touch point moves only the drag from now on. The client it went down on gets an up event, so
// that it does not wait for one.
static void on_touch(struct grab *grab, const struct input_event *event, double x, double y)
{
	struct drag_grab *self = from_grab(grab);
	struct seat *seat = grab->seat;
	uint32_t time_ms = (uint32_t)(event->time_us / 1000);
	int32_t id = event->touch.id;
	bool ours = id == self->touch_id;
	switch (event->type) {
	case INPUT_TOUCH_DOWN:
		touch_send_down(seat, time_ms, id, x, y);
		break;
	case INPUT_TOUCH_MOTION:
		if (ours)
			move_point(self, time_ms, x, y);
		else
			touch_send_motion(seat, time_ms, id, x, y);
		break;
	case INPUT_TOUCH_UP:
		if (ours)
			drag_end(self, true);
		touch_send_up(seat, time_ms, id);
		break;
	case INPUT_TOUCH_CANCEL:
		drag_end(self, false);
		touch_send_cancel(seat);
		break;
	default:
		touch_send_frame(seat);
		break;
	}
}

static const struct grab_impl touch_impl = {
	.name = "touch drag",
	.key = on_key,
	.touch = on_touch,
	.cancel = on_cancel,
};

bool drag_start(struct seat *seat, struct data_source *source, struct wl_client *client,
	struct surface *icon, const struct drag_sink *sink, int32_t touch_id)
{
	struct touch_point *point = touch_id >= 0 ? find_point(seat, touch_id) : NULL;
	if (seat->drag || (touch_id >= 0 && !point) || (!source && !client) || seat->server->locked)
		return false;
	struct drag_grab *self = xcalloc(1, sizeof(*self));
	self->drag.seat = seat;
	self->drag.source = source;
	self->drag.client = client;
	self->drag.sink = sink;
	self->touch_id = touch_id;
	self->x = point ? point->x : seat->pointer.x;
	self->y = point ? point->y : seat->pointer.y;
	self->focus_destroyed.notify = on_focus_destroyed;
	wl_list_init(&self->focus_destroyed.link);
	self->source_destroyed.notify = on_source_destroyed;
	wl_list_init(&self->source_destroyed.link);
	if (source)
		wl_signal_add(&source->destroyed, &self->source_destroyed);
	self->client_destroyed.notify = on_client_destroyed;
	wl_list_init(&self->client_destroyed.link);
	if (client)
		wl_client_add_destroy_listener(client, &self->client_destroyed);
	show_icon(self, icon);
	seat->drag = &self->drag;
	seat_grab_push(seat, &self->grab, point ? &touch_impl : &pointer_impl);
	if (!point)
		pointer_set_focus(seat, NULL, 0, 0);
	drag_move_follower(self);
	double sx, sy;
	update_focus(self, &sx, &sy);
	return true;
}
