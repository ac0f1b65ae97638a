// SPDX-License-Identifier: MIT
// A client that does as it is told, for tests of the runner: one window of one colour, perhaps with
// a bar that moves by one step per frame callback, that writes what it hears to standard output.
//
// usage: actor [--size WxH] [--color RRGGBB] [--app-id ID] [--title TEXT] [--exit STATUS]
//        [--animate] [--frames N] [--events] [--menu] [--no-ack] [--no-pong]
//        [--no-menu-ack] [--spin] [--error] [--hold]
#include <fcntl.h>
#include <getopt.h>
#include <linux/input-event-codes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client-core.h>
#include <xkbcommon/xkbcommon.h>
#include "tests/tools/hold.h"
#include "wayland-client-protocol.h"
#include "xdg-shell-client-protocol.h"

struct picture {
	struct wl_buffer *buffer;
	uint32_t *pixels;
	int width, height;
	bool busy;
};

struct actor {
	struct wl_display *display;
	struct wl_compositor *compositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *wm_base;
	struct wl_data_device_manager *data_manager;
	struct wl_data_device *data_device;
	struct wl_data_offer *offer;
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	struct wl_surface *menu_surface;
	struct xdg_surface *menu_xdg;
	struct xdg_popup *menu;
	struct picture menu_picture;
	struct xkb_context *xkb;
	struct xkb_state *state;
	struct picture pictures[3];
	int width, height;
	int pointer_x, pointer_y;
	uint32_t color;
	const char *app_id, *title;
	bool animate, events, has_menu, no_ack, no_menu_ack, no_pong, spin, error;
	int frame, frames; // frames 0: without end
	bool waiting;      // for a frame callback
	bool done;
	int status;
	bool holds; // and tells more of the pointer than others do
	struct hold hold;
};

