// SPDX-License-Identifier: MIT
// Verbs for the pointer. Each is done when the clients that got the events have processed them.
#include <linux/input-event-codes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/script/arguments.h"
#include "compositor/script/input_sequence.h"
#include "compositor/script/lookup.h"
#include "compositor/script/typing.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"

#define AXIS_NOTCH 15 // logical pixels per wheel notch, as libinput-based compositors send

static struct input_words *create_words(struct action *action)
{
	struct input_words *said = &input_sequence_create(action)->words;
	said->button = BTN_LEFT;
	return said;
}

static void add_motion(struct input_sequence *sequence, double x, double y)
{
	input_sequence_move(sequence, x, y);
	input_sequence_frame(sequence);
}

// Moves to the first point, or to the centre of the place. Without both: does not move.
static void add_approach(struct input_sequence *sequence, const struct place *place)
{
	const struct input_words *said = &sequence->words;
	double x = place->box.x + place->box.width / 2, y = place->box.y + place->box.height / 2;
	if (!said->n_points && place->kind == PLACE_LAYOUT)
		return;
	if (said->n_points)
		place_point(place, &said->points[0], &x, &y);
	input_sequence_aim(sequence, x, y);
	add_motion(sequence, x, y);
	input_sequence_barrier(sequence);
	// The motion may have opened something.
	input_sequence_aim(sequence, x, y);
}

static bool parse_move(struct action *action)
{
	struct input_words *said = create_words(action);
	const struct words *args = &action->args;
	if (!action_take_place(action))
		return false;
	said->by = args->count > 1 && strcmp(args->word[1], "by") == 0;
	if (!said->by)
		return input_words_add_point(action, 1) && action_ends_at(action, 2);
	if (action->place != PLACE_LAYOUT)
		return action_refuse(action, "a distance has no place");
	if (args->count < 3)
		return action_usage(action);
	if (!arg_pair(args->word[2], &said->amount[0], &said->amount[1]))
		return action_refuse(action, "'%s' is not a distance; write DX,DY", args->word[2]);
	return action_ends_at(action, 3);
}

static bool build_move(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	const struct input_words *said = &sequence->words;
	const struct seat *seat = action->runner->server->seat;
	double x, y;
	if (said->by) {
		input_sequence_move_by(sequence, said->amount[0], said->amount[1]);
		input_sequence_frame(sequence);
		return true;
	}
	place_point(place, &said->points[0], &x, &y);
	// A drag may go anywhere, and in the layout the pointer stops at the edge of the outputs.
	if (place->kind != PLACE_LAYOUT && !seat->pointer.n_buttons && !seat->drag)
		input_sequence_aim(sequence, x, y);
	add_motion(sequence, x, y);
	return true;
}

static void take_button(struct action *action, struct input_words *said)
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
		said->button = buttons[i].code;
		return;
	}
}

static void add_button(struct input_sequence *sequence, uint32_t code, bool pressed)
{
	input_sequence_button(sequence, code, pressed);
	input_sequence_frame(sequence);
}

// Takes with=ctrl+shift.
static bool take_modifiers(struct action *action, struct input_words *said)
{
	said->with = words_take(&action->args, 1, "with");
	if (!said->with)
		return true;
	char *text = xstrdup(said->with), *rest = text, *name;
	size_t count = 0;
	bool ok = true;
	while (ok && (name = strsep(&rest, "+"))) {
		ok = keystroke_is_name(name) ||
			action_refuse(action, "with=: there is no key '%s'", name);
		if (ok && ++count > KEYSTROKE_MODIFIERS)
			ok = action_refuse(
				action, "with= takes up to %d keys", KEYSTROKE_MODIFIERS);
	}
	free(text);
	return ok;
}

// Presses the keys of with=. False: the action has failed.
static bool hold_modifiers(
	struct action *action, struct input_sequence *sequence, struct keystroke *held)
{
	struct seat *seat = action->runner->server->seat;
	struct keyboard *keyboard = keyboard_ready(seat);
	*held = (struct keystroke){0};
	if (!sequence->words.with)
		return true;
	char *text = xstrdup(sequence->words.with), *rest = text, *name;
	bool ok = true;
	while (ok && (name = strsep(&rest, "+"))) {
		struct keystroke key;
		ok = keystroke_find(keyboard->configured, keyboard_layout(seat), name, &key);
		if (!ok)
			action_refuse(action, "with=: the keyboard has no key '%s'", name);
		else
			held->modifiers[held->n_modifiers++] = key.code;
	}
	free(text);
	input_sequence_keys(sequence, held->modifiers, held->n_modifiers, true);
	return ok;
}

static bool is_pressed(struct action *action, uint32_t button)
{
	const struct pointer *pointer = &action->runner->server->seat->pointer;
	for (unsigned i = 0; i < pointer->n_buttons; i++)
		if (pointer->buttons[i] == button)
			return true;
	return false;
}

// A second press of a button would have no effect.
static bool check_free(struct action *action, uint32_t button)
{
	return !is_pressed(action, button) ||
		action_refuse(action, "that button is pressed already");
}

static bool parse_click(struct action *action)
{
	struct input_words *said = create_words(action);
	said->count = 1;
	if (!action_integer(action, "count", 1, 10, &said->count) ||
		!take_modifiers(action, said) || !action_take_place(action))
		return false;
	if (action_flag(action, "double"))
		said->count = 2;
	take_button(action, said);
	return action->args.count < 2 ||
		(input_words_add_point(action, 1) && action_ends_at(action, 2));
}

