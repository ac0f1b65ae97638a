// SPDX-License-Identifier: MIT
// The virgl renderer: draws on the GPU of a host by encoding virgl commands itself, without Mesa or
// any other driver in the guest.
//
//   transport.h  interface to the host; vtest.c implements one for a socket
//   encode.c     encoding and validation of commands (pure); also encode_draw.c, stream.c
//   caps.c       capability sets (pure)
//   format.c     host formats for DRM formats (pure)
//   pipeline.c   shaders, fixed state, currently bound state
//   upload.c     uploads of CPU memory
//   texture.c    textures
//   dmabuf.c     textures from dmabufs, video among them
//   target.c     render targets
//   draw.c       drawing a frame
//   read.c       reading back into CPU memory
//   canary.c     detection of lost contexts
//   virgl.c      creation, loss and recovery, the function table
//
// All commands are encoded into one stream, which is submitted at the end of the frame and executed
// in order. Resources that it uses must live until then (virgl_retire).
//
// A host context can be lost with all its objects. Textures and targets carry the generation of the
// context that they were created in; objects of an older generation are invalid and only freed.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "compositor/base/format.h"
#include "renderer/renderer.h"
#include "renderer/virgl/encode.h"
#include "renderer/virgl/format.h"
#include "renderer/virgl/transport.h"

enum virgl_program {
	VIRGL_PROGRAM_COPY,  // unscaled pixels, unchanged
	VIRGL_PROGRAM_MIX,   // filtered, cropped, with opacity
	VIRGL_PROGRAM_VIDEO, // as MIX, from two planes
	VIRGL_PROGRAM_SOLID, // one color
	VIRGL_PROGRAMS,
};

struct virgl_pipeline {
	struct virgl_resource *vertices;
	uint32_t blend[2];   // replace, over
	uint32_t sampler[2]; // nearest, linear
	uint32_t vertex_shader[VIRGL_PROGRAMS], fragment_shader[VIRGL_PROGRAMS];
};

#define VIRGL_CONSTANTS 20 // the most that a program has

// The state that is bound on the host; 0: unknown.
struct virgl_state {
	uint32_t surface, blend, vertex_shader, fragment_shader;
	uint32_t view[VIRGL_PLANES], sampler[VIRGL_PLANES];
	int width, height; // of the viewport
	struct box scissor;
	float constants[2][VIRGL_CONSTANTS]; // by stage
	size_t n_constants[2];
};

// Staging buffers for uploads. A block is reused once the host has read it.
#define VIRGL_BLOCKS 4
#define VIRGL_BLOCK_SIZE ((size_t)1 << 20)

struct virgl_staging {
	struct virgl_resource *blocks[VIRGL_BLOCKS]; // NULL: not created
	size_t current, used;                        // the block being filled, bytes used in it
	unsigned moves;                              // changes of block since the last frame
	unsigned idle;                               // frames since more than one was needed
};

// A small target that is drawn and checked regularly.
struct virgl_canary {
	struct virgl_resource *resource;
	uint32_t surface;
	uint32_t value;  // that was drawn last
	bool waiting;    // it is being read back
	bool trial;      // an unproven texture was drawn: check with this frame
	unsigned frames; // since the last one
};

struct virgl_target;

struct virgl {
	struct renderer base;
	struct virgl_transport *transport;
	unsigned generation;
	struct virgl_caps caps;
	struct virgl_stream stream;
	struct virgl_state state;
	struct virgl_pipeline pipeline;
	struct virgl_staging staging;
	struct virgl_canary canary;

	struct virgl_resource *readback; // that targets are copied to for reading, or NULL
	struct virgl_target *scratch;    // target of frames for CPU memory, or NULL
	unsigned spare_idle;             // frames since one of those was used
	unsigned kill, frames;           // ORIEL_VIRGL_DEBUG; frames of this context

	struct virgl_resource **retired; // to be released when the stream is submitted
	size_t n_retired, retired_capacity;
	size_t retired_bytes;
	struct wl_list textures; // virgl_texture.link
	struct wl_list targets;  // virgl_target.link
};

// One plane: RGB, luma or chroma.
struct virgl_plane {
	struct virgl_resource *resource;
	uint32_t view;
	struct virgl_layout layout;
};

// A mapped plane of a dmabuf that is copied.
struct virgl_mapping {
	void *memory; // NULL: not mapped
	size_t size;
};

