// SPDX-License-Identifier: MIT
// Tablet tools: the surface in proximity, its events, and the emulated pointer for all others.
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/geom.h"
#include "compositor/client/backlog.h"
#include "compositor/output/output.h"
#include "compositor/policy.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat_private.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "tablet-v2-protocol.h"

#define FULL 65535      // range of pressure, distance and slider on the wire
#define NOTCH 120       // value120 per notch
#define NOTCH_PIXELS 15 // scrolled per notch, logical

static struct surface *surface_of(const struct tablet_tool *tool)
{
	return tool->surface.target;
}

static struct wl_client *client_of(const struct surface *surface)
{
	return wl_resource_get_client(surface->resource);
}

static bool is_pressed(const struct tablet_tool *tool)
{
	return tool->down || tool->n_buttons;
}

struct surface *tablets_surface(struct tablets *tablets)
{
	return tablets && tablets->active ? surface_of(tablets->active) : NULL;
}

bool tablet_tool_has_cursor(
	const struct tablet_tool *tool, struct wl_client *client, uint32_t serial)
{
	const struct surface *surface = surface_of(tool);
	// A serial of an earlier proximity does not count.
	return surface && tool->tablets->active == tool && client_of(surface) == client &&
		(int32_t)(serial - tool->enter_serial) >= 0;
}

void tablets_pointer_moved(struct tablets *tablets)
{
	if (!tablets->active)
		return;
	tablets->active = NULL;
	cursor_focus_changed(tablets->seat->cursor);
}

// Events

static void send_place(struct tablet_tool *tool, struct wl_resource *resource)
{
	int x = 0, y = 0;
	node_position(surface_of(tool)->node, &x, &y);
	zwp_tablet_tool_v2_send_motion(
		resource, fixed_from_double(tool->x - x), fixed_from_double(tool->y - y));
}

static void send_axes(struct tablet_tool *tool, struct wl_resource *resource, unsigned set)
{
	const struct input_tool_axes *axes = &tool->axes;
	if (set & (TOOL_PLACE | TOOL_MOVE))
		send_place(tool, resource);
	if (set & TOOL_PRESSURE)
		zwp_tablet_tool_v2_send_pressure(resource, (uint32_t)lround(axes->pressure * FULL));
	if (set & TOOL_DISTANCE)
		zwp_tablet_tool_v2_send_distance(resource, (uint32_t)lround(axes->distance * FULL));
	if (set & TOOL_TILT)
		zwp_tablet_tool_v2_send_tilt(
			resource, fixed_from_double(axes->tilt_x), fixed_from_double(axes->tilt_y));
	if (set & TOOL_ROTATION)
		zwp_tablet_tool_v2_send_rotation(resource, fixed_from_double(axes->rotation));
	if (set & TOOL_SLIDER)
		zwp_tablet_tool_v2_send_slider(resource, (int32_t)lround(axes->slider * FULL));
	if (set & TOOL_WHEEL)
		zwp_tablet_tool_v2_send_wheel(
			resource, fixed_from_double(axes->wheel), axes->wheel_clicks);
}

// Objects created since proximity in are brought up to date with the next event.
static bool send_in(struct tablet_tool *tool, struct tablet_object *object)
{
	struct surface *surface = surface_of(tool);
	struct wl_client *client = client_of(surface);
	if (wl_resource_get_client(object->resource) != client)
		return false;
	if (object->in)
		return true;
	struct tablet_object *tablet = tool->home
		? tablet_object_find(&tool->home->objects, client, object->seat_id)
		: NULL;
	if (!tablet)
		return false;
	object->in = true;
	zwp_tablet_tool_v2_send_proximity_in(
		object->resource, tool->enter_serial, tablet->resource, surface->resource);
	send_axes(tool, object->resource, tool->known & ~(unsigned)TOOL_WHEEL);
	tool->frame_pending = true;
	return true;
}

