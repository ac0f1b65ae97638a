// SPDX-License-Identifier: MIT
// Textures from CPU memory. Damaged pixels are uploaded on import, so that the client gets its
// buffer back at once.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/convert.h"
#include "renderer/gl/gl.h"

// Damage of more rectangles is uploaded as one bounding box, because each upload call is costly.
#define MAX_UPLOADS 16

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

static void upload_rows(const struct gl_layout *layout, const struct box *box, const char *data)
{
	glTexSubImage2D(GL_TEXTURE_2D, 0, box->x, box->y, box->width, box->height, layout->format,
		layout->type, data);
}

// Uploads box of pixels that GL has no format for.
static bool upload_converted(
	const struct gl_layout *layout, const struct pixels *pixels, const struct box *box)
{
	size_t stride = (size_t)box->width * layout->bytes;
	const struct pixels converted = {malloc(stride * (size_t)box->height), stride, box->width,
		box->height, layout->fourcc};
	if (!converted.data)
		log_error("no memory to convert %dx%d pixels", box->width, box->height);
	bool ok = converted.data && pixels_convert(pixels, box, &converted, 0, 0);
	if (ok)
		upload_rows(layout, box, converted.data);
	free(converted.data);
	return ok;
}

// Uploads box to the bound texture. Returns false if memory ran out (logged).
static bool upload_box(const struct gl *gl, const struct gl_layout *layout,
	const struct pixels *pixels, const struct box *box)
{
	if (pixels->format != layout->fourcc)
		return upload_converted(layout, pixels, box);
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
	if (n > MAX_UPLOADS) {
		boxes = pixman_region32_extents(&inside);
		n = 1;
	}
	bool ok = true;
	for (int i = 0; i < n && ok; i++)
		ok = upload_box(gl, layout, pixels,
			&(struct box){boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
				boxes[i].y2 - boxes[i].y1});
	pixman_region32_fini(&inside);
	return ok;
}

// Creates a GL texture with all pixels. Returns 0 on failure (logged).
static GLuint create_uploaded(
	const struct gl *gl, const struct gl_layout *layout, const struct pixels *pixels)
{
	const struct box all = {0, 0, pixels->width, pixels->height};
	gl_take_error();
	GLuint name = gl_texture_name(GL_TEXTURE_2D);
	glTexImage2D(GL_TEXTURE_2D, 0, layout->internal_format, pixels->width, pixels->height, 0,
		layout->format, layout->type, NULL);
	const char *error = gl_take_error();
	if (error)
		log_error("cannot create a texture of %dx%d: %s", pixels->width, pixels->height,
			error);
	if (!error && upload_box(gl, layout, pixels, &all))
		return name;
	glDeleteTextures(1, &name);
	return 0;
}

static bool layout_equal(const struct gl_layout *a, const struct gl_layout *b)
{
	return a->fourcc == b->fourcc && a->internal_format == b->internal_format &&
		a->format == b->format && a->type == b->type;
}

static bool import_pixels(struct gl *gl, struct texture **slot, const struct pixels *pixels,
	const struct gl_layout *layout, const region *damage)
{
	struct gl_texture *texture = *slot ? gl_texture_from(*slot) : NULL;
	if (texture && texture->buffer)
		texture = NULL; // belongs to its buffer
	if (texture && damage && texture->generation == gl->generation &&
		texture->base.width == pixels->width && texture->base.height == pixels->height &&
		layout_equal(&texture->layout, layout)) {
		glBindTexture(GL_TEXTURE_2D, texture->name);
		return upload_region(gl, layout, pixels, damage);
	}
	GLuint name = create_uploaded(gl, layout, pixels);
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
	*slot = &texture->base;
	return true;
}

static bool import_shared(struct gl *gl, struct texture **slot, struct buffer *buffer)
{
	struct gl_texture *texture = gl_dmabuf_import(gl, buffer);
	if (!texture)
		return false;
	if (*slot && *slot != &texture->base)
		gl_forget(&gl->base, *slot);
	*slot = &texture->base;
	return true;
}

bool gl_import(struct renderer *renderer, struct texture **slot, struct buffer *buffer,
	const region *damage)
{
	struct gl *gl = gl_from(renderer);
	struct gl_layout layout;
	struct pixels pixels;
	if (!gl_make_current(gl))
		return false;
	if (buffer->width > gl->max_size || buffer->height > gl->max_size) {
		log_error("a buffer of %dx%d exceeds the texture size of the GPU, %d pixels",
			buffer->width, buffer->height, gl->max_size);
		return false;
	}
	if (buffer->dmabuf)
		return import_shared(gl, slot, buffer);
	if (!gl_layout_for(buffer->format, &gl->caps, &layout) ||
		!buffer_begin_access(buffer, &pixels)) {
		log_error("cannot draw from a buffer of %dx%d, format 0x%08x", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	bool ok = import_pixels(gl, slot, &pixels, &layout, damage);
	buffer_end_access(buffer);
	return ok;
}
