// SPDX-License-Identifier: MIT
// Life of a toplevel: names, parents, its place in the scene, mapping and unmapping.
#include "compositor/core/window.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "compositor/base/base.h"
#include "compositor/core/commit.h"
#include "compositor/core/configure.h"
#include "compositor/core/output.h"
#include "compositor/core/popup.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"
#include "compositor/core/surface.h"

// Longer titles are cut: they must fit into one event of every protocol that lists windows.
#define MAX_NAME 1024

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

	window->tree = node_create(server->scene->layers[SCENE_WINDOWS], NODE_TREE);
	node_set_hidden(window->tree, true);
	node_set_parent(surface->tree, window->tree);
	window->popups = node_create(window->tree, NODE_TREE);
	return window;
}

// Children go to the grandparent.
static void disown(struct window *window)
{
	struct window *child, *tmp;
	wl_list_for_each_safe(child, tmp, &window->server->windows, link) {
		if (child->parent == window)
			window_set_parent(child, window->parent);
	}
}

static void unmap(struct window *window)
{
	if (!window->mapped)
		return;
	struct shell *shell = window->server->shell;
	window->mapped = false;
	window->impl->close_popups(window);
	disown(window);
	surface_set_mapped(window->surface, false);
	window_update_hidden(window);
	window->resize_edges = EDGE_NONE;
	if (shell && shell->impl->window_unmapped)
		shell->impl->window_unmapped(shell, window);
	wl_signal_emit_mutable(&window->events.unmapped, window);
	wl_signal_emit_mutable(&window->events.changed, window);
	surface_refocus(window->server);
}

void window_destroy(struct window *window)
{
	if (!window)
		return;
	struct server *server = window->server;
	unmap(window);
	disown(window);
	wl_signal_emit_mutable(&window->events.destroyed, window);
	if (server->shell && server->shell->active == window)
		server->shell->active = NULL;
	window_configure_reset(window);
	window_forget_asked(window);
	timer_finish(&window->ping_timer);
	wl_list_remove(&window->output_removed.link);
	wl_list_remove(&window->outputs_changed.link);
	wl_list_remove(&window->link);

	popups_orphan(window->surface);
	node_set_hidden(window->surface->tree, true);
	node_set_parent(window->surface->tree, server->scene->layers[SCENE_WINDOWS]);
	node_destroy(window->tree);
	window->surface->window = NULL;
	free(window->title);
	free(window->app_id);
	free(window);
	surface_refocus(server);
}

struct window *window_from_surface(struct surface *surface)
{
	return surface ? surface_root(surface)->window : NULL;
}

struct window *window_from_resource(struct wl_resource *resource)
{
	return resource ? wl_resource_get_user_data(resource) : NULL;
}

struct window *window_by_id(struct server *server, uint64_t id)
{
	struct window *window;
	wl_list_for_each(window, &server->windows, link) {
		if (window->id == id)
			return window;
	}
	return NULL;
}

