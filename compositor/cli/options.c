// SPDX-License-Identifier: MIT
// Parses the values of command-line options, and reports usage errors.
#include "compositor/cli/options.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/exit_status.h"
#include "compositor/cli/option_table.h"
#include "compositor/script/args.h"
#include "compositor/session/console.h"

int option_usage(const char *problem)
{
	if (problem)
		fprintf(stderr, "oriel: %s\n", problem);
	fputs("oriel: try 'oriel --help'\n", stderr);
	return RUN_FAILED_SELF;
}

int option_bad(const char *option, const char *value, const char *expected)
{
	fprintf(stderr, "oriel: %s %s: expected %s\n", option, value, expected);
	return RUN_FAILED_SELF;
}

bool option_common(int option, int *status)
{
	switch (option) {
	case 'h':
		option_table_print_help();
		*status = 0;
		return true;
	case 'V':
		puts("oriel " ORIEL_VERSION " (" ORIEL_FEATURES ")");
		*status = 0;
		return true;
	case '?':
		*status = option_usage(NULL);
		return true;
	default:
		return false;
	}
}

bool option_is_one_of(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(value, *names) == 0)
			return true;
	return false;
}

const char *option_default_backend(void)
{
	const char *display = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
	if (display && *display)
		return "x11";
	if (wayland && *wayland)
		fputs("oriel: cannot open a window in a Wayland session, running without a screen; with "
		      "Xwayland, set DISPLAY and use --backend x11\n",
			stderr);
	else if (console_has_screens())
		return "drm";
	return "headless";
}

bool option_size(const char *text, int *width, int *height, double *scale)
{
	char *rest;
	if (!arg_size(text, width, height, &rest))
		return false;
	if (!*rest)
		return true;
	return *rest == '@' && arg_number(rest + 1, scale) && *scale >= 0.1 && *scale <= 16;
}

bool option_add_word(struct option_words *words, char *word)
{
	if (words->count == array_length(words->words)) {
		free(word);
		return false;
	}
	words->words[words->count++] = word;
	return true;
}

void option_words_finish(struct option_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->words[i]);
	words->count = 0;
}

bool option_compare(int option, const char *value, struct compare_options *into, const char **diff,
	struct option_words *words, int *status)
{
	long number;
	struct box mask;
	const char *name;
	*status = 0;
	switch (option) {
	case OPT_FUZZ:
		name = "fuzz";
		if (arg_integer(value, 0, 255, &number))
			into->fuzz = (int)number;
		else
			*status = option_bad("--fuzz", value, "a number from 0 to 255");
		break;
	case OPT_MAX_PIXELS:
		name = "max-pixels";
		if (arg_integer(value, 0, LONG_MAX, &number))
			into->max_pixels = number;
		else
			*status = option_bad("--max-pixels", value, "a number");
		break;
	case OPT_MASK:
		name = "mask";
		if (arg_box(value, &mask))
			compare_add_mask(into, &mask);
		else
			*status = option_bad("--mask", value, "X,Y,WIDTH,HEIGHT");
		break;
	case OPT_DIFF:
		name = "diff";
		*diff = value;
		break;
	default:
		return false;
	}
	if (words && *status == 0 && !option_add_word(words, xasprintf("%s=%s", name, value)))
		*status = option_usage("too many masks");
	return true;
}
