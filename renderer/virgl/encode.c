// SPDX-License-Identifier: MIT
// Encodes the commands that create objects and bind state.
#include "renderer/virgl/encode.h"
#include <string.h>
#include "compositor/base/base.h"
#include "renderer/virgl/stream.h"

// Size of the token buffer that the host allocates for a shader; more than any of ours needs.
#define SHADER_TOKENS 300
#define MAX_CONSTANTS 64
#define MAX_SLOTS 16

// Objects

uint32_t encode_blend(struct virgl_stream *stream, bool over)
{
	enum { ONE = 1, ONE_MINUS_ALPHA = 19, ALL_CHANNELS = 0xf };
	uint32_t handle = stream_create(stream, VIRGL_BLEND, 11),
		 first = (uint32_t)ALL_CHANNELS << 27;
	if (!handle)
		return 0;
	if (over)
		first |= 1 | ONE << 4 | ONE_MINUS_ALPHA << 9 | ONE << 17 | ONE_MINUS_ALPHA << 22;
	stream_put_zeroes(stream, 2);
	stream_put(stream, first);
	stream_put_zeroes(stream, 7); // other render targets
	return handle;
}

uint32_t encode_rasterizer(struct virgl_stream *stream)
{
	enum { DEPTH_CLIP = 1 << 1, SCISSOR = 1 << 14, HALF_PIXEL_CENTER = 1 << 29 };
	uint32_t handle = stream_create(stream, VIRGL_RASTERIZER, 9);
	if (!handle)
		return 0;
	stream_put(stream, DEPTH_CLIP | SCISSOR | HALF_PIXEL_CENTER);
	stream_put_float(stream, 1); // points
	stream_put_zeroes(stream, 2);
	stream_put_float(stream, 1); // lines
	stream_put_zeroes(stream, 3);
	return handle;
}

uint32_t encode_dsa(struct virgl_stream *stream)
{
	uint32_t handle = stream_create(stream, VIRGL_DSA, 5);
	if (handle)
		stream_put_zeroes(stream, 4);
	return handle;
}

uint32_t encode_shader(struct virgl_stream *stream, enum virgl_stage stage, const char *text)
{
	size_t bytes = strlen(text) + 1, words = (bytes + 3) / 4;
	if (words > VIRGL_MAX_LENGTH - 5) {
		stream_refuse(stream, "a shader exceeds the length of a command");
		return 0;
	}
	uint32_t handle = stream_create(stream, VIRGL_SHADER, 5 + words);
	if (!handle)
		return 0;
	stream_put(stream, stage);
	stream_put(stream, (uint32_t)bytes);
	stream_put(stream, SHADER_TOKENS);
	stream_put(stream, 0);
	char *room = stream_put_room(stream, words);
	memset(room, 0, words * 4);
	memcpy(room, text, bytes);
	return handle;
}

uint32_t encode_vertex_elements(struct virgl_stream *stream, uint32_t format)
{
	uint32_t handle = stream_create(stream, VIRGL_VERTEX_ELEMENTS, 5);
	if (!handle)
		return 0;
	stream_put_zeroes(stream, 3);
	stream_put(stream, format);
	return handle;
}

uint32_t encode_view(struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format,
	const uint8_t swizzle[4])
{
	uint32_t channels = 0;
	for (unsigned i = 0; i < 4; i++) {
		if (swizzle[i] > VIRGL_ONE) {
			stream_refuse(stream, "a channel that does not exist");
			return 0;
		}
		channels |= (uint32_t)swizzle[i] << (3 * i);
	}
	if (!stream_check_resource(stream, resource, VIRGL_TEXTURE, VIRGL_BIND_SAMPLE))
		return 0;
	uint32_t handle = stream_create(stream, VIRGL_VIEW, 6);
	if (!handle)
		return 0;
	stream_put(stream, resource->id);
	stream_put(stream, format | (uint32_t)VIRGL_TEXTURE << 24);
	stream_put_zeroes(stream, 2);
	stream_put(stream, channels);
	virgl_stream_use(stream, resource);
	return handle;
}

uint32_t encode_sampler(struct virgl_stream *stream, bool linear)
{
	enum { CLAMP_TO_EDGE = 2, NO_MIPS = 2 };
	uint32_t handle = stream_create(stream, VIRGL_SAMPLER, 9), filter = linear;
	if (!handle)
		return 0;
	stream_put(stream,
		CLAMP_TO_EDGE | CLAMP_TO_EDGE << 3 | CLAMP_TO_EDGE << 6 | filter << 9 |
			NO_MIPS << 11 | filter << 13);
	stream_put_zeroes(stream, 7);
	return handle;
}

uint32_t encode_surface(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format)
{
	if (!stream_check_resource(stream, resource, VIRGL_TEXTURE, VIRGL_BIND_RENDER))
		return 0;
	uint32_t handle = stream_create(stream, VIRGL_SURFACE, 5);
	if (!handle)
		return 0;
	stream_put(stream, resource->id);
	stream_put(stream, format);
	stream_put_zeroes(stream, 2);
	virgl_stream_use(stream, resource);
	return handle;
}

