// SPDX-License-Identifier: MIT
// A verb with its words: checked when it is read, then run once.
//
// A verb is a state machine: its words are parsed before anything runs, it is started once and then
// polled after each iteration of the event loop until it is done, so nothing nests and nothing
// blocks.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/clock.h"
#include "compositor/script/args.h"
#include "compositor/script/strbuf.h"

struct action;
struct file_job;
struct runner;
struct selector;
struct task;

enum progress {
	PROGRESS_WAIT,
	PROGRESS_DONE,
	PROGRESS_FAILED, // action->error has the reason
};

struct verb {
	const char *name;
	const char *usage; // what follows the name
	const char *help;  // one sentence
	bool raw;          // options (timeout=) are ordinary words
	bool is_command;   // a command line follows: only a timeout= before it is an option
	bool quiet;        // its text goes to control connections only, not to standard output
	bool takes_time;   // a virtual clock may advance while it waits
	uint64_t limit_ns; // real time after which it fails, 0: never; timeout= overrides it
	// Checks the words and keeps what they say, in action->data or the fields for it. No server
	// exists yet: action->runner is NULL. False: it has set the error.
	bool (*parse)(struct action *action);
	enum progress (*start)(struct action *action);
	enum progress (*poll)(struct action *action); // NULL: start completes it
	// What it still waits for, as a clause that the caller frees; may return NULL. NULL: no
	// reason.
	char *(*why)(struct action *action);
	// Frees data, also of an action that was never run; NULL: free()
	void (*finish)(struct action *action);
};

// The origin of points.
enum place_kind {
	PLACE_LAYOUT,
	PLACE_WINDOW,
	PLACE_POPUP,
	PLACE_LAYER,
	PLACE_OUTPUT,
};

// A verb with its words, not run yet or in progress.
struct action {
	struct runner *runner; // NULL before it is run
	struct task *task;     // the same
	const struct verb *verb;
	struct words args;         // [0] is the verb; parse takes options and selectors out
	struct selector *selector; // windows it is for; owned; NULL: not given
	enum place_kind place;
	char *place_name;     // of the layer surface or output; owned, or NULL
	char *line;           // the words as one line, for messages; owned
	void *data;           // the verb's own
	struct file_job *job; // owned: a file that it waits for, or NULL
	bool started, timed_out;
	uint64_t started_ns;  // real
	uint64_t limit_ns;    // as of the verb
	struct timer limit;   // real
	uint64_t until_ns;    // verb step: the time up to which a virtual clock may advance
	char *error;          // owned
	struct strbuf result; // JSON value; empty: null
	struct strbuf text;   // the same for people
};

// Finds the verb and parses its words, of which it takes ownership. NULL with *error (caller frees)
// when a word is wrong.
struct action *action_create(struct words *words, char **error);
// Accepts NULL.
void action_destroy(struct action *action);

// For verbs.

// Sets the error message. Always returns PROGRESS_FAILED.
enum progress action_fail(struct action *action, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// The same for verb.parse. Always returns false.
bool action_refuse(struct action *action, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// Sets an error message with the verb's usage. Always returns false.
bool action_usage(struct action *action);
// Whether there are no words from index on. False: it has set an error that names the first.
bool action_ends_at(struct action *action, size_t index);
// verb.parse of verbs that take any words, at least one.
bool action_takes_any_words(struct action *action);
