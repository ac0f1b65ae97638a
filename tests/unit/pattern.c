// SPDX-License-Identifier: MIT
// Regular expressions of scripts: matching, and the limits that keep a pattern from taking all
// stack, memory or time.
#include "compositor/script/pattern.h"
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "tests/harness/test.h"

static const struct match_row {
	const char *pattern, *text;
	bool matches;
} matches[] = {
	{"", "", true},
	{"a", "", false},
	{"b", "abc", true},
	{"^b", "abc", false},
	{"c$", "abc", true},
	{"b$", "abc", false},
	{"^$", "", true},
	{"^$", "a", false},
	{"^a(b|c){2,3}$", "abcb", true},
	{"^a(b|c){2,3}$", "ab", false},
	{"^a(b|c){2,3}$", "abcbc", false},
	{"^(a|b|cd)*e$", "abcdae", true},
	{"^(a|b|cd)*e$", "abcae", false},
	{"^(a|)b$", "b", true},
	{"^a{0}b$", "b", true},
	{"^a{2,}$", "aaaa", true},
	{"^a{2,}$", "a", false},
	{"^a{,2}$", "aa", true},
	{"^a{,2}$", "aaa", false},
	{"^a+$", "aaa", true},
	{"^a+$", "", false},
	{"^ab?c$", "ac", true},
	{"^(a*)*$", "aaa", true},
	{"^(a*)+b", "b", true},
	{"^()*()+(){3}$", "", true},
	{"^[]a-c[:digit:]]+x", "]9x", true},
	{"[^]]", "]", false},
	{"^[^[:space:]]+$", "a b", false},
	{"^[[.a.][=b=]-]+$", "ab-", true},
	{"^.$", "\xc3\xa9", true},
	{"^[\xc3\xa0-\xc3\xbf]$", "\xc3\xa9", true},
	{"^[[:alpha:]]+$", "h\xc3\xa9llo", true},
	{"^\\w+\\s\\W$", "a_1 -", true},
	{"\\bcat\\b", "a cat.", true},
	{"\\bcat\\b", "concat", false},
	{"\\Bcat", "concat", true},
	{"\\<cat\\>", "cat", true},
	{"^a)$", "a)", true},
	{"^\\(1\\)\\{2\\}\\.$", "(1){2}.", true},
	{"a{1000}b?", "a", false},
	{"((((((((((a+)+)+)+)+)+)+)+)+)+)?$", "b", true},
	{".", "\xff", true},
};

TEST_P(matches_within_limits, struct match_row, matches)
{
	struct pattern pattern;
	char *error = NULL;
	check(pattern_init(&pattern, param->pattern, &error));
	check_eq(pattern_matches(&pattern, param->text), param->matches);
	pattern_finish(&pattern);
}

static const struct refused_row {
	const char *pattern, *error;
} refused[] = {
	{"(", "a ( is not closed"},
	{"(a|b", "a ( is not closed"},
	{"[a", "a [ is not closed"},
	{"[]", "a [ is not closed"},
	{"[z-a]", "a range ends before it begins"},
	{"[[:letter:]]", "there is no such class of characters"},
	{"*a", "nothing precedes a repeat"},
	{"a|+", "nothing precedes a repeat"},
	{"a{x}", "a repeat is written {N}, {N,} or {N,M}"},
	{"a{3,2}", "a repeat is written {N}, {N,} or {N,M}"},
	{"a\\", "a backslash ends it"},
	{"(a)\\1", "references to groups, such as \\1, are not supported"},
	{"a{2001}", "its repeats make more than 2000 characters"},
	{"a{99999999999999999999}", "its repeats make more than 2000 characters"},
	{"(){3000}", "its repeats make more than 2000 characters"},
	{"(a{50}){50}", "its repeats make more than 2000 characters"},
	{"((a{20,}){20}){20}", "its repeats make more than 2000 characters"},
	{"(((a{0,20}){0,20}){0,20})", "its repeats make more than 2000 characters"},
	{"[a-cd-fg-i]{600}", "its repeats make more than 2000 characters"},
};

TEST_P(refuses, struct refused_row, refused)
{
	struct pattern pattern;
	char *error = NULL;
	check(!pattern_init(&pattern, param->pattern, &error));
	check_str(error, param->error);
	free(error);
}

TEST(many_brackets)
{
	struct pattern pattern;
	char *error = NULL, text[60001];
	memset(text, '(', 30000);
	memset(text + 30000, ')', 30000);
	text[60000] = '\0';
	check(!pattern_init(&pattern, text, &error));
	check_str(error, "it is longer than 1000 bytes");
	free(error);
	text[100] = '\0';
	check(!pattern_init(&pattern, text, &error));
	check_str(error, "it has more than 50 nested groups");
	free(error);
}

// A machine with 2^200 states: to keep them takes all memory, to backtrack takes for ever.
TEST(memory_and_time_of_matches_are_bounded)
{
	struct pattern pattern;
	struct rusage before, after;
	char *error = NULL, text[4001];
	unsigned seed = 1;
	check(pattern_init(&pattern, "(a|b)*a(a|b){200}c", &error));
	getrusage(RUSAGE_SELF, &before);
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 4000; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = seed >> 20 & 1 ? 'a' : 'b';
		}
		text[4000] = '\0';
		check(!pattern_matches(&pattern, text));
	}
	getrusage(RUSAGE_SELF, &after);
	check(after.ru_maxrss - before.ru_maxrss < 10000); // KiB
	pattern_finish(&pattern);
}
