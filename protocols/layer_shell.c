// SPDX-License-Identifier: MIT
// zwlr_layer_shell_v1: layer surfaces, such as panels, wallpapers and launchers. Requests are
// stored in surface->pending.layer; the shell places the surfaces.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wlr-layer-shell-unstable-v1-protocol.h"

#define VERSION 5
#define MAX_SENT 4096 // unacknowledged configures; beyond this the client gets no_memory

enum {
	TOP = ZWLR_LAYER_SURFACE_V1_ANCHOR_TOP,
	BOTTOM = ZWLR_LAYER_SURFACE_V1_ANCHOR_BOTTOM,
	LEFT = ZWLR_LAYER_SURFACE_V1_ANCHOR_LEFT,
	RIGHT = ZWLR_LAYER_SURFACE_V1_ANCHOR_RIGHT,
};

struct sent_configure {
	uint32_t serial;
	bool stale; // from before the surface was unmapped
	struct wl_list link;
};

struct layer_object {
	struct server *server;
	struct wl_resource *resource, *shell;                 // shell NULL: destroyed
	struct surface *surface;                              // NULL: destroyed first
	struct layer_surface *layer;                          // NULL with surface
	__typeof__(((struct surface_state *)0)->layer) state; // last requested by the client
	struct wl_list sent;                                  // sent_configure.link, oldest first
	unsigned n_sent;
	uint32_t last_serial; // 0: the next configure is sent whatever its size
	bool configured;      // a configure was acknowledged since the initial commit
	struct wl_listener shell_destroyed;
};

// Events

static uint32_t on_configure(struct layer_surface *layer, int width, int height)
{
	struct layer_object *object = layer->data;
	width = MAX(width, 0);
	height = MAX(height, 0);
	if (object->last_serial && width == layer->configured_width &&
		height == layer->configured_height)
		return object->last_serial;
	if (object->n_sent >= MAX_SENT) {
		wl_resource_post_no_memory(object->resource);
		return 0;
	}
	struct sent_configure *sent = xcalloc(1, sizeof(*sent));
	sent->serial = object->last_serial = server_next_serial(object->server);
	wl_list_insert(object->sent.prev, &sent->link);
	object->n_sent++;
	if (object->surface)
		object->surface->owed_ack = sent->serial;
	layer->configured_width = width;
	layer->configured_height = height;
	zwlr_layer_surface_v1_send_configure(
		object->resource, sent->serial, (uint32_t)width, (uint32_t)height);
	return sent->serial;
}

static void on_closed(struct layer_surface *layer)
{
	struct layer_object *object = layer->data;
	zwlr_layer_surface_v1_send_closed(object->resource);
}

static const struct layer_surface_impl layer_impl = {
	.configure = on_configure,
	.closed = on_closed,
};

// The role

static void post_unconfigured(struct layer_object *object)
{
	wl_resource_post_error(object->resource, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SURFACE_STATE,
		"buffer committed before the first configure was acknowledged");
}

static bool on_precommit(struct surface *surface, struct surface_state *pending)
{
	struct layer_object *object = surface->role_object;
	if (!object || object->layer->closed)
		return true;
	const __typeof__(object->state) *state = &object->state;
	const uint32_t sides = LEFT | RIGHT, ends = TOP | BOTTOM;
	if ((!state->width && (state->anchor & sides) != sides) ||
		(!state->height && (state->anchor & ends) != ends)) {
		wl_resource_post_error(object->resource, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SIZE,
			"size %dx%d needs anchors to both edges of each dimension that is 0",
			state->width, state->height);
		return false;
	}
	if (state->exclusive_edge & ~state->anchor) {
		wl_resource_post_error(object->resource,
			ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_EXCLUSIVE_EDGE,
			"the surface is not anchored to its exclusive edge");
		return false;
	}
	if (pending->set & SURFACE_BUFFER && pending->buffer && !object->configured &&
		!object->server->wlcs_quirks) {
		post_unconfigured(object);
		return false;
	}
	return true;
}

static void layer_object_reset(struct layer_object *object)
{
	struct sent_configure *sent;
	wl_list_for_each(sent, &object->sent, link)
		sent->stale = true;
	if (object->surface)
		object->surface->owed_ack = 0;
	object->last_serial = 0;
	object->configured = false;
}

