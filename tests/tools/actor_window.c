// SPDX-License-Identifier: MIT
// Window, pictures and menu of the test client.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/tools/actor.h"

static void on_release(void *data, struct wl_buffer *buffer)
{
	struct picture *picture = data;
	picture->busy = false;
}

static const struct wl_buffer_listener buffer_listener = {.release = on_release};

static bool prepare_picture(struct actor *actor, struct picture *picture, int width, int height)
{
	if (picture->buffer && picture->width == width && picture->height == height)
		return true;
	if (picture->buffer) {
		munmap(picture->pixels, (size_t)picture->width * (size_t)picture->height * 4);
		wl_buffer_destroy(picture->buffer);
	}
	size_t size = (size_t)width * (size_t)height * 4;
	int fd = memfd_create("actor", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return false;
	picture->pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct wl_shm_pool *pool = wl_shm_create_pool(actor->shm, fd, (int32_t)size);
	picture->buffer = wl_shm_pool_create_buffer(
		pool, 0, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
	wl_shm_pool_destroy(pool);
	close(fd);
	picture->width = width;
	picture->height = height;
	picture->busy = false;
	wl_buffer_add_listener(picture->buffer, &buffer_listener, picture);
	return picture->pixels != MAP_FAILED;
}

static struct picture *find_free_picture(struct actor *actor)
{
	for (size_t i = 0; i < sizeof(actor->pictures) / sizeof(*actor->pictures); i++)
		if (!actor->pictures[i].busy)
			return &actor->pictures[i];
	return NULL;
}

static void fill_columns(struct picture *picture, uint32_t color, int x, int width)
{
	for (int row = 0; row < picture->height; row++)
		for (int i = 0; i < width; i++)
			picture->pixels[row * picture->width + (x + i) % picture->width] = color;
}

static void on_frame(void *data, struct wl_callback *callback, uint32_t time_ms)
{
	struct actor *actor = data;
	wl_callback_destroy(callback);
	actor->waiting = false;
	if (!actor->frames || actor->frame < actor->frames)
		actor_draw(actor);
}

static const struct wl_callback_listener frame_listener = {.done = on_frame};

void actor_draw(struct actor *actor)
{
	struct picture *picture = find_free_picture(actor);
	if (!picture || !prepare_picture(actor, picture, actor->width, actor->height)) {
		fprintf(stderr, "actor: no buffer is free\n");
		exit(3);
	}
	fill_columns(picture, actor->color, 0, picture->width);
	if (actor->animate) {
		fill_columns(picture, 0xffffff, actor->frame % picture->width, 5);
		actor->frame++;
	}
	if (actor->animate && !actor->waiting) {
		struct wl_callback *callback = wl_surface_frame(actor->surface);
		wl_callback_add_listener(callback, &frame_listener, actor);
		actor->waiting = true;
	}
	wl_surface_attach(actor->surface, picture->buffer, 0, 0);
	wl_surface_damage_buffer(actor->surface, 0, 0, picture->width, picture->height);
	wl_surface_commit(actor->surface);
	picture->busy = true;
}

static void on_ping(void *data, struct xdg_wm_base *wm_base, uint32_t serial)
{
	struct actor *actor = data;
	if (!actor->no_pong)
		xdg_wm_base_pong(wm_base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {.ping = on_ping};

static void on_xdg_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct actor *actor = data;
	bool first = !actor->pictures[0].buffer;
	if (first && actor->late)
		usleep(500000); // the window exists, and is not mapped yet
	if (actor->error && !first)
		serial += 1000;
	if (!actor->no_ack || first)
		xdg_surface_ack_configure(xdg_surface, serial);
	if (first || !actor->waiting)
		actor_draw(actor);
}

static const struct xdg_surface_listener xdg_surface_listener = {.configure = on_xdg_configure};

static void on_configure(void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height,
	struct wl_array *states)
{
	struct actor *actor = data;
	if (width > 0)
		actor->width = width;
	if (height > 0)
		actor->height = height;
	bool maximized = false, fullscreen = false;
	uint32_t *state;
	wl_array_for_each(state, states) {
		maximized |= *state == XDG_TOPLEVEL_STATE_MAXIMIZED;
		fullscreen |= *state == XDG_TOPLEVEL_STATE_FULLSCREEN;
	}
	actor_report(actor, "size %dx%d%s%s", actor->width, actor->height,
		maximized ? " maximized" : "", fullscreen ? " fullscreen" : "");
}

static void on_dialog_xdg_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct actor *actor = data;
	xdg_surface_ack_configure(xdg_surface, serial);
	prepare_picture(actor, &actor->dialog_picture, 60, 40);
	fill_columns(&actor->dialog_picture, 0xffff00, 0, 60);
	wl_surface_attach(actor->dialog_surface, actor->dialog_picture.buffer, 0, 0);
	wl_surface_damage_buffer(actor->dialog_surface, 0, 0, 60, 40);
	wl_surface_commit(actor->dialog_surface);
}

static const struct xdg_surface_listener dialog_xdg_listener = {
	.configure = on_dialog_xdg_configure};

static void on_dialog_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
	int32_t height, struct wl_array *states)
{
}

static void on_dialog_close(void *data, struct xdg_toplevel *toplevel)
{
}

static const struct xdg_toplevel_listener dialog_listener = {
	.configure = on_dialog_configure,
	.close = on_dialog_close,
};

static void open_dialog(struct actor *actor)
{
	actor->dialog_surface = wl_compositor_create_surface(actor->compositor);
	struct xdg_surface *xdg_surface =
		xdg_wm_base_get_xdg_surface(actor->wm_base, actor->dialog_surface);
	xdg_surface_add_listener(xdg_surface, &dialog_xdg_listener, actor);
	struct xdg_toplevel *dialog = xdg_surface_get_toplevel(xdg_surface);
	xdg_toplevel_add_listener(dialog, &dialog_listener, actor);
	xdg_toplevel_set_parent(dialog, actor->toplevel);
	xdg_toplevel_set_app_id(dialog, actor->app_id);
	xdg_toplevel_set_title(dialog, "Save?");
	wl_surface_commit(actor->dialog_surface);
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
	struct actor *actor = data;
	actor_report(actor, "close");
	if (actor->late)
		usleep(500000);
	if (!actor->asks)
		actor->done = true;
	else if (!actor->dialog_surface)
		open_dialog(actor);
}

static void on_bounds(void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height)
{
}

static void on_capabilities(void *data, struct xdg_toplevel *toplevel, struct wl_array *array)
{
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = on_configure,
	.close = on_close,
	.configure_bounds = on_bounds,
	.wm_capabilities = on_capabilities,
};

void actor_close_menu(struct actor *actor)
{
	if (!actor->menu)
		return;
	xdg_popup_destroy(actor->menu);
	xdg_surface_destroy(actor->menu_xdg);
	wl_surface_destroy(actor->menu_surface);
	actor->menu = NULL;
	actor_report(actor, "menu closed");
}

static struct xdg_positioner *create_menu_positioner(struct actor *actor, int x, int y)
{
	struct xdg_positioner *positioner = xdg_wm_base_create_positioner(actor->wm_base);
	xdg_positioner_set_size(positioner, 60, 40);
	xdg_positioner_set_anchor_rect(positioner, x, y, 1, 1);
	xdg_positioner_set_gravity(positioner, XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT);
	return positioner;
}

static void on_menu_xdg_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct actor *actor = data;
	if (actor->no_menu_ack && actor->menu_picture.buffer)
		return;
	xdg_surface_ack_configure(xdg_surface, serial);
	if (actor->no_menu_ack) {
		struct xdg_positioner *positioner = create_menu_positioner(actor, 0, 0);
		xdg_popup_reposition(actor->menu, positioner, 1);
		xdg_positioner_destroy(positioner);
	}
	prepare_picture(actor, &actor->menu_picture, 60, 40);
	fill_columns(&actor->menu_picture, 0x00ff00, 0, 60);
	wl_surface_attach(actor->menu_surface, actor->menu_picture.buffer, 0, 0);
	wl_surface_damage_buffer(actor->menu_surface, 0, 0, 60, 40);
	wl_surface_commit(actor->menu_surface);
}

