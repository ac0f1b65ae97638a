// SPDX-License-Identifier: MIT
// wp_cursor_shape_manager_v1: clients choose the cursor image of a pointer or tablet tool by name,
// from the cursor theme, instead of drawing it.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/cursor.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "cursor-shape-v1-protocol.h"
#include "protocols/protocols.h"

#define NO_TOOL UINT64_MAX // an id that no tool has

struct shape_device {
	struct server *server;
	uint64_t tool_id; // 0: of the pointer
};

// Names in the theme; the last two are of version 2.
static const char *const shapes[] = {
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_DEFAULT] = "default",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_CONTEXT_MENU] = "context-menu",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_HELP] = "help",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_POINTER] = "pointer",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_PROGRESS] = "progress",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_WAIT] = "wait",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_CELL] = "cell",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_CROSSHAIR] = "crosshair",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_TEXT] = "text",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_VERTICAL_TEXT] = "vertical-text",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_ALIAS] = "alias",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_COPY] = "copy",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_MOVE] = "move",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NO_DROP] = "no-drop",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NOT_ALLOWED] = "not-allowed",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_GRAB] = "grab",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_GRABBING] = "grabbing",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_E_RESIZE] = "e-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_N_RESIZE] = "n-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NE_RESIZE] = "ne-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NW_RESIZE] = "nw-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_S_RESIZE] = "s-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_SE_RESIZE] = "se-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_SW_RESIZE] = "sw-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_W_RESIZE] = "w-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_EW_RESIZE] = "ew-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NS_RESIZE] = "ns-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NESW_RESIZE] = "nesw-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_NWSE_RESIZE] = "nwse-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_COL_RESIZE] = "col-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_ROW_RESIZE] = "row-resize",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_ALL_SCROLL] = "all-scroll",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_ZOOM_IN] = "zoom-in",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_ZOOM_OUT] = "zoom-out",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_DND_ASK] = "dnd-ask",
	[WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_ALL_RESIZE] = "all-resize",
};

static bool shape_exists(uint32_t shape, int version)
{
	if (shape >= WP_CURSOR_SHAPE_DEVICE_V1_SHAPE_DND_ASK && version < 2)
		return false;
	return shape < array_length(shapes) && shapes[shape];
}

static bool pointer_has_cursor(struct seat *seat, struct wl_client *client, uint32_t serial)
{
	const struct surface *focus = pointer_focus(seat);
	// With the serial of an earlier enter the request came too late.
	return focus && wl_resource_get_client(focus->resource) == client &&
		(int32_t)(serial - seat->pointer.enter_serial) >= 0;
}

static bool tool_has_cursor(
	struct seat *seat, uint64_t id, struct wl_client *client, uint32_t serial)
{
	const struct tablet_tool *tool = tablets_find_tool(seat->tablets, id);
	return tool && tablet_tool_has_cursor(tool, client, serial);
}

static void handle_set_shape(
	struct wl_client *client, struct wl_resource *resource, uint32_t serial, uint32_t shape)
{
	if (!shape_exists(shape, wl_resource_get_version(resource))) {
		wl_resource_post_error(resource, WP_CURSOR_SHAPE_DEVICE_V1_ERROR_INVALID_SHAPE,
			"invalid shape %u", shape);
		return;
	}
	const struct shape_device *device = wl_resource_get_user_data(resource);
	struct seat *seat = device->server->seat;
	if (device->tool_id ? tool_has_cursor(seat, device->tool_id, client, serial)
			    : pointer_has_cursor(seat, client, serial))
		cursor_set_shape(seat->cursor, shapes[shape]);
}

static const struct wp_cursor_shape_device_v1_interface device_impl = {
	.destroy = wire_handle_destroy,
	.set_shape = handle_set_shape,
};

static void on_device_destroyed(struct wl_resource *resource)
{
	free(wl_resource_get_user_data(resource));
}

static void create_device(struct wl_resource *manager, uint32_t id, uint64_t tool_id)
{
	struct shape_device *device = xcalloc(1, sizeof(*device));
	device->server = wl_resource_get_user_data(manager);
	device->tool_id = tool_id;
	if (!wire_create(wl_resource_get_client(manager), &wp_cursor_shape_device_v1_interface,
		    wl_resource_get_version(manager), id, &device_impl, device,
		    on_device_destroyed))
		free(device);
}

static void handle_get_pointer(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *pointer)
{
	create_device(resource, id, 0);
}

static void handle_get_tablet_tool(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *tool_resource)
{
	const struct tablet_object *object = wl_resource_get_user_data(tool_resource);
	const struct tablet_tool *tool = object->of;
	create_device(resource, id, tool ? tool->info.id : NO_TOOL);
}

static const struct wp_cursor_shape_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_pointer = handle_get_pointer,
	.get_tablet_tool_v2 = handle_get_tablet_tool,
};

bool cursor_shape_create(struct server *server)
{
	return wire_global(server, &wp_cursor_shape_manager_v1_interface, 2, &manager_impl, NULL);
}