static void on_commit(struct surface *surface, unsigned set)
{
	struct layer_object *object = surface->role_object;
	if (!object || object->layer->closed)
		return;
	struct layer_surface *layer = object->layer;
	if (surface->has_buffer && !object->configured && !object->server->wlcs_quirks) {
		post_unconfigured(object);
		return;
	}
	if (set & SURFACE_LAYER) {
		const __typeof__(object->state) *state = &surface->current.layer;
		layer->current = (__typeof__(layer->current)){
			.anchor = state->anchor,
			.keyboard = state->keyboard,
			.layer = state->layer,
			.exclusive_edge = state->exclusive_edge,
			.exclusive_zone = state->exclusive_zone,
			.top = state->top,
			.right = state->right,
			.bottom = state->bottom,
			.left = state->left,
			.width = state->width,
			.height = state->height,
		};
	}
	bool was_mapped = layer->mapped;
	if (was_mapped && !surface->has_buffer)
		layer_object_reset(object);
	layer_surface_commit(layer, set & SURFACE_LAYER);
}

static void layer_object_leave_surface(struct layer_object *object)
{
	if (!object->surface)
		return;
	object->surface->role_object = NULL;
	object->surface = NULL;
	layer_surface_destroy(object->layer);
	object->layer = NULL;
}

static void on_surface_destroyed(struct surface *surface)
{
	layer_object_leave_surface(surface->role_object);
}

static const struct surface_role layer_role = {
	.name = "zwlr_layer_surface_v1",
	.defunct_is_error = true,
	.strict_size = true,
	.precommit = on_precommit,
	.commit = on_commit,
	.destroyed = on_surface_destroyed,
};

// Requests

static void state_changed(struct layer_object *object)
{
	if (!object->surface)
		return;
	object->surface->pending.layer = object->state;
	object->surface->pending.set |= SURFACE_LAYER;
}

static void handle_set_size(
	struct wl_client *client, struct wl_resource *resource, uint32_t width, uint32_t height)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	if (width > INT32_MAX || height > INT32_MAX) {
		wl_resource_post_error(resource, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SIZE,
			"invalid size %ux%u", width, height);
		return;
	}
	object->state.width = (int)width;
	object->state.height = (int)height;
	state_changed(object);
}

static void handle_set_anchor(
	struct wl_client *client, struct wl_resource *resource, uint32_t anchor)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	if (anchor > (TOP | BOTTOM | LEFT | RIGHT)) {
		wl_resource_post_error(resource, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_ANCHOR,
			"invalid anchor %u", anchor);
		return;
	}
	object->state.anchor = anchor;
	state_changed(object);
}

static void handle_set_exclusive_zone(
	struct wl_client *client, struct wl_resource *resource, int32_t zone)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	object->state.exclusive_zone = zone;
	state_changed(object);
}

static void handle_set_margin(struct wl_client *client, struct wl_resource *resource, int32_t top,
	int32_t right, int32_t bottom, int32_t left)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	object->state.top = top;
	object->state.right = right;
	object->state.bottom = bottom;
	object->state.left = left;
	state_changed(object);
}

static void handle_set_keyboard_interactivity(
	struct wl_client *client, struct wl_resource *resource, uint32_t interactivity)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	// A boolean up to version 3.
	if (wl_resource_get_version(resource) <
		ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND_SINCE_VERSION) {
		interactivity = !!interactivity;
	} else if (interactivity > ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND) {
		wl_resource_post_error(resource,
			ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_KEYBOARD_INTERACTIVITY,
			"invalid keyboard interactivity %u", interactivity);
		return;
	}
	object->state.keyboard = interactivity;
	state_changed(object);
}

static void handle_get_popup(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *popup_resource)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	struct popup *popup = popup_from_resource(popup_resource);
	if (!popup || !object->surface)
		return;
	if (popup->parent || popup->dismissed)
		wl_resource_post_error(resource, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SURFACE_STATE,
			"the popup already has a parent");
	else
		popup_set_parent(popup, object->surface);
}

static struct sent_configure *find_sent_configure(struct layer_object *object, uint32_t serial)
{
	struct sent_configure *sent;
	wl_list_for_each(sent, &object->sent, link) {
		if (sent->serial == serial)
			return sent;
	}
	return NULL;
}

static void handle_ack_configure(
	struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	struct sent_configure *acked = find_sent_configure(object, serial), *sent, *tmp;
	if (!acked) {
		wl_resource_post_error(resource, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_SURFACE_STATE,
			"serial %u belongs to no unacknowledged configure", serial);
		return;
	}
	if (object->surface && object->surface->owed_ack == serial)
		object->surface->owed_ack = 0;
	bool stale = acked->stale;
	wl_list_for_each_safe(sent, tmp, &object->sent, link) {
		bool last = sent == acked;
		wl_list_remove(&sent->link);
		free(sent);
		object->n_sent--;
		if (last)
			break;
	}
	if (stale)
		return;
	object->configured = true;
	object->state.acked = serial;
	if (object->surface && object->surface->pending.set & SURFACE_LAYER)
		object->surface->pending.layer.acked = serial;
}

