// SPDX-License-Identifier: MIT
// Verbs for keyboard and touch. Each is done when the clients that got the events have processed
// them.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/utf8.h"
#include "compositor/script/arguments.h"
#include "compositor/script/input_sequence.h"
#include "compositor/script/lookup.h"
#include "compositor/script/runner.h"
#include "compositor/script/typing.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/text/text.h"

static bool check_name(struct action *action, const char *name)
{
	return keystroke_is_name(name) ||
		action_refuse(action,
			"there is no key '%s'; use an xkb name (Return, F5, a), KEY_ENTER or code:28",
			name);
}

static bool find_key(struct action *action, const char *name, struct keystroke *into)
{
	struct keyboard *keyboard = keyboard_ready(action->runner->server->seat);
	if (keystroke_find(keyboard->configured, keyboard_layout(action->runner->server->seat),
		    name, into))
		return true;
	if (!keyboard->configured)
		return action_refuse(action,
			"there is no keyboard map for '%s' (is xkb-data installed?); names as "
			"KEY_ENTER and code:28 work without",
			name);
	return action_refuse(action,
		"the keyboard has no key '%s'; for characters of other layouts, use the verb "
		"text",
		name);
}

// held: waits until the client has processed the press. Games poll keys once per frame, and some
// clients repeat a key for ever if its release arrives together with the press.
static void add_stroke(struct input_sequence *sequence, const struct keystroke *stroke, bool held)
{
	input_sequence_keys(sequence, stroke->modifiers, stroke->n_modifiers, true);
	input_sequence_key(sequence, stroke->code, true);
	if (held)
		input_sequence_barrier(sequence);
	input_sequence_key(sequence, stroke->code, false);
	input_sequence_keys(sequence, stroke->modifiers, stroke->n_modifiers, false);
}

static bool parse_key(struct action *action)
{
	struct input_words *said = &input_sequence_create(action)->words;
	struct words *args = &action->args;
	said->count = 1;
	if (!action_integer(action, "count", 1, 1000, &said->count))
		return false;
	if (args->count > 2) {
		said->down = strcmp(args->word[args->count - 1], "down") == 0;
		said->up = strcmp(args->word[args->count - 1], "up") == 0;
	}
	if (said->down || said->up)
		words_remove(args, args->count - 1, 1);
	if (args->count < 2)
		return action_usage(action);
	for (size_t i = 1; i < args->count; i++)
		if (!check_name(action, args->word[i]))
			return false;
	return true;
}

static bool build_key(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	const struct input_words *said = &sequence->words;
	for (long k = 0; k < said->count; k++) {
		for (size_t i = 1; i < action->args.count; i++) {
			struct keystroke stroke;
			if (!find_key(action, action->args.word[i], &stroke))
				return false;
			if (said->down || said->up)
				input_sequence_key(sequence, stroke.code, said->down);
			else
				add_stroke(sequence, &stroke, true);
			input_sequence_barrier(sequence);
		}
	}
	return true;
}

struct chord {
	uint32_t codes[12];
	unsigned count;
};

static bool chord_add(struct action *action, struct chord *chord, uint32_t code)
{
	for (unsigned i = 0; i < chord->count; i++)
		if (chord->codes[i] == code)
			return true;
	if (chord->count == array_length(chord->codes)) {
		action_fail(action, "more than %zu keys in a chord", array_length(chord->codes));
		return false;
	}
	chord->codes[chord->count++] = code;
	return true;
}

// A capital letter stands for its key, as in "Ctrl+C"; other characters add the modifiers that they
// need, so that "ctrl+plus" presses shift where the layout needs it.
static bool chord_add_name(struct action *action, struct chord *chord, const char *name)
{
	struct keystroke stroke;
	char letter[2] = {*name, '\0'};
	bool capital = *name >= 'A' && *name <= 'Z' && !name[1];
	if (capital)
		letter[0] = (char)(*name - 'A' + 'a');
	if (!find_key(action, capital ? letter : name, &stroke))
		return false;
	for (unsigned i = 0; i < stroke.n_modifiers; i++)
		if (!chord_add(action, chord, stroke.modifiers[i]))
			return false;
	return chord_add(action, chord, stroke.code);
}

