// SPDX-License-Identifier: MIT
// ext_foreign_toplevel_handle_v1 and zwlr_foreign_toplevel_handle_v1: events about one window, and
// requests of task bars to change it, which the shell may refuse.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/backlog.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "ext-foreign-toplevel-list-v1-protocol.h"
#include "protocols/foreign_toplevel.h"
#include "protocols/resources.h"
#include "wlr-foreign-toplevel-management-unstable-v1-protocol.h"

// Events

static void send_title(struct handle *handle, const char *title)
{
	if (handle->ext)
		ext_foreign_toplevel_handle_v1_send_title(handle->resource, title);
	else
		zwlr_foreign_toplevel_handle_v1_send_title(handle->resource, title);
}

static void send_app_id(struct handle *handle, const char *app_id)
{
	if (handle->ext)
		ext_foreign_toplevel_handle_v1_send_app_id(handle->resource, app_id);
	else
		zwlr_foreign_toplevel_handle_v1_send_app_id(handle->resource, app_id);
}

static void send_states(struct handle *handle)
{
	static const struct {
		enum window_state state;
		uint32_t number;
		int since;
	} states[] = {
		{WINDOW_MAXIMIZED, ZWLR_FOREIGN_TOPLEVEL_HANDLE_V1_STATE_MAXIMIZED, 1},
		{WINDOW_MINIMIZED, ZWLR_FOREIGN_TOPLEVEL_HANDLE_V1_STATE_MINIMIZED, 1},
		{WINDOW_ACTIVATED, ZWLR_FOREIGN_TOPLEVEL_HANDLE_V1_STATE_ACTIVATED, 1},
		{WINDOW_FULLSCREEN, ZWLR_FOREIGN_TOPLEVEL_HANDLE_V1_STATE_FULLSCREEN, 2},
	};
	int version = wl_resource_get_version(handle->resource);
	struct wl_array array;
	wl_array_init(&array);
	for (size_t i = 0; i < array_length(states); i++) {
		if (!window_has(handle->entry->window, states[i].state) ||
			version < states[i].since)
			continue;
		uint32_t *element = wl_array_add(&array, sizeof(*element));
		if (element)
			*element = states[i].number;
	}
	zwlr_foreign_toplevel_handle_v1_send_state(handle->resource, &array);
	wl_array_release(&array);
}

void foreign_handle_send_output(struct handle *handle, struct output *output, bool enter)
{
	struct wl_client *client = wl_resource_get_client(handle->resource);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &output->resources) {
		if (wl_resource_get_client(resource) != client)
			continue;
		if (enter)
			zwlr_foreign_toplevel_handle_v1_send_output_enter(
				handle->resource, resource);
		else
			zwlr_foreign_toplevel_handle_v1_send_output_leave(
				handle->resource, resource);
	}
}

static void send_outputs(struct handle *handle)
{
	const struct window *window = handle->entry->window;
	unsigned outputs = window->output ? 1u << window->output->index : 0;
	struct output *output;
	wl_list_for_each(output, &window->server->outputs, link) {
		unsigned bit = 1u << output->index;
		if ((handle->outputs ^ outputs) & bit)
			foreign_handle_send_output(handle, output, outputs & bit);
	}
	handle->outputs = outputs;
}

static struct entry *find_entry(struct lists *lists, const struct window *window)
{
	struct entry *entry;
	wl_list_for_each(entry, &lists->entries, link) {
		if (entry->window == window)
			return entry;
	}
	return NULL;
}

static void send_parent(struct handle *handle)
{
	if (wl_resource_get_version(handle->resource) <
		ZWLR_FOREIGN_TOPLEVEL_HANDLE_V1_PARENT_SINCE_VERSION)
		return;
	struct lists *lists = handle->entry->lists;
	struct window *parent = handle->entry->window->parent;
	struct entry *entry = parent ? find_entry(lists, parent) : NULL;
	struct wl_resource *resource = NULL;
	if (entry) {
		struct handle *other;
		wl_list_for_each(other, &entry->handles, link) {
			if (other->origin == handle->origin)
				resource = other->resource;
		}
	}
	zwlr_foreign_toplevel_handle_v1_send_parent(handle->resource, resource);
}

static void on_drained(struct wl_client *client, void *data);

void foreign_handle_flush(struct handle *handle)
{
	if (!handle->changes || handle->waiting || !handle->entry)
		return;
	struct wl_client *client = wl_resource_get_client(handle->resource);
	if (backlog_late(client)) {
		handle->waiting = true;
		backlog_when_drained(client, on_drained, handle);
		return;
	}
	const struct window *window = handle->entry->window;
	unsigned changes = handle->changes;
	handle->changes = 0;
	if (changes & CHANGED_IDENTIFIER)
		ext_foreign_toplevel_handle_v1_send_identifier(
			handle->resource, window->identifier);
	if (changes & CHANGED_TITLE && window->title)
		send_title(handle, window->title);
	if (changes & CHANGED_APP_ID && window->app_id)
		send_app_id(handle, window->app_id);
	if (changes & CHANGED_STATE)
		send_states(handle);
	if (changes & CHANGED_OUTPUT)
		send_outputs(handle);
	if (changes & CHANGED_PARENT)
		send_parent(handle);
	if (handle->ext)
		ext_foreign_toplevel_handle_v1_send_done(handle->resource);
	else
		zwlr_foreign_toplevel_handle_v1_send_done(handle->resource);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct handle *handle = data;
	handle->waiting = false;
	if (client)
		foreign_handle_flush(handle);
}

