// SPDX-License-Identifier: MIT
// Scripts: files of verbs, one per line, that are run in order.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/script/strbuf.h"

struct action;

struct script_line {
	char *where;           // "FILE:LINE", or the option that the line comes from; owned
	struct action *action; // owned; NULL once it is run
};

struct script {
	struct script_line *lines;
	size_t count, capacity;
};

// Reads a file ("-": standard input) and checks all lines. False: *errors has one line per
// mistake, with file and line.
bool script_load(struct script *script, const char *path, struct strbuf *errors);
// The same for text that is already read; name stands for the file in error messages.
bool script_parse(struct script *script, const char *name, const char *text, struct strbuf *errors);
// Appends a line of words; where stands for file and line in error messages. False: a mistake was
// added to *errors.
bool script_add(struct script *script, const char *where, const char *const *words, size_t count,
	struct strbuf *errors);
// Accepts a zeroed struct.
void script_finish(struct script *script);
