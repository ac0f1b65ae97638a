// SPDX-License-Identifier: MIT
// Runs a program in a private compositor: creates the sockets, starts the program, runs the script,
// and ends and removes all of it.
#include "compositor/run/run.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/exit_status.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"
#include "compositor/base/outfile.h"
#include "compositor/base/png.h"
#include "compositor/picture/record.h"
#include "compositor/picture/shot.h"
#include "compositor/run/report.h"
#include "compositor/run/runtime.h"
#include "compositor/run/terminal.h"
#include "compositor/run/wirelog.h"
#include "compositor/script/control.h"
#include "compositor/script/runner.h"
#include "compositor/script/script.h"
#include "compositor/server.h"
#include "compositor/xwayland/xwayland.h"

// Time between SIGTERM and SIGKILL.
#define GRACE_NS (2 * NSEC_PER_SEC)
// Limit for the first window of a program, generous for loaded machines.
#define FIRST_WINDOW "timeout=30s"

struct run {
	const struct run_options *options;
	struct server *server;
	struct runtime runtime;
	struct children *children;
	struct runner *runner;
	struct control *control;
	struct wirelog *wirelog;
	struct record *record;
	struct report *report;
	struct terminal terminal;
	struct script script;
	struct task *task;
	size_t next;    // line of the script
	bool warmed_up; // virtual clock: the compositor's own first frames are over
	bool stdout_failed;
	char *protocol_error; // the first one; owned
	bool ending;          // the program was signalled; end_status is valid
	int end_status;
	struct timer timeout, grace; // real
	struct wl_event_source *signals[3];
};

static void start_line(struct run *run);

// Whether a picture can probably be written, so that a wrong path is noticed at the start. False:
// logged.
static bool check_writable(const char *path)
{
	char *folder = xstrdup(path), *slash = strrchr(folder, '/');
	struct stat stat_of;
	if (slash)
		slash[slash == folder] = '\0';
	int checked = access(path, F_OK) == 0 ? access(path, W_OK)
					      : access(slash ? folder : ".", W_OK | X_OK);
	free(folder);
	if (checked == 0 && stat(path, &stat_of) == 0 && S_ISDIR(stat_of.st_mode)) {
		errno = EISDIR;
		checked = -1;
	}
	if (checked < 0)
		log_errno("%s", path);
	return checked == 0;
}

// Makes the script of --script, --shot and --expect. False: *errors has all mistakes.
static bool make_script(
	struct script *script, const struct run_options *options, struct strbuf *errors)
{
	bool good = true;
	if (options->script)
		good = script_load(script, options->script, errors);
	else if (options->shot || options->expect)
		good = script_add(script, options->shot ? "--shot" : "--expect",
			(const char *const[]){"wait", "shown", FIRST_WINDOW}, 3, errors);
	if (options->shot)
		good = script_add(script, "--shot",
			       (const char *const[]){
				       "shot", options->shot, "settle", FIRST_WINDOW, "cursor"},
			       options->cursor ? 5 : 4, errors) &&
			good;
	if (options->expect) {
		const char **words = xcalloc(options->n_expect_words + 4, sizeof(*words));
		size_t count = 0;
		words[count++] = "expect";
		words[count++] = options->expect;
		for (size_t i = 0; i < options->n_expect_words; i++)
			words[count++] = options->expect_words[i];
		if (options->cursor)
			words[count++] = "cursor";
		words[count++] = FIRST_WINDOW;
		good = script_add(script, "--expect", words, count, errors) && good;
		free(words);
	}
	return good;
}

static bool run_make_script(struct script *script, const struct run_options *options)
{
	struct strbuf errors = {0};
	bool good = make_script(script, options, &errors);
	for (const char *line = strbuf_get(&errors); *line;) {
		size_t length = strcspn(line, "\n");
		fprintf(stderr, "oriel: %.*s\n", (int)length, line);
		line += length + 1;
	}
	strbuf_finish(&errors);
	return good;
}

