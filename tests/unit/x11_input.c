// SPDX-License-Identifier: MIT
// Pure functions of the X11 back end's input, without an X server.
#include <math.h>
#include <string.h>
#include "backends/x11/input/chord.h"
#include "backends/x11/input/keys.h"
#include "backends/x11/input/pinch.h"
#include "backends/x11/input/scroll.h"
#include "backends/x11/input/valuators.h"
#include "backends/x11/timestamp.h"
#include "tests/harness/test.h"

// Keys

enum { A = 38, B = 56 };

static void put_down(uint8_t bits[KEYS_BYTES], uint8_t code)
{
	bits[code / 8] = (uint8_t)(bits[code / 8] | 1u << code % 8);
}

TEST(keys_repeats_are_no_presses)
{
	struct keys keys = {0};
	check(keys_press(&keys, A));
	check(!keys_press(&keys, A));
	check(keys_release(&keys, A));
	check(!keys_release(&keys, A));
	check(keys_press(&keys, A));
}

TEST(keys_pressed_elsewhere_are_not_sent)
{
	struct keys keys = {0};
	uint8_t down[KEYS_BYTES] = {0}, released[KEYS_BYTES];
	put_down(down, A);
	keys_sync(&keys, down, released);
	check(!keys_has(released, A));
	check(!keys_press(&keys, A)); // its repeats
	check(!keys_release(&keys, A));
	check(keys_press(&keys, A));
}

TEST(keys_released_elsewhere_are_released)
{
	struct keys keys = {0};
	uint8_t down[KEYS_BYTES] = {0}, released[KEYS_BYTES];
	keys_press(&keys, A);
	keys_press(&keys, B);
	put_down(down, B);
	keys_sync(&keys, down, released);
	check(keys_has(released, A));
	check(!keys_has(released, B));
	check(keys_release(&keys, B)); // still down
	check(!keys_release(&keys, A));
}

TEST(keys_are_forgotten_when_focus_is_lost)
{
	struct keys keys = {0};
	keys_press(&keys, 255);
	keys_reset(&keys);
	check(!keys_release(&keys, 255));
	check(keys_press(&keys, 255));
}

// Chords

struct chord_step {
	char key; // c C: Ctrl left, right; a: Alt; f; x; s: Shift; B: a button
	bool pressed;
	enum chord_action action;
};

static const struct chord_row {
	const char *what;
	struct chord_step steps[10];
} chords[] = {
	{"ctrl then alt",
		{{'c', true, CHORD_NONE}, {'a', true, CHORD_NONE}, {'a', false, CHORD_TOGGLE_GRAB},
			{'c', false, CHORD_NONE}}},
	{"alt then ctrl, released in the other order",
		{{'a', true, CHORD_NONE}, {'c', true, CHORD_NONE}, {'a', false, CHORD_TOGGLE_GRAB},
			{'c', false, CHORD_NONE}}},
	{"twice",
		{{'c', true, CHORD_NONE}, {'a', true, CHORD_NONE}, {'a', false, CHORD_TOGGLE_GRAB},
			{'a', true, CHORD_NONE}, {'a', false, CHORD_TOGGLE_GRAB},
			{'c', false, CHORD_NONE}}},
	{"another key between",
		{{'c', true, CHORD_NONE}, {'a', true, CHORD_NONE}, {'x', true, CHORD_NONE},
			{'x', false, CHORD_NONE}, {'a', false, CHORD_NONE},
			{'c', false, CHORD_NONE}}},
	{"another key before",
		{{'x', true, CHORD_NONE}, {'c', true, CHORD_NONE}, {'a', true, CHORD_NONE},
			{'a', false, CHORD_NONE}, {'c', false, CHORD_NONE}}},
	{"shift",
		{{'s', true, CHORD_NONE}, {'c', true, CHORD_NONE}, {'a', true, CHORD_NONE},
			{'a', false, CHORD_NONE}}},
	{"a button between",
		{{'c', true, CHORD_NONE}, {'a', true, CHORD_NONE}, {'B', true, CHORD_NONE},
			{'a', false, CHORD_NONE}, {'c', false, CHORD_NONE}}},
	{"ctrl alone", {{'c', true, CHORD_NONE}, {'c', false, CHORD_NONE}}},
	{"a third modifier", // both Ctrl keys: still armed
		{{'c', true, CHORD_NONE}, {'a', true, CHORD_NONE}, {'C', true, CHORD_NONE},
			{'a', false, CHORD_NONE}, {'c', false, CHORD_NONE},
			{'C', false, CHORD_NONE}}},
	{"full screen",
		{{'c', true, CHORD_NONE}, {'a', true, CHORD_NONE},
			{'f', true, CHORD_TOGGLE_FULLSCREEN}, {'a', false, CHORD_NONE},
			{'c', false, CHORD_NONE}, {'f', false, CHORD_SWALLOW},
			{'f', true, CHORD_NONE}, {'f', false, CHORD_NONE}}},
	{"f without the others",
		{{'f', true, CHORD_NONE}, {'c', true, CHORD_NONE}, {'a', true, CHORD_NONE},
			{'f', false, CHORD_NONE}}},
};

