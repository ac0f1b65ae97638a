// SPDX-License-Identifier: MIT
// A client that puts load on a compositor. "load MODE FRAMES" warms up, prints "ready", waits for a
// line on standard input, runs for FRAMES frames of its first window and prints "done".
#include <fcntl.h>
#include <pixman.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wayland-client-core.h>
#include "wayland-client-protocol.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

#define WARM_UP 30
#define MAX_WINDOWS 30
#define OPAQUE WL_SHM_FORMAT_XRGB8888

struct mode {
	const char *name;
	int windows, width, height;
	uint32_t format, pixel;
	int damage; // side of the damaged square; 0: none, -1: everything
	bool fullscreen, maximized, panel, remaps, still;
};

static const struct mode modes[] = {
	{.name = "full", 1, 1920, 1080, OPAQUE, 0xff336699, -1, .fullscreen = true},
	{.name = "panel", 1, 1920, 1050, OPAQUE, 0xff336699, -1, .maximized = true, .panel = true},
	{.name = "alpha", 10, 800, 600, WL_SHM_FORMAT_ARGB8888, 0x80204060, -1, .still = false},
	{.name = "small", 30, 400, 300, OPAQUE, 0xff996633, 32, .still = false},
	{.name = "empty", 1, 800, 600, OPAQUE, 0xff336699, 0, .still = false},
	{.name = "map", 1, 800, 600, OPAQUE, 0xff336699, -1, .remaps = true},
	{.name = "still", 1, 800, 600, OPAQUE, 0xff336699, -1, .still = true},
};

struct window;

struct load {
	const struct mode *mode;
	struct wl_display *display;
	struct wl_compositor *compositor;
	struct wl_shm *shm;
	struct xdg_wm_base *wm_base;
	struct zwlr_layer_shell_v1 *layer_shell;
	struct window *windows;
	int frames; // of the first window
	bool panel_ready;
};

struct window {
	struct load *load;
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	struct wl_buffer *buffers[3];
	bool busy[3];
	int width, height;
	int step;
	bool configured;
};

static void *map_shared(int *fd, size_t size)
{
	*fd = memfd_create("load", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	// Sealed like the memory of toolkits, so that compositors can map it without SIGBUS guards.
	if (*fd < 0 || ftruncate(*fd, (off_t)size) != 0 ||
		fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
		perror("load: memory");
		exit(1);
	}
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (data == MAP_FAILED) {
		perror("load: mmap");
		exit(1);
	}
	return data;
}

static void on_release(void *data, struct wl_buffer *buffer)
{
	struct window *window = data;
	for (int i = 0; i < 3; i++)
		if (window->buffers[i] == buffer)
			window->busy[i] = false;
}

static const struct wl_buffer_listener buffer_listener = {on_release};

static struct wl_buffer *make_buffer(
	struct load *load, int width, int height, uint32_t format, uint32_t pixel)
{
	int fd;
	size_t size = (size_t)width * (size_t)height * 4;
	uint32_t *data = map_shared(&fd, size);
	for (size_t i = 0; i < size / 4; i++)
		data[i] = pixel ^ (uint32_t)(i & 7);
	munmap(data, size);
	struct wl_shm_pool *pool = wl_shm_create_pool(load->shm, fd, (int32_t)size);
	struct wl_buffer *buffer =
		wl_shm_pool_create_buffer(pool, 0, width, height, width * 4, format);
	wl_shm_pool_destroy(pool);
	close(fd);
	return buffer;
}

static void draw(struct window *window);

static void add_role(struct window *window);

static void on_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	struct window *window = data;
	struct load *load = window->load;
	wl_callback_destroy(callback);
	if (window == load->windows)
		load->frames++;
	if (load->mode->still)
		return;
	if (!load->mode->remaps) {
		draw(window);
		return;
	}
	xdg_toplevel_destroy(window->toplevel);
	xdg_surface_destroy(window->xdg_surface);
	wl_surface_attach(window->surface, NULL, 0, 0);
	wl_surface_commit(window->surface);
	window->configured = false;
	add_role(window);
}

static const struct wl_callback_listener frame_listener = {on_frame};

static struct wl_buffer *next_buffer(struct window *window)
{
	const struct mode *mode = window->load->mode;
	for (int i = 0; i < 3; i++) {
		if (window->busy[i])
			continue;
		if (!window->buffers[i]) {
			window->buffers[i] = make_buffer(window->load, window->width,
				window->height, mode->format, mode->pixel);
			wl_buffer_add_listener(window->buffers[i], &buffer_listener, window);
		}
		window->busy[i] = true;
		return window->buffers[i];
	}
	return window->buffers[0];
}

