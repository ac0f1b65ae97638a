// SPDX-License-Identifier: MIT
// One program in a compositor of its own: sockets first, then the program, then the script, and at
// the end nothing is left of any of them.
#include "compositor/run/run.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/child.h"
#include "compositor/core/server.h"
#include "compositor/run/control.h"
#include "compositor/run/png.h"
#include "compositor/run/record.h"
#include "compositor/run/report.h"
#include "compositor/run/runner.h"
#include "compositor/run/runtime.h"
#include "compositor/run/script.h"
#include "compositor/run/shot.h"
#include "compositor/run/terminal.h"
#include "compositor/run/wirelog.h"

// How long a program that was asked to end may take.
#define GRACE_NS (2 * NSEC_PER_SEC)
// A program's first window, on a machine with better things to do.
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
	size_t next; // line of the script
	bool calm;   // virtual clock: the compositor's own first frames are over
	bool ending; // the program was asked to end; status is known
	int end_status;
	struct timer timeout, grace; // real
	struct wl_event_source *signals[3];
};

static void start_line(struct run *run);

static void add_words(struct run *run, const char *where, const char *const *words, size_t count)
{
	script_add(&run->script, where, words, count);
}

// The options that are not a script become one.
static bool make_script(struct run *run)
{
	const struct run_options *options = run->options;
	char *error = NULL;
	if (options->script && !script_load(&run->script, options->script, &error)) {
		log_error("%s", error);
		free(error);
		return false;
	}
	if (!options->script && (options->shot || options->expect))
		add_words(run, options->shot ? "--shot" : "--expect",
			(const char *const[]){"wait", "shown", FIRST_WINDOW}, 3);
	if (options->shot) {
		add_words(run, "--shot",
			(const char *const[]){
				"shot", options->shot, "settle", FIRST_WINDOW, "cursor"},
			options->cursor ? 5 : 4);
	}
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
		add_words(run, "--expect", words, count);
		free(words);
	}
	return true;
}

// What a report calls the run: a name, not a path.
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

// signal: what asks the program to end, if it lives.
static void end_by(struct run *run, int status, int signal)
{
	if (run->ending)
		return;
	run->ending = true;
	run->end_status = status;
	run->runner->scripted = false;
	task_destroy(run->task);
	run->task = NULL;
	if (!run->runner->child) {
		runner_quit(run->runner, status);
		return;
	}
	child_kill(run->runner->child, signal);
	child_kill(run->runner->child, SIGCONT);
	timer_set(&run->grace, clock_now_ns(run->runner->real) + GRACE_NS);
}

static void end(struct run *run, int status)
{
	end_by(run, status, SIGTERM);
}

static void on_grace_over(void *data)
{
	struct run *run = data;
	runner_quit(run->runner, run->end_status);
}

// The status for a run whose script is through or has failed.
static int final_status(const struct run *run, bool ok)
{
	const struct runner *runner = run->runner;
	bool ended = runner->had_child && !runner->child && !runner->status_known;
	int status = ended ? exit_code_of(runner->child_status) : 0;
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
		end(run, exit_code_of(status));
}

// Nobody wants a picture of an empty screen. True: the run is over.
static bool nobody_left(struct run *run)
{
	if (run->options->script || !run->task || !runner_deserted(run->runner))
		return false;
	char *how = describe_status(run->runner->child_status);
	char *what = xasprintf("the program %s before its picture was taken", how);
	fprintf(stderr, "oriel: %s\n", what);
	if (run->report)
		report_trouble(run->report, what);
	free(what);
	free(how);
	end(run, final_status(run, false));
	return true;
}

static void after_turn(struct runner *runner, void *data)
{
	struct run *run = data;
	terminal_follow(&run->terminal);
	if (runner->end_asked)
		end(run, runner->end_status);
	else if (!run->ending)
		nobody_left(run);
}

// TAP readers want standard output for themselves; the program's goes to standard error.
static int hide_stdout(void)
{
	fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	if (kept >= 0) {
		set_cloexec(kept);
		dup2(STDERR_FILENO, STDOUT_FILENO);
	}
	return kept;
}

static void restore_stdout(int kept)
{
	if (kept < 0)
		return;
	dup2(kept, STDOUT_FILENO);
	close(kept);
}

static bool start_program(struct run *run)
{
	const char *const *command = run->options->command;
	if (!command)
		return true;
	int kept = run->options->tap ? hide_stdout() : -1;
	struct child *child = child_spawn(
		run->children, command, (const char *const *)run->runtime.env, on_child_ended, run);
	int error = errno;
	restore_stdout(kept);
	if (!child) {
		char *what = xasprintf("%s: %s", command[0], strerror(error));
		fprintf(stderr, "oriel: %s\n", what);
		if (run->report)
			report_trouble(run->report, what);
		free(what);
		runner_quit(run->runner, error == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE);
		return false;
	}
	terminal_lend(&run->terminal, child->pid);
	run->runner->child = child;
	run->runner->had_child = true;
	return true;
}

// What there was to see when things went wrong.
static void leave_picture(struct run *run)
{
	const struct shot shot = {.cursor = true};
	char *error = NULL;
	if (!run->options->record)
		return;
	char *path = xasprintf("%s/failed.png", run->options->record);
	struct image *image = shot_take(run->server, &shot, &error);
	if (!image || !png_save(image, path, &error))
		log_error("%s", error);
	image_destroy(image);
	free(error);
	free(path);
}

