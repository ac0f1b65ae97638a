// SPDX-License-Identifier: MIT
// The last lines of Xwayland.
#include "compositor/xwayland/tail.h"
#include <stdlib.h>
#include <string.h>
#include "tests/harness/test.h"

static void check_tail(const struct tail *tail, size_t at_most, const char *want)
{
	char *text = tail_text(tail, at_most);
	check_str(text, want);
	free(text);
}

static void add(struct tail *tail, const char *text)
{
	tail_add(tail, text, strlen(text));
}

TEST(empty)
{
	struct tail tail = {0};
	check_tail(&tail, 10, "");
	add(&tail, "no newline yet");
	check_tail(&tail, 10, "");
}

TEST(lines_in_pieces)
{
	struct tail tail = {0};
	add(&tail, "one\n\ntw");
	add(&tail, "o\nthree\nfour");
	check_tail(&tail, 10, "one | two | three");
	check_tail(&tail, 2, "two | three");
	check_tail(&tail, 0, "");
}

TEST(newest_lines_stay)
{
	struct tail tail = {0};
	for (int i = 0; i < 1000; i++)
		add(&tail, "old\n");
	add(&tail, "new\nnewest\n");
	check_tail(&tail, 3, "old | new | newest");
	char *text = tail_text(&tail, 1000);
	check_eq(strlen(text), (TAIL_LINES - 3) * strlen("old | ") + strlen("new | newest"));
	free(text);
}

TEST(long_lines_and_control_characters)
{
	struct tail tail = {0};
	char line[TAIL_COLUMNS * 3];
	memset(line, 'x', sizeof(line));
	tail_add(&tail, line, sizeof(line));
	add(&tail, "\n\33[2Jred\n");
	char *text = tail_text(&tail, 10);
	check_eq(strlen(text), TAIL_COLUMNS + strlen(" |  [2Jred"));
	check_str(text + TAIL_COLUMNS, " |  [2Jred");
	free(text);
}

TEST(chatter_is_left_out)
{
	struct tail tail = {0};
	add(&tail,
		"The XKEYBOARD keymap compiler (xkbcomp) reports:\n"
		"> Warning:          Unsupported maximum keycode 708, clipping.\n"
		"Errors from xkbcomp are not fatal to the X server\n(EE) fault\n");
	check_tail(&tail, 10, "(EE) fault");
}
