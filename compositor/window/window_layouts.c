// SPDX-License-Identifier: MIT
// Stores the layout with the window that loses the keyboard focus, and restores that of the window
// that gets it. Popups belong to their window; surfaces of layers leave the layout as it is.
#include "compositor/window/window_layouts.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

struct window_layouts {
	struct weak window; // struct window *: had the focus last
	struct wl_listener keyboard_focus;
};

static struct window *window_of(struct surface *surface)
{
	struct popup *popup;
	while ((popup = popup_from_surface(surface)))
		surface = popup->parent;
	return window_from_surface(surface);
}

static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct window_layouts *layouts = wl_container_of(listener, layouts, keyboard_focus);
	struct seat *seat = data;
	struct window *before = layouts->window.target;
	struct window *window = window_of(keyboard_holder(seat));
	if (!window || window == before)
		return;
	if (before)
		before->layout = keyboard_layout(seat);
	weak_set(&layouts->window, window, &window->events.destroyed);
	keyboard_set_layout(seat, window->layout);
}

struct window_layouts *window_layouts_create(struct server *server)
{
	if (!server->config->keyboard.layout_per_window)
		return NULL;
	struct window_layouts *layouts = xcalloc(1, sizeof(*layouts));
	layouts->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&server->seat->events.keyboard_focus, &layouts->keyboard_focus);
	return layouts;
}

void window_layouts_destroy(struct window_layouts *layouts)
{
	if (!layouts)
		return;
	weak_clear(&layouts->window);
	wl_list_remove(&layouts->keyboard_focus.link);
	free(layouts);
}
