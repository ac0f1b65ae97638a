// SPDX-License-Identifier: MIT
// Sends input events through seat_input, the entry point of all input. A barrier waits for the
// clients that had the focus before each event and after the last one, since events can move the
// focus.
#include "compositor/script/input_sequence.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/client/access.h"
#include "compositor/script/arguments.h"
#include "compositor/script/target.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/text/text.h"

struct input_sequence *input_sequence_create(struct action *action)
{
	struct input_sequence *sequence = xcalloc(1, sizeof(*sequence));
	action->data = sequence;
	return sequence;
}

bool input_words_add_point(struct action *action, size_t index)
{
	struct input_words *words = &((struct input_sequence *)action->data)->words;
	array_reserve(words->points, words->n_points, words->capacity);
	if (!action_take_point(action, index, &words->points[words->n_points]))
		return false;
	words->n_points++;
	return true;
}

static struct step *add_step(struct input_sequence *sequence, enum step_type type)
{
	array_reserve(sequence->steps, sequence->count, sequence->capacity);
	struct step *step = &sequence->steps[sequence->count++];
	*step = (struct step){.type = type};
	return step;
}

static struct input_event *add_event(struct input_sequence *sequence, enum input_event_type type)
{
	struct step *step = add_step(sequence, STEP_EVENT);
	step->event.type = type;
	return &step->event;
}

void input_sequence_key(struct input_sequence *sequence, uint32_t code, bool pressed)
{
	struct input_event *event = add_event(sequence, INPUT_KEY);
	event->key.code = code;
	event->key.pressed = pressed;
}

void input_sequence_keys(
	struct input_sequence *sequence, const uint32_t *codes, unsigned count, bool pressed)
{
	for (unsigned i = 0; i < count; i++)
		input_sequence_key(sequence, codes[pressed ? i : count - 1 - i], pressed);
}

void input_sequence_button(struct input_sequence *sequence, uint32_t code, bool pressed)
{
	struct input_event *event = add_event(sequence, INPUT_BUTTON);
	event->button.code = code;
	event->button.pressed = pressed;
}

void input_sequence_move(struct input_sequence *sequence, double x, double y)
{
	struct input_event *event = add_event(sequence, INPUT_MOTION_LAYOUT);
	event->absolute.x = x;
	event->absolute.y = y;
}

void input_sequence_move_by(struct input_sequence *sequence, double dx, double dy)
{
	struct input_event *event = add_event(sequence, INPUT_MOTION);
	event->motion.dx = event->motion.dx_raw = dx;
	event->motion.dy = event->motion.dy_raw = dy;
}

void input_sequence_axis(
	struct input_sequence *sequence, bool horizontal, double delta, int value120, int source)
{
	struct input_event *event = add_event(sequence, INPUT_AXIS);
	event->axis.horizontal = horizontal;
	event->axis.delta = delta;
	event->axis.value120 = value120;
	event->axis.source = source;
}

void input_sequence_frame(struct input_sequence *sequence)
{
	add_event(sequence, INPUT_POINTER_FRAME);
}

void input_sequence_touch(
	struct input_sequence *sequence, enum input_event_type type, int32_t id, double x, double y)
{
	struct input_event *event = add_event(sequence, type);
	event->touch.id = id;
	event->touch.x = x;
	event->touch.y = y;
	event->touch.layout = true;
}

void input_sequence_barrier(struct input_sequence *sequence)
{
	add_step(sequence, STEP_BARRIER);
}

void input_sequence_aim(struct input_sequence *sequence, double x, double y)
{
	struct step *step = add_step(sequence, STEP_AIM);
	step->event.absolute.x = x;
	step->event.absolute.y = y;
}

void input_sequence_check(struct input_sequence *sequence, bool (*check)(struct action *action))
{
	add_step(sequence, STEP_CHECK)->check = check;
}

void input_sequence_keymap(struct input_sequence *sequence, struct xkb_keymap *keymap)
{
	add_step(sequence, STEP_KEYMAP)->keymap = xkb_keymap_ref(keymap);
}

