// SPDX-License-Identifier: MIT
// zwp_input_method_manager_v2: input methods, their keyboard grabs and their popups. What a method
// sends collects until its commit. Hidden from sandboxed clients, as a method gets all keys.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/text/method.h"
#include "compositor/text/method_popup.h"
#include "input-method-unstable-v2-protocol.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wayland-protocol.h"

struct method_object {
	struct text_method method;
	struct server *server;
	struct wl_resource *resource;
	struct wl_resource *grab; // NULL: none
	struct wl_listener keymap;
	struct {                        // of the next commit
		char *commit, *preedit; // owned; NULL: not set
		int cursor_begin, cursor_end;
		uint32_t delete_before, delete_after;
	} pending;
};

struct popup_object {
	struct method_popup popup;
	struct wl_resource *resource;
};

static struct method_object *object_from(struct text_method *method)
{
	return wl_container_of(method, (struct method_object *)NULL, method);
}

static void pending_reset(struct method_object *object)
{
	free(object->pending.commit);
	free(object->pending.preedit);
	memset(&object->pending, 0, sizeof(object->pending));
}

// Events of the method

static void object_activate(struct text_method *method)
{
	pending_reset(object_from(method));
	zwp_input_method_v2_send_activate(object_from(method)->resource);
}

static void object_deactivate(struct text_method *method)
{
	zwp_input_method_v2_send_deactivate(object_from(method)->resource);
}

static void object_describe(struct text_method *method, const struct text_field *field)
{
	struct wl_resource *resource = object_from(method)->resource;
	if (field->surrounding) {
		zwp_input_method_v2_send_surrounding_text(resource, field->surrounding,
			(uint32_t)field->cursor, (uint32_t)field->anchor);
		zwp_input_method_v2_send_text_change_cause(resource, field->by_other);
	}
	zwp_input_method_v2_send_content_type(resource, field->hint, field->purpose);
}

static void object_done(struct text_method *method)
{
	zwp_input_method_v2_send_done(object_from(method)->resource);
}

// Events of the grab

static void object_key(struct text_method *method, uint32_t time_ms, uint32_t code, bool pressed)
{
	struct method_object *object = object_from(method);
	zwp_input_method_keyboard_grab_v2_send_key(
		object->grab, server_next_serial(object->server), time_ms, code, pressed);
}

static void object_modifiers(struct text_method *method)
{
	struct method_object *object = object_from(method);
	const struct keyboard *keyboard = &object->server->seat->keyboard;
	zwp_input_method_keyboard_grab_v2_send_modifiers(object->grab,
		server_next_serial(object->server), keyboard->depressed, keyboard->latched,
		keyboard->locked, keyboard->group);
}

static void grab_send_keymap(struct method_object *object)
{
	const struct keyboard *keyboard = keyboard_ready(object->server->seat);
	if (object->grab && keyboard->keymap_fd >= 0)
		zwp_input_method_keyboard_grab_v2_send_keymap(object->grab,
			WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, keyboard->keymap_fd,
			(uint32_t)keyboard->keymap_size);
}

static void on_keymap(struct wl_listener *listener, void *data)
{
	struct method_object *object = wl_container_of(listener, object, keymap);
	grab_send_keymap(object);
}

static const struct text_method_impl object_impl = {
	.activate = object_activate,
	.deactivate = object_deactivate,
	.describe = object_describe,
	.done = object_done,
	.key = object_key,
	.modifiers = object_modifiers,
};

// Requests

static void set_text(char **place, const char *text)
{
	if (strlen(text) <= TEXT_COMMIT_MAX) // more does not fit into an event
		replace_string(place, text);
}

static void handle_commit_string(
	struct wl_client *client, struct wl_resource *resource, const char *text)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	set_text(&object->pending.commit, text);
}

static void handle_set_preedit_string(struct wl_client *client, struct wl_resource *resource,
	const char *text, int32_t begin, int32_t end)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	set_text(&object->pending.preedit, text);
	object->pending.cursor_begin = begin;
	object->pending.cursor_end = end;
}

static void handle_delete_surrounding_text(
	struct wl_client *client, struct wl_resource *resource, uint32_t before, uint32_t after)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	object->pending.delete_before = before;
	object->pending.delete_after = after;
}

static void handle_commit(struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	const char *preedit = object->pending.preedit, *commit = object->pending.commit;
	int length = preedit ? (int)strlen(preedit) : 0;
	bool hidden = object->pending.cursor_begin < 0 || object->pending.cursor_end < 0;
	const struct text_edit edit = {
		.delete_before = object->pending.delete_before,
		.delete_after = object->pending.delete_after,
		.commit = commit && *commit ? commit : NULL,
		.preedit = length ? preedit : NULL,
		.cursor_begin = hidden ? -1 : MIN(object->pending.cursor_begin, length),
		.cursor_end = hidden ? -1 : MIN(object->pending.cursor_end, length),
	};
	text_method_commit(&object->method, serial, &edit);
	pending_reset(object);
}