// Calls add for each key of "ctrl+shift+t".
static bool chord_for_each(struct action *action, struct chord *chord, const char *word,
	bool (*add)(struct action *action, struct chord *chord, const char *name))
{
	char *text = xstrdup(word), *rest = text, *name;
	bool ok = true;
	while (ok && (name = strsep(&rest, "+"))) {
		if (!*name && rest && !*rest) { // "ctrl++"
			name = (char *)"plus";
			rest = NULL;
		}
		ok = add(action, chord, name);
	}
	free(text);
	return ok;
}

static bool chord_check_name(struct action *action, struct chord *chord, const char *name)
{
	if (++chord->count > array_length(chord->codes))
		return action_refuse(
			action, "more than %zu keys in a chord", array_length(chord->codes));
	return check_name(action, name);
}

static bool parse_chord(struct action *action)
{
	const struct words *args = &action->args;
	input_sequence_create(action);
	if (args->count < 2)
		return action_usage(action);
	for (size_t i = 1; i < args->count; i++) {
		struct chord chord = {0};
		if (!chord_for_each(action, &chord, args->word[i], chord_check_name))
			return false;
	}
	return true;
}

static bool build_chord(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	const struct words *args = &action->args;
	for (size_t i = 1; i < args->count; i++) {
		struct chord chord = {0};
		if (!chord_for_each(action, &chord, args->word[i], chord_add_name))
			return false;
		input_sequence_keys(sequence, chord.codes, chord.count, true);
		input_sequence_barrier(sequence);
		input_sequence_keys(sequence, chord.codes, chord.count, false);
		input_sequence_barrier(sequence);
	}
	return true;
}

static bool parse_text(struct action *action)
{
	input_sequence_create(action);
	for (size_t i = 1; i < action->args.count; i++)
		if (!utf8_valid(action->args.word[i], strlen(action->args.word[i])))
			return action_refuse(action, "the text is not valid UTF-8");
	return action->args.count > 1 || action_usage(action);
}

// Control characters are keys: no text field takes them as text.
static size_t plain_length(const char *text, size_t length)
{
	size_t n = 0;
	while (n < length && (unsigned char)text[n] >= ' ' && text[n] != '\177')
		n++;
	return n;
}

static bool type_text(
	struct action *action, struct input_sequence *sequence, const char *text, size_t length)
{
	struct seat *seat = action->runner->server->seat;
	struct keyboard *keyboard = keyboard_ready(seat);
	size_t count;
	struct typing *pieces = typing_plan(keyboard->context, keyboard->configured,
		keyboard_layout(seat), text, length, &count);
	if (!pieces)
		return action_refuse(action, "cannot compile a keymap for that text");
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].keymap)
			input_sequence_keymap(sequence, pieces[i].keymap);
		for (size_t k = 0; k < pieces[i].n_strokes; k++) {
			add_stroke(sequence, &pieces[i].strokes[k], false);
			// Keeps the client's socket from filling up.
			if (k % 16 == 15)
				input_sequence_barrier(sequence);
		}
		// The keymap must not change while the client still has keys to interpret.
		input_sequence_barrier(sequence);
	}
	typing_free(pieces, count);
	return true;
}

// For an active text field: no keymap has every character.
static bool insert_text(
	struct action *action, struct input_sequence *sequence, const char *text, size_t length)
{
	const char *end = text + length;
	while (text < end) {
		size_t plain = plain_length(text, (size_t)(end - text));
		input_sequence_text(sequence, text, plain);
		text += plain;
		if (text < end && !type_text(action, sequence, text, 1))
			return false;
		text += text < end;
	}
	return true;
}

static bool build_text(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	struct server *server = action->runner->server;
	if (!keyboard_holder(server->seat) && !seat_grab_top(server->seat))
		return action_refuse(action, "nothing has the keyboard focus");
	if (!keyboard_ready(server->seat)->configured)
		return action_refuse(
			action, "there is no keyboard map to type with (is xkb-data installed?)");
	struct strbuf text = {0};
	action_join(action, 1, action->args.count, &text);
	const struct grab *grab = seat_grab_top(server->seat);
	bool inserts = text_is_active(server->text) && !(grab && grab->impl->key);
	bool ok = (inserts ? insert_text : type_text)(
		action, sequence, strbuf_get(&text), text.length);
	strbuf_finish(&text);
	return ok;
}

