// SPDX-License-Identifier: MIT
// Plain `oriel`: a compositor that others find by its socket, until it is told to end.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/child.h"
#include "compositor/core/server.h"
#include "compositor/run/control.h"
#include "compositor/run/run.h"
#include "compositor/run/runner.h"
#include "compositor/run/runtime.h"
#include "compositor/run/wirelog.h"

struct session {
	const struct session_options *options;
	struct server *server;
	struct runtime runtime;
	struct children *children;
	struct runner *runner;
	struct control *control;
	struct wirelog *wirelog; // names clients that make protocol errors
	struct wl_event_source *signals[3];
};

static int on_signal(int number, void *data)
{
	struct session *session = data;
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

static bool prepare(struct session *session)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct server *server = session->server;
	if (!runtime_create_shared(&session->runtime, server->display, session->options->socket))
		return false;
	runtime_fill_env(&session->runtime, false);
	runtime_apply_env(&session->runtime);
	if (!(session->children = children_create(server->loop)))
		return false;
	server->children = session->children;
	if (!(session->runner = runner_create(server, session->children)))
		return false;
	session->runner->child_env = (const char *const *)session->runtime.env;
	for (size_t i = 0; i < array_length(numbers); i++)
		session->signals[i] =
			wl_event_loop_add_signal(server->loop, numbers[i], on_signal, session);
	session->control = control_create(session->runner, session->runtime.control);
	session->wirelog = wirelog_create(server->display, NULL);
	return session->control && session->wirelog;
}

static bool start_command(struct session *session)
{
	const char *const *command = session->options->command;
	if (!command)
		return true;
	session->runner->child = child_spawn(session->children, command,
		(const char *const *)session->runtime.env, on_command_ended, session);
	if (!session->runner->child) {
		int error = errno;
		log_error("%s: %s", command[0], strerror(error));
		runner_quit(session->runner, error == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE);
		return false;
	}
	session->runner->had_child = true;
	return true;
}

int run_session(struct server *server, const struct session_options *options)
{
	struct session session = {.options = options, .server = server};
	int status = RUN_FAILED_SELF;
	if (prepare(&session)) {
		// Whoever starts nothing in it wants to know where it is.
		if (!options->command)
			fprintf(stderr, "oriel: WAYLAND_DISPLAY=%s\n", session.runtime.display);
		start_command(&session);
		status = runner_loop(session.runner);
	}
	for (size_t i = 0; i < array_length(session.signals); i++)
		if (session.signals[i])
			wl_event_source_remove(session.signals[i]);
	control_destroy(session.control);
	wirelog_destroy(session.wirelog);
	runner_destroy(session.runner);
	if (session.children)
		server->children = NULL;
	children_destroy(session.children);
	runtime_finish(&session.runtime);
	return status;
}
