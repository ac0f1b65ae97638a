// SPDX-License-Identifier: MIT
// The explicit grab of popups. While a chain of them is open, its client gets pointer and touch
// events for all its surfaces and nobody else does; the keyboard belongs to the newest popup; a
// press anywhere else dismisses the chain, newest first, and then goes where it went.
#include "compositor/core/popup_grab.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/tablet.h"

struct popup_grab {
	struct grab grab;
	struct wl_client *client;
	struct weak previous; // struct surface *: had the keyboard before
	struct wl_listener keyboard_focus;
	bool own_focus; // the change of focus is ours
};

static struct popup_grab *popup_grab_from(struct grab *grab)
{
	return wl_container_of(grab, (struct popup_grab *)NULL, grab);
}

static struct wl_client *client_of(const struct surface *surface)
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

// The surface of our client at that point, NULL: something else or nothing is there.
static struct surface *own_surface_at(
	struct popup_grab *grab, double x, double y, double *sx, double *sy)
{
	struct node *node = scene_at(grab->grab.seat->server->scene, x, y, sx, sy);
	struct surface *surface = node ? node->surface : NULL;
	return surface && client_of(surface) == grab->client ? surface : NULL;
}

static void update_focus(struct popup_grab *grab)
{
	struct seat *seat = grab->grab.seat;
	double sx = 0, sy = 0;
	struct surface *surface = tablets_surface(seat->tablets)
		? NULL // a tool is there instead
		: own_surface_at(grab, seat->pointer.x, seat->pointer.y, &sx, &sy);
	pointer_set_focus(seat, surface, sx, sy);
}

static void on_refocus(struct grab *grab)
{
	update_focus(popup_grab_from(grab));
}

static void on_motion(struct grab *grab, uint32_t time_ms)
{
	update_focus(popup_grab_from(grab));
	pointer_send_motion(grab->seat, time_ms);
}

static void on_button(struct grab *grab, uint32_t time_ms, uint32_t code, bool pressed)
{
	struct seat *seat = grab->seat;
	update_focus(popup_grab_from(grab));
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
	uint32_t time_ms = (uint32_t)(event->time_us / 1000);
	double sx, sy;
	switch (event->type) {
	case INPUT_TOUCH_DOWN:
		if (!own_surface_at(popup_grab_from(grab), x, y, &sx, &sy))
			popup_grab_dismiss(seat);
		touch_send_down(seat, time_ms, event->touch.id, x, y);
		break;
	case INPUT_TOUCH_MOTION:
		touch_send_motion(seat, time_ms, event->touch.id, x, y);
		break;
	case INPUT_TOUCH_UP:
		touch_send_up(seat, time_ms, event->touch.id);
		break;
	case INPUT_TOUCH_CANCEL:
		touch_send_cancel(seat);
		break;
	case INPUT_TOUCH_FRAME:
		touch_send_frame(seat);
		break;
	default:
		break;
	}
}

static void finish(struct popup_grab *grab)
{
	wl_list_remove(&grab->keyboard_focus.link);
	weak_clear(&grab->previous);
	free(grab);
}

static void on_cancel(struct grab *grab)
{
	struct seat *seat = grab->seat;
	// The stack has let go of us, so the chain must not look for us there.
	struct popup_grab *popup_grab = popup_grab_from(grab);
	finish(popup_grab);
	popup_grab_dismiss(seat);
}

static const struct grab_impl popup_grab_impl = {
	.name = "popup",
	.motion = on_motion,
	.button = on_button,
	.touch = on_touch,
	.refocus = on_refocus,
	.cancel = on_cancel,
};

static struct popup_grab *find(struct seat *seat)
{
	struct grab *grab;
	wl_list_for_each(grab, &seat->grabs, link) {
		if (grab->impl == &popup_grab_impl)
			return popup_grab_from(grab);
	}
	return NULL;
}

struct wl_client *popup_grab_client(struct seat *seat)
{
	struct grab *grab = seat_grab_top(seat);
	return grab && grab->impl == &popup_grab_impl ? popup_grab_from(grab)->client : NULL;
}

static void set_keyboard(struct popup_grab *grab, struct surface *surface)
{
	grab->own_focus = true;
	keyboard_set_focus(grab->grab.seat, surface);
	grab->own_focus = false;
}

// Somebody else moved the keyboard: to another client ends the chain, within the client is put
// right again.
static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct popup_grab *grab = wl_container_of(listener, grab, keyboard_focus);
	struct seat *seat = grab->grab.seat;
	struct surface *focus = keyboard_holder(seat);
	struct popup *top = popup_grab_top(seat);
	if (grab->own_focus || !focus || !top || focus == top->surface)
		return;
	if (client_of(focus) != grab->client) {
		popup_grab_dismiss(seat);
		return;
	}
	weak_set(&grab->previous, focus, &focus->events.destroyed);
	if (top->mapped)
		set_keyboard(grab, top->surface);
}

static void begin(struct seat *seat, struct wl_client *client)
{
	struct popup_grab *grab = xcalloc(1, sizeof(*grab));
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
	struct wl_client *client = client_of(popup->surface);
	bool (*accept)(enum seat_serial kind) =
		popup->server->wlcs_quirks ? seat_serial_any : seat_serial_is_press;
	if (popup->mapped || popup->dismissed || popup->grabbing || !popup->parent ||
		!seat_serial_valid(seat, client, serial, accept))
		return false;
	struct popup *below = popup->parent->popup, *top = popup_grab_top(seat);
	if (below && below != top)
		return false;
	if (!below)
		popup_grab_dismiss(seat); // another menu: the old one is over
	popup->grabbing = true;
	popup->grab_serial = serial;
	wl_list_insert(&seat->popup_grabs, &popup->grab_link);
	if (!find(seat))
		begin(seat, client);
	return true;
}

void popup_grab_mapped(struct popup *popup)
{
	struct popup_grab *grab = popup->grabbing ? find(popup->server->seat) : NULL;
	if (grab && popup_grab_top(popup->server->seat) == popup)
		set_keyboard(grab, popup->surface);
}

void popup_grab_leave(struct popup *popup)
{
	if (!popup->grabbing)
		return;
	struct seat *seat = popup->server->seat;
	wl_list_remove(&popup->grab_link);
	wl_list_init(&popup->grab_link);
	popup->grabbing = false;

	struct popup_grab *grab = find(seat);
	if (!grab)
		return;
	struct surface *focus = keyboard_holder(seat);
	bool gives_back = !focus || focus == popup->surface;
	struct popup *top = popup_grab_top(seat);
	if (top) {
		if (gives_back && top->mapped)
			set_keyboard(grab, top->surface);
		return;
	}
	struct surface *previous = grab->previous.target;
	seat_grab_remove(&grab->grab);
	finish(grab);
	if (gives_back && (!previous || previous->mapped))
		keyboard_set_focus(seat, previous);
	seat_refocus(seat);
}
