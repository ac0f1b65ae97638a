// SPDX-License-Identifier: MIT
// Parses the command line and runs the command: a session, `oriel run`, or one of cli/tools.h.
#include <getopt.h> // optarg, optind
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/exit_status.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"
#include "compositor/base/outfile.h"
#include "compositor/cli/info.h"
#include "compositor/cli/option_table.h"
#include "compositor/cli/options.h"
#include "compositor/cli/run_line.h"
#include "compositor/cli/tools.h"
#include "compositor/config/config.h"
#include "compositor/create.h"
#include "compositor/run/run.h"
#include "compositor/script/args.h"
#include "compositor/session/console.h"
#include "compositor/session/crash.h"
#include "compositor/session/session.h"

// Time that the programs of a session have between SIGTERM and SIGKILL if the compositor crashes.
#define SESSION_GRACE_MS 2000

// What sessions and runs have in common.
struct server_line {
	struct server_options options;
	const char *config; // path; NULL: none given
	int xwayland;       // enum xwayland_enabled; XWAYLAND_AUTO: not given
};

// Handles an option of the compositor. True: it was one; *status is not 0 when its value is
// invalid.
static bool server_option(struct server_line *line, int option, int *status)
{
	static const char *const backends[] = {"headless", "x11", "drm", "virtio", NULL};
	static const char *const shells[] = {"desktop", "kiosk", NULL};
	static const char *const yes_or_no[] = {"yes", "no", NULL};
	struct server_options *options = &line->options;
	long number;
	*status = 0;
	switch (option) {
	case OPT_BACKEND:
		options->backend = optarg;
		if (!option_is_one_of(optarg, backends))
			*status = option_bad("--backend", optarg, "headless, x11, drm or virtio");
		break;
	case OPT_DEVICE:
		options->device = optarg;
		break;
	case OPT_RENDERER:
		options->renderer = optarg;
		break;
	case OPT_VIRGL:
		options->virgl = optarg;
		break;
	case OPT_SHELL:
		options->shell = optarg;
		if (!option_is_one_of(optarg, shells))
			*status = option_bad("--shell", optarg, "desktop or kiosk");
		break;
	case 's':
		if (!option_size(optarg, &options->width, &options->height, &options->scale))
			*status =
				option_bad("--size", optarg, "WIDTHxHEIGHT or WIDTHxHEIGHT@SCALE");
		break;
	case OPT_OUTPUTS:
		if (arg_integer(optarg, 1, 32, &number))
			options->outputs = (int)number;
		else
			*status = option_bad("--outputs", optarg, "a number from 1 to 32");
		break;
	case OPT_CONFIG:
		line->config = optarg;
		break;
	case OPT_XWAYLAND:
		line->xwayland = optarg && strcmp(optarg, "no") == 0 ? XWAYLAND_NO : XWAYLAND_YES;
		if (optarg && !option_is_one_of(optarg, yes_or_no))
			*status = option_bad("--xwayland", optarg, "yes or no");
		break;
	case OPT_DRAW_ALWAYS:
		options->draw_always = true;
		break;
	case OPT_WLCS_QUIRKS:
		options->wlcs_quirks = true;
		break;
	case 'v':
		log_set_level(log_get_level() < LOG_INFO ? LOG_INFO : LOG_DEBUG);
		break;
	default:
		return false;
	}
	return true;
}

// NULL: logged.
static struct server *make_server(struct server_line *line, bool session)
{
	if (line->config || session) {
		line->options.config = config_load(line->config);
		if (!line->options.config)
			return NULL;
		int *focus_new = &line->options.config->desktop.focus_new;
		if (session && *focus_new == FOCUS_NEW_DEFAULT)
			*focus_new = FOCUS_NEW_SMART;
	}
	struct server *server = server_create(&line->options);
	if (server && line->xwayland != XWAYLAND_AUTO)
		server->config->xwayland.enabled = line->xwayland;
	return server;
}

struct session_line {
	struct server_line server;
	struct session_options options;
	const char *autostart; // "yes" or "no"; NULL: not given
};

