// SPDX-License-Identifier: MIT
// Render targets: resources of our own, dmabufs, and a scratch resource for buffers of CPU memory.
// The scratch resource keeps nothing between frames: every frame draws all of the area that it
// repaints, which alone is read back.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/virgl/virgl.h"

// The scratch target and the readback resource are freed after this many frames that did not use
// them.
#define SPARE_FRAMES 64

struct virgl_buffer { // allocated by this renderer
	struct buffer base;
	struct virgl_target *target;
	struct dmabuf dmabuf; // if it was exported
};

static bool is_too_large(const struct virgl *virgl, int width, int height)
{
	int max = virgl->caps.max_size;
	if (width <= max && height <= max)
		return false;
	log_error("the host draws at most %d pixels in each dimension", max);
	return true;
}

static bool target_is_current(const struct virgl_target *target)
{
	return target->virgl && target->generation == target->virgl->generation;
}

void virgl_target_destroy(struct virgl_target *target)
{
	if (!target)
		return;
	struct virgl *virgl = target->virgl;
	if (virgl) {
		if (target->surface && target_is_current(target)) {
			encode_destroy(&virgl->stream, target->surface);
			virgl_forget_surface(virgl, target->surface);
		}
		virgl_retire(virgl, target->resource);
	}
	wl_list_remove(&target->link);
	free(target);
}

// Creates a target and takes ownership of the resource, which may be NULL. Returns NULL on failure
// (logged).
static struct virgl_target *target_create(
	struct virgl *virgl, struct virgl_resource *resource, uint32_t fourcc)
{
	struct virgl_target *target = xcalloc(1, sizeof(*target));
	target->virgl = virgl;
	target->generation = virgl->generation;
	target->resource = resource;
	target->fourcc = fourcc;
	wl_list_insert(&virgl->targets, &target->link);
	if (resource) {
		target->width = resource->shape.width;
		target->height = resource->shape.height;
		target->surface = encode_surface(&virgl->stream, resource, resource->shape.format);
	}
	if (target->surface)
		return target;
	if (virgl->transport->dead)
		virgl_lose(virgl, "the host does not respond");
	else
		log_error("the host cannot draw into a resource");
	virgl_target_destroy(target);
	return NULL;
}

static struct virgl_shape target_shape(const struct virgl_layout *layout, int width, int height)
{
	return (struct virgl_shape){
		.target = VIRGL_TEXTURE,
		.format = layout->format,
		.bind = VIRGL_BIND_RENDER | VIRGL_BIND_SAMPLE,
		.width = width,
		.height = height,
		.bytes = layout->bytes,
	};
}

// backed: with memory that the CPU can read, for frequent reads.
static struct virgl_target *target_create_own(
	struct virgl *virgl, int width, int height, uint32_t fourcc, bool backed)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_layout layout;
	if (is_too_large(virgl, width, height) ||
		!virgl_layout_target(fourcc, &virgl->caps, &layout))
		return NULL;
	struct virgl_shape shape = target_shape(&layout, width, height);
	if (backed)
		shape.backing = (size_t)width * (size_t)height * layout.bytes;
	return target_create(virgl, transport->impl->create(transport, &shape), layout.fourcc);
}

// Buffers of our own

static void virgl_buffer_destroy(struct buffer *base)
{
	struct virgl_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	virgl_target_destroy(buffer->target);
	for (int i = 0; i < buffer->dmabuf.n_planes; i++)
		close_fd(&buffer->dmabuf.fd[i]);
	free(buffer);
}

static const struct buffer_impl impl = {
	.destroy = virgl_buffer_destroy,
};

static struct buffer *target_to_buffer(struct virgl_target *target, uint32_t format)
{
	struct virgl_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &impl, target->width, target->height, format);
	buffer->target = target;
	return &buffer->base;
}

struct buffer *virgl_alloc(struct renderer *renderer, int width, int height, uint32_t format)
{
	struct virgl *virgl = virgl_from(renderer);
	struct virgl_target *target =
		virgl->base.lost ? NULL : target_create_own(virgl, width, height, format, false);
	return target ? target_to_buffer(target, format) : NULL;
}

