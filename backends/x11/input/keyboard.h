// SPDX-License-Identifier: MIT
// The X server's keyboard as an input device: keymap, keys, modifiers and keyboard focus.
#pragma once
#include <stdbool.h>
#include <xcb/xcb.h>

struct x11;
struct x11_keyboard;
struct x11_screen;

// Sets up XKB where the server has it; never NULL. The caller destroys it.
struct x11_keyboard *x11_keyboard_create(struct x11 *x11);
// NULL is allowed.
void x11_keyboard_destroy(struct x11_keyboard *keyboard);
// Sends the keymap and the modifiers to the core. Waits for the server.
void x11_keyboard_start(struct x11_keyboard *keyboard);
// Handles key, focus, KeymapNotify and XKB events. False: the event is for another part.
bool x11_keyboard_event(struct x11_keyboard *keyboard, xcb_generic_event_t *event);
// Ends a batch of events, possibly an empty one: sends deferred key releases and focus changes, and
// reads a changed keymap.
void x11_keyboard_flush(struct x11_keyboard *keyboard);
// Handles the pointer entering screen, or leaving all of them (NULL). With has_keyboard (the focus
// field of EnterNotify) the window gets the keyboard unless another of ours has it.
void x11_keyboard_follow_pointer(
	struct x11_keyboard *keyboard, struct x11_screen *screen, bool has_keyboard);
// Drops references to a screen that is being removed; keyboard may be NULL.
void x11_keyboard_forget(struct x11_keyboard *keyboard, struct x11_screen *screen);
