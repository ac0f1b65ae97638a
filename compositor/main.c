// SPDX-License-Identifier: MIT
// The command line: which of the program's five trades is wanted, and with what options.
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/config.h"
#include "compositor/create.h"
#include "compositor/run/args.h"
#include "compositor/run/compare.h"
#include "compositor/run/msg.h"
#include "compositor/run/run.h"
#include "compositor/run/runner.h"

#ifndef ORIEL_VERSION
#define ORIEL_VERSION "0.1.0"
#endif

enum option_id {
	OPT_BACKEND = 256,
	OPT_RENDERER,
	OPT_SHELL,
	OPT_CONFIG,
	OPT_SOCKET,
	OPT_OUTPUTS,
	OPT_SCRIPT,
	OPT_SHOT,
	OPT_EXPECT,
	OPT_FUZZ,
	OPT_MAX_PIXELS,
	OPT_MASK,
	OPT_DIFF,
	OPT_CLOCK,
	OPT_TIMEOUT,
	OPT_RECORD,
	OPT_TAP,
	OPT_JUNIT,
	OPT_WIRE_LOG,
	OPT_UPDATE,
	OPT_JSON,
	OPT_OUTPUT,
	OPT_WINDOW,
	OPT_REGION,
	OPT_CURSOR,
	OPT_WLCS_QUIRKS,
};

static const char usage_text[] =
	"usage: oriel [--backend headless] [--renderer pixman] [--shell desktop|kiosk]\n"
	"             [--config FILE] [--socket NAME] [-v] [-- COMMAND...]\n"
	"       oriel run [--size WxH[@SCALE]] [--outputs N] [--shell desktop|kiosk]\n"
	"             [--config FILE] [--script FILE] [--shot FILE.png]\n"
	"             [--expect REF.png [--fuzz N] [--max-pixels N] [--mask X,Y,W,H]...\n"
	"             [--diff FILE.png] [--update]] [--clock real|virtual]\n"
	"             [--timeout SECONDS] [--record DIR] [--tap] [--junit FILE]\n"
	"             [--wire-log FILE] -- COMMAND [ARGUMENT...]\n"
	"       oriel shot [--socket NAME] [--output NAME|--window SELECTOR|--region X,Y,W,H]\n"
	"             [--cursor] FILE.png\n"
	"       oriel compare [--fuzz N] [--max-pixels N] [--mask X,Y,W,H]... [--diff FILE.png]\n"
	"             A.png B.png\n"
	"       oriel msg [--socket NAME] [--json] VERB... | -\n"
	"       oriel --help | --version\n"
	"See oriel(1) and oriel-script(5).\n";

static int usage_error(void)
{
	fputs("oriel: try 'oriel --help'\n", stderr);
	return RUN_FAILED_SELF;
}

static int bad_value(const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "oriel: %s %s: %s is wanted\n", option, value, wanted);
	return RUN_FAILED_SELF;
}

// Options that end the program at once. Returns true where it was one.
static bool common_option(int option, int *status)
{
	switch (option) {
	case 'h':
		fputs(usage_text, stdout);
		*status = 0;
		return true;
	case 'V':
		puts("oriel " ORIEL_VERSION);
		*status = 0;
		return true;
	case '?':
		*status = usage_error();
		return true;
	default:
		return false;
	}
}

static bool one_of(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(value, *names) == 0)
			return true;
	return false;
}

static const char *const shells[] = {"desktop", "kiosk", NULL};

static struct server *make_server(
	struct server_options *options, const char *config_path, bool default_config)
{
	struct config *config = config_path || default_config ? config_load(config_path) : NULL;
	if (!config && (config_path || default_config))
		return NULL;
	options->config = config;
	return server_create(options);
}

static int main_session(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"backend", required_argument, NULL, OPT_BACKEND},
		{"renderer", required_argument, NULL, OPT_RENDERER},
		{"shell", required_argument, NULL, OPT_SHELL},
		{"config", required_argument, NULL, OPT_CONFIG},
		{"socket", required_argument, NULL, OPT_SOCKET},
		{"wlcs-quirks", no_argument, NULL, OPT_WLCS_QUIRKS},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	struct server_options server_options = {0};
	struct session_options options = {0};
	const char *config = NULL;
	int option, status;
	while ((option = getopt_long(argc, argv, "+hVv", long_options, NULL)) >= 0) {
		if (common_option(option, &status))
			return status;
		switch (option) {
		case OPT_BACKEND:
			server_options.backend = optarg;
			break;
		case OPT_RENDERER:
			server_options.renderer = optarg;
			break;
		case OPT_SHELL:
			if (!one_of(optarg, shells))
				return bad_value("--shell", optarg, "desktop or kiosk");
			server_options.shell = optarg;
			break;
		case OPT_CONFIG:
			config = optarg;
			break;
		case OPT_SOCKET:
			options.socket = optarg;
			break;
		case OPT_WLCS_QUIRKS:
			server_options.wlcs_quirks = true;
			break;
		case 'v':
			options.verbose = true;
			log_set_level(log_get_level() < LOG_INFO ? LOG_INFO : LOG_DEBUG);
			break;
		}
	}
	if (optind < argc) {
		if (strcmp(argv[optind - 1], "--") != 0) {
			fprintf(stderr,
				"oriel: '%s' is neither run, shot, compare nor msg; a program to start comes after "
				"'--'\n",
				argv[optind]);
			return usage_error();
		}
		options.command = (const char *const *)argv + optind;
	}
	options.ends_with_command =
		server_options.shell && strcmp(server_options.shell, "kiosk") == 0;
	struct server *server = make_server(&server_options, config, true);
	if (!server)
		return RUN_FAILED_SELF;
	status = run_session(server, &options);
	server_destroy(server);
	return status;
}

