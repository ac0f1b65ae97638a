// SPDX-License-Identifier: MIT
// Entry point of input: dispatches events to the shell, the grabs and the devices' default
// behaviour; clients' records, the stack of grabs.
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/policy.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/key_filter.h"
#include "compositor/seat/seat_private.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "wayland-protocol.h"

#define NO_MOTION 0.001 // logical pixels; the wire has 1/256

static void on_scene_changed(struct wl_listener *listener, void *data)
{
	struct seat *seat = wl_container_of(listener, seat, scene_changed);
	seat_refocus(seat);
}

// Keeps the pointer within the outputs.
static void on_layout_settled(struct wl_listener *listener, void *data)
{
	struct seat *seat = wl_container_of(listener, seat, layout_settled);
	if (seat->pointer.used)
		pointer_warp(seat, seat->pointer.x, seat->pointer.y);
}

struct seat *seat_create(struct server *server, const char *name)
{
	struct seat *seat = xcalloc(1, sizeof(*seat));
	seat->server = server;
	seat->name = xstrdup(name);
	wl_list_init(&seat->touch_points);
	gesture_init(seat);
	wl_list_init(&seat->clients);
	wl_list_init(&seat->grabs);
	wl_list_init(&seat->popup_grabs);
	wl_signal_init(&seat->events.pointer_focus);
	wl_signal_init(&seat->events.keyboard_focus);
	wl_signal_init(&seat->events.moved);
	wl_signal_init(&seat->events.keymap);
	selection_init(&seat->clipboard);
	selection_init(&seat->primary);
	keyboard_init(seat);
	seat->cursor = server->cursor;
	seat->tablets = tablets_create(seat);
	seat->scene_changed.notify = on_scene_changed;
	wl_signal_add(&server->scene->events.changed, &seat->scene_changed);
	seat->layout_settled.notify = on_layout_settled;
	wl_signal_add(&server->events.layout_settled, &seat->layout_settled);
	return seat;
}

void seat_destroy(struct seat *seat)
{
	if (!seat)
		return;
	seat_cancel_grabs(seat);
	struct touch_point *point, *tmp;
	wl_list_for_each_safe(point, tmp, &seat->touch_points, link)
		touch_point_free(point);
	tablets_destroy(seat->tablets);
	seat->tablets = NULL;
	gesture_finish(seat);
	selection_finish(&seat->clipboard);
	selection_finish(&seat->primary);
	keyboard_finish(seat);
	weak_clear(&seat->pointer.focus);
	weak_clear(&seat->pointer.focus_node);
	weak_clear(&seat->pointer.host.output);
	wl_list_remove(&seat->scene_changed.link);
	wl_list_remove(&seat->layout_settled.link);
	free(seat->name);
	free(seat);
}

// Clients

struct seat_client *seat_client_find(struct seat *seat, struct wl_client *client)
{
	struct seat_client *seat_client;
	wl_list_for_each(seat_client, &seat->clients, link) {
		if (seat_client->client == client)
			return seat_client;
	}
	return NULL;
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct seat_client *client = wl_container_of(listener, client, client_destroyed);
	struct wl_list *const lists[] = {&client->seats, &client->pointers, &client->keyboards,
		&client->touches, &client->relative_pointers,
		&client->gestures[INPUT_GESTURE_SWIPE], &client->gestures[INPUT_GESTURE_PINCH],
		&client->gestures[INPUT_GESTURE_HOLD]};
	// Its resources are destroyed after this, and must not access the list heads.
	for (size_t i = 0; i < array_length(lists); i++) {
		struct wl_resource *resource, *tmp;
		wl_resource_for_each_safe(resource, tmp, lists[i]) {
			wl_list_remove(wl_resource_get_link(resource));
			wl_list_init(wl_resource_get_link(resource));
			wl_resource_set_user_data(resource, NULL);
		}
	}
	pointer_client_gone(client);
	if (client->seat->pressed_client == client->client)
		client->seat->pressed_client = NULL;
	wl_list_remove(&client->client_destroyed.link);
	wl_list_remove(&client->link);
	free(client);
}

struct seat_client *seat_client_get(struct seat *seat, struct wl_client *client)
{
	struct seat_client *seat_client = seat_client_find(seat, client);
	if (seat_client)
		return seat_client;
	seat_client = xcalloc(1, sizeof(*seat_client));
	seat_client->seat = seat;
	seat_client->client = client;
	wl_list_init(&seat_client->seats);
	wl_list_init(&seat_client->pointers);
	wl_list_init(&seat_client->keyboards);
	wl_list_init(&seat_client->touches);
	wl_list_init(&seat_client->relative_pointers);
	for (size_t i = 0; i < array_length(seat_client->gestures); i++)
		wl_list_init(&seat_client->gestures[i]);
	seat_client->client_destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(client, &seat_client->client_destroyed);
	wl_list_insert(&seat->clients, &seat_client->link);
	return seat_client;
}

