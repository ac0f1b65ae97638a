// SPDX-License-Identifier: MIT
// Pictures from CPU memory: copied at once, only what changed, so that the client may go on.
#include <pixman.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

// More pieces than this are one piece around them all: each is a call with a cost of its own.
#define MAX_PIECES 16

GLuint gl_texture_name(GLenum kind)
{
	GLuint name = 0;
	glGenTextures(1, &name);
	glBindTexture(kind, name);
	glTexParameteri(kind, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(kind, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	return name;
}

struct gl_texture *gl_texture_create(struct gl *gl)
{
	struct gl_texture *texture = xcalloc(1, sizeof(*texture));
	texture->gl = gl;
	wl_list_insert(&gl->textures, &texture->link);
	return texture;
}

void gl_texture_destroy(struct gl_texture *texture)
{
	struct gl *gl = texture->gl;
	if (gl && texture->generation == gl->generation && gl_make_current(gl)) {
		glDeleteTextures(1, &texture->name);
		if (texture->image != EGL_NO_IMAGE_KHR)
			gl->procs.destroy_image(gl->display, texture->image);
	}
	if (texture->buffer) {
		wl_list_remove(&texture->buffer_destroyed.link);
		texture->buffer->texture = NULL;
	}
	wl_list_remove(&texture->link);
	free(texture);
}

void gl_forget(struct renderer *renderer, struct texture *base)
{
	struct gl_texture *texture = gl_texture_from(base);
	if (!texture->buffer)
		gl_texture_destroy(texture);
}

// pixman reads words, and rows of a client's may start anywhere. NULL: no memory.
static void *copy_rows(
	const struct pixels *pixels, const struct box *box, size_t row, size_t stride)
{
	char *copy = malloc(stride * (size_t)box->height);
	const char *from = (const char *)pixels->data + (size_t)box->y * pixels->stride +
		(size_t)box->x * format_info(pixels->format)->bytes;
	for (int y = 0; copy && y < box->height; y++)
		memcpy(copy + (size_t)y * stride, from + (size_t)y * pixels->stride, row);
	return copy;
}

// Pixels of box, as pixman converts them; rows without gaps. NULL: no memory.
static void *convert(const struct pixels *pixels, const struct box *box, uint32_t fourcc)
{
	const struct format_info *info = format_info(pixels->format);
	size_t row = (size_t)box->width * info->bytes, stride = (row + 3) & ~(size_t)3;
	uint32_t *copy = copy_rows(pixels, box, row, stride);
	uint32_t *out = malloc((size_t)box->width * (size_t)box->height * 4);
	pixman_image_t *from = NULL, *to = NULL;
	if (copy && out) {
		from = pixman_image_create_bits_no_clear(
			info->pixman, box->width, box->height, copy, (int)stride);
		to = pixman_image_create_bits_no_clear(
			format_info(fourcc)->pixman, box->width, box->height, out, box->width * 4);
	}
	bool ok = from && to;
	if (ok)
		pixman_image_composite32(
			PIXMAN_OP_SRC, from, NULL, to, 0, 0, 0, 0, 0, 0, box->width, box->height);
	if (from)
		pixman_image_unref(from);
	if (to)
		pixman_image_unref(to);
	free(copy);
	if (ok)
		return out;
	free(out);
	return NULL;
}

static void upload_rows(const struct gl_layout *layout, const struct box *box, const char *data)
{
	glTexSubImage2D(GL_TEXTURE_2D, 0, box->x, box->y, box->width, box->height, layout->format,
		layout->type, data);
}

// Into the bound texture. False: no memory.
static bool upload(const struct gl *gl, const struct gl_layout *layout, const struct pixels *pixels,
	const struct box *box)
{
	if (pixels->format != layout->fourcc) {
		void *converted = convert(pixels, box, layout->fourcc);
		if (!converted) {
			log_error("no memory to convert %dx%d pixels", box->width, box->height);
			return false;
		}
		upload_rows(layout, box, converted);
		free(converted);
		return true;
	}
	const char *data = (const char *)pixels->data + (size_t)box->y * pixels->stride +
		(size_t)box->x * layout->bytes;
	bool gaps = pixels->stride != (size_t)box->width * layout->bytes;
	if (!gaps) {
		upload_rows(layout, box, data);
	} else if (gl->caps.row_length && pixels->stride % layout->bytes == 0) {
		glPixelStorei(GL_UNPACK_ROW_LENGTH, (GLint)(pixels->stride / layout->bytes));
		upload_rows(layout, box, data);
		glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
	} else {
		for (int y = 0; y < box->height; y++)
			upload_rows(layout, &(struct box){box->x, box->y + y, box->width, 1},
				data + (size_t)y * pixels->stride);
	}
	return true;
}

static bool upload_region(const struct gl *gl, const struct gl_layout *layout,
	const struct pixels *pixels, const region *damage)
{
	region inside;
	pixman_region32_init(&inside);
	pixman_region32_intersect_rect(
		&inside, (region *)damage, 0, 0, (unsigned)pixels->width, (unsigned)pixels->height);
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles(&inside, &n);
	if (n > MAX_PIECES) {
		boxes = pixman_region32_extents(&inside);
		n = 1;
	}
	bool ok = true;
	for (int i = 0; i < n && ok; i++)
		ok = upload(gl, layout, pixels,
			&(struct box){boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
				boxes[i].y2 - boxes[i].y1});
	pixman_region32_fini(&inside);
	return ok;
}

// A new one with all of the pixels; 0: logged.
static GLuint create(
	const struct gl *gl, const struct gl_layout *layout, const struct pixels *pixels)
{
	const struct box all = {0, 0, pixels->width, pixels->height};
	gl_take_error();
	GLuint name = gl_texture_name(GL_TEXTURE_2D);
	glTexImage2D(GL_TEXTURE_2D, 0, layout->internal_format, pixels->width, pixels->height, 0,
		layout->format, layout->type, NULL);
	const char *error = gl_take_error();
	if (error)
		log_error("no texture of %dx%d: %s", pixels->width, pixels->height, error);
	if (!error && upload(gl, layout, pixels, &all))
		return name;
	glDeleteTextures(1, &name);
	return 0;
}

static bool same_layout(const struct gl_layout *a, const struct gl_layout *b)
{
	return a->fourcc == b->fourcc && a->internal_format == b->internal_format &&
		a->format == b->format && a->type == b->type;
}

static bool import_pixels(struct gl *gl, struct texture **place, const struct pixels *pixels,
	const struct gl_layout *layout, const region *damage)
{
	struct gl_texture *texture = *place ? gl_texture_from(*place) : NULL;
	if (texture && texture->buffer)
		texture = NULL; // that one stays with its buffer
	if (texture && damage && texture->generation == gl->generation &&
		texture->base.width == pixels->width && texture->base.height == pixels->height &&
		same_layout(&texture->layout, layout)) {
		glBindTexture(GL_TEXTURE_2D, texture->name);
		return upload_region(gl, layout, pixels, damage);
	}
	GLuint name = create(gl, layout, pixels);
	if (!name)
		return false;
	if (!texture)
		texture = gl_texture_create(gl);
	else if (texture->generation == gl->generation)
		glDeleteTextures(1, &texture->name);
	texture->generation = gl->generation;
	texture->kind = GL_TEXTURE_2D;
	texture->name = name;
	texture->filter = 0;
	texture->layout = *layout;
	texture->base.width = pixels->width;
	texture->base.height = pixels->height;
	*place = &texture->base;
	return true;
}

static bool import_shared(struct gl *gl, struct texture **place, struct buffer *buffer)
{
	struct gl_texture *texture = gl_dmabuf_import(gl, buffer);
	if (!texture)
		return false;
	if (*place && *place != &texture->base)
		gl_forget(&gl->base, *place);
	*place = &texture->base;
	return true;
}

bool gl_import(struct renderer *renderer, struct texture **place, struct buffer *buffer,
	const region *damage)
{
	struct gl *gl = gl_from(renderer);
	struct gl_layout layout;
	struct pixels pixels;
	if (!gl_make_current(gl))
		return false;
	if (buffer->width > gl->max_size || buffer->height > gl->max_size) {
		log_error("a picture of %dx%d is too large for the GPU, which takes %d pixels",
			buffer->width, buffer->height, gl->max_size);
		return false;
	}
	if (buffer->dmabuf)
		return import_shared(gl, place, buffer);
	if (!gl_layout_for(buffer->format, &gl->caps, &layout) ||
		!buffer_begin_access(buffer, &pixels)) {
		log_error("a buffer of %dx%d, format 0x%08x, cannot be drawn from", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	bool ok = import_pixels(gl, place, &pixels, &layout, damage);
	buffer_end_access(buffer);
	return ok;
}
