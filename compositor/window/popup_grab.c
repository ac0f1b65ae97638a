// SPDX-License-Identifier: MIT
// Explicit grabs of popups (xdg_popup.grab). While a chain of popups has the grab, only surfaces of
// its client get pointer and touch events, and the newest popup has the keyboard focus. A press
// outside dismisses the chain, newest first, and is then delivered.
#include "compositor/window/popup_grab.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

struct popup_grab {
	struct seat *seat; // also while grab is being cancelled
	struct grab grab;
	struct wl_client *client;
	struct weak previous; // struct surface *: keyboard focus before the grab
	struct wl_listener keyboard_focus;
	bool own_focus; // grab_set_keyboard changes the focus
};

static struct popup_grab *popup_grab_from(struct grab *grab)
{
	return wl_container_of(grab, (struct popup_grab *)NULL, grab);
}

static struct wl_client *surface_client(const struct surface *surface)
{
	return wl_resource_get_client(surface->resource);
}

struct popup *popup_grab_top(struct seat *seat)
{
	struct popup *popup;
	if (wl_list_empty(&seat->popup_grabs))
		return NULL;
	return wl_container_of(seat->popup_grabs.next, popup, grab_link);
}

void popup_grab_dismiss(struct seat *seat)
{
	struct popup *popup;
	while ((popup = popup_grab_top(seat)))
		popup_dismiss(popup);
}

// The surface of the grab's client at a layout position; NULL: none.
static struct surface *grab_surface_at(
	struct popup_grab *grab, double x, double y, double *sx, double *sy)
{
	struct node *node = scene_at(grab->grab.seat->server->scene, x, y, sx, sy);
	struct surface *surface = node ? node->surface : NULL;
	return surface && surface_client(surface) == grab->client ? surface : NULL;
}

static void grab_update_focus(struct popup_grab *grab)
{
	struct seat *seat = grab->grab.seat;
	double sx = 0, sy = 0;
	struct surface *surface = tablets_surface(seat->tablets)
		? NULL // a tablet tool has the focus
		: grab_surface_at(grab, seat->pointer.x, seat->pointer.y, &sx, &sy);
	pointer_set_focus(seat, surface, sx, sy);
}

static void on_refocus(struct grab *grab)
{
	grab_update_focus(popup_grab_from(grab));
}

static void on_motion(struct grab *grab, uint32_t time_ms)
{
	grab_update_focus(popup_grab_from(grab));
	pointer_send_motion(grab->seat, time_ms);
}

static void on_button(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed)
{
	struct seat *seat = grab->seat;
	grab_update_focus(popup_grab_from(grab));
	if (pressed && !pointer_focus(seat)) {
		popup_grab_dismiss(seat); // frees the grab
		double sx = 0, sy = 0;
		struct node *node =
			scene_at(seat->server->scene, seat->pointer.x, seat->pointer.y, &sx, &sy);
		pointer_set_focus(seat, node ? node->surface : NULL, sx, sy);
	}
	pointer_send_button(seat, time_ms, code, pressed);
}

static void on_touch(struct grab *grab, const struct input_event *event, double x, double y)
{
	struct seat *seat = grab->seat;
	double sx, sy;
	if (event->type == INPUT_TOUCH_DOWN &&
		!grab_surface_at(popup_grab_from(grab), x, y, &sx, &sy))
		popup_grab_dismiss(seat);
	touch_send_event(seat, event, x, y);
}

static void grab_destroy(struct popup_grab *grab)
{
	wl_list_remove(&grab->keyboard_focus.link);
	weak_clear(&grab->previous);
	free(grab);
}

static void on_cancel(struct grab *grab)
{
	struct seat *seat = popup_grab_from(grab)->seat;
	// Already removed from the stack, so that dismissing the popups does not find it.
	grab_destroy(popup_grab_from(grab));
	popup_grab_dismiss(seat);
}

static struct wl_client *grab_client(struct grab *grab)
{
	return popup_grab_from(grab)->client;
}

