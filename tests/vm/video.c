// SPDX-License-Identifier: MIT
// A client that shows a video frame (NV12, 320x240, green with a red rectangle) in memory of vgem,
// a device other than the screen's. usage: vm-video
#include <drm.h>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client-core.h>
#include "wayland-client-protocol.h"
#include "linux-dmabuf-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

enum { WIDTH = 320, HEIGHT = 240, FIELD = 80 };

struct app {
	struct wl_compositor *compositor;
	struct zwp_linux_dmabuf_v1 *dmabuf;
	struct xdg_wm_base *shell;
	struct wl_surface *surface;
	struct wl_buffer *buffer;
	bool closed;
};

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct app *app = data;
	if (strcmp(interface, wl_compositor_interface.name) == 0)
		app->compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	else if (strcmp(interface, zwp_linux_dmabuf_v1_interface.name) == 0)
		app->dmabuf = wl_registry_bind(registry, name, &zwp_linux_dmabuf_v1_interface, 3);
	else if (strcmp(interface, xdg_wm_base_interface.name) == 0)
		app->shell = wl_registry_bind(registry, name, &xdg_wm_base_interface, 1);
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static void on_ping(void *data, struct xdg_wm_base *shell, uint32_t serial)
{
	xdg_wm_base_pong(shell, serial);
}

static void on_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct app *app = data;
	xdg_surface_ack_configure(xdg_surface, serial);
	wl_surface_attach(app->surface, app->buffer, 0, 0);
	wl_surface_damage_buffer(app->surface, 0, 0, WIDTH, HEIGHT);
	wl_surface_commit(app->surface);
}

static void on_toplevel_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
	int32_t height, struct wl_array *states)
{
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
	((struct app *)data)->closed = true;
}

static const struct wl_registry_listener registry_listener = {on_global, on_global_remove};
static const struct xdg_wm_base_listener shell_listener = {on_ping};
static const struct xdg_surface_listener surface_listener = {on_configure};
static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = on_toplevel_configure, .close = on_close};

static void fill(unsigned char *memory)
{
	unsigned char *colors = memory + WIDTH * HEIGHT;
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			memory[y * WIDTH + x] = x < FIELD && y < FIELD ? 81 : 145;
	for (int y = 0; y < HEIGHT / 2; y++)
		for (int x = 0; x < WIDTH / 2; x++) {
			bool red = x < FIELD / 2 && y < FIELD / 2;
			colors[y * WIDTH + 2 * x] = red ? 90 : 54;
			colors[y * WIDTH + 2 * x + 1] = red ? 240 : 34;
		}
}

// Opens vgem. -1: there is none.
static int open_device(void)
{
	for (int i = 0; i < 16; i++) {
		char path[32], name[16] = {0};
		struct drm_version version = {.name = name, .name_len = sizeof(name) - 1};
		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		int fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && ioctl(fd, DRM_IOCTL_VERSION, &version) == 0 &&
			strcmp(name, "vgem") == 0)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

// Creates a DMA-BUF. -1: errno is set.
static int make_memory(void)
{
	struct drm_mode_create_dumb create = {.width = WIDTH, .height = HEIGHT * 3 / 2, .bpp = 8};
	int device = open_device();
	if (device < 0 || ioctl(device, DRM_IOCTL_MODE_CREATE_DUMB, &create) != 0)
		return -1;
	struct drm_mode_map_dumb map = {.handle = create.handle};
	struct drm_prime_handle prime = {
		.handle = create.handle, .flags = DRM_CLOEXEC | DRM_RDWR, .fd = -1};
	if (create.pitch != WIDTH || ioctl(device, DRM_IOCTL_MODE_MAP_DUMB, &map) != 0 ||
		ioctl(device, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) != 0)
		return -1;
	void *memory = mmap(
		NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, device, (off_t)map.offset);
	if (memory == MAP_FAILED)
		return -1;
	fill(memory);
	return prime.fd;
}

static struct wl_buffer *make_buffer(struct app *app, int fd)
{
	struct zwp_linux_buffer_params_v1 *params = zwp_linux_dmabuf_v1_create_params(app->dmabuf);
	for (uint32_t i = 0; i < 2; i++)
		zwp_linux_buffer_params_v1_add(params, fd, i, i * WIDTH * HEIGHT, WIDTH,
			DRM_FORMAT_MOD_LINEAR >> 32, DRM_FORMAT_MOD_LINEAR & UINT32_MAX);
	return zwp_linux_buffer_params_v1_create_immed(params, WIDTH, HEIGHT, DRM_FORMAT_NV12, 0);
}

int main(void)
{
	struct app app = {0};
	struct wl_display *display = wl_display_connect(NULL);
	int fd = make_memory();
	if (!display || fd < 0) {
		perror(display ? "vgem" : "Wayland");
		return 1;
	}
	wl_registry_add_listener(wl_display_get_registry(display), &registry_listener, &app);
	wl_display_roundtrip(display);
	if (!app.compositor || !app.dmabuf || !app.shell) {
		fprintf(stderr, "The compositor takes no memory of devices.\n");
		return 1;
	}
	xdg_wm_base_add_listener(app.shell, &shell_listener, &app);
	app.buffer = make_buffer(&app, fd);
	app.surface = wl_compositor_create_surface(app.compositor);
	struct xdg_surface *xdg_surface = xdg_wm_base_get_xdg_surface(app.shell, app.surface);
	struct xdg_toplevel *toplevel = xdg_surface_get_toplevel(xdg_surface);
	xdg_surface_add_listener(xdg_surface, &surface_listener, &app);
	xdg_toplevel_add_listener(toplevel, &toplevel_listener, &app);
	xdg_toplevel_set_app_id(toplevel, "video");
	wl_surface_commit(app.surface);
	while (!app.closed && wl_display_dispatch(display) >= 0)
		;
	return !app.closed;
}
