// SPDX-License-Identifier: MIT
// Selectors: which windows match, and which words are refused.
#include "compositor/script/selector.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/script/args.h"
#include "tests/harness/test.h"

static struct selector *parse(const char *text, char **error)
{
	struct words words;
	const char *why;
	check(words_parse(&words, text, &why));
	struct selector *selector = selector_parse(words.word, words.count, error);
	words_finish(&words);
	return selector;
}

static const struct match_row {
	const char *selector;
	bool matches; // the window below
} matches[] = {
	{"", true},
	{"any", true},
	{"app_id=foot", true},
	{"app_id=Foot", false},
	{"app_id=foo", false},
	{"app_id~=^fo+t$", true},
	{"app_id~=o", true},
	{"app_id~=^o", false},
	{"title=\"a terminal\"", true},
	{"title~=\"^a (terminal|shell)$\"", true},
	{"title=", false},
	{"id=3", true},
	{"id=4", false},
	{"pid=1234", true},
	{"class=Foot", true},
	{"class~=^f", false},
	{"instance=foot", true},
	{"instance=Foot", false},
	{"x11", false},
	{"focused", true},
	{"maximized", false},
	{"fullscreen", true},
	{"app_id=foot title~=term focused", true},
	{"app_id=foot title~=shell focused", false},
};

TEST_P(selects, struct match_row, matches)
{
	struct window_facts window = {
		.app_id = "foot",
		.title = "a terminal",
		.id = 3,
		.pid = 1234,
		.class_name = "Foot",
		.instance = "foot",
		.flags = SELECT_FOCUSED | SELECT_FULLSCREEN,
	};
	char *error = NULL;
	struct selector *selector = parse(param->selector, &error);
	check(selector != NULL);
	check_eq(selector_matches(selector, &window), param->matches);
	selector_destroy(selector);
}

TEST(windows_without_names)
{
	struct window_facts window = {.id = 1};
	char *error = NULL;
	struct selector *selector = parse("title=", &error);
	check(selector_matches(selector, &window));
	selector_destroy(selector);
	selector = parse("app_id=x", &error);
	check(!selector_matches(selector, &window));
	selector_destroy(selector);
	selector = parse("title~=.", &error);
	check(!selector_matches(selector, &window));
	selector_destroy(selector);
}

static const char *const refused[] = {"foot", "colour=foot", "id=", "id=x", "id=-1", "id~=3",
	"pid=1x", "title~=(", "app_id", "FOCUSED"};

TEST_P(refuses, char *const, refused)
{
	char *error = NULL;
	check(parse(*param, &error) == NULL);
	check(error != NULL);
	check(strstr(error, *param) != NULL);
	free(error);
}

TEST(knows_its_words)
{
	check(selector_is_word("app_id=foot"));
	check(selector_is_word("title~="));
	check(selector_is_word("focused"));
	check(selector_is_word("any"));
	check(!selector_is_word("fuzz=2"));
	check(!selector_is_word("a.png"));
}
