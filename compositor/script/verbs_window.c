// SPDX-License-Identifier: MIT
// Verbs for windows and their clients. Each is done when the client has acknowledged the configure
// and processed the events that came with it, and fails when the window is not as it was asked for.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/weak.h"
#include "compositor/client/backlog.h"
#include "compositor/output/output.h"
#include "compositor/script/arguments.h"
#include "compositor/script/barrier.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/lookup.h"
#include "compositor/script/runner.h"
#include "compositor/script/verbs.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"

struct window_job {
	// what the words say
	int width, height, x, y;
	int signal;
	char *output; // owned, or NULL
	bool none;    // focus none
	bool no_wait; // close wait=no
	enum client_ack ack;
	// in progress
	struct weak window; // whose configure is to be acknowledged; NULL: gone
	struct barrier barrier;
	bool asked;
	bool until_gone;         // close: only done when the window is unmapped
	bool until_disconnected; // kill: only done when the client has disconnected
	bool x11;                // the window is an X program's
	char *name;              // of the window, for messages; owned
	uint64_t client;         // id of its watched_client
	uint64_t newest;         // id of the newest window when the verb began
	int process;             // kill: pidfd of the client; -1: none
	bool has_goal;           // done only if the window has, or has not, that state
	unsigned goal;           // enum window_state
	bool goal_on;
	bool wants_focus;
};

static struct window_job *create_job(struct action *action)
{
	struct window_job *job = xcalloc(1, sizeof(*job));
	job->process = -1;
	job->signal = SIGKILL;
	action->data = job;
	return job;
}

static void begin_job(struct action *action, struct window *window)
{
	struct window_job *job = action->data;
	const struct window *other;
	barrier_begin(&job->barrier, action->runner->watch);
	if (window) {
		weak_set(&job->window, window, &window->events.destroyed);
		job->name = window_name(window);
		job->x11 = window->x11 != NULL;
		struct watched_client *client =
			client_watch_find(action->runner->watch, window_wl_client(window));
		job->client = client ? client->id : 0;
		barrier_add(&job->barrier, window_wl_client(window));
	}
	wl_list_for_each(other, &action->runner->server->windows, link)
		job->newest = MAX(job->newest, other->id);
	barrier_add_focus(&job->barrier);
	client_watch_note_activity(action->runner->watch);
}

// verb.parse of verbs that take a selector only.
static bool parse_selector(struct action *action)
{
	create_job(action);
	return action_takes_selector(action);
}

static void finish_job(struct action *action)
{
	struct window_job *job = action->data;
	if (!job)
		return;
	weak_clear(&job->window);
	barrier_finish(&job->barrier);
	close_fd(&job->process);
	free(job->output);
	free(job->name);
	free(job);
}

// Whether the process has ended; its end causes no event.
static bool process_ended(struct action *action, const struct window_job *job)
{
	struct pollfd poll_fd = {.fd = job->process, .events = POLLIN};
	if (job->process < 0 || poll(&poll_fd, 1, 0) > 0)
		return true;
	action->runner->poll_again = true;
	return false;
}

// What became of a state or the focus that the verb was to set.
static enum progress check_goal(struct action *action, const struct window_job *job)
{
	const struct window *window = job->window.target;
	if (!window)
		return action_fail(action, "%s is gone", job->name);
	if (job->has_goal && window_has(window, job->goal) != job->goal_on)
		return action_fail(action, "the shell did not do that for %s", job->name);
	if (!job->wants_focus || window_holds_focus(window))
		return PROGRESS_DONE;
	char *holder = keyboard_holder_name(action->runner->server);
	action_fail(action, "%s did not get the keyboard focus, which %s has", job->name,
		holder ? holder : "no window");
	free(holder);
	return PROGRESS_FAILED;
}

