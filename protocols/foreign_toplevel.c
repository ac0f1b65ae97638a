// SPDX-License-Identifier: MIT
// ext_foreign_toplevel_list_v1 and zwlr_foreign_toplevel_manager_v1: two lists of the windows, the
// second one with buttons. Each mapped window has one `entry`, each client that looks a handle on
// it. A handle knows which news it has not told yet, so that clients who do not read get the newest
// state when they do, and nothing in between.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/backlog.h"
#include "compositor/core/output.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"
#include "compositor/core/window.h"
#include "compositor/core/wire.h"
#include "ext-foreign-toplevel-list-v1-protocol.h"
#include "protocols/protocols.h"
#include "wlr-foreign-toplevel-management-unstable-v1-protocol.h"

enum news {
	NEWS_TITLE = 1 << 0,
	NEWS_APP_ID = 1 << 1,
	NEWS_STATE = 1 << 2,
	NEWS_OUTPUT = 1 << 3,
	NEWS_PARENT = 1 << 4,
	NEWS_IDENTIFIER = 1 << 5,
	NEWS_EXT = NEWS_IDENTIFIER | NEWS_TITLE | NEWS_APP_ID,
	NEWS_WLR = NEWS_TITLE | NEWS_APP_ID | NEWS_STATE | NEWS_OUTPUT | NEWS_PARENT,
};

struct lists {
	struct server *server;
	struct wl_list ext, wlr; // resources of lists and managers that did not stop, by link
	struct wl_list entries;  // entry.link
	uintptr_t origins;       // made so far; each list and manager has its number as user data
	struct wl_listener window_added, output_removed, server_destroyed;
	struct wl_listener display_destroyed;
};

// A window, from its first mapping to its end.
struct entry {
	struct lists *lists;
	struct window *window;
	struct wl_list handles; // handle.link; empty while the window is not mapped
	// As told last.
	char *title, *app_id; // owned
	unsigned states;
	struct output *output; // only compared
	struct window *parent; // only compared
	bool mapped;
	struct wl_listener changed, destroyed;
	struct wl_list link; // lists.entries
};

struct handle {
	struct wl_resource *resource;
	struct entry *entry; // NULL: the window was closed
	uintptr_t origin;    // which list or manager it came from
	bool ext;
	unsigned news;       // enum news
	unsigned outputs;    // bits of the outputs it entered (output.index)
	bool waits;          // for the client to read
	struct wl_list link; // entry.handles
};

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
		uint32_t *place = wl_array_add(&array, sizeof(*place));
		if (place)
			*place = states[i].number;
	}
	zwlr_foreign_toplevel_handle_v1_send_state(handle->resource, &array);
	wl_array_release(&array);
}

// Tells the handle's client, by each of its wl_output objects.
static void send_output(struct handle *handle, struct output *output, bool enter)
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
			send_output(handle, output, outputs & bit);
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

static void flush(struct handle *handle)
{
	if (!handle->news || handle->waits || !handle->entry)
		return;
	struct wl_client *client = wl_resource_get_client(handle->resource);
	if (backlog_late(client)) {
		handle->waits = true;
		backlog_when_drained(client, on_drained, handle);
		return;
	}
	const struct window *window = handle->entry->window;
	unsigned news = handle->news;
	handle->news = 0;
	if (news & NEWS_IDENTIFIER)
		ext_foreign_toplevel_handle_v1_send_identifier(
			handle->resource, window->identifier);
	if (news & NEWS_TITLE && window->title)
		send_title(handle, window->title);
	if (news & NEWS_APP_ID && window->app_id)
		send_app_id(handle, window->app_id);
	if (news & NEWS_STATE)
		send_states(handle);
	if (news & NEWS_OUTPUT)
		send_outputs(handle);
	if (news & NEWS_PARENT)
		send_parent(handle);
	if (handle->ext)
		ext_foreign_toplevel_handle_v1_send_done(handle->resource);
	else
		zwlr_foreign_toplevel_handle_v1_send_done(handle->resource);
}

static void on_drained(struct wl_client *client, void *data)
{
	struct handle *handle = data;
	handle->waits = false;
	if (client)
		flush(handle);
}

// Handles

static void stop_waiting(struct handle *handle)
{
	if (handle->waits)
		backlog_forget(wl_resource_get_client(handle->resource), handle);
	handle->waits = false;
}

static void on_handle_destroyed(struct wl_resource *resource)
{
	struct handle *handle = wl_resource_get_user_data(resource);
	stop_waiting(handle);
	wl_list_remove(&handle->link);
	free(handle);
}

struct window *window_from_handle(struct wl_resource *resource)
{
	struct handle *handle = wl_resource_get_user_data(resource);
	return handle && handle->entry ? handle->entry->window : NULL;
}

static void handle_close(struct handle *handle)
{
	stop_waiting(handle);
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

static void handle_create(struct entry *entry, struct wl_resource *origin, bool ext)
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
	handle->news = ext ? NEWS_EXT : NEWS_WLR;
	wl_list_insert(&entry->handles, &handle->link);
	if (ext)
		ext_foreign_toplevel_list_v1_send_toplevel(origin, handle->resource);
	else
		zwlr_foreign_toplevel_manager_v1_send_toplevel(origin, handle->resource);
}

