// SPDX-License-Identifier: MIT
// A file of verbs, one a line, run one after the other.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/run/args.h"

struct script_line {
	char *where; // "FILE:LINE", or what made it; owned
	struct words words;
};

struct script {
	struct script_line *lines;
	size_t count, capacity;
};

// Reads and checks all lines (unknown verbs too) before anything runs; "-" is standard input.
// False with *error (caller frees), which names file and line.
bool script_load(struct script *script, const char *path, char **error);
// The text of a file, for the above and for tests. name is what errors call it.
bool script_parse(struct script *script, const char *name, const char *text, char **error);
void script_add(struct script *script, const char *where, const char *const *words, size_t count);
void script_finish(struct script *script); // a zeroed one is allowed
