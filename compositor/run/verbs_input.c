// SPDX-License-Identifier: MIT
// Pointer, keyboard and touch from scripts. Each verb ends when the clients that got the events
// have processed them.
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/run/find.h"
#include "compositor/run/steps.h"
#include "compositor/run/text.h"
#include "compositor/run/verbs.h"

#define AXIS_NOTCH 15 // logical pixels a wheel notch scrolls, as libinput's users expect

static bool add_move(
	struct action *action, struct steps *steps, const struct place *place, size_t index)
{
	double x, y;
	if (!action_point(action, index, place, &x, &y))
		return false;
	steps_move(steps, x, y);
	steps_frame(steps);
	return true;
}

static enum progress go(struct action *action)
{
	steps_barrier(action->data);
	return steps_poll(action);
}

static enum progress start_move(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct words *args = &action->args;
	struct place place;
	if (!action_place(action, &place))
		return PROGRESS_FAILED;
	if (args->count == 3 && strcmp(args->word[1], "by") == 0) {
		double dx, dy;
		if (!arg_pair(args->word[2], &dx, &dy))
			return action_fail(
				action, "'%s' is not a distance; write DX,DY", args->word[2]);
		steps_move_by(steps, dx, dy);
		steps_frame(steps);
		return go(action);
	}
	if (args->count != 2)
		return action_usage(action);
	return add_move(action, steps, &place, 1) ? go(action) : PROGRESS_FAILED;
}

static bool take_button(struct action *action, uint32_t *code)
{
	static const struct {
		const char *name;
		uint32_t code;
	} buttons[] = {
		{"left", BTN_LEFT},
		{"right", BTN_RIGHT},
		{"middle", BTN_MIDDLE},
		{"side", BTN_SIDE},
		{"extra", BTN_EXTRA},
		{"back", BTN_BACK},
		{"forward", BTN_FORWARD},
	};
	for (size_t i = 0; i < array_length(buttons); i++) {
		if (!action_flag(action, buttons[i].name))
			continue;
		*code = buttons[i].code;
		return true;
	}
	return false;
}

static void add_button(struct steps *steps, uint32_t code, bool pressed)
{
	steps_button(steps, code, pressed);
	steps_frame(steps);
}

// Holds the modifiers of with=ctrl+shift. False: failed.
static bool take_modifiers(struct action *action, struct steps *steps, struct keystroke *held)
{
	struct keyboard *keyboard = &action->runner->server->seat->keyboard;
	char *with = words_take(&action->args, 1, "with");
	*held = (struct keystroke){0};
	if (!with)
		return true;
	char *rest = with, *name;
	bool ok = true;
	while (ok && (name = strsep(&rest, "+"))) {
		struct keystroke key;
		ok = keystroke_find(keyboard->keymap, 0, name, &key) &&
			held->n_modifiers < array_length(held->modifiers);
		if (!ok)
			action_fail(action, "with=: there is no modifier '%s'", name);
		else
			held->modifiers[held->n_modifiers++] = key.code;
	}
	free(with);
	for (unsigned i = 0; i < held->n_modifiers; i++)
		steps_key(steps, held->modifiers[i], true);
	return ok;
}

static void release_modifiers(struct steps *steps, const struct keystroke *held)
{
	for (unsigned i = held->n_modifiers; i > 0; i--)
		steps_key(steps, held->modifiers[i - 1], false);
}

static enum progress start_click(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct place place;
	uint32_t code = BTN_LEFT;
	long times = 1;
	struct keystroke held;
	if (!action_integer(action, "count", 1, 10, &times) ||
		!take_modifiers(action, steps, &held))
		return PROGRESS_FAILED;
	if (action_flag(action, "double"))
		times = 2;
	if (!action_place(action, &place))
		return PROGRESS_FAILED;
	take_button(action, &code);
	if (action->args.count > 2)
		return action_usage(action);
	if (action->args.count == 2 && !add_move(action, steps, &place, 1))
		return PROGRESS_FAILED;
	if (action->args.count == 1 && place.given) {
		steps_move(steps, place.box.x + place.box.width / 2,
			place.box.y + place.box.height / 2);
		steps_frame(steps);
	}
	steps_barrier(steps);
	for (long i = 0; i < times; i++) {
		add_button(steps, code, true);
		// A menu that opens on the press should be there before the release.
		steps_barrier(steps);
		add_button(steps, code, false);
	}
	release_modifiers(steps, &held);
	return go(action);
}

