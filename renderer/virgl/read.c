// SPDX-License-Identifier: MIT
// Reads targets back into CPU memory. Targets without a backing are copied, a band at a time, to a
// resource that has one.
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/convert.h"
#include "renderer/virgl/virgl.h"

// Size of the bands. Smaller bands would need more round trips to the host for each read.
#define BAND_BYTES ((size_t)1 << 20)

// Copies box to the backing and waits for it.
static bool resource_read(
	struct virgl *virgl, struct virgl_resource *resource, const struct box *box)
{
	struct virgl_transport *transport = virgl->transport;
	if (!virgl_flush(virgl, NULL))
		return false;
	if (transport->impl->get(transport, resource, box))
		return virgl_wait(virgl, resource);
	virgl_lose(virgl, "the host does not respond");
	return false;
}

static struct pixels resource_pixels(const struct virgl_resource *resource, uint32_t fourcc)
{
	const struct virgl_shape *shape = &resource->shape;
	return (struct pixels){resource->map, (size_t)shape->width * (size_t)shape->bytes,
		shape->width, shape->height, fourcc};
}

static bool read_backed(struct virgl *virgl, struct virgl_target *target, const struct box *box,
	const struct pixels *into, int x, int y)
{
	if (!resource_read(virgl, target->resource, box))
		return false;
	const struct pixels pixels = resource_pixels(target->resource, target->fourcc);
	return pixels_convert(&pixels, box, into, x, y);
}

// Returns a resource for reading, of at least this size. NULL: logged.
static struct virgl_resource *get_readback(
	struct virgl *virgl, const struct virgl_target *target, int width, int height)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_resource *readback = virgl->readback;
	struct virgl_shape shape = target->resource->shape;
	if (readback && readback->shape.format == shape.format && readback->shape.width >= width &&
		readback->shape.height >= height)
		return readback;
	virgl_retire(virgl, readback);
	shape.bind = VIRGL_BIND_SAMPLE;
	shape.width = width;
	shape.height = height;
	shape.backing = (size_t)width * (size_t)height * (size_t)shape.bytes;
	shape.shared = false;
	virgl->readback = transport->impl->create(transport, &shape);
	if (transport->dead)
		virgl_lose(virgl, "the host does not respond");
	return virgl->readback;
}

static bool read_copied(struct virgl *virgl, struct virgl_target *target, const struct box *box,
	const struct pixels *into, int x, int y)
{
	size_t row = (size_t)box->width * (size_t)target->resource->shape.bytes;
	int rows = (int)CLAMP(BAND_BYTES / row, 1, (size_t)box->height);
	struct virgl_resource *readback = get_readback(virgl, target, box->width, rows);
	if (!readback)
		return false;
	const struct pixels pixels = resource_pixels(readback, target->fourcc);
	for (int i = 0; i < box->height; i += rows) {
		const struct box part = {
			box->x, box->y + i, box->width, MIN(rows, box->height - i)};
		const struct box there = {0, 0, part.width, part.height};
		if (!encode_copy(&virgl->stream, readback, 0, 0, target->resource, &part) ||
			!resource_read(virgl, readback, &there) ||
			!pixels_convert(&pixels, &there, into, x, y + i))
			return false;
	}
	return true;
}

bool virgl_read_target(struct virgl *virgl, struct virgl_target *target, const struct box *box,
	const struct pixels *into, int x, int y)
{
	const struct box all = {0, 0, target->width, target->height};
	const struct box room = {0, 0, into->width, into->height};
	if (box_empty(box) || !box_contains_box(&all, box) ||
		!box_contains_box(&room, &(struct box){x, y, box->width, box->height})) {
		log_error(
			"cannot read %dx%d pixels: outside of the buffer", box->width, box->height);
		return false;
	}
	virgl->spare_idle = 0;
	return target->resource->map ? read_backed(virgl, target, box, into, x, y)
				     : read_copied(virgl, target, box, into, x, y);
}

bool virgl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into)
{
	struct virgl *virgl = virgl_from(renderer);
	if (source->impl->begin_access)
		return pixels_read(source, box, into);
	struct virgl_target *target = virgl_target_for(virgl, source);
	if (!target)
		return false;
	// A host that ignores the context returns stale pixels: check it before they are used.
	bool ok = virgl_read_target(virgl, target, box, into, 0, 0) && virgl_canary_check(virgl);
	virgl_target_done(virgl, target, source);
	return ok;
}
