// SPDX-License-Identifier: MIT
// Reading scripts.
#include "compositor/run/script.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/run/runner.h"
#include "tests/harness/test.h"

TEST(lines_and_places)
{
	struct script script = {0};
	char *error = NULL;
	check(script_parse(&script, "a.script",
		"# a comment\n\nwait window app_id=foot\n  settle # quiet\nshot out.png", &error));
	check_eq(script.count, 3);
	check_str(script.lines[0].where, "a.script:3");
	check_eq(script.lines[0].words.count, 3);
	check_str(script.lines[1].where, "a.script:4");
	check_str(script.lines[1].words.word[0], "settle");
	check_str(script.lines[2].words.word[1], "out.png");
	script_finish(&script);
}

static const struct bad_row {
	const char *text, *error;
} bad[] = {
	{"settle\ntext \"abc\n", "x:2: a quote is not closed"},
	{"\n\nsettel\n", "x:3: there is no verb 'settel'; did you mean 'settle'?"},
	{"zzz", "x:1: there is no verb 'zzz'; see oriel-script(5)"},
};

TEST_P(errors_name_the_line, struct bad_row, bad)
{
	struct script script = {0};
	char *error = NULL;
	check(!script_parse(&script, "x", param->text, &error));
	check_str(error, param->error);
	free(error);
	script_finish(&script);
}

TEST(missing_file)
{
	struct script script = {0};
	char *error = NULL;
	check(!script_load(&script, "/nonexistent/script", &error));
	check(strstr(error, "/nonexistent/script: ") == error);
	free(error);
	script_finish(&script);
}

TEST(verbs_are_sorted_and_described)
{
	for (size_t i = 0; verbs[i]; i++) {
		check(verbs[i]->name && verbs[i]->usage && verbs[i]->help);
		check(verbs[i]->start != NULL);
		check(i == 0 || strcmp(verbs[i - 1]->name, verbs[i]->name) < 0);
		check_eq(verb_find(verbs[i]->name) == verbs[i], true);
	}
	check(verb_find("") == NULL);
}
