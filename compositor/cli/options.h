// SPDX-License-Identifier: MIT
// Values of command-line options, as far as several commands take them.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/picture/compare.h"

// Both print an error and return RUN_FAILED_SELF.

// problem NULL: getopt_long has printed it.
int option_usage(const char *problem);
// An invalid value of an option ("--size"); expected describes the valid ones.
int option_bad(const char *option, const char *value, const char *expected);

// Handles --help, --version and unknown options. True: it was one, and the program ends with
// *status.
bool option_common(int option, int *status);
// Whether value is one of the names, which end with NULL.
bool option_is_one_of(const char *value, const char *const *names);
// The back end of a session without --backend: x11 where DISPLAY is set, drm on a console, else
// headless. Prints a warning in a Wayland session without DISPLAY.
const char *option_default_backend(void);
// "WxH" or "WxH@SCALE"; *scale keeps its value where no scale is given. False: it is neither.
bool option_size(const char *text, int *width, int *height, double *scale);

struct option_words {    // zeroed: none
	char *words[64]; // owned
	size_t count;
};
// Appends a word, of which it takes ownership. False: there are too many.
bool option_add_word(struct option_words *words, char *word);
// Frees the words. Accepts a zeroed struct.
void option_words_finish(struct option_words *words);

// Handles --fuzz, --max-pixels, --mask and --diff, and appends them to words (NULL: not) in the
// form that the verb expect takes. *diff points into value. True: it was one of them; *status is
// not 0 when its value is invalid.
bool option_compare(int option, const char *value, struct compare_options *into, const char **diff,
	struct option_words *words, int *status);