TEST_P(chord_does, struct chord_row, chords)
{
	struct chord chord = {0};
	for (const struct chord_step *step = param->steps; step->key; step++) {
		enum chord_role role = strchr("cC", step->key) ? CHORD_CTRL
			: step->key == 'a'                     ? CHORD_ALT
			: step->key == 's'                     ? CHORD_SHIFT
			: step->key == 'f'                     ? CHORD_FULLSCREEN
							       : CHORD_OTHER;
		if (step->key == 'B')
			chord_click(&chord);
		else if (chord_key(&chord, (uint32_t)step->key, role, step->pressed) !=
			step->action)
			test_fail(__FILE__, __LINE__, "%s: step %d", param->what,
				(int)(step - param->steps) + 1);
	}
}

TEST(chord_forgets_what_it_lost)
{
	struct chord chord = {0};
	chord_key(&chord, 1, CHORD_CTRL, true);
	chord_key(&chord, 2, CHORD_ALT, true);
	check(chord_held(&chord));
	chord_reset(&chord);
	check(!chord_held(&chord));
	check_eq(chord_key(&chord, 2, CHORD_ALT, false), CHORD_NONE);
	check_eq(chord_key(&chord, 1, CHORD_CTRL, false), CHORD_NONE);
	chord_key(&chord, 1, CHORD_CTRL, true);
	chord_key(&chord, 2, CHORD_ALT, true);
	check(chord_held(&chord)); // no count went below zero
}

// Emulated touch points

TEST(pinch_mirrors_about_the_press)
{
	struct pinch pinch;
	pinch_press(&pinch, 100, 50);
	check(!pinch_move(&pinch, 103, 50, false)); // too close to have a direction
	check(pinch_move(&pinch, 110, 60, false));
	struct pinch_points points = pinch_points(&pinch);
	check_near(points.x[0], 110, 0);
	check_near(points.y[0], 60, 0);
	check_near(points.x[1], 90, 0);
	check_near(points.y[1], 40, 0);
	check(pinch_move(&pinch, 100, 50, false)); // once down they may meet
	check(!pinch_release(&pinch));
	check(!pinch_move(&pinch, 120, 50, false));
}

TEST(pinch_moves_together)
{
	struct pinch pinch;
	pinch_press(&pinch, 100, 50);
	pinch_move(&pinch, 120, 50, false);
	check(pinch_move(&pinch, 125, 57, true));
	struct pinch_points points = pinch_points(&pinch);
	check_near(points.x[0], 125, 0);
	check_near(points.x[1], 85, 0); // 80 + 5
	check_near(points.y[1], 57, 0);
	// From the start: two points side by side.
	pinch_press(&pinch, 100, 50);
	check(pinch_move(&pinch, 101, 50, true));
	points = pinch_points(&pinch);
	check_near(points.x[0] - points.x[1], 2 * PINCH_START, 0);
	check_near(points.y[0], points.y[1], 0);
}

TEST(pinch_that_did_not_move_is_a_tap)
{
	struct pinch pinch;
	pinch_press(&pinch, 100, 50);
	check(pinch_release(&pinch));
	struct pinch_points points = pinch_points(&pinch);
	check_near(points.x[0] + points.x[1], 200, 0);
	check(points.x[0] != points.x[1]);
}

// Time

TEST(timestamp_keeps_distances)
{
	struct timestamp_offset offset = {0};
	check_eq(timestamp_to_us(&offset, 5000, 1000000), 1000000);
	// Both are read late, in one batch.
	check_eq(timestamp_to_us(&offset, 5010, 1030000), 1010000);
	check_eq(timestamp_to_us(&offset, 5020, 1030000), 1020000);
	check_eq(timestamp_to_us(&offset, 5030, 1030400), 1030400);
}