struct virgl_texture {
	struct texture base;
	struct virgl *virgl; // NULL: the renderer was destroyed
	unsigned generation;
	struct virgl_plane planes[VIRGL_PLANES];
	int n_planes; // 0: no pixels at present
	bool drawn;   // was drawn from in this context
	struct virgl_mapping mappings[VIRGL_PLANES];
	// Textures of dmabufs belong to the buffer and live as long as it.
	struct buffer *buffer;
	struct wl_listener buffer_destroyed;
	// Whether a context has drawn from it and survived. A dmabuf that is not what its owner
	// declared kills the context, and only the host could detect it.
	enum {
		VIRGL_UNPROVEN, // not drawn, or not checked since
		VIRGL_ON_TRIAL, // drawn before a canary that is being read back
		VIRGL_PROVEN,
		VIRGL_SUSPECT, // not proven when the context was lost
		VIRGL_REFUSED, // the context was lost while it was tested
	} proof;
	struct wl_list link; // virgl.textures
};

struct virgl_target {
	struct virgl *virgl; // NULL: the renderer was destroyed
	unsigned generation;
	struct virgl_resource *resource;
	uint32_t surface;
	uint32_t fourcc;
	int width, height;
	struct wl_list link; // virgl.targets
};

// Casts down; the renderer must be virgl.
static inline struct virgl *virgl_from(struct renderer *renderer)
{
	return wl_container_of(renderer, (struct virgl *)NULL, base);
}

// Casts down; the texture must be of this renderer.
static inline struct virgl_texture *virgl_texture_from(struct texture *texture)
{
	return wl_container_of(texture, (struct virgl_texture *)NULL, base);
}

// virgl.c

// Submits the encoded commands and releases retired resources. *fence as in renderer_impl.draw;
// fence may be NULL. Returns false if the host is lost or a command was refused (both logged).
bool virgl_flush(struct virgl *virgl, int *fence);
// Sets base.lost and logs why, unless it is set already.
void virgl_lose(struct virgl *virgl, const char *why);
// Waits until the host has finished with the resource, submitting the stream first if it uses it.
// Returns false if the host is lost.
bool virgl_wait(struct virgl *virgl, struct virgl_resource *resource);
// Encodes a fatal command in the frames that ORIEL_VIRGL_DEBUG asks for.
void virgl_debug_frame(struct virgl *virgl);
// Releases the resource once no command in the stream uses it. NULL is ignored.
void virgl_retire(struct virgl *virgl, struct virgl_resource *resource);

// pipeline.c

// Creates shaders, states and vertices in a new context. Returns false on failure (logged).
bool virgl_pipeline_init(struct virgl *virgl);
// Called at the start of a frame: rebinds what the host may have changed since the last one.
void virgl_begin_frame(struct virgl *virgl);
// Binds a surface of this size (pixels) as the target. As with the functions below, a command is
// only encoded if the state differs from what is bound.
void virgl_use_surface(struct virgl *virgl, uint32_t surface, int width, int height);
// Binds the shaders of a program. over: blends over the target; otherwise replaces it.
void virgl_use_program(struct virgl *virgl, enum virgl_program program, bool over);
// Binds a sampler view and a filter for a plane. linear: bilinear filter; otherwise nearest.
void virgl_use_texture(struct virgl *virgl, unsigned plane, uint32_t view, bool linear);
// Sets n constants of a stage, a multiple of four and at most VIRGL_CONSTANTS.
void virgl_use_constants(
	struct virgl *virgl, enum virgl_stage stage, const float *values, size_t n);
// Called when a sampler view was destroyed: it is not bound any more.
void virgl_forget_view(struct virgl *virgl, uint32_t view);
// Called when a surface was destroyed: it is not bound any more.
void virgl_forget_surface(struct virgl *virgl, uint32_t surface);
// Draws a quad with the bound state, clipped to box (target pixels). VIRGL_PROGRAM_SOLID covers the
// whole target, the others the quad that the constants place, with the transform's texture
// coordinates.
void virgl_quad(struct virgl *virgl, enum virgl_program program, enum transform transform,
	const struct box *box);

// upload.c

// Uploads the pixels of damage (NULL: all) to a resource of the same size. Returns false on failure
// (logged).
bool virgl_upload(struct virgl *virgl, struct virgl_resource *resource,
	const struct virgl_layout *layout, const struct pixels *pixels, const region *damage);
// Returns the size of the backing that a texture of so many bytes needs for uploads, 0: none.
size_t virgl_upload_backing(const struct virgl *virgl, size_t bytes);
// Called at the end of a frame: frees staging buffers that have not been needed for a while.
void virgl_staging_age(struct virgl *virgl);
// Releases all staging buffers.
void virgl_staging_finish(struct virgl *virgl);

