// SPDX-License-Identifier: MIT
#include "compositor/xwm/hints.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

// Flags of WM_NORMAL_HINTS
enum {
	US_POSITION = 1 << 0,
	P_POSITION = 1 << 2,
	P_MIN_SIZE = 1 << 4,
	P_MAX_SIZE = 1 << 5,
	P_RESIZE_INC = 1 << 6,
	P_ASPECT = 1 << 7,
	P_BASE_SIZE = 1 << 8,
	P_GRAVITY = 1 << 9,
};

// Flags of WM_HINTS
enum {
	INPUT_HINT = 1 << 0,
	STATE_HINT = 1 << 1,
	GROUP_HINT = 1 << 6,
	URGENCY_HINT = 1 << 8,
};

#define STATE_ICONIC 3
#define GRAVITIES 11

// Flags of _MOTIF_WM_HINTS, and bits of its decorations
enum {
	MOTIF_HAS_DECORATIONS = 1 << 1,
	MOTIF_ALL = 1 << 0, // all but those that are also named
	MOTIF_BORDER = 1 << 1,
	MOTIF_TITLE = 1 << 3,
};

size_t hints_numbers(const struct property *property, uint32_t *into, size_t max)
{
	if (!property->type || property->format != 32 || !property->data)
		return 0;
	size_t count = MIN(property->count, max);
	memcpy(into, property->data, count * sizeof(*into));
	return count;
}

bool hints_has_atom(const struct property *property, uint32_t atom)
{
	uint32_t atoms[HINTS_MAX_ATOMS];
	size_t count = hints_numbers(property, atoms, array_length(atoms));
	for (size_t i = 0; i < count; i++)
		if (atoms[i] == atom)
			return true;
	return false;
}

// A length that must be positive; 0 if it is not.
static int read_length(uint32_t number)
{
	int32_t value = (int32_t)number;
	return CLAMP(value, 0, HINTS_MAX_SIDE);
}

static void read_aspects(struct size_hints *hints, const uint32_t words[18])
{
	int aspects[4];
	for (int i = 0; i < 4; i++)
		aspects[i] = read_length(words[11 + i]);
	if (aspects[0] && aspects[1])
		memcpy(hints->min_aspect, aspects, sizeof(hints->min_aspect));
	if (aspects[2] && aspects[3])
		memcpy(hints->max_aspect, aspects + 2, sizeof(hints->max_aspect));
	if (!hints->min_aspect[0] || !hints->max_aspect[0])
		return;
	int64_t min = (int64_t)hints->min_aspect[0] * hints->max_aspect[1];
	int64_t max = (int64_t)hints->max_aspect[0] * hints->min_aspect[1];
	if (min > max)
		memset(hints->min_aspect, 0, sizeof(hints->min_aspect));
}

struct size_hints hints_size(const struct property *property)
{
	struct size_hints hints = {.step_width = 1, .step_height = 1, .gravity = 1};
	uint32_t words[18] = {0};
	size_t count = hints_numbers(property, words, array_length(words));
	if (count < 15)
		return hints;
	uint32_t flags = words[0];
	if (count < 18)
		flags &= ~(uint32_t)(P_BASE_SIZE | P_GRAVITY);
	hints.user_position = flags & US_POSITION;
	hints.program_position = flags & P_POSITION;
	if (flags & P_MIN_SIZE) {
		hints.min_width = read_length(words[5]);
		hints.min_height = read_length(words[6]);
	}
	if (flags & P_MAX_SIZE) {
		hints.max_width = read_length(words[7]);
		hints.max_height = read_length(words[8]);
	}
	if (flags & P_RESIZE_INC) {
		hints.step_width = MAX(read_length(words[9]), 1);
		hints.step_height = MAX(read_length(words[10]), 1);
	}
	if (flags & P_ASPECT)
		read_aspects(&hints, words);
	hints.aspect_without_base = flags & P_BASE_SIZE;
	if (flags & P_BASE_SIZE) {
		hints.base_width = read_length(words[15]);
		hints.base_height = read_length(words[16]);
	} else {
		hints.base_width = hints.min_width;
		hints.base_height = hints.min_height;
	}
	if (!(flags & P_MIN_SIZE)) {
		hints.min_width = hints.base_width;
		hints.min_height = hints.base_height;
	}
	if (hints.max_width)
		hints.max_width = MAX(hints.max_width, hints.min_width);
	if (hints.max_height)
		hints.max_height = MAX(hints.max_height, hints.min_height);
	if (flags & P_GRAVITY && words[17] && words[17] < GRAVITIES)
		hints.gravity = words[17];
	return hints;
}

