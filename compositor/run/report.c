// SPDX-License-Identifier: MIT
// Reports for CI systems.
#include "compositor/run/report.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/run/out.h"

struct report {
	bool tap;
	char *junit, *name; // owned
	size_t planned, count, failures;
	uint64_t took_ns;
	struct out cases;
};

struct report *report_create(bool tap, const char *junit, const char *name)
{
	struct report *report = xcalloc(1, sizeof(*report));
	report->tap = tap;
	report->junit = xstrdup(junit);
	report->name = xstrdup(name);
	return report;
}

void report_plan(struct report *report, size_t lines)
{
	report->planned = lines;
	if (report->tap) {
		printf("TAP version 13\n1..%zu\n", lines);
		fflush(stdout);
	}
}

static void print_tap(size_t number, const char *where, const char *line, const char *error)
{
	// '#' would begin a directive.
	printf("%sok %zu - %s ", error ? "not " : "", number, where);
	for (const char *c = line; *c; c++)
		printf(*c == '#' ? "\\#" : "%c", *c);
	printf("\n");
	if (error) {
		struct out message = {0};
		out_json(&message, error);
		printf("  ---\n  message: %s\n  ...\n", out_get(&message));
		out_finish(&message);
	}
	fflush(stdout);
}

void report_result(struct report *report, const char *where, const char *line, const char *error,
	uint64_t took_ns)
{
	report->count++;
	report->took_ns += took_ns;
	if (error)
		report->failures++;
	if (report->tap)
		print_tap(report->count, where, line, error);
	if (!report->junit)
		return;
	out_text(&report->cases, "    <testcase classname=\"");
	out_xml(&report->cases, report->name);
	out_text(&report->cases, "\" name=\"");
	out_xml(&report->cases, where);
	out_text(&report->cases, " ");
	out_xml(&report->cases, line);
	out_format(&report->cases, "\" time=\"%.3f\"", (double)took_ns / (double)NSEC_PER_SEC);
	if (!error) {
		out_text(&report->cases, "/>\n");
		return;
	}
	out_text(&report->cases, ">\n      <failure message=\"");
	out_xml(&report->cases, error);
	out_text(&report->cases, "\"/>\n    </testcase>\n");
}

void report_trouble(struct report *report, const char *what)
{
	if (report->tap) {
		printf("Bail out! %s\n", what);
		fflush(stdout);
	}
	report->failures++;
	if (!report->junit)
		return;
	out_text(&report->cases, "    <testcase classname=\"");
	out_xml(&report->cases, report->name);
	out_text(&report->cases, "\" name=\"oriel run\">\n      <failure message=\"");
	out_xml(&report->cases, what);
	out_text(&report->cases, "\"/>\n    </testcase>\n");
}

static bool write_junit(struct report *report)
{
	struct out text = {0};
	out_text(&text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
	out_xml(&text, report->name);
	out_format(&text,
		"\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n",
		MAX(report->count, report->failures), report->failures,
		report->planned > report->count ? report->planned - report->count : 0,
		(double)report->took_ns / (double)NSEC_PER_SEC);
	out_text(&text, out_get(&report->cases));
	out_text(&text, "  </testsuite>\n</testsuites>\n");
	FILE *file = fopen(report->junit, "we");
	bool good = file && fwrite(out_get(&text), 1, text.length, file) == text.length;
	if (file && fclose(file) != 0)
		good = false;
	if (!good)
		log_errno("%s", report->junit);
	out_finish(&text);
	return good;
}

bool report_finish(struct report *report)
{
	if (!report)
		return true;
	bool good = !report->junit || write_junit(report);
	out_finish(&report->cases);
	free(report->junit);
	free(report->name);
	free(report);
	return good;
}