// The last component of a path.
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

// Sends the signal to the program, if it runs, and ends the run with that status once it has ended.
static void end_with_signal(struct run *run, int status, int signal)
{
	if (run->ending)
		return;
	run->ending = true;
	run->end_status = status;
	run->runner->scripted = false;
	task_destroy(run->task);
	run->task = NULL;
	record_end_frames(run->record);
	if (!run->runner->child) {
		runner_quit(run->runner, status);
		return;
	}
	child_kill(run->runner->child, signal);
	child_kill(run->runner->child, SIGCONT);
	timer_set(&run->grace, clock_now_ns(run->runner->real) + GRACE_NS);
}

static void end_run(struct run *run, int status)
{
	end_with_signal(run, status, SIGTERM);
}

static void on_grace_period_over(void *data)
{
	struct run *run = data;
	runner_quit(run->runner, run->end_status);
}

// The status after the end of the script; ok: no verb has failed.
static int final_status(const struct run *run, bool ok)
{
	const struct runner *runner = run->runner;
	bool ended = runner->had_child && !runner->child && !runner->status_expected;
	int status = ended ? wait_status_code(runner->child_status) : 0;
	return status ? status : ok ? 0 : RUN_FAILED_CHECK;
}

static void on_child_ended(struct child *child, int status, void *data)
{
	struct run *run = data;
	run->runner->child = NULL;
	run->runner->child_status = status;
	record_note(run->record, "the program ended");
	terminal_take_back(&run->terminal);
	if (run->ending)
		runner_quit(run->runner, run->end_status);
	else if (!run->task)
		end_run(run, wait_status_code(status));
}

// Ends the run if all clients have ended before --shot or --expect took their picture. True: it
// does.
static bool end_if_deserted(struct run *run)
{
	if (run->options->script || !run->task || !runner_all_ended(run->runner))
		return false;
	char *how = wait_status_describe(run->runner->child_status);
	char *what = xasprintf("the program %s before its picture was taken", how);
	fprintf(stderr, "oriel: %s\n", what);
	if (run->report)
		report_failure(run->report, what);
	free(what);
	free(how);
	end_run(run, final_status(run, false));
	return true;
}

static void after_turn(struct runner *runner, void *data)
{
	struct run *run = data;
	terminal_follow(&run->terminal, run->runner->child);
	if (runner->exit_requested)
		end_run(run, runner->requested_status);
	else if (!run->ending)
		end_if_deserted(run);
}

static bool start_program(struct run *run)
{
	const char *const *command = run->options->command;
	if (!command)
		return true;
	struct child *child = child_spawn(
		run->children, command, (const char *const *)run->runtime.env, on_child_ended, run);
	int error = errno;
	if (!child) {
		char *what = xasprintf("%s: %s", command[0], strerror(error));
		fprintf(stderr, "oriel: %s\n", what);
		if (run->report)
			report_failure(run->report, what);
		free(what);
		runner_quit(run->runner, error == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE);
		return false;
	}
	terminal_lend(&run->terminal, child->pid);
	run->runner->child = child;
	run->runner->had_child = true;
	return true;
}

// Saves what was shown when the run failed, with --record.
static void save_failure_picture(struct run *run)
{
	char *error = NULL;
	if (!run->options->record)
		return;
	char *path = xasprintf("%s/failed.png", run->options->record);
	struct image *image = shot_everything(run->server, 0, true, &error);
	if (!image || !png_save(image, path, &error))
		log_error("%s", error);
	image_destroy(image);
	free(error);
	free(path);
}

