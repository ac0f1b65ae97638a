// SPDX-License-Identifier: MIT
// Runs the event loop, in real or virtual time, and starts, polls and ends actions in it.
#include "compositor/script/runner.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/workers.h"
#include "compositor/client/access.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/procs.h"
#include "compositor/script/settle.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/xwayland/xwayland.h"

// Real time for which a virtual clock waits for busy programs.
#define BUSY_LIMIT_NS (20 * NSEC_PER_SEC)

static void on_wake(void *data)
{
	// Wakes the loop; the next iteration polls.
}

static void on_exit_request(void *data, int status)
{
	runner_request_exit(data, status);
}

struct runner *runner_create(struct server *server, struct children *children)
{
	struct runner *runner = xcalloc(1, sizeof(*runner));
	runner->server = server;
	runner->children = children;
	wl_list_init(&runner->tasks);
	runner->free_run = true;
	runner->keyboard =
		(struct input_device){.type = INPUT_KEYBOARD, .name = "script", .is_virtual = true};
	runner->real = clock_create_real(server->loop);
	if (!runner->real)
		goto fail;
	timer_init(&runner->poll_timer, runner->real, on_wake, runner);
	runner->procs = procs_create(children);
	runner->watch = client_watch_create(server, runner->procs);
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
	if (runner->server->seat)
		keyboard_device_gone(runner->server->seat, &runner->keyboard);
	if (runner->server->exit_data == runner) {
		runner->server->exit = NULL;
		runner->server->exit_data = NULL;
	}
	client_watch_destroy(runner->watch);
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

void runner_request_exit(struct runner *runner, int status)
{
	if (runner->exit_requested)
		return;
	runner->exit_requested = true;
	runner->requested_status = status;
}

bool runner_all_ended(struct runner *runner)
{
	// Xwayland alone, which stays for the next X program, is none.
	pid_t xwayland = xwayland_pid(runner->server->xwayland);
	struct watched_client *client;
	if (!runner->had_child || runner->child)
		return false;
	wl_list_for_each(client, &runner->watch->clients, link)
		if (!access_xwayland(client->client))
			return false;
	size_t count, others = 0;
	pid_t *pids = children_descendants(runner->children, &count);
	for (size_t i = 0; i < count; i++)
		others += pids[i] != xwayland;
	free(pids);
	return others == 0;
}

static void on_action_timeout(void *data)
{
	struct action *action = data;
	action->timed_out = true;
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

void task_run(struct task *task, struct action *action)
{
	struct clock *real = task->runner->real;
	action->runner = task->runner;
	action->task = task;
	action->started_ns = clock_now_ns(real);
	timer_init(&action->limit, real, on_action_timeout, action);
	task->action = action;
}

static enum progress action_start(struct action *action)
{
	action->started = true;
	if (action->limit_ns)
		timer_set(&action->limit, action->started_ns + action->limit_ns);
	return action->verb->start(action);
}

static enum progress fail_timed_out(struct action *action)
{
	char *why = action->job     ? xstrdup("the file system does not answer")
		: action->verb->why ? action->verb->why(action)
				    : NULL;
	action_fail(action, "not done after %.4g s%s%s",
		(double)action->limit_ns / (double)NSEC_PER_SEC, why ? ": " : "", why ? why : "");
	free(why);
	return PROGRESS_FAILED;
}

// True when the action has ended.
static bool task_poll(struct task *task)
{
	struct action *action = task->action;
	if (!action)
		return false;
	enum progress progress;
	if (!action->started) {
		progress = action_start(action);
		// It may already be done, with no event to announce that.
		task->runner->poll_again |= progress == PROGRESS_WAIT;
	} else {
		progress = action->verb->poll(action);
	}
	if (progress == PROGRESS_WAIT && action->timed_out)
		progress = fail_timed_out(action);
	if (progress == PROGRESS_WAIT)
		return false;
	task->action = NULL;
	task->finished(task, action, progress == PROGRESS_DONE);
	action_destroy(action);
	return true;
}

// Polls the actions until one has ended, which may destroy other tasks. False: none has ended.
static bool poll_until_one_ends(struct runner *runner)
{
	struct task *task;
	wl_list_for_each(task, &runner->tasks, link)
		if (task_poll(task))
			return true;
	return false;
}

// True when an action has ended.
static bool poll_tasks(struct runner *runner)
{
	bool any = false;
	while (poll_until_one_ends(runner)) {
		any = true;
		if (runner->quit)
			break;
	}
	return any;
}

static bool run_tasks(struct runner *runner)
{
	runner->poll_again = false;
	bool progress = false;
	if (!wl_list_empty(&runner->tasks)) {
		client_watch_update(runner->watch);
		progress = poll_tasks(runner);
	}
	if (runner->after_turn && !runner->quit)
		runner->after_turn(runner, runner->after_turn_data);
	else if (runner->exit_requested)
		runner_quit(runner, runner->requested_status);
	// Verbs queue configures in idle sources, which have to be sent before the loop blocks.
	wl_event_loop_dispatch_idle(runner->server->loop);
	client_watch_update(runner->watch);
	wl_display_flush_clients(runner->server->display);
	return progress;
}

// Doubles from 50 us to 2 ms, so that short waits stay short.
static uint64_t next_delay(struct runner *runner)
{
	uint64_t delay = UINT64_C(50) * NSEC_PER_USEC << MIN(runner->idle_polls, 6);
	runner->idle_polls++;
	return MIN(delay, 2 * NSEC_PER_MSEC);
}

static void iterate_real(struct runner *runner)
{
	if (run_tasks(runner))
		runner->idle_polls = 0;
	if (runner->quit)
		return;
	if (runner->poll_again)
		timer_set(&runner->poll_timer, clock_now_ns(runner->real) + next_delay(runner));
	else
		runner->idle_polls = 0;
	wl_event_loop_dispatch(runner->server->loop, -1);
}

// The time up to which a virtual clock may advance now.
static uint64_t virtual_time_limit(struct runner *runner)
{
	uint64_t limit = 0;
	struct task *task;
	// How long a file takes must not be seen in virtual time.
	if (workers_busy(runner->server->workers))
		return 0;
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

// Whether polling the tasks gave clients something to read or armed a timer that is due.
static bool has_more_to_do(struct runner *runner)
{
	struct clock *clock = runner->server->clock;
	struct watched_client *client;
	wl_list_for_each(client, &runner->watch->clients, link)
		if (!client->frozen && !client->stuck_ns && client_unread(client->client) > 0)
			return true;
	return clock_next_ns(clock) <= clock_now_ns(clock);
}

// A program that never rests must not stop virtual time or the time-outs of verbs.
static bool busy_too_long(struct runner *runner)
{
	uint64_t now = clock_now_ns(runner->real);
	struct task *task;
	if (!runner->busy_since_ns)
		runner->busy_since_ns = now;
	wl_list_for_each(task, &runner->tasks, link)
		if (task->action && task->action->timed_out)
			return true;
	return now - runner->busy_since_ns > BUSY_LIMIT_NS;
}

static void iterate_virtual(struct runner *runner)
{
	struct server *server = runner->server;
	struct clock *clock = server->clock;
	static const struct timespec now = {0};
	wl_event_loop_dispatch(server->loop, 0);
	if (runner->quit)
		return;
	client_watch_update(runner->watch);
	wl_display_flush_clients(server->display);
	if (wait_readable(runner, &now))
		return;
	bool resting = clients_resting(runner->watch, clock_now_ns(runner->real));
	if (!resting && !busy_too_long(runner)) {
		uint64_t delay = next_delay(runner);
		wait_readable(runner, &(struct timespec){.tv_nsec = (long)delay});
		return;
	}
	if (resting)
		runner->busy_since_ns = 0;
	// Requests that were written before the client went to sleep come first.
	if (wait_readable(runner, &now))
		return;
	runner->idle_polls = 0;
	// Timers that are due belong to this moment, but fire only now: a fast client must not
	// catch a frame that a slow one would miss.
	if (clock_next_ns(clock) <= clock_now_ns(clock)) {
		clock_advance_to(clock, clock_now_ns(clock));
		return;
	}
	// A client can read the events that this sends before its socket is checked, so what was
	// sent counts too: then all clients are waited for again.
	uint64_t sent = client_watch_sent(runner->watch);
	bool progress = run_tasks(runner);
	wl_display_flush_clients(server->display);
	if (progress || runner->quit || client_watch_sent(runner->watch) != sent ||
		has_more_to_do(runner))
		return;
	uint64_t limit = virtual_time_limit(runner), next = clock_next_ns(clock);
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

// Tasks that wait for the end of the program get their result before the loop is left.
static void answer_last_tasks(struct runner *runner)
{
	client_watch_update(runner->watch);
	for (int left = 1000; left > 0 && poll_until_one_ends(runner); left--)
		;
}

int runner_loop(struct runner *runner)
{
	bool is_virtual = clock_is_virtual(runner->server->clock);
	while (!runner->quit) {
		if (is_virtual)
			iterate_virtual(runner);
		else
			iterate_real(runner);
	}
	answer_last_tasks(runner);
	wl_display_flush_clients(runner->server->display);
	return runner->status;
}