// Length of the well-formed UTF-8 sequence at text, 0: it is none.
static size_t utf8_sequence(const unsigned char *text)
{
	static const struct {
		unsigned char mask, lead, length;
		uint32_t least;
	} forms[] = {{0x80, 0, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800},
		{0xf8, 0xf0, 4, 0x10000}};
	for (size_t i = 0; i < array_length(forms); i++) {
		if ((text[0] & forms[i].mask) != forms[i].lead)
			continue;
		uint32_t code = text[0] & (unsigned char)~forms[i].mask;
		for (size_t j = 1; j < forms[i].length; j++) {
			if ((text[j] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (text[j] & 0x3f);
		}
		bool surrogate = code >= 0xd800 && code < 0xe000;
		return code < forms[i].least || code > 0x10ffff || surrogate ? 0 : forms[i].length;
	}
	return 0;
}

// A copy that is UTF-8 for sure and not too long.
static char *clean_name(const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *clean = xcalloc(1, MAX_NAME + 1);
	size_t used = 0;
	while (*text) {
		size_t length = utf8_sequence((const unsigned char *)text);
		const char *from = length ? text : replacement;
		size_t size = length ? length : sizeof(replacement) - 1;
		if (used + size > MAX_NAME)
			break;
		memcpy(clean + used, from, size);
		used += size;
		text += length ? length : 1;
	}
	return xrealloc(clean, used + 1, 1);
}

static void changed(struct window *window)
{
	struct shell *shell = window->server->shell;
	if (window->added && shell && shell->impl->window_changed)
		shell->impl->window_changed(shell, window);
	wl_signal_emit_mutable(&window->events.changed, window);
}

static void set_name(struct window *window, char **place, const char *text)
{
	char *clean = text ? clean_name(text) : NULL;
	if (clean == *place || (clean && *place && strcmp(clean, *place) == 0)) {
		free(clean);
		return;
	}
	free(*place);
	*place = clean;
	changed(window);
}

void window_set_title(struct window *window, const char *title)
{
	set_name(window, &window->title, title);
}

void window_set_app_id(struct window *window, const char *app_id)
{
	set_name(window, &window->app_id, app_id);
}

bool window_set_parent(struct window *window, struct window *parent)
{
	for (struct window *above = parent; above; above = above->parent) {
		if (above == window)
			return false;
	}
	if (parent && !parent->mapped)
		parent = NULL;
	if (window->parent == parent)
		return true;
	window->parent = parent;
	changed(window);
	return true;
}

void window_set_limits(
	struct window *window, int min_width, int min_height, int max_width, int max_height)
{
	if (window->min_width == min_width && window->min_height == min_height &&
		window->max_width == max_width && window->max_height == max_height)
		return;
	window->min_width = min_width;
	window->min_height = min_height;
	window->max_width = max_width;
	window->max_height = max_height;
	changed(window);
}

void window_constrain_size(const struct window *window, int *width, int *height)
{
	if (window->max_width)
		*width = MIN(*width, window->max_width);
	if (window->max_height)
		*height = MIN(*height, window->max_height);
	*width = MAX(*width, MAX(window->min_width, 1));
	*height = MAX(*height, MAX(window->min_height, 1));
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

// Place

struct box window_box(const struct window *window)
{
	return (struct box){window->x, window->y, window->geometry.width, window->geometry.height};
}

void window_update_hidden(struct window *window)
{
	node_set_hidden(window->tree, !window->mapped || window_has(window, WINDOW_MINIMIZED));
}

void window_update_suspended(struct window *window)
{
	bool seen = !window->mapped;
	struct box box = window_box(window), common;
	struct output *output;
	wl_list_for_each(output, &window->server->outputs, link) {
		if (output->enabled && box_intersect(&common, &output->box, &box))
			seen = true;
	}
	window_set_state(window, WINDOW_SUSPENDED, !seen || window_has(window, WINDOW_MINIMIZED));
}

static void popups_moved(struct window *window)
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
	popups_moved(window);
	surface_refocus(window->server);
}

void window_set_output(struct window *window, struct output *output)
{
	if (window->output == output)
		return;
	window->output = output;
	wl_signal_emit_mutable(&window->events.changed, window);
}

// Raises first and all its descendants, parents before their children. No recursion: clients can
// make chains of any length.
static void raise_family(struct window *first)
{
	struct window **family = NULL, *child;
	size_t count = 0, capacity = 0;
	array_reserve(family, count, capacity);
	family[count++] = first;
	for (size_t i = 0; i < count; i++) {
		node_raise(family[i]->tree);
		wl_list_for_each_reverse(child, &first->server->windows, link) {
			if (child->parent != family[i])
				continue;
			array_reserve(family, count, capacity);
			family[count++] = child;
		}
	}
	free(family);
}

void window_raise(struct window *window)
{
	// A dialog brings its parent with it, and comes before its siblings.
	struct window *root = window;
	while (root->parent)
		root = root->parent;
	raise_family(root);
	if (root != window)
		raise_family(window);
	surface_refocus(window->server);
}

// Mapping

static void set_identifier(struct window *window)
{
	// Another mapping is another window to those who list them. Under a virtual clock everything
	// is to be the same in each run.
	uint64_t salt = 0;
	if (!clock_is_virtual(window->server->clock) &&
		getrandom(&salt, sizeof(salt), GRND_NONBLOCK) != sizeof(salt))
		salt = clock_now_ns(window->server->clock);
	snprintf(window->identifier, sizeof(window->identifier), "%016llx%012llx%04x",
		(unsigned long long)salt, (unsigned long long)(window->id & 0xffffffffffff),
		window->mappings & 0xffff);
}

static void map(struct window *window)
{
	struct server *server = window->server;
	window->mapped = true;
	window->mappings++;
	set_identifier(window);
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

// As right after get_toplevel; what other protocols agreed on stays.
static void reset(struct window *window)
{
	window->added = false;
	window_configure_reset(window);
	window_forget_asked(window);
	window->asked.has_decoration = window->asked.decoration = window->wants_decorations;
	window_set_title(window, NULL);
	window_set_app_id(window, NULL);
	window_set_parent(window, NULL);
	window_set_limits(window, 0, 0, 0, 0);
	window->geometry = window->restore = (struct box){0};
	window_set_output(window, NULL);
}

static void resized(struct window *window, const struct box *old)
{
	int x = window->x, y = window->y;
	if (window->resize_edges & EDGE_LEFT)
		x -= window->geometry.width - old->width;
	if (window->resize_edges & EDGE_TOP)
		y -= window->geometry.height - old->height;
	if (x != window->x || y != window->y)
		window_move(window, x, y);
	else
		popups_moved(window);
}

void window_commit(struct window *window)
{
	struct surface *surface = window->surface;
	if (!window->added)
		window_add(window);
	if (!surface->has_buffer) {
		if (window->mapped) {
			unmap(window);
			reset(window);
		}
		return;
	}
	struct box old = window->geometry;
	window->geometry = window_geometry(surface);
	node_set_position(surface->tree, -window->geometry.x, -window->geometry.y);
	if (!window->mapped) {
		map(window);
	} else {
		window_adopt_size(window);
		if (old.width != window->geometry.width || old.height != window->geometry.height)
			resized(window, &old);
		struct shell *shell = window->server->shell;
		if (shell && shell->impl->window_committed)
			shell->impl->window_committed(shell, window);
	}
	if (!((window->current.states | window->wanted.states) & WINDOW_RESIZING))
		window->resize_edges = EDGE_NONE;
	wl_signal_emit_mutable(&window->events.committed, window);
}
