// SPDX-License-Identifier: MIT
// ext_foreign_toplevel_list_v1 and zwlr_foreign_toplevel_manager_v1: list the windows for task
// bars; the second one also controls them. Each mapped window has an entry, with a handle for each
// list and manager. A handle keeps which changes are not sent yet, so that a client that does not
// drain its socket gets only the newest state.
#include "protocols/foreign_toplevel.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "ext-foreign-toplevel-list-v1-protocol.h"
#include "protocols/protocols.h"
#include "wlr-foreign-toplevel-management-unstable-v1-protocol.h"

// Entries

static void entry_send_changes(struct entry *entry, unsigned changes)
{
	struct handle *handle, *tmp;
	wl_list_for_each_safe(handle, tmp, &entry->handles, link) {
		handle->changes |= changes & (handle->ext ? CHANGED_EXT : CHANGED_WLR);
		foreign_handle_flush(handle);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

// Compares the window with what the entry has of it and updates that. Returns what changed.
static unsigned entry_update(struct entry *entry)
{
	const struct window *window = entry->window;
	const unsigned shown =
		WINDOW_MAXIMIZED | WINDOW_MINIMIZED | WINDOW_ACTIVATED | WINDOW_FULLSCREEN;
	unsigned changes = 0;
	if (!same_text(entry->title, window->title)) {
		replace_string(&entry->title, window->title);
		changes |= CHANGED_TITLE;
	}
	if (!same_text(entry->app_id, window->app_id)) {
		replace_string(&entry->app_id, window->app_id);
		changes |= CHANGED_APP_ID;
	}
	unsigned states = window->pending.states & shown;
	if (entry->states != states)
		changes |= CHANGED_STATE;
	if (entry->output != window->output)
		changes |= CHANGED_OUTPUT;
	if (entry->parent != window->parent)
		changes |= CHANGED_PARENT;
	entry->states = states;
	entry->output = window->output;
	entry->parent = window->parent;
	return changes;
}

static void entry_open(struct entry *entry)
{
	entry->mapped = true;
	entry_update(entry);
	struct wl_resource *origin;
	wl_resource_for_each(origin, &entry->lists->ext)
		foreign_handle_create(entry, origin, true);
	wl_resource_for_each(origin, &entry->lists->wlr)
		foreign_handle_create(entry, origin, false);
	entry_send_changes(entry, 0);
}

static void entry_close(struct entry *entry)
{
	entry->mapped = false;
	struct handle *handle, *tmp;
	wl_list_for_each_safe(handle, tmp, &entry->handles, link)
		foreign_handle_close(handle);
}

static void on_changed(struct wl_listener *listener, void *data)
{
	struct entry *entry = wl_container_of(listener, entry, changed);
	if (entry->mapped && !entry->window->mapped)
		entry_close(entry);
	else if (!entry->mapped && entry->window->mapped)
		entry_open(entry);
	else if (entry->mapped)
		entry_send_changes(entry, entry_update(entry));
}

static void entry_destroy(struct entry *entry)
{
	entry_close(entry);
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
	entry_open(entry);
}

static void on_output_removed(struct wl_listener *listener, void *data)
{
	struct lists *lists = wl_container_of(listener, lists, output_removed);
	struct output *output = data;
	unsigned bit = 1u << output->index; // may be reused
	struct entry *entry;
	wl_list_for_each(entry, &lists->entries, link) {
		if (entry->output == output)
			entry->output = NULL;
		struct handle *handle;
		wl_list_for_each(handle, &entry->handles, link) {
			if (handle->outputs & bit)
				foreign_handle_send_output(handle, output, false);
			handle->outputs &= ~bit;
		}
	}
}

// Lists and managers

static void entries_send_all(struct lists *lists, struct wl_resource *origin, bool ext)
{
	struct entry *entry;
	wl_list_for_each(entry, &lists->entries, link) {
		if (entry->mapped)
			foreign_handle_create(entry, origin, ext);
	}
	// Parent events refer to handles, all of which exist now.
	wl_list_for_each(entry, &lists->entries, link)
		entry_send_changes(entry, 0);
}

static void resource_unlink(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
	wl_list_init(wl_resource_get_link(resource));
}

static void handle_ext_stop(struct wl_client *client, struct wl_resource *resource)
{
	if (wl_list_empty(wl_resource_get_link(resource)))
		return;
	resource_unlink(resource);
	ext_foreign_toplevel_list_v1_send_finished(resource);
}

static const struct ext_foreign_toplevel_list_v1_interface ext_impl = {
	.stop = handle_ext_stop,
	.destroy = wire_handle_destroy,
};

static void on_bind_ext(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct lists *lists = data;
	struct wl_resource *resource = wire_create(client, &ext_foreign_toplevel_list_v1_interface,
		(int)version, id, &ext_impl, (void *)++lists->origins, resource_unlink);
	if (!resource)
		return;
	wl_list_insert(&lists->ext, wl_resource_get_link(resource));
	entries_send_all(lists, resource, true);
}

static void handle_wlr_stop(struct wl_client *client, struct wl_resource *resource)
{
	zwlr_foreign_toplevel_manager_v1_send_finished(resource);
	wl_resource_destroy(resource);
}

static const struct zwlr_foreign_toplevel_manager_v1_interface wlr_impl = {
	.stop = handle_wlr_stop,
};

static void on_bind_wlr(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct lists *lists = data;
	struct wl_resource *resource =
		wire_create(client, &zwlr_foreign_toplevel_manager_v1_interface, (int)version, id,
			&wlr_impl, (void *)++lists->origins, resource_unlink);
	if (!resource)
		return;
	wl_list_insert(&lists->wlr, wl_resource_get_link(resource));
	entries_send_all(lists, resource, false);
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

// Resources refer to the lists until the last client is destroyed.
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
		       on_bind_ext) &&
		wl_global_create(server->display, &zwlr_foreign_toplevel_manager_v1_interface, 3,
			lists, on_bind_wlr);
}
