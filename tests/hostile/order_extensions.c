// SPDX-License-Identifier: MIT
// Destruction orders of the extensions of windows and surfaces.
#include <stdio.h>
#include <stdlib.h>
#include "compositor/base/clock.h"
#include "tests/hostile/order.h"
#include "alpha-modifier-v1-client-protocol.h"
#include "commit-timing-v1-client-protocol.h"
#include "content-type-v1-client-protocol.h"
#include "keyboard-shortcuts-inhibit-unstable-v1-client-protocol.h"
#include "xdg-dialog-v1-client-protocol.h"
#include "xdg-foreign-unstable-v2-client-protocol.h"
#include "xdg-toplevel-drag-v1-client-protocol.h"
#include "xdg-toplevel-icon-v1-client-protocol.h"

static void destroy_data(struct order *order)
{
	free(order->data);
}

static const struct order_rule window_rules[] = {
	{0, 2, "wl_surface", WL_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT, 0},
	{1, 2, "xdg_surface", XDG_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT, 0},
	{0},
};

// A window with the objects that concern it; those after the first three are added by the caller.
static struct client_window *add_window(struct order *order)
{
	struct client_window *window =
		client_window_create(order->rig->attacker, 50, 40, 0xffff0000);
	order->data = window;
	window->auto_ack = false;
	order_add(order, window->surface, wl_surface_destroy);
	order_add(order, window->xdg_surface, xdg_surface_destroy);
	order_add(order, window->toplevel, xdg_toplevel_destroy);
	return window;
}

// Of a window

static void create_window(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct client_window *window = add_window(order);
	struct xdg_wm_dialog_v1 *dialogs = client_bind(client, &xdg_wm_dialog_v1_interface, 1);
	struct zxdg_exporter_v2 *exporter = client_bind(client, &zxdg_exporter_v2_interface, 1);
	struct zwp_keyboard_shortcuts_inhibit_manager_v1 *inhibits =
		client_bind(client, &zwp_keyboard_shortcuts_inhibit_manager_v1_interface, 1);
	struct xdg_dialog_v1 *dialog = xdg_wm_dialog_v1_get_xdg_dialog(dialogs, window->toplevel);
	xdg_dialog_v1_set_modal(dialog);
	order_add(order, dialog, xdg_dialog_v1_destroy);
	order_add(order, zxdg_exporter_v2_export_toplevel(exporter, window->surface),
		zxdg_exported_v2_destroy);
	order_add(order,
		zwp_keyboard_shortcuts_inhibit_manager_v1_inhibit_shortcuts(
			inhibits, window->surface, client->seat),
		zwp_keyboard_shortcuts_inhibitor_v1_destroy);
	xdg_wm_dialog_v1_destroy(dialogs);
	zxdg_exporter_v2_destroy(exporter);
	zwp_keyboard_shortcuts_inhibit_manager_v1_destroy(inhibits);
}

TEST(window)
{
	check_every_order(6, create_window, destroy_data, window_rules);
}

// An icon and the drag of a window

static void create_icon_and_drag(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct client_window *window = add_window(order);
	struct xdg_toplevel_icon_manager_v1 *icons =
		client_bind(client, &xdg_toplevel_icon_manager_v1_interface, 1);
	struct xdg_toplevel_drag_manager_v1 *drags =
		client_bind(client, &xdg_toplevel_drag_manager_v1_interface, 1);
	struct wl_data_device_manager *data =
		client_bind(client, &wl_data_device_manager_interface, 3);
	struct xdg_toplevel_icon_v1 *icon = xdg_toplevel_icon_manager_v1_create_icon(icons);
	xdg_toplevel_icon_v1_set_name(icon, "terminal");
	xdg_toplevel_icon_manager_v1_set_icon(icons, window->toplevel, icon);
	struct wl_data_source *source = wl_data_device_manager_create_data_source(data);
	struct xdg_toplevel_drag_v1 *drag =
		xdg_toplevel_drag_manager_v1_get_xdg_toplevel_drag(drags, source);
	xdg_toplevel_drag_v1_attach(drag, window->toplevel, 1, 1);
	order_add(order, icon, xdg_toplevel_icon_v1_destroy);
	order_add(order, source, wl_data_source_destroy);
	order_add(order, drag, xdg_toplevel_drag_v1_destroy);
	xdg_toplevel_icon_manager_v1_destroy(icons);
	xdg_toplevel_drag_manager_v1_destroy(drags);
	wl_data_device_manager_destroy(data);
}

