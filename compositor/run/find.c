// SPDX-License-Identifier: MIT
// Looking things up for verbs, with errors that tell what there is instead.
#include "compositor/run/find.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/layer.h"
#include "compositor/core/output.h"
#include "compositor/core/popup.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "compositor/run/settle.h"
#include "compositor/run/watch.h"

struct wl_client *window_wl_client(const struct window *window)
{
	return wl_resource_get_client(window->surface->resource);
}

pid_t window_pid(const struct window *window)
{
	return client_pid(window_wl_client(window));
}

// The window that has the keyboard, itself or by one of its popups.
static struct window *keyboard_window(struct server *server)
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

void selectable_from(const struct window *window, struct selectable *into)
{
	*into = (struct selectable){
		.app_id = window->app_id,
		.title = window->title,
		.id = window->id,
		.pid = window_pid(window),
	};
	into->flags |= has_focus(window) ? SELECT_FOCUSED : 0;
	into->flags |= window_has(window, WINDOW_MAXIMIZED) ? SELECT_MAXIMIZED : 0;
	into->flags |= window_has(window, WINDOW_FULLSCREEN) ? SELECT_FULLSCREEN : 0;
	into->flags |= window_has(window, WINDOW_MINIMIZED) ? SELECT_MINIMIZED : 0;
}

struct window *find_window(struct server *server, const struct selector *selector)
{
	struct window *window;
	wl_list_for_each(window, &server->windows, link) {
		if (!window->mapped)
			continue;
		struct selectable selectable;
		selectable_from(window, &selectable);
		if (selector_matches(selector, &selectable))
			return window;
	}
	return NULL;
}

struct layer_surface *find_layer(struct server *server, const char *namespace)
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

static struct popup *popup_of(struct surface *surface)
{
	struct popup *popup, *found = NULL;
	wl_list_for_each(popup, &surface->popups, link)
		if (popup->mapped)
			found = popup;
	if (!found)
		return NULL;
	struct popup *above = popup_of(found->surface);
	return above ? above : found;
}

struct popup *find_popup(struct server *server, struct window *window, struct box *box)
{
	struct popup *found = NULL;
	struct window *candidate;
	wl_list_for_each(candidate, &server->windows, link) {
		if (found || (window && candidate != window))
			continue;
		found = popup_of(candidate->surface);
	}
	struct layer_surface *layer;
	wl_list_for_each(layer, &server->layers, link)
		if (!found && !window && layer->surface)
			found = popup_of(layer->surface);
	if (found && box)
		*box = surface_box(found->surface, &found->geometry);
	return found;
}

