// SPDX-License-Identifier: MIT
// Runs a session: creates the sockets, runs the event loop until a signal or verb ends it, and
// gives programs time to exit. The session of a desktop is announced to the user's services and
// starts autostart programs.
#include "compositor/session/session.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/exit_status.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"
#include "compositor/base/workers.h"
#include "compositor/config/config.h"
#include "compositor/run/runtime.h"
#include "compositor/run/wirelog.h"
#include "compositor/script/control.h"
#include "compositor/script/runner.h"
#include "compositor/server.h"
#include "compositor/session/announce.h"
#include "compositor/session/autostart.h"
#include "compositor/xwayland/xwayland.h"

// Grace period between SIGTERM and SIGKILL when the session ends.
#define GRACE_NS (2 * NSEC_PER_SEC)

struct session {
	const struct session_options *options;
	struct server *server;
	struct runtime runtime;
	char *manager; // $NOTIFY_SOCKET, owned; NULL: none
	struct children *children;
	struct runner *runner;
	struct control *control;
	struct announce *announce;
	struct work *search;     // for programs of XDG autostart; NULL: not now
	struct wirelog *wirelog; // logs protocol errors
	struct wl_event_source *signals[3];
	struct timer grace;
	bool end_now;   // at the end: a second signal came, or the grace period is over
	bool withdrawn; // at the end: services have been informed
};

static int on_signal(int number, void *data)
{
	struct session *session = data;
	session->end_now = session->runner->quit;
	runner_quit(session->runner, 0);
	return 0;
}

static void on_command_ended(struct child *child, int status, void *data)
{
	struct session *session = data;
	session->runner->child = NULL;
	session->runner->child_status = status;
	if (session->options->ends_with_command)
		runner_quit(session->runner, wait_status_code(status));
}

// Unless the display manager has set them.
static void set_desktop_variables(void)
{
	setenv("XDG_CURRENT_DESKTOP", RUNTIME_DESKTOP, 0);
	setenv("XDG_SESSION_DESKTOP", RUNTIME_SESSION_DESKTOP, 0);
}

static bool prepare_session(struct session *session)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct server *server = session->server;
	if (session->options->on_console && !runtime_find_folder(&session->runtime))
		return false;
	if (!runtime_create_shared(&session->runtime, server->display, session->options->socket))
		return false;
	if (session->runtime.folder)
		guard_set_folder(session->options->guard, session->runtime.folder);
	session->manager = xstrdup(getenv("NOTIFY_SOCKET"));
	if (!(session->children = children_create(server->loop, session->options->guard)))
		return false;
	server->children = session->children;
	if (!(session->runner = runner_create(server, session->children)))
		return false;
	server->xwayland = xwayland_create(server,
		&(struct xwayland_options){.children = session->children,
			.guard = session->options->guard,
			.clock = session->runner->real});
	runtime_fill_env(
		&session->runtime, server->config, xwayland_display(server->xwayland), false);
	runtime_apply_env(&session->runtime);
	if (session->options->desktop)
		set_desktop_variables();
	session->runner->child_env = (const char *const *)session->runtime.env;
	timer_init(&session->grace, session->runner->real, NULL, session);
	for (size_t i = 0; i < array_length(numbers); i++) {
		session->signals[i] =
			wl_event_loop_add_signal(server->loop, numbers[i], on_signal, session);
		if (!session->signals[i]) {
			log_errno("cannot handle signals");
			return false;
		}
	}
	session->control = control_create(session->runner, session->runtime.control);
	session->wirelog = wirelog_create(server->display, NULL, NULL, NULL);
	return session->control && session->wirelog;
}

static void start_command(struct session *session)
{
	const char *const *command = session->options->command;
	if (!command)
		return;
	session->runner->child = child_spawn(session->children, command,
		(const char *const *)session->runtime.env, on_command_ended, session);
	if (!session->runner->child) {
		int error = errno;
		log_error("%s: %s", command[0], strerror(error));
		runner_quit(session->runner, error == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE);
		return;
	}
	session->runner->had_child = true;
}

// Finds the programs of XDG autostart in a thread, as their files may be many, or on a network.
struct search {
	struct session *session; // only touched in the loop
	struct autostart found;
};

static void search_run(void *data)
{
	struct search *search = data;
	autostart_find_own(&search->found);
}

static void search_drop(void *data)
{
	struct search *search = data;
	autostart_finish(&search->found);
	free(search);
}

