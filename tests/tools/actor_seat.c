// SPDX-License-Identifier: MIT
// Input and selection of the test client: reports the events of pointer, keyboard, touch and data
// device.
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/tools/actor.h"

static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	struct actor *actor = data;
	actor->pointer_x = wl_fixed_to_int(x);
	actor->pointer_y = wl_fixed_to_int(y);
	actor_report(actor, "enter %s %d,%d", surface == actor->surface ? "window" : "menu",
		actor->pointer_x, actor->pointer_y);
}

static void on_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	struct actor *actor = data;
	if (actor->constrains)
		actor_report(actor, "leave");
}

static void on_motion(
	void *data, struct wl_pointer *pointer, uint32_t time_ms, wl_fixed_t x, wl_fixed_t y)
{
	struct actor *actor = data;
	actor->pointer_x = wl_fixed_to_int(x);
	actor->pointer_y = wl_fixed_to_int(y);
	actor_report(actor, "motion %d,%d", actor->pointer_x, actor->pointer_y);
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time_ms,
	uint32_t button, uint32_t state)
{
	struct actor *actor = data;
	const char *name = button == BTN_LEFT ? "left"
		: button == BTN_RIGHT         ? "right"
		: button == BTN_MIDDLE        ? "middle"
					      : "other";
	actor_report(actor, "button %s %s %d,%d", name, state ? "down" : "up", actor->pointer_x,
		actor->pointer_y);
	if (!state)
		return;
	if (actor->menu)
		actor_close_menu(actor);
	else if (actor->has_menu && button == BTN_RIGHT)
		actor_open_menu(actor, serial, actor->pointer_x, actor->pointer_y);
	if (actor->constrains)
		actor_constraint_button(&actor->constraint, button);
	if (!actor->animate) { // a visible reaction
		actor->color ^= 0xffffff;
		actor_draw(actor);
	}
}

static void on_axis(
	void *data, struct wl_pointer *pointer, uint32_t time_ms, uint32_t axis, wl_fixed_t value)
{
	actor_report(
		data, "axis %s %g", axis ? "horizontal" : "vertical", wl_fixed_to_double(value));
}

static void on_pointer_frame(void *data, struct wl_pointer *pointer)
{
}

static void on_axis_source(void *data, struct wl_pointer *pointer, uint32_t source)
{
	struct actor *actor = data;
	if (actor->constrains)
		actor_report(actor, "axis source %u", source);
}

static void on_axis_stop(void *data, struct wl_pointer *pointer, uint32_t time_ms, uint32_t axis)
{
	actor_report(data, "axis stop");
}

static void on_axis_discrete(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t value)
{
}

static void on_axis_value120(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t value)
{
	actor_report(data, "axis value120 %d", value);
}

static void on_axis_direction(
	void *data, struct wl_pointer *pointer, uint32_t axis, uint32_t direction)
{
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.frame = on_pointer_frame,
	.axis_source = on_axis_source,
	.axis_stop = on_axis_stop,
	.axis_discrete = on_axis_discrete,
	.axis_value120 = on_axis_value120,
	.axis_relative_direction = on_axis_direction,
};

static void on_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	struct actor *actor = data;
	char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (text == MAP_FAILED)
		return;
	struct xkb_keymap *keymap = xkb_keymap_new_from_string(
		actor->xkb, text, XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
	munmap(text, size);
	xkb_state_unref(actor->state);
	actor->state = keymap ? xkb_state_new(keymap) : NULL;
	xkb_keymap_unref(keymap);
}

static void on_focus(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	actor_report(data, "focus");
}

static void on_unfocus(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	actor_report(data, "unfocus");
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time_ms,
	uint32_t key, uint32_t state)
{
	struct actor *actor = data;
	char name[64] = "?", text[64] = "";
	if (!state || !actor->state)
		return;
	xkb_keysym_get_name(xkb_state_key_get_one_sym(actor->state, key + 8), name, sizeof(name));
	xkb_state_key_get_utf8(actor->state, key + 8, text, sizeof(text));
	actor_report(actor, "key %s%s%s%s %s",
		xkb_state_mod_name_is_active(
			actor->state, XKB_MOD_NAME_CTRL, XKB_STATE_MODS_EFFECTIVE) > 0
			? "ctrl+"
			: "",
		xkb_state_mod_name_is_active(
			actor->state, XKB_MOD_NAME_SHIFT, XKB_STATE_MODS_EFFECTIVE) > 0
			? "shift+"
			: "",
		xkb_state_mod_name_is_active(
			actor->state, XKB_MOD_NAME_ALT, XKB_STATE_MODS_EFFECTIVE) > 0
			? "alt+"
			: "",
		name, (unsigned char)*text >= ' ' ? text : "");
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct actor *actor = data;
	if (actor->state)
		xkb_state_update_mask(actor->state, depressed, latched, locked, 0, 0, group);
}

