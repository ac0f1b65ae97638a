// SPDX-License-Identifier: MIT
// Parses the options of `oriel run`.
#include "compositor/cli/run_line.h"
#include <string.h>
#include "compositor/cli/option_table.h"
#include "compositor/script/args.h"

int run_line_option(struct run_line *line, int option, const char *value)
{
	static const char *const clocks[] = {"real", "virtual", NULL};
	struct run_options *run = &line->run;
	int status = 0;
	switch (option) {
	case OPT_SCRIPT:
		run->script = value;
		break;
	case OPT_SOCKET:
		run->socket = value;
		break;
	case OPT_CHECK:
		run->check = true;
		break;
	case OPT_SHOT:
		run->shot = value;
		break;
	case OPT_CURSOR:
		run->cursor = true;
		break;
	case OPT_EXPECT:
		run->expect = value;
		break;
	case OPT_UPDATE:
		run->update = true;
		break;
	case OPT_CLOCK:
		if (!option_is_one_of(value, clocks))
			return option_bad("--clock", value, "real or virtual");
		line->virtual_clock = strcmp(value, "virtual") == 0;
		break;
	case OPT_TIMEOUT:
		if (!arg_seconds(value, &run->timeout_ns) || !run->timeout_ns)
			return option_bad("--timeout", value, "a number of seconds above 0");
		break;
	case OPT_RECORD:
		run->record = value;
		break;
	case OPT_TAP:
		run->tap = true;
		break;
	case OPT_JUNIT:
		run->junit = value;
		break;
	case OPT_WIRE_LOG:
		run->wire_log = value;
		break;
	default:
		option_compare(option, value, &line->compare, &line->diff, &line->words, &status);
	}
	return status;
}

int run_line_complete(struct run_line *line, char **command)
{
	struct run_options *run = &line->run;
	if (*command)
		run->command = (const char *const *)command;
	run->expect_words = (const char *const *)line->words.words;
	run->n_expect_words = line->words.count;
	if (line->words.count && !run->expect)
		return option_usage("--fuzz, --max-pixels, --mask and --diff need --expect");
	if (run->update && !run->expect && !run->script)
		return option_usage("--update needs --expect, or a script that expects");
	if (run->cursor && !run->expect && !run->shot)
		return option_usage("--cursor needs --shot or --expect");
	if (run->check && !run->script)
		return option_usage("--check needs --script");
	if (!run->command && !run->script)
		return option_usage("run takes a command or a script");
	return 0;
}

void run_line_finish(struct run_line *line)
{
	compare_options_finish(&line->compare);
	option_words_finish(&line->words);
}
