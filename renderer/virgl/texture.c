// SPDX-License-Identifier: MIT
// Pictures: copies of CPU memory, or another process's resource as it is.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/virgl/virgl.h"

static bool is_current(const struct virgl_texture *texture)
{
	return texture->virgl && texture->generation == texture->virgl->generation;
}

// What it stands for goes; it stays.
static void drop(struct virgl_texture *texture)
{
	struct virgl *virgl = texture->virgl;
	if (!virgl)
		return;
	if (texture->view && is_current(texture)) {
		encode_destroy(&virgl->stream, texture->view);
		virgl_forget_view(virgl, texture->view);
	}
	virgl_retire(virgl, texture->resource);
	texture->view = 0;
	texture->resource = NULL;
}

static void destroy(struct virgl_texture *texture)
{
	drop(texture);
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
		destroy(texture);
}

void virgl_textures_finish(struct virgl *virgl)
{
	struct virgl_texture *texture, *tmp;
	wl_list_for_each_safe(texture, tmp, &virgl->textures, link) {
		if (texture->buffer) {
			destroy(texture);
			continue;
		}
		drop(texture);
		texture->virgl = NULL; // whoever has it forgets it yet
		wl_list_remove(&texture->link);
		wl_list_init(&texture->link);
	}
}

static struct virgl_texture *create(struct virgl *virgl)
{
	struct virgl_texture *texture = xcalloc(1, sizeof(*texture));
	texture->virgl = virgl;
	wl_list_insert(&virgl->textures, &texture->link);
	return texture;
}

static struct virgl_shape shape_of(const struct virgl_layout *layout, int width, int height)
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

// From now on it stands for this resource, which is taken over. False: it stays as it is.
static bool adopt(struct virgl_texture *texture, struct virgl_resource *resource,
	const struct virgl_layout *layout)
{
	struct virgl *virgl = texture->virgl;
	uint32_t view = encode_view(&virgl->stream, resource, layout->format, layout->swizzle);
	if (!view) {
		log_error("a picture of %dx%d cannot be drawn from", resource->shape.width,
			resource->shape.height);
		virgl_retire(virgl, resource);
		return false;
	}
	drop(texture);
	texture->generation = virgl->generation;
	texture->resource = resource;
	texture->view = view;
	texture->drawn = false;
	texture->layout = *layout;
	texture->base.width = resource->shape.width;
	texture->base.height = resource->shape.height;
	return true;
}

// CPU memory

static struct virgl_resource *create_resource(
	struct virgl *virgl, const struct virgl_layout *layout, const struct pixels *pixels)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_shape shape = shape_of(layout, pixels->width, pixels->height);
	shape.backing = virgl_upload_backing(
		virgl, (size_t)pixels->width * (size_t)pixels->height * layout->bytes);
	struct virgl_resource *resource = transport->impl->create(transport, &shape);
	if (transport->dead)
		virgl_lose(virgl, "the host does not answer any more");
	return resource;
}

static bool import_new(struct virgl *virgl, struct texture **place, const struct pixels *pixels,
	const struct virgl_layout *layout)
{
	struct virgl_texture *texture = *place ? virgl_texture_from(*place) : NULL;
	struct virgl_resource *resource = create_resource(virgl, layout, pixels);
	if (!resource)
		return false;
	if (!virgl_upload(virgl, resource, layout, pixels, NULL)) {
		virgl_retire(virgl, resource);
		return false;
	}
	if (texture && texture->buffer)
		texture = NULL; // that one stays with its buffer
	struct virgl_texture *into = texture ? texture : create(virgl);
	if (!adopt(into, resource, layout)) {
		if (!texture)
			destroy(into);
		return false;
	}
	*place = &into->base;
	return true;
}