static const struct xdg_surface_listener menu_xdg_listener = {.configure = on_menu_xdg_configure};

static void on_menu_configure(
	void *data, struct xdg_popup *popup, int32_t x, int32_t y, int32_t width, int32_t height)
{
	actor_report(data, "menu %d,%d", x, y);
}

static void on_menu_done(void *data, struct xdg_popup *popup)
{
	actor_close_menu(data);
}

static void on_repositioned(void *data, struct xdg_popup *popup, uint32_t token)
{
}

static const struct xdg_popup_listener menu_listener = {
	.configure = on_menu_configure,
	.popup_done = on_menu_done,
	.repositioned = on_repositioned,
};

void actor_open_menu(struct actor *actor, uint32_t serial, int x, int y)
{
	struct xdg_positioner *positioner = create_menu_positioner(actor, x, y);
	actor->menu_surface = wl_compositor_create_surface(actor->compositor);
	actor->menu_xdg = xdg_wm_base_get_xdg_surface(actor->wm_base, actor->menu_surface);
	xdg_surface_add_listener(actor->menu_xdg, &menu_xdg_listener, actor);
	actor->menu = xdg_surface_get_popup(actor->menu_xdg, actor->xdg_surface, positioner);
	xdg_popup_add_listener(actor->menu, &menu_listener, actor);
	xdg_popup_grab(actor->menu, actor->seat, serial);
	wl_surface_commit(actor->menu_surface);
	xdg_positioner_destroy(positioner);
}

void actor_create_window(struct actor *actor)
{
	xdg_wm_base_add_listener(actor->wm_base, &wm_base_listener, actor);
	actor->surface = wl_compositor_create_surface(actor->compositor);
	actor->xdg_surface = xdg_wm_base_get_xdg_surface(actor->wm_base, actor->surface);
	xdg_surface_add_listener(actor->xdg_surface, &xdg_surface_listener, actor);
	actor->toplevel = xdg_surface_get_toplevel(actor->xdg_surface);
	xdg_toplevel_add_listener(actor->toplevel, &toplevel_listener, actor);
	xdg_toplevel_set_app_id(actor->toplevel, actor->app_id);
	xdg_toplevel_set_title(actor->toplevel, actor->title);
	wl_surface_commit(actor->surface);
}
