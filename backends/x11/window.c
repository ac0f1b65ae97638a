// SPDX-License-Identifier: MIT
// Creates a window per screen and handles its events. The size of the window is the mode, whichever
// side changes it; closing the window removes the screen, and closing the last one ends the
// session.
#include "backends/x11/window.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include "backends/x11/cursor.h"
#include "backends/x11/input/grab.h"
#include "backends/x11/input/keyboard.h"
#include "backends/x11/input/pointer.h"
#include "backends/x11/present.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_SIDE 16384
#define MAX_PIXELS (1 << 25) // of a mode: 8K
#define MAX_ATOMS 1024       // read of another client's property
// An interactive resize reports each step; the mode changes at most this often.
#define RESIZE_NS (16 * NSEC_PER_MSEC)

static int max_height(int width)
{
	return MIN(MAX_PIXELS / width, MAX_SIDE);
}

static bool mode_is_possible(int width, int height, int refresh_mhz)
{
	return width >= 1 && height >= 1 && width <= MAX_SIDE && height <= max_height(width) &&
		refresh_is_possible(refresh_mhz);
}

static void set_property(struct x11_screen *screen, xcb_atom_t name, xcb_atom_t type, uint8_t bits,
	size_t count, const void *data)
{
	xcb_change_property(screen->x11->xcb, XCB_PROP_MODE_REPLACE, screen->window, name, type,
		bits, (uint32_t)count, data);
}

void x11_window_set_title(struct x11_screen *screen)
{
	struct x11 *x11 = screen->x11;
	const char *hint = x11_grab_hint(x11->grab, screen);
	char *title = xasprintf("Oriel - %s%s%s", screen->base.name, *hint ? " - " : "", hint);
	set_property(screen, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, 8, strlen(title), title);
	set_property(
		screen, x11->atoms._NET_WM_NAME, x11->atoms.UTF8_STRING, 8, strlen(title), title);
	free(title);
}

// Draws the icon, a window frame on a blue gradient, so that no file is needed.
static void set_icon(struct x11_screen *screen)
{
	enum { SIDE = 48 };
	uint32_t *icon = xcalloc(2 + SIDE * SIDE, sizeof(*icon));
	icon[0] = icon[1] = SIDE;
	for (int y = 0; y < SIDE; y++) {
		for (int x = 0; x < SIDE; x++) {
			int edge = MIN(MIN(x, SIDE - 1 - x), MIN(y, SIDE - 1 - y));
			bool corner = MIN(x, SIDE - 1 - x) + MIN(y, SIDE - 1 - y) < 6;
			bool bar = abs(2 * x - SIDE + 1) < 5 || abs(2 * y - SIDE + 1) < 5;
			uint32_t sky = 0xff000000u | (uint32_t)(40 + 2 * y) << 16 |
				(uint32_t)(100 + 2 * y) << 8 | 220u;
			icon[2 + y * SIDE + x] = corner ? 0 : edge < 5 || bar ? 0xff2b3440u : sky;
		}
	}
	set_property(screen, screen->x11->atoms._NET_WM_ICON, XCB_ATOM_CARDINAL, 32,
		2 + SIDE * SIDE, icon);
	free(icon);
}

// WM_NORMAL_HINTS: limits of a mode's size.
static void set_size_hints(struct x11_screen *screen)
{
	enum { MIN_SIZE = 1 << 4, MAX_SIZE = 1 << 5, FIELDS = 18 };
	uint32_t hints[FIELDS] = {
		[0] = MIN_SIZE | MAX_SIZE, [5] = 1, [6] = 1, [7] = MAX_SIDE, [8] = MAX_SIDE};
	set_property(screen, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, 32, FIELDS, hints);
}

static void set_properties(struct x11_screen *screen)
{
	static const char class[] = "oriel\0Oriel";
	struct x11 *x11 = screen->x11;
	const xcb_atom_t protocols[] = {x11->atoms.WM_DELETE_WINDOW, x11->atoms._NET_WM_PING};
	set_property(screen, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 8, sizeof(class), class);
	set_property(screen, x11->atoms.WM_PROTOCOLS, XCB_ATOM_ATOM, 32, array_length(protocols),
		protocols);
	char host[256];
	uint32_t pid = (uint32_t)getpid();
	if (gethostname(host, sizeof(host)) == 0) { // _NET_WM_PID requires WM_CLIENT_MACHINE
		host[sizeof(host) - 1] = '\0';
		set_property(screen, x11->atoms.WM_CLIENT_MACHINE, XCB_ATOM_STRING, 8, strlen(host),
			host);
		set_property(screen, x11->atoms._NET_WM_PID, XCB_ATOM_CARDINAL, 32, 1, &pid);
	}
	set_size_hints(screen);
	set_icon(screen);
	x11_window_set_title(screen);
}

