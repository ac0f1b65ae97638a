// SPDX-License-Identifier: MIT
// Textures: their planes and lifetime, and imports of CPU memory.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/virgl/virgl.h"

bool virgl_texture_is_current(const struct virgl_texture *texture)
{
	return texture->virgl && texture->generation == texture->virgl->generation;
}

static void planes_release(struct virgl *virgl, struct virgl_plane *planes, int n, bool current)
{
	for (int i = 0; i < n; i++) {
		if (planes[i].view && current) {
			encode_destroy(&virgl->stream, planes[i].view);
			virgl_forget_view(virgl, planes[i].view);
		}
		virgl_retire(virgl, planes[i].resource);
		planes[i] = (struct virgl_plane){0};
	}
}

// Releases the planes; the texture itself stays.
static void texture_clear(struct virgl_texture *texture)
{
	if (texture->virgl)
		planes_release(texture->virgl, texture->planes, texture->n_planes,
			virgl_texture_is_current(texture));
	texture->n_planes = 0;
}

void virgl_texture_destroy(struct virgl_texture *texture)
{
	texture_clear(texture);
	virgl_dmabuf_unmap(texture);
	if (texture->buffer) {
		wl_list_remove(&texture->buffer_destroyed.link);
		texture->buffer->texture = NULL;
	}
	wl_list_remove(&texture->link);
	free(texture);
}

void virgl_forget(struct renderer *renderer, struct texture *base)
{
	struct virgl_texture *texture = virgl_texture_from(base);
	if (!texture->buffer)
		virgl_texture_destroy(texture);
}

void virgl_textures_finish(struct virgl *virgl)
{
	struct virgl_texture *texture, *tmp;
	wl_list_for_each_safe(texture, tmp, &virgl->textures, link) {
		if (texture->buffer) {
			virgl_texture_destroy(texture);
			continue;
		}
		texture_clear(texture);
		texture->virgl = NULL; // its holder still calls forget()
		wl_list_remove(&texture->link);
		wl_list_init(&texture->link);
	}
}

struct virgl_texture *virgl_texture_create(struct virgl *virgl)
{
	struct virgl_texture *texture = xcalloc(1, sizeof(*texture));
	texture->virgl = virgl;
	wl_list_insert(&virgl->textures, &texture->link);
	return texture;
}

struct virgl_shape virgl_texture_shape(const struct virgl_layout *layout, int width, int height)
{
	return (struct virgl_shape){
		.target = VIRGL_TEXTURE,
		.format = layout->format,
		.bind = VIRGL_BIND_SAMPLE,
		.width = width,
		.height = height,
		.bytes = layout->bytes,
	};
}

bool virgl_texture_adopt(struct virgl_texture *texture, struct virgl_plane *planes, int n)
{
	struct virgl *virgl = texture->virgl;
	const struct virgl_shape *shape = &planes[0].resource->shape;
	bool ok = true;
	for (int i = 0; i < n; i++) {
		struct virgl_plane *plane = &planes[i];
		plane->view = encode_view(&virgl->stream, plane->resource, plane->layout.format,
			plane->layout.swizzle);
		ok = ok && plane->view;
	}
	if (!ok) {
		log_error("cannot draw from a resource of %dx%d", shape->width, shape->height);
		planes_release(virgl, planes, n, true);
		return false;
	}
	texture_clear(texture);
	texture->generation = virgl->generation;
	memcpy(texture->planes, planes, (size_t)n * sizeof(*planes));
	texture->n_planes = n;
	texture->drawn = false;
	texture->base.width = shape->width;
	texture->base.height = shape->height;
	return true;
}

// CPU memory

struct virgl_resource *virgl_texture_alloc(
	struct virgl *virgl, const struct virgl_layout *layout, int width, int height)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_shape shape = virgl_texture_shape(layout, width, height);
	shape.backing = virgl_upload_backing(virgl, (size_t)width * (size_t)height * layout->bytes);
	struct virgl_resource *resource = transport->impl->create(transport, &shape);
	if (transport->dead)
		virgl_lose(virgl, "the host does not respond");
	return resource;
}

static bool import_new(struct virgl *virgl, struct texture **slot, const struct pixels *pixels,
	const struct virgl_layout *layout)
{
	struct virgl_texture *texture = *slot ? virgl_texture_from(*slot) : NULL;
	struct virgl_plane plane = {.layout = *layout};
	plane.resource = virgl_texture_alloc(virgl, layout, pixels->width, pixels->height);
	if (!plane.resource)
		return false;
	if (!virgl_upload(virgl, plane.resource, layout, pixels, NULL)) {
		virgl_retire(virgl, plane.resource);
		return false;
	}
	if (texture && texture->buffer)
		texture = NULL; // belongs to its buffer
	struct virgl_texture *into = texture ? texture : virgl_texture_create(virgl);
	if (!virgl_texture_adopt(into, &plane, 1)) {
		if (!texture)
			virgl_texture_destroy(into);
		return false;
	}
	*slot = &into->base;
	return true;
}

static bool import_pixels(struct virgl *virgl, struct texture **slot, const struct pixels *pixels,
	const struct virgl_layout *layout, const region *damage)
{
	struct virgl_texture *texture = *slot ? virgl_texture_from(*slot) : NULL;
	bool same = texture && !texture->buffer && virgl_texture_is_current(texture) &&
		texture->base.width == pixels->width && texture->base.height == pixels->height &&
		texture->planes[0].layout.fourcc == layout->fourcc &&
		texture->planes[0].layout.format == layout->format &&
		texture->planes[0].layout.opaque == layout->opaque;
	if (same && damage)
		return virgl_upload(virgl, texture->planes[0].resource, layout, pixels, damage);
	return import_new(virgl, slot, pixels, layout);
}

bool virgl_import(struct renderer *renderer, struct texture **slot, struct buffer *buffer,
	const region *damage)
{
	struct virgl *virgl = virgl_from(renderer);
	struct virgl_layout layout;
	struct pixels pixels;
	if (virgl->base.lost)
		return false;
	int max = virgl->caps.max_size;
	if (buffer->width > max || buffer->height > max) {
		log_error("a buffer of %dx%d exceeds the texture size of the host, %d pixels",
			buffer->width, buffer->height, max);
		return false;
	}
	if (buffer->dmabuf)
		return virgl_import_dmabuf(virgl, slot, buffer) && !virgl->base.lost;
	if (!virgl_layout_for(buffer->format, &virgl->caps, &layout) ||
		!buffer_begin_access(buffer, &pixels)) {
		log_error("cannot draw from a buffer of %dx%d, format 0x%08x", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	bool ok = import_pixels(virgl, slot, &pixels, &layout, damage);
	buffer_end_access(buffer);
	return ok && !virgl->base.lost;
}