// False: the program ends with *status.
static bool parse_session(struct session_line *line, int argc, char **argv, int *status)
{
	static const char *const yes_or_no[] = {"yes", "no", NULL};
	struct option_table table;
	int option;
	option_table_fill(&table, COMMAND_SESSION);
	while ((option = option_table_next(&table, argc, argv)) >= 0) {
		if (option_common(option, status))
			return false;
		if (server_option(&line->server, option, status)) {
			if (*status)
				return false;
		} else if (option == OPT_SOCKET) {
			line->options.socket = optarg;
		} else {
			line->autostart = optarg ? optarg : "yes";
			if (!option_is_one_of(line->autostart, yes_or_no)) {
				*status = option_bad("--autostart", optarg, "yes or no");
				return false;
			}
		}
	}
	if (optind == argc)
		return true;
	if (strcmp(argv[optind - 1], "--") != 0) {
		fprintf(stderr, "oriel: unknown command '%s'; a program to start follows '--'\n",
			argv[optind]);
		*status = option_usage(NULL);
		return false;
	}
	line->options.command = (const char *const *)argv + optind;
	return true;
}

static int main_session(int argc, char **argv)
{
	static const char *const console_backends[] = {"drm", "virtio", NULL};
	struct session_line line = {0};
	struct server_options *server_options = &line.server.options;
	struct session_options *options = &line.options;
	struct console console = {0};
	int status;
	if (!parse_session(&line, argc, argv, &status))
		return status;
	if (!server_options->backend)
		server_options->backend = option_default_backend();
	options->ends_with_command =
		server_options->shell && strcmp(server_options->shell, "kiosk") == 0;
	crash_watch();
	if (option_is_one_of(server_options->backend, console_backends))
		console_leave(&console);
	options->guard = guard_create(&(struct guard_options){.grace_ms = SESSION_GRACE_MS});
	struct server *server = options->guard ? make_server(&line.server, true) : NULL;
	status = RUN_FAILED_SELF;
	if (server) {
		options->on_console = server->backend->impl->switch_vt;
		options->desktop = line.autostart
			? *line.autostart == 'y'
			: options->on_console && !options->ends_with_command;
		status = session_run(server, options);
	}
	server_destroy(server);
	guard_destroy(options->guard);
	console_return(&console, status == RUN_FAILED_SELF);
	return status;
}

// False: the program ends with *status.
static bool parse_run(
	struct server_line *server, struct run_line *line, int argc, char **argv, int *status)
{
	struct option_table table;
	int option;
	option_table_fill(&table, COMMAND_RUN);
	while ((option = option_table_next(&table, argc, argv)) >= 0) {
		if (option_common(option, status))
			return false;
		if (!server_option(server, option, status))
			*status = run_line_option(line, option, optarg);
		if (*status)
			return false;
	}
	*status = run_line_complete(line, argv + optind);
	return *status == 0;
}

static int main_run(int argc, char **argv)
{
	// Pictures must not depend on the user's configuration, so none is read.
	struct server_line server_line = {
		.options = {.backend = "headless",
			.shell = "kiosk",
			.builtin_cursor = true,
			.no_keeper = true},
	};
	struct run_line line = {0};
	int status = 0;
	if (!parse_run(&server_line, &line, argc, argv, &status)) {
		// reported
	} else if (line.run.check) {
		status = run_check(&line.run);
	} else {
		server_line.options.virtual_clock = line.virtual_clock;
		// With --tap, standard output is for the report.
		line.run.guard =
			guard_create(&(struct guard_options){.stdout_to_stderr = line.run.tap});
		struct server *server = line.run.guard ? make_server(&server_line, false) : NULL;
		status = server ? run_program(server, &line.run) : RUN_FAILED_SELF;
		server_destroy(server);
		guard_destroy(line.run.guard);
	}
	run_line_finish(&line);
	return status;
}

// The event loop receives these through signalfds. They are blocked before threads are created, so
// that no thread takes them.
static void block_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); // reported as EFBIG
}

// Output that cannot be written is an error, even if all else was good.
static int check_standard_output(int status, int status_of_errors)
{
	bool failed = false;
	outfile_flush_standard(&failed);
	return failed && status == 0 ? status_of_errors : status;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
		bool has_loop;
		int error;
	} commands[] = {
		{"run", main_run, true, RUN_FAILED_SELF},
		{"shot", tool_shot, false, RUN_FAILED_SELF},
		{"compare", tool_compare, false, COMPARE_ERROR},
		{"msg", tool_msg, false, RUN_FAILED_SELF},
		{"info", info_main, false, RUN_FAILED_SELF},
	};
	for (size_t i = 0; argc > 1 && i < array_length(commands); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (commands[i].has_loop)
			block_signals();
		argv[1] = argv[0];
		return check_standard_output(
			commands[i].run(argc - 1, argv + 1), commands[i].error);
	}
	block_signals();
	return check_standard_output(main_session(argc, argv), RUN_FAILED_SELF);
}
