// SPDX-License-Identifier: MIT
// The X stack follows the scene, as the X server sends a press to the window that is on top of its
// own stack. Windows that place themselves stay above all others.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/xwm/xwm.h"

#define MOVES_MAX 512   // windows restacked between two looks at the socket
#define LISTED_MAX 4096 // windows in the lists of the root window

// A window and the node that places it among others.
struct place {
	const struct node *node;
	xcb_window_t id;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;
	return (left->node > right->node) - (left->node < right->node);
}

// The managed windows by node. Returns their number; the caller frees *into.
static size_t sorted_places(const struct xwm *xwm, struct place **into)
{
	size_t count = 0, capacity = 0;
	const struct xwindow *window;
	*into = NULL;
	wl_list_for_each(window, &xwm->managed, managed_link) {
		if (!window->window)
			continue;
		array_reserve(*into, count, capacity);
		(*into)[count++] = (struct place){window->window->tree, window->id};
	}
	if (count)
		qsort(*into, count, sizeof(**into), compare_places);
	return count;
}

// The managed windows from the bottom of the scene. Returns their number; the caller frees *into.
static size_t scene_order(const struct xwm *xwm, xcb_window_t **into)
{
	struct place *places;
	size_t n_places = sorted_places(xwm, &places), count = 0;
	*into = n_places ? xcalloc(n_places, sizeof(**into)) : NULL;
	for (int layer = SCENE_BOTTOM; n_places && layer <= SCENE_FULLSCREEN; layer++) {
		const struct node *node;
		wl_list_for_each(node, &xwm->server->scene->layers[layer]->children, link) {
			const struct place key = {.node = node};
			const struct place *found =
				bsearch(&key, places, n_places, sizeof(key), compare_places);
			if (found)
				(*into)[count++] = found->id;
		}
	}
	free(places);
	return count;
}

static void put_above(struct xwm *xwm, xcb_window_t id, xcb_window_t sibling)
{
	const uint32_t above[] = {sibling, XCB_STACK_MODE_ABOVE};
	const uint32_t lowest[] = {XCB_STACK_MODE_BELOW};
	if (sibling)
		xcb_configure_window(xwm->xcb, id,
			XCB_CONFIG_WINDOW_SIBLING | XCB_CONFIG_WINDOW_STACK_MODE, above);
	else
		xcb_configure_window(xwm->xcb, id, XCB_CONFIG_WINDOW_STACK_MODE, lowest);
	xwm->written = true;
}

// Restacks from the first difference upwards. False: not all, as there are many.
static bool restack_windows(struct xwm *xwm, const xcb_window_t *order, size_t count)
{
	size_t same = 0;
	while (same < count && same < xwm->stack.n_sent && order[same] == xwm->stack.sent[same])
		same++;
	size_t end = MIN(count, same + MOVES_MAX);
	for (size_t i = same; i < end; i++)
		put_above(xwm, order[i], i ? order[i - 1] : XCB_NONE);
	xwm->stack.n_sent = end;
	while (xwm->stack.capacity < end) {
		size_t full = xwm->stack.capacity;
		array_reserve(xwm->stack.sent, full, xwm->stack.capacity);
	}
	if (end > same)
		memcpy(xwm->stack.sent + same, order + same, (end - same) * sizeof(*order));
	xwm->stack.lists_due |= end > same;
	return end == count;
}

static void write_list(
	struct xwm *xwm, xcb_atom_t property, const xcb_window_t *windows, size_t count)
{
	xcb_change_property(xwm->xcb, XCB_PROP_MODE_REPLACE, xwm->root, property, XCB_ATOM_WINDOW,
		32, (uint32_t)MIN(count, LISTED_MAX), windows);
	xwm->written = true;
}

static void write_lists(struct xwm *xwm, const xcb_window_t *order, size_t count)
{
	xcb_window_t *mapped = NULL;
	size_t n_mapped = 0, capacity = 0;
	const struct xwindow *window;
	wl_list_for_each(window, &xwm->managed, managed_link) {
		array_reserve(mapped, n_mapped, capacity);
		mapped[n_mapped++] = window->id;
	}
	write_list(xwm, xwm->atoms._NET_CLIENT_LIST, mapped, n_mapped);
	write_list(xwm, xwm->atoms._NET_CLIENT_LIST_STACKING, order, count);
	free(mapped);
}

void stack_push(struct xwm *xwm)
{
	xcb_window_t *order;
	size_t count = scene_order(xwm, &order);
	xwm->stack.due = !restack_windows(xwm, order, count);
	if (!xwm->stack.due && xwm->stack.lists_due) {
		xwm->stack.lists_due = false;
		write_lists(xwm, order, count);
	}
	free(order);
	if (xwm->stack.due)
		xwm_schedule(xwm);
}

static void on_scene_changed(struct wl_listener *listener, void *data)
{
	struct xwm *xwm = wl_container_of(listener, xwm, scene_changed);
	if (xwm->stack.shape == xwm->server->scene->shape || wl_list_empty(&xwm->managed))
		return;
	xwm->stack.shape = xwm->server->scene->shape;
	xwm->stack.due = true;
	xwm_schedule(xwm);
}

static void on_layout(struct wl_listener *listener, void *data)
{
	struct xwm *xwm = wl_container_of(listener, xwm, layout_settled);
	if (xwm->ready && xwm_can_write(xwm)) {
		setup_update_areas(xwm);
		xwm_schedule(xwm);
	}
}

void stack_init(struct xwm *xwm)
{
	xwm->scene_changed.notify = on_scene_changed;
	wl_signal_add(&xwm->server->scene->events.changed, &xwm->scene_changed);
	xwm->layout_settled.notify = on_layout;
	wl_signal_add(&xwm->server->events.layout_settled, &xwm->layout_settled);
}

void stack_finish(struct xwm *xwm)
{
	wl_list_remove(&xwm->scene_changed.link);
	wl_list_remove(&xwm->layout_settled.link);
	free(xwm->stack.sent);
}