static void say(struct actor *actor, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct actor *actor, const char *format, ...)
{
	va_list args;
	if (!actor->events)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void on_release(void *data, struct wl_buffer *buffer)
{
	struct picture *picture = data;
	picture->busy = false;
}

static const struct wl_buffer_listener buffer_listener = {.release = on_release};

static bool picture_make(struct actor *actor, struct picture *picture, int width, int height)
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

static struct picture *free_picture(struct actor *actor)
{
	for (size_t i = 0; i < sizeof(actor->pictures) / sizeof(*actor->pictures); i++)
		if (!actor->pictures[i].busy)
			return &actor->pictures[i];
	return NULL;
}

static void fill(struct picture *picture, uint32_t color, int x, int width)
{
	for (int row = 0; row < picture->height; row++)
		for (int i = 0; i < width; i++)
			picture->pixels[row * picture->width + (x + i) % picture->width] = color;
}

static void draw(struct actor *actor);

static void on_frame(void *data, struct wl_callback *callback, uint32_t time_ms)
{
	struct actor *actor = data;
	wl_callback_destroy(callback);
	actor->waiting = false;
	if (!actor->frames || actor->frame < actor->frames)
		draw(actor);
}

static const struct wl_callback_listener frame_listener = {.done = on_frame};

static void draw(struct actor *actor)
{
	struct picture *picture = free_picture(actor);
	if (!picture || !picture_make(actor, picture, actor->width, actor->height)) {
		fprintf(stderr, "actor: no buffer is free\n");
		exit(3);
	}
	fill(picture, actor->color, 0, picture->width);
	if (actor->animate) {
		fill(picture, 0xffffff, actor->frame % picture->width, 5);
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
	if (actor->error && !first)
		serial += 1000;
	if (!actor->no_ack || first)
		xdg_surface_ack_configure(xdg_surface, serial);
	if (first || !actor->waiting)
		draw(actor);
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
	say(actor, "size %dx%d%s%s", actor->width, actor->height, maximized ? " maximized" : "",
		fullscreen ? " fullscreen" : "");
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
	struct actor *actor = data;
	say(actor, "close");
	actor->done = true;
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

static void close_menu(struct actor *actor)
{
	if (!actor->menu)
		return;
	xdg_popup_destroy(actor->menu);
	xdg_surface_destroy(actor->menu_xdg);
	wl_surface_destroy(actor->menu_surface);
	actor->menu = NULL;
	say(actor, "menu closed");
}

static struct xdg_positioner *menu_place(struct actor *actor, int x, int y)
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
		struct xdg_positioner *positioner = menu_place(actor, 0, 0);
		xdg_popup_reposition(actor->menu, positioner, 1);
		xdg_positioner_destroy(positioner);
	}
	picture_make(actor, &actor->menu_picture, 60, 40);
	fill(&actor->menu_picture, 0x00ff00, 0, 60);
	wl_surface_attach(actor->menu_surface, actor->menu_picture.buffer, 0, 0);
	wl_surface_damage_buffer(actor->menu_surface, 0, 0, 60, 40);
	wl_surface_commit(actor->menu_surface);
}

static const struct xdg_surface_listener menu_xdg_listener = {.configure = on_menu_xdg_configure};

static void on_menu_configure(
	void *data, struct xdg_popup *popup, int32_t x, int32_t y, int32_t width, int32_t height)
{
	say(data, "menu %d,%d", x, y);
}

static void on_menu_done(void *data, struct xdg_popup *popup)
{
	close_menu(data);
}

static void on_repositioned(void *data, struct xdg_popup *popup, uint32_t token)
{
}

static const struct xdg_popup_listener menu_listener = {
	.configure = on_menu_configure,
	.popup_done = on_menu_done,
	.repositioned = on_repositioned,
};

static void open_menu(struct actor *actor, uint32_t serial, int x, int y)
{
	struct xdg_positioner *positioner = menu_place(actor, x, y);
	actor->menu_surface = wl_compositor_create_surface(actor->compositor);
	actor->menu_xdg = xdg_wm_base_get_xdg_surface(actor->wm_base, actor->menu_surface);
	xdg_surface_add_listener(actor->menu_xdg, &menu_xdg_listener, actor);
	actor->menu = xdg_surface_get_popup(actor->menu_xdg, actor->xdg_surface, positioner);
	xdg_popup_add_listener(actor->menu, &menu_listener, actor);
	xdg_popup_grab(actor->menu, actor->seat, serial);
	wl_surface_commit(actor->menu_surface);
	xdg_positioner_destroy(positioner);
}

static void on_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
	struct actor *actor = data;
	actor->pointer_x = wl_fixed_to_int(x);
	actor->pointer_y = wl_fixed_to_int(y);
	say(actor, "enter %s %d,%d", surface == actor->surface ? "window" : "menu",
		actor->pointer_x, actor->pointer_y);
}

static void on_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface)
{
	struct actor *actor = data;
	if (actor->holds)
		say(actor, "leave");
}

static void on_motion(
	void *data, struct wl_pointer *pointer, uint32_t time_ms, wl_fixed_t x, wl_fixed_t y)
{
	struct actor *actor = data;
	actor->pointer_x = wl_fixed_to_int(x);
	actor->pointer_y = wl_fixed_to_int(y);
	say(actor, "motion %d,%d", actor->pointer_x, actor->pointer_y);
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time_ms,
	uint32_t button, uint32_t state)
{
	struct actor *actor = data;
	const char *name = button == BTN_LEFT ? "left"
		: button == BTN_RIGHT         ? "right"
		: button == BTN_MIDDLE        ? "middle"
					      : "other";
	say(actor, "button %s %s %d,%d", name, state ? "down" : "up", actor->pointer_x,
		actor->pointer_y);
	if (!state)
		return;
	if (actor->menu)
		close_menu(actor);
	else if (actor->has_menu && button == BTN_RIGHT)
		open_menu(actor, serial, actor->pointer_x, actor->pointer_y);
	if (actor->holds)
		hold_button(&actor->hold, button);
	if (!actor->animate) { // something to see
		actor->color ^= 0xffffff;
		draw(actor);
	}
}