bool encode_destroy(struct virgl_stream *stream, uint32_t handle)
{
	enum virgl_object kind = stream_kind(stream, handle);
	if (!kind)
		return stream_refuse(stream, "a handle without an object");
	stream_begin(stream, VIRGL_DESTROY_OBJECT, kind, 1);
	stream_put(stream, handle);
	stream->objects[handle] = VIRGL_NO_OBJECT;
	stream->lowest = MIN(stream->lowest, handle);
	return true;
}

// State

bool encode_bind(struct virgl_stream *stream, uint32_t handle)
{
	enum virgl_object kind = stream_kind(stream, handle);
	if (kind != VIRGL_BLEND && kind != VIRGL_RASTERIZER && kind != VIRGL_DSA &&
		kind != VIRGL_VERTEX_ELEMENTS)
		return stream_refuse(stream, "a handle of an object that cannot be bound");
	stream_begin(stream, VIRGL_BIND_OBJECT, kind, 1);
	stream_put(stream, handle);
	return true;
}

bool encode_bind_shader(struct virgl_stream *stream, enum virgl_stage stage, uint32_t handle)
{
	if (!stream_check_kind(stream, handle, VIRGL_SHADER))
		return false;
	stream_begin(stream, VIRGL_BIND_SHADER, VIRGL_NO_OBJECT, 2);
	stream_put(stream, handle);
	stream_put(stream, stage);
	return true;
}

bool encode_framebuffer(struct virgl_stream *stream, uint32_t surface)
{
	if (!stream_check_kind(stream, surface, VIRGL_SURFACE))
		return false;
	stream_begin(stream, VIRGL_SET_FRAMEBUFFER, VIRGL_NO_OBJECT, 3);
	stream_put(stream, 1);
	stream_put(stream, 0);
	stream_put(stream, surface);
	return true;
}

void encode_fatal(struct virgl_stream *stream)
{
	stream_begin(stream, VIRGL_SET_FRAMEBUFFER, VIRGL_NO_OBJECT, 3);
	stream_put(stream, 1);
	stream_put(stream, 0);
	stream_put(stream, UINT32_MAX);
}

bool encode_viewport(struct virgl_stream *stream, int width, int height)
{
	if (width <= 0 || height <= 0)
		return stream_refuse(stream, "an empty viewport");
	const float half[3] = {(float)width / 2, (float)height / 2, 0.5f};
	stream_begin(stream, VIRGL_SET_VIEWPORT, VIRGL_NO_OBJECT, 7);
	stream_put(stream, 0);
	for (int i = 0; i < 6; i++)
		stream_put_float(stream, half[i % 3]);
	return true;
}

bool encode_scissor(struct virgl_stream *stream, const struct box *box)
{
	if (box->x < 0 || box->y < 0 || box->width <= 0 || box->height <= 0 ||
		box->x > 0xffff - box->width || box->y > 0xffff - box->height)
		return stream_refuse(stream, "an empty or too large scissor");
	stream_begin(stream, VIRGL_SET_SCISSOR, VIRGL_NO_OBJECT, 3);
	stream_put(stream, 0);
	stream_put(stream, (uint32_t)box->x | (uint32_t)box->y << 16);
	stream_put(
		stream, (uint32_t)(box->x + box->width) | (uint32_t)(box->y + box->height) << 16);
	return true;
}

bool encode_vertex_buffer(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t stride)
{
	if (!stream_check_resource(stream, resource, VIRGL_BUFFER, VIRGL_BIND_VERTEX))
		return false;
	stream_begin(stream, VIRGL_SET_VERTEX_BUFFERS, VIRGL_NO_OBJECT, 3);
	stream_put(stream, stride);
	stream_put(stream, 0);
	stream_put(stream, resource->id);
	virgl_stream_use(stream, resource);
	return true;
}

static bool set_slot(struct virgl_stream *stream, enum virgl_command command,
	enum virgl_object kind, unsigned slot, uint32_t handle)
{
	if (slot >= MAX_SLOTS)
		return stream_refuse(stream, "a slot that does not exist");
	if (!stream_check_kind(stream, handle, kind))
		return false;
	stream_begin(stream, command, VIRGL_NO_OBJECT, 3);
	stream_put(stream, VIRGL_FRAGMENT);
	stream_put(stream, slot);
	stream_put(stream, handle);
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
		return stream_refuse(stream, "constants that are not whole vectors");
	stream_begin(stream, VIRGL_SET_CONSTANTS, VIRGL_NO_OBJECT, 2 + n);
	stream_put(stream, stage);
	stream_put(stream, 0);
	for (size_t i = 0; i < n; i++)
		stream_put_float(stream, values[i]);
	return true;
}