static void draw(struct window *window)
{
	const struct mode *mode = window->load->mode;
	wl_callback_add_listener(wl_surface_frame(window->surface), &frame_listener, window);
	int side = mode->damage;
	if (side || !window->step) {
		wl_surface_attach(window->surface, next_buffer(window), 0, 0);
		if (side < 0 || !window->step)
			wl_surface_damage_buffer(window->surface, 0, 0, INT32_MAX, INT32_MAX);
		else
			wl_surface_damage_buffer(window->surface, window->step * 7 % 300,
				window->step * 5 % 200, side, side);
	}
	window->step++;
	wl_surface_commit(window->surface);
}

static void on_surface_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct window *window = data;
	xdg_surface_ack_configure(xdg_surface, serial);
	if (window->configured)
		return;
	window->configured = true;
	draw(window);
}

static const struct xdg_surface_listener xdg_surface_listener = {on_surface_configure};

static void on_configure(void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height,
	struct wl_array *states)
{
	struct window *window = data;
	const struct mode *mode = window->load->mode;
	if ((mode->fullscreen || mode->maximized) && width > 0 && height > 0 && !window->step) {
		window->width = width;
		window->height = height;
	}
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
	exit(0);
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = on_configure, .close = on_close};

static void add_role(struct window *window)
{
	struct load *load = window->load;
	window->xdg_surface = xdg_wm_base_get_xdg_surface(load->wm_base, window->surface);
	xdg_surface_add_listener(window->xdg_surface, &xdg_surface_listener, window);
	window->toplevel = xdg_surface_get_toplevel(window->xdg_surface);
	xdg_toplevel_add_listener(window->toplevel, &toplevel_listener, window);
	xdg_toplevel_set_app_id(window->toplevel, "load");
	if (load->mode->fullscreen)
		xdg_toplevel_set_fullscreen(window->toplevel, NULL);
	if (load->mode->maximized)
		xdg_toplevel_set_maximized(window->toplevel);
	wl_surface_commit(window->surface);
}

static void make_window(struct load *load, struct window *window)
{
	window->load = load;
	window->width = load->mode->width;
	window->height = load->mode->height;
	window->surface = wl_compositor_create_surface(load->compositor);
	add_role(window);
}

static void on_layer_configure(void *data, struct zwlr_layer_surface_v1 *layer, uint32_t serial,
	uint32_t width, uint32_t height)
{
	struct load *load = data;
	zwlr_layer_surface_v1_ack_configure(layer, serial);
	load->panel_ready = true;
}

static void on_layer_closed(void *data, struct zwlr_layer_surface_v1 *layer)
{
}

static const struct zwlr_layer_surface_v1_listener layer_listener = {
	on_layer_configure, on_layer_closed};

