// SPDX-License-Identifier: MIT
// Encodes commands for a virgl host. After an invalid command, such as a wrong handle or a box
// outside of its resource, the host silently ignores the context forever. Every function therefore
// validates its arguments and refuses invalid ones: it returns false, 0 or NULL, and sets only
// `refused`.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/geom.h"
#include "renderer/virgl/transport.h"

// Maximum number of words of a command after its header.
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
	VIRGL_TEXTURE = 2, // two-dimensional
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

enum virgl_swizzle { // source of a channel
	VIRGL_RED,
	VIRGL_GREEN,
	VIRGL_BLUE,
	VIRGL_ALPHA,
	VIRGL_ZERO,
	VIRGL_ONE,
};

enum virgl_format_number { // in addition to those of format.c
	VIRGL_R32G32_FLOAT = 29,
	VIRGL_R32G32B32A32_FLOAT = 31,
	VIRGL_R8 = 64,
};

#define VIRGL_TRIANGLE_STRIP 5

// A stream of more words than this is submitted before the end of the frame.
#define VIRGL_STREAM_LIMIT ((size_t)1 << 18)

struct virgl_stream {
	uint32_t *words;
	size_t count, capacity;
	uint8_t *objects; // enum virgl_object by handle
	size_t n_objects, objects_capacity;
	size_t lowest;                // all handles below are in use
	uint64_t serial;              // of the current stream; never 0
	struct virgl_resource **uses; // resources that the words refer to
	size_t n_uses, uses_capacity;
	const char *refused; // reason of the first refused command, NULL: none was refused
};

// Initialises an empty stream.
void virgl_stream_init(struct virgl_stream *stream);
// Frees the arrays. A zeroed struct is accepted.
void virgl_stream_finish(struct virgl_stream *stream);
// Removes all words after they were submitted, and clears `refused`. Objects stay.
void virgl_stream_next(struct virgl_stream *stream);
// Removes all words and objects, after the host context was lost.
void virgl_stream_reset(struct virgl_stream *stream);
// Adds a resource to `uses`: commands use it through an object that was bound earlier.
void virgl_stream_use(struct virgl_stream *stream, struct virgl_resource *resource);

// Objects. Each function appends a create command and returns the handle, 0 if it was refused.

// Creates a blend state. over: premultiplied source over destination; otherwise the source replaces
// it.
uint32_t encode_blend(struct virgl_stream *stream, bool over);
// Creates a rasterizer state with the scissor enabled.
uint32_t encode_rasterizer(struct virgl_stream *stream);
// Creates a depth-stencil-alpha state with all tests disabled.
uint32_t encode_dsa(struct virgl_stream *stream);
// Creates a shader from TGSI text.
uint32_t encode_shader(struct virgl_stream *stream, enum virgl_stage stage, const char *text);
// Creates vertex elements of a single attribute, at the start of each vertex.
uint32_t encode_vertex_elements(struct virgl_stream *stream, uint32_t format);
// Creates a sampler view of a texture.
uint32_t encode_view(struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format,
	const uint8_t swizzle[4]);
// Creates a sampler state that clamps to the edge. linear: bilinear filter; otherwise nearest.
uint32_t encode_sampler(struct virgl_stream *stream, bool linear);
// Creates a surface: a texture as a render target.
uint32_t encode_surface(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t format);
// Destroys an object; its handle may be reused at once. Returns false if it was refused.
bool encode_destroy(struct virgl_stream *stream, uint32_t handle);

// State. Each function returns false if the command was refused.

// Binds a blend, rasterizer or DSA state, or vertex elements.
bool encode_bind(struct virgl_stream *stream, uint32_t handle);
// Binds a shader to its stage.
bool encode_bind_shader(struct virgl_stream *stream, enum virgl_stage stage, uint32_t handle);
// Sets the surface as the only color buffer.
bool encode_framebuffer(struct virgl_stream *stream, uint32_t surface);
// Sets a surface that does not exist, which kills the context on the host. For tests.
void encode_fatal(struct virgl_stream *stream);
// Sets the viewport to a target of this size, in pixels.
bool encode_viewport(struct virgl_stream *stream, int width, int height);
// Sets the scissor box, in target pixels.
bool encode_scissor(struct virgl_stream *stream, const struct box *box);
// Sets the only vertex buffer; stride is the size of a vertex in bytes.
bool encode_vertex_buffer(
	struct virgl_stream *stream, struct virgl_resource *resource, uint32_t stride);
// Sets the sampler view of a slot of the fragment stage.
bool encode_set_view(struct virgl_stream *stream, unsigned slot, uint32_t view);
// Binds the sampler state of a slot of the fragment stage.
bool encode_bind_sampler(struct virgl_stream *stream, unsigned slot, uint32_t sampler);
// Sets the constants of a stage: n floats, a multiple of four.
bool encode_constants(
	struct virgl_stream *stream, enum virgl_stage stage, const float *values, size_t n);

// Drawing and pixels. Each function returns false or NULL if the command was refused.

// Clears the color buffer, ignoring the scissor.
bool encode_clear(struct virgl_stream *stream, const float color[4]);
// Draws a triangle strip of count vertices.
bool encode_draw(struct virgl_stream *stream, uint32_t first, uint32_t count);
// Copies box of a texture to (x, y) of another texture with the same size of pixels.
bool encode_copy(struct virgl_stream *stream, struct virgl_resource *into, int x, int y,
	struct virgl_resource *from, const struct box *box);
// Writes pixels that are part of the stream to box of a resource. Returns a pointer to
// uninitialised rows without gaps, to be filled before the next command is encoded.
void *encode_inline_write(
	struct virgl_stream *stream, struct virgl_resource *resource, const struct box *box);
// Transfers box from the backing of a resource to the host, or back.
bool encode_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, bool to_host);
// Transfers box to the host from the backing of a staging buffer, where its rows start at offset
// and are stride bytes apart.
bool encode_copy_transfer(struct virgl_stream *stream, struct virgl_resource *resource,
	const struct box *box, struct virgl_resource *staging, uint32_t offset, uint32_t stride);
