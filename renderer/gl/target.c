// SPDX-License-Identifier: MIT
// Render targets: textures of our own, dmabufs, and a scratch texture for buffers of CPU memory.
// The scratch texture keeps nothing between frames: every frame draws all of the area that it
// repaints, which alone is read back.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

struct gl_buffer { // memory that only this renderer can access
	struct buffer base;
	struct gl_target *target;
};

static struct gl_target *target_create(struct gl *gl, int width, int height, bool alpha)
{
	struct gl_target *target = xcalloc(1, sizeof(*target));
	target->gl = gl;
	target->generation = gl->generation;
	target->width = width;
	target->height = height;
	target->alpha = alpha;
	wl_list_insert(&gl->targets, &target->link);
	return target;
}

void gl_target_destroy(struct gl_target *target)
{
	if (!target)
		return;
	struct gl *gl = target->gl;
	if (gl && target->generation == gl->generation && gl_make_current(gl)) {
		glDeleteFramebuffers(1, &target->framebuffer);
		glDeleteRenderbuffers(1, &target->renderbuffer);
		glDeleteTextures(1, &target->texture);
	}
	if (target->buffer)
		wl_list_remove(&target->buffer_destroyed.link);
	wl_list_remove(&target->link);
	free(target);
}

// Checks the bound framebuffer.
static bool framebuffer_is_complete(void)
{
	const char *error = gl_take_error();
	GLenum status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
	if (!error && status == GL_FRAMEBUFFER_COMPLETE)
		return true;
	log_error("the driver cannot draw into this memory: %s, status 0x%x",
		error ? error : "no error", status);
	return false;
}

static struct gl_target *target_create_own(struct gl *gl, int width, int height, bool alpha)
{
	struct gl_target *target = target_create(gl, width, height, alpha);
	GLenum format = gl->has.bgra_target ? GL_BGRA_EXT : GL_RGBA;
	gl_take_error();
	target->texture = gl_texture_name(GL_TEXTURE_2D);
	glTexImage2D(
		GL_TEXTURE_2D, 0, (GLint)format, width, height, 0, format, GL_UNSIGNED_BYTE, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glGenFramebuffers(1, &target->framebuffer);
	glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer);
	glFramebufferTexture2D(
		GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, target->texture, 0);
	if (framebuffer_is_complete())
		return target;
	gl_target_destroy(target);
	return NULL;
}

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct gl_target *target = wl_container_of(listener, target, buffer_destroyed);
	gl_target_destroy(target);
}

static struct gl_target *target_create_shared(struct gl *gl, struct buffer *buffer)
{
	EGLImageKHR image = gl_dmabuf_image(gl, buffer);
	if (image == EGL_NO_IMAGE_KHR || !gl->procs.image_to_renderbuffer)
		return NULL;
	struct gl_target *target =
		target_create(gl, buffer->width, buffer->height, format_has_alpha(buffer->format));
	gl_take_error();
	glGenRenderbuffers(1, &target->renderbuffer);
	glBindRenderbuffer(GL_RENDERBUFFER, target->renderbuffer);
	gl->procs.image_to_renderbuffer(GL_RENDERBUFFER, image);
	gl->procs.destroy_image(gl->display, image); // the renderbuffer references its memory
	glGenFramebuffers(1, &target->framebuffer);
	glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer);
	glFramebufferRenderbuffer(
		GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, target->renderbuffer);
	if (!framebuffer_is_complete()) {
		gl_target_destroy(target);
		return NULL;
	}
	target->buffer = buffer;
	target->buffer_destroyed.notify = on_buffer_destroyed;
	wl_signal_add(&buffer->destroyed, &target->buffer_destroyed);
	return target;
}

// Buffers of our own

static void gl_buffer_destroy(struct buffer *base)
{
	struct gl_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	gl_target_destroy(buffer->target);
	free(buffer);
}

static const struct buffer_impl impl = {
	.destroy = gl_buffer_destroy,
};

struct buffer *gl_alloc(struct renderer *renderer, int width, int height, uint32_t format)
{
	struct gl *gl = gl_from(renderer);
	if (!gl_make_current(gl))
		return NULL;
	struct gl_target *target = NULL;
	if (width > gl->max_size || height > gl->max_size)
		log_error("the GPU draws at most %d pixels in each dimension", gl->max_size);
	else
		target = target_create_own(gl, width, height, format_has_alpha(format));
	if (!target)
		return NULL;
	struct gl_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &impl, width, height, format);
	buffer->target = target;
	return &buffer->base;
}

// Lookup

static struct gl_target *find_shared_target(struct gl *gl, struct buffer *buffer)
{
	struct gl_target *target;
	wl_list_for_each(target, &gl->targets, link) {
		if (target->buffer != buffer)
			continue;
		if (target->generation == gl->generation)
			return target;
		gl_target_destroy(target);
		break;
	}
	return target_create_shared(gl, buffer);
}

static struct gl_target *find_scratch_target(struct gl *gl, struct buffer *buffer)
{
	struct gl_target *scratch = gl->scratch;
	int width = buffer->width, height = buffer->height;
	if (scratch && scratch->generation == gl->generation) {
		width = MAX(width, scratch->width);
		height = MAX(height, scratch->height);
		if (width == scratch->width && height == scratch->height)
			return scratch;
	}
	gl_target_destroy(scratch);
	gl->scratch = target_create_own(gl, width, height, true);
	return gl->scratch;
}

bool gl_target_is_scratch(const struct gl_target *target)
{
	return target == target->gl->scratch;
}

struct gl_target *gl_target_for(struct gl *gl, struct buffer *buffer)
{
	if (buffer->impl == &impl) {
		struct gl_buffer *own = wl_container_of(buffer, own, base);
		if (own->target->generation == gl->generation)
			return own->target;
		log_error("the contents of this buffer were lost in a GPU reset");
		return NULL;
	}
	if (buffer->width > gl->max_size || buffer->height > gl->max_size) {
		log_error("the GPU draws at most %d pixels in each dimension", gl->max_size);
		return NULL;
	}
	return buffer->dmabuf ? find_shared_target(gl, buffer) : find_scratch_target(gl, buffer);
}

void gl_targets_finish(struct gl *gl)
{
	struct gl_target *target, *tmp;
	gl_target_destroy(gl->scratch);
	gl->scratch = NULL;
	wl_list_for_each_safe(target, tmp, &gl->targets, link) {
		if (target->buffer) {
			gl_target_destroy(target);
			continue;
		}
		target->gl = NULL; // freed by its buffer
		wl_list_remove(&target->link);
		wl_list_init(&target->link);
	}
}
