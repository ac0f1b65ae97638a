// SPDX-License-Identifier: MIT
// The command line: which of the program's five trades is wanted, and the options of the two that
// need a compositor of their own.
#include <getopt.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/config.h"
#include "compositor/create.h"
#include "compositor/run/args.h"
#include "compositor/run/console.h"
#include "compositor/run/crash.h"
#include "compositor/run/options.h"
#include "compositor/run/run.h"
#include "compositor/run/runner.h"
#include "compositor/run/tools.h"

static struct server *make_server(
	struct server_options *options, const char *config_path, bool default_config)
{
	if (config_path || default_config) {
		options->config = config_load(config_path);
		if (!options->config)
			return NULL;
	}
	return server_create(options);
}

static void more_verbose(void)
{
	log_set_level(log_get_level() < LOG_INFO ? LOG_INFO : LOG_DEBUG);
}

// Options of the server that sessions and runs share. True: it was one; *status: its value is bad.
static bool server_option(int option, struct server_options *options, int *status)
{
	static const char *const backends[] = {"headless", "x11", "drm", "virtio", NULL};
	static const char *const shells[] = {"desktop", "kiosk", NULL};
	long number;
	*status = 0;
	switch (option) {
	case OPT_BACKEND:
		options->backend = optarg;
		if (!option_one_of(optarg, backends))
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
		if (!option_one_of(optarg, shells))
			*status = option_bad("--shell", optarg, "desktop or kiosk");
		break;
	case OPT_SIZE:
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
	default:
		return false;
	}
	return true;
}

static bool has_card(void)
{
	glob_t found;
	bool has = glob("/dev/dri/card*", GLOB_NOSORT, NULL, &found) == 0;
	globfree(&found);
	return has;
}

// Started from a text console, or by a login screen that has given it one.
static bool on_console(void)
{
	const char *number = getenv("XDG_VTNR");
	return (console_is(STDIN_FILENO) || (number && *number)) && has_card();
}

// Where a session shows itself that was not told.
static const char *default_backend(void)
{
	const char *display = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
	if (display && *display)
		return "x11";
	if (wayland && *wayland)
		fputs("oriel: this is a Wayland session, in which oriel has no window; it runs without a "
		      "screen. With Xwayland, DISPLAY set and --backend x11 give it one.\n",
			stderr);
	else if (on_console())
		return "drm";
	return "headless";
}

static int main_session(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"backend", required_argument, NULL, OPT_BACKEND},
		{"device", required_argument, NULL, OPT_DEVICE},
		{"renderer", required_argument, NULL, OPT_RENDERER},
		{"virgl", required_argument, NULL, OPT_VIRGL},
		{"size", required_argument, NULL, OPT_SIZE},
		{"outputs", required_argument, NULL, OPT_OUTPUTS},
		{"shell", required_argument, NULL, OPT_SHELL},
		{"config", required_argument, NULL, OPT_CONFIG},
		{"socket", required_argument, NULL, OPT_SOCKET},
		{"autostart", optional_argument, NULL, OPT_AUTOSTART},
		{"draw-always", no_argument, NULL, OPT_DRAW_ALWAYS},
		{"wlcs-quirks", no_argument, NULL, OPT_WLCS_QUIRKS},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	static const char *const yes_or_no[] = {"yes", "no", NULL};
	static const char *const of_machine[] = {"drm", "virtio", NULL};
	struct server_options server_options = {0};
	struct session_options options = {0};
	const char *config = NULL, *autostart = NULL;
	int option, status;
	while ((option = getopt_long(argc, argv, "+s:hVv", long_options, NULL)) >= 0) {
		if (option_common(option, &status))
			return status;
		if (server_option(option, &server_options, &status)) {
			if (status)
				return status;
			continue;
		}
		switch (option) {
		case OPT_CONFIG:
			config = optarg;
			break;
		case OPT_SOCKET:
			options.socket = optarg;
			break;
		case OPT_AUTOSTART:
			autostart = optarg ? optarg : "yes";
			if (!option_one_of(autostart, yes_or_no))
				return option_bad("--autostart", autostart, "yes or no");
			break;
		case OPT_DRAW_ALWAYS:
			server_options.draw_always = true;
			break;
		case OPT_WLCS_QUIRKS:
			server_options.wlcs_quirks = true;
			break;
		case 'v':
			more_verbose();
			break;
		}
	}
	if (optind < argc) {
		if (strcmp(argv[optind - 1], "--") != 0) {
			fprintf(stderr,
				"oriel: '%s' is neither run, shot, compare nor msg; a program to start comes after "
				"'--'\n",
				argv[optind]);
			return option_usage(NULL);
		}
		options.command = (const char *const *)argv + optind;
	}
	if (!server_options.backend)
		server_options.backend = default_backend();
	options.ends_with_command =
		server_options.shell && strcmp(server_options.shell, "kiosk") == 0;
	crash_watch();
	struct console console = {0};
	if (option_one_of(server_options.backend, of_machine))
		console_leave(&console);
	struct server *server = make_server(&server_options, config, true);
	status = RUN_FAILED_SELF;
	if (server) {
		options.on_console = server->backend->impl->switch_vt;
		options.desktop = autostart ? *autostart == 'y'
					    : options.on_console && !options.ends_with_command;
		status = run_session(server, &options);
	}
	server_destroy(server);
	console_return(&console, status == RUN_FAILED_SELF);
	return status;
}

