// SPDX-License-Identifier: MIT
// The event loop of a compositor with scripts, and the verbs in progress in it.
//
// Scripts and control connections are tasks, each with at most one verb in progress (action.h).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-util.h>
#include "compositor/base/clock.h"
#include "compositor/base/input.h"
#include "compositor/script/action.h"

struct child;
struct children;
struct client_watch;
struct procs;
struct server;

#define RUNNER_FINGERS 1024

struct task {
	struct runner *runner;
	struct action *action; // in progress, or NULL
	// Called with the ended action, which is freed afterwards. May run the next verb or destroy
	// the task.
	void (*finished)(struct task *task, struct action *action, bool ok);
	void *data;
	struct wl_list link; // runner.tasks
};

struct runner {
	struct server *server;
	struct children *children;
	struct clock *real;
	struct procs *procs;
	struct client_watch *watch;
	struct wl_list tasks; // task.link
	struct timer poll_timer;
	unsigned idle_polls; // polls in a row without progress, for the next delay
	bool poll_again;     // set by verbs: no event will announce progress
	bool free_run;       // a virtual clock advances when no script holds it
	bool scripted;       // a script holds it
	bool quit;
	int status; // valid with quit
	// the program of `run`
	struct child *child; // while it runs
	bool had_child;
	int child_status;             // wait status, once it ended
	const char *const *child_env; // for programs that verbs start; NULL: unchanged
	char *artifacts; // folder for pictures of failures, owned; NULL: the current one
	bool update;     // the verb expect writes its references instead
	uint64_t fingers[RUNNER_FINGERS / 64]; // bits of touch ids that verbs put down
	struct input_device keyboard;          // virtual, with the keymaps made for typed text
	bool status_expected; // a script asked for that end of the program, so it is no failure
	bool exit_requested;  // by the verb quit; runner_loop exits if after_turn is NULL
	int requested_status; // valid with exit_requested
	void (*after_turn)(struct runner *runner, void *data); // after each iteration; may be NULL
	void *after_turn_data;
	uint64_t busy_since_ns; // real time since when programs have not come to rest; 0: they have
};

// Creates a runner that handles the server's exit requests. NULL: logged.
struct runner *runner_create(struct server *server, struct children *children);
// Destroys its tasks too. Accepts NULL.
void runner_destroy(struct runner *runner);
// Runs the event loop until runner_quit. Returns the status.
int runner_loop(struct runner *runner);
// Ends the loop after this iteration. Only the first call has an effect.
void runner_quit(struct runner *runner, int status);
// Requests an orderly shutdown: the owner of the loop ends the program before it calls runner_quit.
void runner_request_exit(struct runner *runner, int status);
// Whether the program, all processes that it started and all clients have ended.
bool runner_all_ended(struct runner *runner);

// Creates a task; data is passed on in task->data.
struct task *task_create(struct runner *runner,
	void (*finished)(struct task *task, struct action *action, bool ok), void *data);
// Cancels the verb in progress, without a call of finished. Accepts NULL.
void task_destroy(struct task *task);
// Starts a verb at the next iteration, and takes ownership of the action, which was not run before.
// The task must have no verb in progress.
void task_run(struct task *task, struct action *action);
