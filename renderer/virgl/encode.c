// SPDX-License-Identifier: MIT
#include "renderer/virgl/encode.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

// Handles are small and used again, so that a table knows them all.
#define MAX_OBJECTS ((size_t)1 << 20)
// The host keeps shaders in so many tokens; far more than any of ours has.
#define SHADER_TOKENS 300
#define MAX_CONSTANTS 64
#define MAX_SLOTS 16

void virgl_stream_init(struct virgl_stream *stream)
{
	*stream = (struct virgl_stream){.serial = 1};
}

void virgl_stream_finish(struct virgl_stream *stream)
{
	free(stream->words);
	free(stream->objects);
	free(stream->uses);
	*stream = (struct virgl_stream){0};
}

void virgl_stream_next(struct virgl_stream *stream)
{
	stream->count = 0;
	stream->n_uses = 0;
	stream->serial++;
	stream->refused = NULL;
}

void virgl_stream_reset(struct virgl_stream *stream)
{
	virgl_stream_next(stream);
	stream->n_objects = stream->lowest = 0;
}

// Words

static bool refuse(struct virgl_stream *stream, const char *why)
{
	if (!stream->refused)
		stream->refused = why;
	return false;
}

static void put(struct virgl_stream *stream, uint32_t word)
{
	array_reserve(stream->words, stream->count, stream->capacity);
	stream->words[stream->count++] = word;
}

static void put_float(struct virgl_stream *stream, float value)
{
	uint32_t word;
	memcpy(&word, &value, sizeof(word));
	put(stream, word);
}

static void put_zeroes(struct virgl_stream *stream, size_t n)
{
	while (n-- > 0)
		put(stream, 0);
}

static void begin(struct virgl_stream *stream, enum virgl_command command, enum virgl_object object,
	size_t length)
{
	put(stream, (uint32_t)command | (uint32_t)object << 8 | (uint32_t)length << 16);
}

static void *put_room(struct virgl_stream *stream, size_t words)
{
	while (stream->capacity - stream->count < words) {
		stream->capacity = stream->capacity ? stream->capacity * 2 : 64;
		stream->words = xrealloc(stream->words, stream->capacity, sizeof(*stream->words));
	}
	uint32_t *room = stream->words + stream->count;
	stream->count += words;
	return room;
}

// Handles and resources

static enum virgl_object kind_of(const struct virgl_stream *stream, uint32_t handle)
{
	return handle && handle < stream->n_objects ? stream->objects[handle] : VIRGL_NO_OBJECT;
}

// 0: there are no more.
static uint32_t new_handle(struct virgl_stream *stream, enum virgl_object kind)
{
	size_t handle = MAX(stream->lowest, 1);
	while (handle < stream->n_objects && stream->objects[handle])
		handle++;
	stream->lowest = handle;
	if (handle >= MAX_OBJECTS) {
		refuse(stream, "there are no more handles");
		return 0;
	}
	while (stream->n_objects <= handle) {
		array_reserve(stream->objects, stream->n_objects, stream->objects_capacity);
		stream->objects[stream->n_objects++] = VIRGL_NO_OBJECT;
	}
	stream->objects[handle] = (uint8_t)kind;
	return (uint32_t)handle;
}

static uint32_t create(struct virgl_stream *stream, enum virgl_object kind, size_t length)
{
	uint32_t handle = new_handle(stream, kind);
	if (handle) {
		begin(stream, VIRGL_CREATE_OBJECT, kind, length);
		put(stream, handle);
	}
	return handle;
}

void virgl_stream_use(struct virgl_stream *stream, struct virgl_resource *resource)
{
	if (resource->stream == stream->serial)
		return;
	resource->stream = stream->serial;
	array_reserve(stream->uses, stream->n_uses, stream->uses_capacity);
	stream->uses[stream->n_uses++] = resource;
}

