// SPDX-License-Identifier: MIT
// Imports dmabufs as EGL images: buffers of clients, and shared targets.
//
// Video is converted by the driver, with the matrix that renderer/video.h chooses.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"
#include "renderer/video.h"

static bool is_video(uint32_t fourcc)
{
	static const uint32_t formats[] = {DRM_FORMAT_YUYV, DRM_FORMAT_UYVY, DRM_FORMAT_NV12,
		DRM_FORMAT_P010, DRM_FORMAT_YUV420, DRM_FORMAT_YVU420};
	for (size_t i = 0; i < array_length(formats); i++)
		if (formats[i] == fourcc)
			return true;
	return false;
}

// Formats and modifiers

static void add_format(struct gl *gl, uint32_t fourcc)
{
	EGLuint64KHR modifiers[128];
	EGLBoolean external[128];
	EGLint count = 0;
	bool any_drawn = false, any = false;
	if (!format_info(fourcc))
		return; // the sizes of its planes could not be checked
	if (gl->has.modifiers &&
		!gl->procs.query_dmabuf_modifiers(gl->display, (EGLint)fourcc,
			array_length(modifiers), modifiers, external, &count))
		count = 0;
	for (EGLint i = 0; i < count; i++) {
		if (external[i] && !gl->has.external)
			continue;
		any = true;
		format_set_add(&gl->base.dmabuf, fourcc, modifiers[i]);
		if (external[i]) {
			format_set_add(&gl->external_only, fourcc, modifiers[i]);
			continue;
		}
		any_drawn = true;
		format_set_add(&gl->base.shared, fourcc, modifiers[i]);
	}
	// Drivers without modifiers list none: offer the implicit layout and linear.
	bool video = is_video(fourcc);
	if (video && count == 0 && !gl->has.external)
		return;
	if (count == 0) {
		any = any_drawn = true;
		format_set_add(&gl->base.dmabuf, fourcc, DRM_FORMAT_MOD_LINEAR);
		if (!video)
			format_set_add(&gl->base.shared, fourcc, DRM_FORMAT_MOD_LINEAR);
		else
			format_set_add(&gl->external_only, fourcc, DRM_FORMAT_MOD_LINEAR);
	}
	if (!any)
		return;
	format_set_add(&gl->base.dmabuf, fourcc, DRM_FORMAT_MOD_INVALID);
	if (any_drawn && !video)
		format_set_add(&gl->base.shared, fourcc, DRM_FORMAT_MOD_INVALID);
	else
		format_set_add(&gl->external_only, fourcc, DRM_FORMAT_MOD_INVALID);
}

void gl_dmabuf_init(struct gl *gl)
{
	static const EGLint usual[] = {DRM_FORMAT_ARGB8888, DRM_FORMAT_XRGB8888};
	EGLint formats[256], count = 0;
	if (!gl->has.dmabuf || !gl->procs.image_to_texture)
		return;
	if (!gl->has.modifiers ||
		!gl->procs.query_dmabuf_formats(
			gl->display, array_length(formats), formats, &count))
		count = 0;
	for (EGLint i = 0; i < count; i++)
		add_format(gl, (uint32_t)formats[i]);
	for (size_t i = 0; i < array_length(usual) && count == 0; i++)
		add_format(gl, (uint32_t)usual[i]);
}

// Images

