// SPDX-License-Identifier: MIT
// A list of input events that a verb sends, with barriers: points at which the clients that got
// events must have processed them before the next event is sent; and with checks that they reach
// what the verb names.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/input.h"
#include "compositor/script/barrier.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/lookup.h"
#include "compositor/script/runner.h"
#include "compositor/script/settle.h"
#include "compositor/script/verbs.h"

enum step_type {
	STEP_EVENT,
	STEP_BARRIER,
	STEP_KEYMAP,
	STEP_AIM, // waits until the point of event.absolute belongs to the place
	STEP_CHECK,
	STEP_TEXT,
};

struct step {
	enum step_type type;
	struct input_event event;
	struct xkb_keymap *keymap; // referenced
	bool (*check)(struct action *action);
	char *text; // owned
};

// What the words of an input verb say; each verb uses some of it.
struct input_words {
	uint32_t button; // evdev code
	long count, id;
	char *with;        // keys to hold, "ctrl+shift"; owned, or NULL
	char *mime, *file; // owned, or NULL
	char *data;        // of a drop; owned, or NULL
	size_t size;
	bool by, pixels, down, up;
	double amount[2];
	struct point *points; // owned
	size_t n_points, capacity;
	enum input_event_type touch;
};

struct input_sequence {
	struct input_words words;
	// Adds the steps, once the place is at rest. False: the action has failed. NULL: it has.
	bool (*build)(
		struct action *action, struct input_sequence *sequence, const struct place *place);
	struct step *steps;
	size_t count, capacity, next;
	bool waiting; // for the barrier
	// While input at a point does not reach the place: what is in the way may be about to go.
	struct settle settle;
	char *obstacle; // owned, or NULL
	struct barrier barrier;
	struct xkb_keymap *keymap; // of the keys to come, a step's; NULL: the configured one
};

// Creates the sequence that is the action's data, for verb.parse.
struct input_sequence *input_sequence_create(struct action *action);
// Parses the word at index, which may be missing, as a further point. False: the action has failed.
bool input_words_add_point(struct action *action, size_t index);
// Adds a key event; code is an evdev code.
void input_sequence_key(struct input_sequence *sequence, uint32_t code, bool pressed);
// Adds presses of several keys in order, or their releases in reverse order.
void input_sequence_keys(
	struct input_sequence *sequence, const uint32_t *codes, unsigned count, bool pressed);
// Adds a pointer button event; code is an evdev code (BTN_LEFT).
void input_sequence_button(struct input_sequence *sequence, uint32_t code, bool pressed);
// Adds a motion to a point of the layout.
void input_sequence_move(struct input_sequence *sequence, double x, double y);
// Adds a relative motion in logical pixels.
void input_sequence_move_by(struct input_sequence *sequence, double dx, double dy);
// Adds a scroll event: delta in logical pixels, value120 in 1/120 of a wheel notch, source an enum
// input_axis_source.
void input_sequence_axis(
	struct input_sequence *sequence, bool horizontal, double delta, int value120, int source);
// Ends a group of pointer events (wl_pointer.frame).
void input_sequence_frame(struct input_sequence *sequence);
// Adds a touch event of the given type; x and y are a point of the layout.
void input_sequence_touch(struct input_sequence *sequence, enum input_event_type type, int32_t id,
	double x, double y);
// Adds a barrier.
void input_sequence_barrier(struct input_sequence *sequence);
// Adds a step that waits until input at a point of the layout reaches the action's place, and makes
// the action fail if it does not when everything has settled.
void input_sequence_aim(struct input_sequence *sequence, double x, double y);
// Adds a check, which makes the action fail by returning false.
void input_sequence_check(struct input_sequence *sequence, bool (*check)(struct action *action));
// Inserts text (valid UTF-8) into the active text field, in pieces that fit into events.
void input_sequence_text(struct input_sequence *sequence, const char *text, size_t length);
// Types the following keys with this keymap, of which a reference is taken. It stays the seat's
// until the next key of another keyboard or verb, as clients may still look up keys in it.
void input_sequence_keymap(struct input_sequence *sequence, struct xkb_keymap *keymap);

// These work on the sequence in action->data.

// Starts a verb (struct verb start): build adds the steps as soon as the action's place is at rest.
enum progress input_sequence_start(struct action *action,
	bool (*build)(
		struct action *action, struct input_sequence *sequence, const struct place *place));
// Resumes when the place is at rest or a barrier is passed (struct verb poll).
enum progress input_sequence_poll(struct action *action);
// What it waits for: the place, or a client (struct verb why). The caller frees it; may be NULL.
char *input_sequence_why(struct action *action);
// Releases what the sequence had pressed and would have released, and frees the sequence (struct
// verb finish). action->data may be NULL.
void input_sequence_finish(struct action *action);

// Defines a verb that parse_NAME parses, whose steps build_NAME adds.
#define INPUT_VERB(id, words, sentence, is_raw) \
	static enum progress start_##id(struct action *action) \
	{ \
		return input_sequence_start(action, build_##id); \
	} \
	const struct verb verb_##id = { \
		.name = #id, \
		.usage = words, \
		.help = sentence, \
		.raw = is_raw, \
		.takes_time = true, \
		.limit_ns = VERB_LIMIT, \
		.parse = parse_##id, \
		.start = start_##id, \
		.poll = input_sequence_poll, \
		.why = input_sequence_why, \
		.finish = input_sequence_finish, \
	}
