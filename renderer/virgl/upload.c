// SPDX-License-Identifier: MIT
// Uploads damaged pixels of CPU memory to textures. Small uploads are part of the command stream,
// larger ones are copied to staging buffers that the host reads. For hosts that do not support
// those, each texture has a backing of its own.
#include <string.h>
#include "compositor/base/base.h"
#include "renderer/convert.h"
#include "renderer/virgl/virgl.h"

// Uploads of up to this many bytes are part of the stream. Up to 4 kB both ways take the same time
// (measured: 8 to 20 us through a socket; above, staging is faster), but in a guest the cost of a
// stream grows with its size.
#define INLINE_BYTES 256
// Maximum size of one inline write.
#define MAX_INLINE_BYTES ((size_t)(VIRGL_MAX_LENGTH - 11) * 4)
#define ALIGN 64
// Damage of more rectangles is uploaded as one bounding box, because each upload is a costly
// command.
#define MAX_UPLOADS 16
// All staging buffers but one are freed after this many frames without large uploads.
#define IDLE_FRAMES 64

size_t virgl_upload_backing(const struct virgl *virgl, size_t bytes)
{
	return virgl->caps.copy_transfer || bytes <= INLINE_BYTES ? 0 : bytes;
}

// Staging

// Whether the host has read everything in a block.
static bool block_is_idle(struct virgl *virgl, size_t index)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_resource *block = virgl->staging.blocks[index];
	return block && block->stream != virgl->stream.serial &&
		transport->impl->wait(transport, block, false) == VIRGL_IDLE;
}

static bool block_create(struct virgl *virgl, size_t index)
{
	const struct virgl_shape shape = {
		.target = VIRGL_BUFFER,
		.format = VIRGL_R8,
		.bind = VIRGL_BIND_STAGING,
		.width = (int)VIRGL_BLOCK_SIZE,
		.height = 1,
		.bytes = 1,
		.backing = VIRGL_BLOCK_SIZE,
	};
	struct virgl_transport *transport = virgl->transport;
	virgl->staging.blocks[index] = transport->impl->create(transport, &shape);
	if (transport->dead)
		virgl_lose(virgl, "the host does not respond");
	return virgl->staging.blocks[index];
}

// Makes an empty block current: an idle one, else a new one, else the oldest one, after waiting for
// the host to read it.
static bool staging_next_block(struct virgl *virgl)
{
	struct virgl_staging *staging = &virgl->staging;
	size_t before = staging->current;
	staging->used = 0;
	staging->moves++;
	for (size_t i = 1; i <= VIRGL_BLOCKS; i++) {
		staging->current = (before + i) % VIRGL_BLOCKS;
		if (block_is_idle(virgl, staging->current))
			return true;
	}
	for (size_t i = 1; i <= VIRGL_BLOCKS; i++) {
		staging->current = (before + i) % VIRGL_BLOCKS;
		if (!staging->blocks[staging->current])
			return block_create(virgl, staging->current);
	}
	staging->current = (before + 1) % VIRGL_BLOCKS;
	return virgl_wait(virgl, staging->blocks[staging->current]);
}

// Returns a block with space (*room bytes from *offset) for at least one row. NULL: the host was
// lost (logged).
static struct virgl_resource *staging_reserve(
	struct virgl *virgl, size_t row, size_t *offset, size_t *room)
{
	struct virgl_staging *staging = &virgl->staging;
	if (block_is_idle(virgl, staging->current))
		staging->used = 0; // its pages are still in the caches
	size_t start = (staging->used + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!staging->blocks[staging->current] || start + row > VIRGL_BLOCK_SIZE) {
		if (!staging_next_block(virgl))
			return NULL;
		start = 0;
	}
	*offset = start;
	*room = VIRGL_BLOCK_SIZE - start;
	return staging->blocks[staging->current];
}

void virgl_staging_finish(struct virgl *virgl)
{
	struct virgl_transport *transport = virgl->transport;
	for (size_t i = 0; i < VIRGL_BLOCKS; i++)
		if (virgl->staging.blocks[i])
			transport->impl->release(transport, virgl->staging.blocks[i]);
	virgl->staging = (struct virgl_staging){0};
}

void virgl_staging_age(struct virgl *virgl)
{
	struct virgl_staging *staging = &virgl->staging;
	staging->idle = staging->moves > 1 ? 0 : staging->idle + 1;
	staging->moves = 0;
	if (staging->idle < IDLE_FRAMES)
		return;
	staging->idle = 0;
	for (size_t i = 0; i < VIRGL_BLOCKS; i++) {
		if (i == staging->current)
			continue;
		virgl_retire(virgl, staging->blocks[i]);
		staging->blocks[i] = NULL;
	}
}

