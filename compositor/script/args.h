// SPDX-License-Identifier: MIT
// Parses the words and values of scripts and command lines. Pure. The arg_* functions return false
// when the text is not such a value, and leave the results undefined then.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"

// One line, split into words. Quotes "..." and '...' may stand anywhere in a word; in double quotes
// and outside, \n \t \e \\ \" \' "\ " \# \xHH and \u{HEX} are escapes. # at the start of a word
// begins a comment, unless it is a color after other words.
struct words {
	char **word; // NULL-terminated; owned
	size_t count;
};

// Splits a line. False with *error set to a static sentence; words is zeroed then.
bool words_parse(struct words *words, const char *line, const char **error);
// Copies an argument vector without parsing it.
void words_copy(struct words *words, const char *const *argv, size_t count);
// Accepts a zeroed struct.
void words_finish(struct words *words);
// Removes count words, which must exist, from index on.
void words_remove(struct words *words, size_t index, size_t count);
// A line that words_parse splits into these words. The caller frees it.
char *words_join(char *const *word, size_t count);
// Takes NAME=VALUE out of the words from index first on. The caller frees the value; NULL: no such
// word.
char *words_take(struct words *words, size_t first, const char *name);

// A coordinate: an offset from the start of a range or from its end, perhaps in percent of it.
struct coordinate {
	double value;
	bool percent;
	bool from_end; // negative; "-0" too
};
struct point {
	struct coordinate x, y;
};

// A finite decimal number, independent of the locale.
bool arg_number(const char *text, double *value);
// A decimal integer between min and max.
bool arg_integer(const char *text, long min, long max, long *value);
// A time with its unit: 5us 16.6ms 2s 1m.
bool arg_duration(const char *text, uint64_t *ns);
// The same; without a unit, seconds.
bool arg_seconds(const char *text, uint64_t *ns);
// Two numbers, "X,Y".
bool arg_pair(const char *text, double *x, double *y);
// "X,Y" of coordinates: "40,30", "50%,-10".
bool arg_point(const char *text, struct point *point);
// The position of a coordinate in a range that begins at from.
double coordinate_in(const struct coordinate *coordinate, int from, int length);
// "WxH", both from 1 to 16384. *rest points to what follows; rest NULL: nothing may follow.
bool arg_size(const char *text, int *width, int *height, char **rest);
// "X,Y,W,H", not empty.
bool arg_box(const char *text, struct box *box);
// #rgb, #rrggbb or #aarrggbb, as 0xAARRGGBB; the # may be missing.
bool arg_color(const char *text, uint32_t *argb);
