// SPDX-License-Identifier: MIT
// The loop that a compositor with scripts runs in, and the verbs that are under way in it.
//
// A verb is a state machine: it is started once and then asked after every turn of the loop until
// it is done, so nothing nests and nothing blocks. Scripts and control connections are tasks, each
// with at most one verb at a time.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-util.h>
#include "compositor/base/clock.h"
#include "compositor/run/args.h"
#include "compositor/run/out.h"

struct action;
struct child;
struct children;
struct procs;
struct runner;
struct server;
struct task;
struct verb;
struct watch;

// How oriel ends when it is not the program's own status.
enum run_status {
	RUN_FAILED_CHECK = 123, // a verb of the script or a comparison failed
	RUN_TIMED_OUT = 124,    // as timeout(1)
	RUN_FAILED_SELF = 125,  // usage, or the compositor could not start; as env(1)
	RUN_NOT_EXECUTABLE = 126,
	RUN_NOT_FOUND = 127,
};

enum progress {
	PROGRESS_WAIT,
	PROGRESS_DONE,
	PROGRESS_FAILED, // action->error says why
};

struct verb {
	const char *name;
	const char *usage; // what follows the name
	const char *help;  // one sentence
	// Where options (timeout=) are words like all others.
	bool raw;
	// What follows is a command line: only a timeout= before it is an option.
	bool is_command;
	// Its text is only for those who asked from outside.
	bool quiet;
	// A virtual clock may go on while it waits.
	bool takes_time;
	// Real time after which it fails, 0: never; timeout= changes it.
	uint64_t limit_ns;
	enum progress (*start)(struct action *action);
	enum progress (*poll)(struct action *action); // NULL: start is all
	char *(*why)(struct action *action);          // what it still waits for; NULL: not known
	void (*finish)(struct action *action);        // frees data; NULL: free()
};

struct action {
	struct runner *runner;
	struct task *task;
	const struct verb *verb;
	struct words args; // [0] is the verb
	char *line;        // as one line, for messages
	void *data;        // the verb's own
	bool started, late;
	uint64_t started_ns; // real
	uint64_t limit_ns;
	struct timer limit; // real
	uint64_t until_ns;  // step: how far a virtual clock may go
	char *error;        // owned
	struct out result;  // JSON value; empty: null
	struct out text;    // the same for people
};

struct task {
	struct runner *runner;
	struct action *action; // under way, or NULL
	// Takes what it needs from the action, which is freed afterwards. May run the next one or
	// destroy the task.
	void (*finished)(struct task *task, struct action *action, bool ok);
	void *data;
	struct wl_list link; // runner.tasks
};

struct runner {
	struct server *server;
	struct children *children;
	struct clock *real;
	struct procs *procs;
	struct watch *watch;
	struct wl_list tasks; // task.link
	struct timer poll_timer;
	unsigned waits; // polls in a row without news, for the next delay
	bool poll_again;
	bool free_run; // a virtual clock goes on by itself when no script holds it
	bool scripted; // a script holds it
	bool quit;
	int status; // valid with quit
	// the program of `run`
	struct child *child; // while it lives
	bool had_child;
	int child_status;             // wait status, once it ended
	const char *const *child_env; // for more programs; NULL: none
	char *artifacts;    // folder for pictures of failures, owned; NULL: the current one
	bool update;        // expect writes its references instead
	void *keymap_owner; // identity of typed text's keymaps
	bool status_known;  // a script has asked for that end, so it is no failure
	bool end_asked;     // by the verb quit, to be done in order; runner_loop does it by itself
	int end_status;     // where after_turn is NULL
	void (*after_turn)(struct runner *runner, void *data); // of the loop; may be NULL
	void *after_turn_data;
	uint64_t restless_ns; // real time since when programs have not come to rest; 0: they have
};

struct runner *runner_create(struct server *server, struct children *children);
void runner_destroy(struct runner *runner); // NULL is allowed
// Until runner_quit. Returns the status.
int runner_loop(struct runner *runner);
void runner_quit(struct runner *runner, int status); // the first one counts

// In order: what follows a verb quit. Nobody's program is cut off.
void runner_ask_end(struct runner *runner, int status);
// The program has ended, and so has all that it started and every client.
bool runner_deserted(struct runner *runner);

struct task *task_create(struct runner *runner,
	void (*finished)(struct task *task, struct action *action, bool ok), void *data);
void task_destroy(struct task *task); // gives up what is under way; NULL is allowed
// Takes the words. False with *error (caller frees) when there is no such verb or no words.
bool task_run(struct task *task, struct words *words, char **error);

// For verbs.
enum progress action_fail(struct action *action, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum progress action_usage(struct action *action); // fails with the usage
void action_poll_again(struct action *action);     // no event will tell; ask again soon
// The wait status of a program as a sentence: "ended with status 1".
char *describe_status(int status);
int exit_code_of(int status);            // as the shell gives it
extern const struct verb *const verbs[]; // NULL at the end
const struct verb *verb_find(const char *name);