static void on_line_finished(struct task *task, struct action *action, bool ok)
{
	struct run *run = task->data;
	if (!run->calm) {
		run->calm = true;
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
		fwrite(out_get(&action->text), 1, action->text.length, stdout);
		fflush(stdout);
	}
	if (ok) {
		start_line(run);
		return;
	}
	fprintf(stderr, "oriel: %s: %s: %s\n", line->where, action->line,
		action->error ? action->error : "failed");
	leave_picture(run);
	end(run, final_status(run, false));
}

static void end_script(struct run *run)
{
	int status = final_status(run, true);
	if (status && run->report) {
		char *how = describe_status(run->runner->child_status);
		char *what = xasprintf("the program %s", how);
		report_trouble(run->report, what);
		free(what);
		free(how);
	}
	end(run, status);
}

static void start_line(struct run *run)
{
	char *error = NULL;
	if (run->runner->end_asked)
		return; // after_turn does it
	if (run->next == run->script.count) {
		// Nothing more to do: with a script the run is over, without one the program decides.
		bool scripted = run->script.count > 0;
		if (scripted) {
			end_script(run);
		} else {
			task_destroy(run->task);
			run->task = NULL;
			run->runner->scripted = false;
			if (run->runner->had_child && !run->runner->child)
				end(run, exit_code_of(run->runner->child_status));
		}
		return;
	}
	if (nobody_left(run))
		return;
	struct script_line *line = &run->script.lines[run->next++];
	if (!task_run(run->task, &line->words, &error)) {
		fprintf(stderr, "oriel: %s: %s\n", line->where, error);
		free(error);
		end(run, RUN_FAILED_CHECK);
	}
}

static void on_timeout(void *data)
{
	struct run *run = data;
	struct out what = {0};
	out_format(&what, "timed out after %.4g s",
		(double)run->options->timeout_ns / (double)NSEC_PER_SEC);
	struct action *action = run->task ? run->task->action : NULL;
	if (action && run->next > 0) {
		char *why = action->started && action->verb->why ? action->verb->why(action) : NULL;
		out_format(&what, " at %s: %s%s%s", run->script.lines[run->next - 1].where,
			action->line, why ? ": " : "", why ? why : "");
		free(why);
	} else if (run->runner->child) {
		out_text(&what, "; the program still runs");
	}
	fprintf(stderr, "oriel: %s\n", out_get(&what));
	if (run->report)
		report_trouble(run->report, out_get(&what));
	out_finish(&what);
	leave_picture(run);
	task_destroy(run->task);
	run->task = NULL;
	runner_quit(run->runner, RUN_TIMED_OUT);
}

static int on_signal(int number, void *data)
{
	struct run *run = data;
	end_by(run, 128 + number, number);
	return 0;
}

static bool prepare(struct run *run)
{
	const struct run_options *options = run->options;
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	if (!make_script(run) || !runtime_create_private(&run->runtime, run->server->display))
		return false;
	runtime_fill_env(&run->runtime, true);
	runtime_apply_env(&run->runtime);
	if (!(run->children = children_create(run->server->loop)))
		return false;
	run->server->children = run->children;
	if (!(run->runner = runner_create(run->server, run->children)))
		return false;
	run->runner->child_env = (const char *const *)run->runtime.env;
	run->runner->update = options->update;
	run->runner->artifacts = xstrdup(options->record);
	run->runner->after_turn = after_turn;
	run->runner->after_turn_data = run;
	timer_init(&run->timeout, run->runner->real, on_timeout, run);
	timer_init(&run->grace, run->runner->real, on_grace_over, run);
	for (size_t i = 0; i < array_length(numbers); i++)
		run->signals[i] =
			wl_event_loop_add_signal(run->server->loop, numbers[i], on_signal, run);
	if (!(run->control = control_create(run->runner, run->runtime.control)) ||
		!(run->wirelog = wirelog_create(run->server->display, options->wire_log)))
		return false;
	if (options->record && !(run->record = record_create(run->server, options->record)))
		return false;
	return true;
}

static void start(struct run *run)
{
	const struct run_options *options = run->options;
	if (options->timeout_ns)
		timer_set(&run->timeout, clock_now_ns(run->runner->real) + options->timeout_ns);
	if (options->tap || options->junit) {
		run->report = report_create(options->tap, options->junit,
			base_name(options->script          ? options->script
					: options->command ? options->command[0]
							   : "oriel"));
		report_plan(run->report, run->script.count);
	}
	// Where time is ours, the program starts after the compositor's own first frames, so that
	// its own always fall on the same moments.
	bool first_calm = clock_is_virtual(run->server->clock);
	if (run->script.count || first_calm) {
		run->task = task_create(run->runner, on_line_finished, run);
		run->runner->scripted = true;
	}
	if (first_calm) {
		struct words words;
		char *error = NULL;
		words_copy(&words, (const char *const[]){"settle"}, 1);
		task_run(run->task, &words, &error);
		return;
	}
	run->calm = true;
	if (start_program(run) && run->task)
		start_line(run);
}

int run_program(struct server *server, const struct run_options *options)
{
	struct run run = {.options = options, .server = server};
	int status = RUN_FAILED_SELF;
	if (prepare(&run)) {
		start(&run);
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
	record_destroy(run.record);
	wirelog_destroy(run.wirelog);
	runner_destroy(run.runner);
	if (run.children)
		server->children = NULL;
	children_destroy(run.children);
	script_finish(&run.script);
	runtime_finish(&run.runtime);
	if (!report_finish(run.report) && status == 0)
		status = RUN_FAILED_SELF;
	return status;
}
