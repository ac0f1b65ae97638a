// SPDX-License-Identifier: MIT
// What scripts do with windows and the clients behind them. A verb ends when the client has
// acknowledged the configure and processed what came with it.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/weak.h"
#include "compositor/core/backlog.h"
#include "compositor/core/child.h"
#include "compositor/core/output.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"
#include "compositor/core/window.h"
#include "compositor/run/find.h"
#include "compositor/run/verbs.h"
#include "compositor/run/watch.h"

struct window_job {
	struct weak window; // whose configure is to be acknowledged; NULL: gone
	struct barrier barrier;
	bool asked;
	bool until_gone; // close, kill: or the barrier, unless for_sure
	bool for_sure;
	uint64_t client; // id of its client_watch
};

static struct window_job *job_create(struct action *action, struct window *window)
{
	struct window_job *job = xcalloc(1, sizeof(*job));
	barrier_begin(&job->barrier, action->runner->watch);
	action->data = job;
	if (window) {
		weak_set(&job->window, window, &window->events.destroyed);
		struct client_watch *client =
			watch_client(action->runner->watch, window_wl_client(window));
		job->client = client ? client->id : 0;
		barrier_add(&job->barrier, window_wl_client(window));
	}
	barrier_add_focus(&job->barrier);
	watch_touch(action->runner->watch);
	return job;
}

static void finish_job(struct action *action)
{
	struct window_job *job = action->data;
	if (!job)
		return;
	weak_clear(&job->window);
	barrier_finish(&job->barrier);
	free(job);
}

static bool client_lives(struct runner *runner, uint64_t id)
{
	struct client_watch *client;
	wl_list_for_each(client, &runner->watch->clients, link)
		if (client->id == id)
			return true;
	return false;
}

static enum progress poll_job(struct action *action)
{
	struct window_job *job = action->data;
	struct window *window = job->window.target;
	bool again = false;
	if (job->for_sure)
		return client_lives(action->runner, job->client) ? PROGRESS_WAIT : PROGRESS_DONE;
	if (job->until_gone && (!window || !window->mapped))
		return PROGRESS_DONE;
	if (window && (window->configure_queued || window->sent_serial != window->acked_serial)) {
		struct client_watch *client =
			watch_client(action->runner->watch, window_wl_client(window));
		if (!client || !client->frozen)
			return PROGRESS_WAIT;
	}
	if (!job->asked) {
		job->asked = true;
		barrier_add_focus(&job->barrier); // those who have it now
		barrier_ask(&job->barrier);
	}
	if (!barrier_done(&job->barrier, &again)) {
		action->runner->poll_again |= again;
		return PROGRESS_WAIT;
	}
	return PROGRESS_DONE;
}

static char *why_job(struct action *action)
{
	struct window_job *job = action->data;
	struct window *window = job ? job->window.target : NULL;
	if (!job)
		return NULL;
	if (job->for_sure)
		return xstrdup("the client is still connected");
	if (window && window->sent_serial != window->acked_serial)
		return xasprintf("the client has not acknowledged the configure with serial %u",
			window->sent_serial);
	return barrier_why(&job->barrier);
}

static enum progress start_focus(struct action *action)
{
	struct server *server = action->runner->server;
	if (action->args.count == 2 && strcmp(action->args.word[1], "none") == 0) {
		job_create(action, NULL);
		shell_activate(server->shell, NULL);
		return PROGRESS_WAIT;
	}
	struct window *window = action_window(action, 1);
	if (!window)
		return PROGRESS_FAILED;
	job_create(action, window);
	shell_activate(server->shell, window);
	return PROGRESS_WAIT;
}

static enum progress start_resize(struct action *action)
{
	int width, height;
	if (action->args.count < 2)
		return action_usage(action);
	if (!arg_size(action->args.word[1], &width, &height, NULL))
		return action_fail(
			action, "'%s' is not a size; write WIDTHxHEIGHT", action->args.word[1]);
	struct window *window = action_window(action, 2);
	if (!window)
		return PROGRESS_FAILED;
	job_create(action, window);
	window_set_size(window, width, height);
	return PROGRESS_WAIT;
}

static enum progress start_place(struct action *action)
{
	double x, y;
	if (action->args.count < 2)
		return action_usage(action);
	if (!arg_pair(action->args.word[1], &x, &y) || x < -1e6 || x > 1e6 || y < -1e6 || y > 1e6)
		return action_fail(action, "'%s' is not a point; write X,Y", action->args.word[1]);
	struct window *window = action_window(action, 2);
	if (!window)
		return PROGRESS_FAILED;
	job_create(action, window);
	window_move(window, (int)x, (int)y);
	return PROGRESS_WAIT;
}

static enum progress request(struct action *action, enum window_request what, bool on)
{
	struct window_detail detail = {.on = on, .seat = action->runner->server->seat};
	char *output = words_take(&action->args, 1, "output");
	if (output) {
		detail.output = action_output(action, output);
		free(output);
		if (!detail.output)
			return PROGRESS_FAILED;
	}
	struct window *window = action_window(action, 1);
	if (!window)
		return PROGRESS_FAILED;
	job_create(action, window);
	window_ask(window, what, &detail);
	return PROGRESS_WAIT;
}

static enum progress start_maximize(struct action *action)
{
	return request(action, REQUEST_MAXIMIZE, true);
}

static enum progress start_unmaximize(struct action *action)
{
	return request(action, REQUEST_MAXIMIZE, false);
}

