// SPDX-License-Identifier: MIT
// The GL renderer: draws with OpenGL ES 2 or later, in a surfaceless EGL context.
//
//   module.c   creation, loss and recovery, the function table
//   egl.c      display, choice of the device, context, driver messages
//   format.c   formats that GL uploads directly (pure)
//   quads.c    triangles from a draw list (pure)
//   shaders.c  programs
//   texture.c  textures from CPU memory
//   dmabuf.c   textures and targets from dmabufs
//   gbm.c      allocation of dmabufs
//   target.c   render targets
//   draw.c     drawing a frame
//   read.c     reading back into CPU memory
//
// A GPU reset destroys all GL objects. Textures and targets carry the generation of the context
// that they were created in; GL names of an older generation are invalid and only their structs are
// freed.
#pragma once
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <GLES3/gl3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "compositor/base/format.h"
#include "renderer/gl/format.h"
#include "renderer/gl/quads.h"
#include "renderer/renderer.h"

struct gbm_device;

// Entry points of extensions; NULL if the driver lacks them. Tests inject faults here.
struct gl_procs {
	PFNEGLQUERYDEVICESEXTPROC query_devices;
	PFNEGLQUERYDEVICESTRINGEXTPROC query_device_string;
	PFNEGLGETPLATFORMDISPLAYEXTPROC get_platform_display;
	PFNEGLDEBUGMESSAGECONTROLKHRPROC egl_debug_control;
	PFNEGLCREATEIMAGEKHRPROC create_image;
	PFNEGLDESTROYIMAGEKHRPROC destroy_image;
	PFNEGLQUERYDMABUFFORMATSEXTPROC query_dmabuf_formats;
	PFNEGLQUERYDMABUFMODIFIERSEXTPROC query_dmabuf_modifiers;
	PFNEGLCREATESYNCKHRPROC create_sync;
	PFNEGLDESTROYSYNCKHRPROC destroy_sync;
	PFNEGLDUPNATIVEFENCEFDANDROIDPROC dup_fence;
	PFNGLDEBUGMESSAGECALLBACKKHRPROC debug_callback;
	PFNGLGETGRAPHICSRESETSTATUSEXTPROC reset_status;
	PFNGLEGLIMAGETARGETTEXTURE2DOESPROC image_to_texture;
	PFNGLEGLIMAGETARGETRENDERBUFFERSTORAGEOESPROC image_to_renderbuffer;
};

struct gl_program {
	GLuint name;       // 0: not used with this driver
	GLint size;        // uniform: 2 / target size
	int width, height; // target size that the uniform is set to
};

struct gl_target;

struct gl {
	struct renderer base;
	struct renderer_options options; // its device is a duplicate that we own, or -1
	unsigned generation;

	EGLDisplay display;
	bool own_display; // not shared with the rest of the process: may be terminated
	EGLContext context;
	struct gbm_device *gbm;
	struct gl_procs procs;
	struct gl_caps caps;
	struct {
		bool dmabuf, modifiers; // images of dmabufs, with explicit modifiers
		bool external;          // textures that the driver converts (YCbCr)
		bool native_fence;
		bool read_bgra, pack_row_length;
		bool bgra_target;
	} has;
	int max_size; // of textures and targets, in each dimension
	struct {
		bool floor;    // use no optional extensions
		unsigned lose; // simulate a reset after this many frames; 0: never
		unsigned frames;
	} debug;                         // ORIEL_GL_DEBUG
	struct format_set external_only; // those of base.dmabuf that need external textures

	struct gl_program programs[GL_PROGRAMS];
	GLuint vertices; // buffer object
	struct quads quads;
	struct gl_target *scratch; // target of frames for CPU memory, or NULL
	unsigned scratch_idle;     // frames since it was last used
	struct wl_list textures;   // gl_texture.link
	struct wl_list targets;    // gl_target.link
};

struct gl_texture {
	struct texture base;
	struct gl *gl; // NULL: the renderer was destroyed
	unsigned generation;
	GLuint name;
	GLenum kind; // GL_TEXTURE_2D or GL_TEXTURE_EXTERNAL_OES
	struct gl_layout layout;
	GLint filter; // last value set, 0: never set
	// Textures of dmabufs belong to the buffer and live as long as it.
	struct buffer *buffer;
	EGLImageKHR image;
	struct wl_listener buffer_destroyed;
	struct wl_list link; // gl.textures
};

