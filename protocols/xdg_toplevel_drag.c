// SPDX-License-Identifier: MIT
// xdg_toplevel_drag_manager_v1: a window follows the drag of a data source, as a tab does that
// leaves its window. Drops land on what is below it.
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/datasource.h"
#include "compositor/client/wire.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "xdg-toplevel-drag-v1-protocol.h"

#define MAX_OFFSET (1 << 20) // logical pixels, against overflow

struct toplevel_drag {
	struct data_source *source; // NULL: destroyed
	struct drag_follower follower;
	struct window *window; // attached, or NULL
	int dx, dy;            // of the pointer in the window geometry
	bool dragging, ended;
	double x, y; // of the pointer, layout
	struct wl_listener source_destroyed, window_destroyed, window_changed, window_unmapped;
};

static struct toplevel_drag *from_follower(struct drag_follower *follower)
{
	return wl_container_of(follower, (struct toplevel_drag *)NULL, follower);
}

static void window_set_untouchable(struct window *window, bool on)
{
	if (window->tree->untouchable == on)
		return;
	window->tree->untouchable = on;
	window->server->scene->changed = true;
}

// Puts the window under the pointer while the drag lasts. How it gets there is up to the shell.
static void toplevel_drag_place(struct toplevel_drag *drag)
{
	struct window *window = drag->window;
	if (!window || !window->mapped || !drag->dragging)
		return;
	if (!window->tree->untouchable) {
		window_set_untouchable(window, true);
		window_raise(window);
	}
	window_request(window, REQUEST_PLACE,
		&(struct window_detail){
			.x = (int)floor(drag->x) - drag->dx, .y = (int)floor(drag->y) - drag->dy});
}

static void toplevel_drag_detach(struct toplevel_drag *drag)
{
	if (!drag->window)
		return;
	window_set_untouchable(drag->window, false);
	drag->window = NULL;
	wl_list_remove(&drag->window_destroyed.link);
	wl_list_remove(&drag->window_changed.link);
	wl_list_remove(&drag->window_unmapped.link);
}

static void on_moved(struct drag_follower *follower, double x, double y)
{
	struct toplevel_drag *drag = from_follower(follower);
	drag->dragging = true;
	drag->x = x;
	drag->y = y;
	toplevel_drag_place(drag);
}

static void on_ended(struct drag_follower *follower)
{
	struct toplevel_drag *drag = from_follower(follower);
	drag->dragging = false;
	drag->ended = true;
	toplevel_drag_detach(drag);
}

static void toplevel_drag_leave_source(struct toplevel_drag *drag)
{
	if (!drag->source)
		return;
	drag->source->follower = NULL;
	drag->source = NULL;
	wl_list_remove(&drag->source_destroyed.link);
	on_ended(&drag->follower);
}

static void on_source_destroyed(struct wl_listener *listener, void *data)
{
	struct toplevel_drag *drag = wl_container_of(listener, drag, source_destroyed);
	toplevel_drag_leave_source(drag);
}

static void on_window_destroyed(struct wl_listener *listener, void *data)
{
	struct toplevel_drag *drag = wl_container_of(listener, drag, window_destroyed);
	toplevel_drag_detach(drag);
}

static void on_window_unmapped(struct wl_listener *listener, void *data)
{
	struct toplevel_drag *drag = wl_container_of(listener, drag, window_unmapped);
	toplevel_drag_detach(drag);
}

// It may have been mapped.
static void on_window_changed(struct wl_listener *listener, void *data)
{
	struct toplevel_drag *drag = wl_container_of(listener, drag, window_changed);
	if (!drag->window->tree->untouchable)
		toplevel_drag_place(drag);
}

static void handle_destroy(struct wl_client *client, struct wl_resource *resource)
{
	const struct toplevel_drag *drag = wl_resource_get_user_data(resource);
	if (drag->dragging)
		wl_resource_post_error(resource, XDG_TOPLEVEL_DRAG_V1_ERROR_ONGOING_DRAG,
			"the drag has not ended");
	else
		wl_resource_destroy(resource);
}

static void handle_attach(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *toplevel, int32_t x, int32_t y)
{
	struct toplevel_drag *drag = wl_resource_get_user_data(resource);
	struct window *window = window_from_resource(toplevel);
	if (drag->window) {
		wl_resource_post_error(resource, XDG_TOPLEVEL_DRAG_V1_ERROR_TOPLEVEL_ATTACHED,
			"a window is attached already");
		return;
	}
	if (!window || drag->ended)
		return;
	drag->window = window;
	drag->dx = CLAMP(x, -MAX_OFFSET, MAX_OFFSET);
	drag->dy = CLAMP(y, -MAX_OFFSET, MAX_OFFSET);
	drag->window_destroyed.notify = on_window_destroyed;
	wl_signal_add(&window->events.destroyed, &drag->window_destroyed);
	drag->window_changed.notify = on_window_changed;
	wl_signal_add(&window->events.changed, &drag->window_changed);
	drag->window_unmapped.notify = on_window_unmapped;
	wl_signal_add(&window->events.unmapped, &drag->window_unmapped);
	toplevel_drag_place(drag);
}

static const struct xdg_toplevel_drag_v1_interface drag_impl = {
	.destroy = handle_destroy,
	.attach = handle_attach,
};

static void on_drag_destroyed(struct wl_resource *resource)
{
	struct toplevel_drag *drag = wl_resource_get_user_data(resource);
	toplevel_drag_leave_source(drag);
	toplevel_drag_detach(drag);
	free(drag);
}

static void handle_get_xdg_toplevel_drag(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *source_resource)
{
	struct data_source *source = data_source_from_resource(source_resource);
	if (source->follower || source->used) {
		wl_resource_post_error(resource, XDG_TOPLEVEL_DRAG_MANAGER_V1_ERROR_INVALID_SOURCE,
			"wl_data_source@%u %s", wl_resource_get_id(source_resource),
			source->used ? "was used before" : "has a drag already");
		return;
	}
	struct toplevel_drag *drag = xcalloc(1, sizeof(*drag));
	if (!wire_create(client, &xdg_toplevel_drag_v1_interface, wl_resource_get_version(resource),
		    id, &drag_impl, drag, on_drag_destroyed)) {
		free(drag);
		return;
	}
	drag->follower.moved = on_moved;
	drag->follower.ended = on_ended;
	drag->source = source;
	source->follower = &drag->follower;
	drag->source_destroyed.notify = on_source_destroyed;
	wl_signal_add(&source->destroyed, &drag->source_destroyed);
}

static const struct xdg_toplevel_drag_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_xdg_toplevel_drag = handle_get_xdg_toplevel_drag,
};

bool xdg_toplevel_drag_create(struct server *server)
{
	return wire_global(server, &xdg_toplevel_drag_manager_v1_interface, 1, &manager_impl, NULL);
}
