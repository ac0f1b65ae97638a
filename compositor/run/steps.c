// SPDX-License-Identifier: MIT
// Input goes through the seat's one door. Before each barrier and after it the focused clients are
// noted, since what they were sent may move the focus.
#include "compositor/run/steps.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"

struct steps *steps_create(struct action *action)
{
	struct steps *steps = xcalloc(1, sizeof(*steps));
	barrier_begin(&steps->barrier, action->runner->watch);
	action->data = steps;
	return steps;
}

static struct step *add(struct steps *steps, enum step_type type)
{
	array_reserve(steps->steps, steps->count, steps->capacity);
	struct step *step = &steps->steps[steps->count++];
	*step = (struct step){.type = type};
	return step;
}

static struct input_event *add_event(struct steps *steps, enum input_event_type type)
{
	struct step *step = add(steps, STEP_EVENT);
	step->event.type = type;
	return &step->event;
}

void steps_key(struct steps *steps, uint32_t code, bool pressed)
{
	struct input_event *event = add_event(steps, INPUT_KEY);
	event->key.code = code;
	event->key.pressed = pressed;
}

void steps_hold(struct steps *steps, const uint32_t *codes, unsigned count, bool pressed)
{
	for (unsigned i = 0; i < count; i++)
		steps_key(steps, codes[pressed ? i : count - 1 - i], pressed);
}

void steps_button(struct steps *steps, uint32_t code, bool pressed)
{
	struct input_event *event = add_event(steps, INPUT_BUTTON);
	event->button.code = code;
	event->button.pressed = pressed;
}

void steps_move(struct steps *steps, double x, double y)
{
	struct input_event *event = add_event(steps, INPUT_MOTION_LAYOUT);
	event->absolute.x = x;
	event->absolute.y = y;
}

void steps_move_by(struct steps *steps, double dx, double dy)
{
	struct input_event *event = add_event(steps, INPUT_MOTION);
	event->motion.dx = event->motion.dx_raw = dx;
	event->motion.dy = event->motion.dy_raw = dy;
}

void steps_axis(struct steps *steps, bool horizontal, double delta, int value120, int source)
{
	struct input_event *event = add_event(steps, INPUT_AXIS);
	event->axis.horizontal = horizontal;
	event->axis.delta = delta;
	event->axis.value120 = value120;
	event->axis.source = source;
}

void steps_frame(struct steps *steps)
{
	add_event(steps, INPUT_POINTER_FRAME);
}

void steps_touch(struct steps *steps, enum input_event_type type, int32_t id, double x, double y)
{
	struct input_event *event = add_event(steps, type);
	event->touch.id = id;
	event->touch.x = x;
	event->touch.y = y;
	event->touch.layout = true;
}

void steps_barrier(struct steps *steps)
{
	add(steps, STEP_BARRIER);
}

void steps_client(struct steps *steps, struct wl_client *client)
{
	add(steps, STEP_CLIENT)->client = client;
}

void steps_keymap(struct steps *steps, struct xkb_keymap *keymap)
{
	add(steps, STEP_KEYMAP)->keymap = keymap ? xkb_keymap_ref(keymap) : NULL;
}

static void restore_keymap(struct steps *steps, struct seat *seat)
{
	if (!steps->before)
		return;
	keyboard_set_keymap(seat, steps->before, steps->before_owner);
	xkb_keymap_unref(steps->before);
	steps->before = NULL;
}

static void set_keymap(struct steps *steps, struct runner *runner, struct xkb_keymap *keymap)
{
	struct seat *seat = runner->server->seat;
	if (!keymap) {
		restore_keymap(steps, seat);
		return;
	}
	if (!steps->before) {
		steps->before = xkb_keymap_ref(keyboard_ready(seat)->keymap);
		steps->before_owner = seat->keyboard.keymap_owner;
	}
	keyboard_set_keymap(seat, keymap, runner->keymap_owner);
}

static void take(struct steps *steps, struct action *action)
{
	struct runner *runner = action->runner;
	struct step *step = &steps->steps[steps->next++];
	switch (step->type) {
	case STEP_EVENT:
		step->event.time_us = clock_now_ns(runner->server->clock) / NSEC_PER_USEC;
		// Whoever loses the focus by this event has something to process as well.
		barrier_add_focus(&steps->barrier);
		seat_input(runner->server->seat, &step->event);
		break;
	case STEP_KEYMAP:
		set_keymap(steps, runner, step->keymap);
		break;
	case STEP_CLIENT:
		barrier_add(&steps->barrier, step->client);
		break;
	case STEP_BARRIER:
		barrier_add_focus(&steps->barrier);
		barrier_ask(&steps->barrier);
		steps->waiting = true;
		break;
	}
}

enum progress steps_go(struct action *action)
{
	steps_barrier(action->data);
	return steps_poll(action);
}

enum progress steps_poll(struct action *action)
{
	struct steps *steps = action->data;
	for (;;) {
		if (steps->waiting) {
			bool again = false;
			if (!barrier_done(&steps->barrier, &again)) {
				action->runner->poll_again |= again;
				return PROGRESS_WAIT;
			}
			steps->waiting = false;
			barrier_begin(&steps->barrier, action->runner->watch);
		}
		if (steps->next == steps->count)
			return PROGRESS_DONE;
		take(steps, action);
	}
}

char *steps_why(struct action *action)
{
	struct steps *steps = action->data;
	return steps && steps->waiting ? barrier_why(&steps->barrier) : NULL;
}

// What would undo a press: the type of the event, and which key, button or finger.
static bool undoes(const struct input_event *up, const struct input_event *down)
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

static bool is_undone(const struct steps *steps, size_t press, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (steps->steps[i].type == STEP_EVENT &&
			undoes(&steps->steps[i].event, &steps->steps[press].event))
			return true;
	return false;
}

// A verb that was given up halfway must not leave keys pressed that it would have released.
static void release_the_rest(struct steps *steps, struct server *server)
{
	for (size_t i = steps->next; i > 0; i--) {
		struct input_event event = steps->steps[i - 1].event;
		if (steps->steps[i - 1].type != STEP_EVENT ||
			is_undone(steps, i - 1, i, steps->next) ||
			!is_undone(steps, i - 1, steps->next, steps->count))
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

void steps_finish(struct action *action)
{
	struct steps *steps = action->data;
	if (!steps)
		return;
	release_the_rest(steps, action->runner->server);
	restore_keymap(steps, action->runner->server->seat);
	for (size_t i = 0; i < steps->count; i++)
		if (steps->steps[i].keymap)
			xkb_keymap_unref(steps->steps[i].keymap);
	barrier_finish(&steps->barrier);
	free(steps->steps);
	free(steps);
}