// Handles

static void handle_stop_waiting(struct handle *handle)
{
	if (handle->waiting)
		backlog_forget(wl_resource_get_client(handle->resource), handle);
	handle->waiting = false;
}

static void on_handle_destroyed(struct wl_resource *resource)
{
	struct handle *handle = wl_resource_get_user_data(resource);
	handle_stop_waiting(handle);
	wl_list_remove(&handle->link);
	free(handle);
}

struct window *window_from_handle(struct wl_resource *resource)
{
	struct handle *handle = wl_resource_get_user_data(resource);
	return handle && handle->entry ? handle->entry->window : NULL;
}

void foreign_handle_close(struct handle *handle)
{
	handle_stop_waiting(handle);
	handle->entry = NULL;
	wl_list_remove(&handle->link);
	wl_list_init(&handle->link);
	if (handle->ext)
		ext_foreign_toplevel_handle_v1_send_closed(handle->resource);
	else
		zwlr_foreign_toplevel_handle_v1_send_closed(handle->resource);
}

static const struct ext_foreign_toplevel_handle_v1_interface ext_handle_impl = {
	.destroy = wire_handle_destroy,
};

static const struct zwlr_foreign_toplevel_handle_v1_interface wlr_handle_impl;

void foreign_handle_create(struct entry *entry, struct wl_resource *origin, bool ext)
{
	struct handle *handle = xcalloc(1, sizeof(*handle));
	handle->resource = wire_create(wl_resource_get_client(origin),
		ext ? &ext_foreign_toplevel_handle_v1_interface
		    : &zwlr_foreign_toplevel_handle_v1_interface,
		wl_resource_get_version(origin), 0,
		ext ? (const void *)&ext_handle_impl : &wlr_handle_impl, handle,
		on_handle_destroyed);
	if (!handle->resource) {
		free(handle);
		return;
	}
	handle->entry = entry;
	handle->origin = (uintptr_t)wl_resource_get_user_data(origin);
	handle->ext = ext;
	handle->changes = ext ? CHANGED_EXT : CHANGED_WLR;
	wl_list_insert(&entry->handles, &handle->link);
	if (ext)
		ext_foreign_toplevel_list_v1_send_toplevel(origin, handle->resource);
	else
		zwlr_foreign_toplevel_manager_v1_send_toplevel(origin, handle->resource);
}

static void request_window(
	struct wl_resource *resource, enum window_request what, const struct window_detail *detail)
{
	struct window *window = window_from_handle(resource);
	if (window)
		window_request(window, what, detail);
}

// maximize and fullscreen also show a minimized window.
static void request_unminimize(struct wl_resource *resource)
{
	struct window *window = window_from_handle(resource);
	if (window && window_has(window, WINDOW_MINIMIZED))
		request_window(resource, REQUEST_MINIMIZE, &(struct window_detail){.on = false});
}

static void handle_set_maximized(struct wl_client *client, struct wl_resource *resource)
{
	request_unminimize(resource);
	request_window(resource, REQUEST_MAXIMIZE, &(struct window_detail){.on = true});
}

static void handle_unset_maximized(struct wl_client *client, struct wl_resource *resource)
{
	request_window(resource, REQUEST_MAXIMIZE, &(struct window_detail){.on = false});
}

static void handle_set_minimized(struct wl_client *client, struct wl_resource *resource)
{
	request_window(resource, REQUEST_MINIMIZE, &(struct window_detail){.on = true});
}

static void handle_unset_minimized(struct wl_client *client, struct wl_resource *resource)
{
	request_window(resource, REQUEST_MINIMIZE, &(struct window_detail){.on = false});
}

static void handle_activate(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *seat)
{
	request_window(resource, REQUEST_ACTIVATE,
		&(struct window_detail){.on = true, .seat = seat_from_resource(seat)});
}

static void handle_close_request(struct wl_client *client, struct wl_resource *resource)
{
	struct window *window = window_from_handle(resource);
	if (window)
		window_close(window);
}

static void handle_set_rectangle(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *surface, int32_t x, int32_t y, int32_t width, int32_t height)
{
	if (width < 0 || height < 0)
		wl_resource_post_error(resource,
			ZWLR_FOREIGN_TOPLEVEL_HANDLE_V1_ERROR_INVALID_RECTANGLE,
			"the rectangle must not be negative");
	else
		request_window(
			resource, REQUEST_RECTANGLE, &(struct window_detail){.x = x, .y = y});
}

static void handle_set_fullscreen(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *output_resource)
{
	struct output *output = output_resource ? output_from_resource(output_resource) : NULL;
	request_unminimize(resource);
	request_window(resource, REQUEST_FULLSCREEN,
		&(struct window_detail){.on = true, .output = output});
}

static void handle_unset_fullscreen(struct wl_client *client, struct wl_resource *resource)
{
	request_window(resource, REQUEST_FULLSCREEN, &(struct window_detail){.on = false});
}

static const struct zwlr_foreign_toplevel_handle_v1_interface wlr_handle_impl = {
	.set_maximized = handle_set_maximized,
	.unset_maximized = handle_unset_maximized,
	.set_minimized = handle_set_minimized,
	.unset_minimized = handle_unset_minimized,
	.activate = handle_activate,
	.close = handle_close_request,
	.set_rectangle = handle_set_rectangle,
	.destroy = wire_handle_destroy,
	.set_fullscreen = handle_set_fullscreen,
	.unset_fullscreen = handle_unset_fullscreen,
};