static void set_mode(struct x11_screen *screen, int width, int height)
{
	screen->base.mode.width = screen->base.modes[0].width = width;
	screen->base.mode.height = screen->base.modes[0].height = height;
}

static void query_size(struct x11_screen *screen)
{
	xcb_connection_t *xcb = screen->x11->xcb;
	xcb_get_geometry_reply_t *reply =
		xcb_get_geometry_reply(xcb, xcb_get_geometry(xcb, screen->window), NULL);
	screen->synthetic = false;
	if (!reply)
		return;
	screen->width = reply->width;
	screen->height = reply->height;
	free(reply);
}

// Makes the window's size the mode.
static void on_resize(void *data)
{
	struct x11_screen *screen = data;
	struct backend *backend = &screen->x11->base;
	if (screen->synthetic)
		query_size(screen);
	int width = CLAMP(screen->width, 1, MAX_SIDE),
	    height = CLAMP(screen->height, 1, max_height(width));
	if (width == screen->base.mode.width && height == screen->base.mode.height)
		return;
	screen->resized_ns = clock_now_ns(screen->x11->clock);
	set_mode(screen, width, height);
	backend->sink->screen_changed(backend->sink_data, &screen->base);
}

// Where no window manager places windows they are put side by side, as far as there is room.
static int16_t next_x(const struct x11 *x11)
{
	const struct screen *screen;
	int x = 0;
	wl_list_for_each(screen, &x11->base.screens, link)
		x += screen->mode.width;
	return (int16_t)(x < x11->root->width_in_pixels ? x : 0);
}

struct screen *x11_window_add(
	struct backend *backend, const char *name, int width, int height, int refresh_mhz)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	if (!mode_is_possible(width, height, refresh_mhz)) {
		log_error("invalid window size %dx%d", width, height);
		return NULL;
	}
	struct x11_screen *screen = xcalloc(1, sizeof(*screen));
	struct screen *base = &screen->base;
	x11->added++;
	screen->x11 = x11;
	base->backend = backend;
	base->name = name ? xstrdup(name) : xasprintf("X11-%u", x11->added);
	base->make = xstrdup("X.Org");
	base->model = xstrdup("window");
	base->modes = xcalloc(1, sizeof(*base->modes));
	base->modes[0] = (struct mode){width, height, refresh_mhz, true};
	if (!refresh_mhz)
		base->modes[0].refresh_mhz = x11->refresh_mhz ? x11->refresh_mhz : 60000;
	base->mode = base->modes[0];
	base->n_modes = 1;
	base->custom_modes = true;
	base->enabled = true;
	screen->width = width;
	screen->height = height;
	timer_init(&screen->resize, x11->clock, on_resize, screen);
	int16_t x = next_x(x11);
	wl_list_insert(backend->screens.prev, &base->link);

	// Without a background the server paints nothing before the first frame; with this gravity
	// it keeps the contents on resize.
	const uint32_t values[] = {XCB_BACK_PIXMAP_NONE, XCB_GRAVITY_NORTH_WEST, X11_WINDOW_EVENTS};
	screen->window = xcb_generate_id(x11->xcb);
	xcb_create_window(x11->xcb, x11->root->root_depth, screen->window, x11->root->root, x, 0,
		(uint16_t)width, (uint16_t)height, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
		x11->visual.visual_id, XCB_CW_BACK_PIXMAP | XCB_CW_BIT_GRAVITY | XCB_CW_EVENT_MASK,
		values);
	x11_pointer_select(x11->pointer, screen);
	set_properties(screen);
	base->cursor_width = base->cursor_height = x11_cursor_side(x11->cursor);
	x11_cursor_show(screen, &(struct frame){.set = FRAME_CURSOR_IMAGE});
	x11_surface_create(screen);
	xcb_map_window(x11->xcb, screen->window);
	x11_flush(x11);
	backend->sink->screen_added(backend->sink_data, base);
	return base;
}

