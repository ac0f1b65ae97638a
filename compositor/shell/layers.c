// SPDX-License-Identifier: MIT
// Layer-shell arrangement: those that keep an edge for themselves come first, from the highest layer
// down, then all others share what is left.
#include "compositor/shell/layers.h"
#include "compositor/base/base.h"
#include "compositor/core/layer.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"

// As zwlr_layer_surface_v1.anchor.
enum { ANCHOR_TOP = 1, ANCHOR_BOTTOM = 2, ANCHOR_LEFT = 4, ANCHOR_RIGHT = 8 };

// As zwlr_layer_shell_v1.layer and zwlr_layer_surface_v1.keyboard_interactivity.
enum { LAYER_TOP = 2 };
enum { KEYBOARD_ON_DEMAND = 2 };

#define LAYERS 4
// Of each side of a screen so much is kept for windows, whatever panels ask for.
#define MIN_USABLE 100

// One axis: where `size` (0: all there is) lies in start..start+length.
static void place_axis(int start, int length, bool at_start, bool at_end, int margin_start,
	int margin_end, int size, int *into, int *into_size)
{
	const int64_t far = 1 << 28;
	int64_t before = at_start ? CLAMP(margin_start, -far, far) : 0;
	int64_t after = at_end ? CLAMP(margin_end, -far, far) : 0;
	int64_t room = length - before - after;
	int64_t extent = size > 0 ? MIN(size, far) : room;
	extent = CLAMP(extent, 1, far);
	int64_t position;
	if (at_start == at_end)
		position = start + before + (room - extent) / 2;
	else if (at_start)
		position = start + before;
	else
		position = start + (int64_t)length - after - extent;
	*into = (int)position;
	*into_size = (int)extent;
}

struct box layer_box(
	const struct layer_surface *layer, const struct box *full, const struct box *usable)
{
	uint32_t anchor = layer->current.anchor;
	const struct box *area = layer->current.exclusive_zone < 0 ? full : usable;
	struct box box;
	place_axis(area->x, area->width, anchor & ANCHOR_LEFT, anchor & ANCHOR_RIGHT,
		layer->current.left, layer->current.right, layer->current.width, &box.x,
		&box.width);
	place_axis(area->y, area->height, anchor & ANCHOR_TOP, anchor & ANCHOR_BOTTOM,
		layer->current.top, layer->current.bottom, layer->current.height, &box.y,
		&box.height);
	return box;
}

// The edge whose room it takes, 0: none.
static uint32_t exclusive_edge(const struct layer_surface *layer)
{
	const uint32_t horizontal = ANCHOR_LEFT | ANCHOR_RIGHT,
		       vertical = ANCHOR_TOP | ANCHOR_BOTTOM;
	uint32_t anchor = layer->current.anchor & (horizontal | vertical);
	if (layer->current.exclusive_edge & anchor)
		return layer->current.exclusive_edge & anchor;
	switch (anchor) {
	case ANCHOR_TOP:
	case ANCHOR_BOTTOM:
	case ANCHOR_LEFT:
	case ANCHOR_RIGHT:
		return anchor;
	case ANCHOR_TOP | ANCHOR_LEFT | ANCHOR_RIGHT:
	case ANCHOR_BOTTOM | ANCHOR_LEFT | ANCHOR_RIGHT:
		return anchor & vertical;
	case ANCHOR_LEFT | ANCHOR_TOP | ANCHOR_BOTTOM:
	case ANCHOR_RIGHT | ANCHOR_TOP | ANCHOR_BOTTOM:
		return anchor & horizontal;
	default:
		return 0;
	}
}

static int taken(int64_t zone, int room)
{
	return (int)CLAMP(zone, 0, MAX(room - MIN_USABLE, 0));
}

void layer_exclude(const struct layer_surface *layer, struct box *usable)
{
	if (layer->current.exclusive_zone <= 0)
		return;
	int64_t zone = layer->current.exclusive_zone;
	int size;
	switch (exclusive_edge(layer)) {
	case ANCHOR_TOP:
		size = taken(zone + layer->current.top, usable->height);
		usable->y += size;
		usable->height -= size;
		break;
	case ANCHOR_BOTTOM:
		usable->height -= taken(zone + layer->current.bottom, usable->height);
		break;
	case ANCHOR_LEFT:
		size = taken(zone + layer->current.left, usable->width);
		usable->x += size;
		usable->width -= size;
		break;
	case ANCHOR_RIGHT:
		usable->width -= taken(zone + layer->current.right, usable->width);
		break;
	default:
		break;
	}
}

static void apply(struct layer_surface *layer, const struct box *box)
{
	layer->box = *box;
	node_set_position(layer->tree, box->x, box->y);
	layer->impl->configure(layer, box->width, box->height);
}

static void arrange_layer(
	struct output *output, uint32_t number, bool exclusive, struct box *usable)
{
	struct layer_surface *layer;
	wl_list_for_each(layer, &output->server->layers, link) {
		if (layer->output != output || layer->current.layer != number || layer->closed ||
			!layer->initial_commit_done ||
			(layer->current.exclusive_zone > 0) != exclusive)
			continue;
		struct box box = layer_box(layer, &output->box, usable);
		apply(layer, &box);
		if (layer->mapped)
			layer_exclude(layer, usable);
	}
}

static bool arrange_output(struct output *output)
{
	struct box usable = output->box;
	for (int number = LAYERS - 1; number >= 0; number--)
		arrange_layer(output, (uint32_t)number, true, &usable);
	for (int number = LAYERS - 1; number >= 0; number--)
		arrange_layer(output, (uint32_t)number, false, &usable);
	if (box_equal(&usable, &output->usable))
		return false;
	output->usable = usable;
	return true;
}

// A screen that is switched off takes its surfaces with it, as one that is unplugged does.
static void close_stranded(struct server *server)
{
	struct layer_surface *layer;
	wl_list_for_each(layer, &server->layers, link) {
		if (layer->output && !layer->output->enabled)
			layer_surface_close(layer);
	}
}

bool layers_arrange(struct shell *shell)
{
	bool changed = false;
	struct output *output;
	close_stranded(shell->server);
	wl_list_for_each(output, &shell->server->outputs, link) {
		if (output->enabled)
			changed |= arrange_output(output);
	}
	return changed;
}

// The output the user looks at.
static struct output *choose_output(struct shell *shell)
{
	struct server *server = shell->server;
	struct output *output = shell->active ? shell->active->output : NULL;
	if (output && output->enabled)
		return output;
	return output_nearest(server, server->seat->pointer.x, server->seat->pointer.y);
}

bool layers_changed(struct shell *shell, struct layer_surface *layer)
{
	bool gone = layer->closed || wl_list_empty(&layer->link);
	if (!gone && !layer->output) {
		layer->output = choose_output(shell);
		if (!layer->output) {
			layer_surface_close(layer); // which comes back here
			return false;
		}
	}
	bool changed = layers_arrange(shell);
	// Those that take the keyboard on demand get it like a new window.
	if (!gone && layer->appeared && layer->current.layer >= LAYER_TOP &&
		layer->current.keyboard == KEYBOARD_ON_DEMAND)
		shell_activate_layer(shell, layer);
	else
		shell_update_keyboard(shell);
	return changed;
}
