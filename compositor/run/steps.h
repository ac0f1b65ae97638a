// SPDX-License-Identifier: MIT
// A sequence of input with pauses in which the clients that got it must have processed it. What
// every input verb is made of.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <xkbcommon/xkbcommon.h>
#include "compositor/base/input.h"
#include "compositor/run/runner.h"
#include "compositor/run/watch.h"

enum step_type {
	STEP_EVENT,
	STEP_BARRIER,
	STEP_KEYMAP, // keymap NULL: the one from before
	STEP_CLIENT, // waits for that client at the next barrier, too
};

struct step {
	enum step_type type;
	struct input_event event;
	struct xkb_keymap *keymap;
	struct wl_client *client;
};

struct steps {
	struct step *steps;
	size_t count, capacity, next;
	bool waiting;
	struct barrier barrier;
	struct xkb_keymap *before; // to be put back
	const void *before_owner;
};

// action->data is a struct steps.
struct steps *steps_create(struct action *action);
void steps_key(struct steps *steps, uint32_t code, bool pressed);
void steps_button(struct steps *steps, uint32_t code, bool pressed);
void steps_move(struct steps *steps, double x, double y); // layout
void steps_move_by(struct steps *steps, double dx, double dy);
void steps_axis(struct steps *steps, bool horizontal, double delta, int value120, int source);
void steps_frame(struct steps *steps);
void steps_touch(struct steps *steps, enum input_event_type type, int32_t id, double x, double y);
// Presses keys in order, or releases them in the opposite one.
void steps_hold(struct steps *steps, const uint32_t *codes, unsigned count, bool pressed);
void steps_barrier(struct steps *steps);
void steps_client(struct steps *steps, struct wl_client *client);
void steps_keymap(struct steps *steps, struct xkb_keymap *keymap); // takes a reference
enum progress steps_go(struct action *action);                     // a last barrier, and off
enum progress steps_poll(struct action *action);
char *steps_why(struct action *action);
void steps_finish(struct action *action);

// A verb that is started by start_NAME and is its steps.
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