static bool check_resource(struct virgl_stream *stream, const struct virgl_resource *resource,
	uint32_t target, uint32_t bind)
{
	if (!resource || !resource->id)
		return refuse(stream, "a resource that the host does not have");
	if (resource->shape.target != target)
		return refuse(stream, "a resource of another kind");
	return (resource->shape.bind & bind) == bind ||
		refuse(stream, "a resource that is not for this use");
}

static bool check_box(
	struct virgl_stream *stream, const struct virgl_resource *resource, const struct box *box)
{
	const struct virgl_shape *shape = &resource->shape;
	return (box->x >= 0 && box->y >= 0 && box->width > 0 && box->height > 0 &&
		       box->width <= shape->width && box->height <= shape->height &&
		       box->x <= shape->width - box->width &&
		       box->y <= shape->height - box->height) ||
		refuse(stream, "a box outside of its resource");
}

static bool check_kind(struct virgl_stream *stream, uint32_t handle, enum virgl_object kind)
{
	return kind_of(stream, handle) == kind || refuse(stream, "a handle of another object");
}

// Objects

uint32_t encode_blend(struct virgl_stream *stream, bool over)
{
	enum { ONE = 1, ONE_MINUS_ALPHA = 19, ALL_CHANNELS = 0xf };
	uint32_t handle = create(stream, VIRGL_BLEND, 11), first = (uint32_t)ALL_CHANNELS << 27;
	if (!handle)
		return 0;
	if (over)
		first |= 1 | ONE << 4 | ONE_MINUS_ALPHA << 9 | ONE << 17 | ONE_MINUS_ALPHA << 22;
	put_zeroes(stream, 2);
	put(stream, first);
	put_zeroes(stream, 7); // there is one target
	return handle;
}

uint32_t encode_rasterizer(struct virgl_stream *stream)
{
	enum { DEPTH_CLIP = 1 << 1, SCISSOR = 1 << 14, HALF_PIXEL_CENTER = 1 << 29 };
	uint32_t handle = create(stream, VIRGL_RASTERIZER, 9);
	if (!handle)
		return 0;
	put(stream, DEPTH_CLIP | SCISSOR | HALF_PIXEL_CENTER);
	put_float(stream, 1); // points
	put_zeroes(stream, 2);
	put_float(stream, 1); // lines
	put_zeroes(stream, 3);
	return handle;
}

uint32_t encode_dsa(struct virgl_stream *stream)
{
	uint32_t handle = create(stream, VIRGL_DSA, 5);
	if (handle)
		put_zeroes(stream, 4);
	return handle;
}

uint32_t encode_shader(struct virgl_stream *stream, enum virgl_stage stage, const char *text)
{
	size_t bytes = strlen(text) + 1, words = (bytes + 3) / 4;
	if (words > VIRGL_MAX_LENGTH - 5) {
		refuse(stream, "a shader that is too long");
		return 0;
	}
	uint32_t handle = create(stream, VIRGL_SHADER, 5 + words);
	if (!handle)
		return 0;
	put(stream, stage);
	put(stream, (uint32_t)bytes);
	put(stream, SHADER_TOKENS);
	put(stream, 0);
	char *room = put_room(stream, words);
	memset(room, 0, words * 4);
	memcpy(room, text, bytes);
	return handle;
}

uint32_t encode_vertex_elements(struct virgl_stream *stream, uint32_t format)
{
	uint32_t handle = create(stream, VIRGL_VERTEX_ELEMENTS, 5);
	if (!handle)
		return 0;
	put_zeroes(stream, 3);
	put(stream, format);
	return handle;
}

uint32_t encode_view(struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format,
	const uint8_t swizzle[4])
{
	uint32_t channels = 0;
	for (unsigned i = 0; i < 4; i++) {
		if (swizzle[i] > VIRGL_ONE) {
			refuse(stream, "a channel that does not exist");
			return 0;
		}
		channels |= (uint32_t)swizzle[i] << (3 * i);
	}
	if (!check_resource(stream, resource, VIRGL_TEXTURE, VIRGL_BIND_SAMPLE))
		return 0;
	uint32_t handle = create(stream, VIRGL_VIEW, 6);
	if (!handle)
		return 0;
	put(stream, resource->id);
	put(stream, format | (uint32_t)VIRGL_TEXTURE << 24);
	put_zeroes(stream, 2);
	put(stream, channels);
	virgl_stream_use(stream, resource);
	return handle;
}

