// SPDX-License-Identifier: MIT
// Reads targets back into CPU memory: directly if GL has the format, else converted by pixman.
#include <stdlib.h>
#include "compositor/base/log.h"
#include "renderer/convert.h"
#include "renderer/gl/gl.h"

// The GL format that reads pixels of this format directly; 0: none.
static GLenum read_order(const struct gl *gl, uint32_t format)
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

static char *pixel_address(const struct pixels *pixels, int x, int y)
{
	return (char *)pixels->data + (size_t)y * pixels->stride + (size_t)x * 4;
}

// Both orders have alpha in the last byte.
static void make_opaque(const struct pixels *pixels, const struct box *box)
{
	for (int y = box->y; y < box->y + box->height; y++) {
		unsigned char *alpha = (unsigned char *)pixel_address(pixels, box->x, y) + 3;
		for (int x = 0; x < box->width; x++)
			alpha[4 * x] = 0xff;
	}
}

static bool read_direct(
	struct gl *gl, const struct box *box, const struct pixels *into, int x, int y, GLenum order)
{
	bool gaps = into->stride != (size_t)box->width * 4;
	if (gaps && (!gl->has.pack_row_length || into->stride % 4 != 0))
		return false;
	if (gaps)
		glPixelStorei(GL_PACK_ROW_LENGTH, (GLint)(into->stride / 4));
	glReadPixels(box->x, box->y, box->width, box->height, order, GL_UNSIGNED_BYTE,
		pixel_address(into, x, y));
	if (gaps)
		glPixelStorei(GL_PACK_ROW_LENGTH, 0);
	return true;
}

static bool read_converted(
	const struct box *box, const struct pixels *into, int x, int y, bool alpha)
{
	size_t stride = (size_t)box->width * 4;
	const struct pixels words = {malloc(stride * (size_t)box->height), stride, box->width,
		box->height, alpha ? DRM_FORMAT_ABGR8888 : DRM_FORMAT_XBGR8888};
	if (!words.data) {
		log_error("no memory to read %dx%d pixels", box->width, box->height);
		return false;
	}
	glReadPixels(
		box->x, box->y, box->width, box->height, GL_RGBA, GL_UNSIGNED_BYTE, words.data);
	const struct box all = {0, 0, box->width, box->height};
	bool ok = pixels_convert(&words, &all, into, x, y);
	free(words.data);
	return ok;
}

bool gl_read_target(struct gl *gl, const struct gl_target *target, const struct box *box,
	const struct pixels *into, int x, int y)
{
	GLenum order = read_order(gl, into->format);
	glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer);
	gl_take_error();
	bool ok = true;
	if (order && read_direct(gl, box, into, x, y, order)) {
		if (!target->alpha && format_has_alpha(into->format))
			make_opaque(into, &(struct box){x, y, box->width, box->height});
	} else {
		ok = read_converted(box, into, x, y, target->alpha);
	}
	const char *error = gl_take_error();
	if (error)
		log_error("cannot read %dx%d pixels: %s", box->width, box->height, error);
	return ok && !error;
}

bool gl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into)
{
	struct gl *gl = gl_from(renderer);
	if (source->impl->begin_access)
		return pixels_read(source, box, into);
	if (!gl_make_current(gl))
		return false;
	struct gl_target *target = gl_target_for(gl, source);
	bool ok = target && gl_read_target(gl, target, box, into, 0, 0);
	return !gl_check_lost(gl) && ok;
}
