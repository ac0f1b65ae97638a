// SPDX-License-Identifier: MIT
// Text input: which field of which client gets composed text. Text inputs of all clients follow the
// keyboard focus; the one that the focused client has enabled is active.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/seat/key_filter.h"
#include "compositor/text/field.h"

// Bytes of text in one edit: an event has at most 4,096.
#define TEXT_COMMIT_MAX 4000

struct composer;
struct method_keys;
struct server;
struct surface;
struct text;
struct text_input;
struct text_method;
struct wl_client;

// A change of the active field. Applied in this order: the last preedit is removed, then text is
// deleted, then inserted, then the new preedit is shown.
struct text_edit {
	uint32_t delete_before, delete_after; // bytes around the cursor
	const char *commit;                   // NULL: nothing is inserted
	const char *preedit;                  // NULL: none
	int cursor_begin, cursor_end;         // in preedit, bytes; -1, -1: no cursor
};

struct text_input_impl {
	// The surface got the text focus.
	void (*enter)(struct text_input *input, struct surface *surface);
	// The surface lost it; surface may be about to be destroyed. The field was reset.
	void (*leave)(struct text_input *input, struct surface *surface);
	void (*edit)(struct text_input *input, const struct text_edit *edit);
};

// Embedded in a protocol's object.
struct text_input {
	const struct text_input_impl *impl;
	struct text *text; // NULL: inert
	const struct wl_client *client;
	bool entered; // requests count only then
	struct text_field field;
	struct wl_list link; // text.inputs
};

// Of the seat.
struct text {
	struct server *server;
	struct key_filter filter; // of the seat
	struct composer *composer;
	struct text_method *method; // NULL: none
	struct method_keys *keys;   // owned
	struct wl_list inputs;      // text_input.link
	uint64_t focuses;           // changes of focus so far
	struct surface *focus;      // that enter was sent for, or NULL
	struct text_input *active;  // enabled, of the client of focus; NULL: none
	struct wl_listener keyboard_focus, focus_destroyed;
};

// Follows the server's seat. Never NULL.
struct text *text_create(struct server *server);
// All text inputs were finished. NULL is allowed.
void text_destroy(struct text *text);

// Makes a zeroed input one of the client's; sends enter if the client has the focus.
void text_input_init(struct text_input *input, struct text *text,
	const struct text_input_impl *impl, const struct wl_client *client);
// Sends nothing. A zeroed or inert input is allowed.
void text_input_finish(struct text_input *input);
// The client committed this state, which is copied. enables: with a request to enable, so that it
// is another field, even if the last one was enabled too. Ignored without the focus.
void text_input_apply(struct text_input *input, const struct text_field *field, bool enables);

// Sends a change to the active field, if any.
void text_edit(struct text *text, const struct text_edit *edit);
// Inserts text (UTF-8, at most TEXT_COMMIT_MAX bytes) in place of what is being composed.
void text_insert(struct text *text, const char *string);
// A field is active, so that text_edit reaches a client.
bool text_is_active(const struct text *text);