static enum progress poll_job(struct action *action)
{
	struct window_job *job = action->data;
	struct window *window = job->window.target;
	bool again = false;
	if (job->until_disconnected) {
		// Of an X program, whose client is Xwayland, only the window ends.
		bool connected = job->x11
			? window != NULL
			: client_watch_find_id(action->runner->watch, job->client) != NULL;
		return connected || !process_ended(action, job) ? PROGRESS_WAIT : PROGRESS_DONE;
	}
	if (job->until_gone)
		return window && window->mapped ? PROGRESS_WAIT : PROGRESS_DONE;
	if (window &&
		(window->configure_queued || window->configured_serial != window->acked_serial)) {
		struct watched_client *client =
			client_watch_find(action->runner->watch, window_wl_client(window));
		if (!client || !client->frozen)
			return PROGRESS_WAIT;
	}
	if (!job->asked) {
		job->asked = true;
		barrier_add_focus(&job->barrier); // the clients that have it now
		barrier_ask(&job->barrier);
	}
	if (!barrier_done(&job->barrier, &again)) {
		action->runner->poll_again |= again;
		return PROGRESS_WAIT;
	}
	return job->has_goal || job->wants_focus ? check_goal(action, job) : PROGRESS_DONE;
}

// The window with what was opened since the close event, such as a dialog that asks.
static char *describe_unclosed(struct server *server, const struct window_job *job)
{
	struct strbuf buf = {0};
	struct window *window = job->window.target, *other;
	strbuf_printf(&buf, "%s is still there", job->name);
	wl_list_for_each(other, &server->windows, link) {
		if (!other->mapped || other->id <= job->newest)
			continue;
		char *name = window_name(other);
		strbuf_printf(&buf, "; %s opened meanwhile", name);
		free(name);
	}
	if (window && lookup_popup(server, window, NULL))
		strbuf_puts(&buf, "; it shows a popup");
	return buf.text;
}

static char *why_job(struct action *action)
{
	struct window_job *job = action->data;
	struct window *window = job->window.target;
	if (job->until_disconnected)
		return job->x11 && window ? xasprintf("%s is still there", job->name)
			: !job->x11 && client_watch_find_id(action->runner->watch, job->client)
			? xstrdup("the client is still connected")
			: xstrdup("the process has not ended");
	if (job->until_gone)
		return describe_unclosed(action->runner->server, job);
	if (window && window->configured_serial != window->acked_serial)
		return xasprintf("the client has not acknowledged the configure with serial %u",
			window->configured_serial);
	return barrier_why(&job->barrier);
}

static bool parse_focus(struct action *action)
{
	struct window_job *job = create_job(action);
	job->none = action->args.count == 2 && strcmp(action->args.word[1], "none") == 0;
	return job->none || action_take_selector(action, 1);
}

static enum progress start_focus(struct action *action)
{
	struct server *server = action->runner->server;
	struct window_job *job = action->data;
	struct window *window = job->none ? NULL : action_window(action);
	if (!window && !job->none)
		return PROGRESS_FAILED;
	begin_job(action, window);
	job->wants_focus = window;
	shell_activate(server->shell, window);
	return PROGRESS_WAIT;
}

static bool parse_resize(struct action *action)
{
	struct window_job *job = create_job(action);
	if (action->args.count < 2)
		return action_usage(action);
	if (!arg_size(action->args.word[1], &job->width, &job->height, NULL))
		return action_refuse(
			action, "'%s' is not a size; write WIDTHxHEIGHT", action->args.word[1]);
	return action_take_selector(action, 2);
}

static enum progress start_resize(struct action *action)
{
	const struct window_job *job = action->data;
	struct window *window = action_window(action);
	if (!window)
		return PROGRESS_FAILED;
	begin_job(action, window);
	window_request(window, REQUEST_SIZE,
		&(struct window_detail){.width = job->width, .height = job->height});
	return PROGRESS_WAIT;
}

static bool parse_place(struct action *action)
{
	struct window_job *job = create_job(action);
	double x, y;
	if (action->args.count < 2)
		return action_usage(action);
	if (!arg_pair(action->args.word[1], &x, &y) || x < -1e6 || x > 1e6 || y < -1e6 || y > 1e6)
		return action_refuse(
			action, "'%s' is not a point; write X,Y", action->args.word[1]);
	job->x = (int)x;
	job->y = (int)y;
	return action_take_selector(action, 2);
}

static enum progress start_place(struct action *action)
{
	const struct window_job *job = action->data;
	struct window *window = action_window(action);
	if (!window)
		return PROGRESS_FAILED;
	begin_job(action, window);
	window_request(window, REQUEST_PLACE, &(struct window_detail){.x = job->x, .y = job->y});
	return PROGRESS_WAIT;
}