// The words of a script's expect; strings live as long as the program.
struct expect_words {
	const char *words[64];
	size_t count;
};

// --fuzz and its like, for run (as words) and compare (as values).
static bool compare_option(int option, struct expect_words *words, struct compare_options *into,
	const char **diff, int *status)
{
	long value;
	struct box mask;
	const char *name = NULL;
	*status = 0;
	switch (option) {
	case OPT_FUZZ:
		if (!arg_integer(optarg, 0, 255, &value))
			*status = bad_value("--fuzz", optarg, "a number from 0 to 255");
		else
			into->fuzz = (int)value;
		name = "fuzz";
		break;
	case OPT_MAX_PIXELS:
		if (!arg_integer(optarg, 0, LONG_MAX, &value))
			*status = bad_value("--max-pixels", optarg, "a number");
		else
			into->max_pixels = value;
		name = "max-pixels";
		break;
	case OPT_MASK:
		if (!arg_box(optarg, &mask))
			*status = bad_value("--mask", optarg, "X,Y,WIDTH,HEIGHT");
		else
			compare_add_mask(into, &mask);
		name = "mask";
		break;
	case OPT_DIFF:
		*diff = optarg;
		name = "diff";
		break;
	default:
		return false;
	}
	if (words && words->count == array_length(words->words))
		*status = bad_value("--mask", optarg, "fewer masks than these");
	else if (words)
		words->words[words->count++] = xasprintf("%s=%s", name, optarg);
	return true;
}

static bool parse_size(const char *text, struct server_options *options)
{
	char *rest;
	if (!arg_size(text, &options->width, &options->height, &rest))
		return false;
	if (!*rest)
		return true;
	return *rest == '@' && arg_number(rest + 1, &options->scale) && options->scale >= 0.1 &&
		options->scale <= 16;
}