static enum progress press_or_release(struct action *action, bool pressed)
{
	struct steps *steps = steps_create(action);
	uint32_t code = BTN_LEFT;
	take_button(action, &code);
	if (action->args.count != 1)
		return action_usage(action);
	add_button(steps, code, pressed);
	return go(action);
}

static enum progress start_press(struct action *action)
{
	return press_or_release(action, true);
}

static enum progress start_release(struct action *action)
{
	return press_or_release(action, false);
}

static enum progress start_drag(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct place place;
	uint32_t code = BTN_LEFT;
	long moves = 10;
	struct keystroke held;
	if (!action_integer(action, "steps", 1, 1000, &moves) ||
		!take_modifiers(action, steps, &held) || !action_place(action, &place))
		return PROGRESS_FAILED;
	take_button(action, &code);
	if (action->args.count < 3)
		return action_usage(action);
	double x, y;
	if (!action_point(action, 1, &place, &x, &y))
		return PROGRESS_FAILED;
	steps_move(steps, x, y);
	steps_frame(steps);
	steps_barrier(steps);
	add_button(steps, code, true);
	steps_barrier(steps);
	for (size_t i = 2; i < action->args.count; i++) {
		double to_x, to_y;
		if (!action_point(action, i, &place, &to_x, &to_y))
			return PROGRESS_FAILED;
		// Many small moves, each processed: programs begin drags after a threshold and follow
		// the pointer's path.
		for (long k = 1; k <= moves; k++) {
			double part = (double)k / (double)moves;
			steps_move(steps, x + (to_x - x) * part, y + (to_y - y) * part);
			steps_frame(steps);
			steps_barrier(steps);
		}
		x = to_x;
		y = to_y;
	}
	add_button(steps, code, false);
	release_modifiers(steps, &held);
	return go(action);
}

static enum progress start_scroll(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct place place;
	struct words *args = &action->args;
	struct keystroke held;
	double amount[2];
	if (!take_modifiers(action, steps, &held))
		return PROGRESS_FAILED;
	bool pixels = action_flag(action, "pixels");
	if (!action_place(action, &place))
		return PROGRESS_FAILED;
	if (args->count < 2 || args->count > 4)
		return action_usage(action);
	if (!arg_pair(args->word[1], &amount[0], &amount[1]) || fabs(amount[0]) > 10000 ||
		fabs(amount[1]) > 10000)
		return action_fail(action, "'%s' is not an amount; write RIGHT,DOWN in notches",
			args->word[1]);
	size_t at = 2;
	if (args->count > 2 && strcmp(args->word[2], "at") == 0)
		at = 3;
	if (args->count > at && !add_move(action, steps, &place, at))
		return PROGRESS_FAILED;
	if (args->count <= at && place.given) {
		steps_move(steps, place.box.x + place.box.width / 2,
			place.box.y + place.box.height / 2);
		steps_frame(steps);
	}
	for (int axis = 0; axis < 2; axis++) {
		double left = amount[axis];
		if (pixels && left != 0) {
			steps_axis(steps, axis == 0, left, 0, INPUT_AXIS_FINGER);
			steps_frame(steps);
			steps_axis(steps, axis == 0, 0, 0, INPUT_AXIS_FINGER);
			steps_frame(steps);
			continue;
		}
		while (fabs(left) > 1e-6 && !pixels) { // a wheel turns notch by notch
			double notch = fabs(left) > 1 ? copysign(1, left) : left;
			steps_axis(steps, axis == 0, notch * AXIS_NOTCH, (int)lround(notch * 120),
				INPUT_AXIS_WHEEL);
			steps_frame(steps);
			left -= notch;
		}
	}
	release_modifiers(steps, &held);
	return go(action);
}