static bool parse_fullscreen(struct action *action)
{
	struct window_job *job = create_job(action);
	job->output = words_take(&action->args, 1, "output");
	return action_take_selector(action, 1);
}

static enum progress send_window_request(
	struct action *action, enum window_request what, unsigned state, bool on)
{
	struct window_job *job = action->data;
	struct window_detail detail = {.on = on, .seat = action->runner->server->seat};
	if (job->output) {
		detail.output = action_output(action, job->output);
		if (!detail.output)
			return PROGRESS_FAILED;
		if (!detail.output->enabled)
			return action_fail(action, "output '%s' is off", job->output);
	}
	struct window *window = action_window(action);
	if (!window)
		return PROGRESS_FAILED;
	begin_job(action, window);
	job->has_goal = true;
	job->goal = state;
	job->goal_on = on;
	window_request(window, what, &detail);
	return PROGRESS_WAIT;
}

static bool parse_close(struct action *action)
{
	struct window_job *job = create_job(action);
	char *wait = words_take(&action->args, 1, "wait");
	bool good = !wait || strcmp(wait, "yes") == 0 || strcmp(wait, "no") == 0;
	job->no_wait = wait && strcmp(wait, "no") == 0;
	free(wait);
	return good ? action_take_selector(action, 1)
		    : action_refuse(action, "wait= takes yes or no");
}

static enum progress start_close(struct action *action)
{
	struct window *window = action_window(action);
	if (!window)
		return PROGRESS_FAILED;
	struct window_job *job = action->data;
	begin_job(action, window);
	job->until_gone = !job->no_wait;
	window_close(window);
	return PROGRESS_WAIT;
}

static bool parse_signal(const char *name, int *number)
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

static bool parse_kill(struct action *action)
{
	struct window_job *job = create_job(action);
	char *name = words_take(&action->args, 1, "signal");
	bool known = !name || parse_signal(name, &job->signal);
	free(name);
	if (!known)
		return action_refuse(
			action, "signal= takes KILL, TERM, INT, HUP, STOP, CONT, USR1, ...");
	return action_take_selector(action, 1);
}

static enum progress start_kill(struct action *action)
{
	struct window *window = action_window(action);
	if (!window)
		return PROGRESS_FAILED;
	pid_t pid = window_pid(window);
	struct window_job *job = action->data;
	begin_job(action, window);
	if (pid <= 1 || pid == getpid() || (window->x11 && !window->x11->pid))
		return action_fail(action, "the process of %s is not known", job->name);
	bool ends = job->signal == SIGKILL || job->signal == SIGTERM;
	if (ends)
		job->process = (int)syscall(SYS_pidfd_open, pid, 0);
	if (kill(pid, job->signal) < 0)
		return action_fail(action, "process %d: %s", (int)pid, strerror(errno));
	if (!ends)
		return PROGRESS_DONE;
	struct child *child = action->runner->child;
	if (child && child->pid == pid)
		action->runner->status_expected = true;
	job->until_disconnected = true;
	return PROGRESS_WAIT;
}

// A window of a client of its own. NULL: none is, and the action has failed.
static struct window *action_client_window(struct action *action)
{
	struct window *window = action_window(action);
	if (!window || !window->x11)
		return window;
	char *name = window_name(window);
	action_fail(action, "%s is an X program's: this would affect all X programs", name);
	free(name);
	return NULL;
}

static enum progress start_disconnect(struct action *action)
{
	struct window *window = action_client_window(action);
	if (!window)
		return PROGRESS_FAILED;
	wl_client_destroy(window_wl_client(window));
	return PROGRESS_DONE;
}

static enum progress set_frozen(struct action *action, bool frozen)
{
	struct window *window = action_client_window(action);
	if (!window)
		return PROGRESS_FAILED;
	struct wl_client *client = window_wl_client(window);
	struct watched_client *found = client_watch_find(action->runner->watch, client);
	if (found)
		found->frozen = frozen;
	backlog_freeze(client, frozen);
	client_watch_note_activity(action->runner->watch);
	return PROGRESS_DONE;
}

static enum progress start_freeze(struct action *action)
{
	return set_frozen(action, true);
}

static enum progress start_thaw(struct action *action)
{
	return set_frozen(action, false);
}