uint32_t encode_sampler(struct virgl_stream *stream, bool linear)
{
	enum { CLAMP_TO_EDGE = 2, NO_MIPS = 2 };
	uint32_t handle = create(stream, VIRGL_SAMPLER, 9), filter = linear;
	if (!handle)
		return 0;
	put(stream,
		CLAMP_TO_EDGE | CLAMP_TO_EDGE << 3 | CLAMP_TO_EDGE << 6 | filter << 9 |
			NO_MIPS << 11 | filter << 13);
	put_zeroes(stream, 7);
	return handle;
}

uint32_t encode_surface(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format)
{
	if (!check_resource(stream, resource, VIRGL_TEXTURE, VIRGL_BIND_RENDER))
		return 0;
	uint32_t handle = create(stream, VIRGL_SURFACE, 5);
	if (!handle)
		return 0;
	put(stream, resource->id);
	put(stream, format);
	put_zeroes(stream, 2);
	virgl_stream_use(stream, resource);
	return handle;
}

bool encode_destroy(struct virgl_stream *stream, uint32_t handle)
{
	enum virgl_object kind = kind_of(stream, handle);
	if (!kind)
		return refuse(stream, "a handle of no object");
	begin(stream, VIRGL_DESTROY_OBJECT, kind, 1);
	put(stream, handle);
	stream->objects[handle] = VIRGL_NO_OBJECT;
	stream->lowest = MIN(stream->lowest, handle);
	return true;
}

// State

bool encode_bind(struct virgl_stream *stream, uint32_t handle)
{
	enum virgl_object kind = kind_of(stream, handle);
	if (kind != VIRGL_BLEND && kind != VIRGL_RASTERIZER && kind != VIRGL_DSA &&
		kind != VIRGL_VERTEX_ELEMENTS)
		return refuse(stream, "a handle of nothing that is bound");
	begin(stream, VIRGL_BIND_OBJECT, kind, 1);
	put(stream, handle);
	return true;
}

bool encode_bind_shader(struct virgl_stream *stream, enum virgl_stage stage, uint32_t handle)
{
	if (!check_kind(stream, handle, VIRGL_SHADER))
		return false;
	begin(stream, VIRGL_BIND_SHADER, VIRGL_NO_OBJECT, 2);
	put(stream, handle);
	put(stream, stage);
	return true;
}

bool encode_framebuffer(struct virgl_stream *stream, uint32_t surface)
{
	if (!check_kind(stream, surface, VIRGL_SURFACE))
		return false;
	begin(stream, VIRGL_SET_FRAMEBUFFER, VIRGL_NO_OBJECT, 3);
	put(stream, 1);
	put(stream, 0);
	put(stream, surface);
	return true;
}

void encode_fatal(struct virgl_stream *stream)
{
	begin(stream, VIRGL_SET_FRAMEBUFFER, VIRGL_NO_OBJECT, 3);
	put(stream, 1);
	put(stream, 0);
	put(stream, UINT32_MAX);
}

bool encode_viewport(struct virgl_stream *stream, int width, int height)
{
	if (width <= 0 || height <= 0)
		return refuse(stream, "a viewport without pixels");
	const float half[3] = {(float)width / 2, (float)height / 2, 0.5f};
	begin(stream, VIRGL_SET_VIEWPORT, VIRGL_NO_OBJECT, 7);
	put(stream, 0);
	for (int i = 0; i < 6; i++)
		put_float(stream, half[i % 3]);
	return true;
}