TEST(icon_and_drag)
{
	check_every_order(6, create_icon_and_drag, destroy_data, window_rules);
}

// Of a surface, with a commit that waits

static void create_extensions(struct order *order)
{
	struct client *client = order->rig->attacker;
	struct wp_content_type_manager_v1 *types =
		client_bind(client, &wp_content_type_manager_v1_interface, 1);
	struct wp_alpha_modifier_v1 *alphas =
		client_bind(client, &wp_alpha_modifier_v1_interface, 1);
	struct wp_commit_timing_manager_v1 *timings =
		client_bind(client, &wp_commit_timing_manager_v1_interface, 1);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct wp_content_type_v1 *type =
		wp_content_type_manager_v1_get_surface_content_type(types, surface);
	struct wp_alpha_modifier_surface_v1 *alpha =
		wp_alpha_modifier_v1_get_surface(alphas, surface);
	struct wp_commit_timer_v1 *timer = wp_commit_timing_manager_v1_get_timer(timings, surface);
	wp_content_type_v1_set_content_type(type, WP_CONTENT_TYPE_V1_TYPE_GAME);
	wp_alpha_modifier_surface_v1_set_multiplier(alpha, 7);
	wp_commit_timer_v1_set_timestamp(
		timer, 0, (uint32_t)(clock_monotonic_ns() / NSEC_PER_SEC) + 3600, 0);
	wl_surface_commit(surface);
	wl_surface_commit(surface); // waits behind it
	order_add(order, surface, wl_surface_destroy);
	order_add(order, type, wp_content_type_v1_destroy);
	order_add(order, alpha, wp_alpha_modifier_surface_v1_destroy);
	order_add(order, timer, wp_commit_timer_v1_destroy);
	wp_content_type_manager_v1_destroy(types);
	wp_alpha_modifier_v1_destroy(alphas);
	wp_commit_timing_manager_v1_destroy(timings);
}

TEST(surface)
{
	check_every_order(4, create_extensions, NULL, NULL);
}

// A window whose parent was imported from the neighbour

struct handle {
	struct client_window *window;
	struct zxdg_exporter_v2 *exporter; // of the neighbour
	struct zxdg_exported_v2 *exported;
	char text[64];
};

static void on_handle(void *data, struct zxdg_exported_v2 *exported, const char *text)
{
	snprintf(((struct handle *)data)->text, sizeof(((struct handle *)data)->text), "%s", text);
}

static const struct zxdg_exported_v2_listener exported_listener = {on_handle};

static void create_import(struct order *order)
{
	struct hostile_rig *rig = order->rig;
	struct handle *handle = calloc(1, sizeof(*handle));
	check(handle != NULL);
	handle->window = add_window(order);
	order->data = handle;
	handle->exporter = client_bind(rig->neighbour, &zxdg_exporter_v2_interface, 1);
	handle->exported = zxdg_exporter_v2_export_toplevel(handle->exporter, rig->window->surface);
	zxdg_exported_v2_add_listener(handle->exported, &exported_listener, handle);
	fixture_pump(rig->fixture);
	struct zxdg_importer_v2 *importer =
		client_bind(rig->attacker, &zxdg_importer_v2_interface, 1);
	struct zxdg_imported_v2 *imported =
		zxdg_importer_v2_import_toplevel(importer, handle->text);
	zxdg_imported_v2_set_parent_of(imported, handle->window->surface);
	order_add(order, imported, zxdg_imported_v2_destroy);
	order_add(order, importer, zxdg_importer_v2_destroy);
}

static void destroy_import(struct order *order)
{
	struct handle *handle = order->data;
	zxdg_exported_v2_destroy(handle->exported);
	zxdg_exporter_v2_destroy(handle->exporter);
	free(handle->window);
	free(handle);
}

TEST(import)
{
	check_every_order(5, create_import, destroy_import, window_rules);
}
