// SPDX-License-Identifier: MIT
// The command line of `oriel run`, apart from the options of the compositor itself.
#pragma once
#include <stdbool.h>
#include "compositor/cli/options.h"
#include "compositor/run/run.h"

struct run_line { // zeroed: no options
	struct run_options run;
	bool virtual_clock;
	struct option_words words;      // options of the verb expect; run points to them
	struct compare_options compare; // the same, checked
	const char *diff;
};

// Handles an option of getopt_long. Returns 0, or the exit status for an invalid value.
int run_line_option(struct run_line *line, int option, const char *value);
// Takes the command (NULL-terminated; may be empty) and checks that the options go together.
// Returns 0, or the exit status.
int run_line_complete(struct run_line *line, char **command);
// Frees the line. Accepts a zeroed one.
void run_line_finish(struct run_line *line);