// Grabs

void seat_grab_push(struct seat *seat, struct grab *grab, const struct grab_impl *impl)
{
	grab->impl = impl;
	grab->seat = seat;
	wl_list_insert(&seat->grabs, &grab->link);
}

void seat_grab_remove(struct grab *grab)
{
	struct seat *seat = grab->seat;
	if (!seat)
		return;
	wl_list_remove(&grab->link);
	grab->seat = NULL;
	// The focus was not updated during the grab.
	seat->server->scene->changed = true;
	outputs_dirty(seat->server);
}

struct grab *seat_grab_top(struct seat *seat)
{
	struct grab *grab;
	return wl_list_empty(&seat->grabs) ? NULL : wl_container_of(seat->grabs.next, grab, link);
}

void seat_cancel_grabs(struct seat *seat)
{
	struct grab *grab;
	while ((grab = seat_grab_top(seat))) {
		wl_list_remove(&grab->link);
		grab->seat = NULL;
		grab->impl->cancel(grab);
	}
}

// Focus

void seat_refocus(struct seat *seat)
{
	struct scene *scene = seat->server->scene;
	scene->changed = false;
	struct grab *grab = seat_grab_top(seat);
	if (grab && grab->impl->refocus) {
		grab->impl->refocus(grab);
	} else if (pointer_refocus(seat)) {
		pointer_send_motion(seat, clock_now_ms(seat->server->clock));
		pointer_send_frame(seat);
	}
	constraint_update_host(seat);
}

// Input

static void move_pointer(struct seat *seat, double x, double y, uint32_t time_ms)
{
	tablets_pointer_moved(seat->tablets);
	pointer_place(seat, x, y);
	struct grab *grab = seat_grab_top(seat);
	if (grab && grab->impl->motion) {
		grab->impl->motion(grab, time_ms);
	} else {
		struct surface *before = pointer_focus(seat);
		pointer_refocus(seat);
		if (pointer_focus(seat) == before) // else enter has the position
			pointer_send_motion(seat, time_ms);
	}
	cursor_update(seat->cursor);
	wl_signal_emit_mutable(&seat->events.moved, seat);
}

// The output that a device is mapped to; NULL: the whole layout.
static struct output *output_of(struct seat *seat, const struct input_device *device)
{
	if (!device)
		return NULL;
	bool direct = device->type == INPUT_TOUCH || device->type == INPUT_TABLET;
	if (!device->output_name)
		return direct ? output_builtin(seat->server) : NULL;
	return output_by_name(seat->server, device->output_name);
}

static void distance_to_layout(
	struct seat *seat, const struct input_device *device, double *dx, double *dy)
{
	const struct output *output = output_of(seat, device);
	if (!output || !device->on_screen)
		return;
	double x = 0, y = 0;
	enum transform transform = transform_invert(output->transform);
	point_transform(&x, &y, transform, 0, 0);
	point_transform(dx, dy, transform, 0, 0);
	*dx = (*dx - x) / output->scale;
	*dy = (*dy - y) / output->scale;
}

static void on_motion(struct seat *seat, const struct input_event *event, uint32_t time_ms)
{
	struct input_event moved = *event;
	if (!isfinite(event->motion.dx) || !isfinite(event->motion.dy))
		return;
	distance_to_layout(seat, event->device, &moved.motion.dx, &moved.motion.dy);
	pointer_send_relative(seat, &moved);
	struct pointer *pointer = &seat->pointer;
	if (pointer->constraint && pointer->constraint->lock)
		return;
	move_pointer(seat, pointer->x + moved.motion.dx, pointer->y + moved.motion.dy, time_ms);
}

bool seat_to_layout(struct seat *seat, const struct input_device *device, double *x, double *y)
{
	if (!isfinite(*x) || !isfinite(*y))
		return false;
	const struct output *output = output_of(seat, device);
	if (output && device->on_screen)
		point_transform(x, y, transform_invert(output->transform), 1, 1);
	struct box box = output ? output->box : outputs_bounds(seat->server);
	*x = box.x + CLAMP(*x, 0, 1) * box.width;
	*y = box.y + CLAMP(*y, 0, 1) * box.height;
	return true;
}

static void on_absolute(struct seat *seat, double x, double y, uint64_t time_us)
{
	struct pointer *pointer = &seat->pointer;
	if (!isfinite(x) || !isfinite(y) ||
		(pointer->used && hypot(x - pointer->x, y - pointer->y) < NO_MOTION))
		return;
	const struct input_event relative = {
		.type = INPUT_MOTION,
		.time_us = time_us,
		.motion = {x - pointer->x, y - pointer->y, x - pointer->x, y - pointer->y},
	};
	pointer_send_relative(seat, &relative);
	if (!pointer->constraint || !pointer->constraint->lock)
		move_pointer(seat, x, y, (uint32_t)(time_us / 1000));
}

