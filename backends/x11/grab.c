// SPDX-License-Identifier: MIT
// The keyboard grab: with it the keys of the host's window manager come here, too. A click into the
// window takes the keyboard, Ctrl+Alt takes it or gives it back, and it goes with the focus.
#include <stdlib.h>
#include "backends/x11/x11.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct x11_grab {
	struct x11 *x11;
	struct chord chord;
	struct x11_screen *holder; // whose window has the grab
	struct x11_screen *wanted; // it was clicked into and gets the grab with the focus
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

// Somebody else may have the keyboard at that moment; then it works without.
static void take(struct x11_grab *grab, struct x11_screen *screen)
{
	xcb_connection_t *xcb = grab->x11->xcb;
	grab->wanted = NULL;
	if (grab->holder == screen)
		return;
	xcb_grab_keyboard_reply_t *reply = xcb_grab_keyboard_reply(xcb,
		xcb_grab_keyboard(xcb, true, screen->window, XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC,
			XCB_GRAB_MODE_ASYNC),
		NULL);
	if (reply && reply->status == XCB_GRAB_STATUS_SUCCESS)
		grab->holder = screen;
	else
		log_debug("the keyboard cannot be grabbed: %d", reply ? reply->status : -1);
	free(reply);
	x11_window_set_title(screen);
}

static void give_back(struct x11_grab *grab)
{
	struct x11_screen *screen = grab->holder;
	grab->wanted = NULL;
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
			give_back(grab);
		else if (screen)
			take(grab, screen);
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
		take(grab, screen);
	else
		grab->wanted = screen;
}

void x11_grab_focus(struct x11_grab *grab, struct x11_screen *screen, bool focused)
{
	if (!focused) {
		chord_lost(&grab->chord);
		give_back(grab);
	} else if (grab->wanted == screen) {
		take(grab, screen);
	}
}

void x11_grab_forget(struct x11_grab *grab, struct x11_screen *screen)
{
	if (!grab)
		return;
	if (grab->wanted == screen)
		grab->wanted = NULL;
	if (grab->holder == screen)
		grab->holder = NULL; // it ended with the window
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
	return grab && grab->holder == screen ? "has the keyboard; Ctrl+Alt gives it back" : "";
}