// NULL: the window was closed, the request means nothing any more.
static struct window *window_of(struct wl_resource *resource)
{
	struct handle *handle = wl_resource_get_user_data(resource);
	return handle->entry ? handle->entry->window : NULL;
}

static void ask(
	struct wl_resource *resource, enum window_request what, const struct window_detail *detail)
{
	struct window *window = window_of(resource);
	if (window)
		window_ask(window, what, detail);
}

// To give it a state is to ask to see it.
static void unminimize(struct wl_resource *resource)
{
	struct window *window = window_of(resource);
	if (window && window_has(window, WINDOW_MINIMIZED))
		ask(resource, REQUEST_MINIMIZE, &(struct window_detail){.on = false});
}

static void handle_set_maximized(struct wl_client *client, struct wl_resource *resource)
{
	unminimize(resource);
	ask(resource, REQUEST_MAXIMIZE, &(struct window_detail){.on = true});
}

static void handle_unset_maximized(struct wl_client *client, struct wl_resource *resource)
{
	ask(resource, REQUEST_MAXIMIZE, &(struct window_detail){.on = false});
}

static void handle_set_minimized(struct wl_client *client, struct wl_resource *resource)
{
	ask(resource, REQUEST_MINIMIZE, &(struct window_detail){.on = true});
}

static void handle_unset_minimized(struct wl_client *client, struct wl_resource *resource)
{
	ask(resource, REQUEST_MINIMIZE, &(struct window_detail){.on = false});
}

static void handle_activate(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *seat)
{
	ask(resource, REQUEST_ACTIVATE,
		&(struct window_detail){.on = true, .seat = seat_from_resource(seat)});
}

static void handle_close_request(struct wl_client *client, struct wl_resource *resource)
{
	struct window *window = window_of(resource);
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
		ask(resource, REQUEST_RECTANGLE, &(struct window_detail){.x = x, .y = y});
}

static void handle_set_fullscreen(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *output_resource)
{
	struct output *output = output_resource ? output_from_resource(output_resource) : NULL;
	unminimize(resource);
	ask(resource, REQUEST_FULLSCREEN, &(struct window_detail){.on = true, .output = output});
}

