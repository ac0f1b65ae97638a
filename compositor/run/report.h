// SPDX-License-Identifier: MIT
// Reports the result of each line of a script: TAP on standard output, JUnit in a file.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report;

// tap: print TAP. junit: path of the JUnit file, which is created, NULL: none. name: of the test
// suite. NULL: the file cannot be created (logged).
struct report *report_create(bool tap, const char *junit, const char *name);
// Announces the number of lines; to be called before the first result.
void report_plan(struct report *report, size_t lines);
// Reports a line. where: "FILE:LINE"; error NULL: it passed; took_ns: real time.
void report_result(struct report *report, const char *where, const char *line, const char *error,
	uint64_t took_ns);
// Reports a failure of the run itself, such as a time-out.
void report_failure(struct report *report, const char *what);
// Writes the JUnit file and frees the report. False: the report is incomplete (logged). Accepts
// NULL.
bool report_finish(struct report *report);