static bool find_key(struct action *action, const char *name, struct keystroke *into)
{
	struct keyboard *keyboard = &action->runner->server->seat->keyboard;
	if (keystroke_find(keyboard->keymap, keyboard->group, name, into))
		return true;
	action_fail(action,
		"there is no key '%s'; use an xkb name (Return, F5, a), KEY_ENTER or code:28, or the verb "
		"text for characters of other layouts",
		name);
	return false;
}

static void add_stroke(struct steps *steps, const struct keystroke *stroke)
{
	for (unsigned i = 0; i < stroke->n_modifiers; i++)
		steps_key(steps, stroke->modifiers[i], true);
	steps_key(steps, stroke->code, true);
	steps_key(steps, stroke->code, false);
	release_modifiers(steps, stroke);
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
				add_stroke(steps, &stroke);
			steps_barrier(steps);
		}
	}
	return go(action);
}

static enum progress start_chord(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct words *args = &action->args;
	if (args->count < 2)
		return action_usage(action);
	for (size_t i = 1; i < args->count; i++) {
		uint32_t codes[8];
		size_t count = 0;
		char *text = xstrdup(args->word[i]), *rest = text, *name;
		bool ok = true;
		while (ok && (name = strsep(&rest, "+"))) {
			struct keystroke stroke;
			if (!*name && rest && !*rest) { // "ctrl++"
				name = (char *)"plus";
				rest = NULL;
			}
			if (count == array_length(codes)) {
				action_fail(action, "'%s': more than %zu keys", args->word[i],
					array_length(codes));
				ok = false;
			} else {
				ok = find_key(action, name, &stroke);
			}
			if (ok)
				codes[count++] = stroke.code;
		}
		free(text);
		if (!ok)
			return PROGRESS_FAILED;
		for (size_t k = 0; k < count; k++)
			steps_key(steps, codes[k], true);
		for (size_t k = count; k > 0; k--)
			steps_key(steps, codes[k - 1], false);
		steps_barrier(steps);
	}
	return go(action);
}

static enum progress start_text(struct action *action)
{
	struct steps *steps = steps_create(action);
	struct keyboard *keyboard = &action->runner->server->seat->keyboard;
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
			add_stroke(steps, &pieces[i].strokes[k]);
			// So that the client's socket never fills up.
			if (k % 16 == 15)
				steps_barrier(steps);
		}
		// A map must not change under keys that are still to be interpreted.
		steps_barrier(steps);
	}
	steps_keymap(steps, NULL);
	typing_free(pieces, count);
	return go(action);
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
	return go(action);
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
	return go(action);
}

#define INPUT_VERB(id, words, sentence, is_raw) \
	const struct verb verb_##id = { \
		.name = #id, \
		.usage = words, \
		.help = sentence, \
		.raw = is_raw, \
		.takes_time = true, \
		.limit_ns = VERB_LIMIT, \
		.start = start_##id, \
		.poll = steps_poll, \
		.why = steps_why, \
		.finish = steps_finish, \
	}

INPUT_VERB(move, "X,Y [in PLACE] | by DX,DY", "moves the pointer", false);
INPUT_VERB(click, "[left|right|middle|...] [double|count=N] [with=MODIFIERS] [X,Y] [in PLACE]",
	"presses and releases a button", false);
INPUT_VERB(press, "[BUTTON]", "presses a button where the pointer is", false);
INPUT_VERB(release, "[BUTTON]", "releases a button", false);
INPUT_VERB(drag, "[BUTTON] X,Y X,Y... [in PLACE] [steps=N] [with=MODIFIERS]",
	"presses at the first point, moves to the others, releases", false);
INPUT_VERB(scroll, "RIGHT,DOWN [pixels] [at X,Y] [in PLACE] [with=MODIFIERS]",
	"turns the wheel by notches", false);
INPUT_VERB(
	key, "NAME... [down|up] [count=N]", "presses and releases keys one after the other", false);
INPUT_VERB(chord, "KEY+KEY...", "holds keys together", false);
INPUT_VERB(text, "TEXT", "types any text", true);
INPUT_VERB(touch, "down X,Y [in PLACE] | move X,Y [in PLACE] | up | cancel [id=N]",
	"moves a finger", false);
INPUT_VERB(tap, "X,Y [in PLACE]", "touches a point for a moment", false);