static bool parse_ack(struct action *action)
{
	static const char *const names[] = {"ping", "read", "none"};
	struct window_job *job = create_job(action);
	if (action->args.count < 2)
		return action_usage(action);
	for (size_t i = 0; i < array_length(names); i++) {
		if (strcmp(names[i], action->args.word[1]) != 0)
			continue;
		job->ack = (enum client_ack)i;
		return action_take_selector(action, 2);
	}
	return action_usage(action);
}

static enum progress start_ack(struct action *action)
{
	const struct window_job *job = action->data;
	struct window *window = action->selector ? action_window(action) : NULL;
	if (action->selector && !window)
		return PROGRESS_FAILED;
	client_watch_set_ack(
		action->runner->watch, window ? window_wl_client(window) : NULL, job->ack);
	return PROGRESS_DONE;
}

#define WINDOW_VERB(id, parses, starts, words, sentence) \
	const struct verb verb_##id = { \
		.name = #id, \
		.usage = words, \
		.help = sentence, \
		.takes_time = true, \
		.limit_ns = VERB_LIMIT, \
		.parse = parse_##parses, \
		.start = start_##starts, \
		.poll = poll_job, \
		.why = why_job, \
		.finish = finish_job, \
	}

// Defines a verb that turns a state on or off.
#define STATE_VERB(id, parses, request, state, on, words, sentence) \
	static enum progress start_##id(struct action *action) \
	{ \
		return send_window_request(action, request, state, on); \
	} \
	WINDOW_VERB(id, parses, id, words, sentence)

WINDOW_VERB(focus, focus, focus, "[SELECTOR] | none", "activates a window");
WINDOW_VERB(resize, resize, resize, "WxH [SELECTOR]", "requests a size of a window");
WINDOW_VERB(place, place, place, "X,Y [SELECTOR]", "moves a window's top left corner");
STATE_VERB(maximize, selector, REQUEST_MAXIMIZE, WINDOW_MAXIMIZED, true, "[SELECTOR]",
	"maximises a window");
STATE_VERB(maximise, selector, REQUEST_MAXIMIZE, WINDOW_MAXIMIZED, true, "[SELECTOR]",
	"maximises a window");
STATE_VERB(unmaximize, selector, REQUEST_MAXIMIZE, WINDOW_MAXIMIZED, false, "[SELECTOR]",
	"undoes maximize");
STATE_VERB(unmaximise, selector, REQUEST_MAXIMIZE, WINDOW_MAXIMIZED, false, "[SELECTOR]",
	"undoes maximise");
STATE_VERB(fullscreen, fullscreen, REQUEST_FULLSCREEN, WINDOW_FULLSCREEN, true,
	"[SELECTOR] [output=NAME]", "makes a window cover an output");
STATE_VERB(unfullscreen, selector, REQUEST_FULLSCREEN, WINDOW_FULLSCREEN, false, "[SELECTOR]",
	"undoes fullscreen");
STATE_VERB(minimize, selector, REQUEST_MINIMIZE, WINDOW_MINIMIZED, true, "[SELECTOR]",
	"hides a window");
STATE_VERB(minimise, selector, REQUEST_MINIMIZE, WINDOW_MINIMIZED, true, "[SELECTOR]",
	"hides a window");
STATE_VERB(unminimize, selector, REQUEST_MINIMIZE, WINDOW_MINIMIZED, false, "[SELECTOR]",
	"shows a hidden window again");
STATE_VERB(unminimise, selector, REQUEST_MINIMIZE, WINDOW_MINIMIZED, false, "[SELECTOR]",
	"shows a hidden window again");
WINDOW_VERB(close, close, close, "[SELECTOR] [wait=no]", "asks a window to close");
WINDOW_VERB(kill, kill, kill, "[SELECTOR] [signal=NAME]", "sends a signal to a window's process");
WINDOW_VERB(disconnect, selector, disconnect, "[SELECTOR]", "ends a client's connection");
WINDOW_VERB(
	freeze, selector, freeze, "[SELECTOR]", "stops reading from a client and sending to it");
WINDOW_VERB(thaw, selector, thaw, "[SELECTOR]", "resumes a frozen client");
WINDOW_VERB(ack, ack, ack, "ping|read|none [SELECTOR]",
	"sets how a client shows that it has processed events");