static void on_line_finished(struct task *task, struct action *action, bool ok)
{
	struct run *run = task->data;
	if (!run->warmed_up) {
		run->warmed_up = true;
		if (start_program(run))
			start_line(run);
		return;
	}
	struct script_line *line = &run->script.lines[run->next - 1];
	uint64_t took = clock_now_ns(run->runner->real) - action->started_ns;
	if (run->report)
		report_result(run->report, line->where, action->line,
			ok                      ? NULL
				: action->error ? action->error
						: "failed",
			took);
	record_note(run->record, action->line);
	if (ok && !run->options->tap && !action->verb->quiet) {
		fwrite(strbuf_get(&action->text), 1, action->text.length, stdout);
		outfile_flush_standard(&run->stdout_failed);
	}
	if (ok) {
		start_line(run);
		return;
	}
	fprintf(stderr, "oriel: %s: %s: %s\n", line->where, action->line,
		action->error ? action->error : "failed");
	save_failure_picture(run);
	end_run(run, final_status(run, false));
}

static void end_script(struct run *run)
{
	int status = final_status(run, true);
	if (status && run->report) {
		char *how = wait_status_describe(run->runner->child_status);
		char *what = xasprintf("the program %s", how);
		report_failure(run->report, what);
		free(what);
		free(how);
	}
	end_run(run, status);
}

static void start_line(struct run *run)
{
	if (run->runner->exit_requested)
		return; // after_turn ends the run
	if (run->next == run->script.count) {
		// A run with a script is over now, one without ends with the program.
		bool scripted = run->script.count > 0;
		if (scripted) {
			end_script(run);
		} else {
			task_destroy(run->task);
			run->task = NULL;
			run->runner->scripted = false;
			if (run->runner->had_child && !run->runner->child)
				end_run(run, wait_status_code(run->runner->child_status));
		}
		return;
	}
	if (end_if_deserted(run))
		return;
	struct script_line *line = &run->script.lines[run->next++];
	task_run(run->task, line->action);
	line->action = NULL;
}

static void on_timeout(void *data)
{
	struct run *run = data;
	struct strbuf what = {0};
	strbuf_printf(&what, "timed out after %.4g s",
		(double)run->options->timeout_ns / (double)NSEC_PER_SEC);
	struct action *action = run->task ? run->task->action : NULL;
	if (action && run->next > 0) {
		char *why = action->started && action->verb->why ? action->verb->why(action) : NULL;
		strbuf_printf(&what, " at %s: %s%s%s", run->script.lines[run->next - 1].where,
			action->line, why ? ": " : "", why ? why : "");
		free(why);
	} else if (run->runner->child) {
		strbuf_puts(&what, "; the program is still running");
	}
	fprintf(stderr, "oriel: %s\n", strbuf_get(&what));
	if (run->report)
		report_failure(run->report, strbuf_get(&what));
	strbuf_finish(&what);
	save_failure_picture(run);
	task_destroy(run->task);
	run->task = NULL;
	runner_quit(run->runner, RUN_TIMED_OUT);
}

static int on_signal(int number, void *data)
{
	struct run *run = data;
	end_with_signal(run, 128 + number, number);
	return 0;
}

static void on_protocol_error(void *data, const char *what)
{
	struct run *run = data;
	if (!run->protocol_error)
		run->protocol_error = xstrdup(what);
}

// Whether the run checks anything. Otherwise its status is the program's, which gets the error.
static bool has_checks(const struct run_options *options)
{
	return options->script || options->shot || options->expect || options->tap ||
		options->junit;
}

