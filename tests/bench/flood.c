// SPDX-License-Identifier: MIT
// A client that floods a compositor with requests, and a witness that measures what this does to
// other clients. "flood MODE COUNT" prints "done" after COUNT requests of that kind were processed,
// waits for a line on standard input and exits. "flood witness PID" prints "ready", animates a
// small window until a line comes, and prints the longest time between two frames and the most CPU
// time of the compositor between two, in milliseconds.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <wayland-client-core.h>
#include "wayland-client-protocol.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

#define EVERY 50 // requests between flushes

struct flood {
	struct wl_display *display;
	struct wl_compositor *compositor;
	struct wl_subcompositor *subcompositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *wm_base;
	struct zwp_virtual_keyboard_manager_v1 *keyboards;
	struct wl_buffer *buffer;
	struct window *first;
	int keymap_fd;
	uint32_t keymap_size;
	// The witness
	int frames;
	int schedstat; // of the compositor: CPU time of its main thread
	double last_ms, worst_ms, last_cpu_ms, worst_cpu_ms;
};

struct window {
	struct flood *flood;
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	bool configured;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "flood: %s\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

// Sends what is queued, however long that takes, and reads the events that have come.
static void exchange(struct flood *flood)
{
	struct pollfd poll_fd = {.fd = wl_display_get_fd(flood->display)};
	for (;;) {
		while (wl_display_prepare_read(flood->display) != 0)
			wl_display_dispatch_pending(flood->display);
		bool full = wl_display_flush(flood->display) < 0;
		if (full && errno != EAGAIN)
			die("the connection ended");
		poll_fd.events = full ? POLLIN | POLLOUT : POLLIN;
		poll(&poll_fd, 1, full ? -1 : 0);
		if (poll_fd.revents & POLLIN)
			wl_display_read_events(flood->display);
		else
			wl_display_cancel_read(flood->display);
		if (wl_display_dispatch_pending(flood->display) < 0)
			die("the connection ended");
		if (!full)
			break;
	}
	wl_display_flush(flood->display); // what handlers of events requested
}

// Windows

static void draw(struct window *window)
{
	wl_surface_attach(window->surface, window->flood->buffer, 0, 0);
	wl_surface_damage_buffer(window->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(window->surface);
}

// Waits until everything is sent, as many events may be handled in a row.
static void drain(struct flood *flood)
{
	while (wl_display_flush(flood->display) < 0 && errno == EAGAIN)
		poll(&(struct pollfd){wl_display_get_fd(flood->display), POLLOUT, 0}, 1, -1);
}

static void on_surface_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct window *window = data;
	xdg_surface_ack_configure(xdg_surface, serial);
	if (!window->configured)
		draw(window);
	window->configured = true;
	drain(window->flood);
}

static const struct xdg_surface_listener xdg_surface_listener = {on_surface_configure};

static void on_toplevel_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
	int32_t height, struct wl_array *states)
{
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = on_toplevel_configure, .close = on_close};

static struct window *make_window(struct flood *flood)
{
	struct window *window = calloc(1, sizeof(*window));
	if (!window)
		die("no memory");
	window->flood = flood;
	window->surface = wl_compositor_create_surface(flood->compositor);
	window->xdg_surface = xdg_wm_base_get_xdg_surface(flood->wm_base, window->surface);
	xdg_surface_add_listener(window->xdg_surface, &xdg_surface_listener, window);
	window->toplevel = xdg_surface_get_toplevel(window->xdg_surface);
	xdg_toplevel_add_listener(window->toplevel, &toplevel_listener, window);
	return window;
}

