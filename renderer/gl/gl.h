// SPDX-License-Identifier: MIT
// Drawing by OpenGL ES 2 or later, through EGL without windows.
//
//   module.c   creation, loss, a new start, the table of functions
//   egl.c      display, choice of the device, context, messages of the driver
//   format.c   which pixels GL takes as they are (pure)
//   quads.c    from a list of draws to triangles (pure)
//   shaders.c  programs
//   texture.c  pictures from CPU memory
//   dmabuf.c   pictures and targets from a device's memory
//   gbm.c      such memory of our own
//   target.c   what is drawn into
//   draw.c     one frame
//   read.c     back into CPU memory
//
// A GPU can lose everything. Objects carry the generation they were made in; those of an older one
// name nothing any more and are only freed.
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

// Entry points that are not in every driver; NULL where it lacks them. Tests put faults here.
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
	GLuint name;       // 0: the driver cannot have it
	GLint size;        // uniform: 2 / target size
	int width, height; // what that uniform was set for
};

struct gl_target;

struct gl {
	struct renderer base;
	struct renderer_options options; // its device is our own file, or -1
	unsigned generation;

	EGLDisplay display;
	bool own_display; // nobody else in this process has it: it may be terminated
	EGLContext context;
	struct gbm_device *gbm;
	struct gl_procs procs;
	struct gl_caps caps;
	struct {
		bool dmabuf, modifiers; // images of dmabufs, with explicit modifiers
		bool external;          // textures that the driver converts (YUV)
		bool native_fence;
		bool read_bgra, pack_row_length;
		bool bgra_target;
	} has;
	int max_size; // of textures and targets
	struct {
		bool floor;    // only what every driver has
		unsigned lose; // the GPU is lost after so many frames; 0: never
		unsigned frames;
	} debug;                         // ORIEL_GL_DEBUG
	struct format_set external_only; // of base.dmabuf

	struct gl_program programs[GL_PROGRAMS];
	GLuint vertices; // buffer
	struct quads quads;
	struct gl_target *scratch; // where frames for the CPU are drawn, or NULL
	unsigned scratch_idle;     // draws since it was used
	struct wl_list textures;   // gl_texture.link
	struct wl_list targets;    // gl_target.link
};

struct gl_texture {
	struct texture base;
	struct gl *gl; // NULL: the renderer is gone
	unsigned generation;
	GLuint name;
	GLenum kind; // GL_TEXTURE_2D or GL_TEXTURE_EXTERNAL_OES
	struct gl_layout layout;
	GLint filter; // as set last, 0: never
	// Of a dmabuf: it lives as long as the buffer, whoever shows it.
	struct buffer *buffer;
	EGLImageKHR image;
	struct wl_listener buffer_destroyed;
	struct wl_list link; // gl.textures
};

// Something to draw into: our own texture, or an image of a dmabuf.
struct gl_target {
	unsigned generation;
	GLuint framebuffer, texture, renderbuffer;
	int width, height;
	bool alpha; // of what is in there
	struct gl *gl;
	struct buffer *buffer; // whose it is, NULL: ours alone
	struct wl_listener buffer_destroyed;
	struct wl_list link; // gl.targets
};

static inline struct gl *gl_from(struct renderer *renderer)
{
	return wl_container_of(renderer, (struct gl *)NULL, base);
}

static inline struct gl_texture *gl_texture_from(struct texture *texture)
{
	return wl_container_of(texture, (struct gl_texture *)NULL, base);
}

// module.c
// False: there is nothing to draw with any more. To be asked before anything else.
bool gl_make_current(struct gl *gl);
// Notes a loss. True: it is lost.
bool gl_check_lost(struct gl *gl);
// The name of the first error since the last call, NULL: none.
const char *gl_take_error(void);

// egl.c
// Finds a device and makes a context on it, current; fills the procs and what EGL tells. False:
// logged, gl_egl_finish is still wanted.
bool gl_egl_init(struct gl *gl);
void gl_egl_finish(struct gl *gl); // what is half made too
// NAME is a word of the list.
bool gl_has_word(const char *list, const char *name);
const char *gl_egl_error(void); // the text of eglGetError, never NULL

// shaders.c
bool gl_programs_init(struct gl *gl); // false: logged

// texture.c: as in renderer_impl
bool gl_import(struct renderer *renderer, struct texture **place, struct buffer *buffer,
	const region *damage);
void gl_forget(struct renderer *renderer, struct texture *texture);
struct gl_texture *gl_texture_create(struct gl *gl); // names nothing yet
GLuint gl_texture_name(GLenum kind);                 // a new one, bound; its edges repeat
void gl_texture_destroy(struct gl_texture *texture); // deletes what it names, if that still is

// dmabuf.c
void gl_dmabuf_init(struct gl *gl); // fills the format sets
// NULL: logged.
struct gl_texture *gl_dmabuf_import(struct gl *gl, struct buffer *buffer);
EGLImageKHR gl_dmabuf_image(struct gl *gl, struct buffer *buffer); // EGL_NO_IMAGE_KHR: logged

// gbm.c
bool gl_gbm_init(struct gl *gl, const char *node); // false: there is none
void gl_gbm_finish(struct gl *gl);
struct buffer *gl_alloc_shared(
	struct renderer *renderer, int width, int height, const struct format_set *formats);

// target.c
struct buffer *gl_alloc(struct renderer *renderer, int width, int height, uint32_t format);
// What stands for the buffer, made at first use; NULL: it cannot be drawn into (logged). Buffers
// of CPU memory share a scratch target; they are read back after drawing.
struct gl_target *gl_target_for(struct gl *gl, struct buffer *buffer);
bool gl_target_is_scratch(const struct gl_target *target);
void gl_target_destroy(struct gl_target *target); // NULL is allowed
void gl_targets_finish(struct gl *gl); // before the renderer goes: buffers may outlive it

// draw.c, read.c: as in renderer_impl
bool gl_draw(struct renderer *renderer, struct buffer *target, const struct draw *draws, size_t n,
	const region *repaint, int *fence);
bool gl_read(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into);
// Copies box of the target to (x, y) of into. False: logged.
bool gl_read_target(struct gl *gl, const struct gl_target *target, const struct box *box,
	const struct pixels *into, int x, int y);
