// SPDX-License-Identifier: MIT
// Oriel's cursor image as the cursor of its windows.
#pragma once
#include <stdbool.h>
#include "backends/x11/x11.h"

struct x11_cursor;

// Never NULL. Waits for the server. The caller destroys it.
struct x11_cursor *x11_cursor_create(struct x11 *x11);
// NULL is allowed.
void x11_cursor_destroy(struct x11_cursor *cursor);
// Maximum width and height of an image in pixels; 0: the server supports no images.
int x11_cursor_side(const struct x11_cursor *cursor);
// Sets the window's cursor to frame->cursor.buffer and the hotspot of frame; a NULL buffer hides
// it. The position is the host's. False: the image is too large or cannot be read.
bool x11_cursor_show(struct x11_screen *screen, const struct frame *frame);
