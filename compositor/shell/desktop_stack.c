// SPDX-License-Identifier: MIT
// Stacking of fullscreen windows: above the panels of the top layer while they are in front, among
// the other windows otherwise.
#include "compositor/shell/desktop_stack.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/window/window.h"

static bool window_shows_fullscreen(const struct window *window)
{
	const struct desktop_window *view = window->shell_data;
	return view && view->current_states & WINDOW_FULLSCREEN;
}

// For each output, the root of the window that was active last on it.
struct fronts {
	struct {
		bool known;
		const struct window *root; // NULL: none
	} of[OUTPUTS_MAX + 1];             // by output.index; the last: windows without an output
};

static const struct window *front_root(struct fronts *fronts, struct window *on)
{
	size_t index = on->output ? on->output->index : OUTPUTS_MAX;
	if (fronts->of[index].known)
		return fronts->of[index].root;
	fronts->of[index].known = true;
	struct window *window;
	wl_list_for_each(window, &on->server->windows, link) {
		if (!window->mapped || window->output != on->output ||
			window_has(window, WINDOW_MINIMIZED))
			continue;
		fronts->of[index].root = window_root(window);
		break;
	}
	return fronts->of[index].root;
}

// The window that was active last on its output is the fullscreen window, or of the same family.
static bool window_is_in_front(struct fronts *fronts, struct window *fullscreen)
{
	return window_root(fullscreen) == front_root(fronts, fullscreen);
}

void desktop_restack(struct desktop *desktop)
{
	struct server *server = desktop->shell.server;
	struct node **layers = server->scene->layers;
	struct window *window, *first = NULL;
	struct fronts fronts = {0};
	bool moved = false;
	if (!desktop->n_fullscreen && wl_list_empty(&layers[SCENE_FULLSCREEN]->children))
		return;
	wl_list_for_each_reverse(window, &server->windows, link) {
		if (!window->mapped)
			continue;
		struct window *fullscreen = window;
		while (fullscreen && !window_shows_fullscreen(fullscreen))
			fullscreen = fullscreen->parent;
		struct node *layer = layers[fullscreen && window_is_in_front(&fronts, fullscreen)
				? SCENE_FULLSCREEN
				: SCENE_WINDOWS];
		first = window;
		if (window->tree->parent == layer)
			continue;
		node_set_parent(window->tree, layer);
		moved = true;
	}
	if (moved && first)
		window_raise(first);
}

static void on_restack(void *data)
{
	struct desktop *desktop = data;
	desktop->restack = NULL;
	desktop_restack(desktop);
}

void desktop_restack_later(struct desktop *desktop)
{
	if (!desktop->restack)
		desktop->restack = xadd_idle(desktop->shell.server->loop, on_restack, desktop);
}
