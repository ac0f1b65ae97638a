// SPDX-License-Identifier: MIT
// Splitting lines into words, and parsing numbers, times, points, sizes and colors.
#include "compositor/script/args.h"
#include <stdlib.h>
#include <string.h>
#include "tests/harness/test.h"

static const struct line_row {
	const char *line;
	size_t count;
	const char *words[4];
} good_lines[] = {
	{"", 0, {NULL}},
	{"   \t ", 0, {NULL}},
	{"# settle", 0, {NULL}},
	{"settle # now", 1, {"settle"}},
	{"a#b", 1, {"a#b"}},
	{"pixel #ff8000 #f80\t#80102030", 4, {"pixel", "#ff8000", "#f80", "#80102030"}},
	{"pixel #ff800 no", 1, {"pixel"}},
	{"pixel #ff8000x", 1, {"pixel"}},
	{"#ff8000", 0, {NULL}},
	{"wait window app_id=foot title~=^term", 4,
		{"wait", "window", "app_id=foot", "title~=^term"}},
	{"text \"h\xc3\xa9llo\"", 2, {"text", "h\xc3\xa9llo"}},
	{"text \"a b\"c' d'", 2, {"text", "a bc d"}},
	{"text ''", 2, {"text", ""}},
	{"text \"\\n\\t\\e\\\\\\\"\"", 2, {"text", "\n\t\033\\\""}},
	{"text \\x41\\u{e9}\\u{1F600}", 2, {"text", "A\xc3\xa9\xf0\x9f\x98\x80"}},
	{"text '\\n'", 2, {"text", "\\n"}},
	{"text \\#x", 2, {"text", "#x"}},
	{"title=\"My window\" x", 2, {"title=My window", "x"}},
};

TEST_P(words, struct line_row, good_lines)
{
	struct words words;
	const char *error = NULL;
	check(words_parse(&words, param->line, &error));
	check_eq(words.count, param->count);
	for (size_t i = 0; i < words.count; i++)
		check_str(words.word[i], param->words[i]);
	check(words.word[words.count] == NULL);
	// The joined line splits into the same words.
	char *line = words_join(words.word, words.count);
	struct words again;
	check(words_parse(&again, line, &error));
	check_eq(again.count, words.count);
	for (size_t i = 0; i < words.count; i++)
		check_str(again.word[i], words.word[i]);
	free(line);
	words_finish(&again);
	words_finish(&words);
}

static const char *const bad_lines[] = {"text \"abc", "text 'abc", "text \\q", "text \\x4",
	"text \\x00", "text \\u{d800}", "text \\u{110000}", "text \\u{}", "text \\u41", "text \\"};

TEST_P(words_refused, char *const, bad_lines)
{
	struct words words;
	const char *error = NULL;
	check(!words_parse(&words, *param, &error));
	check(error != NULL);
	words_finish(&words);
}

TEST(words_take_removes)
{
	struct words words;
	const char *error;
	check(words_parse(&words, "expect fuzz=1 a.png fuzz=22 fuzzy=3", &error));
	char *value = words_take(&words, 1, "fuzz");
	check_str(value, "1");
	free(value);
	value = words_take(&words, 1, "fuzz");
	check_str(value, "22");
	free(value);
	check(words_take(&words, 1, "fuzz") == NULL);
	check_eq(words.count, 3);
	check_str(words.word[1], "a.png");
	check_str(words.word[2], "fuzzy=3");
	words_finish(&words);
}

static const struct duration_row {
	const char *text;
	bool good;
	uint64_t ns;
} durations[] = {
	{"500ms", true, 500000000},
	{"2s", true, 2000000000},
	{"16.5ms", true, 16500000},
	{"5us", true, 5000},
	{"1m", true, UINT64_C(60000000000)},
	{"0s", true, 0},
	{"500", false, 0},
	{"-1s", false, 0},
	{"1h", false, 0},
	{"nans", false, 0},
	{"infs", false, 0},
	{"0x10s", false, 0},
	{"", false, 0},
	{"s", false, 0},
	{"99999999999999999999s", false, 0},
	{"1 s", false, 0},
};

TEST_P(duration, struct duration_row, durations)
{
	uint64_t ns = 0;
	check_eq(arg_duration(param->text, &ns), param->good);
	check_eq(ns, param->ns);
}

TEST(seconds_need_no_unit)
{
	uint64_t ns;
	check(arg_seconds("1.5", &ns));
	check_eq(ns, 1500000000);
	check(arg_seconds("20ms", &ns));
	check_eq(ns, 20000000);
	check(!arg_seconds("x", &ns));
}

static const struct point_row {
	const char *text;
	bool good;
	double x, y; // in a box 100,200 400x300
} points[] = {
	{"40,30", true, 140, 230},
	{"50%,50%", true, 300, 350},
	{"-10,-20", true, 490, 480},
	{"-0,0", true, 500, 200},
	{"0.5,99.5", true, 100.5, 299.5},
	{"-25%,100%", true, 400, 500},
	{"40", false, 0, 0},
	{"40,", false, 0, 0},
	{",40", false, 0, 0},
	{"40,30,20", false, 0, 0},
	{"inf,1", false, 0, 0},
	{"1e3,1", false, 0, 0},
	{"99999999,1", false, 0, 0},
};

TEST_P(point, struct point_row, points)
{
	struct point point;
	check_eq(arg_point(param->text, &point), param->good);
	if (!param->good)
		return;
	check_near(coordinate_in(&point.x, 100, 400), param->x, 1e-9);
	check_near(coordinate_in(&point.y, 200, 300), param->y, 1e-9);
}

TEST(sizes_and_boxes)
{
	int width, height;
	char *rest;
	struct box box;
	check(arg_size("640x480", &width, &height, NULL));
	check_eq(width, 640);
	check_eq(height, 480);
	check(!arg_size("640x480@2", &width, &height, NULL));
	check(arg_size("640x480@2", &width, &height, &rest));
	check_str(rest, "@2");
	check(!arg_size("0x480", &width, &height, NULL));
	check(!arg_size("640x", &width, &height, NULL));
	check(!arg_size("640x99999", &width, &height, NULL));
	check(!arg_size("-640x480", &width, &height, NULL));
	check(!arg_size("99999999999999999999x1", &width, &height, NULL));
	check(arg_box("1,-2,3,4", &box));
	check_eq(box.x, 1);
	check_eq(box.y, -2);
	check_eq(box.width, 3);
	check_eq(box.height, 4);
	check(!arg_box("1,2,3", &box));
	check(!arg_box("1,2,0,4", &box));
	check(!arg_box("1,2,3,4,5", &box));
	check(!arg_box("99999999999999999999,2,3,4", &box));
	check(!arg_box("-9223372036854775808,2,3,4", &box));
}

TEST(colors)
{
	uint32_t color;
	check(arg_color("#ff8000", &color));
	check_eq(color, 0xffff8000);
	check(arg_color("f80", &color));
	check_eq(color, 0xffff8800);
	check(arg_color("#80102030", &color));
	check_eq(color, 0x80102030);
	check(!arg_color("#ff80", &color));
	check(!arg_color("red", &color));
	check(!arg_color("", &color));
}

TEST(integers)
{
	long value = 7;
	check(arg_integer("-3", -5, 5, &value));
	check_eq(value, -3);
	check(!arg_integer("6", -5, 5, &value));
	check(!arg_integer(" 1", -5, 5, &value));
	check(!arg_integer("1x", -5, 5, &value));
	check(!arg_integer("", -5, 5, &value));
	check_eq(value, -3);
}
