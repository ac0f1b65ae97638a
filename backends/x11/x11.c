// SPDX-License-Identifier: MIT
// Connects to the X server, queries its extensions and dispatches its events.
//
// Waiting for a reply can leave events in xcb's queue, for which the file descriptor does not
// become readable. Therefore the queue is dispatched, and requests are flushed, after each
// iteration of the event loop.
#include "backends/x11/x11.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/dri3.h>
#include <xcb/present.h>
#include <xcb/randr.h>
#include <xcb/render.h>
#include <xcb/shm.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include <xcb/xinput.h>
#include <xcb/xkb.h>
#include "backends/x11/clipboard.h"
#include "backends/x11/cursor.h"
#include "backends/x11/input/grab.h"
#include "backends/x11/input/keyboard.h"
#include "backends/x11/input/pointer.h"
#include "backends/x11/present.h"
#include "backends/x11/window.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/xclipboard/xclipboard.h"

static const char *const renderers[] = {"gl", "pixman", NULL};

static const char *const atom_names[] = {
#define X11_ATOM(name) #name,
	X11_ATOMS(X11_ATOM)
#undef X11_ATOM
};

struct x11_screen *x11_screen_of(struct x11 *x11, xcb_window_t window)
{
	struct screen *base;
	wl_list_for_each(base, &x11->base.screens, link) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		if (screen->window == window)
			return screen;
	}
	return NULL;
}

// The end of the connection

static void on_lost(void *data)
{
	struct x11 *x11 = data;
	x11->lost_idle = NULL;
	struct screen *screen, *tmp;
	wl_list_for_each_safe(screen, tmp, &x11->base.screens, link)
		x11_window_remove(screen);
	x11->base.sink->closed(x11->base.sink_data, true);
}

// Handles the loss of the connection: logs it, and from the event loop removes the screens and
// calls backend_sink.closed. Further calls do nothing.
static void x11_lost(struct x11 *x11)
{
	if (x11->lost)
		return;
	x11->lost = true;
	log_error("the connection to the X server is lost");
	if (x11->source)
		wl_event_source_remove(x11->source);
	x11->source = NULL;
	x11->lost_idle = xadd_idle(x11->loop, on_lost, x11);
}

void x11_flush(struct x11 *x11)
{
	if (xcb_flush(x11->xcb) <= 0)
		x11_lost(x11);
}

uint64_t x11_time_us(struct x11 *x11, xcb_timestamp_t time)
{
	uint64_t now_us = clock_now_ns(x11->clock) / NSEC_PER_USEC;
	return time ? timestamp_to_us(&x11->time_offset, time, now_us) : now_us;
}

// Events

// Names for the log. Requests can fail at any time, when another client destroyed the window or the
// server is out of memory.
static const char *request_name(const struct x11 *x11, uint8_t opcode)
{
	static const char *const core[] = {
		[XCB_CREATE_WINDOW] = "CreateWindow",
		[XCB_CHANGE_WINDOW_ATTRIBUTES] = "ChangeWindowAttributes",
		[XCB_DESTROY_WINDOW] = "DestroyWindow",
		[XCB_MAP_WINDOW] = "MapWindow",
		[XCB_CONFIGURE_WINDOW] = "ConfigureWindow",
		[XCB_CHANGE_PROPERTY] = "ChangeProperty",
		[XCB_GET_PROPERTY] = "GetProperty",
		[XCB_CONVERT_SELECTION] = "ConvertSelection",
		[XCB_SEND_EVENT] = "SendEvent",
		[XCB_GRAB_POINTER] = "GrabPointer",
		[XCB_GRAB_KEYBOARD] = "GrabKeyboard",
		[XCB_CREATE_PIXMAP] = "CreatePixmap",
		[XCB_FREE_PIXMAP] = "FreePixmap",
		[XCB_COPY_AREA] = "CopyArea",
		[XCB_POLY_FILL_RECTANGLE] = "PolyFillRectangle",
		[XCB_PUT_IMAGE] = "PutImage",
	};
	if (opcode < array_length(core))
		return core[opcode] ? core[opcode] : "a core request";
	if (opcode == x11->has.present_opcode)
		return "Present";
	if (opcode == x11->has.dri3_opcode)
		return "DRI3";
	if (opcode == x11->has.xinput_opcode)
		return "XInput";
	if (opcode == x11->has.shm_opcode)
		return "MIT-SHM";
	if (opcode == x11->has.render_opcode)
		return "RENDER";
	return "another extension";
}

