// SPDX-License-Identifier: MIT
// Properties that X programs set for the window manager: a byte that chooses the format, then the
// value, read as each of them.
#include <stdlib.h>
#include <string.h>
#include "compositor/xwm/hints.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

static void check_size(const struct property *property)
{
	static const int sides[] = {-1, 1, 100, 32767, 1 << 30};
	static const int frame[4] = {1, 1, 30, 1};
	const struct size_hints hints = hints_size(property);
	for (size_t i = 0; i < 25; i++) {
		int width = sides[i % 5], height = sides[i / 5], x = 0, y = 0;
		hints_constrain(&hints, &width, &height);
		check(width >= 1 && width <= HINTS_MAX_SIDE);
		check(height >= 1 && height <= HINTS_MAX_SIDE);
		check(width >= hints.min_width && height >= hints.min_height);
		hints_by_gravity(&hints, frame, &x, &y);
	}
}

static void open_x11_hints(const uint8_t *data, size_t size)
{
	static const uint8_t formats[] = {8, 16, 32, 0};
	struct input input = {data, size, -1};
	uint8_t format = formats[input_byte(&input) % 4];
	void *copy = malloc(input.left + 1); // aligned, and with nothing behind it to read
	check(copy != NULL);
	memcpy(copy, input.data, input.left);
	const struct property property = {
		.type = 1,
		.format = format,
		.count = format ? input.left / (format / 8) : 0,
		.data = copy,
	};
	check_size(&property);
	hints_wm(&property);
	hints_motif(&property);
	hints_has_atom(&property, 0x41414141);
	struct class_hint hint = hints_class(&property);
	free(hint.instance);
	free(hint.name);
	free(hints_text(&property, false));
	free(hints_text(&property, true));
	free(copy);
}

const struct fuzz_target target_x11_hints = {.name = "x11-hints", .open = open_x11_hints};