bool encode_scissor(struct virgl_stream *stream, const struct box *box)
{
	if (box->x < 0 || box->y < 0 || box->width <= 0 || box->height <= 0 ||
		box->x > 0xffff - box->width || box->y > 0xffff - box->height)
		return refuse(stream, "a scissor of no pixels");
	begin(stream, VIRGL_SET_SCISSOR, VIRGL_NO_OBJECT, 3);
	put(stream, 0);
	put(stream, (uint32_t)box->x | (uint32_t)box->y << 16);
	put(stream, (uint32_t)(box->x + box->width) | (uint32_t)(box->y + box->height) << 16);
	return true;
}

bool encode_vertex_buffer(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t stride)
{
	if (!check_resource(stream, resource, VIRGL_BUFFER, VIRGL_BIND_VERTEX))
		return false;
	begin(stream, VIRGL_SET_VERTEX_BUFFERS, VIRGL_NO_OBJECT, 3);
	put(stream, stride);
	put(stream, 0);
	put(stream, resource->id);
	virgl_stream_use(stream, resource);
	return true;
}

static bool set_slot(struct virgl_stream *stream, enum virgl_command command,
	enum virgl_object kind, unsigned slot, uint32_t handle)
{
	if (slot >= MAX_SLOTS)
		return refuse(stream, "a slot that does not exist");
	if (!check_kind(stream, handle, kind))
		return false;
	begin(stream, command, VIRGL_NO_OBJECT, 3);
	put(stream, VIRGL_FRAGMENT);
	put(stream, slot);
	put(stream, handle);
	return true;
}

bool encode_set_view(struct virgl_stream *stream, unsigned slot, uint32_t view)
{
	return set_slot(stream, VIRGL_SET_SAMPLER_VIEWS, VIRGL_VIEW, slot, view);
}

bool encode_bind_sampler(struct virgl_stream *stream, unsigned slot, uint32_t sampler)
{
	return set_slot(stream, VIRGL_BIND_SAMPLERS, VIRGL_SAMPLER, slot, sampler);
}

bool encode_constants(
	struct virgl_stream *stream, enum virgl_stage stage, const float *values, size_t n)
{
	if (n == 0 || n % 4 != 0 || n > MAX_CONSTANTS)
		return refuse(stream, "constants that are no vectors");
	begin(stream, VIRGL_SET_CONSTANTS, VIRGL_NO_OBJECT, 2 + n);
	put(stream, stage);
	put(stream, 0);
	for (size_t i = 0; i < n; i++)
		put_float(stream, values[i]);
	return true;
}

// Drawing

bool encode_clear(struct virgl_stream *stream, const float color[4])
{
	enum { FIRST_COLOR = 1 << 2 };
	begin(stream, VIRGL_CLEAR, VIRGL_NO_OBJECT, 8);
	put(stream, FIRST_COLOR);
	for (int i = 0; i < 4; i++)
		put_float(stream, color[i]);
	put_zeroes(stream, 3);
	return true;
}

bool encode_draw(struct virgl_stream *stream, uint32_t first, uint32_t count)
{
	if (count < 3 || first > UINT32_MAX - count)
		return refuse(stream, "too few vertices");
	begin(stream, VIRGL_DRAW, VIRGL_NO_OBJECT, 12);
	put(stream, first);
	put(stream, count);
	put(stream, VIRGL_TRIANGLE_STRIP);
	put(stream, 0);
	put(stream, 1); // instance
	put_zeroes(stream, 4);
	put(stream, first);
	put(stream, first + count - 1);
	put(stream, 0);
	return true;
}

// Pixels