void input_sequence_text(struct input_sequence *sequence, const char *text, size_t length)
{
	for (size_t from = 0; from < length;) {
		size_t to = MIN(from + TEXT_COMMIT_MAX, length);
		while (to < length && ((unsigned char)text[to] & 0xc0) == 0x80)
			to--;
		struct step *step = add_step(sequence, STEP_TEXT);
		step->text = xcalloc(1, to - from + 1);
		memcpy(step->text, text + from, to - from);
		input_sequence_barrier(sequence); // keeps the client's socket from filling up
		from = to;
	}
}

// Keys of a generated keymap are those of the runner's own keyboard. Its keymap is sent again if
// another keyboard has typed since.
static void prepare_key(
	struct input_sequence *sequence, struct runner *runner, struct input_event *event)
{
	if (!sequence->keymap)
		return;
	event->device = &runner->keyboard;
	if (event->key.pressed)
		keyboard_set_keymap(runner->server->seat, sequence->keymap, &runner->keyboard);
}

// False: the action has failed.
static bool execute_step(struct input_sequence *sequence, struct action *action)
{
	struct runner *runner = action->runner;
	struct step *step = &sequence->steps[sequence->next++];
	switch (step->type) {
	case STEP_EVENT:
		step->event.time_us = clock_now_ns(runner->server->clock) / NSEC_PER_USEC;
		// The client that loses the focus by this event processes a leave event.
		barrier_add_focus(&sequence->barrier);
		if (step->event.type == INPUT_KEY)
			prepare_key(sequence, runner, &step->event);
		seat_input(runner->server->seat, &step->event);
		break;
	case STEP_TEXT:
		barrier_add_focus(&sequence->barrier);
		text_insert(runner->server->text, step->text);
		break;
	case STEP_KEYMAP:
		sequence->keymap = step->keymap;
		break;
	case STEP_BARRIER:
		barrier_add_focus(&sequence->barrier);
		barrier_ask(&sequence->barrier);
		sequence->waiting = true;
		break;
	case STEP_AIM:
		break; // poll_aim
	case STEP_CHECK:
		return step->check(action);
	}
	return true;
}

static void clear_obstacle(struct input_sequence *sequence)
{
	settle_finish(&sequence->settle);
	sequence->settle = (struct settle){0};
	replace_string(&sequence->obstacle, NULL);
}

// Whether input at the next step's point reaches the place.
static enum progress poll_aim(struct action *action, struct input_sequence *sequence)
{
	const struct step *step = &sequence->steps[sequence->next];
	bool again = false;
	if (target_check(action, step->event.absolute.x, step->event.absolute.y)) {
		clear_obstacle(sequence);
		sequence->next++;
		return PROGRESS_DONE;
	}
	if (!sequence->settle.watch)
		settle_begin(&sequence->settle, action->runner->watch, SETTLE_REFRESHES);
	if (settle_poll(&sequence->settle, &again) || settle_is_hopeless(&sequence->settle))
		return PROGRESS_FAILED;
	action->runner->poll_again |= again;
	replace_string(&sequence->obstacle, action->error);
	replace_string(&action->error, NULL);
	return PROGRESS_WAIT;
}

// Adds the steps as soon as the place is at rest.
static enum progress build_at_rest(struct action *action, struct input_sequence *sequence)
{
	struct place place;
	enum progress progress = target_find(action, &place);
	if (progress != PROGRESS_DONE)
		return progress;
	barrier_begin(&sequence->barrier, action->runner->watch);
	// X programs get the keyboard from the X server, by a connection of its own.
	struct surface *holder = keyboard_focus(action->runner->server->seat);
	if (holder && access_xwayland(wl_resource_get_client(holder->resource)))
		input_sequence_barrier(sequence);
	if (!sequence->build(action, sequence, &place))
		return PROGRESS_FAILED;
	sequence->build = NULL;
	input_sequence_barrier(sequence);
	return PROGRESS_DONE;
}