static void on_leave(struct seat *seat)
{
	if (seat->pointer.n_buttons || !wl_list_empty(&seat->grabs))
		return;
	seat->pointer.used = false;
	seat_refocus(seat);
}

static bool has_code(const uint32_t *codes, unsigned n, uint32_t code)
{
	for (unsigned i = 0; i < n; i++)
		if (codes[i] == code)
			return true;
	return false;
}

// Removes a code from a list. False: it was not there.
static bool remove_code(uint32_t *codes, unsigned *n, uint32_t code)
{
	for (unsigned i = 0; i < *n; i++) {
		if (codes[i] != code)
			continue;
		memmove(&codes[i], &codes[i + 1], (*n - i - 1) * sizeof(*codes));
		--*n;
		return true;
	}
	return false;
}

// The shell, unless a lock keeps input from it; or NULL.
static struct shell *listening_shell(struct seat *seat)
{
	return seat->server->locked ? NULL : seat->server->shell;
}

static bool shell_takes_button(struct seat *seat, uint32_t code, bool pressed)
{
	struct pointer *pointer = &seat->pointer;
	struct shell *shell = listening_shell(seat);
	if (!pressed)
		return remove_code(pointer->swallowed, &pointer->n_swallowed, code);
	if (!shell || !shell->impl->button ||
		pointer->n_swallowed == array_length(pointer->swallowed) ||
		!shell->impl->button(shell, pointer->focus_node.target, code, true))
		return false;
	pointer->swallowed[pointer->n_swallowed++] = code;
	return true;
}

static void on_button(struct seat *seat, uint32_t code, bool pressed, uint32_t time_ms)
{
	struct pointer *pointer = &seat->pointer;
	if (has_code(pointer->buttons, pointer->n_buttons, code) == pressed)
		return; // pressed twice, or released without a press
	if (pressed && pointer->n_buttons == array_length(pointer->buttons))
		return;
	if (pressed) {
		pointer->buttons[pointer->n_buttons++] = code;
		pointer->unconstrained = false;
	} else {
		remove_code(pointer->buttons, &pointer->n_buttons, code);
	}
	// A grab that the press started gets its release only. One that existed before may be a
	// popup's; then a click elsewhere still raises what was clicked.
	struct grab *before = seat_grab_top(seat);
	bool taken = shell_takes_button(seat, code, pressed);
	struct grab *grab = seat_grab_top(seat);
	if (grab && grab->impl->button && (grab == before || !pressed))
		grab->impl->button(grab, time_ms, code, pressed);
	else if (!taken)
		pointer_send_button(seat, time_ms, code, pressed);
	if (!pressed && !pointer->n_buttons)
		seat_refocus(seat); // the implicit grab is over
}

static void on_axis(struct seat *seat, const struct input_event *event)
{
	if (!isfinite(event->axis.delta))
		return;
	struct shell *shell = listening_shell(seat);
	struct grab *grab = seat_grab_top(seat);
	if (grab && grab->impl->axis)
		grab->impl->axis(grab, event);
	else if (!shell || !shell->impl->axis || !shell->impl->axis(shell, event))
		pointer_send_axis(seat, event);
}

static void on_frame(struct seat *seat)
{
	struct grab *grab = seat_grab_top(seat);
	if (grab && grab->impl->frame)
		grab->impl->frame(grab);
	else
		pointer_send_frame(seat);
}

static bool shell_takes_key(struct seat *seat, uint32_t code, bool pressed)
{
	struct shell *shell = seat->server->shell;
	if (!shell)
		return false;
	bool (*key)(struct shell * shell, uint32_t code, bool pressed) =
		seat->server->locked ? shell->impl->locked_key : shell->impl->key;
	return key && key(shell, code, pressed);
}

// False: the press is the client's, or that of a grab that has keys.
static bool filter_takes_press(
	struct seat *seat, const struct grab *grab, const struct filtered_key *what)
{
	struct key_filter *filter = seat->key_filter;
	if (!filter || (grab && grab->impl->key) || !filter->impl->press(filter, what))
		return false;
	struct pressed_key *key = keyboard_find_key(&seat->keyboard, what->code);
	if (key)
		key->swallowed = key->filtered = true;
	return true;
}

