// SPDX-License-Identifier: MIT
// Shows frames on a window and reports when they were presented.
//
// A frame is a pixmap: the buffer's own memory if the server can map it, else a staging pixmap into
// which the damage is copied. Present shows it at the next refresh and reports when that was, and
// when the memory is idle again. Without Present, or without a monitor, the frame is copied to the
// window at once and the core paces itself; the next frame is sent when the server has processed
// the last one, so that a slow connection carries the latest frame instead of a queue of old ones.
// A hidden window completes one frame a second and sends none.
#include "backends/x11/present.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/present.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include "backends/x11/cursor.h"
#include "backends/x11/image.h"
#include "backends/x11/rects.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define HIDDEN_NS NSEC_PER_SEC
#define MAX_BUSY 8
#define MAX_IMPLAUSIBLE 3 // refreshes in a row that look emulated
#define VSYNC 0x1         // wp_presentation_feedback.kind
#define HW_CLOCK 0x2
#define HW_COMPLETION 0x4

struct x11_present {
	struct x11 *x11;
	struct x11_images *images;
	xcb_gcontext_t gc;
	xcb_xfixes_region_t damage; // scratch, only with Present
	bool uses_present;          // else frames are copied at once
	int implausible;            // refreshes so far; -1: they are real
};

struct x11_surface {
	struct x11_screen *screen;
	struct buffer *buffer;  // locked; the latest frame
	region damage;          // of buffer, not yet on the window
	bool frame_pending;     // presented() is still to be called
	bool submitted;         // to Present, whose event follows
	uint32_t serial;        // of the last frame submitted
	unsigned sync_sequence; // without Present: request whose reply follows the copies; 0: none
	struct timer hidden_timer; // completes frames of a hidden window
	int fence;                 // of the latest frame, owned; -1: signalled
	struct wl_event_source *fence_source;

	xcb_pixmap_t staging; // copy of a buffer without a pixmap
	int staging_width, staging_height;
	bool staging_valid; // contains the latest frame, except for damage

	// Buffers that the server may still read.
	struct {
		struct buffer *buffer; // locked
		uint32_t serial;
	} busy[MAX_BUSY];
	size_t n_busy;
};

// Busy buffers, which the server may still read

static bool surface_busy_add(struct x11_surface *surface)
{
	if (!x11_image_is_shared(surface->screen->x11->present->images, surface->buffer))
		return true;
	if (surface->n_busy == MAX_BUSY)
		return false;
	surface->busy[surface->n_busy].buffer = buffer_lock(surface->buffer);
	surface->busy[surface->n_busy++].serial = surface->serial;
	return true;
}

static void surface_busy_remove(struct x11_surface *surface, uint32_t serial)
{
	for (size_t i = 0; i < surface->n_busy; i++) {
		if (surface->busy[i].serial != serial)
			continue;
		struct buffer *buffer = surface->busy[i].buffer;
		surface->busy[i] = surface->busy[--surface->n_busy];
		buffer_unlock(buffer);
		return;
	}
}

static void surface_busy_clear(struct x11_surface *surface)
{
	while (surface->n_busy)
		buffer_unlock(surface->busy[--surface->n_busy].buffer);
}

// Sending frames

static void surface_drop_staging(struct x11_surface *surface)
{
	if (surface->staging)
		xcb_free_pixmap(surface->screen->x11->xcb, surface->staging);
	surface->staging = XCB_NONE;
}

