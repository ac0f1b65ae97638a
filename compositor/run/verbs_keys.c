// SPDX-License-Identifier: MIT
// Keyboard and touch from scripts. Each verb ends when the clients that got the events have
// processed them.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/run/find.h"
#include "compositor/run/steps.h"
#include "compositor/run/text.h"
#include "compositor/run/verbs.h"

static bool find_key(struct action *action, const char *name, struct keystroke *into)
{
	struct keyboard *keyboard = keyboard_ready(action->runner->server->seat);
	if (keystroke_find(keyboard->keymap, keyboard->group, name, into))
		return true;
	action_fail(action,
		"there is no key '%s'; use an xkb name (Return, F5, a), KEY_ENTER or code:28, or the verb "
		"text for characters of other layouts",
		name);
	return false;
}

// Held: until the client knows of it. Some, as games do, look at keys once a frame, and others
// repeat a key for ever that comes up in the same moment as it goes down.
static void add_stroke(struct steps *steps, const struct keystroke *stroke, bool held)
{
	steps_hold(steps, stroke->modifiers, stroke->n_modifiers, true);
	steps_key(steps, stroke->code, true);
	if (held)
		steps_barrier(steps);
	steps_key(steps, stroke->code, false);
	steps_hold(steps, stroke->modifiers, stroke->n_modifiers, false);
}

static enum progress start_key(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct words *args = &action->args;
	bool down = false, up = false;
	long times = 1;
	if (!action_integer(action, "count", 1, 1000, &times))
		return PROGRESS_FAILED;
	if (args->count > 2) {
		down = strcmp(args->word[args->count - 1], "down") == 0;
		up = strcmp(args->word[args->count - 1], "up") == 0;
	}
	size_t names = args->count - (down || up ? 1 : 0);
	if (names < 2)
		return action_usage(action);
	for (long k = 0; k < times; k++) {
		for (size_t i = 1; i < names; i++) {
			struct keystroke stroke;
			if (!find_key(action, args->word[i], &stroke))
				return PROGRESS_FAILED;
			if (down || up)
				steps_key(steps, stroke.code, down);
			else
				add_stroke(steps, &stroke, true);
			steps_barrier(steps);
		}
	}
	return steps_go(action);
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
		action_fail(action, "more than %zu keys at once", array_length(chord->codes));
		return false;
	}
	chord->codes[chord->count++] = code;
	return true;
}

// A capital letter is its key, as in "Ctrl+C"; other characters bring the modifiers they need, so
// that "ctrl+plus" is what a person would press.
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

static bool chord_parse(struct action *action, struct chord *chord, const char *word)
{
	char *text = xstrdup(word), *rest = text, *name;
	bool ok = true;
	while (ok && (name = strsep(&rest, "+"))) {
		if (!*name && rest && !*rest) { // "ctrl++"
			name = (char *)"plus";
			rest = NULL;
		}
		ok = chord_add_name(action, chord, name);
	}
	free(text);
	return ok;
}

static enum progress start_chord(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct words *args = &action->args;
	if (args->count < 2)
		return action_usage(action);
	for (size_t i = 1; i < args->count; i++) {
		struct chord chord = {0};
		if (!chord_parse(action, &chord, args->word[i]))
			return PROGRESS_FAILED;
		steps_hold(steps, chord.codes, chord.count, true);
		steps_barrier(steps);
		steps_hold(steps, chord.codes, chord.count, false);
		steps_barrier(steps);
	}
	return steps_go(action);
}

static enum progress start_text(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct keyboard *keyboard = keyboard_ready(action->runner->server->seat);
	if (action->args.count < 2)
		return action_usage(action);
	struct out text = {0};
	for (size_t i = 1; i < action->args.count; i++)
		out_format(&text, "%s%s", i > 1 ? " " : "", action->args.word[i]);
	if (!utf8_valid(out_get(&text), text.length)) {
		out_finish(&text);
		return action_fail(action, "the text is not valid UTF-8");
	}
	size_t count;
	struct typing *pieces = typing_plan(keyboard->context, keyboard->keymap, keyboard->group,
		out_get(&text), text.length, &count);
	out_finish(&text);
	if (!pieces)
		return action_fail(action, "no keymap could be made for that text");
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].keymap)
			steps_keymap(steps, pieces[i].keymap);
		for (size_t k = 0; k < pieces[i].n_strokes; k++) {
			add_stroke(steps, &pieces[i].strokes[k], false);
			// So that the client's socket never fills up.
			if (k % 16 == 15)
				steps_barrier(steps);
		}
		// A map must not change under keys that are still to be interpreted.
		steps_barrier(steps);
	}
	steps_keymap(steps, NULL);
	typing_free(pieces, count);
	return steps_go(action);
}

static enum progress start_touch(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct words *args = &action->args;
	struct place place;
	long id = 0;
	if (!action_integer(action, "id", 0, 1000, &id) || !action_place(action, &place))
		return PROGRESS_FAILED;
	if (args->count < 2)
		return action_usage(action);
	const char *what = args->word[1];
	double x = 0, y = 0;
	bool down = strcmp(what, "down") == 0, move = strcmp(what, "move") == 0;
	if ((down || move) && (args->count != 3 || !action_point(action, 2, &place, &x, &y)))
		return action->error ? PROGRESS_FAILED : action_usage(action);
	if (down)
		steps_touch(steps, INPUT_TOUCH_DOWN, (int32_t)id, x, y);
	else if (move)
		steps_touch(steps, INPUT_TOUCH_MOTION, (int32_t)id, x, y);
	else if (strcmp(what, "up") == 0 && args->count == 2)
		steps_touch(steps, INPUT_TOUCH_UP, (int32_t)id, 0, 0);
	else if (strcmp(what, "cancel") == 0 && args->count == 2)
		steps_touch(steps, INPUT_TOUCH_CANCEL, (int32_t)id, 0, 0);
	else
		return action_usage(action);
	steps_touch(steps, INPUT_TOUCH_FRAME, (int32_t)id, 0, 0);
	return steps_go(action);
}

static enum progress start_tap(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct place place;
	double x, y;
	if (!action_place(action, &place))
		return PROGRESS_FAILED;
	if (action->args.count != 2)
		return action_usage(action);
	if (!action_point(action, 1, &place, &x, &y))
		return PROGRESS_FAILED;
	steps_touch(steps, INPUT_TOUCH_DOWN, 0, x, y);
	steps_touch(steps, INPUT_TOUCH_FRAME, 0, 0, 0);
	steps_barrier(steps);
	steps_touch(steps, INPUT_TOUCH_UP, 0, 0, 0);
	steps_touch(steps, INPUT_TOUCH_FRAME, 0, 0, 0);
	return steps_go(action);
}

INPUT_VERB(
	key, "NAME... [down|up] [count=N]", "presses and releases keys one after the other", false);
INPUT_VERB(chord, "KEY+KEY...", "holds keys together", false);
INPUT_VERB(text, "TEXT", "types any text", true);
INPUT_VERB(touch, "down X,Y [in PLACE] | move X,Y [in PLACE] | up | cancel [id=N]",
	"moves a finger", false);
INPUT_VERB(tap, "X,Y [in PLACE]", "touches a point for a moment", false);
