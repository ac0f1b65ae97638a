// SPDX-License-Identifier: MIT
// What the command lines of all of the program's trades share.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/run/compare.h"

enum option_id {
	OPT_BACKEND = 256,
	OPT_DEVICE,
	OPT_RENDERER,
	OPT_SIZE,
	OPT_OUTPUTS,
	OPT_SHELL,
	OPT_CONFIG,
	OPT_SOCKET,
	OPT_SCRIPT,
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
};

// Both say something on standard error and return RUN_FAILED_SELF.
int option_usage(const char *problem); // NULL: getopt has told it
int option_bad(const char *option, const char *value, const char *wanted);

// Options that end the program at once (help, version, unknown ones). True: it was one.
bool option_common(int option, int *status);
// Values that are one of a few words; names end with NULL.
bool option_one_of(const char *value, const char *const *names);
// "WxH" or "WxH@SCALE"; *scale stays where it is not said.
bool option_size(const char *text, int *width, int *height, double *scale);

// --fuzz and its like. words collects them as a script's expect takes them, where it is not NULL.
struct option_words {
	char *words[64]; // owned
	size_t count;
};
// True: it was one, and *status tells whether its value is good (0).
bool option_compare(int option, const char *value, struct compare_options *into, const char **diff,
	struct option_words *words, int *status);
bool option_add_word(struct option_words *words, char *word); // takes the word; false: too many
void option_words_finish(struct option_words *words);
