// SPDX-License-Identifier: MIT
// Toplevel windows: creation, mapping and unmapping on commits, position and stacking in the scene.
#include "compositor/window/window.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/icon.h"
#include "compositor/window/popup.h"
#include "compositor/window/window_private.h"

static void on_output_removed(struct wl_listener *listener, void *data)
{
	struct window *window = wl_container_of(listener, window, output_removed);
	if (window->output == data)
		window_set_output(window, NULL);
}

static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct window *window = wl_container_of(listener, window, outputs_changed);
	window_update_suspended(window);
}

struct window *window_create(
	struct server *server, struct surface *surface, const struct window_impl *impl)
{
	assert(!surface->window);
	struct window *window = xcalloc(1, sizeof(*window));
	window->impl = impl;
	window->server = server;
	window->surface = surface;
	surface->window = window;
	window->id = ++server->next_window_id;
	timer_init(&window->ping_timer, server->clock, window_on_ping_timeout, window);
	wl_signal_init(&window->events.destroyed);
	wl_signal_init(&window->events.changed);
	wl_signal_init(&window->events.committed);
	wl_signal_init(&window->events.unmapped);
	wl_signal_init(&window->events.configure);
	window->output_removed.notify = on_output_removed;
	wl_signal_add(&server->events.output_removed, &window->output_removed);
	window->outputs_changed.notify = on_outputs_changed;
	wl_signal_add(&server->events.outputs_changed, &window->outputs_changed);
	wl_list_insert(server->windows.prev, &window->link);
	wl_list_init(&window->children);
	wl_list_init(&window->sibling);
	wl_list_init(&window->exports);

	window->tree = node_create(server->scene->layers[SCENE_WINDOWS], NODE_TREE);
	node_set_hidden(window->tree, true);
	node_set_parent(surface->tree, window->tree);
	window->popups = node_create(window->tree, NODE_TREE);
	window->sent_states = ~(unsigned)(WINDOW_MINIMIZED | WINDOW_URGENT);
	window_suspend_init(window);
	return window;
}

// Children become children of its parent.
static void window_reparent_children(struct window *window)
{
	struct window *child, *tmp;
	wl_list_for_each_safe(child, tmp, &window->children, sibling)
		window_set_parent(child, window->parent);
}

static void window_unmap(struct window *window)
{
	if (!window->mapped)
		return;
	struct shell *shell = window->server->shell;
	window->mapped = false;
	window->impl->close_popups(window);
	window_reparent_children(window);
	surface_set_mapped(window->surface, false);
	window_update_hidden(window);
	window_update_suspended(window);
	window->resize_edges = EDGE_NONE;
	if (shell && shell->impl->window_unmapped)
		shell->impl->window_unmapped(shell, window);
	wl_signal_emit_mutable(&window->events.unmapped, window);
	wl_signal_emit_mutable(&window->events.changed, window);
	scene_notify_changed(window->server->scene);
}

void window_destroy(struct window *window)
{
	if (!window)
		return;
	struct server *server = window->server;
	window_unmap(window);
	window_reparent_children(window);
	wl_signal_emit_mutable(&window->events.destroyed, window);
	if (server->shell && server->shell->active == window)
		server->shell->active = NULL;
	window_configure_reset(window);
	window_clear_deferred(window);
	timer_finish(&window->ping_timer);
	window_suspend_finish(window);
	wl_list_remove(&window->output_removed.link);
	wl_list_remove(&window->outputs_changed.link);
	wl_list_remove(&window->link);
	wl_list_remove(&window->sibling);

	popups_orphan(window->surface);
	node_set_hidden(window->surface->tree, true);
	node_set_parent(window->surface->tree, server->scene->layers[SCENE_WINDOWS]);
	node_destroy(window->tree);
	window->surface->window = NULL;
	free(window->title);
	free(window->app_id);
	free(window->tag);
	free(window->description);
	window_icon_unref(window->icon);
	window_icon_unref(window->next_icon);
	free(window);
	scene_notify_changed(server->scene);
}

struct window *window_from_surface(struct surface *surface)
{
	return surface ? surface_root(surface)->window : NULL;
}

struct window *window_from_resource(struct wl_resource *resource)
{
	return resource ? wl_resource_get_user_data(resource) : NULL;
}

struct box window_geometry(const struct surface *surface)
{
	struct box extents = surface_extents(surface);
	int64_t right = (int64_t)extents.x + extents.width;
	int64_t bottom = (int64_t)extents.y + extents.height;
	if (surface->current.xdg.has_geometry) {
		const struct box *set = &surface->current.xdg.geometry;
		int x = MAX(set->x, extents.x), y = MAX(set->y, extents.y);
		int64_t set_right = MIN((int64_t)set->x + set->width, right);
		int64_t set_bottom = MIN((int64_t)set->y + set->height, bottom);
		if (x < set_right && y < set_bottom)
			return (struct box){x, y, (int)(set_right - x), (int)(set_bottom - y)};
	}
	return (struct box){0, 0, (int)MAX(right, 0), (int)MAX(bottom, 0)};
}

bool window_has_content(const struct surface *surface)
{
	const struct surface_commit *commit;
	wl_list_for_each(commit, &surface->commits, own_link) {
		if (commit->state.buffer)
			return true;
	}
	return surface->has_buffer ||
		(surface->pending.set & SURFACE_BUFFER && surface->pending.buffer);
}

