// SPDX-License-Identifier: MIT
// xdg_wm_dialog_v1: marks windows as dialogs, which may be modal. What that means is up to
// shell_activate; without a parent it means nothing.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "xdg-dialog-v1-protocol.h"

struct dialog {
	struct window *window; // NULL: destroyed
	struct wl_listener window_destroyed;
};

static void dialog_set_modal(struct wl_resource *resource, bool modal)
{
	const struct dialog *dialog = wl_resource_get_user_data(resource);
	if (dialog->window)
		window_set_modal(dialog->window, modal);
}

static void handle_set_modal(struct wl_client *client, struct wl_resource *resource)
{
	dialog_set_modal(resource, true);
}

static void handle_unset_modal(struct wl_client *client, struct wl_resource *resource)
{
	dialog_set_modal(resource, false);
}

static const struct xdg_dialog_v1_interface dialog_impl = {
	.destroy = wire_handle_destroy,
	.set_modal = handle_set_modal,
	.unset_modal = handle_unset_modal,
};

static void dialog_leave_window(struct dialog *dialog)
{
	if (!dialog->window)
		return;
	dialog->window->dialog = NULL;
	dialog->window = NULL;
	wl_list_remove(&dialog->window_destroyed.link);
}

static void on_window_destroyed(struct wl_listener *listener, void *data)
{
	struct dialog *dialog = wl_container_of(listener, dialog, window_destroyed);
	dialog_leave_window(dialog);
}

static void on_dialog_destroyed(struct wl_resource *resource)
{
	struct dialog *dialog = wl_resource_get_user_data(resource);
	dialog_set_modal(resource, false);
	dialog_leave_window(dialog);
	free(dialog);
}

static void handle_get_xdg_dialog(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *toplevel)
{
	struct window *window = window_from_resource(toplevel);
	if (window && window->dialog) {
		wl_resource_post_error(resource, XDG_WM_DIALOG_V1_ERROR_ALREADY_USED,
			"xdg_toplevel@%u is a dialog already", wl_resource_get_id(toplevel));
		return;
	}
	struct dialog *dialog = xcalloc(1, sizeof(*dialog));
	struct wl_resource *created = wire_create(client, &xdg_dialog_v1_interface,
		wl_resource_get_version(resource), id, &dialog_impl, dialog, on_dialog_destroyed);
	if (!created) {
		free(dialog);
		return;
	}
	if (!window)
		return;
	dialog->window = window;
	dialog->window_destroyed.notify = on_window_destroyed;
	wl_signal_add(&window->events.destroyed, &dialog->window_destroyed);
	window->dialog = created;
}

static const struct xdg_wm_dialog_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.get_xdg_dialog = handle_get_xdg_dialog,
};

bool xdg_dialog_create(struct server *server)
{
	return wire_global(server, &xdg_wm_dialog_v1_interface, 1, &manager_impl, NULL);
}
