// SPDX-License-Identifier: MIT
// Override-redirect windows: menus, tooltips, drag icons. Programs place and stack them; we show
// them where they are, above all other windows, and give them no focus.
#include "compositor/output/overlap.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/xwm/xwm.h"

void unmanaged_begin(struct xwindow *window)
{
	struct scene *scene = window->xwm->server->scene;
	window->unmanaged = true;
	node_set_parent(window->surface->tree, scene->layers[SCENE_UNMANAGED]);
	node_set_position(window->surface->tree, window->sent.x, window->sent.y);
	node_set_alpha(window->surface->node, (float)window->opacity / (float)UINT32_MAX);
	unmanaged_committed(window);
}

void unmanaged_end(struct xwindow *window)
{
	if (!window->unmanaged)
		return;
	struct scene *scene = window->xwm->server->scene;
	window->unmanaged = false;
	surface_set_mapped(window->surface, false);
	node_set_parent(window->surface->tree, scene->layers[SCENE_WINDOWS]);
	scene_notify_changed(scene);
}

void unmanaged_committed(struct xwindow *window)
{
	struct surface *surface = window->surface;
	if (!window->unmanaged)
		return;
	if (surface_set_mapped(surface, surface->has_buffer))
		node_update_overlap(surface->tree);
	scene_notify_changed(window->xwm->server->scene);
}

void unmanaged_moved(struct xwindow *window, xcb_window_t above)
{
	if (!window->unmanaged)
		return;
	struct node *tree = window->surface->tree;
	struct xwindow *sibling = xwindow_find(window->xwm, above);
	node_set_position(tree, window->sent.x, window->sent.y);
	if (sibling && sibling->unmanaged)
		node_place_above(tree, sibling->surface->tree);
	else if (!sibling || !sibling->override_redirect)
		node_lower(tree); // no other one is below it
	node_update_overlap(tree);
	scene_notify_changed(window->xwm->server->scene);
}