// Uploads

struct upload {
	struct virgl *virgl;
	struct virgl_resource *resource;
	const struct virgl_layout *layout;
	const struct pixels *pixels;
};

static bool upload_convert(
	const struct upload *upload, const struct box *box, void *into, size_t stride)
{
	const struct pixels room = {into, stride, box->width, box->height, upload->layout->fourcc};
	return pixels_convert(upload->pixels, box, &room, 0, 0);
}

static size_t upload_row_bytes(const struct upload *upload, const struct box *box)
{
	return (size_t)box->width * upload->layout->bytes;
}

static bool upload_inline(const struct upload *upload, const struct box *box)
{
	size_t row = upload_row_bytes(upload, box);
	int rows = (int)MIN(MAX_INLINE_BYTES / row, (size_t)box->height);
	for (int y = 0; y < box->height; y += rows) {
		const struct box piece = {
			box->x, box->y + y, box->width, MIN(rows, box->height - y)};
		if (upload->virgl->stream.count > VIRGL_STREAM_LIMIT &&
			!virgl_flush(upload->virgl, NULL))
			return false;
		void *room = encode_inline_write(&upload->virgl->stream, upload->resource, &piece);
		if (!room || !upload_convert(upload, &piece, room, row))
			return false;
	}
	return true;
}

static bool upload_staged(const struct upload *upload, const struct box *box)
{
	struct virgl *virgl = upload->virgl;
	size_t row = upload_row_bytes(upload, box), stride = (row + 3) & ~(size_t)3;
	for (int y = 0; y < box->height;) {
		size_t offset, room;
		struct virgl_resource *block = staging_reserve(virgl, stride, &offset, &room);
		if (!block)
			return false;
		const struct box piece = {box->x, box->y + y, box->width,
			(int)MIN(room / stride, (size_t)(box->height - y))};
		size_t bytes = stride * (size_t)piece.height;
		if (!upload_convert(upload, &piece, (char *)block->map + offset, stride) ||
			!encode_copy_transfer(&virgl->stream, upload->resource, &piece, block,
				(uint32_t)offset, (uint32_t)stride))
			return false;
		virgl->staging.used = offset + bytes;
		y += piece.height;
	}
	return true;
}

static bool upload_backed(const struct upload *upload, const struct box *box)
{
	struct virgl *virgl = upload->virgl;
	struct virgl_transport *transport = virgl->transport;
	const struct pixels backing = {upload->resource->map,
		(size_t)upload->resource->shape.width * upload->layout->bytes,
		upload->resource->shape.width, upload->resource->shape.height,
		upload->layout->fourcc};
	if (!pixels_convert(upload->pixels, box, &backing, box->x, box->y))
		return false;
	if (virgl->caps.transfer)
		return encode_transfer(&virgl->stream, upload->resource, box, true);
	if (transport->impl->put(transport, upload->resource, box))
		return true;
	virgl_lose(virgl, "the host does not respond");
	return false;
}

static bool upload_box(const struct upload *upload, const struct box *box)
{
	size_t bytes = upload_row_bytes(upload, box) * (size_t)box->height;
	if (upload->resource->map)
		return upload_backed(upload, box);
	return bytes <= INLINE_BYTES || !upload->virgl->caps.copy_transfer
		? upload_inline(upload, box)
		: upload_staged(upload, box);
}

static bool upload_region(const struct upload *upload, const region *damage)
{
	const struct pixels *pixels = upload->pixels;
	region inside;
	pixman_region32_init_rect(&inside, 0, 0, (unsigned)pixels->width, (unsigned)pixels->height);
	if (damage)
		pixman_region32_intersect(&inside, &inside, (region *)damage);
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles(&inside, &n);
	if (n > MAX_UPLOADS) {
		boxes = pixman_region32_extents(&inside);
		n = 1;
	}
	bool ok = true;
	for (int i = 0; i < n && ok; i++)
		ok = upload_box(upload,
			&(struct box){boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
				boxes[i].y2 - boxes[i].y1});
	pixman_region32_fini(&inside);
	return ok;
}

bool virgl_upload(struct virgl *virgl, struct virgl_resource *resource,
	const struct virgl_layout *layout, const struct pixels *pixels, const region *damage)
{
	const struct upload upload = {virgl, resource, layout, pixels};
	// The host may still be reading from the backing.
	if (resource->map && !virgl_wait(virgl, resource))
		return false;
	return upload_region(&upload, damage);
}
