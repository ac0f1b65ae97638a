// SPDX-License-Identifier: MIT
// Encodes the commands that clear, draw and transfer pixels.
#include <string.h>
#include "renderer/virgl/encode.h"
#include "renderer/virgl/stream.h"

// Drawing

bool encode_clear(struct virgl_stream *stream, const float color[4])
{
	enum { FIRST_COLOR = 1 << 2 };
	stream_begin(stream, VIRGL_CLEAR, VIRGL_NO_OBJECT, 8);
	stream_put(stream, FIRST_COLOR);
	for (int i = 0; i < 4; i++)
		stream_put_float(stream, color[i]);
	stream_put_zeroes(stream, 3);
	return true;
}

bool encode_draw(struct virgl_stream *stream, uint32_t first, uint32_t count)
{
	if (count < 3 || first > UINT32_MAX - count)
		return stream_refuse(stream, "too few vertices");
	stream_begin(stream, VIRGL_DRAW, VIRGL_NO_OBJECT, 12);
	stream_put(stream, first);
	stream_put(stream, count);
	stream_put(stream, VIRGL_TRIANGLE_STRIP);
	stream_put(stream, 0);
	stream_put(stream, 1); // instance
	stream_put_zeroes(stream, 4);
	stream_put(stream, first);
	stream_put(stream, first + count - 1);
	stream_put(stream, 0);
	return true;
}

// Pixels

bool encode_copy(struct virgl_stream *stream, struct virgl_resource *into, int x, int y,
	struct virgl_resource *from, const struct box *box)
{
	if (!stream_check_resource(stream, into, VIRGL_TEXTURE, 0) ||
		!stream_check_resource(stream, from, VIRGL_TEXTURE, 0) ||
		!stream_check_box(stream, from, box) ||
		!stream_check_box(stream, into, &(struct box){x, y, box->width, box->height}))
		return false;
	if (into == from || into->shape.bytes != from->shape.bytes)
		return stream_refuse(stream, "a copy between pixels of different size");
	stream_begin(stream, VIRGL_COPY_REGION, VIRGL_NO_OBJECT, 13);
	stream_put(stream, into->id);
	stream_put(stream, 0);
	stream_put(stream, (uint32_t)x);
	stream_put(stream, (uint32_t)y);
	stream_put(stream, 0);
	stream_put(stream, from->id);
	stream_put(stream, 0);
	stream_put(stream, (uint32_t)box->x);
	stream_put(stream, (uint32_t)box->y);
	stream_put(stream, 0);
	stream_put(stream, (uint32_t)box->width);
	stream_put(stream, (uint32_t)box->height);
	stream_put(stream, 1);
	virgl_stream_use(stream, into);
	virgl_stream_use(stream, from);
	return true;
}

// Appends the eleven words that all transfers start with.
static void put_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, uint32_t stride)
{
	stream_put(stream, resource->id);
	stream_put_zeroes(stream, 2); // level, usage
	stream_put(stream, stride);
	stream_put(stream, 0);
	stream_put(stream, (uint32_t)box->x);
	stream_put(stream, (uint32_t)box->y);
	stream_put(stream, 0);
	stream_put(stream, (uint32_t)box->width);
	stream_put(stream, (uint32_t)box->height);
	stream_put(stream, 1);
	virgl_stream_use(stream, resource);
}

static bool check_transfer(
	struct virgl_stream *stream, struct virgl_resource *resource, const struct box *box)
{
	return (resource && resource->shape.bytes > 0 &&
		       stream_check_resource(stream, resource, resource->shape.target, 0) &&
		       stream_check_box(stream, resource, box)) ||
		stream_refuse(stream, "a transfer to an invalid resource or box");
}

void *encode_inline_write(
	struct virgl_stream *stream, struct virgl_resource *resource, const struct box *box)
{
	if (!check_transfer(stream, resource, box))
		return NULL;
	uint64_t row = (uint64_t)box->width * (uint64_t)resource->shape.bytes;
	uint64_t words = (row * (uint64_t)box->height + 3) / 4;
	if (row > VIRGL_MAX_LENGTH * 4 || words > VIRGL_MAX_LENGTH - 11) {
		stream_refuse(stream, "more pixels than fit into a command");
		return NULL;
	}
	stream_begin(stream, VIRGL_INLINE_WRITE, VIRGL_NO_OBJECT, 11 + words);
	put_transfer(stream, resource, box, (uint32_t)row);
	char *room = stream_put_room(stream, words);
	memset(room + (words - 1) * 4, 0, 4);
	return room;
}

// Checks that the rows of box, from offset, are inside of memory of that size; else refuses the
// command and returns false.
static bool check_memory(struct virgl_stream *stream, const struct virgl_resource *resource,
	const struct box *box, size_t memory, uint64_t offset, uint64_t stride)
{
	uint64_t row = (uint64_t)box->width * (uint64_t)resource->shape.bytes;
	uint64_t end = offset + stride * (uint64_t)(box->height - 1) + row;
	return (stride >= row && stride <= UINT32_MAX && end <= memory && end <= UINT32_MAX) ||
		stream_refuse(stream, "a transfer from outside of the backing");
}

bool encode_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, bool to_host)
{
	if (!check_transfer(stream, resource, box))
		return false;
	uint64_t bytes = (uint64_t)resource->shape.bytes;
	uint64_t stride = (uint64_t)resource->shape.width * bytes;
	uint64_t offset = (uint64_t)box->y * stride + (uint64_t)box->x * bytes;
	if (!check_memory(stream, resource, box, resource->shape.backing, offset, stride))
		return false;
	stream_begin(stream, VIRGL_TRANSFER, VIRGL_NO_OBJECT, 13);
	put_transfer(stream, resource, box, (uint32_t)stride);
	stream_put(stream, (uint32_t)offset);
	stream_put(stream, to_host ? 1 : 2);
	return true;
}

bool encode_copy_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, struct virgl_resource *staging, uint32_t offset, uint32_t stride)
{
	enum { SYNCHRONIZED = 1 };
	if (!check_transfer(stream, resource, box) ||
		!stream_check_resource(stream, staging, VIRGL_BUFFER, VIRGL_BIND_STAGING) ||
		!check_memory(stream, resource, box, staging->shape.backing, offset, stride))
		return false;
	stream_begin(stream, VIRGL_COPY_TRANSFER, VIRGL_NO_OBJECT, 14);
	put_transfer(stream, resource, box, stride);
	stream_put(stream, staging->id);
	stream_put(stream, offset);
	stream_put(stream, SYNCHRONIZED);
	virgl_stream_use(stream, staging);
	return true;
}
