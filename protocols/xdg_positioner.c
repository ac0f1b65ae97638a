// SPDX-License-Identifier: MIT
// xdg_positioner: collects the rules by which a popup is placed, which popups copy. The arithmetic
// is in compositor/window/positioner.c.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "protocols/xdg_shell.h"
#include "xdg-shell-protocol.h"

static void post_invalid(struct wl_resource *resource, const char *what)
{
	wl_resource_post_error(resource, XDG_POSITIONER_ERROR_INVALID_INPUT, "%s", what);
}

static void handle_set_size(
	struct wl_client *client, struct wl_resource *resource, int32_t width, int32_t height)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	if (width <= 0 || height <= 0) {
		post_invalid(resource, "the size must be positive");
		return;
	}
	positioner->width = width;
	positioner->height = height;
}

static void handle_set_anchor_rect(struct wl_client *client, struct wl_resource *resource,
	int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	if (width < 0 || height < 0) {
		post_invalid(resource, "the anchor rectangle must not be negative");
		return;
	}
	positioner->anchor_rect = (struct box){x, y, width, height};
	positioner->has_anchor_rect = true;
}

static void handle_set_anchor(
	struct wl_client *client, struct wl_resource *resource, uint32_t anchor)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	if (anchor > XDG_POSITIONER_ANCHOR_BOTTOM_RIGHT)
		post_invalid(resource, "invalid anchor");
	else
		positioner->anchor = anchor;
}

static void handle_set_gravity(
	struct wl_client *client, struct wl_resource *resource, uint32_t gravity)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	if (gravity > XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT)
		post_invalid(resource, "invalid gravity");
	else
		positioner->gravity = gravity;
}

static void handle_set_constraint_adjustment(
	struct wl_client *client, struct wl_resource *resource, uint32_t adjustment)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	positioner->adjustment = adjustment;
}

static void handle_set_offset(
	struct wl_client *client, struct wl_resource *resource, int32_t x, int32_t y)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	positioner->offset_x = x;
	positioner->offset_y = y;
}

static void handle_set_reactive(struct wl_client *client, struct wl_resource *resource)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	positioner->reactive = true;
}

static void handle_set_parent_size(
	struct wl_client *client, struct wl_resource *resource, int32_t width, int32_t height)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	if (width < 0 || height < 0) {
		post_invalid(resource, "the parent's size must not be negative");
		return;
	}
	positioner->parent_width = width;
	positioner->parent_height = height;
}

static void handle_set_parent_configure(
	struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct positioner *positioner = wl_resource_get_user_data(resource);
	positioner->parent_serial = serial;
	positioner->has_parent_serial = true;
}

static const struct xdg_positioner_interface positioner_impl = {
	.destroy = wire_handle_destroy,
	.set_size = handle_set_size,
	.set_anchor_rect = handle_set_anchor_rect,
	.set_anchor = handle_set_anchor,
	.set_gravity = handle_set_gravity,
	.set_constraint_adjustment = handle_set_constraint_adjustment,
	.set_offset = handle_set_offset,
	.set_reactive = handle_set_reactive,
	.set_parent_size = handle_set_parent_size,
	.set_parent_configure = handle_set_parent_configure,
};

static void on_positioner_destroyed(struct wl_resource *resource)
{
	free(wl_resource_get_user_data(resource));
}

void xdg_positioner_create(struct wl_client *client, int version, uint32_t id)
{
	struct positioner *positioner = xcalloc(1, sizeof(*positioner));
	if (!wire_create(client, &xdg_positioner_interface, version, id, &positioner_impl,
		    positioner, on_positioner_destroyed))
		free(positioner);
}

const struct positioner *xdg_positioner_complete(struct wl_resource *resource)
{
	const struct positioner *positioner = wl_resource_get_user_data(resource);
	return positioner->width > 0 && positioner->has_anchor_rect ? positioner : NULL;
}
