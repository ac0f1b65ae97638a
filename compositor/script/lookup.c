// SPDX-License-Identifier: MIT
// Looks up what the words of a verb name. Error messages list the candidates.
#include "compositor/script/lookup.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/settle.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/icon.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

struct wl_client *window_wl_client(const struct window *window)
{
	return wl_resource_get_client(window->surface->resource);
}

pid_t window_pid(const struct window *window)
{
	if (window->x11 && window->x11->pid)
		return window->x11->pid;
	return client_pid(window_wl_client(window));
}

struct window *keyboard_window(struct server *server)
{
	struct surface *focus = keyboard_holder(server->seat);
	struct popup *popup;
	while (focus && (popup = popup_from_surface(focus)))
		focus = popup->parent;
	return focus ? window_from_surface(focus) : NULL;
}

static bool has_focus(const struct window *window)
{
	return keyboard_window(window->server) == window;
}

void lookup_describe_window(const struct window *window, struct window_facts *into)
{
	*into = (struct window_facts){
		.app_id = window->app_id,
		.tag = window->tag,
		.title = window->title,
		.id = window->id,
		.pid = window_pid(window),
	};
	if (window->x11) {
		into->class_name = window->x11->class_name;
		into->instance = window->x11->instance;
		into->flags |= SELECT_X11;
	}
	into->flags |= has_focus(window) ? SELECT_FOCUSED : 0;
	into->flags |= window_has(window, WINDOW_MAXIMIZED) ? SELECT_MAXIMIZED : 0;
	into->flags |= window_has(window, WINDOW_FULLSCREEN) ? SELECT_FULLSCREEN : 0;
	into->flags |= window_has(window, WINDOW_MINIMIZED) ? SELECT_MINIMIZED : 0;
	into->flags |= window_has(window, WINDOW_URGENT) ? SELECT_URGENT : 0;
}

struct window *lookup_window(struct server *server, const struct selector *selector)
{
	struct window *window;
	wl_list_for_each(window, &server->windows, link) {
		if (!window->mapped)
			continue;
		struct window_facts facts;
		lookup_describe_window(window, &facts);
		if (selector_matches(selector, &facts))
			return window;
	}
	return NULL;
}

struct layer_surface *lookup_layer(struct server *server, const char *namespace)
{
	struct layer_surface *layer, *found = NULL;
	wl_list_for_each(layer, &server->layers, link)
		if (layer->mapped && (!namespace || strcmp(layer->namespace, namespace) == 0))
			found = layer;
	return found;
}

static struct box surface_box(const struct surface *surface, const struct box *geometry)
{
	int x, y;
	if (!node_position(surface->node, &x, &y))
		x = y = 0;
	return (struct box){x + geometry->x, y + geometry->y, geometry->width, geometry->height};
}

static struct popup *topmost_popup(struct surface *surface)
{
	struct popup *popup, *found = NULL;
	wl_list_for_each(popup, &surface->popups, link)
		if (popup->mapped)
			found = popup;
	if (!found)
		return NULL;
	struct popup *above = topmost_popup(found->surface);
	return above ? above : found;
}

struct popup *lookup_popup(struct server *server, struct window *window, struct box *box)
{
	struct popup *found = NULL;
	struct window *candidate;
	wl_list_for_each(candidate, &server->windows, link) {
		if (found || (window && candidate != window))
			continue;
		found = topmost_popup(candidate->surface);
	}
	struct layer_surface *layer;
	wl_list_for_each(layer, &server->layers, link)
		if (!found && !window && layer->surface)
			found = topmost_popup(layer->surface);
	if (found && box)
		*box = surface_box(found->surface, &found->geometry);
	return found;
}

char *window_name(const struct window *window)
{
	struct strbuf buf = {0};
	strbuf_printf(&buf, "window %llu (app_id ", (unsigned long long)window->id);
	strbuf_name(&buf, window->app_id ? window->app_id : "not-set");
	strbuf_puts(&buf, ", title ");
	strbuf_json(&buf, window->title ? window->title : "");
	strbuf_puts(&buf, ")");
	return buf.text;
}