enum progress input_sequence_start(struct action *action,
	bool (*build)(
		struct action *action, struct input_sequence *sequence, const struct place *place))
{
	struct input_sequence *sequence = action->data;
	sequence->build = build;
	return input_sequence_poll(action);
}

enum progress input_sequence_poll(struct action *action)
{
	struct input_sequence *sequence = action->data;
	enum progress progress = sequence->build ? build_at_rest(action, sequence) : PROGRESS_DONE;
	if (progress != PROGRESS_DONE)
		return progress;
	for (;;) {
		if (sequence->waiting) {
			bool again = false;
			if (!barrier_done(&sequence->barrier, &again)) {
				action->runner->poll_again |= again;
				return PROGRESS_WAIT;
			}
			sequence->waiting = false;
			barrier_begin(&sequence->barrier, action->runner->watch);
		}
		if (sequence->next == sequence->count)
			return PROGRESS_DONE;
		if (sequence->steps[sequence->next].type == STEP_AIM) {
			progress = poll_aim(action, sequence);
			if (progress != PROGRESS_DONE)
				return progress;
		} else if (!execute_step(sequence, action)) {
			return PROGRESS_FAILED;
		}
	}
}

char *input_sequence_why(struct action *action)
{
	struct input_sequence *sequence = action->data;
	if (sequence->build)
		return target_why(action);
	if (sequence->obstacle)
		return xstrdup(sequence->obstacle);
	return sequence->waiting ? barrier_why(&sequence->barrier) : NULL;
}

// Whether up releases the key, button or touch point that down presses.
static bool is_release_of(const struct input_event *up, const struct input_event *down)
{
	switch (up->type) {
	case INPUT_KEY:
		return down->type == INPUT_KEY && down->key.pressed && !up->key.pressed &&
			down->key.code == up->key.code;
	case INPUT_BUTTON:
		return down->type == INPUT_BUTTON && down->button.pressed && !up->button.pressed &&
			down->button.code == up->button.code;
	case INPUT_TOUCH_UP:
		return down->type == INPUT_TOUCH_DOWN && down->touch.id == up->touch.id;
	default:
		return false;
	}
}

static bool is_released(const struct input_sequence *sequence, size_t press, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (sequence->steps[i].type == STEP_EVENT &&
			is_release_of(&sequence->steps[i].event, &sequence->steps[press].event))
			return true;
	return false;
}

// An interrupted verb must not leave keys pressed that it would have released.
static void release_pressed(struct input_sequence *sequence, struct server *server)
{
	for (size_t i = sequence->next; i > 0; i--) {
		struct input_event event = sequence->steps[i - 1].event;
		if (sequence->steps[i - 1].type != STEP_EVENT ||
			is_released(sequence, i - 1, i, sequence->next) ||
			!is_released(sequence, i - 1, sequence->next, sequence->count))
			continue;
		if (event.type == INPUT_KEY)
			event.key.pressed = false;
		else if (event.type == INPUT_BUTTON)
			event.button.pressed = false;
		else
			event.type = INPUT_TOUCH_UP;
		event.time_us = clock_now_ns(server->clock) / NSEC_PER_USEC;
		seat_input(server->seat, &event);
	}
}

void input_sequence_finish(struct action *action)
{
	struct input_sequence *sequence = action->data;
	if (!sequence)
		return;
	if (action->runner)
		release_pressed(sequence, action->runner->server);
	for (size_t i = 0; i < sequence->count; i++) {
		if (sequence->steps[i].keymap)
			xkb_keymap_unref(sequence->steps[i].keymap);
		free(sequence->steps[i].text);
	}
	barrier_finish(&sequence->barrier);
	clear_obstacle(sequence);
	free(sequence->words.with);
	free(sequence->words.mime);
	free(sequence->words.file);
	free(sequence->words.data);
	free(sequence->words.points);
	free(sequence->steps);
	free(sequence);
}