// texture.c

// Implements renderer_impl.import.
bool virgl_import(struct renderer *renderer, struct texture **slot, struct buffer *buffer,
	const region *damage);
// Implements renderer_impl.forget.
void virgl_forget(struct renderer *renderer, struct texture *texture);
// Destroys or detaches all textures before the renderer is freed: their holders may outlive it.
void virgl_textures_finish(struct virgl *virgl);
// Allocates a texture without planes.
struct virgl_texture *virgl_texture_create(struct virgl *virgl);
// Frees a texture and releases its planes. Must not be NULL.
void virgl_texture_destroy(struct virgl_texture *texture);
// Whether the planes belong to the current context.
bool virgl_texture_is_current(const struct virgl_texture *texture);
// Returns the shape of a texture of this size (pixels), without a backing.
struct virgl_shape virgl_texture_shape(const struct virgl_layout *layout, int width, int height);
// Creates a resource for uploaded pixels, owned by the caller. Returns NULL on failure (logged).
struct virgl_resource *virgl_texture_alloc(
	struct virgl *virgl, const struct virgl_layout *layout, int width, int height);
// Replaces the planes of a texture and creates their views. Takes ownership of the planes'
// resources in any case. Returns false on failure (logged): the texture is unchanged.
bool virgl_texture_adopt(struct virgl_texture *texture, struct virgl_plane *planes, int n);

// dmabuf.c

// Implements renderer_impl.import for dmabufs.
bool virgl_import_dmabuf(struct virgl *virgl, struct texture **slot, struct buffer *buffer);
// Unmaps the planes of a texture that is copied by the CPU.
void virgl_dmabuf_unmap(struct virgl_texture *texture);
// Called when a canary is drawn: puts all unproven textures that the context has drawn from on
// trial.
void virgl_textures_on_trial(struct virgl *virgl);
// Called when that canary was correct: textures on trial are proven.
void virgl_textures_proven(struct virgl *virgl);
// Called when the context was lost: all textures that are not proven are suspects.
void virgl_textures_suspect(struct virgl *virgl);

// target.c

// Implements renderer_impl.alloc.
struct buffer *virgl_alloc(struct renderer *renderer, int width, int height, uint32_t format);
// Implements renderer_impl.alloc_shared.
struct buffer *virgl_alloc_shared(
	struct renderer *renderer, int width, int height, const struct format_set *formats);
// Returns the target for drawing into or reading a buffer; virgl_target_done must be called
// afterwards. Buffers of CPU memory share the scratch target, from which they are read back after
// drawing. Returns NULL if the buffer cannot be drawn into (logged).
struct virgl_target *virgl_target_for(struct virgl *virgl, struct buffer *buffer);
// Destroys the target if virgl_target_for created it temporarily.
void virgl_target_done(struct virgl *virgl, struct virgl_target *target, struct buffer *buffer);
// Frees a target and releases its resource. NULL is ignored.
void virgl_target_destroy(struct virgl_target *target);
// Destroys or detaches all targets before the renderer is freed: their buffers may outlive it.
void virgl_targets_finish(struct virgl *virgl);
// Called at the end of a frame: frees the scratch target and the readback resource once they have
// not been used for a while. used: this frame used one of them.
void virgl_spares_age(struct virgl *virgl, bool used);

// draw.c

// Implements renderer_impl.draw.
bool virgl_draw(struct renderer *renderer, struct buffer *target, const struct draw *draws,
	size_t n, const region *repaint, int *fence);

// read.c

// Implements renderer_impl.read.
bool virgl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into);
// Copies box (target pixels) of the target to (x, y) of into, converting to its format. Returns
// false on failure (logged).
bool virgl_read_target(struct virgl *virgl, struct virgl_target *target, const struct box *box,
	const struct pixels *into, int x, int y);

// canary.c

// Draws with every program and checks the pixels, so that shaders are compiled before the first
// frame. Returns false on failure (logged).
bool virgl_canary_init(struct virgl *virgl);
// Called before the end of a frame is submitted: draws a canary if one is due.
void virgl_canary_begin(struct virgl *virgl);
// Called after the frame was submitted: reads the canary back, or checks one that has arrived.
// Returns false if the host is lost.
bool virgl_canary_end(struct virgl *virgl);
// Draws a canary, waits for it and checks it. Returns false if the host is lost.
bool virgl_canary_check(struct virgl *virgl);
// Draws from a texture that the previous context may have died of, and checks a canary. Returns
// false if the host is lost.
bool virgl_canary_try(struct virgl *virgl, struct virgl_texture *texture);