static void on_key(struct seat *seat, const struct input_event *event, uint32_t time_ms)
{
	struct keyboard *keyboard = &seat->keyboard;
	uint32_t code = event->key.code;
	bool pressed = event->key.pressed;
	struct pressed_key *key = keyboard_find_key(keyboard, code);
	if ((key != NULL) == pressed)
		return; // pressed twice, or released without a press
	if (pressed && keyboard->n_keys == array_length(keyboard->keys))
		return;
	bool swallowed = key && key->swallowed, filtered = key && key->filtered;
	// A release is no reason to switch: clients know the key by its code.
	if (pressed)
		keyboard_use_device(seat, event->device);
	if (pressed && keyboard->modifiers_unsent)
		keyboard_send_modifiers(seat);
	const struct filtered_key what = {event->device, time_ms, code,
		pressed && keyboard->state
			? xkb_state_key_get_one_sym(keyboard->state, code + EVDEV_OFFSET)
			: XKB_KEY_NoSymbol};
	keyboard_update(seat, event->device, code, pressed);
	struct grab *grab = seat_grab_top(seat);
	if ((pressed && keyboard_switches_vt(seat, code)) || shell_takes_key(seat, code, pressed)) {
		key = keyboard_find_key(keyboard, code);
		if (key)
			key->swallowed = true;
	} else if (filtered && seat->key_filter) {
		seat->key_filter->impl->release(seat->key_filter, &what);
	} else if (!swallowed && !(pressed && filter_takes_press(seat, grab, &what))) {
		if (grab && grab->impl->key)
			grab->impl->key(grab, time_ms, code, pressed);
		else
			keyboard_send_key(seat, time_ms, code, pressed);
	}
	keyboard_send_modifiers(seat);
}

static void on_touch(struct seat *seat, const struct input_event *event)
{
	double x = event->touch.x, y = event->touch.y;
	bool has_point = event->type == INPUT_TOUCH_DOWN || event->type == INPUT_TOUCH_MOTION;
	if (has_point && (!isfinite(x) || !isfinite(y)))
		return;
	if (has_point && !event->touch.layout && !seat_to_layout(seat, event->device, &x, &y))
		return;
	struct shell *shell = listening_shell(seat);
	if (event->type == INPUT_TOUCH_DOWN && shell && shell->impl->touch_down) {
		double sx = 0, sy = 0;
		struct node *node = scene_at(seat->server->scene, x, y, &sx, &sy);
		shell->impl->touch_down(shell, node, sx, sy);
	}
	struct grab *grab = seat_grab_top(seat);
	if (grab && grab->impl->touch) {
		grab->impl->touch(grab, event, x, y);
		return;
	}
	touch_send_event(seat, event, x, y);
}

void seat_input(struct seat *seat, const struct input_event *event)
{
	uint32_t time_ms = (uint32_t)(event->time_us / 1000);
	double x = event->absolute.x, y = event->absolute.y;
	wl_signal_emit_mutable(&seat->server->events.activity, NULL);
	switch (event->type) {
	case INPUT_DEVICE_ADDED: // the seat always has all capabilities
		tablets_add_device(seat->tablets, event->device);
		keyboard_add_device(seat, event->device);
		break;
	case INPUT_DEVICE_REMOVED:
		tablets_remove_device(seat->tablets, event->device);
		keyboard_remove_device(seat, event->device);
		break;
	case INPUT_MOTION:
		on_motion(seat, event, time_ms);
		break;
	case INPUT_MOTION_ABSOLUTE:
		if (seat_to_layout(seat, event->device, &x, &y))
			on_absolute(seat, x, y, event->time_us);
		break;
	case INPUT_MOTION_LAYOUT:
		if (isfinite(x) && isfinite(y) &&
			(!seat->pointer.constraint || !seat->pointer.constraint->lock))
			move_pointer(seat, x, y, time_ms);
		break;
	case INPUT_POINTER_LEAVE:
		on_leave(seat);
		break;
	case INPUT_BUTTON:
		on_button(seat, event->button.code, event->button.pressed, time_ms);
		break;
	case INPUT_AXIS:
		on_axis(seat, event);
		break;
	case INPUT_POINTER_FRAME:
		on_frame(seat);
		break;
	case INPUT_KEY:
		if (event->key.pressed)
			keyboard_set_away(seat, false);
		on_key(seat, event, time_ms);
		break;
	case INPUT_GESTURE_BEGIN:
	case INPUT_GESTURE_UPDATE:
	case INPUT_GESTURE_END:
		gesture_input(seat, event);
		break;
	case INPUT_SWITCH_TOGGLE: // libinput disables devices of a folded laptop itself
		if (event->toggle.lid)
			outputs_set_lid(seat->server, event->toggle.on);
		break;
	case INPUT_TOUCH_DOWN:
	case INPUT_TOUCH_MOTION:
	case INPUT_TOUCH_UP:
	case INPUT_TOUCH_CANCEL:
	case INPUT_TOUCH_FRAME:
		on_touch(seat, event);
		break;
	default:
		tablets_input(seat->tablets, event);
		break;
	}
}
