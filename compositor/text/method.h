// SPDX-License-Identifier: MIT
// An input method: a program that composes text for the active field of other clients. It follows
// the field, may get all keys while one is active, and places popups beside the cursor.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/clock.h"
#include "compositor/seat/key_filter.h"
#include "compositor/seat/keyboard.h"
#include "compositor/text/text.h"

#define METHOD_UNANSWERED 64

struct box;
struct surface;
struct text_method;
struct wl_client;
struct xkb_keymap;

struct text_method_impl {
	void (*activate)(struct text_method *method);
	void (*deactivate)(struct text_method *method);
	// Text around the cursor, its cause, and the content type.
	void (*describe)(struct text_method *method, const struct text_field *field);
	void (*done)(struct text_method *method);
	// A key of the grab; only with grabs set.
	void (*key)(struct text_method *method, uint32_t time_ms, uint32_t code, bool pressed);
	// Modifiers changed; only with grabs set.
	void (*modifiers)(struct text_method *method);
};

// A key that was sent to the method, which has made no request since.
struct unanswered_key {
	uint32_t time_ms, code;
	bool pressed;
};

// Embedded in a protocol's object.
struct text_method {
	const struct text_method_impl *impl;
	struct text *text; // NULL: inert
	struct wl_client *client;
	bool active;           // activate was sent
	bool grabs;            // has a keyboard grab
	bool hung;             // does not read its events, so it gets no keys
	bool missed_modifiers; // they changed while the session was locked
	uint32_t dones;        // sent so far, wraps around
	uint32_t oldest;       // serial of the first done after the last activate or deactivate
	struct unanswered_key unanswered[METHOD_UNANSWERED];
	unsigned n_unanswered, n_read; // n_read: the first ones, which it has read
	uint64_t sent_ns;              // of the newest key
	uint64_t key_focus;            // text.focuses when it got the last key
	struct timer hang_timer;       // while keys are unanswered; while hung, until it gets keys
	struct wl_list popups;         // method_popup.link
};

// Keys that the client with the focus has down by way of the method: those that it sent back by its
// virtual keyboard, and those that were replayed for it.
struct method_keys {
	struct text *text;
	uint32_t codes[KEYBOARD_KEYS];
	unsigned count;
	struct timer release_timer;
};

// Makes a zeroed method that of the text input, and activates it if a field is active. False: there
// is one already; the method is inert.
bool text_method_init(struct text_method *method, struct text *text,
	const struct text_method_impl *impl, struct wl_client *client);
// Keys that it did not answer go to the client, its preedit is removed. A zeroed or inert method is
// allowed.
void text_method_finish(struct text_method *method);
// The client's commit request with the number of done events it has received. The edit is dropped
// if that was for an earlier field.
void text_method_commit(struct text_method *method, uint32_t serial, const struct text_edit *edit);
// The method begins or ends its keyboard grab.
void text_method_grab(struct text_method *method, bool grabs);

// A key of a virtual keyboard of this client, with this keymap. True: it was one that a method
// sends back, and was sent to the client that it was typed for.
bool text_forward_key(struct text *text, const struct wl_client *client,
	const struct xkb_keymap *keymap, uint32_t code, bool pressed);
// Virtual keyboards of this client send back keys of the user's, so their modifiers are the user's.
bool text_forwards(
	const struct text *text, const struct wl_client *client, const struct xkb_keymap *keymap);
// The device is a virtual one of the method's client. text and device may be NULL.
bool method_owns(const struct text *text, const struct input_device *device);

// Internal to this folder.

// A different field is active, or none.
void method_field_changed(struct text *text);
// The active field was described anew.
void method_field_updated(struct text *text);
// A surface lost or gets the focus, after leave: no client has keys of the method down.
void method_focus_changed(struct text *text);
// A press. True: the method has got it.
bool method_press(struct text *text, const struct filtered_key *key);
// The release of a key that was filtered.
void method_release(struct text *text, const struct filtered_key *key);
// Modifiers changed.
void method_modifiers(struct text *text);
// Initialises the keys of a text input.
void method_keys_init(struct method_keys *keys, struct text *text);
// Releases nothing.
void method_keys_finish(struct method_keys *keys);
// The method has answered the keys so far.
void method_answered(struct text_method *method);
// The method gets no more keys: releases those that it holds, after replaying those that it did not
// answer.
void method_keys_give_up(struct text_method *method);