struct buffer *virgl_alloc_shared(
	struct renderer *renderer, int width, int height, const struct format_set *formats)
{
	struct virgl *virgl = virgl_from(renderer);
	struct virgl_transport *transport = virgl->transport;
	struct virgl_layout layout;
	if (virgl->base.lost || is_too_large(virgl, width, height))
		return NULL;
	for (size_t i = 0; i < formats->count; i++) {
		uint32_t format = formats->formats[i].fourcc;
		if (!virgl_layout_target(format, &virgl->caps, &layout) || layout.fourcc != format)
			continue;
		struct virgl_shape shape = target_shape(&layout, width, height);
		shape.bind |= VIRGL_BIND_SCANOUT;
		shape.shared = true;
		struct virgl_target *target =
			target_create(virgl, transport->impl->create(transport, &shape), format);
		if (!target)
			return NULL;
		struct buffer *base = target_to_buffer(target, format);
		struct virgl_buffer *buffer = wl_container_of(base, buffer, base);
		if (transport->impl->export(transport, target->resource, &buffer->dmabuf)) {
			base->dmabuf = &buffer->dmabuf;
			return base;
		}
		buffer_drop(base);
		return NULL;
	}
	log_error("the host cannot draw into any format that the output supports");
	return NULL;
}

// Lookup

static struct virgl_target *find_scratch_target(struct virgl *virgl, struct buffer *buffer)
{
	struct virgl_target *scratch = virgl->scratch;
	int width = buffer->width, height = buffer->height;
	uint32_t format =
		format_has_alpha(buffer->format) ? DRM_FORMAT_ARGB8888 : DRM_FORMAT_XRGB8888;
	if (scratch && target_is_current(scratch) &&
		format_has_alpha(scratch->fourcc) == format_has_alpha(format)) {
		width = MAX(width, scratch->width);
		height = MAX(height, scratch->height);
		if (width == scratch->width && height == scratch->height)
			return scratch;
	}
	virgl_target_destroy(scratch);
	virgl->scratch = target_create_own(virgl, width, height, format, true);
	return virgl->scratch;
}

static struct virgl_target *import_target(struct virgl *virgl, struct buffer *buffer)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_layout layout;
	if (!transport->impl->import || buffer->dmabuf->n_planes != 1 ||
		is_too_large(virgl, buffer->width, buffer->height) ||
		!virgl_layout_target(buffer->format, &virgl->caps, &layout) ||
		layout.fourcc != buffer->format) {
		log_error("the host cannot draw into a dmabuf of format 0x%08x", buffer->format);
		return NULL;
	}
	const struct virgl_shape shape = target_shape(&layout, buffer->width, buffer->height);
	bool foreign = false;
	struct virgl_resource *resource =
		transport->impl->import(transport, buffer->dmabuf, 0, &shape, &foreign);
	if (foreign)
		log_error("cannot draw into a dmabuf of %dx%d of another device", buffer->width,
			buffer->height);
	return target_create(virgl, resource, buffer->format);
}

struct virgl_target *virgl_target_for(struct virgl *virgl, struct buffer *buffer)
{
	if (virgl->base.lost)
		return NULL;
	if (buffer->impl == &impl) {
		struct virgl_buffer *own = wl_container_of(buffer, own, base);
		if (target_is_current(own->target))
			return own->target;
		log_error("the contents of this buffer were lost with the host context");
		return NULL;
	}
	return buffer->dmabuf ? import_target(virgl, buffer) : find_scratch_target(virgl, buffer);
}

void virgl_target_done(struct virgl *virgl, struct virgl_target *target, struct buffer *buffer)
{
	if (buffer->impl != &impl && target != virgl->scratch)
		virgl_target_destroy(target);
}

void virgl_spares_age(struct virgl *virgl, bool used)
{
	virgl->spare_idle = used ? 0 : virgl->spare_idle + 1;
	if (virgl->spare_idle < SPARE_FRAMES)
		return;
	virgl->spare_idle = 0;
	virgl_target_destroy(virgl->scratch);
	virgl_retire(virgl, virgl->readback);
	virgl->scratch = NULL;
	virgl->readback = NULL;
}

void virgl_targets_finish(struct virgl *virgl)
{
	struct virgl_target *target, *tmp;
	virgl_target_destroy(virgl->scratch);
	virgl->scratch = NULL;
	wl_list_for_each_safe(target, tmp, &virgl->targets, link) {
		virgl_retire(virgl, target->resource);
		target->virgl = NULL; // freed by its buffer
		target->resource = NULL;
		wl_list_remove(&target->link);
		wl_list_init(&target->link);
	}
}