static enum progress start_fullscreen(struct action *action)
{
	return request(action, REQUEST_FULLSCREEN, true);
}

static enum progress start_unfullscreen(struct action *action)
{
	return request(action, REQUEST_FULLSCREEN, false);
}

static enum progress start_minimize(struct action *action)
{
	return request(action, REQUEST_MINIMIZE, true);
}

static enum progress start_unminimize(struct action *action)
{
	return request(action, REQUEST_MINIMIZE, false);
}

static enum progress start_close(struct action *action)
{
	struct window *window = action_window(action, 1);
	if (!window)
		return PROGRESS_FAILED;
	struct window_job *job = job_create(action, window);
	job->until_gone = true;
	window_close(window);
	return PROGRESS_WAIT;
}

static bool signal_by_name(const char *name, int *number)
{
	static const struct {
		const char *name;
		int number;
	} names[] = {{"KILL", SIGKILL}, {"TERM", SIGTERM}, {"INT", SIGINT}, {"HUP", SIGHUP},
		{"STOP", SIGSTOP}, {"CONT", SIGCONT}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
		{"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"ABRT", SIGABRT}};
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	for (size_t i = 0; i < array_length(names); i++) {
		if (strcmp(names[i].name, name) != 0)
			continue;
		*number = names[i].number;
		return true;
	}
	return false;
}

static enum progress start_kill(struct action *action)
{
	int number = SIGKILL;
	char *name = words_take(&action->args, 1, "signal");
	bool known = !name || signal_by_name(name, &number);
	free(name);
	if (!known)
		return action_fail(
			action, "signal= takes KILL, TERM, INT, HUP, STOP, CONT, USR1, ...");
	struct window *window = action_window(action, 1);
	if (!window)
		return PROGRESS_FAILED;
	pid_t pid = window_pid(window);
	struct window_job *job = job_create(action, window);
	if (pid <= 1 || pid == getpid())
		return action_fail(action, "the client's process is not known");
	if (kill(pid, number) < 0)
		return action_fail(action, "process %d: %s", (int)pid, strerror(errno));
	if (number != SIGKILL && number != SIGTERM)
		return PROGRESS_DONE;
	struct child *child = action->runner->child;
	if (child && child->pid == pid)
		action->runner->status_known = true;
	job->until_gone = job->for_sure = true;
	return PROGRESS_WAIT;
}

static enum progress start_disconnect(struct action *action)
{
	struct window *window = action_window(action, 1);
	if (!window)
		return PROGRESS_FAILED;
	wl_client_destroy(window_wl_client(window));
	return PROGRESS_DONE;
}

static enum progress freeze(struct action *action, bool frozen)
{
	struct window *window = action_window(action, 1);
	if (!window)
		return PROGRESS_FAILED;
	struct wl_client *client = window_wl_client(window);
	struct client_watch *found = watch_client(action->runner->watch, client);
	if (found)
		found->frozen = frozen;
	backlog_freeze(client, frozen);
	watch_touch(action->runner->watch);
	return PROGRESS_DONE;
}

static enum progress start_freeze(struct action *action)
{
	return freeze(action, true);
}

static enum progress start_thaw(struct action *action)
{
	return freeze(action, false);
}

#define WINDOW_VERB(id, function, words, sentence) \
	const struct verb verb_##id = { \
		.name = #id, \
		.usage = words, \
		.help = sentence, \
		.takes_time = true, \
		.limit_ns = VERB_LIMIT, \
		.start = start_##function, \
		.poll = poll_job, \
		.why = why_job, \
		.finish = finish_job, \
	}

WINDOW_VERB(focus, focus, "[SELECTOR] | none", "activates a window");
WINDOW_VERB(resize, resize, "WxH [SELECTOR]", "asks a window for a size");
WINDOW_VERB(place, place, "X,Y [SELECTOR]", "moves a window's top left corner");
WINDOW_VERB(maximize, maximize, "[SELECTOR]", "maximises a window");
WINDOW_VERB(maximise, maximize, "[SELECTOR]", "maximises a window");
WINDOW_VERB(unmaximize, unmaximize, "[SELECTOR]", "undoes maximize");
WINDOW_VERB(unmaximise, unmaximize, "[SELECTOR]", "undoes maximise");
WINDOW_VERB(fullscreen, fullscreen, "[SELECTOR] [output=NAME]", "makes a window cover an output");
WINDOW_VERB(unfullscreen, unfullscreen, "[SELECTOR]", "undoes fullscreen");
WINDOW_VERB(minimize, minimize, "[SELECTOR]", "hides a window");
WINDOW_VERB(minimise, minimize, "[SELECTOR]", "hides a window");
WINDOW_VERB(unminimize, unminimize, "[SELECTOR]", "shows a hidden window again");
WINDOW_VERB(unminimise, unminimize, "[SELECTOR]", "shows a hidden window again");
WINDOW_VERB(close, close, "[SELECTOR]", "asks a window to close");
WINDOW_VERB(kill, kill, "[SELECTOR] [signal=NAME]", "sends a signal to a window's process");
WINDOW_VERB(disconnect, disconnect, "[SELECTOR]", "ends a client's connection");
WINDOW_VERB(freeze, freeze, "[SELECTOR]", "stops reading from a client and sending to it");
WINDOW_VERB(thaw, thaw, "[SELECTOR]", "undoes freeze");