static void on_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = on_keymap,
	.enter = on_focus,
	.leave = on_unfocus,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat,
};

static void on_down(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time_ms,
	struct wl_surface *surface, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	actor_report(data, "touch %d down %d,%d", id, wl_fixed_to_int(x), wl_fixed_to_int(y));
}

static void on_up(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time_ms, int32_t id)
{
	actor_report(data, "touch %d up", id);
}

static void on_touch_motion(void *data, struct wl_touch *touch, uint32_t time_ms, int32_t id,
	wl_fixed_t x, wl_fixed_t y)
{
	actor_report(data, "touch %d motion %d,%d", id, wl_fixed_to_int(x), wl_fixed_to_int(y));
}

static void on_touch_frame(void *data, struct wl_touch *touch)
{
}

static void on_cancel(void *data, struct wl_touch *touch)
{
	actor_report(data, "touch cancel");
}

static const struct wl_touch_listener touch_listener = {
	.down = on_down,
	.up = on_up,
	.motion = on_touch_motion,
	.frame = on_touch_frame,
	.cancel = on_cancel,
};

static void on_offered_type(void *data, struct wl_data_offer *offer, const char *type)
{
}

static void on_source_actions(void *data, struct wl_data_offer *offer, uint32_t actions)
{
}

static void on_action(void *data, struct wl_data_offer *offer, uint32_t action)
{
}

static const struct wl_data_offer_listener offer_listener = {
	.offer = on_offered_type,
	.source_actions = on_source_actions,
	.action = on_action,
};

static void on_offer(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	wl_data_offer_add_listener(offer, &offer_listener, data);
}

static void on_drag_enter(void *data, struct wl_data_device *device, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y, struct wl_data_offer *offer)
{
	struct actor *actor = data;
	actor->offer = offer;
	if (!offer)
		return;
	wl_data_offer_accept(offer, serial, "text/plain");
	wl_data_offer_set_actions(offer, WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY,
		WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY);
	actor_report(actor, "drag enter %d,%d", wl_fixed_to_int(x), wl_fixed_to_int(y));
}

static void on_drag_leave(void *data, struct wl_data_device *device)
{
}

static void on_drag_motion(
	void *data, struct wl_data_device *device, uint32_t time_ms, wl_fixed_t x, wl_fixed_t y)
{
}

static void receive_text(struct actor *actor, struct wl_data_offer *offer, const char *what)
{
	int ends[2];
	char text[256];
	if (!offer || pipe2(ends, O_CLOEXEC) < 0)
		return;
	wl_data_offer_receive(offer, "text/plain", ends[1]);
	close(ends[1]);
	wl_display_flush(actor->display);
	ssize_t length = read(ends[0], text, sizeof(text) - 1);
	text[length > 0 ? length : 0] = '\0';
	close(ends[0]);
	actor_report(actor, "%s %s", what, text);
}

static void on_drop(void *data, struct wl_data_device *device)
{
	struct actor *actor = data;
	receive_text(actor, actor->offer, "drop");
	wl_data_offer_finish(actor->offer);
}

static void on_selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	receive_text(data, offer, "selection");
}

static const struct wl_data_device_listener data_device_listener = {
	.data_offer = on_offer,
	.enter = on_drag_enter,
	.leave = on_drag_leave,
	.motion = on_drag_motion,
	.drop = on_drop,
	.selection = on_selection,
};

void actor_connect_seat(struct actor *actor)
{
	if (!actor->seat)
		return;
	actor->constraint.pointer = wl_seat_get_pointer(actor->seat);
	wl_pointer_add_listener(actor->constraint.pointer, &pointer_listener, actor);
	wl_keyboard_add_listener(wl_seat_get_keyboard(actor->seat), &keyboard_listener, actor);
	wl_touch_add_listener(wl_seat_get_touch(actor->seat), &touch_listener, actor);
	actor->data_device =
		wl_data_device_manager_get_data_device(actor->data_manager, actor->seat);
	wl_data_device_add_listener(actor->data_device, &data_device_listener, actor);
}