static int parse_run(int argc, char **argv, struct server_options *server_options,
	struct run_options *options, const char **config, struct expect_words *words, bool *done)
{
	static const struct option long_options[] = {
		{"backend", required_argument, NULL, OPT_BACKEND},
		{"renderer", required_argument, NULL, OPT_RENDERER},
		{"size", required_argument, NULL, 's'},
		{"outputs", required_argument, NULL, OPT_OUTPUTS},
		{"shell", required_argument, NULL, OPT_SHELL},
		{"config", required_argument, NULL, OPT_CONFIG},
		{"script", required_argument, NULL, OPT_SCRIPT},
		{"shot", required_argument, NULL, OPT_SHOT},
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
	static const char *const clocks[] = {"real", "virtual", NULL};
	struct compare_options compare = {0};
	const char *diff = NULL;
	int option, status = 0;
	long number;
	*done = true; // until all is understood
	while ((option = getopt_long(argc, argv, "+s:hVv", long_options, NULL)) >= 0) {
		if (common_option(option, &status))
			return status;
		if (compare_option(option, words, &compare, &diff, &status)) {
			compare_options_finish(&compare);
			if (status)
				return status;
			continue;
		}
		switch (option) {
		case OPT_BACKEND:
			if (strcmp(optarg, "headless") != 0)
				return bad_value("--backend", optarg, "headless");
			break;
		case OPT_RENDERER:
			server_options->renderer = optarg;
			break;
		case 's':
			if (!parse_size(optarg, server_options))
				return bad_value(
					"--size", optarg, "WIDTHxHEIGHT or WIDTHxHEIGHT@SCALE");
			break;
		case OPT_OUTPUTS:
			if (!arg_integer(optarg, 0, 32, &number))
				return bad_value("--outputs", optarg, "a number from 0 to 32");
			server_options->outputs = (int)number;
			break;
		case OPT_SHELL:
			if (!one_of(optarg, shells))
				return bad_value("--shell", optarg, "desktop or kiosk");
			server_options->shell = optarg;
			break;
		case OPT_CONFIG:
			*config = optarg;
			break;
		case OPT_SCRIPT:
			options->script = optarg;
			break;
		case OPT_SHOT:
			options->shot = optarg;
			break;
		case OPT_EXPECT:
			options->expect = optarg;
			break;
		case OPT_UPDATE:
			options->update = true;
			break;
		case OPT_CLOCK:
			if (!one_of(optarg, clocks))
				return bad_value("--clock", optarg, "real or virtual");
			server_options->virtual_clock = strcmp(optarg, "virtual") == 0;
			break;
		case OPT_TIMEOUT:
			if (!arg_seconds(optarg, &options->timeout_ns))
				return bad_value("--timeout", optarg, "a number of seconds");
			break;
		case OPT_RECORD:
			options->record = optarg;
			break;
		case OPT_TAP:
			options->tap = true;
			break;
		case OPT_JUNIT:
			options->junit = optarg;
			break;
		case OPT_WIRE_LOG:
			options->wire_log = optarg;
			break;
		case 'v':
			log_set_level(log_get_level() < LOG_INFO ? LOG_INFO : LOG_DEBUG);
			break;
		}
	}
	if (words->count && !options->expect) {
		fputs("oriel: --fuzz, --max-pixels, --mask and --diff need --expect\n", stderr);
		return usage_error();
	}
	if (optind < argc)
		options->command = (const char *const *)argv + optind;
	if (!options->command && !options->script) {
		fputs("oriel: run needs a command to run, or a script\n", stderr);
		return usage_error();
	}
	options->expect_words = words->words;
	options->n_expect_words = words->count;
	*done = false;
	return 0;
}

static int main_run(int argc, char **argv)
{
	// One program fills its screen; what the user has configured must not change pictures.
	struct server_options server_options = {
		.backend = "headless",
		.shell = "kiosk",
		.builtin_cursor = true,
	};
	struct run_options options = {0};
	struct expect_words words = {0};
	const char *config = NULL;
	bool done;
	int status = parse_run(argc, argv, &server_options, &options, &config, &words, &done);
	if (!done) {
		struct server *server = make_server(&server_options, config, false);
		status = server ? run_program(server, &options) : RUN_FAILED_SELF;
		server_destroy(server);
	}
	for (size_t i = 0; i < words.count; i++)
		free((char *)words.words[i]);
	return status;
}

static int main_shot(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"socket", required_argument, NULL, OPT_SOCKET},
		{"output", required_argument, NULL, OPT_OUTPUT},
		{"window", required_argument, NULL, OPT_WINDOW},
		{"region", required_argument, NULL, OPT_REGION},
		{"cursor", no_argument, NULL, OPT_CURSOR},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	const char *socket = NULL, *kind = NULL, *value = NULL;
	bool cursor = false;
	int option, status;
	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
		if (common_option(option, &status))
			return status;
		if (option == OPT_SOCKET) {
			socket = optarg;
		} else if (option == OPT_CURSOR) {
			cursor = true;
		} else if (kind) {
			fputs("oriel: only one of --output, --window and --region can be chosen\n",
				stderr);
			return usage_error();
		} else {
			kind = option == OPT_OUTPUT    ? "output"
				: option == OPT_WINDOW ? "window"
						       : "region";
			value = optarg;
		}
	}
	if (optind + 1 != argc) {
		fputs("oriel: shot needs the name of one file to write\n", stderr);
		return usage_error();
	}
	char *choice = kind ? xasprintf("%s=%s", kind, value) : NULL;
	char *words[4] = {(char *)"shot", argv[optind]};
	int count = 2;
	if (choice)
		words[count++] = choice;
	if (cursor)
		words[count++] = (char *)"cursor";
	status = msg_send(socket, words, count, false);
	free(choice);
	return status;
}

static int main_compare(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"fuzz", required_argument, NULL, OPT_FUZZ},
		{"max-pixels", required_argument, NULL, OPT_MAX_PIXELS},
		{"mask", required_argument, NULL, OPT_MASK},
		{"diff", required_argument, NULL, OPT_DIFF},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	struct compare_options options = {0};
	const char *diff = NULL;
	int option, status = 0;
	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
		if (common_option(option, &status)) {
			status = status ? 2 : 0;
			goto out;
		}
		if (compare_option(option, NULL, &options, &diff, &status) && status) {
			status = 2;
			goto out;
		}
	}
	if (optind + 2 != argc) {
		fputs("oriel: compare needs two files\n", stderr);
		usage_error();
		status = 2;
		goto out;
	}
	status = compare_files(argv[optind], argv[optind + 1], &options, diff);
out:
	compare_options_finish(&options);
	return status;
}

static int main_msg(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"socket", required_argument, NULL, OPT_SOCKET},
		{"json", no_argument, NULL, OPT_JSON},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	const char *socket = NULL;
	bool json = false;
	int option, status;
	while ((option = getopt_long(argc, argv, "+hV", long_options, NULL)) >= 0) {
		if (common_option(option, &status))
			return status;
		if (option == OPT_SOCKET)
			socket = optarg;
		else
			json = true;
	}
	if (optind == argc) {
		fputs("oriel: msg needs a verb; 'oriel msg help' tells them\n", stderr);
		return usage_error();
	}
	if (optind + 1 == argc && strcmp(argv[optind], "-") == 0)
		return msg_send_lines(socket, json);
	return msg_send(socket, argv + optind, argc - optind, json);
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
		{"shot", main_shot, false},
		{"compare", main_compare, false},
		{"msg", main_msg, false},
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