TEST(timestamp_is_never_later_than_now)
{
	struct timestamp_offset offset = {0};
	timestamp_to_us(&offset, 5000, 1050000); // the first event is read late
	check_eq(timestamp_to_us(&offset, 5060, 1065000), 1065000);
	check_eq(timestamp_to_us(&offset, 5070, 1080000), 1075000); // offset of the faster event
}

TEST(timestamp_wraps_and_starts_again)
{
	struct timestamp_offset offset = {0};
	check_eq(timestamp_to_us(&offset, UINT32_MAX - 4, 2000000), 2000000);
	check_eq(timestamp_to_us(&offset, 5, 2015000), 2010000);
	check_eq(timestamp_to_us(&offset, 777777, 3000000), 3000000); // the server's clock was set
	check_eq(timestamp_to_us(&offset, 777787, 3012000), 3010000);
	check_eq(timestamp_to_us(&offset, 1, 4000000), 4000000);
}

// Scrolling

static xcb_input_fp3232_t fixed(double value)
{
	return (xcb_input_fp3232_t){
		(int32_t)floor(value), (uint32_t)((value - floor(value)) * 4294967296.0)};
}

struct device {
	xcb_input_valuator_class_t x, vertical, horizontal;
	xcb_input_scroll_class_t scroll_vertical, scroll_horizontal;
};

static xcb_input_valuator_class_t valuator(uint16_t number, double value)
{
	return (xcb_input_valuator_class_t){
		.type = XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR,
		.len = sizeof(xcb_input_valuator_class_t) / 4,
		.number = number,
		.value = fixed(value),
	};
}

static xcb_input_scroll_class_t scroll_class(uint16_t number, uint16_t type, double increment)
{
	return (xcb_input_scroll_class_t){
		.type = XCB_INPUT_DEVICE_CLASS_TYPE_SCROLL,
		.len = sizeof(xcb_input_scroll_class_t) / 4,
		.number = number,
		.scroll_type = type,
		.increment = fixed(increment),
	};
}

static struct device device(double vertical, double horizontal)
{
	return (struct device){
		.x = valuator(0, 500),
		.vertical = valuator(3, 1000),
		.horizontal = valuator(2, -7.5),
		.scroll_vertical = scroll_class(3, XCB_INPUT_SCROLL_TYPE_VERTICAL, vertical),
		.scroll_horizontal = scroll_class(2, XCB_INPUT_SCROLL_TYPE_HORIZONTAL, horizontal),
	};
}

TEST(scroll_counts_from_where_the_device_is)
{
	struct scroll scroll;
	struct device wheel = device(15, -120);
	scroll_set_classes(&scroll, &wheel, sizeof(wheel));
	check(scroll_axis_of(&scroll, 0) == NULL);
	struct scroll_axis *vertical = scroll_axis_of(&scroll, 3);
	struct scroll_axis *horizontal = scroll_axis_of(&scroll, 2);
	check(vertical == &scroll.axis[0]);
	check(horizontal == &scroll.axis[1]);
	check_near(scroll_move(vertical, 1015), 1, 1e-9);
	check_near(scroll_move(vertical, 1000), -1, 1e-9);
	check_near(scroll_move(horizontal, -7.5 + 240), -2, 1e-9); // inverted axis
}

TEST(scroll_starts_anew_after_a_jump)
{
	struct scroll_axis axis = {.used = true, .increment = 15};
	check_near(scroll_move(&axis, 4000), 0, 0); // the position was unknown
	check_near(scroll_move(&axis, 4030), 2, 1e-9);
	check_near(scroll_move(&axis, 1e9), 0, 0); // another device, not a long way
	check_near(scroll_move(&axis, 1e9 - 15), -1, 1e-9);
}

TEST(scroll_value120_loses_nothing)
{
	struct scroll_axis axis = {.used = true};
	int sum = 0;
	for (int i = 0; i < 700; i++)
		sum += scroll_value120(&axis, 1.0 / 700);
	check_eq(sum, 120);
	check_eq(scroll_value120(&axis, -2), -240);
}