// Position and stacking

struct box window_box(const struct window *window)
{
	return (struct box){window->x, window->y, window->geometry.width, window->geometry.height};
}

void window_update_hidden(struct window *window)
{
	node_set_hidden(window->tree, !window->mapped || window_has(window, WINDOW_MINIMIZED));
}

static void window_move_popups(struct window *window)
{
	struct popup *popup;
	wl_list_for_each(popup, &window->surface->popups, link)
		popup_update_parent_moved(popup);
}

void window_move(struct window *window, int x, int y)
{
	window->x = x;
	window->y = y;
	node_set_position(window->tree, x, y);
	window_update_suspended(window);
	window_move_popups(window);
	if (window->impl->moved)
		window->impl->moved(window);
	scene_notify_changed(window->server->scene);
}

void window_set_output(struct window *window, struct output *output)
{
	if (window->output == output)
		return;
	window->output = output;
	wl_signal_emit_mutable(&window->events.changed, window);
}

// Raises a window and its descendants, parents before their children. Iterative, because clients
// can build chains of any length.
static void window_raise_family(struct window *first)
{
	struct window **family = NULL, *child;
	size_t count = 0, capacity = 0;
	array_reserve(family, count, capacity);
	family[count++] = first;
	for (size_t i = 0; i < count; i++) {
		node_raise(family[i]->tree);
		window_awaken(family[i]);
		wl_list_for_each_reverse(child, &family[i]->children, sibling) {
			array_reserve(family, count, capacity);
			family[count++] = child;
		}
	}
	free(family);
}

struct window *window_root(struct window *window)
{
	while (window->parent)
		window = window->parent;
	return window;
}

void window_raise(struct window *window)
{
	// Its ancestors and their dialogs are raised, too, but below it.
	struct window *root = window_root(window);
	window_raise_family(root);
	if (root != window)
		window_raise_family(window);
	scene_notify_changed(window->server->scene);
}

// Mapping

static void window_set_identifier(struct window *window)
{
	// ext_foreign_toplevel_list_v1 requires a new identifier for each mapping. Under a virtual
	// clock it is the same in each run.
	uint64_t salt = 0;
	if (!clock_is_virtual(window->server->clock) &&
		getrandom(&salt, sizeof(salt), GRND_NONBLOCK) != sizeof(salt))
		salt = clock_now_ns(window->server->clock);
	snprintf(window->identifier, sizeof(window->identifier), "%016llx%012llx%04x",
		(unsigned long long)salt, (unsigned long long)(window->id & 0xffffffffffff),
		window->mappings & 0xffff);
}

static void window_map(struct window *window)
{
	struct server *server = window->server;
	window->mapped = true;
	window->mappings++;
	window_set_identifier(window);
	surface_set_mapped(window->surface, true);
	window_update_hidden(window);
	if (server->shell && server->shell->impl->window_mapped)
		server->shell->impl->window_mapped(server->shell, window);
	if (!window->output) {
		struct box box = window_box(window);
		window_set_output(window, output_for_box(server, &box));
	}
	window_update_suspended(window);
	if (window->mappings == 1)
		wl_signal_emit_mutable(&server->events.window_added, window);
	wl_signal_emit_mutable(&window->events.changed, window);
}

// The state after xdg_surface.get_toplevel, except for the negotiated decoration mode.
static void window_reset(struct window *window)
{
	window->added = false;
	window_configure_reset(window);
	window_clear_deferred(window);
	window->deferred.has_decoration = window->deferred.decoration = window->wants_decorations;
	window_set_title(window, NULL);
	window_set_app_id(window, NULL);
	window_set_tag(window, NULL);
	window_set_description(window, NULL);
	window_set_icon(window, NULL);
	window_apply_icon(window);
	window_set_parent(window, NULL);
	window_set_limits(window, 0, 0, 0, 0);
	window->geometry = (struct box){0};
	window_set_output(window, NULL);
}

// Keeps the edge opposite to the resized one in place, by the size of the new content.
static void window_resized(struct window *window, const struct box *old)
{
	int x = window->x, y = window->y;
	if (window->resize_edges & EDGE_LEFT)
		x -= window->geometry.width - old->width;
	if (window->resize_edges & EDGE_TOP)
		y -= window->geometry.height - old->height;
	if (x != window->x || y != window->y)
		window_move(window, x, y);
	else
		window_move_popups(window);
}

void window_commit(struct window *window)
{
	struct surface *surface = window->surface;
	if (window->has_next_icon)
		window_apply_icon(window);
	if (!window->added)
		window_add(window);
	if (!surface->has_buffer) {
		if (window->mapped) {
			window_unmap(window);
			window_reset(window);
		}
		return;
	}
	struct box old = window->geometry;
	window->geometry = window_geometry(surface);
	node_set_position(surface->tree, -window->geometry.x, -window->geometry.y);
	if (!window->mapped) {
		window_map(window);
	} else {
		window_adopt_size(window);
		if (old.width != window->geometry.width || old.height != window->geometry.height)
			window_resized(window, &old);
		struct shell *shell = window->server->shell;
		if (shell && shell->impl->window_committed)
			shell->impl->window_committed(shell, window);
		window_arrived(window);
	}
	if (!((window->current.states | window->pending.states) & WINDOW_RESIZING))
		window->resize_edges = EDGE_NONE;
	wl_signal_emit_mutable(&window->events.committed, window);
}