bool x11_window_remove(struct screen *base)
{
	struct x11_screen *screen = wl_container_of(base, screen, base);
	struct x11 *x11 = screen->x11;
	if (base->user)
		x11->base.sink->screen_removed(x11->base.sink_data, base);
	x11_keyboard_forget(x11->keyboard, screen);
	x11_pointer_forget(x11->pointer, screen);
	x11_grab_forget(x11->grab, screen);
	wl_list_remove(&base->link);
	x11_surface_destroy(screen);
	if (screen->window && !x11->lost) {
		xcb_destroy_window(x11->xcb, screen->window);
		x11_flush(x11);
	}
	timer_finish(&screen->resize);
	screen_finish(base);
	free(screen);
	return true;
}

bool x11_window_configure(
	struct backend *backend, const struct screen_config *configs, size_t n, bool test_only)
{
	struct x11 *x11 = wl_container_of(backend, x11, base);
	for (size_t i = 0; i < n; i++) {
		const struct mode *mode = &configs[i].mode;
		if (!mode_is_possible(mode->width, mode->height, mode->refresh_mhz))
			return false;
	}
	for (size_t i = 0; i < n && !test_only; i++) {
		struct x11_screen *screen = wl_container_of(configs[i].screen, screen, base);
		const struct mode *mode = &configs[i].mode;
		screen->base.enabled = configs[i].enabled;
		if (mode->refresh_mhz)
			screen->base.mode.refresh_mhz = mode->refresh_mhz;
		if (!screen->base.enabled)
			x11_surface_blank(screen);
		if (mode->width == screen->base.mode.width &&
			mode->height == screen->base.mode.height)
			continue;
		const uint32_t size[] = {(uint32_t)mode->width, (uint32_t)mode->height};
		screen->configure_sequence = xcb_configure_window(x11->xcb, screen->window,
			XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, size)
						     .sequence;
		screen->width = mode->width;
		screen->height = mode->height;
		timer_cancel(&screen->resize);
		set_mode(screen, mode->width, mode->height);
	}
	x11_flush(x11);
	return true;
}

// True: the property is a list of atoms that contains atom. Waits for the server.
static bool has_atom(struct x11 *x11, xcb_window_t window, xcb_atom_t property, xcb_atom_t atom)
{
	xcb_get_property_reply_t *reply = xcb_get_property_reply(x11->xcb,
		xcb_get_property(x11->xcb, false, window, property, XCB_ATOM_ATOM, 0, MAX_ATOMS),
		NULL);
	bool found = false;
	if (reply && reply->format == 32) {
		const xcb_atom_t *atoms = xcb_get_property_value(reply);
		int count = xcb_get_property_value_length(reply) / (int)sizeof(*atoms);
		for (int i = 0; i < count && !found; i++)
			found = atoms[i] == atom;
	}
	free(reply);
	return found;
}

// Full screen without a window manager: covers the X screen, or restores the window's geometry.
static void toggle_cover(struct x11_screen *screen)
{
	struct x11 *x11 = screen->x11;
	const xcb_screen_t *root = x11->root;
	const uint16_t all = XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
		XCB_CONFIG_WINDOW_HEIGHT | XCB_CONFIG_WINDOW_STACK_MODE;
	uint32_t values[5] = {
		0, 0, root->width_in_pixels, root->height_in_pixels, XCB_STACK_MODE_ABOVE};
	if (screen->covers) {
		for (int i = 0; i < 4; i++)
			values[i] = screen->restore[i];
	} else {
		xcb_get_geometry_reply_t *geometry = xcb_get_geometry_reply(
			x11->xcb, xcb_get_geometry(x11->xcb, screen->window), NULL);
		if (!geometry)
			return;
		screen->restore[0] = (uint32_t)geometry->x;
		screen->restore[1] = (uint32_t)geometry->y;
		screen->restore[2] = geometry->width;
		screen->restore[3] = geometry->height;
		free(geometry);
	}
	xcb_configure_window(x11->xcb, screen->window, all, values);
	screen->covers = !screen->covers;
}

void x11_window_toggle_fullscreen(struct x11_screen *screen)
{
	enum { TOGGLE = 2, BY_APPLICATION = 1 };
	struct x11 *x11 = screen->x11;
	xcb_client_message_event_t message = {
		.response_type = XCB_CLIENT_MESSAGE,
		.format = 32,
		.window = screen->window,
		.type = x11->atoms._NET_WM_STATE,
		.data.data32 = {TOGGLE, x11->atoms._NET_WM_STATE_FULLSCREEN, 0, BY_APPLICATION},
	};
	if (has_atom(x11, x11->root->root, x11->atoms._NET_SUPPORTED,
		    x11->atoms._NET_WM_STATE_FULLSCREEN))
		xcb_send_event(x11->xcb, false, x11->root->root,
			XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
			(const char *)&message);
	else
		toggle_cover(screen);
	x11_flush(x11);
}