static void on_axis(
	void *data, struct wl_pointer *pointer, uint32_t time_ms, uint32_t axis, wl_fixed_t value)
{
	say(data, "axis %s %g", axis ? "horizontal" : "vertical", wl_fixed_to_double(value));
}

static void on_pointer_frame(void *data, struct wl_pointer *pointer)
{
}

static void on_axis_source(void *data, struct wl_pointer *pointer, uint32_t source)
{
	struct actor *actor = data;
	if (actor->holds)
		say(actor, "axis source %u", source);
}

static void on_axis_stop(void *data, struct wl_pointer *pointer, uint32_t time_ms, uint32_t axis)
{
	say(data, "axis stop");
}

static void on_axis_discrete(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t value)
{
}

static void on_axis_value120(void *data, struct wl_pointer *pointer, uint32_t axis, int32_t value)
{
	say(data, "axis value120 %d", value);
}

static void on_axis_direction(
	void *data, struct wl_pointer *pointer, uint32_t axis, uint32_t direction)
{
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.motion = on_motion,
	.button = on_button,
	.axis = on_axis,
	.frame = on_pointer_frame,
	.axis_source = on_axis_source,
	.axis_stop = on_axis_stop,
	.axis_discrete = on_axis_discrete,
	.axis_value120 = on_axis_value120,
	.axis_relative_direction = on_axis_direction,
};

static void on_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	struct actor *actor = data;
	char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (text == MAP_FAILED)
		return;
	struct xkb_keymap *keymap = xkb_keymap_new_from_string(
		actor->xkb, text, XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
	munmap(text, size);
	xkb_state_unref(actor->state);
	actor->state = keymap ? xkb_state_new(keymap) : NULL;
	xkb_keymap_unref(keymap);
}

static void on_focus(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	say(data, "focus");
}

static void on_unfocus(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	say(data, "unfocus");
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time_ms,
	uint32_t key, uint32_t state)
{
	struct actor *actor = data;
	char name[64] = "?", text[64] = "";
	if (!state || !actor->state)
		return;
	xkb_keysym_get_name(xkb_state_key_get_one_sym(actor->state, key + 8), name, sizeof(name));
	xkb_state_key_get_utf8(actor->state, key + 8, text, sizeof(text));
	say(actor, "key %s%s%s%s %s",
		xkb_state_mod_name_is_active(
			actor->state, XKB_MOD_NAME_CTRL, XKB_STATE_MODS_EFFECTIVE) > 0
			? "ctrl+"
			: "",
		xkb_state_mod_name_is_active(
			actor->state, XKB_MOD_NAME_SHIFT, XKB_STATE_MODS_EFFECTIVE) > 0
			? "shift+"
			: "",
		xkb_state_mod_name_is_active(
			actor->state, XKB_MOD_NAME_ALT, XKB_STATE_MODS_EFFECTIVE) > 0
			? "alt+"
			: "",
		name, (unsigned char)*text >= ' ' ? text : "");
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct actor *actor = data;
	if (actor->state)
		xkb_state_update_mask(actor->state, depressed, latched, locked, 0, 0, group);
}

static void on_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = on_keymap,
	.enter = on_focus,
	.leave = on_unfocus,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat,
};

static void on_down(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time_ms,
	struct wl_surface *surface, int32_t id, wl_fixed_t x, wl_fixed_t y)
{
	say(data, "touch %d down %d,%d", id, wl_fixed_to_int(x), wl_fixed_to_int(y));
}

static void on_up(void *data, struct wl_touch *touch, uint32_t serial, uint32_t time_ms, int32_t id)
{
	say(data, "touch %d up", id);
}

static void on_touch_motion(void *data, struct wl_touch *touch, uint32_t time_ms, int32_t id,
	wl_fixed_t x, wl_fixed_t y)
{
	say(data, "touch %d motion %d,%d", id, wl_fixed_to_int(x), wl_fixed_to_int(y));
}

static void on_touch_frame(void *data, struct wl_touch *touch)
{
}

static void on_cancel(void *data, struct wl_touch *touch)
{
	say(data, "touch cancel");
}