bool encode_copy(struct virgl_stream *stream, struct virgl_resource *into, int x, int y,
	struct virgl_resource *from, const struct box *box)
{
	if (!check_resource(stream, into, VIRGL_TEXTURE, 0) ||
		!check_resource(stream, from, VIRGL_TEXTURE, 0) || !check_box(stream, from, box) ||
		!check_box(stream, into, &(struct box){x, y, box->width, box->height}))
		return false;
	if (into == from || into->shape.bytes != from->shape.bytes)
		return refuse(stream, "a copy between pixels that differ");
	begin(stream, VIRGL_COPY_REGION, VIRGL_NO_OBJECT, 13);
	put(stream, into->id);
	put(stream, 0);
	put(stream, (uint32_t)x);
	put(stream, (uint32_t)y);
	put(stream, 0);
	put(stream, from->id);
	put(stream, 0);
	put(stream, (uint32_t)box->x);
	put(stream, (uint32_t)box->y);
	put(stream, 0);
	put(stream, (uint32_t)box->width);
	put(stream, (uint32_t)box->height);
	put(stream, 1);
	virgl_stream_use(stream, into);
	virgl_stream_use(stream, from);
	return true;
}

// The first eleven words of all transfers.
static void put_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, uint32_t stride)
{
	put(stream, resource->id);
	put_zeroes(stream, 2); // level, usage
	put(stream, stride);
	put(stream, 0);
	put(stream, (uint32_t)box->x);
	put(stream, (uint32_t)box->y);
	put(stream, 0);
	put(stream, (uint32_t)box->width);
	put(stream, (uint32_t)box->height);
	put(stream, 1);
	virgl_stream_use(stream, resource);
}

static bool check_transfer(
	struct virgl_stream *stream, struct virgl_resource *resource, const struct box *box)
{
	return (resource && resource->shape.bytes > 0 &&
		       check_resource(stream, resource, resource->shape.target, 0) &&
		       check_box(stream, resource, box)) ||
		refuse(stream, "a transfer to nowhere");
}

void *encode_inline_write(
	struct virgl_stream *stream, struct virgl_resource *resource, const struct box *box)
{
	if (!check_transfer(stream, resource, box))
		return NULL;
	uint64_t row = (uint64_t)box->width * (uint64_t)resource->shape.bytes;
	uint64_t words = (row * (uint64_t)box->height + 3) / 4;
	if (row > VIRGL_MAX_LENGTH * 4 || words > VIRGL_MAX_LENGTH - 11) {
		refuse(stream, "more pixels than one command holds");
		return NULL;
	}
	begin(stream, VIRGL_INLINE_WRITE, VIRGL_NO_OBJECT, 11 + words);
	put_transfer(stream, resource, box, (uint32_t)row);
	char *room = put_room(stream, words);
	memset(room + (words - 1) * 4, 0, 4);
	return room;
}

// Whether rows of box lie in memory of so many bytes, from offset.
static bool check_memory(struct virgl_stream *stream, const struct virgl_resource *resource,
	const struct box *box, size_t memory, uint64_t offset, uint64_t stride)
{
	uint64_t row = (uint64_t)box->width * (uint64_t)resource->shape.bytes;
	uint64_t end = offset + stride * (uint64_t)(box->height - 1) + row;
	return (stride >= row && stride <= UINT32_MAX && end <= memory && end <= UINT32_MAX) ||
		refuse(stream, "a transfer from outside of the memory");
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
	begin(stream, VIRGL_TRANSFER, VIRGL_NO_OBJECT, 13);
	put_transfer(stream, resource, box, (uint32_t)stride);
	put(stream, (uint32_t)offset);
	put(stream, to_host ? 1 : 2);
	return true;
}

bool encode_copy_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, struct virgl_resource *staging, uint32_t offset, uint32_t stride)
{
	enum { SYNCHRONIZED = 1 };
	if (!check_transfer(stream, resource, box) ||
		!check_resource(stream, staging, VIRGL_BUFFER, VIRGL_BIND_STAGING) ||
		!check_memory(stream, resource, box, staging->shape.backing, offset, stride))
		return false;
	begin(stream, VIRGL_COPY_TRANSFER, VIRGL_NO_OBJECT, 14);
	put_transfer(stream, resource, box, stride);
	put(stream, staging->id);
	put(stream, offset);
	put(stream, SYNCHRONIZED);
	virgl_stream_use(stream, staging);
	return true;
}