static void send_waiting(struct tablet_tool *tool)
{
	if (!surface_of(tool) || !tool->waiting)
		return;
	struct tablet_object *object;
	wl_list_for_each(object, &tool->objects, link) {
		bool was_in = object->in;
		if (send_in(tool, object)) // with the newest state
			send_axes(tool, object->resource,
				was_in ? tool->waiting : tool->waiting & TOOL_WHEEL);
	}
	tool->frame_pending = true;
	tool->waiting = 0;
	tool->axes.wheel = 0;
	tool->axes.wheel_clicks = 0;
}

static void send_frame(struct tablet_tool *tool)
{
	if (!tool->frame_pending)
		return;
	tool->frame_pending = false;
	struct tablet_object *object;
	wl_list_for_each(object, &tool->objects, link)
		if (object->in)
			zwp_tablet_tool_v2_send_frame(object->resource, tool->time_ms);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct tablet_tool *tool = data;
	struct surface *surface = surface_of(tool);
	if (!client || !tool->waiting || !surface || client_of(surface) != client)
		return;
	send_waiting(tool);
	send_frame(tool);
}

// Under back-pressure continuous axes are withheld; the newest values count.
static void send_or_wait(struct tablet_tool *tool, unsigned set)
{
	struct wl_client *client = client_of(surface_of(tool));
	bool waited = tool->waiting;
	tool->waiting |= set;
	if (!backlog_late(client))
		send_waiting(tool);
	else if (!waited && set)
		backlog_when_drained(client, on_drained, tool);
}

static uint32_t send_down(struct tablet_tool *tool)
{
	struct seat *seat = tool->tablets->seat;
	uint32_t serial = seat_serial(seat, client_of(surface_of(tool)), SERIAL_TOOL);
	send_waiting(tool);
	struct tablet_object *object;
	wl_list_for_each(object, &tool->objects, link)
		if (object->in)
			zwp_tablet_tool_v2_send_down(object->resource, serial);
	tool->frame_pending = true;
	return serial;
}

static void send_up(struct tablet_tool *tool)
{
	send_waiting(tool);
	struct tablet_object *object;
	wl_list_for_each(object, &tool->objects, link)
		if (object->in)
			zwp_tablet_tool_v2_send_up(object->resource);
	tool->frame_pending = true;
}

static void send_button(struct tablet_tool *tool, uint32_t code, bool pressed)
{
	struct seat *seat = tool->tablets->seat;
	uint32_t serial = seat_serial(
		seat, client_of(surface_of(tool)), pressed ? SERIAL_TOOL : SERIAL_OTHER);
	send_waiting(tool);
	struct tablet_object *object;
	wl_list_for_each(object, &tool->objects, link)
		if (object->in)
			zwp_tablet_tool_v2_send_button(object->resource, serial, code,
				pressed ? ZWP_TABLET_TOOL_V2_BUTTON_STATE_PRESSED
					: ZWP_TABLET_TOOL_V2_BUTTON_STATE_RELEASED);
	tool->frame_pending = true;
}

static void forget_surface(struct tablet_tool *tool)
{
	struct surface *surface = surface_of(tool);
	if (surface)
		backlog_forget(client_of(surface), tool);
	weak_clear(&tool->surface);
	wl_list_remove(&tool->surface_destroyed.link);
	wl_list_init(&tool->surface_destroyed.link);
	tool->waiting = 0;
	if (tool->tablets->active == tool)
		tablets_pointer_moved(tool->tablets);
}

static void send_out(struct tablet_tool *tool)
{
	struct surface *surface = surface_of(tool);
	if (!surface)
		return;
	tool->waiting = 0;
	// Nothing is sent to a client that is being destroyed, and no serial is used.
	bool alive = seat_client_find(tool->tablets->seat, client_of(surface));
	for (unsigned i = 0; i < tool->n_buttons && alive; i++)
		send_button(tool, tool->buttons[i], false);
	if (tool->down && alive)
		send_up(tool);
	struct tablet_object *object;
	wl_list_for_each(object, &tool->objects, link) {
		if (!object->in)
			continue;
		zwp_tablet_tool_v2_send_proximity_out(object->resource);
		zwp_tablet_tool_v2_send_frame(object->resource, tool->time_ms);
		object->in = false;
	}
	tool->frame_pending = false;
	forget_surface(tool);
}