// Creates the staging pixmap in the size of the buffer; all of a new one is damaged.
static bool surface_ensure_staging(struct x11_surface *surface)
{
	const struct x11_screen *screen = surface->screen;
	xcb_connection_t *xcb = screen->x11->xcb;
	const struct buffer *buffer = surface->buffer;
	const struct box all = {0, 0, buffer->width, buffer->height};
	if (!surface->staging_valid)
		region_add_box(&surface->damage, &all);
	surface->staging_valid = true;
	if (surface->staging && surface->staging_width == buffer->width &&
		surface->staging_height == buffer->height)
		return true;
	surface_drop_staging(surface);
	xcb_pixmap_t pixmap = xcb_generate_id(xcb);
	xcb_generic_error_t *error = xcb_request_check(xcb,
		xcb_create_pixmap_checked(xcb, screen->x11->root->root_depth, pixmap,
			screen->x11->root->root, (uint16_t)buffer->width,
			(uint16_t)buffer->height));
	if (error) {
		surface->staging_valid = false;
		log_warn("the X server is out of memory for a window of %dx%d", buffer->width,
			buffer->height);
		free(error);
		return false;
	}
	surface->staging = pixmap;
	surface->staging_width = buffer->width;
	surface->staging_height = buffer->height;
	region_add_box(&surface->damage, &all);
	return true;
}

// Provides a pixmap with the latest frame, and the damage to be shown from it. False: not possible.
static bool surface_prepare_pixmap(
	struct x11_surface *surface, xcb_pixmap_t *pixmap, struct x11_rects *rects)
{
	const struct x11_present *present = surface->screen->x11->present;
	struct buffer *buffer = surface->buffer;
	*pixmap = x11_image_pixmap(present->images, buffer);
	if (*pixmap)
		surface->staging_valid = false;
	else if (!surface_ensure_staging(surface))
		return false;
	x11_rects_from_region(rects, &surface->damage, buffer->width, buffer->height);
	if (*pixmap)
		return true;
	*pixmap = surface->staging;
	return x11_image_copy(
		present->images, buffer, surface->staging, present->gc, rects->rects, rects->count);
}

// Copies the damage to the window at once.
static void surface_copy(struct x11_surface *surface)
{
	struct x11_screen *screen = surface->screen;
	xcb_connection_t *xcb = screen->x11->xcb;
	struct x11_rects rects;
	xcb_pixmap_t pixmap;
	if (surface_prepare_pixmap(surface, &pixmap, &rects))
		x11_rects_copy(xcb, pixmap, screen->window, screen->x11->present->gc, &rects);
	pixman_region32_clear(&surface->damage);
}

// Submits the frame to Present, which sends CompleteNotify.
static void surface_present(struct x11_surface *surface)
{
	const struct x11_screen *screen = surface->screen;
	const struct x11_present *present = screen->x11->present;
	xcb_connection_t *xcb = screen->x11->xcb;
	struct x11_rects rects;
	xcb_pixmap_t pixmap;
	surface->submitted = true;
	surface->serial++;
	if (!surface_prepare_pixmap(surface, &pixmap, &rects) || !surface_busy_add(surface)) {
		surface_copy(surface);
		xcb_present_notify_msc(xcb, screen->window, surface->serial, 0, 0, 0);
		return;
	}
	// The staging pixmap is written again, so it must not be flipped to.
	uint32_t options =
		pixmap == surface->staging ? XCB_PRESENT_OPTION_COPY : XCB_PRESENT_OPTION_NONE;
	xcb_xfixes_set_region(xcb, present->damage, (uint32_t)rects.count, rects.rects);
	xcb_present_pixmap(xcb, screen->window, pixmap, surface->serial, XCB_NONE, present->damage,
		0, 0, XCB_NONE, XCB_NONE, XCB_NONE, options, 0, 0, 0, 0, NULL);
	pixman_region32_clear(&surface->damage);
}

// Sends the latest frame and damage if nothing has to be waited for.
static void surface_submit(struct x11_surface *surface)
{
	struct x11_screen *screen = surface->screen;
	struct x11 *x11 = screen->x11;
	bool frame = surface->frame_pending && !surface->submitted;
	if (x11->lost || surface->fence_source || surface->sync_sequence)
		return;
	if (!screen->visible || !screen->base.enabled) {
		if (frame && !timer_is_set(&surface->hidden_timer))
			timer_set(&surface->hidden_timer, clock_now_ns(x11->clock) + HIDDEN_NS);
		return;
	}
	if (!surface->buffer)
		return;
	if (frame && x11->present->uses_present) {
		surface_present(surface);
	} else if (pixman_region32_not_empty(&surface->damage)) {
		surface_copy(surface);
		if (!x11->present->uses_present) {
			surface_busy_add(surface);
			surface->sync_sequence = xcb_get_input_focus(x11->xcb).sequence;
		}
	}
	x11_flush(x11);
}

