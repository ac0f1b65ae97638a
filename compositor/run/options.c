// SPDX-License-Identifier: MIT
// The parts that all command lines share, and what --help says.
#include "compositor/run/options.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/run/args.h"
#include "compositor/run/runner.h"

static const char usage_text[] =
	"usage: oriel [OPTION...] [-- COMMAND...]\n"
	"       oriel run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
	"       oriel shot [--output NAME|--window SELECTOR|--region X,Y,W,H] FILE.png\n"
	"       oriel compare [OPTION...] ACTUAL.png REFERENCE.png\n"
	"       oriel msg [--json] VERB... | -\n"
	"\n"
	"A compositor of its own:\n"
	"  --backend headless|x11|drm|virtio\n"
	"                          where to show (x11 where DISPLAY is set, drm on a console, else\n"
	"                          headless)\n"
	"  --device PATH           the card of --backend drm (/dev/dri/cardN)\n"
	"  --renderer NAME         how to draw: pixman, gl or virgl\n"
	"  --virgl vtest:PATH|virtgpu:PATH|vhost-user:PATH\n"
	"                          the host that --renderer virgl draws with\n"
	"  --size WxH[@SCALE]      size of the outputs (1280x720)\n"
	"  --outputs N             how many\n"
	"  --shell desktop|kiosk   who places windows (desktop)\n"
	"  --config FILE           instead of ~/.config/oriel/oriel.ini\n"
	"  --socket NAME           of the Wayland socket (the first free wayland-N)\n"
	"  --autostart[=no]        the user's services hear of it, and programs start by themselves\n"
	"                          (on a console)\n"
	"  -v, --verbose           tell more; twice: everything\n"
	"\n"
	"run: one program in a private compositor without a screen. Also:\n"
	"  --shell desktop|kiosk   (kiosk)\n"
	"  --script FILE           verbs, one a line; - is standard input\n"
	"  --shot FILE.png         settle, take a picture, end the program\n"
	"  --cursor                with the pointer in the picture\n"
	"  --expect REF.png        settle, compare the picture with this one\n"
	"  --update                write REF.png instead\n"
	"  --clock real|virtual    virtual time: the same pictures on every run\n"
	"  --timeout SECONDS       give up with status 124\n"
	"  --record DIR            every frame as a picture, and what happened\n"
	"  --tap, --junit FILE     reports for CI systems\n"
	"  --wire-log FILE         every request and event\n"
	"\n"
	"run --expect and compare:\n"
	"  --fuzz N                a channel may differ by that much, 0 to 255\n"
	"  --max-pixels N          so many pixels may differ by more\n"
	"  --mask X,Y,W,H          leave this place out; may be repeated\n"
	"  --diff FILE.png         where to leave a picture of the differences\n"
	"\n"
	"shot, of a running oriel: --output NAME, --window SELECTOR [--popups], --region X,Y,W,H,\n"
	"  --scale S, --cursor, --socket NAME\n"
	"msg, to a running oriel: --json, --socket NAME; 'oriel msg help' tells the verbs\n"
	"\n"
	"See oriel(1), oriel-script(5) and oriel.ini(5).\n";

int option_usage(const char *problem)
{
	if (problem)
		fprintf(stderr, "oriel: %s\n", problem);
	fputs("oriel: try 'oriel --help'\n", stderr);
	return RUN_FAILED_SELF;
}

int option_bad(const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "oriel: %s %s: %s is wanted\n", option, value, wanted);
	return RUN_FAILED_SELF;
}

bool option_common(int option, int *status)
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
		*status = option_usage(NULL);
		return true;
	default:
		return false;
	}
}

bool option_one_of(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(value, *names) == 0)
			return true;
	return false;
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
		*status = option_usage("there are too many masks");
	return true;
}