static void on_error(struct x11 *x11, const xcb_generic_error_t *error)
{
	log_debug("X error for %s (request %u.%u, resource 0x%x): error %u",
		request_name(x11, error->major_code), error->major_code, error->minor_code,
		error->resource_id, error->error_code);
}

static void dispatch_event(struct x11 *x11, xcb_generic_event_t *event)
{
	if (!event->response_type) {
		if (!xclipboard_event(x11->clipboard, event))
			on_error(x11, (xcb_generic_error_t *)event);
		return;
	}
	if (x11_keyboard_event(x11->keyboard, event) || x11_pointer_event(x11->pointer, event) ||
		x11_window_event(x11, event))
		return;
	if (xclipboard_event(x11->clipboard, event))
		return;
	x11_present_event(x11->present, event);
}

// Returns the number of events.
static int dispatch_events(struct x11 *x11, bool read)
{
	int count = 0;
	xcb_generic_event_t *event;
	while (!x11->lost &&
		(event = count || !read ? xcb_poll_for_queued_event(x11->xcb)
					: xcb_poll_for_event(x11->xcb))) {
		dispatch_event(x11, event);
		free(event);
		count++;
	}
	if (!x11->lost)
		x11_present_poll(x11->present);
	if (!x11->lost)
		x11_keyboard_flush(x11->keyboard);
	if (count && !x11->lost)
		x11_pointer_flush(x11->pointer);
	return count;
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct x11 *x11 = data;
	int count = dispatch_events(x11, mask != 0); // mask 0: wl_event_source_check
	if (!x11->lost && xcb_connection_has_error(x11->xcb))
		x11_lost(x11);
	if (!x11->lost)
		x11_flush(x11);
	return count;
}

// Dispatches events that were queued while replies were awaited at startup.
static void on_started(void *data)
{
	struct x11 *x11 = data;
	x11->started_idle = NULL;
	on_readable(-1, 0, x11);
}

// The start of the connection

bool x11_without(const char *name)
{
	const char *list = getenv("ORIEL_X11_WITHOUT");
	size_t length = strlen(name);
	while (list && *list) {
		size_t word = strcspn(list, ",");
		if (word == length && strncmp(list, name, length) == 0)
			return true;
		list += word;
		list += *list == ',';
	}
	return false;
}

static uint8_t query_extension(struct x11 *x11, xcb_extension_t *id, uint8_t *opcode)
{
	const xcb_query_extension_reply_t *reply = xcb_get_extension_data(x11->xcb, id);
	if (!reply || !reply->present || x11_without(id->name))
		return 0;
	if (opcode)
		*opcode = reply->major_opcode;
	return reply->first_event;
}

// The versions of all extensions, requested at once.
struct version_cookies {
	xcb_present_query_version_cookie_t present;
	xcb_dri3_query_version_cookie_t dri3;
	xcb_shm_query_version_cookie_t shm;
	xcb_input_xi_query_version_cookie_t xinput;
	xcb_xfixes_query_version_cookie_t xfixes;
	xcb_randr_query_version_cookie_t randr;
	xcb_render_query_version_cookie_t render;
};