// Events

// The core may present the next frame from within this call.
static void surface_report(
	struct x11_surface *surface, uint64_t time_ns, uint64_t sequence, uint32_t flags)
{
	struct screen *base = &surface->screen->base;
	const struct backend *backend = base->backend;
	int refresh = base->mode.refresh_mhz;
	const struct presented how = {
		.time_ns = time_ns,
		.sequence = sequence,
		.refresh_ns =
			refresh > 0 ? (uint32_t)(UINT64_C(1000000000000) / (uint64_t)refresh) : 0,
		.flags = flags,
	};
	surface->frame_pending = surface->submitted = false;
	timer_cancel(&surface->hidden_timer);
	backend->sink->presented(backend->sink_data, base, &how);
}

static void on_hidden(void *data)
{
	struct x11_surface *surface = data;
	if (surface->frame_pending && !surface->submitted)
		surface_report(surface, clock_now_ns(surface->screen->x11->clock), 0, 0);
}

// Makes the core pace itself where frames are copied at once, and stop drawing for a hidden window.
static void screen_update_pacing(struct x11_screen *screen)
{
	struct x11_surface *surface = screen->surface;
	struct backend *backend = screen->base.backend;
	bool by_present = screen->x11->present->uses_present, unseen = !screen->visible;
	bool self_paced = !by_present && !unseen;
	if (screen->base.self_paced == self_paced && screen->base.unseen == unseen)
		return;
	if (surface->frame_pending && !(surface->submitted && by_present))
		surface_report(surface, clock_now_ns(screen->x11->clock), 0, 0);
	screen->base.self_paced = self_paced;
	screen->base.unseen = unseen;
	backend->sink->screen_changed(backend->sink_data, &screen->base);
}

// A server without a monitor emulates refreshes: it numbers them by dividing the time by 1/60 s,
// and a frame that is late for one waits for the next in vain. Such frames are better copied at
// once.
static void check_refreshes(struct x11_present *present, uint64_t ust, uint64_t msc)
{
	const uint64_t period = 1000000 / 60;
	uint64_t divided = (ust + period / 2) / period;
	if (!present->uses_present || present->implausible < 0)
		return;
	if (msc + 1 < divided || msc > divided + 1) {
		present->implausible = -1;
		return;
	}
	if (++present->implausible < MAX_IMPLAUSIBLE)
		return;
	log_info("the X server emulates refreshes: frames are shown at once");
	present->uses_present = false;
	struct screen *base, *tmp;
	wl_list_for_each_safe(base, tmp, &present->x11->base.screens, link) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		screen_update_pacing(screen);
	}
}

static void on_complete(
	struct x11_surface *surface, const xcb_present_complete_notify_event_t *event)
{
	uint64_t now = clock_now_ns(surface->screen->x11->clock), time = event->ust * 1000;
	if (!surface->submitted || event->serial != surface->serial)
		return;
	// The server's clock differs if it runs on another machine; ust 0: it has none.
	if (!event->ust || time > now + NSEC_PER_SEC || now > time + NSEC_PER_SEC)
		time = now;
	bool flipped = event->kind == XCB_PRESENT_COMPLETE_KIND_PIXMAP &&
		event->mode == XCB_PRESENT_COMPLETE_MODE_FLIP;
	surface->screen->base.copies = !flipped;
	surface_report(surface, time, event->msc, flipped ? VSYNC | HW_CLOCK | HW_COMPLETION : 0);
	check_refreshes(surface->screen->x11->present, event->ust, event->msc);
	surface_submit(surface);
}