static const struct wl_touch_listener touch_listener = {
	.down = on_down,
	.up = on_up,
	.motion = on_touch_motion,
	.frame = on_touch_frame,
	.cancel = on_cancel,
};

static void on_offered_type(void *data, struct wl_data_offer *offer, const char *type)
{
}

static void on_source_actions(void *data, struct wl_data_offer *offer, uint32_t actions)
{
}

static void on_action(void *data, struct wl_data_offer *offer, uint32_t action)
{
}

static const struct wl_data_offer_listener offer_listener = {
	.offer = on_offered_type,
	.source_actions = on_source_actions,
	.action = on_action,
};

static void on_offer(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	wl_data_offer_add_listener(offer, &offer_listener, data);
}

static void on_drag_enter(void *data, struct wl_data_device *device, uint32_t serial,
	struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y, struct wl_data_offer *offer)
{
	struct actor *actor = data;
	actor->offer = offer;
	if (!offer)
		return;
	wl_data_offer_accept(offer, serial, "text/plain");
	wl_data_offer_set_actions(offer, WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY,
		WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY);
	say(actor, "drag enter %d,%d", wl_fixed_to_int(x), wl_fixed_to_int(y));
}

static void on_drag_leave(void *data, struct wl_data_device *device)
{
}

static void on_drag_motion(
	void *data, struct wl_data_device *device, uint32_t time_ms, wl_fixed_t x, wl_fixed_t y)
{
}

static void receive(struct actor *actor, struct wl_data_offer *offer, const char *what)
{
	int ends[2];
	char text[256];
	if (!offer || pipe2(ends, O_CLOEXEC) < 0)
		return;
	wl_data_offer_receive(offer, "text/plain", ends[1]);
	close(ends[1]);
	wl_display_flush(actor->display);
	ssize_t length = read(ends[0], text, sizeof(text) - 1);
	text[length > 0 ? length : 0] = '\0';
	close(ends[0]);
	say(actor, "%s %s", what, text);
}

static void on_drop(void *data, struct wl_data_device *device)
{
	struct actor *actor = data;
	receive(actor, actor->offer, "drop");
	wl_data_offer_finish(actor->offer);
}

static void on_selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	receive(data, offer, "selection");
}

static const struct wl_data_device_listener data_device_listener = {
	.data_offer = on_offer,
	.enter = on_drag_enter,
	.leave = on_drag_leave,
	.motion = on_drag_motion,
	.drop = on_drop,
	.selection = on_selection,
};

static void on_held(void *data, const char *text)
{
	say(data, "%s", text);
}

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct actor *actor = data;
	if (strcmp(interface, "wl_compositor") == 0)
		actor->compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	else if (strcmp(interface, "wl_shm") == 0)
		actor->shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	else if (strcmp(interface, "xdg_wm_base") == 0)
		actor->wm_base = wl_registry_bind(registry, name, &xdg_wm_base_interface, 3);
	else if (strcmp(interface, "wl_seat") == 0 && actor->events)
		actor->seat =
			wl_registry_bind(registry, name, &wl_seat_interface, actor->holds ? 8 : 5);
	else if (actor->holds && strncmp(interface, "zwp_", 4) == 0)
		hold_global(&actor->hold, registry, name, interface);
	else if (strcmp(interface, "wl_data_device_manager") == 0 && actor->events)
		actor->data_manager =
			wl_registry_bind(registry, name, &wl_data_device_manager_interface, 3);
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global,
	.global_remove = on_global_remove,
};

