// SPDX-License-Identifier: MIT
// Extended regular expressions with bounds. The C library's compiler recurses for each bracket,
// copies what is repeated without a limit, and keeps every state that a match reaches, so that a
// short pattern can take all memory. Here a pattern has a largest size, and a match takes time in
// proportion to that size and the length of the text. Pure.
//
// Syntax: that of regcomp(3) with REG_EXTENDED, on UTF-8, with \w \W \s \S \b \B \< \> and without
// references to groups. Characters beyond ASCII count as letters.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_BYTES 1000
#define PATTERN_NESTING 50
#define PATTERN_SIZE 2000 // characters, operators and ranges of sets, once repeats are written out

struct pattern {                      // zeroed: none
	struct pattern_node *nodes;   // owned; NULL: none
	struct pattern_set *sets;     // owned
	struct pattern_range *ranges; // owned
	size_t n_nodes, n_sets, n_ranges;
	size_t nodes_capacity, sets_capacity, ranges_capacity;
	unsigned *scratch; // owned
};

// Compiles a pattern. False with *error (a sentence; caller frees): it is not a regular expression,
// or a limit is exceeded.
bool pattern_init(struct pattern *pattern, const char *text, char **error);
// Whether the pattern matches a part of the text.
bool pattern_matches(struct pattern *pattern, const char *text);
// Accepts a zeroed struct.
void pattern_finish(struct pattern *pattern);