struct run_line {
	struct server_options server;
	struct run_options run;
	const char *config;
	struct option_words words; // of expect
	struct compare_options compare;
};

static int run_option(int option, struct run_line *line)
{
	static const char *const clocks[] = {"real", "virtual", NULL};
	struct run_options *run = &line->run;
	switch (option) {
	case OPT_CONFIG:
		line->config = optarg;
		break;
	case OPT_SCRIPT:
		run->script = optarg;
		break;
	case OPT_SHOT:
		run->shot = optarg;
		break;
	case OPT_CURSOR:
		run->cursor = true;
		break;
	case OPT_EXPECT:
		run->expect = optarg;
		break;
	case OPT_UPDATE:
		run->update = true;
		break;
	case OPT_CLOCK:
		if (!option_one_of(optarg, clocks))
			return option_bad("--clock", optarg, "real or virtual");
		line->server.virtual_clock = strcmp(optarg, "virtual") == 0;
		break;
	case OPT_TIMEOUT:
		if (!arg_seconds(optarg, &run->timeout_ns) || !run->timeout_ns)
			return option_bad("--timeout", optarg, "a number of seconds above 0");
		break;
	case OPT_RECORD:
		run->record = optarg;
		break;
	case OPT_TAP:
		run->tap = true;
		break;
	case OPT_JUNIT:
		run->junit = optarg;
		break;
	case OPT_WIRE_LOG:
		run->wire_log = optarg;
		break;
	case 'v':
		more_verbose();
		break;
	}
	return 0;
}

// True: run it. False: *status says how to end at once.
static bool parse_run(int argc, char **argv, struct run_line *line, int *status)
{
	static const struct option long_options[] = {
		{"backend", required_argument, NULL, OPT_BACKEND},
		{"renderer", required_argument, NULL, OPT_RENDERER},
		{"virgl", required_argument, NULL, OPT_VIRGL},
		{"size", required_argument, NULL, OPT_SIZE},
		{"outputs", required_argument, NULL, OPT_OUTPUTS},
		{"shell", required_argument, NULL, OPT_SHELL},
		{"config", required_argument, NULL, OPT_CONFIG},
		{"script", required_argument, NULL, OPT_SCRIPT},
		{"shot", required_argument, NULL, OPT_SHOT},
		{"cursor", no_argument, NULL, OPT_CURSOR},
		{"expect", required_argument, NULL, OPT_EXPECT},
		{"fuzz", required_argument, NULL, OPT_FUZZ},
		{"max-pixels", required_argument, NULL, OPT_MAX_PIXELS},
		{"mask", required_argument, NULL, OPT_MASK},
		{"diff", required_argument, NULL, OPT_DIFF},
		{"update", no_argument, NULL, OPT_UPDATE},
		{"clock", required_argument, NULL, OPT_CLOCK},
		{"timeout", required_argument, NULL, OPT_TIMEOUT},
		{"record", required_argument, NULL, OPT_RECORD},
		{"tap", no_argument, NULL, OPT_TAP},
		{"junit", required_argument, NULL, OPT_JUNIT},
		{"wire-log", required_argument, NULL, OPT_WIRE_LOG},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	struct run_options *run = &line->run;
	const char *diff = NULL;
	int option;
	while ((option = getopt_long(argc, argv, "+s:hVv", long_options, NULL)) >= 0) {
		if (option_common(option, status))
			return false;
		if (!server_option(option, &line->server, status) &&
			!option_compare(
				option, optarg, &line->compare, &diff, &line->words, status))
			*status = run_option(option, line);
		if (*status)
			return false;
	}
	if (optind < argc)
		run->command = (const char *const *)argv + optind;
	if (line->words.count && !run->expect)
		*status = option_usage("--fuzz, --max-pixels, --mask and --diff need --expect");
	else if (run->update && !run->expect && !run->script)
		*status = option_usage("--update needs --expect or a script that expects");
	else if (run->cursor && !run->expect && !run->shot)
		*status = option_usage("--cursor needs --shot or --expect");
	else if (!run->command && !run->script)
		*status = option_usage("run needs a command to run, or a script");
	run->expect_words = (const char *const *)line->words.words;
	run->n_expect_words = line->words.count;
	return *status == 0;
}

static int main_run(int argc, char **argv)
{
	// One program fills its screen; what the user has configured must not change pictures.
	struct run_line line = {
		.server = {.backend = "headless", .shell = "kiosk", .builtin_cursor = true},
	};
	int status = 0;
	if (parse_run(argc, argv, &line, &status)) {
		struct server *server = make_server(&line.server, line.config, false);
		status = server ? run_program(server, &line.run) : RUN_FAILED_SELF;
		server_destroy(server);
	}
	compare_options_finish(&line.compare);
	option_words_finish(&line.words);
	return status;
}

// The loop hears of these through descriptors. Blocked before there are threads, so that none of
// those takes them.
static void prepare_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
		bool serves;
	} commands[] = {
		{"run", main_run, true},
		{"shot", tool_shot, false},
		{"compare", tool_compare, false},
		{"msg", tool_msg, false},
	};
	for (size_t i = 0; argc > 1 && i < array_length(commands); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (commands[i].serves)
			prepare_signals();
		argv[1] = argv[0];
		return commands[i].run(argc - 1, argv + 1);
	}
	prepare_signals();
	return main_session(argc, argv);
}
