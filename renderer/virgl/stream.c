// SPDX-License-Identifier: MIT
// Stores the words of a command stream, allocates object handles and tracks the resources in use.
#include "renderer/virgl/stream.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

// Handles are reused, so that they stay small and index a table.
#define MAX_OBJECTS ((size_t)1 << 20)

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

bool stream_refuse(struct virgl_stream *stream, const char *why)
{
	if (!stream->refused)
		stream->refused = why;
	return false;
}

void stream_put_float(struct virgl_stream *stream, float value)
{
	uint32_t word;
	memcpy(&word, &value, sizeof(word));
	stream_put(stream, word);
}

void stream_put_zeroes(struct virgl_stream *stream, size_t n)
{
	while (n-- > 0)
		stream_put(stream, 0);
}

void stream_begin(struct virgl_stream *stream, enum virgl_command command, enum virgl_object object,
	size_t length)
{
	stream_put(stream, (uint32_t)command | (uint32_t)object << 8 | (uint32_t)length << 16);
}

void *stream_put_room(struct virgl_stream *stream, size_t words)
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

enum virgl_object stream_kind(const struct virgl_stream *stream, uint32_t handle)
{
	return handle && handle < stream->n_objects ? stream->objects[handle] : VIRGL_NO_OBJECT;
}

// Returns 0 if no handles are left.
static uint32_t handle_alloc(struct virgl_stream *stream, enum virgl_object kind)
{
	size_t handle = MAX(stream->lowest, 1);
	while (handle < stream->n_objects && stream->objects[handle])
		handle++;
	stream->lowest = handle;
	if (handle >= MAX_OBJECTS) {
		stream_refuse(stream, "no object handles are left");
		return 0;
	}
	while (stream->n_objects <= handle) {
		array_reserve(stream->objects, stream->n_objects, stream->objects_capacity);
		stream->objects[stream->n_objects++] = VIRGL_NO_OBJECT;
	}
	stream->objects[handle] = (uint8_t)kind;
	return (uint32_t)handle;
}

uint32_t stream_create(struct virgl_stream *stream, enum virgl_object kind, size_t length)
{
	uint32_t handle = handle_alloc(stream, kind);
	if (handle) {
		stream_begin(stream, VIRGL_CREATE_OBJECT, kind, length);
		stream_put(stream, handle);
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

bool stream_check_resource(struct virgl_stream *stream, const struct virgl_resource *resource,
	uint32_t target, uint32_t bind)
{
	if (!resource || !resource->id)
		return stream_refuse(stream, "a resource that does not exist on the host");
	if (resource->shape.target != target)
		return stream_refuse(stream, "a resource of another target");
	return (resource->shape.bind & bind) == bind ||
		stream_refuse(stream, "a resource without the bind flag");
}

bool stream_check_box(
	struct virgl_stream *stream, const struct virgl_resource *resource, const struct box *box)
{
	const struct virgl_shape *shape = &resource->shape;
	return (box->x >= 0 && box->y >= 0 && box->width > 0 && box->height > 0 &&
		       box->width <= shape->width && box->height <= shape->height &&
		       box->x <= shape->width - box->width &&
		       box->y <= shape->height - box->height) ||
		stream_refuse(stream, "a box outside of its resource");
}

bool stream_check_kind(struct virgl_stream *stream, uint32_t handle, enum virgl_object kind)
{
	return stream_kind(stream, handle) == kind ||
		stream_refuse(stream, "a handle of another object type");
}