static void handle_unset_fullscreen(struct wl_client *client, struct wl_resource *resource)
{
	ask(resource, REQUEST_FULLSCREEN, &(struct window_detail){.on = false});
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

// Entries

static void spread(struct entry *entry, unsigned news)
{
	struct handle *handle, *tmp;
	wl_list_for_each_safe(handle, tmp, &entry->handles, link) {
		handle->news |= news & (handle->ext ? NEWS_EXT : NEWS_WLR);
		flush(handle);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

// What is different now, and remembers it.
static unsigned take_news(struct entry *entry)
{
	const struct window *window = entry->window;
	const unsigned shown =
		WINDOW_MAXIMIZED | WINDOW_MINIMIZED | WINDOW_ACTIVATED | WINDOW_FULLSCREEN;
	unsigned news = 0;
	if (!same_text(entry->title, window->title)) {
		replace_string(&entry->title, window->title);
		news |= NEWS_TITLE;
	}
	if (!same_text(entry->app_id, window->app_id)) {
		replace_string(&entry->app_id, window->app_id);
		news |= NEWS_APP_ID;
	}
	unsigned states = window->wanted.states & shown;
	if (entry->states != states)
		news |= NEWS_STATE;
	if (entry->output != window->output)
		news |= NEWS_OUTPUT;
	if (entry->parent != window->parent)
		news |= NEWS_PARENT;
	entry->states = states;
	entry->output = window->output;
	entry->parent = window->parent;
	return news;
}

static void open_entry(struct entry *entry)
{
	entry->mapped = true;
	take_news(entry);
	struct wl_resource *origin;
	wl_resource_for_each(origin, &entry->lists->ext)
		handle_create(entry, origin, true);
	wl_resource_for_each(origin, &entry->lists->wlr)
		handle_create(entry, origin, false);
	spread(entry, 0);
}

static void close_entry(struct entry *entry)
{
	entry->mapped = false;
	struct handle *handle, *tmp;
	wl_list_for_each_safe(handle, tmp, &entry->handles, link)
		handle_close(handle);
}

static void on_changed(struct wl_listener *listener, void *data)
{
	struct entry *entry = wl_container_of(listener, entry, changed);
	if (entry->mapped && !entry->window->mapped)
		close_entry(entry);
	else if (!entry->mapped && entry->window->mapped)
		open_entry(entry);
	else if (entry->mapped)
		spread(entry, take_news(entry));
}

static void entry_destroy(struct entry *entry)
{
	close_entry(entry);
	wl_list_remove(&entry->changed.link);
	wl_list_remove(&entry->destroyed.link);
	wl_list_remove(&entry->link);
	free(entry->title);
	free(entry->app_id);
	free(entry);
}

static void on_window_destroyed(struct wl_listener *listener, void *data)
{
	struct entry *entry = wl_container_of(listener, entry, destroyed);
	entry_destroy(entry);
}

static void on_window_added(struct wl_listener *listener, void *data)
{
	struct lists *lists = wl_container_of(listener, lists, window_added);
	struct entry *entry = xcalloc(1, sizeof(*entry));
	entry->lists = lists;
	entry->window = data;
	wl_list_init(&entry->handles);
	wl_list_insert(lists->entries.prev, &entry->link);
	entry->changed.notify = on_changed;
	wl_signal_add(&entry->window->events.changed, &entry->changed);
	entry->destroyed.notify = on_window_destroyed;
	wl_signal_add(&entry->window->events.destroyed, &entry->destroyed);
	open_entry(entry);
}

static void on_output_removed(struct wl_listener *listener, void *data)
{
	struct lists *lists = wl_container_of(listener, lists, output_removed);
	struct output *output = data;
	unsigned bit = 1u << output->index; // may be given out again
	struct entry *entry;
	wl_list_for_each(entry, &lists->entries, link) {
		if (entry->output == output)
			entry->output = NULL;
		struct handle *handle;
		wl_list_for_each(handle, &entry->handles, link) {
			if (handle->outputs & bit)
				send_output(handle, output, false);
			handle->outputs &= ~bit;
		}
	}
}

// Lists and managers

static void show_all(struct lists *lists, struct wl_resource *origin, bool ext)
{
	struct entry *entry;
	wl_list_for_each(entry, &lists->entries, link) {
		if (entry->mapped)
			handle_create(entry, origin, ext);
	}
	// Parents are told by handles, which exist now.
	wl_list_for_each(entry, &lists->entries, link)
		spread(entry, 0);
}

static void leave(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
	wl_list_init(wl_resource_get_link(resource));
}

static void handle_ext_stop(struct wl_client *client, struct wl_resource *resource)
{
	if (wl_list_empty(wl_resource_get_link(resource)))
		return;
	leave(resource);
	ext_foreign_toplevel_list_v1_send_finished(resource);
}

static const struct ext_foreign_toplevel_list_v1_interface ext_impl = {
	.stop = handle_ext_stop,
	.destroy = wire_handle_destroy,
};

static void bind_ext(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct lists *lists = data;
	struct wl_resource *resource = wire_create(client, &ext_foreign_toplevel_list_v1_interface,
		(int)version, id, &ext_impl, (void *)++lists->origins, leave);
	if (!resource)
		return;
	wl_list_insert(&lists->ext, wl_resource_get_link(resource));
	show_all(lists, resource, true);
}

static void handle_wlr_stop(struct wl_client *client, struct wl_resource *resource)
{
	zwlr_foreign_toplevel_manager_v1_send_finished(resource);
	wl_resource_destroy(resource);
}

static const struct zwlr_foreign_toplevel_manager_v1_interface wlr_impl = {
	.stop = handle_wlr_stop,
};

static void bind_wlr(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct lists *lists = data;
	struct wl_resource *resource =
		wire_create(client, &zwlr_foreign_toplevel_manager_v1_interface, (int)version, id,
			&wlr_impl, (void *)++lists->origins, leave);
	if (!resource)
		return;
	wl_list_insert(&lists->wlr, wl_resource_get_link(resource));
	show_all(lists, resource, false);
}

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct lists *lists = wl_container_of(listener, lists, server_destroyed);
	struct entry *entry, *tmp;
	wl_list_for_each_safe(entry, tmp, &lists->entries, link)
		entry_destroy(entry);
	struct wl_listener *const listeners[] = {
		&lists->window_added, &lists->output_removed, &lists->server_destroyed};
	for (size_t i = 0; i < array_length(listeners); i++) {
		wl_list_remove(&listeners[i]->link);
		wl_list_init(&listeners[i]->link);
	}
}

// Resources point here until the last client is gone.
static void on_display_destroyed(struct wl_listener *listener, void *data)
{
	struct lists *lists = wl_container_of(listener, lists, display_destroyed);
	on_server_destroyed(&lists->server_destroyed, NULL);
	wl_list_remove(&lists->display_destroyed.link);
	free(lists);
}

bool foreign_toplevel_create(struct server *server)
{
	struct lists *lists = xcalloc(1, sizeof(*lists));
	lists->server = server;
	wl_list_init(&lists->ext);
	wl_list_init(&lists->wlr);
	wl_list_init(&lists->entries);
	lists->window_added.notify = on_window_added;
	wl_signal_add(&server->events.window_added, &lists->window_added);
	lists->output_removed.notify = on_output_removed;
	wl_signal_add(&server->events.output_removed, &lists->output_removed);
	lists->server_destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &lists->server_destroyed);
	lists->display_destroyed.notify = on_display_destroyed;
	wl_display_add_destroy_listener(server->display, &lists->display_destroyed);
	return wl_global_create(server->display, &ext_foreign_toplevel_list_v1_interface, 1, lists,
		       bind_ext) &&
		wl_global_create(server->display, &zwlr_foreign_toplevel_manager_v1_interface, 3,
			lists, bind_wlr);
}