bool x11_present_event(struct x11_present *present, xcb_generic_event_t *event)
{
	const xcb_present_generic_event_t *generic = (xcb_present_generic_event_t *)event;
	struct x11_screen *screen;
	if ((event->response_type & 0x7f) != XCB_GE_GENERIC || !present->x11->has.present_opcode ||
		generic->extension != present->x11->has.present_opcode)
		return false;
	if (generic->evtype == XCB_PRESENT_EVENT_COMPLETE_NOTIFY) {
		const xcb_present_complete_notify_event_t *complete =
			(xcb_present_complete_notify_event_t *)event;
		if ((screen = x11_screen_of(present->x11, complete->window)))
			on_complete(screen->surface, complete);
	} else if (generic->evtype == XCB_PRESENT_EVENT_IDLE_NOTIFY) {
		const xcb_present_idle_notify_event_t *idle =
			(xcb_present_idle_notify_event_t *)event;
		if ((screen = x11_screen_of(present->x11, idle->window)))
			surface_busy_remove(screen->surface, idle->serial);
	}
	return true;
}

void x11_present_poll(struct x11_present *present)
{
	struct screen *base;
	wl_list_for_each(base, &present->x11->base.screens, link) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		struct x11_surface *surface = screen->surface;
		void *reply = NULL;
		xcb_generic_error_t *error = NULL;
		if (!surface || !surface->sync_sequence ||
			!xcb_poll_for_reply(
				present->x11->xcb, surface->sync_sequence, &reply, &error))
			continue;
		free(reply);
		free(error);
		surface->sync_sequence = 0;
		surface_busy_clear(surface);
		surface_submit(surface);
	}
}

void x11_surface_exposed(struct x11_screen *screen, const struct box *box)
{
	struct x11_surface *surface = screen->surface;
	if (!screen->base.enabled) {
		x11_surface_blank(screen);
		return;
	}
	region_add_box(&surface->damage, box);
	surface_submit(surface);
}

void x11_surface_blank(struct x11_screen *screen)
{
	const struct x11 *x11 = screen->x11;
	const xcb_rectangle_t all = {0, 0, INT16_MAX, INT16_MAX};
	xcb_change_gc(x11->xcb, x11->present->gc, XCB_GC_FOREGROUND, &x11->root->black_pixel);
	xcb_poly_fill_rectangle(x11->xcb, screen->window, x11->present->gc, 1, &all);
	surface_submit(screen->surface);
	x11_flush(screen->x11);
}

void x11_surface_set_visible(struct x11_screen *screen, bool visible)
{
	if (screen->visible == visible)
		return;
	screen->visible = visible;
	screen_update_pacing(screen);
	surface_submit(screen->surface);
}

// Frames from the core

static void surface_drop_fence(struct x11_surface *surface)
{
	if (surface->fence_source)
		wl_event_source_remove(surface->fence_source);
	surface->fence_source = NULL;
	close_fd(&surface->fence);
}

static int on_fence(int fd, uint32_t mask, void *data)
{
	struct x11_surface *surface = data;
	surface_drop_fence(surface);
	surface_submit(surface);
	return 0;
}

// The server reads the buffer when it handles the request, so the frame is sent when its fence has
// signalled.
static void surface_wait_fence(struct x11_surface *surface, int fence)
{
	struct pollfd ready = {.fd = fence, .events = POLLIN};
	surface_drop_fence(surface);
	if (fence < 0 || poll(&ready, 1, 0) != 0)
		return;
	surface->fence = fcntl(fence, F_DUPFD_CLOEXEC, 0);
	if (surface->fence >= 0)
		surface->fence_source = wl_event_loop_add_fd(surface->screen->x11->loop,
			surface->fence, WL_EVENT_READABLE, on_fence, surface);
	if (surface->fence_source)
		return;
	close_fd(&surface->fence);
	while (poll(&ready, 1, -1) < 0 && errno == EINTR) {
	}
}

static void surface_set_buffer(
	struct x11_surface *surface, struct buffer *buffer, const region *damage)
{
	struct buffer *old = surface->buffer;
	surface->buffer = buffer_lock(buffer);
	buffer_unlock(old);
	region_add(&surface->damage, damage);
}