static bool build_click(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	const struct input_words *said = &sequence->words;
	struct keystroke held;
	if (!check_free(action, said->button) || !hold_modifiers(action, sequence, &held))
		return false;
	add_approach(sequence, place);
	input_sequence_barrier(sequence);
	for (long i = 0; i < said->count; i++) {
		add_button(sequence, said->button, true);
		// A menu that opens on the press must be shown before the release.
		input_sequence_barrier(sequence);
		add_button(sequence, said->button, false);
	}
	input_sequence_keys(sequence, held.modifiers, held.n_modifiers, false);
	return true;
}

static bool parse_press(struct action *action)
{
	take_button(action, create_words(action));
	return action_ends_at(action, 1);
}

static bool build_press(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	add_button(sequence, sequence->words.button, true);
	return check_free(action, sequence->words.button);
}

static bool parse_release(struct action *action)
{
	return parse_press(action);
}

static bool build_release(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	add_button(sequence, sequence->words.button, false);
	return is_pressed(action, sequence->words.button) ||
		action_refuse(action, "that button is not pressed");
}

static bool parse_drag(struct action *action)
{
	struct input_words *said = create_words(action);
	said->count = 10;
	if (!action_integer(action, "steps", 1, 1000, &said->count) ||
		!take_modifiers(action, said) || !action_take_place(action))
		return false;
	take_button(action, said);
	if (action->args.count < 3)
		return action_usage(action);
	for (size_t i = 1; i < action->args.count; i++)
		if (!input_words_add_point(action, i))
			return false;
	return true;
}

static bool build_drag(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	const struct input_words *said = &sequence->words;
	struct keystroke held;
	double x, y;
	if (!check_free(action, said->button) || !hold_modifiers(action, sequence, &held))
		return false;
	add_approach(sequence, place);
	place_point(place, &said->points[0], &x, &y);
	add_button(sequence, said->button, true);
	input_sequence_barrier(sequence);
	for (size_t i = 1; i < said->n_points; i++) {
		double to_x, to_y;
		place_point(place, &said->points[i], &to_x, &to_y);
		// Many small motions, each processed: programs start drags after a threshold and
		// track the pointer's path.
		for (long k = 1; k <= said->count; k++) {
			double part = (double)k / (double)said->count;
			add_motion(sequence, x + (to_x - x) * part, y + (to_y - y) * part);
			input_sequence_barrier(sequence);
		}
		x = to_x;
		y = to_y;
	}
	add_button(sequence, said->button, false);
	input_sequence_keys(sequence, held.modifiers, held.n_modifiers, false);
	return true;
}

static bool parse_scroll(struct action *action)
{
	struct input_words *said = create_words(action);
	const struct words *args = &action->args;
	if (!take_modifiers(action, said))
		return false;
	said->pixels = action_flag(action, "pixels");
	if (!action_take_place(action))
		return false;
	if (args->count < 2)
		return action_usage(action);
	double *amount = said->amount;
	if (!arg_pair(args->word[1], &amount[0], &amount[1]) || fabs(amount[0]) > 10000 ||
		fabs(amount[1]) > 10000)
		return action_refuse(action, "'%s' is not an amount; write RIGHT,DOWN in notches",
			args->word[1]);
	size_t at = args->count > 2 && strcmp(args->word[2], "at") == 0 ? 3 : 2;
	return (args->count == 2 || input_words_add_point(action, at)) &&
		action_ends_at(action, at + 1);
}

static bool build_scroll(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	const struct input_words *said = &sequence->words;
	struct keystroke held;
	if (!hold_modifiers(action, sequence, &held))
		return false;
	add_approach(sequence, place);
	for (int axis = 0; axis < 2; axis++) {
		double left = said->amount[axis];
		if (said->pixels && left != 0) {
			input_sequence_axis(sequence, axis == 0, left, 0, INPUT_AXIS_FINGER);
			input_sequence_frame(sequence);
			input_sequence_axis(sequence, axis == 0, 0, 0, INPUT_AXIS_FINGER);
			input_sequence_frame(sequence);
			continue;
		}
		while (fabs(left) > 1e-6 && !said->pixels) { // one event per wheel notch
			double notch = fabs(left) > 1 ? copysign(1, left) : left;
			input_sequence_axis(sequence, axis == 0, notch * AXIS_NOTCH,
				(int)lround(notch * 120), INPUT_AXIS_WHEEL);
			input_sequence_frame(sequence);
			left -= notch;
		}
	}
	input_sequence_keys(sequence, held.modifiers, held.n_modifiers, false);
	return true;
}

INPUT_VERB(move, "X,Y [in PLACE] | by DX,DY", "moves the pointer", false);
INPUT_VERB(click, "[left|right|middle|...] [double|count=N] [with=MODIFIERS] [X,Y] [in PLACE]",
	"presses and releases a button", false);
INPUT_VERB(press, "[BUTTON]", "presses a button", false);
INPUT_VERB(release, "[BUTTON]", "releases a button", false);
INPUT_VERB(drag, "[BUTTON] X,Y X,Y... [in PLACE] [steps=N] [with=MODIFIERS]",
	"presses at the first point, moves to the others and releases", false);
INPUT_VERB(scroll, "RIGHT,DOWN [pixels] [at X,Y] [in PLACE] [with=MODIFIERS]",
	"scrolls by wheel notches, or smoothly by pixels", false);
