// SPDX-License-Identifier: MIT
// The main loop, in real and in virtual time, and the life of actions.
#include "compositor/run/runner.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/child.h"
#include "compositor/core/server.h"
#include "compositor/run/procs.h"
#include "compositor/run/settle.h"
#include "compositor/run/watch.h"

const struct verb *verb_find(const char *name)
{
	for (const struct verb *const *verb = verbs; *verb; verb++)
		if (strcmp((*verb)->name, name) == 0)
			return *verb;
	return NULL;
}

// How long a virtual clock stands still for programs that are at work.
#define RESTLESS_NS (20 * NSEC_PER_SEC)

static void on_wake(void *data)
{
	// Only the turn of the loop counts.
}

static void on_exit_request(void *data, int status)
{
	runner_ask_end(data, status);
}

struct runner *runner_create(struct server *server, struct children *children)
{
	struct runner *runner = xcalloc(1, sizeof(*runner));
	runner->server = server;
	runner->children = children;
	wl_list_init(&runner->tasks);
	runner->free_run = true;
	runner->keymap_owner = runner;
	runner->real = clock_create_real(server->loop);
	if (!runner->real)
		goto fail;
	timer_init(&runner->poll_timer, runner->real, on_wake, runner);
	runner->procs = procs_create(children);
	runner->watch = watch_create(server, runner->procs);
	server->exit = on_exit_request;
	server->exit_data = runner;
	return runner;
fail:
	runner_destroy(runner);
	return NULL;
}

void runner_destroy(struct runner *runner)
{
	if (!runner)
		return;
	struct task *task, *next;
	wl_list_for_each_safe(task, next, &runner->tasks, link)
		task_destroy(task);
	if (runner->server->exit_data == runner) {
		runner->server->exit = NULL;
		runner->server->exit_data = NULL;
	}
	watch_destroy(runner->watch);
	procs_destroy(runner->procs);
	timer_finish(&runner->poll_timer);
	clock_destroy(runner->real);
	free(runner->artifacts);
	free(runner);
}

void runner_quit(struct runner *runner, int status)
{
	if (runner->quit)
		return;
	runner->quit = true;
	runner->status = status;
}

void runner_ask_end(struct runner *runner, int status)
{
	if (runner->end_asked)
		return;
	runner->end_asked = true;
	runner->end_status = status;
}

bool runner_deserted(struct runner *runner)
{
	if (!runner->had_child || runner->child || !wl_list_empty(&runner->watch->clients))
		return false;
	size_t count;
	free(children_descendants(runner->children, &count));
	return count == 0;
}

static void action_destroy(struct action *action)
{
	if (!action)
		return;
	if (action->verb->finish)
		action->verb->finish(action);
	else
		free(action->data);
	timer_finish(&action->limit);
	words_finish(&action->args);
	out_finish(&action->result);
	out_finish(&action->text);
	free(action->line);
	free(action->error);
	free(action);
}

enum progress action_fail(struct action *action, const char *format, ...)
{
	va_list args;
	char *text = NULL;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	free(action->error);
	action->error = text;
	return PROGRESS_FAILED;
}

enum progress action_usage(struct action *action)
{
	return action_fail(action, "usage: %s%s%s", action->verb->name,
		*action->verb->usage ? " " : "", action->verb->usage);
}

void action_poll_again(struct action *action)
{
	action->runner->poll_again = true;
}

static void on_limit(void *data)
{
	struct action *action = data;
	action->late = true;
}

struct task *task_create(struct runner *runner,
	void (*finished)(struct task *task, struct action *action, bool ok), void *data)
{
	struct task *task = xcalloc(1, sizeof(*task));
	task->runner = runner;
	task->finished = finished;
	task->data = data;
	wl_list_insert(runner->tasks.prev, &task->link);
	return task;
}

void task_destroy(struct task *task)
{
	if (!task)
		return;
	action_destroy(task->action);
	wl_list_remove(&task->link);
	free(task);
}