static bool prepare_run(struct run *run)
{
	const struct run_options *options = run->options;
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	if (options->shot && !check_writable(options->shot))
		return false;
	if (!run_make_script(&run->script, options) ||
		!runtime_create_private(&run->runtime, run->server->display))
		return false;
	guard_set_folder(options->guard, run->runtime.folder);
	if (options->socket && !runtime_add_links(&run->runtime, options->socket))
		return false;
	log_info("WAYLAND_DISPLAY=%s/%s ORIEL_SOCKET=%s", run->runtime.folder, run->runtime.display,
		run->runtime.control);
	if (!(run->children = children_create(run->server->loop, options->guard)))
		return false;
	run->server->children = run->children;
	if (!(run->runner = runner_create(run->server, run->children)))
		return false;
	run->server->xwayland = xwayland_create(run->server,
		&(struct xwayland_options){.children = run->children,
			.guard = options->guard,
			.clock = run->runner->real,
			.is_private = true});
	runtime_fill_env(
		&run->runtime, run->server->config, xwayland_display(run->server->xwayland), true);
	runtime_apply_env(&run->runtime);
	run->runner->child_env = (const char *const *)run->runtime.env;
	run->runner->update = options->update;
	run->runner->artifacts = xstrdup(options->record);
	run->runner->after_turn = after_turn;
	run->runner->after_turn_data = run;
	timer_init(&run->timeout, run->runner->real, on_timeout, run);
	timer_init(&run->grace, run->runner->real, on_grace_period_over, run);
	for (size_t i = 0; i < array_length(numbers); i++) {
		run->signals[i] =
			wl_event_loop_add_signal(run->server->loop, numbers[i], on_signal, run);
		if (!run->signals[i]) {
			log_errno("cannot handle signals");
			return false;
		}
	}
	if (!(run->control = control_create(run->runner, run->runtime.control)) ||
		!(run->wirelog = wirelog_create(
			  run->server->display, options->wire_log, on_protocol_error, run)))
		return false;
	if (options->record && !(run->record = record_create(run->server, options->record)))
		return false;
	if ((options->tap || options->junit) &&
		!(run->report = report_create(options->tap, options->junit,
			  base_name(options->script          ? options->script
					  : options->command ? options->command[0]
							     : "oriel"))))
		return false;
	return true;
}

static void start_run(struct run *run)
{
	const struct run_options *options = run->options;
	if (options->timeout_ns)
		timer_set(&run->timeout, clock_now_ns(run->runner->real) + options->timeout_ns);
	if (run->report)
		report_plan(run->report, run->script.count);
	// With virtual time the program starts after the compositor's own first frames, so that its
	// frames always have the same times.
	bool warm_up = clock_is_virtual(run->server->clock);
	if (run->script.count || warm_up) {
		run->task = task_create(run->runner, on_line_finished, run);
		run->runner->scripted = true;
	}
	if (warm_up) {
		struct words words;
		char *error = NULL;
		words_copy(&words, (const char *const[]){"settle"}, 1);
		task_run(run->task, action_create(&words, &error));
		return;
	}
	run->warmed_up = true;
	if (start_program(run) && run->task)
		start_line(run);
}

int run_check(const struct run_options *options)
{
	struct script script = {0};
	bool good = run_make_script(&script, options);
	script_finish(&script);
	return good ? 0 : RUN_FAILED_SELF;
}

int run_program(struct server *server, const struct run_options *options)
{
	struct run run = {.options = options, .server = server};
	int status = RUN_FAILED_SELF;
	if (prepare_run(&run)) {
		start_run(&run);
		status = runner_loop(run.runner);
	}
	terminal_take_back(&run.terminal);
	for (size_t i = 0; i < array_length(run.signals); i++)
		if (run.signals[i])
			wl_event_source_remove(run.signals[i]);
	if (run.runner) {
		task_destroy(run.task);
		timer_finish(&run.timeout);
		timer_finish(&run.grace);
	}
	control_destroy(run.control);
	xwayland_destroy(server->xwayland);
	server->xwayland = NULL;
	bool complete = record_destroy(run.record);
	complete = wirelog_destroy(run.wirelog) && complete;
	runner_destroy(run.runner);
	if (run.children)
		server->children = NULL;
	children_destroy(run.children);
	if (run.protocol_error && has_checks(options)) {
		if (run.report)
			report_failure(run.report, run.protocol_error);
		status = status ? status : RUN_FAILED_CHECK;
	}
	free(run.protocol_error);
	script_finish(&run.script);
	runtime_finish(&run.runtime);
	complete = report_finish(run.report) && complete && !run.stdout_failed;
	return status == 0 && !complete ? RUN_FAILED_SELF : status;
}
