// SPDX-License-Identifier: MIT
// Plain `oriel`: a compositor that others find by its socket, until it is told to end. That of a
// desktop also tells the user's services, and starts what is to start with it.
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/child.h"
#include "compositor/core/config.h"
#include "compositor/core/server.h"
#include "compositor/run/announce.h"
#include "compositor/run/autostart.h"
#include "compositor/run/control.h"
#include "compositor/run/run.h"
#include "compositor/run/runner.h"
#include "compositor/run/runtime.h"
#include "compositor/run/wirelog.h"

// How long programs have to put their things away at the end.
#define FAREWELL_NS (2 * NSEC_PER_SEC)

struct session {
	const struct session_options *options;
	struct server *server;
	struct runtime runtime;
	char *manager; // that started us, owned; NULL: none
	struct children *children;
	struct runner *runner;
	struct control *control;
	struct announce *announce;
	struct wirelog *wirelog; // names clients that make protocol errors
	struct wl_event_source *signals[3];
	struct timer farewell;
	bool hurry; // at the end: waits for nobody
	bool announced;
};

static int on_signal(int number, void *data)
{
	struct session *session = data;
	session->hurry = session->runner->quit;
	runner_quit(session->runner, 0);
	return 0;
}

static void on_command_ended(struct child *child, int status, void *data)
{
	struct session *session = data;
	session->runner->child = NULL;
	session->runner->child_status = status;
	if (session->options->ends_with_command)
		runner_quit(session->runner, exit_code_of(status));
}

// Who asks what desktop this is gets an answer; login screens have given theirs.
static void describe(const struct config *config)
{
	char size[16];
	setenv("XDG_CURRENT_DESKTOP", "Oriel:wlroots", 0);
	setenv("XDG_SESSION_DESKTOP", "oriel", 0);
	if (config->cursor.theme && strcmp(config->cursor.theme, "builtin") != 0)
		setenv("XCURSOR_THEME", config->cursor.theme, 1);
	snprintf(size, sizeof(size), "%d", config->cursor.size);
	if (config->cursor.size)
		setenv("XCURSOR_SIZE", size, 1);
}

static bool prepare(struct session *session)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct server *server = session->server;
	if (session->options->on_console && !runtime_find_folder(&session->runtime))
		return false;
	if (!runtime_create_shared(&session->runtime, server->display, session->options->socket))
		return false;
	session->manager = xstrdup(getenv("NOTIFY_SOCKET"));
	runtime_fill_env(&session->runtime, false);
	runtime_apply_env(&session->runtime);
	if (session->options->desktop)
		describe(server->config);
	if (!(session->children = children_create(server->loop)))
		return false;
	server->children = session->children;
	if (!(session->runner = runner_create(server, session->children)))
		return false;
	session->runner->child_env = (const char *const *)session->runtime.env;
	timer_init(&session->farewell, session->runner->real, NULL, session);
	for (size_t i = 0; i < array_length(numbers); i++)
		session->signals[i] =
			wl_event_loop_add_signal(server->loop, numbers[i], on_signal, session);
	session->control = control_create(session->runner, session->runtime.control);
	session->wirelog = wirelog_create(server->display, NULL);
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

static void start_programs(void *data, bool by_systemd)
{
	struct session *session = data;
	struct autostart autostart = {0};
	start_command(session);
	if (by_systemd || !session->options->desktop || !session->server->config->session.autostart)
		return;
	autostart_find_own(&autostart);
	autostart_run(&autostart, session->children, (const char *const *)session->runtime.env);
	autostart_finish(&autostart);
}

// A session lives long: what keymaps, themes and devices took while they were read goes back, and
// so does what a picture took, every time, instead of staying for the next one.
static void keep_little_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	malloc_trim(0);
}

static void begin(struct session *session)
{
	const struct config *config = session->server->config;
	keep_little_memory();
	if (session->runtime.folder)
		log_warn("XDG_RUNTIME_DIR was not set, and is %s until the end",
			session->runtime.folder);
	// Whoever starts nothing in it wants to know where it is.
	if (!session->options->command)
		fprintf(stderr, "oriel: WAYLAND_DISPLAY=%s\n", session->runtime.display);
	if (session->options->desktop && config->session.environment) {
		session->announce = announce_create(session->children, session->runner->real,
			config->session.autostart, session->manager, start_programs, session);
		return;
	}
	announce_to_manager(session->manager, "READY=1");
	start_programs(session, false);
}

// The end, in which everything is still served

static void on_late(void *data)
{
	struct session *session = data;
	session->hurry = true;
}

static void on_announced(void *data, bool by_systemd)
{
	struct session *session = data;
	session->announced = true;
}

static void turn(struct session *session)
{
	wl_display_flush_clients(session->server->display);
	wl_event_loop_dispatch(session->server->loop, -1);
}

static bool anybody_left(const struct session *session)
{
	size_t count;
	free(children_descendants(session->children, &count));
	return count > 0;
}

static void ask_everybody(const struct session *session)
{
	size_t count;
	pid_t *pids = children_descendants(session->children, &count);
	for (size_t i = 0; i < count; i++)
		kill(pids[i], SIGTERM);
	free(pids);
}

static void end(struct session *session)
{
	announce_to_manager(session->manager, "STOPPING=1");
	if (session->announce)
		announce_end(session->announce, on_announced, session);
	while (session->announce && !session->announced && !session->hurry)
		turn(session);
	ask_everybody(session);
	session->farewell.callback = on_late;
	timer_set(&session->farewell, clock_now_ns(session->farewell.clock) + FAREWELL_NS);
	while (!session->hurry && anybody_left(session))
		turn(session);
}

int run_session(struct server *server, const struct session_options *options)
{
	struct session session = {.options = options, .server = server};
	int status = RUN_FAILED_SELF;
	if (prepare(&session)) {
		begin(&session);
		status = runner_loop(session.runner);
		end(&session);
	}
	for (size_t i = 0; i < array_length(session.signals); i++)
		if (session.signals[i])
			wl_event_source_remove(session.signals[i]);
	announce_destroy(session.announce);
	timer_finish(&session.farewell);
	control_destroy(session.control);
	wirelog_destroy(session.wirelog);
	runner_destroy(session.runner);
	if (session.children)
		server->children = NULL;
	children_destroy(session.children);
	runtime_finish(&session.runtime);
	free(session.manager);
	return status;
}
