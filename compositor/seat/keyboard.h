// SPDX-License-Identifier: MIT
// The keyboard: keymap, modifiers, pressed keys, focus, and the events of wl_keyboard.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/weak.h"

struct input_device;
struct seat;
struct surface;

#define EVDEV_OFFSET 8 // xkb key codes are evdev codes plus this
#define KEYBOARD_KEYS 32

struct pressed_key {
	uint32_t code;
	bool is_virtual; // of a virtual device: no key of the user's
	bool swallowed;  // the shell or the key filter consumed the press
	bool filtered;   // the key filter did
};

struct keyboard {
	bool ready; // the configured keymap was compiled (keyboard_ready)
	struct xkb_context *context;
	struct {                             // keyboard_compile_text
		struct xkb_context *context; // NULL: not used yet
		char *last;                  // text that was compiled last; owned
		size_t length;
		struct xkb_keymap *keymap; // of it
	} text;
	struct xkb_keymap *keymap;     // in use; NULL, as state, before keyboard_ready
	struct xkb_keymap *configured; // of the configuration or the host
	struct {
		char *map;    // keymap of a nested back end's host, as text; owned, or NULL
		bool known;   // the modifiers below were reported
		bool pending; // they apply once the configured keymap is in use again
		uint32_t depressed, latched, locked, group;
	} host;
	struct xkb_state *state;
	int keymap_fd; // read-only memfd that all clients share; -1: none
	size_t keymap_size;
	struct pressed_key keys[KEYBOARD_KEYS]; // in order
	unsigned n_keys;
	struct weak focus;     // struct surface *: keyboard_holder
	bool modifiers_unsent; // changed by keys that were pressed unseen
	bool entering;         // the focus changes: wl_keyboard.enter will send the modifiers
	bool away;             // the host's keyboard focus is elsewhere: no client has focus
	uint32_t depressed, latched, locked, group; // as sent last
	int repeat_rate, repeat_delay;              // per second, ms
	// Device that the keymap in use belongs to; NULL: it is the configured one. Only compared
	// and read, see keyboard_device_gone.
	const struct input_device *keymap_owner;
	struct { // keymaps compiled for a client in this turn of the event loop
		const struct wl_client *client; // only compared
		unsigned count;
		struct wl_event_source *end; // idle; NULL: no turn has begun
	} turn;
	struct { // of the user's keyboards, kept while a virtual device has the keymap
		uint32_t latched, locked;
		xkb_layout_index_t layout;
	} user;
	struct wl_list devices; // keyboard_device.link
	unsigned leds;          // enum input_led, as set last
};

// A keyboard of the user's; all borrowed.
struct keyboard_facts {
	const char *name;          // of the device; of the seat for what has no device
	struct xkb_keymap *keymap; // NULL: none
	const char *layouts;       // as configured, "us,de"; NULL: the default, or the host's
	const char *options;       // as configured; NULL: none, or the host's
};

// Compiles the configured keymap on first use, as that takes longer than the rest of the start.
// Without any keymap, keymap and state stay NULL.
struct keyboard *keyboard_ready(struct seat *seat);
// Counts a keymap that is compiled for the client, and returns how many it was in this turn of the
// event loop, in which the requests of a client are consecutive.
unsigned keyboard_count_keymap(struct seat *seat, const struct wl_client *client);
// Compiles a keymap that is text from elsewhere, as keymap_text_compile. The same text as last time
// gives the same keymap. The caller unrefs it; NULL: refused, for the reason in *fault.
struct xkb_keymap *keyboard_compile_text(
	struct seat *seat, const char *text, size_t length, const char **fault);
// The text is that of the configured keymap, as clients have it. Input methods send it back.
bool keyboard_is_configured(struct seat *seat, const char *text, size_t length);
// Moves the focus; sends leave, enter and modifiers. surface NULL: no focus; one that a lock keeps
// from input: ignored.
void keyboard_set_focus(struct seat *seat, struct surface *surface);
// Surface that gets keys now, or NULL.
struct surface *keyboard_focus(struct seat *seat);
// The same, also while the host's keyboard focus is elsewhere.
struct surface *keyboard_holder(struct seat *seat);
// The host's keyboard focus left or entered a nested back end. Leaving releases pressed keys
// without key events to clients. A key pressed meanwhile, by a script or a virtual keyboard, ends
// it.
void keyboard_set_away(struct seat *seat, bool away);
// Replaces the configured keymap by the host's (text, XKB v1), unless the configuration names a
// layout.
void keyboard_set_host_keymap(struct seat *seat, const char *text);
// Sets the host's modifiers as real modifier masks. group is the effective layout, used only
// together with the host's keymap. While another keymap than the configured one is in use, they
// wait for it.
void keyboard_set_host_modifiers(
	struct seat *seat, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group);
// Sends wl_keyboard.key to the focus.
void keyboard_send_key(struct seat *seat, uint32_t time_ms, uint32_t code, bool pressed);
// Sends wl_keyboard.modifiers to the focus if they changed.
void keyboard_send_modifiers(struct seat *seat);
// The keymap of all keyboards without one of their own, under the seat's name.
struct keyboard_facts keyboard_common(struct seat *seat);
// Calls each for the seat's common keymap, under the seat's name, and for each keyboard.
void keyboard_for_each(struct seat *seat,
	void (*each)(const struct keyboard_facts *facts, void *data), void *data);
// Switches to a keymap (referenced) and sends it to all clients. keymap NULL: none can be compiled.
// owner NULL: it is the configured one; a virtual device begins without modifiers. False: it cannot
// be shared with clients (logged), and nothing changed.
bool keyboard_set_keymap(
	struct seat *seat, struct xkb_keymap *keymap, const struct input_device *owner);
// Back to the configured keymap, for a key of the user's after one of a virtual keyboard or of a
// device with its own.
void keyboard_restore_keymap(struct seat *seat);
// The device is about to be freed; its keys were released. Its keymap stays in use until the next
// key, as clients may still have to look up keys in it; its modifiers and layout end.
void keyboard_device_gone(struct seat *seat, const struct input_device *device);
// For a new wl_keyboard: sends keymap, repeat_info and, if its client has the focus, enter.
void keyboard_bind(struct seat *seat, struct wl_resource *resource);
// The layout that the user's next key is looked up in.
xkb_layout_index_t keyboard_layout(struct seat *seat);
// Switches the layout of the user's keyboards, as their keys for it do, and sends the modifiers. An
// index beyond the layouts of a keymap wraps around.
void keyboard_set_layout(struct seat *seat, xkb_layout_index_t layout);
// Effective modifiers as bits of enum modifier (config.h).
uint32_t keyboard_modifiers(struct seat *seat);