// Ends the press for the client, which would wait for it. The tool sends nothing until released.
static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct tablet_tool *tool = wl_container_of(listener, tool, surface_destroyed);
	send_out(tool);
}

static void set_focus(struct tablet_tool *tool, struct surface *surface)
{
	struct seat *seat = tool->tablets->seat;
	if (surface_of(tool) == surface)
		return;
	send_out(tool);
	if (!surface)
		return;
	tool->enter_serial = seat_serial(seat, client_of(surface), SERIAL_ENTER);
	// In this order the weak pointer is still set when the listener is called.
	tool->surface_destroyed.notify = on_surface_destroyed;
	wl_signal_add(&surface->events.destroyed, &tool->surface_destroyed);
	weak_set(&tool->surface, surface, &surface->events.destroyed);
}

// Moves the cursor to the tool; the pointer has no focus meanwhile.
static void take_cursor(struct tablet_tool *tool)
{
	struct tablets *tablets = tool->tablets;
	struct seat *seat = tablets->seat;
	pointer_place(seat, tool->x, tool->y);
	if (tablets->active != tool) {
		tablets->active = tool;
		pointer_refocus(seat);
		cursor_focus_changed(seat->cursor);
	}
	cursor_update(seat->cursor);
	wl_signal_emit_mutable(&seat->events.moved, seat);
}

// Pointer emulation

static void emulate_event(struct tablet_tool *tool, const struct input_event *event)
{
	struct seat *seat = tool->tablets->seat;
	struct input_event copy = *event;
	copy.device = NULL;
	copy.time_us = (uint64_t)tool->time_ms * 1000;
	seat_input(seat, &copy);
	seat_input(
		seat, &(struct input_event){.type = INPUT_POINTER_FRAME, .time_us = copy.time_us});
}

static void emulate_move(struct tablet_tool *tool)
{
	emulate_event(tool,
		&(struct input_event){.type = INPUT_MOTION_LAYOUT, .absolute = {tool->x, tool->y}});
}

static void emulate_button(struct tablet_tool *tool, uint32_t code, bool pressed)
{
	emulate_event(tool, &(struct input_event){.type = INPUT_BUTTON, .button = {code, pressed}});
}

static void emulate_wheel(struct tablet_tool *tool)
{
	int clicks = tool->axes.wheel_clicks;
	emulate_event(tool,
		&(struct input_event){.type = INPUT_AXIS,
			.axis = {.source = INPUT_AXIS_WHEEL,
				.delta = clicks * NOTCH_PIXELS,
				.value120 = clicks * NOTCH}});
}

static uint32_t as_pointer_button(uint32_t code)
{
	switch (code) {
	case BTN_STYLUS:
		return BTN_RIGHT;
	case BTN_STYLUS2:
		return BTN_MIDDLE;
	case BTN_STYLUS3:
		return BTN_SIDE;
	default:
		return code;
	}
}

// Ends event delivery of this press; the emulated button is pressed without having been sent.
static void become_pointer(struct tablet_tool *tool)
{
	struct seat *seat = tool->tablets->seat;
	struct pointer *pointer = &seat->pointer;
	send_out(tool);
	tool->emulates = true;
	pointer_place(seat, tool->x, tool->y);
	if (pointer->n_buttons == array_length(pointer->buttons) ||
		pointer->n_swallowed == array_length(pointer->swallowed))
		return;
	pointer->buttons[pointer->n_buttons++] = BTN_LEFT;
	pointer->swallowed[pointer->n_swallowed++] = BTN_LEFT;
	pointer->press_serial = tool->down_serial;
}

void tablets_press_becomes_pointer(struct tablets *tablets, uint32_t serial)
{
	struct tablet_tool *tool = tablets->active;
	struct surface *surface = tablets_surface(tablets);
	if (!surface || !tool->down || !serial || tool->down_serial != serial)
		return;
	int x = 0, y = 0;
	node_position(surface->node, &x, &y);
	become_pointer(tool);
	pointer_set_focus(tablets->seat, surface, tool->x - x, tool->y - y);
}

