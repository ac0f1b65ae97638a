// SPDX-License-Identifier: MIT
// zwp_text_input_manager_v3: clients describe their text fields and get composed text. All requests
// but those for input panels are double-buffered by commit, and ignored without the text focus.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/text/text.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "text-input-unstable-v3-protocol.h"

struct text_input_object {
	struct text_input input;
	struct wl_resource *resource;
	struct text_field pending;
	bool enables;     // pending: a request to enable
	uint32_t commits; // so far, wraps around: the serial of done
};

static struct text_input_object *object_from(struct text_input *input)
{
	return wl_container_of(input, (struct text_input_object *)NULL, input);
}

static void pending_reset(struct text_input_object *object)
{
	text_field_reset(&object->pending);
	object->enables = false;
}

// Events

static void object_enter(struct text_input *input, struct surface *surface)
{
	zwp_text_input_v3_send_enter(object_from(input)->resource, surface->resource);
}

static void object_leave(struct text_input *input, struct surface *surface)
{
	struct text_input_object *object = object_from(input);
	pending_reset(object);
	zwp_text_input_v3_send_leave(object->resource, surface->resource);
}

// What is not sent has its initial value after done, so only what differs is sent.
static void object_edit(struct text_input *input, const struct text_edit *edit)
{
	struct text_input_object *object = object_from(input);
	struct wl_resource *resource = object->resource;
	if (edit->preedit)
		zwp_text_input_v3_send_preedit_string(
			resource, edit->preedit, edit->cursor_begin, edit->cursor_end);
	if (edit->delete_before || edit->delete_after)
		zwp_text_input_v3_send_delete_surrounding_text(
			resource, edit->delete_before, edit->delete_after);
	if (edit->commit)
		zwp_text_input_v3_send_commit_string(resource, edit->commit);
	zwp_text_input_v3_send_done(resource, object->commits);
}

static const struct text_input_impl object_impl = {
	.enter = object_enter,
	.leave = object_leave,
	.edit = object_edit,
};

// Requests

// The object, if its requests count now; else NULL.
static struct text_input_object *object_with_focus(struct wl_resource *resource)
{
	struct text_input_object *object = wl_resource_get_user_data(resource);
	return object->input.entered ? object : NULL;
}

static void handle_enable(struct wl_client *client, struct wl_resource *resource)
{
	struct text_input_object *object = object_with_focus(resource);
	if (!object)
		return;
	pending_reset(object);
	object->pending.enabled = object->enables = true;
}

static void handle_disable(struct wl_client *client, struct wl_resource *resource)
{
	struct text_input_object *object = object_with_focus(resource);
	if (object)
		pending_reset(object);
}

static void handle_set_surrounding_text(struct wl_client *client, struct wl_resource *resource,
	const char *text, int32_t cursor, int32_t anchor)
{
	struct text_input_object *object = object_with_focus(resource);
	if (object)
		text_field_set_surrounding(&object->pending, text, cursor, anchor);
}

static void handle_set_text_change_cause(
	struct wl_client *client, struct wl_resource *resource, uint32_t cause)
{
	struct text_input_object *object = object_with_focus(resource);
	if (object)
		object->pending.by_other = cause == ZWP_TEXT_INPUT_V3_CHANGE_CAUSE_OTHER;
}

static void handle_set_content_type(
	struct wl_client *client, struct wl_resource *resource, uint32_t hint, uint32_t purpose)
{
	struct text_input_object *object = object_with_focus(resource);
	if (!object)
		return;
	object->pending.hint = hint;
	object->pending.purpose = purpose;
}

static void handle_set_cursor_rectangle(struct wl_client *client, struct wl_resource *resource,
	int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct text_input_object *object = object_with_focus(resource);
	if (!object)
		return;
	object->pending.has_rectangle = true;
	object->pending.rectangle = (struct box){x, y, MAX(width, 0), MAX(height, 0)};
}

static void handle_commit(struct wl_client *client, struct wl_resource *resource)
{
	struct text_input_object *object = wl_resource_get_user_data(resource);
	object->commits++;
	if (!object->input.entered)
		return;
	text_input_apply(&object->input, &object->pending, object->enables);
	object->enables = false;
	object->pending.by_other = false;
}

// No method has a use for actions, so they are only checked.
static void handle_set_available_actions(
	struct wl_client *client, struct wl_resource *resource, struct wl_array *actions)
{
	const uint32_t *action;
	bool submits = false;
	wl_array_for_each(action, actions) {
		if (*action != ZWP_TEXT_INPUT_V3_ACTION_SUBMIT || submits) {
			wl_resource_post_error(resource, ZWP_TEXT_INPUT_V3_ERROR_INVALID_ACTION,
				"the action %u is none, unknown or listed twice", *action);
			return;
		}
		submits = true;
	}
}

// zwp_input_method_v2 cannot pass these on: methods show their panels while they are active.
static void handle_input_panel(struct wl_client *client, struct wl_resource *resource)
{
}

static const struct zwp_text_input_v3_interface text_input_impl = {
	.destroy = wire_handle_destroy,
	.enable = handle_enable,
	.disable = handle_disable,
	.set_surrounding_text = handle_set_surrounding_text,
	.set_text_change_cause = handle_set_text_change_cause,
	.set_content_type = handle_set_content_type,
	.set_cursor_rectangle = handle_set_cursor_rectangle,
	.commit = handle_commit,
	.set_available_actions = handle_set_available_actions,
	.show_input_panel = handle_input_panel,
	.hide_input_panel = handle_input_panel,
};

static void on_text_input_destroyed(struct wl_resource *resource)
{
	struct text_input_object *object = wl_resource_get_user_data(resource);
	text_input_finish(&object->input);
	text_field_reset(&object->pending);
	free(object);
}

static void handle_get_text_input(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *seat)
{
	struct server *server = wl_resource_get_user_data(resource);
	struct text_input_object *object = xcalloc(1, sizeof(*object));
	object->resource =
		wire_create(client, &zwp_text_input_v3_interface, wl_resource_get_version(resource),
			id, &text_input_impl, object, on_text_input_destroyed);
	if (!object->resource) {
		free(object);
		return;
	}
	if (seat_from_resource(seat) && server->text)
		text_input_init(&object->input, server->text, &object_impl, client);
}

static const struct zwp_text_input_manager_v3_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_text_input = handle_get_text_input,
};

bool text_input_create(struct server *server)
{
	return wire_global(server, &zwp_text_input_manager_v3_interface, 2, &manager_impl, NULL);
}