struct wm_hints hints_wm(const struct property *property)
{
	struct wm_hints hints = {.input = true};
	uint32_t words[9] = {0};
	if (!hints_numbers(property, words, array_length(words)))
		return hints;
	uint32_t flags = words[0];
	if (flags & INPUT_HINT)
		hints.input = words[1];
	hints.iconic = flags & STATE_HINT && words[2] == STATE_ICONIC;
	hints.urgent = flags & URGENCY_HINT;
	if (flags & GROUP_HINT)
		hints.group = words[8];
	return hints;
}

struct motif_hints hints_motif(const struct property *property)
{
	struct motif_hints hints = {.framed = true};
	uint32_t words[5] = {0};
	if (hints_numbers(property, words, array_length(words)) < 3 ||
		!(words[0] & MOTIF_HAS_DECORATIONS))
		return hints;
	uint32_t decorations = words[2];
	if (decorations & MOTIF_ALL)
		decorations = ~decorations;
	hints.has_decorations = true;
	hints.framed = decorations & (MOTIF_TITLE | MOTIF_BORDER);
	return hints;
}

// Text

static char *text_from(const unsigned char *bytes, size_t size, bool latin1)
{
	const unsigned char *end = memchr(bytes, 0, size);
	if (end)
		size = (size_t)(end - bytes);
	if (!size)
		return NULL;
	char *text = xcalloc(2 * size + 1, 1), *into = text;
	for (size_t i = 0; i < size; i++) {
		if (latin1 && bytes[i] >= 0x80) {
			*into++ = (char)(0xc0 | bytes[i] >> 6);
			*into++ = (char)(0x80 | (bytes[i] & 0x3f));
		} else {
			*into++ = (char)bytes[i];
		}
	}
	return text;
}

static bool is_text(const struct property *property)
{
	return property->type && property->format == 8 && property->data && property->count;
}

char *hints_text(const struct property *property, bool latin1)
{
	return is_text(property) ? text_from(property->data, property->count, latin1) : NULL;
}

struct class_hint hints_class(const struct property *property)
{
	struct class_hint hint = {0};
	if (!is_text(property))
		return hint;
	const unsigned char *bytes = property->data;
	hint.instance = text_from(bytes, property->count, true);
	const unsigned char *end = memchr(bytes, 0, property->count);
	size_t first = end ? (size_t)(end - bytes) + 1 : property->count;
	if (first < property->count)
		hint.name = text_from(bytes + first, property->count - first, true);
	return hint;
}

// Sizes and places

// Makes the ratio of width to height at least (wider) or at most that of aspect, by the side that
// shrinks.
static void limit_aspect(const int aspect[2], bool wider, int64_t *width, int64_t *height)
{
	if (!aspect[0] || *width <= 0 || *height <= 0)
		return;
	int64_t have = *width * aspect[1], want = *height * aspect[0];
	if (wider && have < want)
		*height = *width * aspect[1] / aspect[0];
	else if (!wider && have > want)
		*width = *height * aspect[0] / aspect[1];
}

static int to_step(int size, int base, int step)
{
	return size > base ? base + (size - base) / step * step : size;
}

void hints_constrain(const struct size_hints *hints, int *width, int *height)
{
	int most_wide = hints->max_width ? hints->max_width : HINTS_MAX_SIDE;
	int most_high = hints->max_height ? hints->max_height : HINTS_MAX_SIDE;
	*width = MAX(MIN(*width, most_wide), 1);
	*height = MAX(MIN(*height, most_high), 1);
	int base_width = hints->aspect_without_base ? hints->base_width : 0;
	int base_height = hints->aspect_without_base ? hints->base_height : 0;
	int64_t wide = (int64_t)*width - base_width, high = (int64_t)*height - base_height;
	limit_aspect(hints->min_aspect, true, &wide, &high);
	limit_aspect(hints->max_aspect, false, &wide, &high);
	*width = to_step((int)wide + base_width, hints->base_width, hints->step_width);
	*height = to_step((int)high + base_height, hints->base_height, hints->step_height);
	*width = MAX(*width, MAX(hints->min_width, 1));
	*height = MAX(*height, MAX(hints->min_height, 1));
}

void hints_by_gravity(const struct size_hints *hints, const int frame[4], int *x, int *y)
{
	// Columns and rows of the nine gravities: 0 the near edge, 1 the centre, 2 the far edge.
	unsigned gravity = hints->gravity;
	if (gravity < 1 || gravity > 9)
		return; // static
	unsigned column = (gravity - 1) % 3, row = (gravity - 1) / 3;
	const int left = frame[0], right = frame[1], top = frame[2], bottom = frame[3];
	*x += column == 0 ? left : column == 1 ? (left - right) / 2 : -right;
	*y += row == 0 ? top : row == 1 ? (top - bottom) / 2 : -bottom;
}