static void make_buffer(struct flood *flood)
{
	int width = 96, height = 64;
	size_t size = (size_t)(width * height * 4);
	int fd = memfd_create("flood", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		die("no memory");
	struct wl_shm_pool *pool = wl_shm_create_pool(flood->shm, fd, (int32_t)size);
	flood->buffer = wl_shm_pool_create_buffer(
		pool, 0, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
	wl_shm_pool_destroy(pool);
	close(fd);
}

static void make_first(struct flood *flood)
{
	flood->first = make_window(flood);
	wl_surface_commit(flood->first->surface);
	while (!flood->first->configured)
		if (wl_display_dispatch(flood->display) < 0)
			die("the connection ended");
}

// Floods: each makes one request, or a few

static void flood_unmapped(struct flood *flood, int i)
{
	make_window(flood);
}

static void flood_windows(struct flood *flood, int i)
{
	wl_surface_commit(make_window(flood)->surface);
}

static void flood_redraws(struct flood *flood, int i)
{
	draw(flood->first);
}

static void flood_damage(struct flood *flood, int i)
{
	wl_surface_damage_buffer(flood->first->surface, i * 2 % 400, i / 200 * 2 % 400, 1, 1);
	if (i % 1000 == 999)
		draw(flood->first);
}

static void flood_regions(struct flood *flood, int i)
{
	static struct wl_region *region;
	if (!region)
		region = wl_compositor_create_region(flood->compositor);
	wl_region_add(region, i * 2 % 60000, i / 30000, 1, 1);
}

static void flood_subsurfaces(struct flood *flood, int i)
{
	struct wl_surface *surface = wl_compositor_create_surface(flood->compositor);
	wl_subcompositor_get_subsurface(flood->subcompositor, surface, flood->first->surface);
	wl_surface_attach(surface, flood->buffer, 0, 0);
	wl_surface_commit(surface);
	if (i % 100 == 99)
		draw(flood->first);
}

static void flood_titles(struct flood *flood, int i)
{
	char title[64];
	snprintf(title, sizeof(title), "title %d", i);
	xdg_toplevel_set_title(flood->first->toplevel, title);
}

static void flood_syncs(struct flood *flood, int i)
{
	wl_callback_destroy(wl_display_sync(flood->display));
}

static void flood_keymaps(struct flood *flood, int i)
{
	static struct zwp_virtual_keyboard_v1 *keyboard;
	if (!flood->keyboards || flood->keymap_fd < 0)
		die("no keymap");
	if (!keyboard)
		keyboard = zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(
			flood->keyboards, flood->seat);
	zwp_virtual_keyboard_v1_keymap(
		keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, flood->keymap_fd, flood->keymap_size);
	zwp_virtual_keyboard_v1_key(keyboard, 0, 30, WL_KEYBOARD_KEY_STATE_PRESSED);
	zwp_virtual_keyboard_v1_key(keyboard, 0, 30, WL_KEYBOARD_KEY_STATE_RELEASED);
	exchange(flood);
}

static const struct mode {
	const char *name;
	void (*request)(struct flood *flood, int i);
} modes[] = {
	{"unmapped", flood_unmapped},
	{"windows", flood_windows},
	{"redraws", flood_redraws},
	{"damage", flood_damage},
	{"regions", flood_regions},
	{"subsurfaces", flood_subsurfaces},
	{"titles", flood_titles},
	{"syncs", flood_syncs},
	{"keymaps", flood_keymaps},
};

static int run_flood(struct flood *flood, const struct mode *mode, int count)
{
	for (int i = 0; i < count; i++) {
		mode->request(flood, i);
		if (i % EVERY == 0)
			exchange(flood);
	}
	if (wl_display_roundtrip(flood->display) < 0)
		die("the connection ended");
	printf("done\n");
	fflush(stdout);
	struct pollfd polls[] = {{.fd = 0, .events = POLLIN},
		{.fd = wl_display_get_fd(flood->display), .events = POLLIN}};
	while (poll(polls, 2, -1) >= 0 && !polls[0].revents)
		exchange(flood);
	return 0;
}

// The witness

static double compositor_cpu_ms(const struct flood *flood)
{
	char text[64] = "";
	if (pread(flood->schedstat, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return strtod(text, NULL) / 1e6;
}

// Called at each frame, and at the end.
static void account(struct flood *flood)
{
	double now = now_ms(), cpu = compositor_cpu_ms(flood);
	if (flood->frames > 30) {
		double took = now - flood->last_ms, work = cpu - flood->last_cpu_ms;
		flood->worst_ms = took > flood->worst_ms ? took : flood->worst_ms;
		flood->worst_cpu_ms = work > flood->worst_cpu_ms ? work : flood->worst_cpu_ms;
	}
	flood->last_ms = now;
	flood->last_cpu_ms = cpu;
}

static void on_frame(void *data, struct wl_callback *callback, uint32_t time);

static const struct wl_callback_listener frame_listener = {on_frame};

static void animate(struct flood *flood)
{
	wl_callback_add_listener(wl_surface_frame(flood->first->surface), &frame_listener, flood);
	draw(flood->first);
}

static void on_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	struct flood *flood = data;
	wl_callback_destroy(callback);
	flood->frames++;
	account(flood);
	animate(flood);
}

static int run_witness(struct flood *flood, const char *pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	flood->schedstat = open(path, O_RDONLY | O_CLOEXEC);
	animate(flood);
	bool ready = false;
	struct pollfd polls[] = {{.fd = 0, .events = POLLIN},
		{.fd = wl_display_get_fd(flood->display), .events = POLLIN}};
	while (!polls[0].revents) {
		exchange(flood);
		if (!ready && flood->frames > 40) {
			printf("ready\n");
			fflush(stdout);
			ready = true;
		}
		poll(polls, 2, -1);
	}
	account(flood); // for a frame that has not come yet
	printf("%.1f %.1f\n", flood->worst_ms, flood->worst_cpu_ms);
	return 0;
}

// Globals

static void on_ping(void *data, struct xdg_wm_base *wm_base, uint32_t serial)
{
	xdg_wm_base_pong(wm_base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {on_ping};

static void on_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	struct flood *flood = data;
	flood->keymap_fd = fd;
	flood->keymap_size = size;
}

static void on_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
}

static void on_leave(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t state)
{
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
}

static const struct wl_keyboard_listener keyboard_listener = {.keymap = on_keymap,
	.enter = on_enter,
	.leave = on_leave,
	.key = on_key,
	.modifiers = on_modifiers};

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct flood *flood = data;
	if (strcmp(interface, wl_compositor_interface.name) == 0)
		flood->compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	else if (strcmp(interface, wl_subcompositor_interface.name) == 0)
		flood->subcompositor =
			wl_registry_bind(registry, name, &wl_subcompositor_interface, 1);
	else if (strcmp(interface, wl_shm_interface.name) == 0)
		flood->shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	else if (strcmp(interface, wl_seat_interface.name) == 0)
		flood->seat = wl_registry_bind(registry, name, &wl_seat_interface, 1);
	else if (strcmp(interface, zwp_virtual_keyboard_manager_v1_interface.name) == 0)
		flood->keyboards = wl_registry_bind(
			registry, name, &zwp_virtual_keyboard_manager_v1_interface, 1);
	else if (strcmp(interface, xdg_wm_base_interface.name) == 0) {
		flood->wm_base = wl_registry_bind(registry, name, &xdg_wm_base_interface, 1);
		xdg_wm_base_add_listener(flood->wm_base, &wm_base_listener, flood);
	}
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {on_global, on_global_remove};

int main(int argc, char **argv)
{
	struct flood flood = {.keymap_fd = -1};
	const struct mode *mode = NULL;
	bool witness = argc == 3 && strcmp(argv[1], "witness") == 0;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]) && argc == 3; i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			mode = &modes[i];
	int count = mode ? atoi(argv[2]) : 0;
	if (!witness && (count <= 0 || count > 100000000)) {
		fprintf(stderr, "usage: flood MODE COUNT | flood witness PID\n");
		return 2;
	}
	alarm(300); // ends the client if the compositor hangs
	flood.display = wl_display_connect(NULL);
	if (!flood.display)
		die("no compositor");
	struct wl_registry *registry = wl_display_get_registry(flood.display);
	wl_registry_add_listener(registry, &registry_listener, &flood);
	wl_display_roundtrip(flood.display);
	if (mode && mode->request == flood_keymaps)
		wl_keyboard_add_listener(
			wl_seat_get_keyboard(flood.seat), &keyboard_listener, &flood);
	make_buffer(&flood);
	make_first(&flood);
	wl_display_roundtrip(flood.display);
	return witness ? run_witness(&flood, argv[2]) : run_flood(&flood, mode, count);
}