bool x11_present_frame(struct screen *base, const struct frame *frame, bool test_only)
{
	struct x11_screen *screen = wl_container_of(base, screen, base);
	struct x11_images *images = screen->x11->present->images;
	struct x11_surface *surface = screen->surface;
	if (!base->enabled || screen->x11->lost)
		return false;
	struct buffer *buffer = frame->primary.buffer; // NULL: the window is hidden
	if (test_only)
		return !buffer || x11_image_is_cheap(images, buffer);
	if ((frame->set & FRAME_PRIMARY) && buffer && !x11_image_pixmap(images, buffer) &&
		!x11_image_can_copy(images, buffer))
		return false;
	if ((frame->set & FRAME_CURSOR_IMAGE) && !x11_cursor_show(screen, frame))
		return false;
	if (frame->set & FRAME_PRIMARY) {
		if (buffer)
			surface_set_buffer(surface, buffer, frame->damage);
		surface->frame_pending = !base->self_paced;
		surface_wait_fence(surface, frame->fence);
		surface_submit(surface);
	}
	x11_flush(screen->x11);
	return true;
}

struct buffer *x11_present_alloc(struct backend *backend, int width, int height, uint32_t format)
{
	const struct x11 *x11 = wl_container_of(backend, x11, base);
	return buffer_create_memfd(width, height, x11_images_format(x11->present->images));
}

// Creation and destruction

void x11_surface_create(struct x11_screen *screen)
{
	struct x11 *x11 = screen->x11;
	struct x11_present *present = x11->present;
	struct x11_surface *surface = xcalloc(1, sizeof(*surface));
	screen->surface = surface;
	surface->screen = screen;
	surface->fence = -1;
	pixman_region32_init(&surface->damage);
	timer_init(&surface->hidden_timer, x11->clock, on_hidden, surface);
	if (present->uses_present)
		xcb_present_select_input(x11->xcb, xcb_generate_id(x11->xcb), screen->window,
			XCB_PRESENT_EVENT_MASK_COMPLETE_NOTIFY |
				XCB_PRESENT_EVENT_MASK_IDLE_NOTIFY);
	x11_images_formats(present->images, screen->window, &screen->base.formats);
	screen->base.unseen = true; // until it is mapped
	screen->base.cpu_scanout = screen->base.copies = true;
}

void x11_surface_destroy(struct x11_screen *screen)
{
	struct x11_surface *surface = screen->surface;
	if (!surface)
		return;
	screen->surface = NULL;
	surface_drop_fence(surface);
	surface_drop_staging(surface);
	surface_busy_clear(surface);
	buffer_unlock(surface->buffer);
	if (surface->sync_sequence)
		xcb_discard_reply(screen->x11->xcb, surface->sync_sequence);
	timer_finish(&surface->hidden_timer);
	pixman_region32_fini(&surface->damage);
	free(surface);
}

struct x11_present *x11_present_create(struct x11 *x11)
{
	const uint32_t exposures = 0;
	struct x11_present *present = xcalloc(1, sizeof(*present));
	present->x11 = x11;
	// An unknown refresh rate means that there is no real monitor.
	present->uses_present = x11->has.present_opcode && x11->has.xfixes_event &&
		(x11->refresh_mhz || x11_without("self-pacing"));
	present->implausible = x11_without("self-pacing") ? -1 : 0;
	present->images = x11_images_create(x11);
	if (!present->images) {
		free(present);
		return NULL;
	}
	present->gc = xcb_generate_id(x11->xcb);
	xcb_create_gc(
		x11->xcb, present->gc, x11->root->root, XCB_GC_GRAPHICS_EXPOSURES, &exposures);
	if (present->uses_present) {
		present->damage = xcb_generate_id(x11->xcb);
		xcb_xfixes_create_region(x11->xcb, present->damage, 0, NULL);
	}
	return present;
}

void x11_present_destroy(struct x11_present *present)
{
	if (!present)
		return;
	x11_images_destroy(present->images);
	free(present);
}