// What there is, for messages about what there is not.
static char *windows_there(struct server *server)
{
	struct out out = {0};
	struct window *window;
	int count = 0;
	wl_list_for_each(window, &server->windows, link) {
		if (!window->mapped || count++ >= 8)
			continue;
		out_format(&out, "%sapp_id=%s title=", count > 1 ? "; " : "",
			window->app_id ? window->app_id : "");
		out_json(&out, window->title ? window->title : "");
	}
	if (!count)
		out_text(&out, "no window is shown");
	else if (count > 8)
		out_format(&out, "; and %d more", count - 8);
	return out.text;
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

struct selector *action_selector(struct action *action, size_t first)
{
	struct words *args = &action->args;
	char *error = NULL;
	struct selector *selector = selector_parse(args->word + first, args->count - first, &error);
	if (!selector) {
		action_fail(action, "%s", error);
		free(error);
		return NULL;
	}
	words_remove(args, first, args->count - first);
	return selector;
}

static struct window *window_or_fail(struct action *action, const struct selector *selector)
{
	struct server *server = action->runner->server;
	struct window *window = selector ? find_window(server, selector) : focused_window(server);
	if (!window) {
		char *there = windows_there(server);
		if (selector)
			action_fail(action, "no window is selected; there are: %s", there);
		else
			action_fail(action, "no window is shown");
		free(there);
	}
	return window;
}

struct window *action_window(struct action *action, size_t first)
{
	struct words *args = &action->args;
	if (args->count > first && strcmp(args->word[first], "in") == 0)
		words_remove(args, first, 1);
	if (args->count <= first)
		return window_or_fail(action, NULL);
	struct selector *selector = action_selector(action, first);
	if (!selector)
		return NULL;
	struct window *window = window_or_fail(action, selector);
	selector_destroy(selector);
	return window;
}

struct output *action_output(struct action *action, const char *name)
{
	struct server *server = action->runner->server;
	struct output *output = output_by_name(server, name);
	if (output)
		return output;
	struct out out = {0};
	wl_list_for_each(output, &server->outputs, link)
		out_format(&out, " %s", output->name);
	action_fail(action, "there is no output '%s'; there are:%s", name, out_get(&out));
	out_finish(&out);
	return NULL;
}

static bool place_in_layer(struct action *action, const char *name, struct place *place)
{
	struct layer_surface *layer = find_layer(action->runner->server, name);
	if (!layer) {
		action_fail(action, "no layer surface '%s' is shown", name);
		return false;
	}
	place->box = layer->box;
	place->surface = layer->surface;
	return true;
}

static bool place_in_popup(struct action *action, size_t first, struct place *place)
{
	struct window *window = NULL;
	if (action->args.count > first) {
		window = action_window(action, first);
		if (!window)
			return false;
	}
	struct popup *popup = find_popup(action->runner->server, window, &place->box);
	if (!popup) {
		action_fail(action, "no popup is shown");
		return false;
	}
	place->surface = popup->surface;
	return true;
}

bool action_place(struct action *action, struct place *place)
{
	struct words *args = &action->args;
	*place = (struct place){.box = outputs_bounds(action->runner->server)};
	size_t in = 1;
	while (in < args->count && strcmp(args->word[in], "in") != 0)
		in++;
	if (in >= args->count)
		return true;
	place->given = true;
	words_remove(args, in, 1);
	const char *what = in < args->count ? args->word[in] : "";
	bool ok = true;
	if (strncmp(what, "layer=", 6) == 0) {
		ok = place_in_layer(action, what + 6, place);
		words_remove(args, in, 1);
	} else if (strncmp(what, "output=", 7) == 0) {
		struct output *output = action_output(action, what + 7);
		ok = output != NULL;
		if (output)
			place->box = output->box;
		words_remove(args, in, 1);
	} else if (strcmp(what, "popup") == 0) {
		words_remove(args, in, 1);
		ok = place_in_popup(action, in, place);
	} else {
		place->window = action_window(action, in);
		ok = place->window != NULL;
		if (ok) {
			place->box = window_box(place->window);
			place->surface = place->window->surface;
		}
	}
	return ok;
}

bool action_point(
	struct action *action, size_t index, const struct place *place, double *x, double *y)
{
	struct point point;
	const char *word = index < action->args.count ? action->args.word[index] : NULL;
	if (!word || !arg_point(word, &point)) {
		action_fail(action,
			"%s%s%sis not a point; write X,Y in pixels or percent, e.g. 40,30 or 50%%,50%%",
			word ? "'" : "a point is missing: ", word ? word : "nothing ",
			word ? "' " : "");
		return false;
	}
	// Without a place, negative coordinates are places left of the layout's origin.
	const struct box *box = &place->box;
	if (!place->given && !point.x.percent)
		*x = point.x.value;
	else
		*x = coordinate_in(&point.x, box->x, box->width);
	if (!place->given && !point.y.percent)
		*y = point.y.value;
	else
		*y = coordinate_in(&point.y, box->y, box->height);
	return true;
}

bool action_integer(struct action *action, const char *name, long min, long max, long *value)
{
	char *text = words_take(&action->args, 1, name);
	if (!text)
		return true;
	bool good = arg_integer(text, min, max, value);
	if (!good)
		action_fail(
			action, "%s=%s: a number from %ld to %ld is wanted", name, text, min, max);
	free(text);
	return good;
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

bool action_flag(struct action *action, const char *word)
{
	for (size_t i = 1; i < action->args.count; i++) {
		if (strcmp(action->args.word[i], word) != 0)
			continue;
		words_remove(&action->args, i, 1);
		return true;
	}
	return false;
}

static const struct {
	unsigned state;
	const char *name;
} state_names[] = {
	{WINDOW_MAXIMIZED, "maximized"},
	{WINDOW_FULLSCREEN, "fullscreen"},
	{WINDOW_ACTIVATED, "activated"},
	{WINDOW_MINIMIZED, "minimized"},
	{WINDOW_RESIZING, "resizing"},
	{WINDOW_SUSPENDED, "suspended"},
	{WINDOW_TILED_LEFT, "tiled-left"},
	{WINDOW_TILED_RIGHT, "tiled-right"},
	{WINDOW_TILED_TOP, "tiled-top"},
	{WINDOW_TILED_BOTTOM, "tiled-bottom"},
};

void window_to_json(const struct window *window, struct out *out)
{
	struct box box = window_box(window);
	out_format(out, "{\"id\":%llu,\"app_id\":", (unsigned long long)window->id);
	out_json(out, window->app_id);
	out_text(out, ",\"title\":");
	out_json(out, window->title);
	out_format(out,
		",\"pid\":%d,\"x\":%d,\"y\":%d,\"width\":%d,\"height\":%d,\"mapped\":%s,\"focused\":%s",
		(int)window_pid(window), box.x, box.y, box.width, box.height,
		window->mapped ? "true" : "false", has_focus(window) ? "true" : "false");
	out_format(
		out, ",\"unresponsive\":%s,\"parent\":", window->unresponsive ? "true" : "false");
	if (window->parent)
		out_format(out, "%llu", (unsigned long long)window->parent->id);
	else
		out_text(out, "null");
	out_text(out, ",\"output\":");
	out_json(out, window->output ? window->output->name : NULL);
	out_text(out, ",\"states\":[");
	bool first = true;
	for (size_t i = 0; i < array_length(state_names); i++) {
		if (!window_has(window, state_names[i].state))
			continue;
		out_format(out, "%s\"%s\"", first ? "" : ",", state_names[i].name);
		first = false;
	}
	out_text(out, "]}");
}

void window_to_text(const struct window *window, struct out *out)
{
	struct box box = window_box(window);
	out_format(out, "%llu %s ", (unsigned long long)window->id,
		window->app_id ? window->app_id : "-");
	out_json(out, window->title ? window->title : "");
	out_format(out, " %d,%d %dx%d pid=%d", box.x, box.y, box.width, box.height,
		(int)window_pid(window));
	for (size_t i = 0; i < array_length(state_names); i++)
		if (window_has(window, state_names[i].state))
			out_format(out, " %s", state_names[i].name);
	out_text(out, has_focus(window) ? " focused\n" : "\n");
}
