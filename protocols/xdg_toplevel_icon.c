// SPDX-License-Identifier: MIT
// xdg_toplevel_icon_manager_v1: clients build icons from names and pictures, and give them to
// windows.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/client_buffer.h"
#include "compositor/window/icon.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "xdg-toplevel-icon-v1-protocol.h"

struct icon {
	struct wl_resource *resource;
	struct window_icon *icon;
	bool used;              // by set_icon: immutable
	struct wl_list buffers; // icon_buffer.link
};

// A wl_buffer must live as long as the icon, although its pixels were copied.
struct icon_buffer {
	struct icon *icon;
	struct wl_listener destroyed;
	struct wl_list link; // icon.buffers
};

static void icon_buffer_destroy(struct icon_buffer *buffer)
{
	wl_list_remove(&buffer->destroyed.link);
	wl_list_remove(&buffer->link);
	free(buffer);
}

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct icon_buffer *buffer = wl_container_of(listener, buffer, destroyed);
	wl_resource_post_error(buffer->icon->resource, XDG_TOPLEVEL_ICON_V1_ERROR_NO_BUFFER,
		"a wl_buffer was destroyed before its icon");
	icon_buffer_destroy(buffer);
}

// NULL: the icon is in use, an error was posted.
static struct icon *icon_unused(struct wl_resource *resource)
{
	struct icon *icon = wl_resource_get_user_data(resource);
	if (!icon->used)
		return icon;
	wl_resource_post_error(resource, XDG_TOPLEVEL_ICON_V1_ERROR_IMMUTABLE,
		"an icon that set_icon was called with cannot be changed");
	return NULL;
}

static void handle_set_name(
	struct wl_client *client, struct wl_resource *resource, const char *name)
{
	struct icon *icon = icon_unused(resource);
	if (icon)
		replace_string(&icon->icon->name, *name ? name : NULL);
}

static void handle_add_buffer(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *buffer_resource, int32_t scale)
{
	struct icon *icon = icon_unused(resource);
	if (!icon)
		return;
	struct buffer *buffer = buffer_from_resource(buffer_resource);
	if (!buffer || scale < 1 || !window_icon_add(icon->icon, buffer, scale)) {
		wl_resource_post_error(resource, XDG_TOPLEVEL_ICON_V1_ERROR_INVALID_BUFFER,
			"wl_buffer@%u is not a square picture in shared memory, or its scale %d "
			"is not positive",
			wl_resource_get_id(buffer_resource), scale);
		return;
	}
	struct icon_buffer *watch = xcalloc(1, sizeof(*watch));
	watch->icon = icon;
	watch->destroyed.notify = on_buffer_destroyed;
	wl_resource_add_destroy_listener(buffer_resource, &watch->destroyed);
	wl_list_insert(&icon->buffers, &watch->link);
}

static const struct xdg_toplevel_icon_v1_interface icon_impl = {
	.destroy = wire_handle_destroy,
	.set_name = handle_set_name,
	.add_buffer = handle_add_buffer,
};

static void on_icon_destroyed(struct wl_resource *resource)
{
	struct icon *icon = wl_resource_get_user_data(resource);
	struct icon_buffer *buffer, *tmp;
	wl_list_for_each_safe(buffer, tmp, &icon->buffers, link)
		icon_buffer_destroy(buffer);
	window_icon_unref(icon->icon);
	free(icon);
}

static void handle_create_icon(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct icon *icon = xcalloc(1, sizeof(*icon));
	wl_list_init(&icon->buffers);
	icon->icon = window_icon_create(budget_of(client));
	icon->resource = wire_create(client, &xdg_toplevel_icon_v1_interface,
		wl_resource_get_version(resource), id, &icon_impl, icon, on_icon_destroyed);
	if (icon->resource)
		return;
	window_icon_unref(icon->icon);
	free(icon);
}

static void handle_set_icon(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *toplevel, struct wl_resource *icon_resource)
{
	struct window *window = window_from_resource(toplevel);
	struct icon *icon = icon_resource ? wl_resource_get_user_data(icon_resource) : NULL;
	if (icon)
		icon->used = true;
	bool empty = !icon || (!icon->icon->name && !icon->icon->n_images);
	if (window)
		window_set_icon(window, empty ? NULL : icon->icon);
}

static const struct xdg_toplevel_icon_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.create_icon = handle_create_icon,
	.set_icon = handle_set_icon,
};

static void on_bound(struct wl_resource *resource)
{
	static const int sizes[] = {16, 24, 32, 48}; // of title bars, the switcher, task bars
	for (size_t i = 0; i < array_length(sizes); i++)
		xdg_toplevel_icon_manager_v1_send_icon_size(resource, sizes[i]);
	xdg_toplevel_icon_manager_v1_send_done(resource);
}

bool xdg_toplevel_icon_create(struct server *server)
{
	return wire_global(
		server, &xdg_toplevel_icon_manager_v1_interface, 1, &manager_impl, on_bound);
}