static bool import_pixels(struct virgl *virgl, struct texture **place, const struct pixels *pixels,
	const struct virgl_layout *layout, const region *damage)
{
	struct virgl_texture *texture = *place ? virgl_texture_from(*place) : NULL;
	bool same = texture && !texture->buffer && is_current(texture) &&
		texture->base.width == pixels->width && texture->base.height == pixels->height &&
		texture->layout.fourcc == layout->fourcc &&
		texture->layout.format == layout->format &&
		texture->layout.opaque == layout->opaque;
	if (same && damage)
		return virgl_upload(virgl, texture->resource, layout, pixels, damage);
	return import_new(virgl, place, pixels, layout);
}

// Memory of another process's

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct virgl_texture *texture = wl_container_of(listener, texture, buffer_destroyed);
	destroy(texture);
}

static bool import_dmabuf(struct virgl_texture *texture, struct buffer *buffer)
{
	struct virgl *virgl = texture->virgl;
	struct virgl_transport *transport = virgl->transport;
	struct virgl_layout layout;
	if (!transport->impl->import ||
		!virgl_layout_shared(buffer->format, &virgl->caps, &layout)) {
		log_error("the host does not take a dmabuf of format 0x%08x", buffer->format);
		return false;
	}
	const struct virgl_shape shape = shape_of(&layout, buffer->width, buffer->height);
	struct virgl_resource *resource =
		transport->impl->import(transport, buffer->dmabuf, &shape);
	if (transport->dead)
		virgl_lose(virgl, "the host does not answer any more");
	return resource && adopt(texture, resource, &layout);
}

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

// What one context has died of, perhaps, is tried in the next one before anything depends on it.
static bool try_suspect(struct virgl_texture *texture)
{
	struct virgl *virgl = texture->virgl;
	texture->proof = VIRGL_REFUSED;
	if (!virgl_canary_try(virgl, texture)) {
		log_error("a dmabuf of %dx%d is not what its owner says", texture->base.width,
			texture->base.height);
		return false;
	}
	texture->proof = VIRGL_PROVEN;
	return true;
}

static bool import_shared(struct virgl *virgl, struct texture **place, struct buffer *buffer)
{
	struct virgl_texture *texture =
		buffer->texture ? virgl_texture_from(buffer->texture) : create(virgl);
	bool fresh = !is_current(texture);
	if (texture->proof == VIRGL_REFUSED)
		return false;
	if (fresh &&
		(!import_dmabuf(texture, buffer) ||
			(texture->proof == VIRGL_SUSPECT && !try_suspect(texture)))) {
		if (!texture->buffer)
			destroy(texture);
		return false;
	}
	if (!texture->buffer) {
		texture->buffer = buffer;
		texture->base.holds = true;
		texture->buffer_destroyed.notify = on_buffer_destroyed;
		wl_signal_add(&buffer->destroyed, &texture->buffer_destroyed);
		buffer->texture = &texture->base;
	}
	if (*place && *place != &texture->base)
		virgl_forget(&virgl->base, *place);
	*place = &texture->base;
	return true;
}

bool virgl_import(struct renderer *renderer, struct texture **place, struct buffer *buffer,
	const region *damage)
{
	struct virgl *virgl = virgl_from(renderer);
	struct virgl_layout layout;
	struct pixels pixels;
	if (virgl->base.lost)
		return false;
	int max = virgl->caps.max_size;
	if (buffer->width > max || buffer->height > max) {
		log_error("a picture of %dx%d is too large for the host, which takes %d pixels",
			buffer->width, buffer->height, max);
		return false;
	}
	if (buffer->dmabuf)
		return import_shared(virgl, place, buffer);
	if (!virgl_layout_for(buffer->format, &virgl->caps, &layout) ||
		!buffer_begin_access(buffer, &pixels)) {
		log_error("a buffer of %dx%d, format 0x%08x, cannot be drawn from", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	bool ok = import_pixels(virgl, place, &pixels, &layout, damage);
	buffer_end_access(buffer);
	return ok && !virgl->base.lost;
}