// Focus

// The surface under the tool if its client has bound tablets; NULL: the pointer is emulated.
static struct surface *find_surface(struct tablet_tool *tool)
{
	struct seat *seat = tool->tablets->seat;
	double sx, sy;
	struct node *node = scene_at(seat->server->scene, tool->x, tool->y, &sx, &sy);
	struct surface *surface = node ? node->surface : NULL;
	if (!surface || !tablet_object_find(&tool->objects, client_of(surface), 0))
		return NULL;
	// During a popup grab its client gets tablet events; during a move or drag nothing does.
	struct grab *grab = seat_grab_top(seat);
	if (grab && grab->impl->motion &&
		(!grab->impl->client || grab->impl->client(grab) != client_of(surface)))
		return NULL;
	return surface;
}

static void update_focus(struct tablet_tool *tool)
{
	if (!is_pressed(tool)) {
		struct surface *surface = find_surface(tool);
		set_focus(tool, surface);
		tool->emulates = !surface;
	}
	if (surface_of(tool))
		take_cursor(tool);
}

static void tool_place(struct tablet_tool *tool, struct tablet *tablet)
{
	struct seat *seat = tool->tablets->seat;
	double x = tool->axes.x, y = tool->axes.y;
	if (tool->axes.set & TOOL_MOVE) {
		x += seat->pointer.x;
		y += seat->pointer.y;
		struct output *output = output_nearest(seat->server, x, y);
		if (output)
			box_closest(&output->box, x, y, &x, &y);
	} else if (!(tool->axes.set & TOOL_PLACE) ||
		!seat_to_layout(seat, tablet->device, &x, &y)) {
		return;
	}
	tool->x = x;
	tool->y = y;
}

static bool all_finite(const struct input_tool_axes *axes)
{
	const double values[] = {axes->x, axes->y, axes->pressure, axes->distance, axes->tilt_x,
		axes->tilt_y, axes->rotation, axes->slider, axes->wheel};
	for (size_t i = 0; i < array_length(values); i++)
		if (!isfinite(values[i]))
			return false;
	return true;
}

// True: they need to be sent.
static bool take_axes(
	struct tablet_tool *tool, struct tablet *tablet, const struct input_tool_axes *axes)
{
	if (!axes || !all_finite(axes))
		return false;
	struct input_tool_axes *into = &tool->axes;
	into->set = axes->set & (tool->info.axes | TOOL_PLACE | TOOL_MOVE);
	if (into->set & (TOOL_PLACE | TOOL_MOVE)) {
		into->x = axes->x;
		into->y = axes->y;
	}
	if (into->set & TOOL_PRESSURE)
		into->pressure = CLAMP(axes->pressure, 0, 1);
	if (into->set & TOOL_DISTANCE)
		into->distance = CLAMP(axes->distance, 0, 1);
	if (into->set & TOOL_TILT) {
		into->tilt_x = CLAMP(axes->tilt_x, -90, 90);
		into->tilt_y = CLAMP(axes->tilt_y, -90, 90);
	}
	if (into->set & TOOL_ROTATION)
		into->rotation = CLAMP(axes->rotation, -360, 360);
	if (into->set & TOOL_SLIDER)
		into->slider = CLAMP(axes->slider, -1, 1);
	if (into->set & TOOL_WHEEL) {
		into->wheel = CLAMP(into->wheel + axes->wheel, -36000, 36000);
		into->wheel_clicks = CLAMP(
			into->wheel_clicks + CLAMP(axes->wheel_clicks, -1000, 1000), -1000, 1000);
	}
	tool->known |= into->set;
	tool_place(tool, tablet);
	return into->set;
}

