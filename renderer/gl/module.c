// SPDX-License-Identifier: MIT
// Creates, recovers and destroys the GL renderer, and exports it as a module.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

static bool was_reset(struct gl *gl)
{
	if (gl->debug.lose && ++gl->debug.frames >= gl->debug.lose) {
		gl->debug.frames = 0;
		return true;
	}
	return gl->procs.reset_status && gl->procs.reset_status() != GL_NO_ERROR;
}

bool gl_check_lost(struct gl *gl)
{
	if (!gl->base.lost && was_reset(gl)) {
		log_error("the GPU was reset");
		gl->base.lost = true;
	}
	return gl->base.lost;
}

bool gl_make_current(struct gl *gl)
{
	if (gl->base.lost)
		return false;
	if (eglGetCurrentContext() == gl->context ||
		eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, gl->context))
		return true;
	log_error("cannot make the context current: %s", gl_egl_error());
	gl->base.lost = true;
	return false;
}

const char *gl_take_error(void)
{
	const char *first = NULL;
	// A lost context may return errors forever.
	for (int i = 0; i < 8; i++) {
		GLenum error = glGetError();
		if (error == GL_NO_ERROR)
			break;
		if (!first)
			first = error == GL_OUT_OF_MEMORY                   ? "out of memory"
				: error == GL_INVALID_ENUM                  ? "invalid enum"
				: error == GL_INVALID_VALUE                 ? "invalid value"
				: error == GL_INVALID_OPERATION             ? "invalid operation"
				: error == GL_INVALID_FRAMEBUFFER_OPERATION ? "incomplete target"
									    : "unknown error";
	}
	return first;
}

// Formats of CPU memory. Targets are read back, converted by pixman where GL lacks the format.
static void list_formats(struct gl *gl)
{
	size_t count;
	const struct format_info *formats = format_list(&count);
	for (size_t i = 0; i < count; i++) {
		struct gl_layout layout;
		if (gl_layout_for(formats[i].fourcc, &gl->caps, &layout))
			format_set_add(&gl->base.shm, formats[i].fourcc, DRM_FORMAT_MOD_LINEAR);
		if (formats[i].pixman && pixman_format_supported_destination(formats[i].pixman))
			format_set_add(&gl->base.target, formats[i].fourcc, DRM_FORMAT_MOD_LINEAR);
	}
}

// BGRA is the byte order in which clients upload and captures read; find out whether targets can
// have it, too.
static void probe_bgra_target(struct gl *gl)
{
	GLuint framebuffer = 0, texture = gl_texture_name(GL_TEXTURE_2D);
	if (gl->caps.bgra) {
		glGenFramebuffers(1, &framebuffer);
		glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
		glTexImage2D(GL_TEXTURE_2D, 0, GL_BGRA_EXT, 1, 1, 0, GL_BGRA_EXT, GL_UNSIGNED_BYTE,
			NULL);
		glFramebufferTexture2D(
			GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
		gl->has.bgra_target =
			glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
		glDeleteFramebuffers(1, &framebuffer);
	}
	glDeleteTextures(1, &texture);
}

static bool device_start(struct gl *gl)
{
	gl->base.device = -1;
	if (!gl_egl_init(gl) || !gl_programs_init(gl))
		return false;
	glGenBuffers(1, &gl->vertices);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glPixelStorei(GL_PACK_ALIGNMENT, 1);
	glDisable(GL_DITHER);
	glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
	probe_bgra_target(gl);
	return true;
}

// GL objects are freed with the context.
static void device_stop(struct gl *gl)
{
	gl_egl_finish(gl);
	for (size_t i = 0; i < GL_PROGRAMS; i++)
		gl->programs[i] = (struct gl_program){0};
	gl->vertices = 0;
}

// The format sets stay as they are: clients have already received them.
static bool gl_recover(struct renderer *base)
{
	struct gl *gl = gl_from(base);
	device_stop(gl);
	gl->generation++;
	if (!device_start(gl)) {
		device_stop(gl);
		return false;
	}
	gl->base.lost = false;
	return true;
}

static void gl_destroy(struct renderer *base)
{
	struct gl *gl = gl_from(base);
	struct gl_texture *texture, *tmp;
	gl_targets_finish(gl);
	wl_list_for_each_safe(texture, tmp, &gl->textures, link) {
		if (texture->buffer) {
			gl_texture_destroy(texture);
			continue;
		}
		texture->gl = NULL; // its holder still calls forget()
		wl_list_remove(&texture->link);
		wl_list_init(&texture->link);
	}
	device_stop(gl);
	quads_finish(&gl->quads);
	format_set_finish(&gl->base.shm);
	format_set_finish(&gl->base.dmabuf);
	format_set_finish(&gl->base.target);
	format_set_finish(&gl->base.shared);
	format_set_finish(&gl->external_only);
	close_fd(&gl->options.device);
	free(gl);
}

static const struct renderer_impl gl_impl = {
	.name = "gl",
	.destroy = gl_destroy,
	.alloc = gl_alloc,
	.alloc_shared = gl_alloc_shared,
	.import = gl_import,
	.forget = gl_forget,
	.draw = gl_draw,
	.read = gl_read,
	.recover = gl_recover,
};

// Reads ORIEL_GL_DEBUG. "floor": use no optional extensions; "lose=N": simulate a GPU reset after
// every N frames.
static void read_debug(struct gl *gl)
{
	const char *words = getenv("ORIEL_GL_DEBUG");
	if (!words)
		return;
	const char *lose = strstr(words, "lose=");
	gl->debug.floor = strstr(words, "floor") != NULL;
	gl->debug.lose = lose ? (unsigned)strtoul(lose + strlen("lose="), NULL, 10) : 0;
}

static struct renderer *gl_create(const struct renderer_options *options)
{
	struct gl *gl = xcalloc(1, sizeof(*gl));
	gl->base.impl = &gl_impl;
	gl->base.cpu_targets = true;
	gl->generation = 1;
	gl->options = *options;
	read_debug(gl);
	wl_list_init(&gl->textures);
	wl_list_init(&gl->targets);
	// Kept for recovery.
	if (options->device >= 0)
		gl->options.device = fcntl(options->device, F_DUPFD_CLOEXEC, 0);
	if (device_start(gl)) {
		gl_dmabuf_init(gl);
		list_formats(gl);
		return &gl->base;
	}
	gl_destroy(&gl->base);
	return NULL;
}

extern const struct renderer_module renderer_module;
const struct renderer_module renderer_module = {gl_create};
