// SPDX-License-Identifier: MIT
// How each line of a script went, as TAP on standard output or JUnit in a file.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report;

// junit NULL: none.
struct report *report_create(bool tap, const char *junit, const char *name);
void report_plan(struct report *report, size_t lines);
void report_result(struct report *report, const char *where, const char *line, const char *error,
	uint64_t took_ns); // error NULL: good
// Something beside the lines went wrong: a time-out, the program's end.
void report_trouble(struct report *report, const char *what);
// Writes what is left. False with a message on standard error.
bool report_finish(struct report *report);
