// SPDX-License-Identifier: MIT
// The X server's side of a buffer: a pixmap of the same memory where possible, else copied pixels.
#pragma once
#include "backends/x11/x11.h"

struct x11_images;

// NULL: the X screen's pixel format or byte order is not supported (logged). Waits for the server.
// The caller destroys it.
struct x11_images *x11_images_create(struct x11 *x11);
// Frees all pixmaps and segments. NULL is allowed.
void x11_images_destroy(struct x11_images *images);
// The DRM format of the windows' pixels.
uint32_t x11_images_format(const struct x11_images *images);
// Adds the formats and modifiers of dmabufs that can become pixmaps for the window. Waits for the
// server.
void x11_images_formats(struct x11_images *images, xcb_window_t window, struct format_set *into);
// A pixmap of the buffer's own memory, imported at the first call and kept with the buffer. It may
// be wider than the buffer. XCB_NONE: not possible.
xcb_pixmap_t x11_image_pixmap(struct x11_images *images, struct buffer *buffer);
// True: x11_image_copy can read the buffer.
bool x11_image_can_copy(const struct x11_images *images, const struct buffer *buffer);
// True: the server reads the buffer's own memory, possibly after the request returned.
bool x11_image_is_shared(struct x11_images *images, struct buffer *buffer);
// True: showing it costs no more than showing a buffer of our own, so drawing into one is no gain.
bool x11_image_is_cheap(struct x11_images *images, struct buffer *buffer);
// Copies rects (buffer pixels) into a pixmap of the windows' depth. A shared buffer must not change
// until the server has replied to a later request. False: the buffer cannot be read.
bool x11_image_copy(struct x11_images *images, struct buffer *buffer, xcb_pixmap_t pixmap,
	xcb_gcontext_t gc, const xcb_rectangle_t *rects, size_t n);
