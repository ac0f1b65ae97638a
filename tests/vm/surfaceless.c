// SPDX-License-Identifier: MIT
// Preloaded into QEMU: makes its D-Bus display draw without a GPU's device node, which QEMU
// requires, and writes the contents of each resource that is scanned out to a file in the folder
// $SCANOUTS, named by the resource's number: rows of BGRA.
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CORE 1 // QEMU's DISPLAYGL_MODE_CORE

// The layout of virglrenderer's struct.
struct resource_info {
	uint32_t handle, format, width, height, depth, flags, texture, stride;
	int fourcc;
};

// The resource that is about to be scanned out.
static struct resource_info shown;

// Sets a variable of QEMU, defined in the module that calls egl_rendernode_init.
static void set(const char *name, const void *value, size_t size)
{
	char *place = dlsym(RTLD_DEFAULT, name);
	for (size_t i = 0; place && i < size; i++)
		place[i] = ((const char *)value)[i];
}

int egl_rendernode_init(const char *node, int mode);
int egl_rendernode_init(const char *node, int mode)
{
	static const EGLint config_list[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE,
		EGL_OPENGL_BIT, EGL_RED_SIZE, 5, EGL_GREEN_SIZE, 5, EGL_BLUE_SIZE, 5, EGL_NONE};
	static const EGLint context_list[] = {
		EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
	const int core = CORE;
	EGLConfig config;
	EGLint n = 0;
	EGLDisplay display =
		eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
	if (!eglInitialize(display, NULL, NULL) || !eglBindAPI(EGL_OPENGL_API) ||
		!eglChooseConfig(display, config_list, &config, 1, &n) || n != 1)
		return -1;
	EGLContext context = eglCreateContext(display, config, EGL_NO_CONTEXT, context_list);
	set("qemu_egl_display", &display, sizeof(display));
	set("qemu_egl_config", &config, sizeof(config));
	set("qemu_egl_rn_ctx", &context, sizeof(context));
	set("qemu_egl_mode", &core, sizeof(core));
	return context == EGL_NO_CONTEXT ||
			!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)
		? -1
		: 0;
}

// The function that the one here replaces; libraries of QEMU's modules are not in the global scope.
static void *next_symbol(const char *name)
{
	void *library = dlopen("libvirglrenderer.so.1", RTLD_LAZY | RTLD_NOLOAD);
	return library ? dlsym(library, name) : NULL;
}

int virgl_renderer_resource_get_info(int handle, struct resource_info *info);
int virgl_renderer_resource_get_info(int handle, struct resource_info *info)
{
	union {
		void *symbol;
		int (*call)(int handle, struct resource_info *info);
	} next = {next_symbol("virgl_renderer_resource_get_info")};
	int result = next.symbol ? next.call(handle, info) : -1;
	if (result == 0)
		shown = *info;
	return result;
}

static void *symbol(const char *name)
{
	union {
		void (*function)(void);
		void *symbol;
	} found = {eglGetProcAddress(name)};
	return found.symbol;
}

static void keep(const char *folder)
{
	union {
		void *symbol;
		PFNGLGENFRAMEBUFFERSPROC call;
	} create = {symbol("glGenFramebuffers")};
	union {
		void *symbol;
		PFNGLDELETEFRAMEBUFFERSPROC call;
	} delete = {symbol("glDeleteFramebuffers")};
	union {
		void *symbol;
		PFNGLBINDFRAMEBUFFERPROC call;
	} bind = {symbol("glBindFramebuffer")};
	union {
		void *symbol;
		PFNGLFRAMEBUFFERTEXTURE2DPROC call;
	} attach = {symbol("glFramebufferTexture2D")};
	union {
		void *symbol;
		void (*call)(GLenum name, GLint *value);
	} get = {symbol("glGetIntegerv")};
	union {
		void *symbol;
		void (*call)(GLint x, GLint y, GLsizei width, GLsizei height, GLenum format,
			GLenum type, void *pixels);
	} read = {symbol("glReadPixels")};
	char path[4096];
	GLint before = 0;
	GLuint framebuffer = 0;
	size_t size = (size_t)shown.width * shown.height * 4;
	void *pixels = malloc(size);
	snprintf(path, sizeof(path), "%s/%u", folder, shown.handle);
	FILE *file = fopen(path, "w");
	if (pixels && file) {
		get.call(GL_READ_FRAMEBUFFER_BINDING, &before);
		create.call(1, &framebuffer);
		bind.call(GL_READ_FRAMEBUFFER, framebuffer);
		attach.call(
			GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, shown.texture, 0);
		read.call(0, 0, (GLsizei)shown.width, (GLsizei)shown.height, GL_BGRA,
			GL_UNSIGNED_BYTE, pixels);
		bind.call(GL_READ_FRAMEBUFFER, (GLuint)before);
		delete.call(1, &framebuffer);
		fwrite(pixels, 1, size, file);
	}
	if (file)
		fclose(file);
	free(pixels);
}

// virtio-gpu calls it for every scan-out, after it has looked up the resource.
void virgl_renderer_force_ctx_0(void);
void virgl_renderer_force_ctx_0(void)
{
	union {
		void *symbol;
		void (*call)(void);
	} next = {next_symbol("virgl_renderer_force_ctx_0")};
	const char *folder = getenv("SCANOUTS");
	if (next.symbol)
		next.call();
	if (shown.texture && folder)
		keep(folder);
	shown.texture = 0;
}
