// SPDX-License-Identifier: MIT
// Preloaded into a vhost-user-gpu: it draws without a GPU's node, which it would insist on. What it
// then cannot hand over to its display is an empty file.
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
