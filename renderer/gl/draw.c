// SPDX-License-Identifier: MIT
// Draws a frame: uploads all triangles in one buffer and draws each batch with one call. Nothing
// waits for the GPU, unless the target is CPU memory.
#include <errno.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

// The scratch target is freed after this many frames that did not use it.
#define SCRATCH_IDLE 64

static bool classify_texture(struct texture *base, unsigned *program, bool *has_alpha)
{
	const struct gl_texture *texture = gl_texture_from(base);
	if (!texture->gl || texture->generation != texture->gl->generation)
		return false;
	*has_alpha = !texture->layout.opaque;
	*program = texture->kind == GL_TEXTURE_EXTERNAL_OES ? GL_PROGRAM_EXTERNAL
		: texture->layout.swapped                   ? GL_PROGRAM_SWAPPED
							    : 0;
	return true;
}

static void load_vertices(struct gl *gl)
{
	static const struct {
		GLint count;
		size_t offset;
	} attributes[] = {
		{2, offsetof(struct vertex, x)},
		{2, offsetof(struct vertex, u)},
		{4, offsetof(struct vertex, inside)},
		{4, offsetof(struct vertex, color)},
	};
	const struct quads *quads = &gl->quads;
	glBindBuffer(GL_ARRAY_BUFFER, gl->vertices);
	glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)(quads->n_vertices * sizeof(*quads->vertices)),
		quads->vertices, GL_STREAM_DRAW);
	for (GLuint i = 0; i < array_length(attributes); i++) {
		glEnableVertexAttribArray(i);
		glVertexAttribPointer(i, attributes[i].count, GL_FLOAT, GL_FALSE,
			sizeof(struct vertex), (const void *)attributes[i].offset);
	}
}

static void use_program(struct gl *gl, unsigned kind, int width, int height)
{
	struct gl_program *program = &gl->programs[kind];
	glUseProgram(program->name);
	if (program->width == width && program->height == height)
		return;
	program->width = width;
	program->height = height;
	glUniform2f(program->size, 2.0f / (float)width, 2.0f / (float)height);
}

static void use_texture(struct texture *base, bool nearest)
{
	struct gl_texture *texture = gl_texture_from(base);
	GLint filter = nearest ? GL_NEAREST : GL_LINEAR;
	glBindTexture(texture->kind, texture->name);
	if (texture->filter == filter)
		return;
	texture->filter = filter;
	glTexParameteri(texture->kind, GL_TEXTURE_MIN_FILTER, filter);
	glTexParameteri(texture->kind, GL_TEXTURE_MAG_FILTER, filter);
}

static void draw_batches(struct gl *gl, int width, int height)
{
	const struct quads *quads = &gl->quads;
	bool blends = false;
	unsigned program = GL_PROGRAMS;
	glDisable(GL_BLEND);
	for (size_t i = 0; i < quads->n_batches; i++) {
		const struct batch *batch = &quads->batches[i];
		if (batch->program != program)
			use_program(gl, batch->program, width, height);
		program = batch->program;
		if (batch->texture)
			use_texture(batch->texture, batch->nearest);
		if (batch->blend != blends)
			(batch->blend ? glEnable : glDisable)(GL_BLEND);
		blends = batch->blend;
		glDrawArrays(GL_TRIANGLES, (GLint)batch->first, (GLsizei)batch->count);
	}
}

// Returns a sync file for all commands so far. -1: not supported, readers of the buffer depend on
// implicit synchronisation.
static int make_fence(struct gl *gl)
{
	if (!gl->has.native_fence)
		return -1;
	EGLSyncKHR sync = gl->procs.create_sync(gl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, NULL);
	if (sync == EGL_NO_SYNC_KHR)
		return -1;
	glFlush(); // a native fence has no file descriptor before it is flushed
	int fd = gl->procs.dup_fence(gl->display, sync);
	gl->procs.destroy_sync(gl->display, sync);
	return fd >= 0 ? fd : -1;
}

static bool read_back(
	struct gl *gl, const struct gl_target *target, struct buffer *buffer, const region *repaint)
{
	struct pixels pixels;
	if (!buffer_begin_access(buffer, &pixels)) {
		log_error("cannot write to a buffer of %dx%d, format 0x%08x", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles((region *)repaint, &n);
	bool ok = true;
	for (int i = 0; i < n && ok; i++) {
		const struct box all = {0, 0, buffer->width, buffer->height};
		struct box box = {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
			boxes[i].y2 - boxes[i].y1};
		if (box_intersect(&box, &box, &all))
			ok = gl_read_target(gl, target, &box, &pixels, box.x, box.y);
	}
	buffer_end_access(buffer);
	return ok;
}

static void age_scratch(struct gl *gl, bool used)
{
	gl->scratch_idle = used ? 0 : gl->scratch_idle + 1;
	if (gl->scratch && gl->scratch_idle >= SCRATCH_IDLE) {
		gl_target_destroy(gl->scratch);
		gl->scratch = NULL;
	}
}

bool gl_draw(struct renderer *renderer, struct buffer *buffer, const struct draw *draws, size_t n,
	const region *repaint, int *fence)
{
	struct gl *gl = gl_from(renderer);
	*fence = -1;
	if (!gl_make_current(gl))
		return false;
	struct gl_target *target = gl_target_for(gl, buffer);
	if (!target)
		return false;
	const struct quads_target size = {
		buffer->width, buffer->height, format_has_alpha(buffer->format)};
	quads_build(&gl->quads, draws, n, repaint, &size, classify_texture);
	glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer);
	glViewport(0, 0, buffer->width, buffer->height);
	load_vertices(gl);
	draw_batches(gl, buffer->width, buffer->height);
	bool ok = true, scratch = gl_target_is_scratch(target);
	if (scratch)
		ok = read_back(gl, target, buffer, repaint);
	else if (buffer->dmabuf)
		*fence = make_fence(gl);
	if (!scratch && *fence < 0)
		glFlush();
	age_scratch(gl, scratch);
	const char *error = gl_take_error();
	if (error)
		log_error("cannot draw a frame of %dx%d: %s", buffer->width, buffer->height, error);
	if (!gl_check_lost(gl) && ok && !error)
		return true;
	close_fd(fence);
	return false;
}
