// SPDX-License-Identifier: MIT
// The table of all command-line options: their names, the commands that take them, and their help.
#pragma once
#include <getopt.h>

enum command {
	COMMAND_SESSION = 1 << 0, // plain oriel
	COMMAND_RUN = 1 << 1,
	COMMAND_SHOT = 1 << 2,
	COMMAND_COMPARE = 1 << 3,
	COMMAND_MSG = 1 << 4,
	COMMAND_INFO = 1 << 5,
};

// Values of getopt_long for options without a short form.
enum option_id {
	OPT_BACKEND = 256,
	OPT_DEVICE,
	OPT_RENDERER,
	OPT_OUTPUTS,
	OPT_SHELL,
	OPT_CONFIG,
	OPT_SOCKET,
	OPT_SCRIPT,
	OPT_CHECK,
	OPT_SHOT,
	OPT_CURSOR,
	OPT_EXPECT,
	OPT_FUZZ,
	OPT_MAX_PIXELS,
	OPT_MASK,
	OPT_DIFF,
	OPT_UPDATE,
	OPT_CLOCK,
	OPT_TIMEOUT,
	OPT_RECORD,
	OPT_TAP,
	OPT_JUNIT,
	OPT_WIRE_LOG,
	OPT_OUTPUT,
	OPT_WINDOW,
	OPT_REGION,
	OPT_SCALE,
	OPT_POPUPS,
	OPT_JSON,
	OPT_DRAW_ALWAYS,
	OPT_WLCS_QUIRKS,
	OPT_VIRGL,
	OPT_AUTOSTART,
	OPT_XWAYLAND,
};

#define OPTION_TABLE_MAX 48

// The options of one command, as getopt_long takes them.
struct option_table {
	struct option long_options[OPTION_TABLE_MAX]; // zeroed at the end
	char short_options[2 * OPTION_TABLE_MAX +
		2]; // with a leading +: stops at the first operand
};

// Fills the table with the options of a command.
void option_table_fill(struct option_table *table, enum command command);
// The next option, as getopt_long returns it: an id or letter, '?' for a wrong one, -1 at the end.
// Sets optarg and optind.
int option_table_next(const struct option_table *table, int argc, char **argv);
// Prints usage and options of all commands to standard output.
void option_table_print_help(void);