static struct version_cookies request_versions(const struct x11 *x11)
{
	xcb_connection_t *xcb = x11->xcb;
	struct version_cookies cookies = {0};
	if (x11->has.present_opcode)
		cookies.present = xcb_present_query_version(xcb, 1, 2);
	if (x11->has.dri3_opcode)
		cookies.dri3 = xcb_dri3_query_version(xcb, 1, 2);
	if (x11->has.shm_event)
		cookies.shm = xcb_shm_query_version(xcb);
	if (x11->has.xinput_opcode)
		cookies.xinput = xcb_input_xi_query_version(xcb, 2, 2);
	if (x11->has.xfixes_event)
		cookies.xfixes = xcb_xfixes_query_version(xcb, 5, 0);
	if (x11->has.randr_event)
		cookies.randr = xcb_randr_query_version(xcb, 1, 3);
	if (x11->has.render_opcode)
		cookies.render = xcb_render_query_version(xcb, 0, 8);
	return cookies;
}

static bool version_at_least(
	uint32_t major, uint32_t minor, uint32_t want_major, uint32_t want_minor)
{
	return major > want_major || (major == want_major && minor >= want_minor);
}

// Extensions by which frames are shown.
static void read_frame_versions(struct x11 *x11, const struct version_cookies *cookies)
{
	xcb_connection_t *xcb = x11->xcb;
	if (x11->has.present_opcode) {
		xcb_present_query_version_reply_t *reply =
			xcb_present_query_version_reply(xcb, cookies->present, NULL);
		if (!reply)
			x11->has.present_opcode = 0;
		free(reply);
	}
	if (x11->has.dri3_opcode) {
		xcb_dri3_query_version_reply_t *reply =
			xcb_dri3_query_version_reply(xcb, cookies->dri3, NULL);
		x11->has.dri3_modifiers =
			reply && version_at_least(reply->major_version, reply->minor_version, 1, 2);
		if (!reply)
			x11->has.dri3_opcode = 0;
		free(reply);
	}
	if (x11->has.shm_event) {
		xcb_shm_query_version_reply_t *reply =
			xcb_shm_query_version_reply(xcb, cookies->shm, NULL);
		x11->has.shm_fd =
			reply && version_at_least(reply->major_version, reply->minor_version, 1, 2);
		x11->has.shm_pixmaps = x11->has.shm_fd && reply->shared_pixmaps &&
			!x11_without("shared-pixmaps") &&
			reply->pixmap_format == XCB_IMAGE_FORMAT_Z_PIXMAP;
		free(reply);
	}
	if (x11->has.render_opcode) {
		xcb_render_query_version_reply_t *reply =
			xcb_render_query_version_reply(xcb, cookies->render, NULL);
		if (!reply || !version_at_least(reply->major_version, reply->minor_version, 0, 5))
			x11->has.render_opcode = 0;
		free(reply);
	}
}

static void read_other_versions(struct x11 *x11, const struct version_cookies *cookies)
{
	xcb_connection_t *xcb = x11->xcb;
	if (x11->has.xinput_opcode) {
		xcb_input_xi_query_version_reply_t *reply =
			xcb_input_xi_query_version_reply(xcb, cookies->xinput, NULL);
		x11->has.xinput_touch =
			reply && version_at_least(reply->major_version, reply->minor_version, 2, 2);
		if (!reply || reply->major_version < 2)
			x11->has.xinput_opcode = 0;
		free(reply);
	}
	if (x11->has.xfixes_event) {
		xcb_xfixes_query_version_reply_t *reply =
			xcb_xfixes_query_version_reply(xcb, cookies->xfixes, NULL);
		if (!reply)
			x11->has.xfixes_event = 0;
		free(reply);
	}
	if (x11->has.randr_event) {
		xcb_randr_query_version_reply_t *reply =
			xcb_randr_query_version_reply(xcb, cookies->randr, NULL);
		if (!reply || !version_at_least(reply->major_version, reply->minor_version, 1, 3))
			x11->has.randr_event = 0;
		free(reply);
	}
}