bool task_run(struct task *task, struct words *words, char **error)
{
	const struct verb *verb = words->count ? verb_find(words->word[0]) : NULL;
	if (!verb) {
		*error = words->count
			? xasprintf("there is no verb '%s'; see oriel-script(5)", words->word[0])
			: xstrdup("no verb given");
		words_finish(words);
		return false;
	}
	struct action *action = xcalloc(1, sizeof(*action));
	action->runner = task->runner;
	action->task = task;
	action->verb = verb;
	action->line = words_join(words->word, words->count);
	action->args = *words;
	*words = (struct words){0};
	action->limit_ns = verb->limit_ns;
	action->started_ns = clock_now_ns(task->runner->real);
	timer_init(&action->limit, task->runner->real, on_limit, action);
	task->action = action;
	return true;
}

static enum progress action_start(struct action *action)
{
	action->started = true;
	char *limit = NULL;
	if (action->verb->is_command && action->args.count > 1 &&
		strncmp(action->args.word[1], "timeout=", 8) == 0)
		limit = words_take(&action->args, 1, "timeout");
	else if (!action->verb->raw && !action->verb->is_command)
		limit = words_take(&action->args, 1, "timeout");
	bool good = !limit || arg_seconds(limit, &action->limit_ns);
	free(limit);
	if (!good)
		return action_fail(action, "timeout= takes a time such as 5s or 500ms");
	if (action->limit_ns)
		timer_set(&action->limit, action->started_ns + action->limit_ns);
	return action->verb->start(action);
}

static enum progress fail_late(struct action *action)
{
	char *why = action->verb->why ? action->verb->why(action) : NULL;
	action_fail(action, "not done after %.4g s%s%s",
		(double)action->limit_ns / (double)NSEC_PER_SEC, why ? ": " : "", why ? why : "");
	free(why);
	return PROGRESS_FAILED;
}

// True when something got done.
static bool task_step(struct task *task)
{
	struct action *action = task->action;
	if (!action)
		return false;
	enum progress progress;
	if (!action->started) {
		progress = action_start(action);
		// It may have been nothing that anybody would answer.
		task->runner->poll_again |= progress == PROGRESS_WAIT;
	} else {
		progress = action->verb->poll(action);
	}
	if (progress == PROGRESS_WAIT && action->late)
		progress = fail_late(action);
	if (progress == PROGRESS_WAIT)
		return false;
	task->action = NULL;
	task->finished(task, action, progress == PROGRESS_DONE);
	action_destroy(action);
	return true;
}

// One look at everything under way. Tasks may end others, so the list is walked anew after each.
static bool step_tasks(struct runner *runner)
{
	bool any = false;
	struct task *task;
again:
	wl_list_for_each(task, &runner->tasks, link) {
		if (!task_step(task))
			continue;
		any = true;
		if (runner->quit)
			return true;
		goto again;
	}
	return any;
}

static bool step(struct runner *runner)
{
	runner->poll_again = false;
	bool progress = false;
	if (!wl_list_empty(&runner->tasks)) {
		watch_update(runner->watch);
		progress = step_tasks(runner);
	}
	if (runner->after_turn && !runner->quit)
		runner->after_turn(runner, runner->after_turn_data);
	else if (runner->end_asked)
		runner_quit(runner, runner->end_status);
	// Verbs ask for configures and the like, which are sent before the loop waits.
	wl_event_loop_dispatch_idle(runner->server->loop);
	watch_update(runner->watch);
	wl_display_flush_clients(runner->server->display);
	return progress;
}

// From a twentieth of a millisecond to two, so that what is quick stays quick.
static uint64_t next_delay(struct runner *runner)
{
	uint64_t delay = UINT64_C(50) * NSEC_PER_USEC << MIN(runner->waits, 6);
	runner->waits++;
	return MIN(delay, 2 * NSEC_PER_MSEC);
}

static void turn_real(struct runner *runner)
{
	if (step(runner))
		runner->waits = 0;
	if (runner->quit)
		return;
	if (runner->poll_again)
		timer_set(&runner->poll_timer, clock_now_ns(runner->real) + next_delay(runner));
	else
		runner->waits = 0;
	wl_event_loop_dispatch(runner->server->loop, -1);
}

// How far virtual time may go now.
static uint64_t time_limit(struct runner *runner)
{
	uint64_t limit = 0;
	struct task *task;
	wl_list_for_each(task, &runner->tasks, link) {
		if (!task->action || !task->action->started)
			continue;
		if (task->action->verb->takes_time)
			return CLOCK_NEVER;
		limit = MAX(limit, task->action->until_ns);
	}
	return !runner->scripted && runner->free_run ? CLOCK_NEVER : limit;
}

