// SPDX-License-Identifier: MIT
// The last lines that a program wrote to its standard error, for the message about its end.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define TAIL_LINES 40
#define TAIL_COLUMNS 200

struct tail { // zeroed: empty
	char lines[TAIL_LINES][TAIL_COLUMNS + 1];
	size_t next, count; // the ring
	size_t length;      // of lines[next], which is incomplete
};

// Appends output, of which longer lines are cut and what xkbcomp writes for every keymap is left
// out.
void tail_add(struct tail *tail, const char *data, size_t size);
// The newest lines, at most that many, as one line: "first | second". The caller frees the text,
// which is empty if there are none.
char *tail_text(const struct tail *tail, size_t at_most);
