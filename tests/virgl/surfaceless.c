// SPDX-License-Identifier: MIT
// Preloaded into vhost-user-gpu, so that virglrenderer renders without a GPU, in a surfaceless EGL
// context. Textures cannot be exported there: the display receives empty files instead.
#include <dlfcn.h>
#include <sys/mman.h>

enum { USE_EGL = 1 << 0, USE_SURFACELESS = 1 << 3 };

int virgl_renderer_init(void *cookie, int flags, void *callbacks);
int virgl_renderer_init(void *cookie, int flags, void *callbacks)
{
	union {
		void *symbol;
		int (*call)(void *cookie, int flags, void *callbacks);
	} next = {dlsym(RTLD_NEXT, "virgl_renderer_init")};
	return next.symbol ? next.call(cookie, flags | USE_EGL | USE_SURFACELESS, callbacks) : -1;
}

int virgl_renderer_get_fd_for_texture(unsigned texture, int *fd);
int virgl_renderer_get_fd_for_texture(unsigned texture, int *fd)
{
	*fd = memfd_create("nothing", MFD_CLOEXEC);
	return *fd < 0 ? -1 : 0;
}