char *surface_name(struct surface *surface)
{
	struct surface *root = surface_root(surface);
	const struct window *window = window_from_surface(root);
	if (window)
		return window_name(window);
	if (root->layer) {
		struct strbuf buf = {0};
		strbuf_puts(&buf, "layer surface ");
		strbuf_json(&buf, root->layer->namespace);
		return buf.text;
	}
	struct surface *parent = root->popup ? popup_root_surface(root) : NULL;
	char *name = parent && parent != root ? surface_name(parent) : NULL;
	char *text = name ? xasprintf("a popup of %s", name)
			  : xstrdup(root->popup ? "a popup" : "another surface");
	free(name);
	return text;
}

bool window_holds_focus(const struct window *window)
{
	const struct window *holder = keyboard_window(window->server);
	while (holder && holder != window)
		holder = holder->parent;
	return holder != NULL;
}

char *keyboard_holder_name(struct server *server)
{
	struct surface *surface = keyboard_holder(server->seat);
	return surface ? surface_name(surface) : NULL;
}

char *lookup_list_windows(struct server *server)
{
	struct strbuf buf = {0};
	struct window *window;
	int count = 0;
	wl_list_for_each(window, &server->windows, link) {
		if (!window->mapped || count++ >= 8)
			continue;
		strbuf_printf(&buf, "%sid=%llu app_id=", count > 1 ? "; " : "",
			(unsigned long long)window->id);
		strbuf_name(&buf, window->app_id ? window->app_id : "");
		strbuf_puts(&buf, " title=");
		strbuf_json(&buf, window->title ? window->title : "");
	}
	if (!count)
		strbuf_puts(&buf, "none");
	else if (count > 8)
		strbuf_printf(&buf, "; and %d more", count - 8);
	return buf.text;
}

static struct window *focused_window(struct server *server)
{
	struct window *window = keyboard_window(server);
	if (window && window->mapped)
		return window;
	wl_list_for_each(window, &server->windows, link)
		if (window->mapped)
			return window;
	return NULL;
}

struct window *action_window(struct action *action)
{
	struct server *server = action->runner->server;
	const struct selector *selector = action->selector;
	struct window *window = selector ? lookup_window(server, selector) : focused_window(server);
	if (!window) {
		char *there = lookup_list_windows(server);
		if (selector)
			action_fail(action, "no window matches; shown windows: %s", there);
		else
			action_fail(action, "no window is shown");
		free(there);
	}
	return window;
}

struct output *action_output(struct action *action, const char *name)
{
	struct server *server = action->runner->server;
	struct output *output = output_by_name(server, name);
	if (output)
		return output;
	struct strbuf buf = {0};
	wl_list_for_each(output, &server->outputs, link)
		strbuf_printf(&buf, " %s", output->name);
	action_fail(action, "there is no output '%s'; outputs:%s", name, strbuf_get(&buf));
	strbuf_finish(&buf);
	return NULL;
}

static bool find_layer_place(struct action *action, struct place *place)
{
	struct layer_surface *layer = lookup_layer(action->runner->server, action->place_name);
	if (!layer)
		return action_refuse(action, "no layer surface '%s' is shown", action->place_name);
	place->box = layer->box;
	place->surface = layer->surface;
	return true;
}

static bool find_popup_place(struct action *action, struct place *place)
{
	struct window *window = action->selector ? action_window(action) : NULL;
	if (action->selector && !window)
		return false;
	struct popup *popup = lookup_popup(action->runner->server, window, &place->box);
	if (!popup)
		return action_refuse(action, "no popup is shown");
	place->surface = popup->surface;
	return true;
}

static bool find_window_place(struct action *action, struct place *place)
{
	place->window = action_window(action);
	if (!place->window)
		return false;
	place->box = window_box(place->window);
	place->surface = place->window->surface;
	return true;
}

static bool find_output_place(struct action *action, struct place *place)
{
	place->output = action_output(action, action->place_name);
	if (place->output)
		place->box = place->output->box;
	return place->output != NULL;
}

bool action_place(struct action *action, struct place *place)
{
	*place = (struct place){.kind = action->place};
	switch (action->place) {
	case PLACE_WINDOW:
		return find_window_place(action, place);
	case PLACE_POPUP:
		return find_popup_place(action, place);
	case PLACE_LAYER:
		return find_layer_place(action, place);
	case PLACE_OUTPUT:
		return find_output_place(action, place);
	case PLACE_LAYOUT:
		break;
	}
	place->box = outputs_bounds(action->runner->server);
	return true;
}

