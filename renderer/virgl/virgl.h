// SPDX-License-Identifier: MIT
// Drawing by a virgl host, without any driver in between: command streams of our own.
//
//   transport.h  the way to the host; vtest.c is one
//   encode.c     commands as words, and what must not be written (pure); stream.c, encode_draw.c
//   caps.c       what the host can do (pure)
//   format.c     its formats and ours (pure)
//   pipeline.c   shaders and fixed state, made once; what is bound now
//   upload.c     pixels from CPU memory into textures
//   texture.c    pictures
//   dmabuf.c     pictures that are other processes' memory, video among them
//   target.c     what is drawn into
//   draw.c       one frame
//   read.c       back into CPU memory
//   canary.c     whether the host still draws
//   virgl.c      creation, loss, a new start, the table of functions
//
// Commands of all files go into one stream, which is submitted with the frame; the host does them
// in that order. What they name must live until then.
//
// A host can lose everything. Textures and targets carry the generation they were made in; those of
// an older one name nothing any more and are only freed.
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
	VIRGL_PROGRAM_COPY,  // whole pixels as they are
	VIRGL_PROGRAM_MIX,   // filtered, cropped, with opacity
	VIRGL_PROGRAM_VIDEO, // the same of two planes
	VIRGL_PROGRAM_SOLID, // one colour
	VIRGL_PROGRAMS,
};

struct virgl_pipeline {
	struct virgl_resource *vertices;
	uint32_t blend[2];   // replace, over
	uint32_t sampler[2]; // nearest, linear
	uint32_t vertex_shader[VIRGL_PROGRAMS], fragment_shader[VIRGL_PROGRAMS];
};

#define VIRGL_CONSTANTS 20 // at most, of a program's

// What the host has bound; 0 or nothing where that is not known.
struct virgl_state {
	uint32_t surface, blend, vertex_shader, fragment_shader;
	uint32_t view[VIRGL_PLANES], sampler[VIRGL_PLANES];
	int width, height; // of the viewport
	struct box scissor;
	float constants[2][VIRGL_CONSTANTS]; // by stage
	size_t n_constants[2];
};

// Memory through which pixels go over. A block is written to again once the host has read it.
#define VIRGL_BLOCKS 4
#define VIRGL_BLOCK_SIZE ((size_t)1 << 20)

struct virgl_staging {
	struct virgl_resource *blocks[VIRGL_BLOCKS]; // NULL: not made yet
	size_t current, used;                        // the one that is being filled, and how far
	unsigned moves;                              // to another one, since the last frame
	unsigned idle;                               // frames since one was not enough
};

// A few pixels that are drawn now and then, and looked at.
struct virgl_canary {
	struct virgl_resource *resource;
	uint32_t surface;
	uint32_t value;  // of the last one
	bool waiting;    // it is on its way back
	bool trial;      // the next frame draws from what is not proven yet
	unsigned frames; // since then
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

	struct virgl_resource *reading; // what frames are copied to where they are read, or NULL
	struct virgl_target *scratch;   // where frames for the CPU are drawn, or NULL
	unsigned spare_idle;            // frames since one of those was used
	unsigned kill, frames;          // ORIEL_VIRGL_DEBUG; since the context is there

	struct virgl_resource **retired; // nobody wants them once the stream was submitted
	size_t n_retired, retired_capacity;
	size_t retired_bytes;
	struct wl_list textures; // virgl_texture.link
	struct wl_list targets;  // virgl_target.link
};

// A picture, or of video its light or its colours.
struct virgl_plane {
	struct virgl_resource *resource;
	uint32_t view;
	struct virgl_layout layout;
};

// Memory of another process's that is copied.
struct virgl_mapping {
	void *memory; // NULL: it is not
	size_t size;
};

struct virgl_texture {
	struct texture base;
	struct virgl *virgl; // NULL: the renderer is gone
	unsigned generation;
	struct virgl_plane planes[VIRGL_PLANES];
	int n_planes; // 0: it has no pixels now
	bool drawn;   // from, in this context
	struct virgl_mapping mappings[VIRGL_PLANES];
	// Of a dmabuf: it lives as long as the buffer, whoever shows it.
	struct buffer *buffer;
	struct wl_listener buffer_destroyed;
	// Whether the host has drawn from it and lived: it may not be what its owner says, which the
	// host does not forgive, and which nobody else can tell.
	enum { VIRGL_UNPROVEN, VIRGL_ON_TRIAL, VIRGL_PROVEN, VIRGL_SUSPECT, VIRGL_REFUSED } proof;
	struct wl_list link; // virgl.textures
};

struct virgl_target {
	struct virgl *virgl; // NULL: the renderer is gone
	unsigned generation;
	struct virgl_resource *resource;
	uint32_t surface;
	uint32_t fourcc; // of its pixels
	int width, height;
	struct wl_list link; // virgl.targets
};

static inline struct virgl *virgl_from(struct renderer *renderer)
{
	return wl_container_of(renderer, (struct virgl *)NULL, base);
}

static inline struct virgl_texture *virgl_texture_from(struct texture *texture)
{
	return wl_container_of(texture, (struct virgl_texture *)NULL, base);
}