static void query_server(struct x11 *x11)
{
	xcb_extension_t *const extensions[] = {&xcb_present_id, &xcb_dri3_id, &xcb_shm_id,
		&xcb_input_id, &xcb_xkb_id, &xcb_xfixes_id, &xcb_randr_id, &xcb_render_id};
	xcb_intern_atom_cookie_t cookies[array_length(atom_names)];
	for (size_t i = 0; i < array_length(extensions); i++)
		xcb_prefetch_extension_data(x11->xcb, extensions[i]);
	xcb_prefetch_maximum_request_length(x11->xcb);
	for (size_t i = 0; i < array_length(atom_names); i++)
		cookies[i] = xcb_intern_atom(
			x11->xcb, false, (uint16_t)strlen(atom_names[i]), atom_names[i]);

	query_extension(x11, &xcb_present_id, &x11->has.present_opcode);
	query_extension(x11, &xcb_dri3_id, &x11->has.dri3_opcode);
	query_extension(x11, &xcb_input_id, &x11->has.xinput_opcode);
	query_extension(x11, &xcb_render_id, &x11->has.render_opcode);
	x11->has.shm_event = query_extension(x11, &xcb_shm_id, &x11->has.shm_opcode);
	x11->has.xkb_event = query_extension(x11, &xcb_xkb_id, NULL);
	x11->has.xfixes_event = query_extension(x11, &xcb_xfixes_id, NULL);
	x11->has.randr_event = query_extension(x11, &xcb_randr_id, NULL);
	struct version_cookies versions = request_versions(x11);
	read_frame_versions(x11, &versions);
	read_other_versions(x11, &versions);

	for (size_t i = 0; i < array_length(atom_names); i++) {
		xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(x11->xcb, cookies[i], NULL);
		((xcb_atom_t *)&x11->atoms)[i] = reply ? reply->atom : XCB_ATOM_NONE;
		free(reply);
	}
}

// Finds the X screen by its number, and the depth and visual of its root window.
static bool find_visual(struct x11 *x11, int number)
{
	xcb_screen_iterator_t screens = xcb_setup_roots_iterator(xcb_get_setup(x11->xcb));
	for (; screens.rem && number > 0; number--)
		xcb_screen_next(&screens);
	if (!screens.rem)
		return false;
	x11->root = screens.data;
	xcb_depth_iterator_t depths = xcb_screen_allowed_depths_iterator(x11->root);
	for (; depths.rem; xcb_depth_next(&depths)) {
		if (depths.data->depth != x11->root->root_depth)
			continue;
		const xcb_visualtype_t *visuals = xcb_depth_visuals(depths.data);
		for (int i = 0; i < xcb_depth_visuals_length(depths.data); i++) {
			if (visuals[i].visual_id != x11->root->root_visual)
				continue;
			x11->depth = depths.data;
			x11->visual = visuals[i];
			return true;
		}
	}
	return false;
}

// The refresh rate of the fastest monitor in mHz; 0: unknown.
static int find_refresh(struct x11 *x11)
{
	xcb_connection_t *xcb = x11->xcb;
	xcb_randr_get_screen_resources_current_reply_t *reply = NULL;
	uint64_t best = 0;
	if (x11->has.randr_event)
		reply = xcb_randr_get_screen_resources_current_reply(
			xcb, xcb_randr_get_screen_resources_current(xcb, x11->root->root), NULL);
	if (!reply)
		return 0;
	const xcb_randr_crtc_t *crtcs = xcb_randr_get_screen_resources_current_crtcs(reply);
	const xcb_randr_mode_info_t *modes = xcb_randr_get_screen_resources_current_modes(reply);
	int n_crtcs = xcb_randr_get_screen_resources_current_crtcs_length(reply);
	int n_modes = xcb_randr_get_screen_resources_current_modes_length(reply);
	for (int i = 0; i < n_crtcs; i++) {
		xcb_randr_get_crtc_info_reply_t *crtc = xcb_randr_get_crtc_info_reply(
			xcb, xcb_randr_get_crtc_info(xcb, crtcs[i], reply->config_timestamp), NULL);
		for (int k = 0; crtc && k < n_modes; k++) {
			uint64_t total = (uint64_t)modes[k].htotal * modes[k].vtotal;
			if (modes[k].id == crtc->mode && total)
				best = MAX(best, modes[k].dot_clock * UINT64_C(1000) / total);
		}
		free(crtc);
	}
	free(reply);
	return best >= 10000 && best <= 1000000 ? (int)best : 0;
}

