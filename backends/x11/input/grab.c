// SPDX-License-Identifier: MIT
// Grabs the host's keyboard, so that also the shortcuts of its window manager are sent to Oriel. A
// click into the window takes the grab, Ctrl+Alt toggles it, losing the focus ends it.
#include "backends/x11/input/grab.h"
#include <stdlib.h>
#include "backends/x11/x11.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct x11_grab {
	struct x11 *x11;
	struct chord chord;
	struct x11_screen *holder;  // whose window has the grab
	struct x11_screen *pending; // was clicked, and takes the grab when it gets the focus
};

struct x11_grab *x11_grab_create(struct x11 *x11)
{
	struct x11_grab *grab = xcalloc(1, sizeof(*grab));
	grab->x11 = x11;
	return grab;
}

void x11_grab_destroy(struct x11_grab *grab)
{
	free(grab);
}

// Fails if another client has a grab; keys then arrive without it. Waits for the server.
static void grab_take(struct x11_grab *grab, struct x11_screen *screen)
{
	xcb_connection_t *xcb = grab->x11->xcb;
	grab->pending = NULL;
	if (grab->holder == screen)
		return;
	xcb_grab_keyboard_reply_t *reply = xcb_grab_keyboard_reply(xcb,
		xcb_grab_keyboard(xcb, true, screen->window, XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC,
			XCB_GRAB_MODE_ASYNC),
		NULL);
	if (reply && reply->status == XCB_GRAB_STATUS_SUCCESS)
		grab->holder = screen;
	else
		log_debug("cannot grab the keyboard: status %d", reply ? reply->status : -1);
	free(reply);
	x11_window_set_title(screen);
}

static void grab_release(struct x11_grab *grab)
{
	struct x11_screen *screen = grab->holder;
	grab->pending = NULL;
	if (!screen)
		return;
	grab->holder = NULL;
	if (!grab->x11->lost)
		xcb_ungrab_keyboard(grab->x11->xcb, XCB_CURRENT_TIME);
	x11_window_set_title(screen);
}

bool x11_grab_key(struct x11_grab *grab, struct x11_screen *screen, xcb_keycode_t code,
	enum chord_role role, bool pressed)
{
	switch (chord_key(&grab->chord, code, role, pressed)) {
	case CHORD_TOGGLE_GRAB:
		if (grab->holder)
			grab_release(grab);
		else if (screen)
			grab_take(grab, screen);
		return false;
	case CHORD_TOGGLE_FULLSCREEN:
		if (screen)
			x11_window_toggle_fullscreen(screen);
		return true;
	case CHORD_SWALLOW:
		return true;
	default:
		return false;
	}
}

void x11_grab_click(struct x11_grab *grab, struct x11_screen *screen)
{
	chord_click(&grab->chord);
	if (screen->focused)
		grab_take(grab, screen);
	else
		grab->pending = screen;
}

void x11_grab_focus(struct x11_grab *grab, struct x11_screen *screen, bool focused)
{
	if (!focused) {
		chord_reset(&grab->chord);
		grab_release(grab);
	} else if (grab->pending == screen) {
		grab_take(grab, screen);
	}
}

void x11_grab_forget(struct x11_grab *grab, struct x11_screen *screen)
{
	if (!grab)
		return;
	if (grab->pending == screen)
		grab->pending = NULL;
	if (grab->holder == screen)
		grab->holder = NULL; // the grab ends with the window
}

struct x11_screen *x11_grab_holder(struct x11_grab *grab)
{
	return grab->holder;
}

const struct chord *x11_grab_chord(struct x11_grab *grab)
{
	return &grab->chord;
}

const char *x11_grab_hint(struct x11_grab *grab, struct x11_screen *screen)
{
	return grab && grab->holder == screen ? "has the keyboard; Ctrl+Alt releases it" : "";
}
