// SPDX-License-Identifier: MIT
// Who made a screen, and which one it is, for people.
#pragma once
#include <stddef.h>

struct screen;

// Replaces make, model and serial, and the size in millimetres where the bytes know better.
void screen_identify(struct screen *screen, const void *edid, size_t size);
