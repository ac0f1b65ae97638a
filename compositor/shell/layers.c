// SPDX-License-Identifier: MIT
// Arranges layer surfaces on their outputs: those with an exclusive zone first, from the highest
// layer down, then all others within the remaining area.
#include "compositor/shell/layers.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/focus.h"
#include "compositor/window/layer.h"
#include "compositor/window/window.h"

// Exclusive zones leave at least this width and height for windows, logical pixels.
#define MIN_USABLE 100

// Position and size on one axis, within start and length. size 0: between the margins.
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

// The edge that the exclusive zone applies to (enum layer_anchor); 0: none.
static uint32_t layer_exclusive_edge(const struct layer_surface *layer)
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

static int zone_clamp(int64_t zone, int room)
{
	return (int)CLAMP(zone, 0, MAX(room - MIN_USABLE, 0));
}

void layer_exclude(const struct layer_surface *layer, struct box *usable)
{
	if (layer->current.exclusive_zone <= 0)
		return;
	int64_t zone = layer->current.exclusive_zone;
	int size;
	switch (layer_exclusive_edge(layer)) {
	case ANCHOR_TOP:
		size = zone_clamp(zone + layer->current.top, usable->height);
		usable->y += size;
		usable->height -= size;
		break;
	case ANCHOR_BOTTOM:
		usable->height -= zone_clamp(zone + layer->current.bottom, usable->height);
		break;
	case ANCHOR_LEFT:
		size = zone_clamp(zone + layer->current.left, usable->width);
		usable->x += size;
		usable->width -= size;
		break;
	case ANCHOR_RIGHT:
		usable->width -= zone_clamp(zone + layer->current.right, usable->width);
		break;
	default:
		break;
	}
}

static void layer_apply_box(struct layer_surface *layer, const struct box *box)
{
	layer->box = *box;
	node_set_position(layer->tree, box->x, box->y);
	layer_surface_configure(layer, box->width, box->height);
}

static void output_arrange_layer(
	struct output *output, uint32_t number, bool exclusive, struct box *usable)
{
	struct layer_surface *layer;
	wl_list_for_each(layer, &output->server->layers, link) {
		if (layer->output != output || layer->current.layer != number || layer->closed ||
			!layer->initial_commit_done ||
			(layer->current.exclusive_zone > 0) != exclusive)
			continue;
		struct box box = layer_box(layer, &output->box, usable);
		layer_apply_box(layer, &box);
		if (layer->mapped)
			layer_exclude(layer, usable);
	}
}

static bool output_arrange(struct output *output)
{
	struct box usable = output->box;
	for (int number = LAYERS - 1; number >= 0; number--)
		output_arrange_layer(output, (uint32_t)number, true, &usable);
	for (int number = LAYERS - 1; number >= 0; number--)
		output_arrange_layer(output, (uint32_t)number, false, &usable);
	if (box_equal(&usable, &output->usable))
		return false;
	output->usable = usable;
	return true;
}

// Disabling an output closes its layer surfaces, as removing it does.
static void layers_close_of_disabled_outputs(struct server *server)
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
	layers_close_of_disabled_outputs(shell->server);
	wl_list_for_each(output, &shell->server->outputs, link) {
		if (output->enabled)
			changed |= output_arrange(output);
	}
	return changed;
}

struct output *shell_choose_output(struct shell *shell)
{
	struct server *server = shell->server;
	struct output *output = shell->active ? shell->active->output : NULL;
	if (output && output->enabled)
		return output;
	return output_nearest(server, server->seat->pointer.x, server->seat->pointer.y);
}

bool layers_changed(struct shell *shell, struct layer_surface *layer, bool may_focus)
{
	bool gone = layer->closed || wl_list_empty(&layer->link);
	if (!gone && !layer->output) {
		layer->output = shell_choose_output(shell);
		if (!layer->output) {
			layer_surface_close(layer); // calls this function again
			return false;
		}
	}
	bool changed = layers_arrange(shell);
	// A new surface with on-demand interactivity gets the focus, as a new window does.
	if (!gone && may_focus && layer->appeared && layer->current.layer >= LAYER_TOP &&
		layer->current.keyboard == LAYER_KEYBOARD_ON_DEMAND)
		shell_activate_layer(shell, layer);
	else
		shell_update_keyboard(shell);
	return changed;
}