static void handle_set_layer(struct wl_client *client, struct wl_resource *resource, uint32_t layer)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	if (layer > ZWLR_LAYER_SHELL_V1_LAYER_OVERLAY) {
		wl_resource_post_error(object->shell ? object->shell : resource,
			ZWLR_LAYER_SHELL_V1_ERROR_INVALID_LAYER, "invalid layer %u", layer);
		return;
	}
	object->state.layer = layer;
	state_changed(object);
}

static void handle_set_exclusive_edge(
	struct wl_client *client, struct wl_resource *resource, uint32_t edge)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	if (edge != 0 && edge != TOP && edge != BOTTOM && edge != LEFT && edge != RIGHT) {
		wl_resource_post_error(resource, ZWLR_LAYER_SURFACE_V1_ERROR_INVALID_EXCLUSIVE_EDGE,
			"exclusive edge %u is not a single edge", edge);
		return;
	}
	object->state.exclusive_edge = edge;
	state_changed(object);
}

static const struct zwlr_layer_surface_v1_interface layer_surface_impl = {
	.set_size = handle_set_size,
	.set_anchor = handle_set_anchor,
	.set_exclusive_zone = handle_set_exclusive_zone,
	.set_margin = handle_set_margin,
	.set_keyboard_interactivity = handle_set_keyboard_interactivity,
	.get_popup = handle_get_popup,
	.ack_configure = handle_ack_configure,
	.destroy = wire_handle_destroy,
	.set_layer = handle_set_layer,
	.set_exclusive_edge = handle_set_exclusive_edge,
};

static void on_layer_surface_destroyed(struct wl_resource *resource)
{
	struct layer_object *object = wl_resource_get_user_data(resource);
	layer_object_leave_surface(object);
	struct sent_configure *sent, *tmp;
	wl_list_for_each_safe(sent, tmp, &object->sent, link)
		free(sent);
	wl_list_remove(&object->shell_destroyed.link);
	free(object);
}

static void on_shell_destroyed(struct wl_listener *listener, void *data)
{
	struct layer_object *object = wl_container_of(listener, object, shell_destroyed);
	object->shell = NULL;
	wl_list_remove(&object->shell_destroyed.link);
	wl_list_init(&object->shell_destroyed.link);
}

static void handle_get_layer_surface(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource, struct wl_resource *output_resource,
	uint32_t layer, const char *namespace)
{
	struct server *server = wl_resource_get_user_data(resource);
	struct surface *surface = surface_from_resource(surface_resource);
	if (layer > ZWLR_LAYER_SHELL_V1_LAYER_OVERLAY) {
		wl_resource_post_error(resource, ZWLR_LAYER_SHELL_V1_ERROR_INVALID_LAYER,
			"invalid layer %u", layer);
		return;
	}
	struct layer_object *object = xcalloc(1, sizeof(*object));
	if (!surface_set_role(
		    surface, &layer_role, object, resource, ZWLR_LAYER_SHELL_V1_ERROR_ROLE))
		goto fail;
	if (window_has_content(surface)) {
		wl_resource_post_error(resource, ZWLR_LAYER_SHELL_V1_ERROR_ALREADY_CONSTRUCTED,
			"wl_surface@%u already has a buffer", wl_resource_get_id(surface_resource));
		surface->role_object = NULL;
		goto fail;
	}
	wl_list_init(&object->sent);
	wl_list_init(&object->shell_destroyed.link);
	object->resource = wire_create(client, &zwlr_layer_surface_v1_interface,
		wl_resource_get_version(resource), id, &layer_surface_impl, object,
		on_layer_surface_destroyed);
	if (!object->resource) {
		surface->role_object = NULL;
		goto fail;
	}
	object->server = server;
	object->surface = surface;
	object->state.layer = layer;
	object->shell = resource;
	object->shell_destroyed.notify = on_shell_destroyed;
	wl_resource_add_destroy_listener(resource, &object->shell_destroyed);

	struct output *output = output_resource ? output_from_resource(output_resource) : NULL;
	object->layer =
		layer_surface_create(server, surface, output, layer, namespace, &layer_impl);
	object->layer->data = object;
	state_changed(object);
	if (output_resource && !output)
		layer_surface_close(object->layer); // its output was removed
	return;

fail:
	free(object);
}

static const struct zwlr_layer_shell_v1_interface shell_impl = {
	.get_layer_surface = handle_get_layer_surface,
	.destroy = wire_handle_destroy,
};

bool layer_shell_create(struct server *server)
{
	return wire_global(server, &zwlr_layer_shell_v1_interface, VERSION, &shell_impl, NULL);
}
