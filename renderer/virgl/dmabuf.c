// SPDX-License-Identifier: MIT
// Textures from dmabufs. Memory that belongs to the same host is imported as a resource; other
// linear memory is copied whenever a client commits it. Video has two planes: luma and chroma.
//
// A dmabuf may not be what its owner declared, which kills the context when the host draws from it.
// Each texture therefore counts as unproven until the context has survived a frame with it (see
// canary.c).
#include "compositor/base/dmabuf.h"
#include <errno.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "compositor/base/log.h"
#include "compositor/base/sigbus.h"
#include "renderer/virgl/virgl.h"

// Computes the layout and shape of each plane. Returns the number of planes, 0: not supported
// (logged).
static int plan_planes(struct virgl *virgl, const struct buffer *buffer,
	struct virgl_layout layouts[VIRGL_PLANES], struct virgl_shape shapes[VIRGL_PLANES])
{
	int n = virgl_layout_shared(buffer->format, &virgl->caps, layouts);
	if (!n || buffer->dmabuf->n_planes != n) {
		log_error("the host cannot import a dmabuf of format 0x%08x, %d planes",
			buffer->format, buffer->dmabuf->n_planes);
		return 0;
	}
	for (int i = 0; i < n; i++) {
		uint64_t row = 0;
		int rows = 0;
		format_plane(buffer->format, i, buffer->width, buffer->height, &row, &rows);
		shapes[i] = virgl_texture_shape(&layouts[i], (int)(row / layouts[i].bytes), rows);
	}
	return n;
}

// Copies

void virgl_dmabuf_unmap(struct virgl_texture *texture)
{
	for (int i = 0; i < VIRGL_PLANES; i++) {
		struct virgl_mapping *mapping = &texture->mappings[i];
		if (mapping->memory)
			munmap(mapping->memory, mapping->size);
		*mapping = (struct virgl_mapping){0};
	}
}

static bool plane_map(struct virgl_texture *texture, const struct dmabuf *dmabuf, int plane,
	const struct virgl_shape *shape)
{
	struct virgl_mapping *mapping = &texture->mappings[plane];
	uint64_t offset = dmabuf->offset[plane], stride = dmabuf->stride[plane];
	uint64_t row = (uint64_t)shape->width * (uint64_t)shape->bytes;
	uint64_t end = offset + stride * (uint64_t)(shape->height - 1) + row;
	int64_t size = dmabuf_size(dmabuf->fd[plane]);
	if (mapping->memory)
		return true;
	if (stride < row || size < 0 || end > (uint64_t)size) {
		log_error("a dmabuf is too small for %dx%d pixels", shape->width, shape->height);
		return false;
	}
	void *memory = mmap(NULL, (size_t)end, PROT_READ, MAP_SHARED, dmabuf->fd[plane], 0);
	if (memory == MAP_FAILED) {
		log_errno("cannot map a dmabuf of %dx%d", shape->width, shape->height);
		return false;
	}
	*mapping = (struct virgl_mapping){memory, (size_t)end};
	return true;
}

// Fails on memfds and the like, which need no synchronisation.
static void dmabuf_sync(int fd, uint64_t how)
{
	const struct dma_buf_sync sync = {DMA_BUF_SYNC_READ | how};
	while (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) < 0 && (errno == EINTR || errno == EAGAIN))
		;
}

static bool plane_copy(struct virgl_texture *texture, const struct dmabuf *dmabuf, int plane,
	const struct virgl_plane *into)
{
	const struct virgl_mapping *mapping = &texture->mappings[plane];
	const struct virgl_shape *shape = &into->resource->shape;
	const struct pixels pixels = {(char *)mapping->memory + dmabuf->offset[plane],
		dmabuf->stride[plane], shape->width, shape->height, into->layout.fourcc};
	struct sigbus_guard guard;
	dmabuf_sync(dmabuf->fd[plane], DMA_BUF_SYNC_START);
	sigbus_enter(&guard, mapping->memory, mapping->size);
	bool ok = virgl_upload(texture->virgl, into->resource, &into->layout, &pixels, NULL);
	if (sigbus_leave(&guard)) {
		log_error("a dmabuf of %dx%d has shrunk", shape->width, shape->height);
		ok = false;
	}
	dmabuf_sync(dmabuf->fd[plane], DMA_BUF_SYNC_END);
	return ok;
}

static bool planes_copy(struct virgl_texture *texture, const struct buffer *buffer)
{
	bool ok = true;
	for (int i = 0; i < texture->n_planes && ok; i++)
		ok = plane_copy(texture, buffer->dmabuf, i, &texture->planes[i]);
	return ok;
}

// Resources

static void planes_release(struct virgl *virgl, struct virgl_plane *planes, int n)
{
	for (int i = 0; i < n; i++)
		virgl_retire(virgl, planes[i].resource);
}

// Maps the planes and creates the resources that they are copied to.
static bool planes_prepare_copy(struct virgl_texture *texture, const struct buffer *buffer,
	struct virgl_plane *planes, const struct virgl_shape *shapes, int n)
{
	struct virgl *virgl = texture->virgl;
	bool ok = true;
	for (int i = 0; i < n && ok; i++) {
		ok = plane_map(texture, buffer->dmabuf, i, &shapes[i]);
		planes[i].resource = ok ? virgl_texture_alloc(virgl, &planes[i].layout,
						  shapes[i].width, shapes[i].height)
					: NULL;
		ok = planes[i].resource;
	}
	return ok;
}