static void make_panel(struct load *load)
{
	struct wl_surface *surface = wl_compositor_create_surface(load->compositor);
	struct zwlr_layer_surface_v1 *layer = zwlr_layer_shell_v1_get_layer_surface(
		load->layer_shell, surface, NULL, ZWLR_LAYER_SHELL_V1_LAYER_TOP, "panel");
	zwlr_layer_surface_v1_add_listener(layer, &layer_listener, load);
	zwlr_layer_surface_v1_set_anchor(layer,
		ZWLR_LAYER_SURFACE_V1_ANCHOR_TOP | ZWLR_LAYER_SURFACE_V1_ANCHOR_LEFT |
			ZWLR_LAYER_SURFACE_V1_ANCHOR_RIGHT);
	zwlr_layer_surface_v1_set_size(layer, 0, 30);
	zwlr_layer_surface_v1_set_exclusive_zone(layer, 30);
	wl_surface_commit(surface);
	while (!load->panel_ready && wl_display_dispatch(load->display) >= 0)
		;
	wl_surface_attach(
		surface, make_buffer(load, 1920, 30, WL_SHM_FORMAT_XRGB8888, 0xff222222), 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(surface);
	wl_display_roundtrip(load->display);
}

static void on_ping(void *data, struct xdg_wm_base *wm_base, uint32_t serial)
{
	xdg_wm_base_pong(wm_base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {on_ping};

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct load *load = data;
	if (strcmp(interface, wl_compositor_interface.name) == 0)
		load->compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	else if (strcmp(interface, wl_shm_interface.name) == 0)
		load->shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	else if (strcmp(interface, zwlr_layer_shell_v1_interface.name) == 0)
		load->layer_shell =
			wl_registry_bind(registry, name, &zwlr_layer_shell_v1_interface, 1);
	else if (strcmp(interface, xdg_wm_base_interface.name) == 0) {
		load->wm_base = wl_registry_bind(registry, name, &xdg_wm_base_interface, 1);
		xdg_wm_base_add_listener(load->wm_base, &wm_base_listener, load);
	}
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {on_global, on_global_remove};

// Yardsticks: CPU time of the bare work at the pace of frames. A tight loop would run from warm
// caches, which no compositor does.

static double cpu_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void wait_for_frame(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 16 * 1000 * 1000}, NULL);
}

static int compare_costs(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

// Composes a frame with pixman from triple-buffered memory of a client.
static int measure_pixman(pixman_op_t op, pixman_format_code_t format)
{
	int fd;
	size_t size = 1920 * 1080 * 4;
	pixman_image_t *images[4];
	for (int i = 0; i < 4; i++) {
		void *data = map_shared(&fd, size);
		memset(data, 0x55, size);
		images[i] = pixman_image_create_bits(
			i < 3 ? format : PIXMAN_x8r8g8b8, 1920, 1080, data, 1920 * 4);
	}
	double costs[45];
	for (int i = 0; i < 45; i++) {
		wait_for_frame();
		double start = cpu_ms();
		pixman_image_composite32(
			op, images[i % 3], NULL, images[3], 0, 0, 0, 0, 0, 0, 1920, 1080);
		costs[i] = cpu_ms() - start;
	}
	qsort(costs, 45, sizeof(costs[0]), compare_costs);
	printf("%.3f\n", costs[22]);
	return 0;
}

// A message in each direction and the two wake-ups that every compositor needs per frame.
static int measure_wakeups(void)
{
	int ends[2], epoll = epoll_create1(EPOLL_CLOEXEC);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	char message[64] = {0};
	if (epoll < 0 || timer < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) {
		perror("load: wake-ups");
		return 1;
	}
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		while (recv(ends[1], message, sizeof(message), 0) > 0)
			send(ends[1], message, 20, 0);
		_exit(0);
	}
	close(ends[1]);
	struct epoll_event event = {.events = EPOLLIN, .data.fd = timer};
	epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
	event.data.fd = ends[0];
	epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
	struct itimerspec soon = {.it_value.tv_nsec = 16 * 1000 * 1000};
	timerfd_settime(timer, 0, &soon, NULL);
	double costs[120], start = cpu_ms();
	for (int frame = 0; frame < 120;) {
		epoll_wait(epoll, &event, 1, -1);
		if (event.data.fd == ends[0]) {
			recv(ends[0], message, sizeof(message), 0);
			timerfd_settime(timer, 0, &soon, NULL);
			costs[frame++] = cpu_ms() - start;
			start = cpu_ms();
		} else if (read(timer, message, 8) == 8) {
			send(ends[0], message, 24, 0);
		}
	}
	qsort(costs, 120, sizeof(costs[0]), compare_costs);
	printf("%.3f\n", costs[60]);
	close(ends[0]);
	waitpid(child, NULL, 0);
	return 0;
}

static void run_to(struct load *load, int frames)
{
	while (load->frames < frames)
		if (wl_display_dispatch(load->display) < 0) {
			fprintf(stderr, "load: the connection ended\n");
			exit(1);
		}
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "pixman-src") == 0)
		return measure_pixman(PIXMAN_OP_SRC, PIXMAN_x8r8g8b8);
	if (argc == 2 && strcmp(argv[1], "pixman-over") == 0)
		return measure_pixman(PIXMAN_OP_OVER, PIXMAN_a8r8g8b8);
	if (argc == 2 && strcmp(argv[1], "wake-ups") == 0)
		return measure_wakeups();
	alarm(60); // ends the client if the compositor hangs
	struct load load = {0};
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]) && argc == 3; i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			load.mode = &modes[i];
	if (!load.mode) {
		fprintf(stderr, "usage: load MODE FRAMES | load pixman-src|pixman-over|wake-ups\n");
		return 2;
	}
	load.display = wl_display_connect(NULL);
	if (!load.display) {
		fprintf(stderr, "load: no compositor\n");
		return 1;
	}
	struct wl_registry *registry = wl_display_get_registry(load.display);
	wl_registry_add_listener(registry, &registry_listener, &load);
	wl_display_roundtrip(load.display);
	if (load.mode->panel && !load.layer_shell) {
		fprintf(stderr, "load: no layer shell\n");
		return 1;
	}
	if (load.mode->panel)
		make_panel(&load);
	struct window windows[MAX_WINDOWS] = {0};
	load.windows = windows;
	for (int i = 0; i < load.mode->windows; i++)
		make_window(&load, &windows[i]);
	run_to(&load, load.mode->still ? 1 : WARM_UP);
	printf("ready\n");
	fflush(stdout);
	if (load.mode->still)
		while (wl_display_dispatch(load.display) >= 0)
			;
	if (!fgets((char[16]){0}, 16, stdin))
		return 1;
	run_to(&load, load.frames + atoi(argv[2]));
	printf("done\n");
	return 0;
}
