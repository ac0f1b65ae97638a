// SPDX-License-Identifier: MIT
// What the X server has of a buffer: a pixmap of the same memory where that is possible, else
// copies of its pixels.
#pragma once
#include "backends/x11/x11.h"

struct x11_images;

struct x11_images *x11_images_create(struct x11 *x11);
void x11_images_destroy(struct x11_images *images); // NULL is allowed
// The format of windows' pixels, by their depth and masks; 0: none that can be drawn.
uint32_t x11_images_format(const struct x11_images *images);
// The dmabuf formats that make pixmaps for the window. It waits for the server.
void x11_images_formats(struct x11_images *images, xcb_window_t window, struct format_set *into);
// A pixmap of the buffer's memory, made once and kept with it. It may be wider than the buffer.
// XCB_NONE: there is none.
xcb_pixmap_t x11_image_pixmap(struct x11_images *images, struct buffer *buffer);
// Whether x11_image_copy can read it.
bool x11_image_can_copy(const struct x11_images *images, const struct buffer *buffer);
// The server reads the buffer's own memory, later.
bool x11_image_is_shared(struct x11_images *images, struct buffer *buffer);
// It can be shown at no higher price than memory of our own, which would have to be drawn into first.
bool x11_image_is_cheap(struct x11_images *images, struct buffer *buffer);
// Copies area (buffer pixels) into a pixmap of the windows' depth, which the server may do as late
// as when it answers the next request.
bool x11_image_copy(struct x11_images *images, struct buffer *buffer, xcb_pixmap_t pixmap,
	xcb_gcontext_t gc, const xcb_rectangle_t *boxes, size_t n);
