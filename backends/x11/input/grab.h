// SPDX-License-Identifier: MIT
// The keyboard grab, with which the window also gets the keys of the host's window manager.
#pragma once
#include <stdbool.h>
#include <xcb/xcb.h>
#include "backends/x11/input/chord.h"

struct x11;
struct x11_grab;
struct x11_screen;

// Never NULL. The caller destroys it.
struct x11_grab *x11_grab_create(struct x11 *x11);
// NULL is allowed. A grab that is active ends with the connection.
void x11_grab_destroy(struct x11_grab *grab);
// Filters a key before it is sent to the core: Ctrl+Alt toggles the grab, Ctrl+Alt+F full screen.
// screen is the focused one, or NULL. True: the key is consumed and must not be sent.
bool x11_grab_key(struct x11_grab *grab, struct x11_screen *screen, xcb_keycode_t code,
	enum chord_role role, bool pressed);
// Handles a button press: grabs the keyboard for screen, at once or when it gets the focus.
void x11_grab_click(struct x11_grab *grab, struct x11_screen *screen);
// Handles a change of keyboard focus: gaining it takes a grab that was clicked for, losing it ends
// the grab.
void x11_grab_focus(struct x11_grab *grab, struct x11_screen *screen, bool focused);
// Drops references to a screen that is being removed; grab may be NULL.
void x11_grab_forget(struct x11_grab *grab, struct x11_screen *screen);
// The screen whose window has the keyboard grab; NULL: none.
struct x11_screen *x11_grab_holder(struct x11_grab *grab);
// The modifier keys that are held; borrowed.
const struct chord *x11_grab_chord(struct x11_grab *grab);
// A suffix for the window's title that explains how to release the grab; empty without one, never
// NULL, constant. grab may be NULL.
const char *x11_grab_hint(struct x11_grab *grab, struct x11_screen *screen);
