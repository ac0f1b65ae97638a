// SPDX-License-Identifier: MIT
// Defines the command-line options, and derives getopt tables and the text of --help from them.
#include "compositor/cli/option_table.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "compositor/base/base.h"

#define SERVER (COMMAND_SESSION | COMMAND_RUN)
#define COMPARISON (COMMAND_RUN | COMMAND_COMPARE)
#define ALL (SERVER | COMMAND_SHOT | COMMAND_COMPARE | COMMAND_MSG | COMMAND_INFO)
#define HELP_COLUMN 26

struct option_row {
	unsigned commands;    // enum command; 0: a heading, whose text is help
	int id;               // enum option_id, or the letter of the short form
	const char *name;     // without --
	const char *argument; // NULL: none; in brackets: optional
	const char *help;     // NULL: not shown
};

static const struct option_row rows[] = {
	{.help = "oriel and oriel run"},
	{SERVER, OPT_BACKEND, "backend", "headless|x11|drm|virtio",
		"where to show outputs; default: x11 if DISPLAY is set, drm on\n"
		"a console, else headless (run: headless)"},
	{SERVER, OPT_RENDERER, "renderer", "pixman|gl|virgl", "how to draw"},
	{SERVER, OPT_VIRGL, "virgl", "vtest:PATH|virtgpu:PATH|vhost-user:PATH",
		"the host of --renderer virgl"},
	{SERVER, 's', "size", "WxH[@SCALE]", "size of the outputs (1280x720)"},
	{SERVER, OPT_OUTPUTS, "outputs", "N", "number of outputs (1)"},
	{SERVER, OPT_SHELL, "shell", "desktop|kiosk", "window management (desktop; run: kiosk)"},
	{SERVER | COMMAND_INFO, OPT_CONFIG, "config", "FILE",
		"read FILE instead of ~/.config/oriel/oriel.ini; run reads\n"
		"none by default"},
	{SERVER, OPT_XWAYLAND, "xwayland", "[yes|no]",
		"run X programs with Xwayland (yes where it is installed;\n"
		"run: no)"},
	{SERVER, 'v', "verbose", NULL, "log more; twice: everything"},
	{.help = "oriel"},
	{COMMAND_SESSION, OPT_DEVICE, "device", "PATH",
		"the card of --backend drm (/dev/dri/cardN)"},
	{COMMAND_SESSION | COMMAND_SHOT | COMMAND_MSG, OPT_SOCKET, "socket", "NAME",
		"name of the Wayland socket (the first free wayland-N); shot\n"
		"and msg: of the compositor to talk to"},
	{COMMAND_SESSION, OPT_AUTOSTART, "autostart", "[yes|no]",
		"announce the session to D-Bus and systemd, and start the\n"
		"user's autostart programs (yes on a console)"},
	{COMMAND_SESSION, OPT_DRAW_ALWAYS, "draw-always", NULL, NULL},
	{COMMAND_SESSION, OPT_WLCS_QUIRKS, "wlcs-quirks", NULL, NULL},
	{.help = "oriel run: one program in a private compositor without a screen"},
	{COMMAND_RUN, OPT_SOCKET, "socket", "NAME",
		"make the sockets known under this name or path"},
	{COMMAND_RUN, OPT_SCRIPT, "script", "FILE",
		"run the verbs in FILE, one per line; -: standard input"},
	{COMMAND_RUN, OPT_CHECK, "check", NULL, "check the script only, and report all mistakes"},
	{COMMAND_RUN, OPT_SHOT, "shot", "FILE.png", "settle, take a picture, end the program"},
	{COMMAND_RUN, OPT_EXPECT, "expect", "REFERENCE.png",
		"settle and compare the picture with this one"},
	{COMMAND_RUN, OPT_UPDATE, "update", NULL, "write the reference instead"},
	{COMMAND_RUN | COMMAND_SHOT, OPT_CURSOR, "cursor", NULL,
		"include the pointer in the picture"},
	{COMMAND_RUN, OPT_CLOCK, "clock", "real|virtual",
		"virtual time makes pictures reproducible (real)"},
	{COMMAND_RUN, OPT_TIMEOUT, "timeout", "SECONDS",
		"give up after that time, with status 124"},
	{COMMAND_RUN, OPT_RECORD, "record", "DIR", "save every frame and a log of events in DIR"},
	{COMMAND_RUN, OPT_TAP, "tap", NULL, "report each line of the script as TAP"},
	{COMMAND_RUN, OPT_JUNIT, "junit", "FILE", "write a JUnit report"},
	{COMMAND_RUN, OPT_WIRE_LOG, "wire-log", "FILE", "log all requests and events"},
	{.help = "oriel run --expect and oriel compare"},
	{COMPARISON, OPT_FUZZ, "fuzz", "N",
		"largest accepted difference of a channel, 0 to 255 (0)"},
	{COMPARISON, OPT_MAX_PIXELS, "max-pixels", "N",
		"number of pixels that may differ by more (0)"},
	{COMPARISON, OPT_MASK, "mask", "X,Y,W,H", "ignore this rectangle; may be repeated"},
	{COMPARISON, OPT_DIFF, "diff", "FILE.png", "write a picture of the differences"},
	{.help = "oriel shot: a picture of a running compositor"},
	{COMMAND_SHOT, OPT_OUTPUT, "output", "NAME", "of one output"},
	{COMMAND_SHOT, OPT_WINDOW, "window", "SELECTOR", "of one window, such as app_id=foot"},
	{COMMAND_SHOT, OPT_POPUPS, "popups", NULL, "include the popups of the window"},
	{COMMAND_SHOT, OPT_REGION, "region", "X,Y,W,H", "of a part of the layout"},
	{COMMAND_SHOT, OPT_SCALE, "scale", "S", "pixels per logical pixel (that of the output)"},
	{.help = "oriel msg: verbs for a running compositor; 'oriel msg help' lists them"},
	{COMMAND_MSG, OPT_JSON, "json", NULL, "print the result as JSON"},
	{.help = "oriel info: versions, hardware, modules and configuration errors, for bug reports"},
	{.help = "All commands"},
	{ALL, 'h', "help", NULL, "print this help"},
	{ALL, 'V', "version", NULL, "print the version and the modules that were built"},
};

