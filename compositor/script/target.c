// SPDX-License-Identifier: MIT
// Finds what input verbs aim at, and what is in the way.
#include "compositor/script/target.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/runner.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"

// A window that matches and is going to be mapped; NULL: none.
static struct window *find_coming_window(struct action *action)
{
	struct window *window;
	wl_list_for_each(window, &action->runner->server->windows, link) {
		struct window_facts facts;
		if (window->mapped || !window->added)
			continue;
		lookup_describe_window(window, &facts);
		if (selector_matches(action->selector, &facts))
			return window;
	}
	return NULL;
}

// Why the window's place may still change, as a clause; NULL: it is at rest.
static const char *window_unrest(struct action *action, const struct window *window)
{
	const struct watched_client *client =
		client_watch_find(action->runner->watch, window_wl_client(window));
	if (client && client->frozen)
		return NULL;
	if (window->configure_queued || window->configured_serial != window->acked_serial)
		return "has not acknowledged its configure";
	// A client need not commit for a configure that asks for nothing new.
	const struct window_config *acked = &window->acked, *current = &window->current;
	if (window->acked_serial != window->current_serial &&
		((acked->width && acked->width != current->width) ||
			(acked->height && acked->height != current->height)))
		return "has not drawn the size that it acknowledged";
	return wl_list_empty(&window->surface->queue) ? NULL : "has a commit that waits";
}

enum progress target_find(struct action *action, struct place *place)
{
	struct server *server = action->runner->server;
	if (action->place == PLACE_WINDOW && !lookup_window(server, action->selector) &&
		find_coming_window(action))
		return PROGRESS_WAIT;
	if (!action_place(action, place))
		return PROGRESS_FAILED;
	return place->window && window_unrest(action, place->window) ? PROGRESS_WAIT
								     : PROGRESS_DONE;
}

char *target_why(struct action *action)
{
	struct window *window = lookup_window(action->runner->server, action->selector);
	const char *why = window ? window_unrest(action, window) : "is not mapped";
	if (!window)
		window = find_coming_window(action);
	if (!window || !why)
		return NULL;
	char *name = window_name(window);
	char *text = xasprintf("%s %s", name, why);
	free(name);
	return text;
}

// The window whose decorations a node of the shell is a part of; NULL: it is none.
static struct window *window_of_node(struct server *server, const struct node *node)
{
	struct window *window;
	for (; node; node = node->parent)
		wl_list_for_each(window, &server->windows, link)
			if (window->tree == node)
				return window;
	return NULL;
}

// Names what gets input at a point, in a message. The caller frees it.
static char *name_of_node(struct server *server, const struct node *node)
{
	if (!node)
		return xstrdup("nothing");
	if (node->surface)
		return surface_name(node->surface);
	const struct window *window = window_of_node(server, node);
	if (!window)
		return xstrdup("a part of the shell");
	char *name = window_name(window);
	char *text = xasprintf("the frame of %s", name);
	free(name);
	return text;
}

static char *name_of_place(const struct place *place)
{
	switch (place->kind) {
	case PLACE_OUTPUT:
		return xasprintf("output %s", place->output->name);
	case PLACE_LAYOUT:
		return xstrdup("all outputs");
	default:
		return surface_name(place->surface);
	}
}

static bool is_outside(struct action *action, const struct place *place, double x, double y)
{
	if (place->kind == PLACE_LAYOUT)
		return !output_at(action->runner->server, x, y);
	const struct box *box = &place->box;
	return x < box->x || y < box->y || x >= box->x + box->width || y >= box->y + box->height;
}

bool target_check(struct action *action, double x, double y)
{
	struct server *server = action->runner->server;
	struct place place;
	double sx, sy;
	if (!action_place(action, &place))
		return false;
	bool outside = is_outside(action, &place, x, y);
	const struct node *node = scene_at(server->scene, x, y, &sx, &sy);
	if (!outside &&
		(!place.surface ||
			(node && node->surface && surface_root(node->surface) == place.surface)))
		return true;
	char *target = name_of_place(&place), *there = name_of_node(server, node);
	if (outside && place.kind == PLACE_LAYOUT)
		action_refuse(action, "the point %g,%g lies outside %s", x, y, target);
	else if (outside)
		action_refuse(action,
			"the point lies outside %s, which is %dx%d; at %g,%g of the layout lies %s",
			target, place.box.width, place.box.height, x, y, there);
	else
		action_refuse(action, "at that point of %s, %g,%g of the layout, lies %s", target,
			x, y, there);
	free(target);
	free(there);
	return false;
}