// virgl.c
// Submits what was encoded and lets go of what is retired. *fence as in renderer_impl.draw; fence
// may be NULL. False: logged, the host is lost or a command was refused.
bool virgl_flush(struct virgl *virgl, int *fence);
void virgl_lose(struct virgl *virgl, const char *why); // logs it once
// As transport's; what the commands in the stream do to the resource is submitted first. False:
// lost.
bool virgl_wait(struct virgl *virgl, struct virgl_resource *resource);
// A fault switch: where it is set, the context is lost with this frame.
void virgl_debug_frame(struct virgl *virgl);
// Gives the resource back once no command names it any more. NULL is allowed.
void virgl_retire(struct virgl *virgl, struct virgl_resource *resource);

// pipeline.c
bool virgl_pipeline_init(struct virgl *virgl); // false: logged
void virgl_begin_frame(struct virgl *virgl);
// What must be bound for the next draw; the host hears only of what changed.
void virgl_use_surface(struct virgl *virgl, uint32_t surface, int width, int height);
// SOLID draws the whole target, inside the scissor; the others transform's quad.
void virgl_use_program(struct virgl *virgl, enum virgl_program program, bool over);
void virgl_use_texture(struct virgl *virgl, unsigned plane, uint32_t view, bool linear);
void virgl_use_constants(
	struct virgl *virgl, enum virgl_stage stage, const float *values, size_t n);
void virgl_forget_view(struct virgl *virgl, uint32_t view); // it is destroyed
void virgl_forget_surface(struct virgl *virgl, uint32_t surface);
// One quad, as bound, clipped to box.
void virgl_quad(struct virgl *virgl, enum virgl_program program, enum transform transform,
	const struct box *box);

// upload.c
// Brings over what lies in region (NULL: all) of pixels, which have the texture's size. False:
// logged.
bool virgl_upload(struct virgl *virgl, struct virgl_resource *resource,
	const struct virgl_layout *layout, const struct pixels *pixels, const region *damage);
// How much memory of its own a texture of so many bytes has to share with the host.
size_t virgl_upload_backing(const struct virgl *virgl, size_t bytes);
void virgl_staging_age(struct virgl *virgl);    // a frame has ended
void virgl_staging_finish(struct virgl *virgl); // gives everything back

// texture.c
bool virgl_import(struct renderer *renderer, struct texture **place, struct buffer *buffer,
	const region *damage);
void virgl_forget(struct renderer *renderer, struct texture *texture);
void virgl_textures_finish(struct virgl *virgl); // the renderer goes
struct virgl_texture *virgl_texture_create(struct virgl *virgl);
void virgl_texture_destroy(struct virgl_texture *texture);
// What it stands for is of this context.
bool virgl_texture_is_current(const struct virgl_texture *texture);
struct virgl_shape virgl_texture_shape(const struct virgl_layout *layout, int width, int height);
// Room for pixels that are uploaded. NULL: logged.
struct virgl_resource *virgl_texture_room(
	struct virgl *virgl, const struct virgl_layout *layout, int width, int height);
// From now on it stands for these, which are taken over in any case; their views are made here.
// False: logged, it stays as it is.
bool virgl_texture_adopt(struct virgl_texture *texture, struct virgl_plane *planes, int n);

// dmabuf.c
// As renderer_impl.import, of a buffer that is a dmabuf.
bool virgl_import_dmabuf(struct virgl *virgl, struct texture **place, struct buffer *buffer);
void virgl_dmabuf_unmap(struct virgl_texture *texture);
// The host is asked whether it lives, after it has drawn from all there is; it does; it does not.
void virgl_textures_on_trial(struct virgl *virgl);
void virgl_textures_proven(struct virgl *virgl);
void virgl_textures_suspect(struct virgl *virgl);

// target.c
struct buffer *virgl_alloc(struct renderer *renderer, int width, int height, uint32_t format);
struct buffer *virgl_alloc_shared(
	struct renderer *renderer, int width, int height, const struct format_set *formats);
// What stands for the buffer; NULL: it cannot be drawn into (logged). Buffers of CPU memory share a
// scratch target; they are read back after drawing.
struct virgl_target *virgl_target_for(struct virgl *virgl, struct buffer *buffer);
// It was drawn into or read: one that was made for this occasion goes.
void virgl_target_done(struct virgl *virgl, struct virgl_target *target, struct buffer *buffer);
void virgl_target_destroy(struct virgl_target *target); // NULL is allowed
void virgl_targets_finish(struct virgl *virgl);         // the renderer goes
void virgl_spares_age(struct virgl *virgl, bool used);  // a frame has ended

// draw.c, read.c: as in renderer_impl
bool virgl_draw(struct renderer *renderer, struct buffer *target, const struct draw *draws,
	size_t n, const region *repaint, int *fence);
bool virgl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into);
// Copies box of the target to (x, y) of into. False: logged.
bool virgl_read_target(struct virgl *virgl, struct virgl_target *target, const struct box *box,
	const struct pixels *into, int x, int y);

// canary.c
// Draws with everything that there is and looks at the result; afterwards nothing is compiled any
// more. False: logged.
bool virgl_canary_init(struct virgl *virgl);
// Around the end of a frame: before and after it is submitted. False: lost.
void virgl_canary_begin(struct virgl *virgl);
bool virgl_canary_end(struct virgl *virgl);
bool virgl_canary_look(struct virgl *virgl); // now, whatever it takes; false: lost
// Draws from a picture that the context may have died of, and looks. False: lost.
bool virgl_canary_try(struct virgl *virgl, struct virgl_texture *texture);
