// SPDX-License-Identifier: MIT
// Specifies a scene: an output and the surfaces of a client. It is rendered by the server and by a
// slow reference implementation (reference.c) that shares no code with it.
#pragma once
#include <drm_fourcc.h>
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "compositor/base/image.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"

#define SCENE_SPEC_PARTS 32

// Premultiplied ARGB8888 pixels, upright and without gaps between rows.
struct picture {
	int width, height;
	uint32_t *pixels;
};

// Creates a picture of one color (premultiplied). The caller frees it.
struct picture *picture_create(int width, int height, uint32_t argb);
// Frees a picture. NULL is ignored.
void picture_destroy(struct picture *picture);
// Fills a box with a color (premultiplied).
void picture_fill(struct picture *picture, int x, int y, int width, int height, uint32_t argb);
// Creates a test pattern that differs in all eight orientations: the letter F, a color in each
// corner, a white edge of one pixel and a checkerboard of single pixels.
struct picture *picture_test_pattern(int width, int height);
// Creates a picture of one color whose alpha grows from 0 to 255.
struct picture *picture_ramp(int width, int height, uint32_t rgb);
// Returns the picture transformed, and frees the old one.
struct picture *picture_turn(struct picture *picture, enum transform transform);

// One surface. Fields that are zero are not set by the client.
struct part {
	struct picture *picture; // NULL: a single-pixel buffer; owned by the spec
	uint32_t color;          // of the single-pixel buffer, premultiplied
	int x, y;                // logical
	uint32_t format;         // DRM fourcc, 0: ARGB8888
	int scale;
	enum transform transform;
	struct fbox source; // viewport; empty: not set
	int width, height;  // viewport destination; 0: not set
	struct box opaque;  // region; empty: not set
	struct box inside;  // crop in buffer pixels (set by reference.c)
};

struct scene_spec {
	int width, height; // of the output, physical pixels
	double scale;
	enum transform transform;
	struct part parts[SCENE_SPEC_PARTS]; // bottom first
	int n;

	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wl_surface *surfaces[SCENE_SPEC_PARTS];
	struct wl_subsurface *subsurfaces[SCENE_SPEC_PARTS];
	struct wp_viewporter *viewporter;
	struct wp_single_pixel_buffer_manager_v1 *single;
};

// Creates a spec for an output of this size (physical pixels), with a dark blue window that fills
// it. Must be destroyed.
struct scene_spec *scene_spec_create(int width, int height, double scale, enum transform transform);
// Adds a subsurface on top, at (x, y) in logical pixels. Takes ownership of the picture. The result
// is valid until the spec is destroyed.
struct part *scene_spec_add(struct scene_spec *spec, struct picture *picture, int x, int y);
// Starts a server and shows the scene on it.
void scene_spec_show(struct scene_spec *spec);
// Commits the changed picture of a part, with damage for the changed box (picture pixels) only, in
// buffer or in surface coordinates.
void scene_spec_update(
	struct scene_spec *spec, int part, const struct box *changed, bool surface_damage);
// Moves the subsurface of a part.
void scene_spec_move(struct scene_spec *spec, int part, int x, int y);
// Frees the spec and stops its server. Must not be NULL.
void scene_spec_destroy(struct scene_spec *spec);
// Computes the logical size of the output.
void scene_spec_logical_size(const struct scene_spec *spec, int *width, int *height);

// Returns the frame that the output shows. The caller frees it, as with the functions below.
struct image *scene_spec_screen(struct scene_spec *spec);
// Returns a capture of the output.
struct image *scene_spec_capture(struct scene_spec *spec);
// Renders the scene with the reference implementation.
struct image *scene_spec_reference(const struct scene_spec *spec);
// Returns the frame that the first output of a server shows.
struct image *screen_image(struct fixture *fixture);

// Returns the part of a golden's name for a scale: "125" for 1.25.
const char *scale_name(double scale);

// Largest difference of a channel between another renderer (TEST_RENDERER) and a golden, which was
// made by pixman: none if pixels are only copied; one, by rounding, if they are blended; four if
// they are scaled, because pixman interpolates in steps of 1/128 and the errors of both directions
// add up.
enum golden_kind {
	GOLDEN_COPIED = 0,
	GOLDEN_BLENDED = 1,
	GOLDEN_SCALED = 4,
};

// Compares an image with golden/NAME.png and frees it. On a mismatch, writes NAME-actual.png and
// NAME-difference.png to pixels-failed/ in the working directory; with UPDATE_GOLDEN=1 writes the
// golden instead.
void check_golden(struct image *image, enum golden_kind kind, const char *name_format, ...)
	__attribute__((format(printf, 3, 4)));
// Compares two images, whose channels may differ by fuzz, and frees both.
void check_images(struct image *actual, struct image *wanted, int fuzz, const char *name_format,
	...) __attribute__((format(printf, 4, 5)));
// Checks that the output, a capture of it and the golden are equal.
void scene_spec_check(struct scene_spec *spec, enum golden_kind kind, const char *name);