// A render target: a texture of our own, or the image of a dmabuf.
struct gl_target {
	unsigned generation;
	GLuint framebuffer, texture, renderbuffer;
	int width, height;
	bool alpha;            // the pixels have an alpha channel
	struct gl *gl;         // NULL: the renderer was destroyed
	struct buffer *buffer; // that it belongs to, NULL: a texture of our own
	struct wl_listener buffer_destroyed;
	struct wl_list link; // gl.targets
};

// Casts down; the renderer must be of this module.
static inline struct gl *gl_from(struct renderer *renderer)
{
	return wl_container_of(renderer, (struct gl *)NULL, base);
}

// Casts down; the texture must be of this renderer.
static inline struct gl_texture *gl_texture_from(struct texture *texture)
{
	return wl_container_of(texture, (struct gl_texture *)NULL, base);
}

// module.c

// Makes the context current. Returns false if the device is lost. Called before anything else.
bool gl_make_current(struct gl *gl);
// Queries the reset status and sets base.lost after a reset, which it logs. Returns base.lost.
bool gl_check_lost(struct gl *gl);
// Clears all GL errors. Returns the name of the first one since the last call, NULL: none.
const char *gl_take_error(void);

// egl.c

// Finds a device, creates a context on it and makes it current; fills procs, caps and has. Returns
// false on failure (logged); gl_egl_finish must be called even then.
bool gl_egl_init(struct gl *gl);
// Destroys the context and display and closes the device. A partly initialised state is accepted.
void gl_egl_finish(struct gl *gl);
// Returns the name of the last EGL error of this thread and clears it. Never NULL.
const char *gl_egl_error(void);

// shaders.c

// Compiles all programs in the current context. Returns false on failure (logged).
bool gl_programs_init(struct gl *gl);

// texture.c

// Implements renderer_impl.import.
bool gl_import(struct renderer *renderer, struct texture **slot, struct buffer *buffer,
	const region *damage);
// Implements renderer_impl.forget.
void gl_forget(struct renderer *renderer, struct texture *texture);
// Allocates a texture that has no GL object yet.
struct gl_texture *gl_texture_create(struct gl *gl);
// Creates a GL texture name, binds it and sets it to clamp to its edges.
GLuint gl_texture_name(GLenum kind);
// Frees the texture and, if its device was not lost since, its GL objects. Must not be NULL.
void gl_texture_destroy(struct gl_texture *texture);

// dmabuf.c

// Fills the sets of dmabuf formats and modifiers.
void gl_dmabuf_init(struct gl *gl);
// Returns the texture of a dmabuf, created at first use; it belongs to the buffer. Returns NULL on
// failure (logged).
struct gl_texture *gl_dmabuf_import(struct gl *gl, struct buffer *buffer);
// Creates an EGL image of a dmabuf, owned by the caller. Returns EGL_NO_IMAGE_KHR on failure
// (logged).
EGLImageKHR gl_dmabuf_image(struct gl *gl, struct buffer *buffer);

// gbm.c

// Opens the render node and creates a GBM device. Returns false on failure (logged).
bool gl_gbm_init(struct gl *gl, const char *node);
// Destroys the GBM device, if there is one. The file descriptor stays open.
void gl_gbm_finish(struct gl *gl);
// Implements renderer_impl.alloc_shared.
struct buffer *gl_alloc_shared(
	struct renderer *renderer, int width, int height, const struct format_set *formats);

// target.c

// Implements renderer_impl.alloc.
struct buffer *gl_alloc(struct renderer *renderer, int width, int height, uint32_t format);
// Returns the target for drawing into a buffer, created at first use; it belongs to the buffer.
// Buffers of CPU memory share the scratch target, from which they are read back after drawing.
// Returns NULL if the buffer cannot be drawn into (logged).
struct gl_target *gl_target_for(struct gl *gl, struct buffer *buffer);
// Whether the target is the shared scratch target.
bool gl_target_is_scratch(const struct gl_target *target);
// Frees the target and, if its device was not lost since, its GL objects. NULL is ignored.
void gl_target_destroy(struct gl_target *target);
// Destroys or detaches all targets before the renderer is freed: buffers may outlive it.
void gl_targets_finish(struct gl *gl);

// draw.c

// Implements renderer_impl.draw.
bool gl_draw(struct renderer *renderer, struct buffer *target, const struct draw *draws, size_t n,
	const region *repaint, int *fence);

// read.c

// Implements renderer_impl.read.
bool gl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into);
// Copies box (target pixels) of the target to (x, y) of into, converting to its format. Returns
// false on failure (logged).
bool gl_read_target(struct gl *gl, const struct gl_target *target, const struct box *box,
	const struct pixels *into, int x, int y);