static const struct {
	const char *name;
	enum input_event_type type;
} touch_names[] = {
	{"down", INPUT_TOUCH_DOWN},
	{"move", INPUT_TOUCH_MOTION},
	{"up", INPUT_TOUCH_UP},
	{"cancel", INPUT_TOUCH_CANCEL},
};

static bool parse_touch(struct action *action)
{
	struct input_words *said = &input_sequence_create(action)->words;
	const struct words *args = &action->args;
	size_t i = 0;
	if (!action_integer(action, "id", 0, RUNNER_FINGERS - 1, &said->id) ||
		!action_take_place(action))
		return false;
	if (args->count < 2)
		return action_usage(action);
	while (i < array_length(touch_names) && strcmp(touch_names[i].name, args->word[1]) != 0)
		i++;
	if (i == array_length(touch_names))
		return action_usage(action);
	said->touch = touch_names[i].type;
	if (said->touch == INPUT_TOUCH_DOWN || said->touch == INPUT_TOUCH_MOTION)
		return input_words_add_point(action, 2) && action_ends_at(action, 3);
	if (action->place != PLACE_LAYOUT)
		return action_refuse(action, "%s has no place", args->word[1]);
	return action_ends_at(action, 2);
}

static uint64_t *finger_of(struct action *action, uint64_t *bit)
{
	const struct input_words *said = &((struct input_sequence *)action->data)->words;
	*bit = UINT64_C(1) << said->id % 64;
	return &action->runner->fingers[said->id / 64];
}

static bool note_finger_down(struct action *action)
{
	uint64_t bit, *fingers = finger_of(action, &bit);
	*fingers |= bit;
	return true;
}

static bool build_touch(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	const struct input_words *said = &sequence->words;
	uint64_t bit, *fingers = finger_of(action, &bit);
	double x = 0, y = 0;
	if (said->n_points)
		place_point(place, &said->points[0], &x, &y);
	if (said->touch == INPUT_TOUCH_DOWN) {
		if (*fingers & bit)
			return action_refuse(action, "finger %ld is down already", said->id);
		input_sequence_aim(sequence, x, y);
		input_sequence_check(sequence, note_finger_down);
	} else if (said->touch == INPUT_TOUCH_CANCEL) {
		memset(action->runner->fingers, 0, sizeof(action->runner->fingers));
	} else if (!(*fingers & bit)) {
		return action_refuse(action, "finger %ld is not down", said->id);
	} else if (said->touch == INPUT_TOUCH_UP) {
		*fingers &= ~bit;
	}
	input_sequence_touch(sequence, said->touch, (int32_t)said->id, x, y);
	input_sequence_touch(sequence, INPUT_TOUCH_FRAME, (int32_t)said->id, 0, 0);
	return true;
}

static bool parse_tap(struct action *action)
{
	input_sequence_create(action);
	return action_take_place(action) && input_words_add_point(action, 1) &&
		action_ends_at(action, 2);
}

static bool build_tap(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	double x, y;
	place_point(place, &sequence->words.points[0], &x, &y);
	input_sequence_aim(sequence, x, y);
	input_sequence_touch(sequence, INPUT_TOUCH_DOWN, 0, x, y);
	input_sequence_touch(sequence, INPUT_TOUCH_FRAME, 0, 0, 0);
	input_sequence_barrier(sequence);
	input_sequence_touch(sequence, INPUT_TOUCH_UP, 0, 0, 0);
	input_sequence_touch(sequence, INPUT_TOUCH_FRAME, 0, 0, 0);
	return true;
}

INPUT_VERB(
	key, "NAME... [down|up] [count=N]", "presses and releases keys one after the other", false);
INPUT_VERB(chord, "KEY+KEY...", "presses keys together", false);
INPUT_VERB(text, "TEXT", "types text, with any characters", true);
INPUT_VERB(touch, "down X,Y [in PLACE] | move X,Y [in PLACE] | up | cancel [id=N]",
	"presses, moves and lifts a finger", false);
INPUT_VERB(tap, "X,Y [in PLACE]", "touches a point briefly", false);