// Events

static void on_closed(void *data)
{
	struct x11 *x11 = data;
	x11->closed_idle = NULL;
	if (wl_list_empty(&x11->base.screens))
		x11->base.sink->closed(x11->base.sink_data, false);
}

// The window was closed by the user, or destroyed by another client.
static void close_window(struct x11_screen *screen)
{
	struct x11 *x11 = screen->x11;
	x11_window_remove(&screen->base);
	if (wl_list_empty(&x11->base.screens) && !x11->closed_idle)
		x11->closed_idle = xadd_idle(x11->loop, on_closed, x11);
}

static bool on_client_message(struct x11 *x11, xcb_client_message_event_t *event)
{
	struct x11_screen *screen = x11_screen_of(x11, event->window);
	if (!screen || event->type != x11->atoms.WM_PROTOCOLS || event->format != 32)
		return false;
	xcb_atom_t protocol = event->data.data32[0];
	if (protocol == x11->atoms._NET_WM_PING) {
		event->window = x11->root->root;
		xcb_send_event(x11->xcb, false, x11->root->root,
			XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
			(const char *)event);
	} else if (protocol == x11->atoms.WM_DELETE_WINDOW) {
		close_window(screen);
	}
	return true;
}

static bool on_configure_notify(struct x11 *x11, const xcb_generic_event_t *event)
{
	const xcb_configure_notify_event_t *now = (const xcb_configure_notify_event_t *)event;
	struct x11_screen *screen = x11_screen_of(x11, now->window);
	if (!screen)
		return false;
	if (screen->configure_sequence &&
		(int)(event->full_sequence - screen->configure_sequence) < 0)
		return true;
	screen->configure_sequence = 0;
	// Synthetic: sent by the window manager, which refused a size, or spoofed.
	screen->synthetic = event->response_type != XCB_CONFIGURE_NOTIFY;
	if (!screen->synthetic) {
		screen->width = now->width;
		screen->height = now->height;
	}
	if (!timer_is_set(&screen->resize))
		timer_set(&screen->resize, screen->resized_ns + RESIZE_NS);
	return true;
}

static bool on_expose(struct x11 *x11, const xcb_expose_event_t *event)
{
	struct x11_screen *screen = x11_screen_of(x11, event->window);
	if (!screen)
		return false;
	const struct box box = {event->x, event->y, event->width, event->height};
	x11_surface_exposed(screen, &box);
	return true;
}

static bool set_visible(struct x11 *x11, xcb_window_t window, bool visible)
{
	struct x11_screen *screen = x11_screen_of(x11, window);
	if (screen)
		x11_surface_set_visible(screen, visible);
	return screen != NULL;
}

static bool on_destroy_notify(struct x11 *x11, xcb_window_t window)
{
	struct x11_screen *screen = x11_screen_of(x11, window);
	if (!screen)
		return false;
	screen->window = XCB_WINDOW_NONE;
	close_window(screen);
	return true;
}

// Events that are accepted from the server only.
static bool on_server_event(struct x11 *x11, const xcb_generic_event_t *event)
{
	const xcb_visibility_notify_event_t *visibility;
	switch (event->response_type) {
	case XCB_EXPOSE:
		return on_expose(x11, (const xcb_expose_event_t *)event);
	case XCB_MAP_NOTIFY:
		return set_visible(x11, ((const xcb_map_notify_event_t *)event)->window, true);
	case XCB_UNMAP_NOTIFY:
		return set_visible(x11, ((const xcb_unmap_notify_event_t *)event)->window, false);
	case XCB_VISIBILITY_NOTIFY:
		visibility = (const xcb_visibility_notify_event_t *)event;
		return set_visible(x11, visibility->window,
			visibility->state != XCB_VISIBILITY_FULLY_OBSCURED);
	case XCB_DESTROY_NOTIFY:
		return on_destroy_notify(x11, ((const xcb_destroy_notify_event_t *)event)->window);
	default: // synthetic events have 0x80 set and match none
		return false;
	}
}

bool x11_window_event(struct x11 *x11, xcb_generic_event_t *event)
{
	switch (event->response_type & 0x7f) {
	case XCB_CLIENT_MESSAGE:
		return on_client_message(x11, (xcb_client_message_event_t *)event);
	case XCB_CONFIGURE_NOTIFY: // also sent by window managers
		return on_configure_notify(x11, event);
	default:
		return on_server_event(x11, event);
	}
}