static void x11_destroy(struct backend *base)
{
	struct x11 *x11 = wl_container_of(base, x11, base);
	struct screen *screen, *tmp;
	wl_list_for_each_safe(screen, tmp, &base->screens, link)
		x11_window_remove(screen);
	if (x11->closed_idle)
		wl_event_source_remove(x11->closed_idle);
	x11_clipboard_destroy(x11);
	x11_cursor_destroy(x11->cursor);
	x11_grab_destroy(x11->grab);
	x11_pointer_destroy(x11->pointer);
	x11_keyboard_destroy(x11->keyboard);
	x11_present_destroy(x11->present);
	if (x11->started_idle)
		wl_event_source_remove(x11->started_idle);
	if (x11->lost_idle)
		wl_event_source_remove(x11->lost_idle);
	if (x11->source)
		wl_event_source_remove(x11->source);
	close_fd(&base->device);
	if (x11->xcb)
		xcb_disconnect(x11->xcb);
	free(x11);
}

static bool x11_start(struct backend *base)
{
	struct x11 *x11 = wl_container_of(base, x11, base);
	const struct backend_options *options = &x11->options;
	x11_keyboard_start(x11->keyboard);
	for (int i = 0; i < options->screens; i++)
		if (!x11_window_add(
			    base, NULL, options->width, options->height, options->refresh_mhz))
			return false;
	x11_flush(x11);
	return !x11->lost;
}

static const struct backend_impl x11_impl = {
	.name = "x11",
	.start = x11_start,
	.destroy = x11_destroy,
	.alloc = x11_present_alloc,
	.configure = x11_window_configure,
	.present = x11_present_frame,
	.add_screen = x11_window_add,
	.remove_screen = x11_window_remove,
	.constrain_pointer = x11_pointer_constrain,
	.warp_pointer = x11_pointer_warp,
	.set_selection = x11_clipboard_set,
};

static struct backend *x11_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	struct x11 *x11 = xcalloc(1, sizeof(*x11));
	int number = 0;
	x11->base.impl = &x11_impl;
	x11->base.sink = sink;
	x11->base.sink_data = sink_data;
	x11->base.renderers = renderers;
	x11->base.device = -1;
	wl_list_init(&x11->base.screens);
	x11->loop = loop;
	x11->clock = clock;
	x11->options = *options;
	if (!x11->options.width || !x11->options.height) {
		x11->options.width = 1280;
		x11->options.height = 720;
	}
	if (!x11->options.screens)
		x11->options.screens = 1;

	x11->xcb = xcb_connect(NULL, &number);
	if (xcb_connection_has_error(x11->xcb)) {
		const char *display = getenv("DISPLAY");
		if (display && *display)
			log_error("no X server answers at \"%s\": check DISPLAY, and whether you "
				  "are authorized to connect",
				display);
		else
			log_error("DISPLAY is not set: run inside of an X session, or use "
				  "--backend headless");
		goto fail;
	}
	query_server(x11);
	if (!find_visual(x11, number)) {
		log_error("the X server has no screen %d, or it has no visual", number);
		goto fail;
	}
	x11->refresh_mhz = find_refresh(x11);
	if (!(x11->present = x11_present_create(x11)))
		goto fail;
	x11_clipboard_create(x11);
	x11->cursor = x11_cursor_create(x11);
	x11->keyboard = x11_keyboard_create(x11);
	x11->pointer = x11_pointer_create(x11);
	x11->grab = x11_grab_create(x11);
	x11->source = wl_event_loop_add_fd(
		loop, xcb_get_file_descriptor(x11->xcb), WL_EVENT_READABLE, on_readable, x11);
	if (!x11->source) {
		log_error("cannot watch the connection to the X server");
		goto fail;
	}
	wl_event_source_check(x11->source);
	x11->started_idle = xadd_idle(loop, on_started, x11);
	return &x11->base;
fail:
	x11_destroy(&x11->base);
	return NULL;
}

extern const struct backend_module backend_module;
const struct backend_module backend_module = {x11_create};