static const char usage[] = "usage: oriel [OPTION...] [-- COMMAND...]\n"
			    "       oriel run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
			    "       oriel shot [OPTION...] FILE.png\n"
			    "       oriel compare [OPTION...] ACTUAL.png REFERENCE.png\n"
			    "       oriel msg [OPTION...] VERB... | -\n"
			    "       oriel info [OPTION...]\n";

static int argument_kind(const struct option_row *row)
{
	if (!row->argument)
		return no_argument;
	return *row->argument == '[' ? optional_argument : required_argument;
}

void option_table_fill(struct option_table *table, enum command command)
{
	static_assert(array_length(rows) < OPTION_TABLE_MAX, "the tables are too small");
	size_t count = 0, letters = 0;
	*table = (struct option_table){0};
	// shot and compare take options after their operands, too.
	if (command & (SERVER | COMMAND_MSG))
		table->short_options[letters++] = '+';
	for (size_t i = 0; i < array_length(rows); i++) {
		const struct option_row *row = &rows[i];
		if (!(row->commands & command))
			continue;
		table->long_options[count++] =
			(struct option){row->name, argument_kind(row), NULL, row->id};
		if (row->id >= OPT_BACKEND)
			continue;
		table->short_options[letters++] = (char)row->id;
		if (row->argument)
			table->short_options[letters++] = ':';
	}
}

int option_table_next(const struct option_table *table, int argc, char **argv)
{
	return getopt_long(argc, argv, table->short_options, table->long_options, NULL);
}

static void print_row(const struct option_row *row)
{
	char text[80], letter[] = {'-', (char)row->id, ',', ' ', '\0'};
	bool optional = argument_kind(row) == optional_argument;
	const char *argument = row->argument ? row->argument : "";
	int width = snprintf(text, sizeof(text), "  %s--%s%s%s",
		row->id < OPT_BACKEND ? letter : "", row->name,
		optional            ? "[="
			: *argument ? " "
				    : "",
		argument + optional);
	printf("%s", text);
	if (width >= HELP_COLUMN) {
		printf("\n");
		width = 0;
	}
	for (const char *line = row->help; *line;) {
		int length = (int)strcspn(line, "\n");
		printf("%*s%.*s\n", HELP_COLUMN - width, "", length, line);
		width = 0;
		line += length;
		line += *line == '\n';
	}
}

void option_table_print_help(void)
{
	fputs(usage, stdout);
	for (size_t i = 0; i < array_length(rows); i++) {
		if (!rows[i].commands)
			printf("\n%s:\n", rows[i].help);
		else if (rows[i].help)
			print_row(&rows[i]);
	}
	fputs("\nSee oriel(1), oriel-script(5) and oriel.ini(5).\n", stdout);
}
