// SPDX-License-Identifier: MIT
// Validates and imports client DMA-BUFs. Their descriptors are charged to the client.
#include "compositor/surface/client_dmabuf.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/format.h"
#include "compositor/client/budget.h"
#include "compositor/server.h"
#include "renderer/renderer.h"

#define MAX_SIDE 65535

// Checks

static bool has_implicit_layout(uint64_t modifier)
{
	return modifier == DRM_FORMAT_MOD_LINEAR || modifier == DRM_FORMAT_MOD_INVALID;
}

static enum dmabuf_fault check_planes(const struct dmabuf *planes, uint32_t format)
{
	uint64_t row_bytes;
	int rows, n = 0;
	while (format_plane(format, n, 1, 1, &row_bytes, &rows))
		n++;
	if (planes->n_planes < n)
		return DMABUF_INCOMPLETE;
	// Modifiers may add planes, of compression for instance.
	if (planes->n_planes > n && has_implicit_layout(planes->modifier))
		return DMABUF_INCOMPLETE;
	for (int i = 0; i < planes->n_planes; i++)
		if (planes->fd[i] < 0)
			return DMABUF_INCOMPLETE;
	return DMABUF_FINE;
}

static bool plane_fits(
	const struct dmabuf *planes, int plane, int width, int height, uint32_t format)
{
	uint64_t offset = planes->offset[plane], stride = planes->stride[plane];
	uint64_t row_bytes = 0, end = offset + 1;
	int rows = 0;
	int64_t size = dmabuf_size(planes->fd[plane]);
	if (offset > INT32_MAX || stride > INT32_MAX) // limit of drivers
		return false;
	bool pixels = format_plane(format, plane, width, height, &row_bytes, &rows);
	if (pixels && has_implicit_layout(planes->modifier)) {
		if (stride < row_bytes)
			return false;
		end = offset + stride * (uint64_t)rows;
	} else if (pixels) { // the stride's meaning is private to the driver
		if (stride == 0)
			return false;
		end = offset + stride;
	}
	return size < 0 || end <= (uint64_t)size;
}

enum dmabuf_fault client_dmabuf_check(const struct server *server, const struct dmabuf *planes,
	int width, int height, uint32_t format)
{
	const struct format_set *offered = &server->renderer->dmabuf;
	if (width <= 0 || height <= 0)
		return DMABUF_BAD_SIZE;
	if (!format_info(format) || !format_set_get(offered, format))
		return DMABUF_BAD_FORMAT;
	enum dmabuf_fault fault = check_planes(planes, format);
	if (fault != DMABUF_FINE)
		return fault;
	if (!format_set_has(offered, format, planes->modifier))
		return DMABUF_BAD_MODIFIER;
	for (int i = 0; i < planes->n_planes; i++)
		if (!server->is_dmabuf(planes->fd[i]))
			return DMABUF_BAD_FILE;
	for (int i = 0; i < planes->n_planes; i++)
		if (!plane_fits(planes, i, width, height, format))
			return DMABUF_OUT_OF_BOUNDS;
	if (width > MAX_SIDE || height > MAX_SIDE)
		return DMABUF_TOO_LARGE;
	return DMABUF_FINE;
}

const char *dmabuf_fault_text(enum dmabuf_fault fault)
{
	switch (fault) {
	case DMABUF_FINE:
		break;
	case DMABUF_INCOMPLETE:
		return "the planes are not those of the format";
	case DMABUF_BAD_SIZE:
		return "the picture has no pixels";
	case DMABUF_BAD_FORMAT:
		return "the format was not offered";
	case DMABUF_BAD_MODIFIER:
		return "the modifier was not offered with this format";
	case DMABUF_OUT_OF_BOUNDS:
		return "a plane does not fit its file, or a row its stride";
	case DMABUF_BAD_FILE:
		return "a file is no DMA-BUF";
	case DMABUF_TOO_LARGE:
		return "the picture is larger than any device takes";
	}
	return "nothing is wrong";
}

// Buffers

static void forget_texture(struct client_dmabuf *buffer)
{
	struct texture **texture = &buffer->base.base.texture;
	if (*texture)
		buffer->server->renderer->impl->forget(buffer->server->renderer, *texture);
	*texture = NULL;
}

static void destroy_dmabuf(struct buffer *base)
{
	struct client_dmabuf *buffer = wl_container_of(base, buffer, base.base);
	buffer_finish(base);
	forget_texture(buffer);
	dmabuf_close(&buffer->dmabuf);
	budget_give(buffer->budget, BUDGET_DESCRIPTORS, (size_t)buffer->dmabuf.n_planes);
	free(buffer);
}

static const struct buffer_impl dmabuf_impl = {
	.destroy = destroy_dmabuf,
};

struct client_dmabuf *client_dmabuf_create(struct server *server, struct budget *budget,
	struct dmabuf *planes, int width, int height, uint32_t format)
{
	struct renderer *renderer = server->renderer;
	struct client_dmabuf *buffer = xcalloc(1, sizeof(*buffer));
	struct buffer *base = &buffer->base.base;
	buffer_init(base, &dmabuf_impl, width, height, format);
	buffer->server = server;
	buffer->budget = budget;
	buffer->dmabuf = *planes;
	base->dmabuf = &buffer->dmabuf;
	*planes = (struct dmabuf){.fd = {-1, -1, -1, -1}};
	// While the GPU is lost, import is deferred to first use.
	if (!renderer->lost && !renderer->impl->import(renderer, &base->texture, base, NULL)) {
		buffer_drop(base);
		return NULL;
	}
	return buffer;
}