static const struct grab_impl popup_grab_impl = {
	.name = "popup",
	.motion = on_motion,
	.button = on_button,
	.touch = on_touch,
	.refocus = on_refocus,
	.client = grab_client,
	.cancel = on_cancel,
};

static struct popup_grab *grab_find(struct seat *seat)
{
	struct grab *grab;
	wl_list_for_each(grab, &seat->grabs, link) {
		if (grab->impl == &popup_grab_impl)
			return popup_grab_from(grab);
	}
	return NULL;
}

static void grab_set_keyboard(struct popup_grab *grab, struct surface *surface)
{
	grab->own_focus = true;
	keyboard_set_focus(grab->grab.seat, surface);
	grab->own_focus = false;
}

// The focus was changed from outside: to another client it ends the chain, within the client it is
// reverted to the newest popup.
static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct popup_grab *grab = wl_container_of(listener, grab, keyboard_focus);
	struct seat *seat = grab->grab.seat;
	struct surface *focus = keyboard_holder(seat);
	struct popup *top = popup_grab_top(seat);
	if (grab->own_focus || !focus || !top || focus == top->surface)
		return;
	if (surface_client(focus) != grab->client) {
		popup_grab_dismiss(seat);
		return;
	}
	weak_set(&grab->previous, focus, &focus->events.destroyed);
	if (top->mapped)
		grab_set_keyboard(grab, top->surface);
}

static void grab_begin(struct seat *seat, struct wl_client *client)
{
	struct popup_grab *grab = xcalloc(1, sizeof(*grab));
	grab->seat = seat;
	grab->client = client;
	struct surface *focus = keyboard_holder(seat);
	weak_set(&grab->previous, focus, focus ? &focus->events.destroyed : NULL);
	grab->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&seat->events.keyboard_focus, &grab->keyboard_focus);
	seat_grab_push(seat, &grab->grab, &popup_grab_impl);
	seat_refocus(seat);
}

bool popup_grab(struct popup *popup, struct seat *seat, uint32_t serial)
{
	struct wl_client *client = surface_client(popup->surface);
	bool (*accept)(enum seat_serial kind) =
		popup->server->wlcs_quirks ? seat_serial_any : seat_serial_is_press;
	if (popup->mapped || popup->dismissed || popup->grabbing || !popup->parent ||
		!seat_serial_valid(seat, client, serial, accept))
		return false;
	struct popup *below = popup->parent->popup, *top = popup_grab_top(seat);
	if (below && below != top)
		return false;
	if (!below)
		popup_grab_dismiss(seat); // a new chain replaces the old one
	popup->grabbing = true;
	popup->grab_serial = serial;
	wl_list_insert(&seat->popup_grabs, &popup->grab_link);
	if (!grab_find(seat))
		grab_begin(seat, client);
	return true;
}

void popup_grab_mapped(struct popup *popup)
{
	struct popup_grab *grab = popup->grabbing ? grab_find(popup->server->seat) : NULL;
	if (grab && popup_grab_top(popup->server->seat) == popup)
		grab_set_keyboard(grab, popup->surface);
}

void popup_grab_leave(struct popup *popup)
{
	if (!popup->grabbing)
		return;
	struct seat *seat = popup->server->seat;
	wl_list_remove(&popup->grab_link);
	wl_list_init(&popup->grab_link);
	popup->grabbing = false;

	struct popup_grab *grab = grab_find(seat);
	if (!grab)
		return;
	struct surface *focus = keyboard_holder(seat);
	bool gives_back = !focus || focus == popup->surface;
	struct popup *top = popup_grab_top(seat);
	if (top) {
		if (gives_back && top->mapped)
			grab_set_keyboard(grab, top->surface);
		return;
	}
	struct surface *previous = grab->previous.target;
	seat_grab_remove(&grab->grab);
	grab_destroy(grab);
	if (gives_back && (!previous || previous->mapped))
		keyboard_set_focus(seat, previous);
	seat_refocus(seat);
}
