// SPDX-License-Identifier: MIT
// The small values that command lines and scripts are made of. Pure; false: not understood.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"

// One line cut into words. Quotes "..." and '...' may stand anywhere in a word; in double quotes and
// outside, \n \t \e \\ \" \' "\ " \# \xHH and \u{HEX} are escapes. # at the start of a word begins a
// comment, unless it is a colour behind other words.
struct words {
	char **word; // NULL at the end; owned
	size_t count;
};

// False with *error set to a static sentence.
bool words_parse(struct words *words, const char *line, const char **error);
// From an argument vector, as it is.
void words_copy(struct words *words, const char *const *argv, size_t count);
void words_finish(struct words *words); // a zeroed one is allowed
void words_remove(struct words *words, size_t index, size_t count);
// The line that gives these words again.
char *words_join(char *const *word, size_t count);
// Takes NAME=VALUE out of the words from index first on; NULL: not there. The caller frees it.
char *words_take(struct words *words, size_t first, const char *name);

// A coordinate, perhaps in percent of a box or, when negative, from its far edge.
struct coordinate {
	double value;
	bool percent;
	bool from_end; // "-0" counts too
};
struct point {
	struct coordinate x, y;
};

bool arg_number(const char *text, double *value); // finite
bool arg_integer(const char *text, long min, long max, long *value);
bool arg_duration(const char *text, uint64_t *ns);     // 5us 16.6ms 2s 1m; a unit is needed
bool arg_seconds(const char *text, uint64_t *ns);      // the same; no unit: seconds
bool arg_pair(const char *text, double *x, double *y); // "X,Y"
bool arg_point(const char *text, struct point *point);
double coordinate_in(const struct coordinate *coordinate, int from, int length);
bool arg_size(const char *text, int *width, int *height, char **rest); // "WxH"; *rest: what follows
bool arg_box(const char *text, struct box *box);                       // "X,Y,W,H", not empty
bool arg_color(const char *text, uint32_t *argb);                      // #rgb #rrggbb #aarrggbb
