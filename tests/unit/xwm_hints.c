// SPDX-License-Identifier: MIT
// Properties of X windows as structs.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/xwm/hints.h"
#include "tests/harness/test.h"

static struct property numbers(const uint32_t *words, size_t count)
{
	return (struct property){.type = 1, .format = 32, .count = count, .data = words};
}

static struct property bytes(const char *text, size_t count)
{
	return (struct property){.type = 31, .format = 8, .count = count, .data = text};
}

TEST(size_of_xterm)
{
	const uint32_t words[18] = {16 | 64 | 256 | 512, [5] = 10, [6] = 17, [9] = 6, [10] = 13,
		[15] = 4, [16] = 4, [17] = 9};
	const struct property property = numbers(words, 18);
	const struct size_hints hints = hints_size(&property);
	check_eq(hints.min_width, 10);
	check_eq(hints.step_height, 13);
	check_eq(hints.gravity, 9);
	int width = 100, height = 100;
	hints_constrain(&hints, &width, &height);
	check_eq(width, 4 + 16 * 6);
	check_eq(height, 4 + 7 * 13);
	width = height = 1;
	hints_constrain(&hints, &width, &height);
	check_eq(width, 10);
	check_eq(height, 17);
}

TEST(old_size)
{
	const uint32_t words[15] = {0xffffffff, [5] = 20, [6] = 30, [7] = 10, [8] = 0};
	const struct property property = numbers(words, 15);
	const struct size_hints hints = hints_size(&property);
	check_eq(hints.base_width, 20); // absent: the minimum
	check_eq(hints.max_width, 20);  // not below the minimum
	check_eq(hints.max_height, 0);
	check_eq(hints.gravity, 1);
	check_eq(hints.step_width, 1);
	const struct property shorter = numbers(words, 14);
	check_eq(hints_size(&shorter).min_width, 0);
}

TEST(base_without_minimum)
{
	const uint32_t words[18] = {256, [15] = 7, [16] = 8};
	const struct property property = numbers(words, 18);
	check_eq(hints_size(&property).min_width, 7);
	check_eq(hints_size(&property).min_height, 8);
}

TEST(aspect)
{
	const uint32_t words[18] = {128, [11] = 2, [12] = 1, [13] = 2, [14] = 1};
	const struct property property = numbers(words, 18);
	const struct size_hints hints = hints_size(&property);
	int width = 300, height = 300;
	hints_constrain(&hints, &width, &height);
	check_eq(width, 300);
	check_eq(height, 150);
	width = 900, height = 100;
	hints_constrain(&hints, &width, &height);
	check_eq(width, 200);
	check_eq(height, 100);
	const uint32_t zero[18] = {128};
	const struct property none = numbers(zero, 18);
	const struct size_hints no_hints = hints_size(&none);
	hints_constrain(&no_hints, &width, &height);
	check_eq(width, 200);
}

TEST(extreme_sizes)
{
	uint32_t words[18];
	memset(words, 0xff, sizeof(words)); // all flags, all numbers negative
	const struct property property = numbers(words, 18);
	const struct size_hints hints = hints_size(&property);
	check_eq(hints.min_width, 0);
	check_eq(hints.step_width, 1);
	int width = 1 << 30, height = -5;
	hints_constrain(&hints, &width, &height);
	check_eq(width, HINTS_MAX_SIDE);
	check_eq(height, 1);
}

TEST(gravity)
{
	static const struct {
		unsigned gravity;
		int x, y;
	} rows[] = {{1, 2, 30}, {3, -4, 30}, {5, -1, 12}, {9, -4, -6}, {10, 0, 0}};
	const int frame[4] = {2, 4, 30, 6};
	for (size_t i = 0; i < array_length(rows); i++) {
		const struct size_hints hints = {.gravity = rows[i].gravity};
		int x = 0, y = 0;
		hints_by_gravity(&hints, frame, &x, &y);
		check_eq(x, rows[i].x);
		check_eq(y, rows[i].y);
	}
}

TEST(wm_hints)
{
	const uint32_t words[9] = {1 | 2 | 64 | 256, 0, 3, [8] = 77};
	const struct property property = numbers(words, 9), none = {0};
	const struct wm_hints hints = hints_wm(&property);
	check(!hints.input && hints.iconic && hints.urgent);
	check_eq(hints.group, 77);
	check(hints_wm(&none).input);
	const struct property brief = numbers(words, 1); // the rest counts as zero
	check(!hints_wm(&brief).input);
}

TEST(motif)
{
	static const struct {
		uint32_t words[5];
		size_t count;
		bool framed;
	} rows[] = {
		{{2, 0, 0}, 5, false},
		{{2, 0, 1}, 5, true},
		{{2, 0, 1 | 2 | 8}, 5, false}, // all but border and title
		{{2, 0, 8}, 5, true},
		{{3, 0x3e, 0x7e}, 5, true},
		{{1, 0, 0}, 5, true},
		{{2, 0, 0}, 2, true},
	};
	for (size_t i = 0; i < array_length(rows); i++) {
		const struct property property = numbers(rows[i].words, rows[i].count);
		check_eq(hints_motif(&property).framed, rows[i].framed);
	}
}

static void check_class(const char *text, size_t size, const char *instance, const char *name)
{
	const struct property property = bytes(text, size);
	struct class_hint hint = hints_class(&property);
	check_str(hint.instance ? hint.instance : "-", instance);
	check_str(hint.name ? hint.name : "-", name);
	free(hint.instance);
	free(hint.name);
}

TEST(class_of_window)
{
	check_class("xterm\0XTerm\0", 12, "xterm", "XTerm");
	check_class("xterm\0XTerm", 11, "xterm", "XTerm");
	check_class("xterm", 5, "xterm", "-");
	check_class("\0XTerm\0", 7, "-", "XTerm");
	check_class("", 0, "-", "-");
	check_class("\0\0\0", 3, "-", "-");
}

TEST(text)
{
	const struct property latin1 = bytes("a\xe9z\0tail", 8), empty = bytes("\0x", 2);
	char *text = hints_text(&latin1, true);
	check_str(text, "a\xc3\xa9z");
	free(text);
	text = hints_text(&latin1, false);
	check_str(text, "a\xe9z");
	free(text);
	check(hints_text(&empty, true) == NULL);
	const uint32_t word = 0x41414141;
	const struct property wrong = numbers(&word, 1);
	check(hints_text(&wrong, true) == NULL);
}
