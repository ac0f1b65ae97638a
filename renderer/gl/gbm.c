// SPDX-License-Identifier: MIT
// Allocates dmabufs with GBM: GPU memory that other devices can scan out or sample.
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

struct gbm_buffer {
	struct buffer base;
	struct dmabuf dmabuf;
};

bool gl_gbm_init(struct gl *gl, const char *node)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		log_info("%s: cannot be opened", node);
		return false;
	}
	gl->gbm = gbm_create_device(fd);
	if (!gl->gbm) {
		log_info("%s: GBM does not support it", node);
		close_fd(&fd);
		return false;
	}
	gl->base.device = fd;
	return true;
}

void gl_gbm_finish(struct gl *gl)
{
	if (gl->gbm)
		gbm_device_destroy(gl->gbm);
	gl->gbm = NULL;
}

static void gbm_buffer_destroy(struct buffer *base)
{
	struct gbm_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	for (int i = 0; i < buffer->dmabuf.n_planes; i++)
		close_fd(&buffer->dmabuf.fd[i]);
	free(buffer);
}

static const struct buffer_impl impl = {
	.destroy = gbm_buffer_destroy,
};

// Exports the buffer object and frees it; the file descriptors keep the memory. Returns NULL on
// failure (logged).
static struct buffer *bo_to_buffer(struct gbm_bo *bo, int width, int height, uint32_t format)
{
	struct gbm_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &impl, width, height, format);
	buffer->base.dmabuf = &buffer->dmabuf;
	buffer->dmabuf.modifier = gbm_bo_get_modifier(bo);
	int planes = gbm_bo_get_plane_count(bo);
	bool ok = planes > 0 && planes <= (int)array_length(buffer->dmabuf.fd);
	for (int i = 0; ok && i < planes; i++) {
		int fd = gbm_bo_get_fd_for_plane(bo, i);
		ok = fd >= 0;
		if (!ok)
			break;
		buffer->dmabuf.fd[i] = fd;
		buffer->dmabuf.offset[i] = gbm_bo_get_offset(bo, i);
		buffer->dmabuf.stride[i] = gbm_bo_get_stride_for_plane(bo, i);
		buffer->dmabuf.n_planes = i + 1;
	}
	gbm_bo_destroy(bo);
	if (ok)
		return &buffer->base;
	log_error("cannot export GPU memory as a dmabuf");
	buffer_drop(&buffer->base);
	return NULL;
}

// Allocates a buffer object. explicit: with one of the wanted modifiers; otherwise with the
// driver's implicit layout, or linear. Returns NULL on failure.
static struct gbm_bo *bo_create(
	struct gl *gl, int width, int height, const struct format_modifiers *wanted, bool explicit)
{
	uint32_t flags = GBM_BO_USE_RENDERING;
	struct gbm_bo *bo = NULL;
	uint64_t modifiers[64];
	unsigned n = 0;
	bool implicit = false, linear = false;
	for (size_t i = 0; i < wanted->count; i++) {
		implicit = implicit || wanted->modifiers[i] == DRM_FORMAT_MOD_INVALID;
		linear = linear || wanted->modifiers[i] == DRM_FORMAT_MOD_LINEAR;
		if (wanted->modifiers[i] != DRM_FORMAT_MOD_INVALID && n < array_length(modifiers))
			modifiers[n++] = wanted->modifiers[i];
	}
	// If linear is the only explicit modifier, the driver's implicit layout is the better
	// choice.
	bool named = n > 1 || (n == 1 && !(linear && implicit));
	// Scan-out is preferred, but render-only devices reject it.
	for (int i = 0; i < 2 && !bo; i++) {
		uint32_t scanout = i ? 0 : GBM_BO_USE_SCANOUT;
		if (explicit && named)
			bo = gbm_bo_create_with_modifiers2(gl->gbm, (uint32_t)width,
				(uint32_t)height, wanted->fourcc, modifiers, n, flags | scanout);
		else if (!explicit && (implicit || linear))
			bo = gbm_bo_create(gl->gbm, (uint32_t)width, (uint32_t)height,
				wanted->fourcc,
				flags | scanout | (implicit ? 0 : GBM_BO_USE_LINEAR));
	}
	return bo;
}

struct buffer *gl_alloc_shared(
	struct renderer *renderer, int width, int height, const struct format_set *formats)
{
	struct gl *gl = gl_from(renderer);
	struct format_set wanted = {0};
	struct buffer *buffer = NULL;
	if (gl->gbm && gl_make_current(gl))
		format_set_intersect(&wanted, formats, &renderer->shared);
	for (size_t i = 0; i < 2 * wanted.count && !buffer; i++) {
		const struct format_modifiers *entry = &wanted.formats[i / 2];
		struct gbm_bo *bo = bo_create(gl, width, height, entry, i % 2 == 0);
		buffer = bo ? bo_to_buffer(bo, width, height, entry->fourcc) : NULL;
		// Drivers may allocate formats that they cannot draw into.
		if (buffer && !gl_target_for(gl, buffer)) {
			buffer_drop(buffer);
			buffer = NULL;
		}
	}
	format_set_finish(&wanted);
	if (!buffer)
		log_error(
			"cannot allocate GPU memory for a frame of %dx%d in a format that can be scanned out",
			width, height);
	return buffer;
}
