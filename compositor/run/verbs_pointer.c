// SPDX-License-Identifier: MIT
// The pointer from scripts. Each verb ends when the clients that got the events have processed
// them.
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
		return steps_go(action);
	}
	if (args->count != 2)
		return action_usage(action);
	return add_move(action, steps, &place, 1) ? steps_go(action) : PROGRESS_FAILED;
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
	struct keyboard *keyboard = keyboard_ready(action->runner->server->seat);
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
	steps_hold(steps, held->modifiers, held->n_modifiers, true);
	return ok;
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
	steps_hold(steps, held.modifiers, held.n_modifiers, false);
	return steps_go(action);
}

static enum progress press_or_release(struct action *action, bool pressed)
{
	struct steps *steps = steps_create(action);
	uint32_t code = BTN_LEFT;
	take_button(action, &code);
	if (action->args.count != 1)
		return action_usage(action);
	add_button(steps, code, pressed);
	return steps_go(action);
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
	steps_hold(steps, held.modifiers, held.n_modifiers, false);
	return steps_go(action);
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
	steps_hold(steps, held.modifiers, held.n_modifiers, false);
	return steps_go(action);
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