// *foreign: the memory belongs to another device.
static bool planes_import(struct virgl *virgl, const struct dmabuf *dmabuf,
	struct virgl_plane *planes, const struct virgl_shape *shapes, int n, bool *foreign)
{
	struct virgl_transport *transport = virgl->transport;
	bool ok = true, unknown = !transport->impl->import;
	*foreign = unknown;
	for (int i = 0; i < n && ok && !unknown; i++) {
		planes[i].resource =
			transport->impl->import(transport, dmabuf, i, &shapes[i], &unknown);
		ok = planes[i].resource;
		*foreign = i == 0 && unknown;
	}
	if (unknown && !*foreign)
		log_error("the planes of a dmabuf of %dx%d belong to several devices",
			shapes[0].width, shapes[0].height);
	if (transport->dead)
		virgl_lose(virgl, "the host does not respond");
	return ok && !unknown;
}

static bool texture_import(struct virgl_texture *texture, const struct buffer *buffer)
{
	struct virgl *virgl = texture->virgl;
	struct virgl_layout layouts[VIRGL_PLANES];
	struct virgl_shape shapes[VIRGL_PLANES];
	struct virgl_plane planes[VIRGL_PLANES] = {0};
	bool foreign = false, linear = buffer->dmabuf->modifier == DRM_FORMAT_MOD_LINEAR;
	int n = plan_planes(virgl, buffer, layouts, shapes);
	for (int i = 0; i < n; i++)
		planes[i].layout = layouts[i];
	bool ok = n && planes_import(virgl, buffer->dmabuf, planes, shapes, n, &foreign);
	if (foreign && !linear)
		log_error("a dmabuf of %dx%d of another device is not linear", buffer->width,
			buffer->height);
	bool copied = foreign && linear;
	if (copied)
		ok = planes_prepare_copy(texture, buffer, planes, shapes, n);
	if (!ok) {
		planes_release(virgl, planes, n);
		return false;
	}
	if (!virgl_texture_adopt(texture, planes, n))
		return false;
	if (!copied)
		return true;
	texture->proof = VIRGL_PROVEN;
	return planes_copy(texture, buffer);
}

// Proof

void virgl_textures_on_trial(struct virgl *virgl)
{
	struct virgl_texture *texture;
	wl_list_for_each(texture, &virgl->textures, link)
		if (texture->buffer && texture->drawn && texture->proof == VIRGL_UNPROVEN)
			texture->proof = VIRGL_ON_TRIAL;
}

void virgl_textures_proven(struct virgl *virgl)
{
	struct virgl_texture *texture;
	wl_list_for_each(texture, &virgl->textures, link)
		if (texture->proof == VIRGL_ON_TRIAL)
			texture->proof = VIRGL_PROVEN;
}

void virgl_textures_suspect(struct virgl *virgl)
{
	struct virgl_texture *texture;
	wl_list_for_each(texture, &virgl->textures, link)
		if (texture->buffer && texture->proof <= VIRGL_ON_TRIAL)
			texture->proof = VIRGL_SUSPECT;
}

// The previous context may have died of this texture: test it on its own in the new one.
static bool texture_try_suspect(struct virgl_texture *texture)
{
	struct virgl *virgl = texture->virgl;
	texture->proof = VIRGL_REFUSED;
	if (!virgl_canary_try(virgl, texture)) {
		log_error("a dmabuf of %dx%d is not what its owner declared", texture->base.width,
			texture->base.height);
		return false;
	}
	texture->proof = VIRGL_PROVEN;
	return true;
}

// Import

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct virgl_texture *texture = wl_container_of(listener, texture, buffer_destroyed);
	virgl_texture_destroy(texture);
}

bool virgl_import_dmabuf(struct virgl *virgl, struct texture **slot, struct buffer *buffer)
{
	struct virgl_texture *texture =
		buffer->texture ? virgl_texture_from(buffer->texture) : virgl_texture_create(virgl);
	bool fresh = !virgl_texture_is_current(texture);
	if (texture->proof == VIRGL_REFUSED)
		return false;
	bool ok = fresh ? texture_import(texture, buffer)
			: !texture->mappings[0].memory || planes_copy(texture, buffer);
	if (ok && fresh && texture->proof == VIRGL_SUSPECT)
		ok = texture_try_suspect(texture);
	if (!ok) {
		if (!texture->buffer)
			virgl_texture_destroy(texture);
		return false;
	}
	if (!texture->buffer) {
		texture->buffer = buffer;
		texture->base.holds = true;
		texture->buffer_destroyed.notify = on_buffer_destroyed;
		wl_signal_add(&buffer->destroyed, &texture->buffer_destroyed);
		buffer->texture = &texture->base;
	}
	if (*slot && *slot != &texture->base)
		virgl_forget(&virgl->base, *slot);
	*slot = &texture->base;
	return true;
}