static bool wait_readable(struct runner *runner, const struct timespec *timeout)
{
	struct pollfd poll = {.fd = wl_event_loop_get_fd(runner->server->loop), .events = POLLIN};
	return ppoll(&poll, 1, timeout, NULL) > 0;
}

// The step itself gave clients something to read, or something to do at this moment.
static bool told_more(struct runner *runner)
{
	struct clock *clock = runner->server->clock;
	struct client_watch *client;
	wl_list_for_each(client, &runner->watch->clients, link)
		if (!client->frozen && !client->stuck_ns && client_unread(client->client) > 0)
			return true;
	return clock_next_ns(clock) <= clock_now_ns(clock);
}

// Somebody who never rests must not keep scripts from their time-outs, nor time for ever.
static bool waited_enough(struct runner *runner)
{
	uint64_t now = clock_now_ns(runner->real);
	struct task *task;
	if (!runner->restless_ns)
		runner->restless_ns = now;
	wl_list_for_each(task, &runner->tasks, link)
		if (task->action && task->action->late)
			return true;
	return now - runner->restless_ns > RESTLESS_NS;
}

static void turn_virtual(struct runner *runner)
{
	struct server *server = runner->server;
	struct clock *clock = server->clock;
	static const struct timespec now = {0};
	wl_event_loop_dispatch(server->loop, 0);
	if (runner->quit)
		return;
	watch_update(runner->watch);
	wl_display_flush_clients(server->display);
	if (wait_readable(runner, &now))
		return;
	bool resting = clients_resting(runner->watch, clock_now_ns(runner->real));
	if (!resting && !waited_enough(runner)) {
		uint64_t delay = next_delay(runner);
		wait_readable(runner, &(struct timespec){.tv_nsec = (long)delay});
		return;
	}
	if (resting)
		runner->restless_ns = 0;
	// What they wrote before they went to sleep comes first.
	if (wait_readable(runner, &now))
		return;
	runner->waits = 0;
	// Timers of this very moment are part of it; but whoever is fast must not get a frame that
	// whoever is slow misses.
	if (clock_next_ns(clock) <= clock_now_ns(clock)) {
		clock_advance_to(clock, clock_now_ns(clock));
		return;
	}
	// A client may have read what this step told it before anybody can look for what is unread:
	// whether it rests must then be asked again.
	uint64_t told = watch_told(runner->watch);
	bool progress = step(runner);
	wl_display_flush_clients(server->display);
	if (progress || runner->quit || watch_told(runner->watch) != told || told_more(runner))
		return;
	uint64_t limit = time_limit(runner), next = clock_next_ns(clock);
	if (next <= limit && next != CLOCK_NEVER) {
		clock_advance_to(clock, next);
	} else if (limit != CLOCK_NEVER && limit > clock_now_ns(clock)) {
		clock_advance_to(clock, limit);
	} else if (runner->poll_again) {
		wait_readable(runner, &(struct timespec){.tv_nsec = (long)next_delay(runner)});
	} else {
		wait_readable(runner, NULL);
	}
}

// The end of the program is what some of those who ask have waited for; they get their answer.
static void last_steps(struct runner *runner)
{
	watch_update(runner->watch);
	bool any = true;
	for (int left = 1000; any && left > 0; left--) {
		struct task *task;
		any = false;
		wl_list_for_each(task, &runner->tasks, link) {
			any = task_step(task);
			if (any)
				break; // it may be gone
		}
	}
}

int runner_loop(struct runner *runner)
{
	bool is_virtual = clock_is_virtual(runner->server->clock);
	while (!runner->quit) {
		if (is_virtual)
			turn_virtual(runner);
		else
			turn_real(runner);
	}
	last_steps(runner);
	wl_display_flush_clients(runner->server->display);
	return runner->status;
}

int exit_code_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

char *describe_status(int status)
{
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));
		return xasprintf("was ended by signal %s", name ? name : "?");
	}
	return xasprintf("ended with status %d", WEXITSTATUS(status));
}
