// SPDX-License-Identifier: MIT
// The values of X properties (ICCCM, EWMH, Motif) as structs. Pure functions of bytes that any X
// client may have written: each takes a property of any length and uses what is there.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"

#define HINTS_MAX_SIDE 32767 // of an X window
#define HINTS_MAX_ATOMS 64   // more of a list are ignored

// A property: count items of format bits each.
struct property {
	uint32_t type;  // atom; 0: the property does not exist
	uint8_t format; // 8, 16 or 32
	size_t count;
	const void *data; // aligned for its format
};

// WM_NORMAL_HINTS. Pixels; 0: not set.
struct size_hints {
	bool user_position, program_position;
	int min_width, min_height, max_width, max_height;
	int base_width, base_height;
	int step_width, step_height;      // increments; 1: any size
	int min_aspect[2], max_aspect[2]; // width, height
	bool aspect_without_base;         // ratios are of the size less the base
	unsigned gravity;                 // as XCB_GRAVITY, 1 (north west) by default
};

// WM_HINTS.
struct wm_hints {
	bool input; // true by default
	bool iconic, urgent;
	uint32_t group; // window, 0: none
};

// _MOTIF_WM_HINTS.
struct motif_hints {
	bool has_decorations;
	bool framed; // with a title bar or a border
};

// WM_CLASS. Owned; NULL: not set.
struct class_hint {
	char *instance, *name;
};

// Reads WM_NORMAL_HINTS; also the old form without base size and gravity.
struct size_hints hints_size(const struct property *property);
// Reads WM_HINTS.
struct wm_hints hints_wm(const struct property *property);
// Reads _MOTIF_WM_HINTS.
struct motif_hints hints_motif(const struct property *property);
// Reads WM_CLASS. The caller frees both strings.
struct class_hint hints_class(const struct property *property);
// Reads text up to a NUL; latin1: it is not UTF-8. The caller frees it; NULL: there is none, or it
// is empty.
char *hints_text(const struct property *property, bool latin1);
// Reads at most max numbers of 32 bits. Returns how many there are.
size_t hints_numbers(const struct property *property, uint32_t *into, size_t max);
// The list contains the atom.
bool hints_has_atom(const struct property *property, uint32_t atom);

// The nearest size not larger that the hints allow, at least 1x1.
void hints_constrain(const struct size_hints *hints, int *width, int *height);
// Where the top left of a window's content comes to lie if the client asks for x, y: by its
// gravity, they are those of the frame's corner, edge or centre, or of the content (static).
// frame: left, right, top, bottom.
void hints_by_gravity(const struct size_hints *hints, const int frame[4], int *x, int *y);