void place_point(const struct place *place, const struct point *point, double *x, double *y)
{
	// Without a place, negative coordinates lie left of or above the layout's origin.
	const struct box *box = &place->box;
	bool plain = place->kind == PLACE_LAYOUT;
	*x = plain && !point->x.percent ? point->x.value
					: coordinate_in(&point->x, box->x, box->width);
	*y = plain && !point->y.percent ? point->y.value
					: coordinate_in(&point->y, box->y, box->height);
}

enum progress action_settle(struct action *action, struct settle *settle)
{
	bool again = false;
	bool settled = settle_poll(settle, &again);
	action->runner->poll_again |= again;
	if (settled)
		return PROGRESS_DONE;
	if (!settle_is_hopeless(settle))
		return PROGRESS_WAIT;
	char *why = settle_why(settle);
	action_fail(action, "not settled after 10 s of virtual time: %s", why);
	free(why);
	return PROGRESS_FAILED;
}

static const struct {
	unsigned state;
	const char *name;
} state_names[] = {
	{WINDOW_MAXIMIZED, "maximized"},
	{WINDOW_FULLSCREEN, "fullscreen"},
	{WINDOW_ACTIVATED, "activated"},
	{WINDOW_MINIMIZED, "minimized"},
	{WINDOW_URGENT, "urgent"},
	{WINDOW_RESIZING, "resizing"},
	{WINDOW_SUSPENDED, "suspended"},
	{WINDOW_TILED_LEFT, "tiled-left"},
	{WINDOW_TILED_RIGHT, "tiled-right"},
	{WINDOW_TILED_TOP, "tiled-top"},
	{WINDOW_TILED_BOTTOM, "tiled-bottom"},
};

// By wp_content_type_v1.type.
static const char *const content_types[] = {"none", "photo", "video", "game"};

void window_to_json(const struct window *window, struct strbuf *buf)
{
	struct box box = window_box(window);
	strbuf_printf(buf, "{\"id\":%llu,\"app_id\":", (unsigned long long)window->id);
	strbuf_json(buf, window->app_id);
	strbuf_puts(buf, ",\"title\":");
	strbuf_json(buf, window->title);
	strbuf_printf(buf,
		",\"pid\":%d,\"x\":%d,\"y\":%d,\"width\":%d,\"height\":%d,\"mapped\":%s,\"focused\":%s",
		(int)window_pid(window), box.x, box.y, box.width, box.height,
		window->mapped ? "true" : "false", has_focus(window) ? "true" : "false");
	strbuf_printf(
		buf, ",\"unresponsive\":%s,\"parent\":", window->unresponsive ? "true" : "false");
	if (window->parent)
		strbuf_printf(buf, "%llu", (unsigned long long)window->parent->id);
	else
		strbuf_puts(buf, "null");
	if (window->tag) {
		strbuf_puts(buf, ",\"tag\":");
		strbuf_json(buf, window->tag);
	}
	const struct window_icon *icon = window->icon;
	if (icon && icon->name) {
		strbuf_puts(buf, ",\"icon\":");
		strbuf_json(buf, icon->name);
	}
	if (window->modal)
		strbuf_puts(buf, ",\"modal\":true");
	if (window->surface->current.content_type)
		strbuf_printf(buf, ",\"content\":\"%s\"",
			content_types[window->surface->current.content_type]);
	strbuf_puts(buf, ",\"output\":");
	strbuf_json(buf, window->output ? window->output->name : NULL);
	strbuf_puts(buf, ",\"states\":[");
	bool first = true;
	for (size_t i = 0; i < array_length(state_names); i++) {
		if (!window_has(window, state_names[i].state))
			continue;
		strbuf_printf(buf, "%s\"%s\"", first ? "" : ",", state_names[i].name);
		first = false;
	}
	strbuf_puts(buf, "]}");
}

void window_to_text(const struct window *window, struct strbuf *buf)
{
	struct box box = window_box(window);
	strbuf_printf(buf, "%llu ", (unsigned long long)window->id);
	strbuf_name(buf, window->app_id ? window->app_id : "-");
	strbuf_puts(buf, " ");
	strbuf_json(buf, window->title ? window->title : "");
	strbuf_printf(buf, " %d,%d %dx%d pid=%d", box.x, box.y, box.width, box.height,
		(int)window_pid(window));
	for (size_t i = 0; i < array_length(state_names); i++)
		if (window_has(window, state_names[i].state))
			strbuf_printf(buf, " %s", state_names[i].name);
	strbuf_puts(buf, has_focus(window) ? " focused\n" : "\n");
}
