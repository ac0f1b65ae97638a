// SPDX-License-Identifier: MIT
// From the GPU into CPU memory: straight where the words are the same, else through pixman.
#include <pixman.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

// The order in which GL gives words of this format; 0: it does not.
static GLenum order_of(const struct gl *gl, uint32_t format)
{
	switch (format) {
	case DRM_FORMAT_ARGB8888:
	case DRM_FORMAT_XRGB8888:
		return gl->has.read_bgra ? GL_BGRA_EXT : 0;
	case DRM_FORMAT_ABGR8888:
	case DRM_FORMAT_XBGR8888:
		return GL_RGBA;
	default:
		return 0;
	}
}

static char *at(const struct pixels *pixels, int x, int y)
{
	return (char *)pixels->data + (size_t)y * pixels->stride + (size_t)x * 4;
}

// Words in either order have alpha in their last byte.
static void make_opaque(const struct pixels *pixels, const struct box *box)
{
	for (int y = box->y; y < box->y + box->height; y++) {
		unsigned char *alpha = (unsigned char *)at(pixels, box->x, y) + 3;
		for (int x = 0; x < box->width; x++)
			alpha[4 * x] = 0xff;
	}
}

static bool read_straight(
	struct gl *gl, const struct box *box, const struct pixels *into, int x, int y, GLenum order)
{
	bool gaps = into->stride != (size_t)box->width * 4;
	if (gaps && (!gl->has.pack_row_length || into->stride % 4 != 0))
		return false;
	if (gaps)
		glPixelStorei(GL_PACK_ROW_LENGTH, (GLint)(into->stride / 4));
	glReadPixels(
		box->x, box->y, box->width, box->height, order, GL_UNSIGNED_BYTE, at(into, x, y));
	if (gaps)
		glPixelStorei(GL_PACK_ROW_LENGTH, 0);
	return true;
}

static bool read_converted(
	const struct box *box, const struct pixels *into, int x, int y, bool alpha)
{
	const struct format_info *info = format_info(into->format);
	if (!info || !info->pixman || (((uintptr_t)into->data | into->stride) & 3) != 0) {
		log_error("pixels cannot be read as format 0x%08x", into->format);
		return false;
	}
	uint32_t *words = malloc((size_t)box->width * (size_t)box->height * 4);
	if (!words) {
		log_error("no memory to read %dx%d pixels", box->width, box->height);
		return false;
	}
	glReadPixels(box->x, box->y, box->width, box->height, GL_RGBA, GL_UNSIGNED_BYTE, words);
	pixman_image_t *from =
		pixman_image_create_bits_no_clear(alpha ? PIXMAN_a8b8g8r8 : PIXMAN_x8b8g8r8,
			box->width, box->height, words, box->width * 4);
	pixman_image_t *to = pixman_image_create_bits_no_clear(
		info->pixman, into->width, into->height, into->data, (int)into->stride);
	bool ok = from && to;
	if (ok)
		pixman_image_composite32(
			PIXMAN_OP_SRC, from, NULL, to, 0, 0, 0, 0, x, y, box->width, box->height);
	if (from)
		pixman_image_unref(from);
	if (to)
		pixman_image_unref(to);
	free(words);
	return ok;
}

bool gl_read_target(struct gl *gl, const struct gl_target *target, const struct box *box,
	const struct pixels *into, int x, int y)
{
	GLenum order = order_of(gl, into->format);
	glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer);
	gl_take_error();
	bool ok = true;
	if (order && read_straight(gl, box, into, x, y, order)) {
		if (!target->alpha && format_has_alpha(into->format))
			make_opaque(into, &(struct box){x, y, box->width, box->height});
	} else {
		ok = read_converted(box, into, x, y, target->alpha);
	}
	const char *error = gl_take_error();
	if (error)
		log_error("%dx%d pixels cannot be read: %s", box->width, box->height, error);
	return ok && !error;
}

// Of memory that the CPU reaches by itself.
static bool copy(struct buffer *source, const struct box *box, const struct pixels *into)
{
	struct pixels pixels;
	const struct format_info *from_info = format_info(source->format);
	const struct format_info *to_info = format_info(into->format);
	if (!from_info || !from_info->pixman || !to_info || !to_info->pixman ||
		!buffer_begin_access(source, &pixels)) {
		log_error("a buffer of %dx%d, format 0x%08x, cannot be read", source->width,
			source->height, source->format);
		return false;
	}
	pixman_image_t *from = pixman_image_create_bits_no_clear(
		from_info->pixman, pixels.width, pixels.height, pixels.data, (int)pixels.stride);
	pixman_image_t *to = pixman_image_create_bits_no_clear(
		to_info->pixman, into->width, into->height, into->data, (int)into->stride);
	bool ok = from && to;
	if (ok)
		pixman_image_composite32(PIXMAN_OP_SRC, from, NULL, to, box->x, box->y, 0, 0, 0, 0,
			box->width, box->height);
	if (from)
		pixman_image_unref(from);
	if (to)
		pixman_image_unref(to);
	buffer_end_access(source);
	return ok;
}

bool gl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into)
{
	struct gl *gl = gl_from(renderer);
	if (source->impl->begin_access)
		return copy(source, box, into);
	if (!gl_make_current(gl))
		return false;
	struct gl_target *target = gl_target_for(gl, source);
	bool ok = target && gl_read_target(gl, target, box, into, 0, 0);
	return !gl_check_lost(gl) && ok;
}