TEST(scroll_prefers_the_preferred_axis)
{
	struct {
		xcb_input_scroll_class_t classes[3];
	} two = {{
		scroll_class(4, XCB_INPUT_SCROLL_TYPE_VERTICAL, 1),
		scroll_class(5, XCB_INPUT_SCROLL_TYPE_VERTICAL, 2),
		scroll_class(6, XCB_INPUT_SCROLL_TYPE_VERTICAL, 3),
	}};
	two.classes[1].flags = XCB_INPUT_SCROLL_FLAGS_PREFERRED;
	struct scroll scroll;
	scroll_set_classes(&scroll, &two, sizeof(two));
	check(scroll_axis_of(&scroll, 5) != NULL);
	check(scroll_axis_of(&scroll, 4) == NULL);
	check(scroll_axis_of(&scroll, 6) == NULL);
	check(!scroll.axis[0].known); // the classes contain no position
}

TEST(scroll_takes_no_increment_of_zero)
{
	struct scroll scroll;
	struct device wheel = device(0, 1e-9);
	scroll_set_classes(&scroll, &wheel, sizeof(wheel));
	check(!scroll.axis[0].used);
	check(!scroll.axis[1].used);
}

// Invalid data

TEST(classes_end_where_the_data_ends)
{
	struct scroll scroll;
	struct device wheel = device(15, 15);
	for (size_t size = 0; size < sizeof(wheel); size++) {
		uint8_t cut[sizeof(wheel)] __attribute__((aligned(8)));
		memcpy(cut, &wheel, size);
		scroll_set_classes(&scroll, cut, size); // checked by the sanitizer
	}
	wheel.x.len = 0;
	scroll_set_classes(&scroll, &wheel, sizeof(wheel));
	check(!scroll.axis[0].used);
	wheel.x.len = UINT16_MAX;
	scroll_set_classes(&scroll, &wheel, sizeof(wheel));
	check(!scroll.axis[0].used);
	wheel.x.len = 1;
	scroll_set_classes(&scroll, &wheel, sizeof(wheel));
	check(!scroll.axis[0].used);
}

TEST(valuators_are_read_by_their_mask)
{
	struct {
		uint32_t buttons, mask[2];
		xcb_input_fp3232_t values[3];
	} data = {0xffffffff, {1u << 1 | 1u << 3, 1}, {fixed(-1.25), fixed(3), fixed(0.5)}};
	struct valuators valuators;
	unsigned number;
	double value;
	check(valuators_begin(&valuators, &data, sizeof(data), 4, 2));
	check_eq(valuators_count(&valuators), 3);
	check(valuators_next(&valuators, &number, &value));
	check_eq(number, 1);
	check_near(value, -1.25, 0);
	check(valuators_next(&valuators, &number, &value));
	check_eq(number, 3);
	check(valuators_next(&valuators, &number, &value));
	check_eq(number, 32);
	check_near(value, 0.5, 0);
	check(!valuators_next(&valuators, &number, &value));
}

TEST(valuators_do_not_fit)
{
	const uint32_t data[] = {UINT32_MAX, UINT32_MAX, 0, 0, 0};
	struct valuators valuators;
	unsigned number;
	double value;
	check(!valuators_begin(&valuators, data, sizeof(data), 24, 0));
	check(!valuators_begin(&valuators, data, sizeof(data), 0, 6));
	check(!valuators_begin(&valuators, data, sizeof(data), SIZE_MAX, 1));
	check(!valuators_begin(&valuators, data, sizeof(data), 4, SIZE_MAX / 2));
	// More bits than values.
	check(valuators_begin(&valuators, data, sizeof(data), 0, 2));
	check(valuators_next(&valuators, &number, &value));
	check(!valuators_next(&valuators, &number, &value));
}

TEST(device_classes_lie_behind_the_name)
{
	struct {
		xcb_input_xi_query_device_reply_t reply;
		xcb_input_xi_device_info_t info;
		char name[8];
		xcb_input_scroll_class_t scroll;
	} answer = {
		.reply = {.num_infos = 1, .length = (sizeof(answer) - sizeof(answer.reply)) / 4},
		.info = {.name_len = 5},
		.scroll = scroll_class(3, XCB_INPUT_SCROLL_TYPE_VERTICAL, 1),
	};
	size_t size;
	const uint8_t *classes = device_classes(&answer.reply, &size);
	check(classes == (uint8_t *)&answer.scroll);
	check_eq(size, sizeof(answer.scroll));
	answer.info.name_len = UINT16_MAX;
	check(device_classes(&answer.reply, &size) == NULL);
	answer.reply.length = 1;
	check(device_classes(&answer.reply, &size) == NULL);
	answer.reply.num_infos = 0;
	check(device_classes(&answer.reply, &size) == NULL);
}
