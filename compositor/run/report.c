// SPDX-License-Identifier: MIT
// Writes TAP as results come, and collects JUnit XML until the end.
#include "compositor/run/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/outfile.h"
#include "compositor/script/strbuf.h"

struct report {
	bool tap, stdout_failed;
	struct outfile junit;
	char *name; // owned
	size_t planned, count, failures;
	uint64_t took_ns;
	struct strbuf cases;
};

struct report *report_create(bool tap, const char *junit, const char *name)
{
	struct report *report = xcalloc(1, sizeof(*report));
	report->tap = tap;
	report->name = xstrdup(name);
	if (!junit || outfile_open(&report->junit, junit))
		return report;
	report_finish(report);
	return NULL;
}

void report_plan(struct report *report, size_t lines)
{
	report->planned = lines;
	if (report->tap) {
		printf("TAP version 13\n1..%zu\n", lines);
		outfile_flush_standard(&report->stdout_failed);
	}
}

static void print_tap(struct report *report, const char *where, const char *line, const char *error)
{
	// An unescaped '#' begins a TAP directive.
	printf("%sok %zu - %s ", error ? "not " : "", report->count, where);
	for (const char *c = line; *c; c++)
		printf(*c == '#' ? "\\#" : "%c", *c);
	printf("\n");
	if (error) {
		struct strbuf message = {0};
		strbuf_json(&message, error);
		printf("  ---\n  message: %s\n  ...\n", strbuf_get(&message));
		strbuf_finish(&message);
	}
	outfile_flush_standard(&report->stdout_failed);
}

void report_result(struct report *report, const char *where, const char *line, const char *error,
	uint64_t took_ns)
{
	report->count++;
	report->took_ns += took_ns;
	if (error)
		report->failures++;
	if (report->tap)
		print_tap(report, where, line, error);
	if (!report->junit.file)
		return;
	strbuf_puts(&report->cases, "    <testcase classname=\"");
	strbuf_xml(&report->cases, report->name);
	strbuf_puts(&report->cases, "\" name=\"");
	strbuf_xml(&report->cases, where);
	strbuf_puts(&report->cases, " ");
	strbuf_xml(&report->cases, line);
	strbuf_printf(&report->cases, "\" time=\"%.3f\"", (double)took_ns / (double)NSEC_PER_SEC);
	if (!error) {
		strbuf_puts(&report->cases, "/>\n");
		return;
	}
	strbuf_puts(&report->cases, ">\n      <failure message=\"");
	strbuf_xml(&report->cases, error);
	strbuf_puts(&report->cases, "\"/>\n    </testcase>\n");
}

void report_failure(struct report *report, const char *what)
{
	if (report->tap) {
		printf("Bail out! %s\n", what);
		outfile_flush_standard(&report->stdout_failed);
	}
	report->failures++;
	if (!report->junit.file)
		return;
	strbuf_puts(&report->cases, "    <testcase classname=\"");
	strbuf_xml(&report->cases, report->name);
	strbuf_puts(&report->cases, "\" name=\"oriel run\">\n      <failure message=\"");
	strbuf_xml(&report->cases, what);
	strbuf_puts(&report->cases, "\"/>\n    </testcase>\n");
}

static void write_junit(struct report *report)
{
	struct strbuf text = {0};
	strbuf_puts(&text,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
	strbuf_xml(&text, report->name);
	strbuf_printf(&text,
		"\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n",
		MAX(report->count, report->failures), report->failures,
		report->planned > report->count ? report->planned - report->count : 0,
		(double)report->took_ns / (double)NSEC_PER_SEC);
	strbuf_puts(&text, strbuf_get(&report->cases));
	strbuf_puts(&text, "  </testsuite>\n</testsuites>\n");
	outfile_write(&report->junit, strbuf_get(&text), text.length);
	strbuf_finish(&text);
}

bool report_finish(struct report *report)
{
	if (!report)
		return true;
	if (report->junit.file)
		write_junit(report);
	bool complete = outfile_close(&report->junit) && !report->stdout_failed;
	strbuf_finish(&report->cases);
	free(report->name);
	free(report);
	return complete;
}
