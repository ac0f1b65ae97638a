// SPDX-License-Identifier: MIT
// Back into CPU memory. Targets have none of their own that the CPU sees: what is read is copied, a
// band at a time, into a resource that has.
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/convert.h"
#include "renderer/virgl/virgl.h"

// Kept between pictures: less would be more round trips to the host for each.
#define BAND_BYTES ((size_t)1 << 20)

static bool get(struct virgl *virgl, struct virgl_resource *resource, const struct box *box)
{
	struct virgl_transport *transport = virgl->transport;
	if (!virgl_flush(virgl, NULL))
		return false;
	if (transport->impl->get(transport, resource, box))
		return virgl_wait(virgl, resource);
	virgl_lose(virgl, "the host does not answer any more");
	return false;
}

static struct pixels pixels_of(const struct virgl_resource *resource, uint32_t fourcc)
{
	const struct virgl_shape *shape = &resource->shape;
	return (struct pixels){resource->map, (size_t)shape->width * (size_t)shape->bytes,
		shape->width, shape->height, fourcc};
}

static bool read_straight(struct virgl *virgl, struct virgl_target *target, const struct box *box,
	const struct pixels *into, int x, int y)
{
	if (!get(virgl, target->resource, box))
		return false;
	const struct pixels pixels = pixels_of(target->resource, target->fourcc);
	return pixels_convert(&pixels, box, into, x, y);
}

// At least so large. NULL: logged.
static struct virgl_resource *take_reading(
	struct virgl *virgl, const struct virgl_target *target, int width, int height)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_resource *reading = virgl->reading;
	struct virgl_shape shape = target->resource->shape;
	if (reading && reading->shape.format == shape.format && reading->shape.width >= width &&
		reading->shape.height >= height)
		return reading;
	virgl_retire(virgl, reading);
	shape.bind = VIRGL_BIND_SAMPLE;
	shape.width = width;
	shape.height = height;
	shape.backing = (size_t)width * (size_t)height * (size_t)shape.bytes;
	shape.shared = false;
	virgl->reading = transport->impl->create(transport, &shape);
	if (transport->dead)
		virgl_lose(virgl, "the host does not answer any more");
	return virgl->reading;
}

static bool read_copied(struct virgl *virgl, struct virgl_target *target, const struct box *box,
	const struct pixels *into, int x, int y)
{
	size_t row = (size_t)box->width * (size_t)target->resource->shape.bytes;
	int rows = (int)CLAMP(BAND_BYTES / row, 1, (size_t)box->height);
	struct virgl_resource *reading = take_reading(virgl, target, box->width, rows);
	if (!reading)
		return false;
	const struct pixels pixels = pixels_of(reading, target->fourcc);
	for (int i = 0; i < box->height; i += rows) {
		const struct box part = {
			box->x, box->y + i, box->width, MIN(rows, box->height - i)};
		const struct box there = {0, 0, part.width, part.height};
		if (!encode_copy(&virgl->stream, reading, 0, 0, target->resource, &part) ||
			!get(virgl, reading, &there) ||
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
		log_error("%dx%d pixels cannot be read from there", box->width, box->height);
		return false;
	}
	virgl->spare_idle = 0;
	return target->resource->map ? read_straight(virgl, target, box, into, x, y)
				     : read_copied(virgl, target, box, into, x, y);
}

// Memory that the CPU reaches by itself.
static bool copy(struct buffer *source, const struct box *box, const struct pixels *into)
{
	struct pixels pixels;
	if (!buffer_begin_access(source, &pixels)) {
		log_error("a buffer of %dx%d, format 0x%08x, cannot be read", source->width,
			source->height, source->format);
		return false;
	}
	bool ok = pixels_convert(&pixels, box, into, 0, 0);
	buffer_end_access(source);
	return ok;
}

bool virgl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into)
{
	struct virgl *virgl = virgl_from(renderer);
	if (source->impl->begin_access)
		return copy(source, box, into);
	struct virgl_target *target = virgl_target_for(virgl, source);
	if (!target)
		return false;
	// A host that draws nothing any more answers with an old picture.
	bool ok = virgl_read_target(virgl, target, box, into, 0, 0) && virgl_canary_look(virgl);
	virgl_target_done(virgl, target, source);
	return ok;
}
