// SPDX-License-Identifier: MIT
// Pictures that clients show, described so plainly that they can be shown twice: by the server, and
// by a slow drawing by definition (reference.c) that shares no code with it.
#pragma once
#include <drm_fourcc.h>
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "compositor/run/image.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"

#define BOARD_PARTS 32

// Premultiplied ARGB8888, row by row, the way a person is meant to see it.
struct picture {
	int width, height;
	uint32_t *pixels;
};

struct picture *picture_create(int width, int height, uint32_t argb);
void picture_destroy(struct picture *picture);
void picture_fill(struct picture *picture, int x, int y, int width, int height, uint32_t argb);
// A card that looks different from every side: the letter F, a colour in each corner, a white edge
// of one pixel and a field of single pixels.
struct picture *picture_card(int width, int height);
struct picture *picture_ramp(int width, int height, uint32_t rgb); // alpha from 0 to 255
// Turned and flipped one step after the other; the old one is freed.
struct picture *picture_turn(struct picture *picture, enum transform transform);

// One surface. What is zero is not asked for; scale 0 is 1, alpha cannot be asked for.
struct part {
	struct picture *picture; // NULL: one colour by a single-pixel buffer; owned by the board
	uint32_t color;          // of that, premultiplied
	int x, y;                // logical
	uint32_t format;         // DRM fourcc, 0: ARGB8888
	int scale;
	enum transform transform;
	struct fbox source; // viewport; empty: not set
	int width, height;  // viewport destination; 0: not set
	struct box opaque;  // region; empty: not set
	struct box inside; // the picture is shown only there, in buffer pixels (set by the drawing)
};

struct board {
	int width, height; // of the screen, physical
	double scale;
	enum transform transform;
	struct part parts[BOARD_PARTS]; // the bottom first
	int n;

	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wl_surface *surfaces[BOARD_PARTS];
	struct wl_subsurface *subsurfaces[BOARD_PARTS];
	struct wp_viewporter *viewporter;
	struct wp_single_pixel_buffer_manager_v1 *single;
};

struct board *board_create(int width, int height, double scale, enum transform transform);
struct part *board_add(struct board *board, struct picture *picture, int x, int y);
// Starts a server and shows the parts on it, above a dark blue sheet.
void board_show(struct board *board);
// Its picture has changed there; nothing else is told to the server, in pixels of the buffer or of
// the surface.
void board_update(struct board *board, int part, const struct box *changed, bool surface_damage);
void board_move(struct board *board, int part, int x, int y);
void board_destroy(struct board *board);
void board_logical_size(const struct board *board, int *width, int *height);

// What the screen shows, what a capture gives, and what the drawing by definition says.
struct image *board_screen(struct board *board);
struct image *board_capture(struct board *board);
struct image *board_reference(const struct board *board);
struct image *screen_image(struct fixture *fixture);

// Names of goldens.
const char *transform_name(enum transform transform);
const char *scale_name(double scale); // "1.25" is "125"

// How far another renderer (TEST_RENDERER) may be from a golden, which is pixman's: not at all where
// pixels are only copied; one step where they are blended, by rounding; four where they are scaled,
// because pixman knows places between two pixels to a 128th only, of which two may add up.
enum golden_kind {
	GOLDEN_COPIED = 0,
	GOLDEN_BLENDED = 1,
	GOLDEN_SCALED = 4,
};

// Compares with golden/NAME.png. On a mismatch NAME-actual.png and NAME-difference.png are left in
// pixels-failed/ below the working directory; with UPDATE_GOLDEN=1 the golden is written instead.
// Frees the image.
void check_golden(struct image *image, enum golden_kind kind, const char *name_format, ...)
	__attribute__((format(printf, 3, 4)));
// Channels may differ by fuzz. Frees both images.
void check_images(struct image *actual, struct image *wanted, int fuzz, const char *name_format,
	...) __attribute__((format(printf, 4, 5)));
// screen = capture = golden.
void board_check(struct board *board, enum golden_kind kind, const char *name);