static void on_axes(struct tablet_tool *tool)
{
	update_focus(tool);
	if (surface_of(tool)) {
		send_or_wait(tool, tool->axes.set);
		return;
	}
	if (tool->emulates && tool->axes.set & (TOOL_PLACE | TOOL_MOVE))
		emulate_move(tool);
	if (tool->emulates && tool->axes.wheel_clicks)
		emulate_wheel(tool);
	tool->axes.wheel = 0;
	tool->axes.wheel_clicks = 0;
}

static bool shell_takes(struct tablet_tool *tool)
{
	struct seat *seat = tool->tablets->seat;
	struct shell *shell = seat->server->shell;
	double sx, sy;
	struct node *node = scene_at(seat->server->scene, tool->x, tool->y, &sx, &sy);
	return shell && shell->impl->button && !seat->pointer.n_buttons &&
		shell->impl->button(shell, node, BTN_LEFT, true);
}

static void on_tip(struct tablet_tool *tool, bool down)
{
	if (tool->down == down)
		return;
	// The shell raises windows and may consume the press; that can change the surface.
	if (tool->emulates)
		emulate_button(tool, BTN_LEFT, down);
	else if (down && shell_takes(tool))
		become_pointer(tool);
	else if (surface_of(tool) && down)
		tool->down_serial = send_down(tool);
	else if (surface_of(tool))
		send_up(tool);
	tool->down = down;
}

static void on_button(struct tablet_tool *tool, uint32_t code, bool pressed)
{
	unsigned at = 0;
	while (at < tool->n_buttons && tool->buttons[at] != code)
		at++;
	if ((at < tool->n_buttons) == pressed || (pressed && at == array_length(tool->buttons)))
		return;
	if (pressed)
		tool->buttons[tool->n_buttons++] = code;
	else
		tool->buttons[at] = tool->buttons[--tool->n_buttons];
	if (tool->emulates)
		emulate_button(tool, as_pointer_button(code), pressed);
	else if (surface_of(tool))
		send_button(tool, code, pressed);
}

void tablet_tool_leave(struct tablet_tool *tool)
{
	struct seat *seat = tool->tablets->seat;
	bool had_cursor = tool->tablets->active == tool;
	if (tool->emulates)
		while (tool->n_buttons)
			on_button(tool, tool->buttons[0], false);
	if (tool->emulates)
		on_tip(tool, false);
	send_out(tool);
	tool->near = tool->down = tool->emulates = false;
	tool->n_buttons = 0;
	tool->known = 0;
	if (had_cursor)
		seat_refocus(seat);
}

void tablet_tool_input(
	struct tablet_tool *tool, struct tablet *tablet, const struct input_event *event)
{
	tool->time_ms = (uint32_t)(event->time_us / 1000);
	if (event->type == INPUT_TOOL_FRAME) {
		if (!tool->waiting) // under back-pressure the frame is withheld as well
			send_frame(tool);
		return;
	}
	if (event->type == INPUT_TOOL_PROXIMITY && !event->tool.on) {
		tablet_tool_leave(tool);
		return;
	}
	tool->near = true;
	tool->home = tablet;
	bool moved = take_axes(tool, tablet, event->tool.axes);
	if (event->type == INPUT_TOOL_PROXIMITY)
		tool->axes.set |= TOOL_PLACE;
	if (moved || event->type == INPUT_TOOL_PROXIMITY)
		on_axes(tool);
	if (event->type == INPUT_TOOL_TIP)
		on_tip(tool, event->tool.on);
	else if (event->type == INPUT_TOOL_BUTTON)
		on_button(tool, event->tool.code, event->tool.on);
}

struct tablet_tool *tablet_tool_create(struct tablets *tablets, const struct input_tool *info)
{
	struct tablet_tool *tool = xcalloc(1, sizeof(*tool));
	tool->tablets = tablets;
	tool->info = *info;
	wl_list_init(&tool->objects);
	wl_list_init(&tool->surface_destroyed.link);
	wl_list_insert(tablets->tools.prev, &tool->link);
	return tool;
}

void tablet_tool_destroy(struct tablet_tool *tool)
{
	forget_surface(tool);
	tablet_objects_orphan(&tool->objects);
	wl_list_remove(&tool->link);
	free(tool);
}