// The popup

static void popup_send_rectangle(struct method_popup *popup, const struct box *box)
{
	struct popup_object *object = wl_container_of(popup, object, popup);
	zwp_input_popup_surface_v2_send_text_input_rectangle(
		object->resource, box->x, box->y, box->width, box->height);
}

static void on_popup_destroyed(struct wl_resource *resource)
{
	struct popup_object *object = wl_resource_get_user_data(resource);
	method_popup_finish(&object->popup);
	free(object);
}

static const struct zwp_input_popup_surface_v2_interface popup_impl = {
	.destroy = wire_handle_destroy,
};

static void handle_get_input_popup_surface(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	struct surface *surface = surface_from_resource(surface_resource);
	struct popup_object *popup = xcalloc(1, sizeof(*popup));
	if (!surface_set_role(
		    surface, &method_popup_role, popup, resource, ZWP_INPUT_METHOD_V2_ERROR_ROLE)) {
		free(popup);
		return;
	}
	popup->popup.rectangle = popup_send_rectangle;
	popup->resource = wire_create(client, &zwp_input_popup_surface_v2_interface,
		wl_resource_get_version(resource), id, &popup_impl, popup, on_popup_destroyed);
	if (!popup->resource) {
		surface->role_object = NULL;
		free(popup);
		return;
	}
	method_popup_init(&popup->popup, object->method.text ? &object->method : NULL, surface);
}

// The grab

static void on_grab_destroyed(struct wl_resource *resource)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	if (!object)
		return;
	text_method_grab(&object->method, false);
	object->grab = NULL;
}

static const struct zwp_input_method_keyboard_grab_v2_interface grab_impl = {
	.release = wire_handle_destroy,
};

static void handle_grab_keyboard(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	bool inert = !object->method.text || object->grab; // only one grab gets keys
	struct wl_resource *grab = wire_create(client, &zwp_input_method_keyboard_grab_v2_interface,
		wl_resource_get_version(resource), id, &grab_impl, inert ? NULL : object,
		on_grab_destroyed);
	if (inert || !grab)
		return;
	object->grab = grab;
	const struct keyboard *keyboard = keyboard_ready(object->server->seat);
	grab_send_keymap(object);
	zwp_input_method_keyboard_grab_v2_send_repeat_info(
		grab, keyboard->repeat_rate, keyboard->repeat_delay);
	object_modifiers(&object->method);
	text_method_grab(&object->method, true);
}

// The method

static const struct zwp_input_method_v2_interface method_impl = {
	.commit_string = handle_commit_string,
	.set_preedit_string = handle_set_preedit_string,
	.delete_surrounding_text = handle_delete_surrounding_text,
	.commit = handle_commit,
	.get_input_popup_surface = handle_get_input_popup_surface,
	.grab_keyboard = handle_grab_keyboard,
	.destroy = wire_handle_destroy,
};

static void on_method_destroyed(struct wl_resource *resource)
{
	struct method_object *object = wl_resource_get_user_data(resource);
	if (object->grab)
		wl_resource_set_user_data(object->grab, NULL);
	text_method_finish(&object->method);
	method_popups_orphan(&object->method);
	wl_list_remove(&object->keymap.link);
	pending_reset(object);
	free(object);
}

static void handle_get_input_method(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat_resource, uint32_t id)
{
	struct method_object *object = xcalloc(1, sizeof(*object));
	object->server = wl_resource_get_user_data(resource);
	object->resource = wire_create(client, &zwp_input_method_v2_interface,
		wl_resource_get_version(resource), id, &method_impl, object, on_method_destroyed);
	if (!object->resource) {
		free(object);
		return;
	}
	object->keymap.notify = on_keymap;
	wl_list_init(&object->keymap.link);
	wl_list_init(&object->method.popups);
	struct seat *seat = seat_from_resource(seat_resource);
	if (!seat ||
		!text_method_init(&object->method, object->server->text, &object_impl, client)) {
		zwp_input_method_v2_send_unavailable(object->resource);
		return;
	}
	wl_signal_add(&seat->events.keymap, &object->keymap);
}

static const struct zwp_input_method_manager_v2_interface manager_impl = {
	.get_input_method = handle_get_input_method,
	.destroy = wire_handle_destroy,
};

bool input_method_create(struct server *server)
{
	return wire_global(server, &zwp_input_method_manager_v2_interface, 1, &manager_impl, NULL);
}