EGLImageKHR gl_dmabuf_image(struct gl *gl, struct buffer *buffer)
{
	static const EGLint names[4][5] = {
		{EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE0_OFFSET_EXT,
			EGL_DMA_BUF_PLANE0_PITCH_EXT, EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
			EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT},
		{EGL_DMA_BUF_PLANE1_FD_EXT, EGL_DMA_BUF_PLANE1_OFFSET_EXT,
			EGL_DMA_BUF_PLANE1_PITCH_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
			EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT},
		{EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE2_OFFSET_EXT,
			EGL_DMA_BUF_PLANE2_PITCH_EXT, EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT,
			EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT},
		{EGL_DMA_BUF_PLANE3_FD_EXT, EGL_DMA_BUF_PLANE3_OFFSET_EXT,
			EGL_DMA_BUF_PLANE3_PITCH_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT,
			EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT},
	};
	const struct dmabuf *dmabuf = buffer->dmabuf;
	EGLint list[64];
	size_t n = 0;
	if (!dmabuf || !gl->has.dmabuf) {
		log_error("the driver cannot import dmabufs");
		return EGL_NO_IMAGE_KHR;
	}
	list[n++] = EGL_WIDTH;
	list[n++] = buffer->width;
	list[n++] = EGL_HEIGHT;
	list[n++] = buffer->height;
	list[n++] = EGL_LINUX_DRM_FOURCC_EXT;
	list[n++] = (EGLint)buffer->format;
	list[n++] = EGL_IMAGE_PRESERVED_KHR;
	list[n++] = EGL_TRUE;
	for (int i = 0; i < dmabuf->n_planes && i < 4; i++) {
		list[n++] = names[i][0];
		list[n++] = dmabuf->fd[i];
		list[n++] = names[i][1];
		list[n++] = (EGLint)dmabuf->offset[i];
		list[n++] = names[i][2];
		list[n++] = (EGLint)dmabuf->stride[i];
		if (dmabuf->modifier == DRM_FORMAT_MOD_INVALID || !gl->has.modifiers)
			continue;
		list[n++] = names[i][3];
		list[n++] = (EGLint)(dmabuf->modifier & 0xffffffff);
		list[n++] = names[i][4];
		list[n++] = (EGLint)(dmabuf->modifier >> 32);
	}
	if (is_video(buffer->format)) {
		list[n++] = EGL_YUV_COLOR_SPACE_HINT_EXT;
		list[n++] = video_is_hd(buffer->width, buffer->height) ? EGL_ITU_REC709_EXT
								       : EGL_ITU_REC601_EXT;
		list[n++] = EGL_SAMPLE_RANGE_HINT_EXT;
		list[n++] = EGL_YUV_NARROW_RANGE_EXT;
	}
	list[n] = EGL_NONE;
	EGLImageKHR image = gl->procs.create_image(
		gl->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL, list);
	if (image == EGL_NO_IMAGE_KHR)
		log_error("cannot import a dmabuf of %dx%d, format 0x%08x, modifier 0x%llx, "
			  "%d planes: %s",
			buffer->width, buffer->height, buffer->format,
			(unsigned long long)dmabuf->modifier, dmabuf->n_planes, gl_egl_error());
	return image;
}

// Textures

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct gl_texture *texture = wl_container_of(listener, texture, buffer_destroyed);
	gl_texture_destroy(texture);
}

static bool image_attach(struct gl *gl, GLenum kind, GLuint name, EGLImageKHR image)
{
	gl_take_error();
	glBindTexture(kind, name);
	gl->procs.image_to_texture(kind, image);
	const char *error = gl_take_error();
	if (error)
		log_error("cannot sample a dmabuf: %s", error);
	return !error;
}

static bool texture_import(struct gl *gl, struct gl_texture *texture, struct buffer *buffer)
{
	bool external =
		format_set_has(&gl->external_only, buffer->format, buffer->dmabuf->modifier);
	GLenum kind = external ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D;
	EGLImageKHR image = gl_dmabuf_image(gl, buffer);
	if (image == EGL_NO_IMAGE_KHR)
		return false;
	GLuint name = gl_texture_name(kind);
	if (!image_attach(gl, kind, name, image)) {
		glDeleteTextures(1, &name);
		gl->procs.destroy_image(gl->display, image);
		return false;
	}
	texture->generation = gl->generation;
	texture->kind = kind;
	texture->name = name;
	texture->image = image;
	texture->filter = 0;
	texture->layout.opaque = !format_has_alpha(buffer->format);
	return true;
}

struct gl_texture *gl_dmabuf_import(struct gl *gl, struct buffer *buffer)
{
	struct gl_texture *texture = buffer->texture ? gl_texture_from(buffer->texture) : NULL;
	if (texture && texture->generation == gl->generation) {
		// Drivers may convert external images when they are attached: attach it again, so
		// that the new contents are converted.
		if (texture->kind == GL_TEXTURE_EXTERNAL_OES)
			image_attach(gl, texture->kind, texture->name, texture->image);
		return texture;
	}
	if (texture) // of a lost device
		return texture_import(gl, texture, buffer) ? texture : NULL;
	texture = gl_texture_create(gl);
	if (!texture_import(gl, texture, buffer)) {
		gl_texture_destroy(texture);
		return NULL;
	}
	texture->base.holds = true;
	texture->base.width = buffer->width;
	texture->base.height = buffer->height;
	texture->buffer = buffer;
	texture->buffer_destroyed.notify = on_buffer_destroyed;
	wl_signal_add(&buffer->destroyed, &texture->buffer_destroyed);
	buffer->texture = &texture->base;
	return texture;
}