static void parse(struct actor *actor, int argc, char **argv)
{
	static const struct option options[] = {
		{"size", required_argument, NULL, 's'},
		{"color", required_argument, NULL, 'c'},
		{"app-id", required_argument, NULL, 'i'},
		{"title", required_argument, NULL, 't'},
		{"exit", required_argument, NULL, 'x'},
		{"frames", required_argument, NULL, 'f'},
		{"animate", no_argument, NULL, 'a'},
		{"events", no_argument, NULL, 'e'},
		{"menu", no_argument, NULL, 'm'},
		{"no-ack", no_argument, NULL, 'A'},
		{"no-menu-ack", no_argument, NULL, 'U'},
		{"no-pong", no_argument, NULL, 'P'},
		{"spin", no_argument, NULL, 'S'},
		{"error", no_argument, NULL, 'E'},
		{"hold", no_argument, NULL, 'H'},
		{0},
	};
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 's':
			if (sscanf(optarg, "%dx%d", &actor->width, &actor->height) != 2)
				exit(2);
			break;
		case 'c':
			actor->color = (uint32_t)strtoul(optarg, NULL, 16);
			break;
		case 'i':
			actor->app_id = optarg;
			break;
		case 't':
			actor->title = optarg;
			break;
		case 'x':
			actor->status = atoi(optarg);
			break;
		case 'f':
			actor->frames = atoi(optarg);
			break;
		case 'a':
			actor->animate = true;
			break;
		case 'e':
			actor->events = true;
			break;
		case 'm':
			actor->events = actor->has_menu = true;
			break;
		case 'A':
			actor->no_ack = true;
			break;
		case 'U':
			actor->no_menu_ack = true;
			break;
		case 'P':
			actor->no_pong = true;
			break;
		case 'S':
			actor->spin = true;
			break;
		case 'E':
			actor->error = true;
			break;
		case 'H':
			actor->events = actor->holds = true;
			break;
		default:
			exit(2);
		}
	}
}

static void connect_seat(struct actor *actor)
{
	if (!actor->seat)
		return;
	actor->hold.pointer = wl_seat_get_pointer(actor->seat);
	wl_pointer_add_listener(actor->hold.pointer, &pointer_listener, actor);
	wl_keyboard_add_listener(wl_seat_get_keyboard(actor->seat), &keyboard_listener, actor);
	wl_touch_add_listener(wl_seat_get_touch(actor->seat), &touch_listener, actor);
	actor->data_device =
		wl_data_device_manager_get_data_device(actor->data_manager, actor->seat);
	wl_data_device_add_listener(actor->data_device, &data_device_listener, actor);
}

// It ends where its part ends, with all it has; what is under test is the compositor.
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return 1;
}

int main(int argc, char **argv)
{
	struct actor actor = {.width = 200,
		.height = 100,
		.color = 0x3060c0,
		.app_id = "actor",
		.title = "Actor"};
	parse(&actor, argc, argv);
	actor.display = wl_display_connect(NULL);
	if (!actor.display) {
		fprintf(stderr, "actor: no compositor\n");
		return 1;
	}
	actor.xkb = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	struct wl_registry *registry = wl_display_get_registry(actor.display);
	wl_registry_add_listener(registry, &registry_listener, &actor);
	wl_display_roundtrip(actor.display);
	if (!actor.compositor || !actor.shm || !actor.wm_base)
		return 1;
	connect_seat(&actor);
	xdg_wm_base_add_listener(actor.wm_base, &wm_base_listener, &actor);
	actor.surface = wl_compositor_create_surface(actor.compositor);
	actor.xdg_surface = xdg_wm_base_get_xdg_surface(actor.wm_base, actor.surface);
	xdg_surface_add_listener(actor.xdg_surface, &xdg_surface_listener, &actor);
	actor.toplevel = xdg_surface_get_toplevel(actor.xdg_surface);
	xdg_toplevel_add_listener(actor.toplevel, &toplevel_listener, &actor);
	actor.hold.say = on_held;
	actor.hold.data = &actor;
	actor.hold.compositor = actor.compositor;
	actor.hold.surface = actor.surface;
	hold_begin(&actor.hold);
	xdg_toplevel_set_app_id(actor.toplevel, actor.app_id);
	xdg_toplevel_set_title(actor.toplevel, actor.title);
	wl_surface_commit(actor.surface);
	while (!actor.done && wl_display_dispatch(actor.display) >= 0)
		while (actor.spin && actor.pictures[0].buffer)
			wl_display_flush(actor.display);
	return actor.done ? actor.status : 1;
}