static void search_done(void *data)
{
	struct search *search = data;
	struct session *session = search->session;
	session->search = NULL;
	autostart_run(&search->found, session->children, (const char *const *)session->runtime.env);
	search_drop(search);
}

static const struct work_impl search_impl = {
	.run = search_run,
	.done = search_done,
	.drop = search_drop,
};

static void start_programs(void *data, bool by_systemd)
{
	struct session *session = data;
	start_command(session);
	if (by_systemd || !session->options->desktop || !session->server->config->session.autostart)
		return;
	struct search *search = xcalloc(1, sizeof(*search));
	search->session = session;
	session->search = workers_start(session->server->workers, &search_impl, search);
	if (!session->search)
		search_drop(search);
}

// Returns the memory that loading keymaps, themes and devices took, and makes malloc return that of
// screenshots at once, since a session runs for long.
static void trim_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	malloc_trim(0);
}

static void begin_session(struct session *session)
{
	const struct config *config = session->server->config;
	trim_memory();
	if (session->runtime.folder)
		log_warn("XDG_RUNTIME_DIR was not set; using %s for this session",
			session->runtime.folder);
	// Without a command, clients are started from outside and need the name.
	if (!session->options->command)
		fprintf(stderr, "oriel: WAYLAND_DISPLAY=%s%s%s\n", session->runtime.display,
			session->server->xwayland ? " DISPLAY=" : "",
			session->server->xwayland ? xwayland_display(session->server->xwayland)
						  : "");
	if (session->options->desktop && config->session.environment) {
		session->announce = announce_create(session->children, session->runner->real,
			config->session.autostart, session->manager, start_programs, session);
		return;
	}
	announce_to_manager(session->manager, "READY=1");
	start_programs(session, false);
}

// The end; clients are still served

static void on_grace_period_over(void *data)
{
	struct session *session = data;
	session->end_now = true;
}

static void on_withdrawn(void *data, bool by_systemd)
{
	struct session *session = data;
	session->withdrawn = true;
}

static void run_loop_once(struct session *session)
{
	wl_display_flush_clients(session->server->display);
	wl_event_loop_dispatch(session->server->loop, -1);
}

// All programs but Xwayland, which X programs need until they have ended. The caller frees the
// array.
static pid_t *find_processes(const struct session *session, size_t *count)
{
	pid_t *pids = children_descendants(session->children, count);
	for (size_t i = 0; i < *count; i++)
		if (pids[i] == xwayland_pid(session->server->xwayland))
			pids[i--] = pids[--*count];
	return pids;
}

static bool has_processes(const struct session *session)
{
	size_t count;
	free(find_processes(session, &count));
	return count > 0;
}

static void terminate_processes(const struct session *session)
{
	size_t count;
	pid_t *pids = find_processes(session, &count);
	for (size_t i = 0; i < count; i++)
		kill(pids[i], SIGTERM);
	free(pids);
}

static void end_session(struct session *session)
{
	if (session->search)
		work_abandon(session->search);
	session->search = NULL;
	announce_to_manager(session->manager, "STOPPING=1");
	if (session->announce)
		announce_end(session->announce, on_withdrawn, session);
	while (session->announce && !session->withdrawn && !session->end_now)
		run_loop_once(session);
	terminate_processes(session);
	session->grace.callback = on_grace_period_over;
	timer_set(&session->grace, clock_now_ns(session->grace.clock) + GRACE_NS);
	while (!session->end_now && has_processes(session))
		run_loop_once(session);
}

int session_run(struct server *server, const struct session_options *options)
{
	struct session session = {.options = options, .server = server};
	int status = RUN_FAILED_SELF;
	if (prepare_session(&session)) {
		begin_session(&session);
		status = runner_loop(session.runner);
		end_session(&session);
	}
	for (size_t i = 0; i < array_length(session.signals); i++)
		if (session.signals[i])
			wl_event_source_remove(session.signals[i]);
	announce_destroy(session.announce);
	timer_finish(&session.grace);
	control_destroy(session.control);
	xwayland_destroy(server->xwayland);
	server->xwayland = NULL;
	wirelog_destroy(session.wirelog);
	runner_destroy(session.runner);
	if (session.children)
		server->children = NULL;
	children_destroy(session.children);
	runtime_finish(&session.runtime);
	free(session.manager);
	return status;
}
