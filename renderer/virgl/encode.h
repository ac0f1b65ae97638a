// SPDX-License-Identifier: MIT
// Commands for a virgl host, as words. The host answers a wrong handle or a box outside of its
// resource with silence for ever, so nothing wrong is written here: every function checks what it is
// given, and refuses (false or 0, *stream unchanged but for `refused`).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "renderer/virgl/transport.h"

// One command's words after its first.
#define VIRGL_MAX_LENGTH 0xffff

enum virgl_command {
	VIRGL_CREATE_OBJECT = 1,
	VIRGL_BIND_OBJECT = 2,
	VIRGL_DESTROY_OBJECT = 3,
	VIRGL_SET_VIEWPORT = 4,
	VIRGL_SET_FRAMEBUFFER = 5,
	VIRGL_SET_VERTEX_BUFFERS = 6,
	VIRGL_CLEAR = 7,
	VIRGL_DRAW = 8,
	VIRGL_INLINE_WRITE = 9,
	VIRGL_SET_SAMPLER_VIEWS = 10,
	VIRGL_SET_CONSTANTS = 12,
	VIRGL_SET_SCISSOR = 15,
	VIRGL_COPY_REGION = 17,
	VIRGL_BIND_SAMPLERS = 18,
	VIRGL_BIND_SHADER = 31,
	VIRGL_TRANSFER = 43,
	VIRGL_COPY_TRANSFER = 45,
};

enum virgl_object {
	VIRGL_NO_OBJECT,
	VIRGL_BLEND,
	VIRGL_RASTERIZER,
	VIRGL_DSA,
	VIRGL_SHADER,
	VIRGL_VERTEX_ELEMENTS,
	VIRGL_VIEW,
	VIRGL_SAMPLER,
	VIRGL_SURFACE,
};

enum virgl_kind {
	VIRGL_BUFFER = 0,
	VIRGL_TEXTURE = 2, // of two dimensions
};

enum virgl_bind {
	VIRGL_BIND_RENDER = 1 << 1,
	VIRGL_BIND_SAMPLE = 1 << 3,
	VIRGL_BIND_VERTEX = 1 << 4,
	VIRGL_BIND_SCANOUT = 1 << 18,
	VIRGL_BIND_STAGING = 1 << 19,
};

enum virgl_stage {
	VIRGL_VERTEX,
	VIRGL_FRAGMENT,
};

enum virgl_swizzle { // where a channel comes from
	VIRGL_RED,
	VIRGL_GREEN,
	VIRGL_BLUE,
	VIRGL_ALPHA,
	VIRGL_ZERO,
	VIRGL_ONE,
};

enum virgl_format_number { // those that are not in format.c
	VIRGL_R32G32_FLOAT = 29,
	VIRGL_R32G32B32A32_FLOAT = 31,
	VIRGL_R8 = 64,
};

#define VIRGL_TRIANGLE_STRIP 5

// What a frame may not bring over before it is submitted: a quarter of a million words.
#define VIRGL_STREAM_LIMIT ((size_t)1 << 18)

struct virgl_stream {
	uint32_t *words;
	size_t count, capacity;
	uint8_t *objects; // by handle: what it names, enum virgl_object; 0 names nothing
	size_t n_objects, objects_capacity;
	size_t lowest;                // no handle below is free
	uint64_t serial;              // of what is being written; never 0
	struct virgl_resource **uses; // what the words name
	size_t n_uses, uses_capacity;
	const char *refused; // why the first command was that was refused; NULL: none was
};

void virgl_stream_init(struct virgl_stream *stream);
void virgl_stream_finish(struct virgl_stream *stream);
// It was submitted: room for the next. Objects stay.
void virgl_stream_next(struct virgl_stream *stream);
// The host has forgotten all objects, and nobody wants what was written.
void virgl_stream_reset(struct virgl_stream *stream);

// The commands reach it by what was bound before.
void virgl_stream_use(struct virgl_stream *stream, struct virgl_resource *resource);

// Objects. Each gives its handle, 0: refused.
uint32_t encode_blend(struct virgl_stream *stream, bool over); // else the source replaces
uint32_t encode_rasterizer(struct virgl_stream *stream);       // clips at the scissor
uint32_t encode_dsa(struct virgl_stream *stream);              // no depth, no stencil
uint32_t encode_shader(struct virgl_stream *stream, enum virgl_stage stage, const char *text);
// One attribute at the start of each vertex.
uint32_t encode_vertex_elements(struct virgl_stream *stream, uint32_t format);
uint32_t encode_view(struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format,
	const uint8_t swizzle[4]);
uint32_t encode_sampler(struct virgl_stream *stream, bool linear); // edges repeat
uint32_t encode_surface(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format);
bool encode_destroy(struct virgl_stream *stream, uint32_t handle);

// State. bind: blend, rasterizer, DSA, vertex elements.
bool encode_bind(struct virgl_stream *stream, uint32_t handle);
bool encode_bind_shader(struct virgl_stream *stream, enum virgl_stage stage, uint32_t handle);
bool encode_framebuffer(struct virgl_stream *stream, uint32_t surface);
// A surface that there is not, to be lost by on purpose.
void encode_fatal(struct virgl_stream *stream);
bool encode_viewport(struct virgl_stream *stream, int width, int height);
bool encode_scissor(struct virgl_stream *stream, const struct box *box);
bool encode_vertex_buffer(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t stride);
bool encode_set_view(struct virgl_stream *stream, unsigned slot, uint32_t view);
bool encode_bind_sampler(struct virgl_stream *stream, unsigned slot, uint32_t sampler);
bool encode_constants(
	struct virgl_stream *stream, enum virgl_stage stage, const float *values, size_t n);

// What is done with it.
bool encode_clear(struct virgl_stream *stream, const float color[4]);
bool encode_draw(struct virgl_stream *stream, uint32_t first, uint32_t count);
bool encode_copy(struct virgl_stream *stream, struct virgl_resource *into, int x, int y,
	struct virgl_resource *from, const struct box *box);
// Room for the rows of box, without gaps, in the stream itself; to be filled in before anything
// else is encoded. NULL: refused.
void *encode_inline_write(
	struct virgl_stream *stream, struct virgl_resource *resource, const struct box *box);
// From the resource's own backing, whose rows follow each other; or the other way.
bool encode_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, bool to_host);
// From the backing of a staging buffer, rows of stride bytes from offset.
bool encode_copy_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, struct virgl_resource *staging, uint32_t offset, uint32_t stride);
