// SPDX-License-Identifier: MIT
// Frames onto a window, and the clock for them.
//
// A frame is a pixmap: the buffer's own memory where the server can have that, else a pixmap of the
// server's into which what changed is copied. Present shows it at the next refresh and tells when
// that was and when the memory is free again. Without Present, or without a monitor that refreshes,
// it is copied to the window at once, the core keeps the beat, and a frame only follows when the
// server has worked off the last: so a slow connection carries the newest picture instead of a
// queue of old ones. Where nobody can see the window, one frame a second is taken and none is sent.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/present.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include "backends/x11/boxes.h"
#include "backends/x11/image.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define HIDDEN_NS NSEC_PER_SEC
#define MAX_BUSY 8
#define DOUBTS 3  // refreshes that look made up before they are believed to be
#define VSYNC 0x1 // wp_presentation_feedback.kind
#define HW_CLOCK 0x2
#define HW_COMPLETION 0x4

struct x11_present {
	struct x11 *x11;
	struct x11_images *images;
	xcb_gcontext_t gc;
	xcb_xfixes_region_t damage; // of the frame that is being sent; with Present
	bool clock;                 // frames are shown by Present
	int doubts;                 // -1: its refreshes are real
};

struct x11_surface {
	struct x11_screen *screen;
	struct buffer *buffer; // locked: the newest frame
	region damage;         // of it, that the window does not have
	bool owed;             // the core waits to hear of this frame
	bool waiting;          // and it was sent: the server will tell
	uint32_t serial;       // of the last frame
	unsigned sync;         // without Present: request whose answer tells that all is done
	struct timer hidden;   // answers for a window that nobody sees
	int fence;             // the frame is to wait for; owned, -1: it is ready
	struct wl_event_source *fence_source;

	xcb_pixmap_t staging; // copies of buffers that have no pixmap
	int staging_width, staging_height;
	bool staged; // it has the newest frame, but for damage

	// Buffers that the server may still read.
	struct {
		struct buffer *buffer; // locked
		uint32_t serial;
	} busy[MAX_BUSY];
	size_t n_busy;
};

// Buffers that the server reads

static bool busy_add(struct x11_surface *surface)
{
	if (!x11_image_is_shared(surface->screen->x11->present->images, surface->buffer))
		return true;
	if (surface->n_busy == MAX_BUSY)
		return false;
	surface->busy[surface->n_busy].buffer = buffer_lock(surface->buffer);
	surface->busy[surface->n_busy++].serial = surface->serial;
	return true;
}

static void busy_remove(struct x11_surface *surface, uint32_t serial)
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

static void busy_clear(struct x11_surface *surface)
{
	while (surface->n_busy)
		buffer_unlock(surface->busy[--surface->n_busy].buffer);
}

// Sending

static void drop_staging(struct x11_surface *surface)
{
	if (surface->staging)
		xcb_free_pixmap(surface->screen->x11->xcb, surface->staging);
	surface->staging = XCB_NONE;
}

// A pixmap as large as the buffer; a new one lacks everything.
static bool need_staging(struct x11_surface *surface)
{
	const struct x11_screen *screen = surface->screen;
	xcb_connection_t *xcb = screen->x11->xcb;
	const struct buffer *buffer = surface->buffer;
	const struct box all = {0, 0, buffer->width, buffer->height};
	if (!surface->staged)
		region_add_box(&surface->damage, &all);
	surface->staged = true;
	if (surface->staging && surface->staging_width == buffer->width &&
		surface->staging_height == buffer->height)
		return true;
	drop_staging(surface);
	xcb_pixmap_t pixmap = xcb_generate_id(xcb);
	xcb_generic_error_t *error = xcb_request_check(xcb,
		xcb_create_pixmap_checked(xcb, screen->x11->root->root_depth, pixmap,
			screen->x11->root->root, (uint16_t)buffer->width,
			(uint16_t)buffer->height));
	if (error) {
		surface->staged = false;
		log_warn("the X server has no memory for a window of %dx%d", buffer->width,
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

// The pixmap with the newest frame in it, and what of it the window lacks. False: there is none.
static bool find_pixmap(struct x11_surface *surface, xcb_pixmap_t *pixmap, struct x11_boxes *boxes)
{
	const struct x11_present *present = surface->screen->x11->present;
	struct buffer *buffer = surface->buffer;
	*pixmap = x11_image_pixmap(present->images, buffer);
	if (*pixmap)
		surface->staged = false;
	else if (!need_staging(surface))
		return false;
	x11_boxes_of(boxes, &surface->damage, buffer->width, buffer->height);
	if (*pixmap)
		return true;
	*pixmap = surface->staging;
	return x11_image_copy(
		present->images, buffer, surface->staging, present->gc, boxes->at, boxes->count);
}

// Straight to the window: what Present is not needed for, or not there for.
static void copy_now(struct x11_surface *surface)
{
	struct x11_screen *screen = surface->screen;
	xcb_connection_t *xcb = screen->x11->xcb;
	struct x11_boxes boxes;
	xcb_pixmap_t pixmap;
	if (find_pixmap(surface, &pixmap, &boxes))
		x11_boxes_copy(xcb, pixmap, screen->window, screen->x11->present->gc, &boxes);
	pixman_region32_clear(&surface->damage);
}

// By the clock of the server, which then says that it did.
static void present_now(struct x11_surface *surface)
{
	const struct x11_screen *screen = surface->screen;
	const struct x11_present *present = screen->x11->present;
	xcb_connection_t *xcb = screen->x11->xcb;
	struct x11_boxes boxes;
	xcb_pixmap_t pixmap;
	surface->waiting = true;
	surface->serial++;
	if (!find_pixmap(surface, &pixmap, &boxes) || !busy_add(surface)) {
		copy_now(surface);
		xcb_present_notify_msc(xcb, screen->window, surface->serial, 0, 0, 0);
		return;
	}
	// What is copied into again must not become what the monitor shows.
	uint32_t options =
		pixmap == surface->staging ? XCB_PRESENT_OPTION_COPY : XCB_PRESENT_OPTION_NONE;
	xcb_xfixes_set_region(xcb, present->damage, (uint32_t)boxes.count, boxes.at);
	xcb_present_pixmap(xcb, screen->window, pixmap, surface->serial, XCB_NONE, present->damage,
		0, 0, XCB_NONE, XCB_NONE, XCB_NONE, options, 0, 0, 0, 0, NULL);
	pixman_region32_clear(&surface->damage);
}

// Sends what there is to send, if this is the time for it.
static void push(struct x11_surface *surface)
{
	struct x11_screen *screen = surface->screen;
	struct x11 *x11 = screen->x11;
	bool frame = surface->owed && !surface->waiting;
	if (x11->lost || surface->fence_source || surface->sync)
		return;
	if (!screen->visible || !screen->base.enabled) {
		if (frame && !timer_is_set(&surface->hidden))
			timer_set(&surface->hidden, clock_now_ns(x11->clock) + HIDDEN_NS);
		return;
	}
	if (!surface->buffer)
		return;
	if (frame && x11->present->clock) {
		present_now(surface);
	} else if (pixman_region32_not_empty(&surface->damage)) {
		copy_now(surface);
		if (!x11->present->clock) {
			busy_add(surface);
			surface->sync = xcb_get_input_focus(x11->xcb).sequence;
		}
	}
	x11_flush(x11);
}

// Being told

// The core's next frame may begin within this call.
static void report(struct x11_surface *surface, uint64_t time_ns, uint64_t sequence, uint32_t flags)
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
	surface->owed = surface->waiting = false;
	timer_cancel(&surface->hidden);
	backend->sink->presented(backend->sink_data, base, &how);
}

static void on_hidden(void *data)
{
	struct x11_surface *surface = data;
	if (surface->owed && !surface->waiting)
		report(surface, clock_now_ns(surface->screen->x11->clock), 0, 0);
}

// How the core is to draw: on its own beat what is shown at once, and nothing that nobody sees.
static void update(struct x11_screen *screen)
{
	struct x11_surface *surface = screen->surface;
	struct backend *backend = screen->base.backend;
	bool clock = screen->x11->present->clock, unseen = !screen->visible;
	bool self_paced = !clock && !unseen;
	if (screen->base.self_paced == self_paced && screen->base.unseen == unseen)
		return;
	if (surface->owed && !(surface->waiting && clock))
		report(surface, clock_now_ns(screen->x11->clock), 0, 0);
	screen->base.self_paced = self_paced;
	screen->base.unseen = unseen;
	backend->sink->screen_changed(backend->sink_data, &screen->base);
}

// A server without a monitor divides the time to number refreshes, and does so between two of
// them: what comes late in one misses the next. Who is shown at once has more of that.
static void doubt_clock(struct x11_present *present, uint64_t ust, uint64_t msc)
{
	const uint64_t period = 1000000 / 60;
	uint64_t divided = (ust + period / 2) / period;
	if (!present->clock || present->doubts < 0)
		return;
	if (msc + 1 < divided || msc > divided + 1) {
		present->doubts = -1;
		return;
	}
	if (++present->doubts < DOUBTS)
		return;
	log_info("the X server makes up its refreshes: frames are shown at once");
	present->clock = false;
	struct screen *base, *tmp;
	wl_list_for_each_safe(base, tmp, &present->x11->base.screens, link) {
		struct x11_screen *screen = wl_container_of(base, screen, base);
		update(screen);
	}
}

static void on_complete(
	struct x11_surface *surface, const xcb_present_complete_notify_event_t *event)
{
	uint64_t now = clock_now_ns(surface->screen->x11->clock), time = event->ust * 1000;
	if (!surface->waiting || event->serial != surface->serial)
		return;
	// A server on another machine has a clock of its own, and one without a monitor none.
	if (!event->ust || time > now + NSEC_PER_SEC || now > time + NSEC_PER_SEC)
		time = now;
	bool flipped = event->kind == XCB_PRESENT_COMPLETE_KIND_PIXMAP &&
		event->mode == XCB_PRESENT_COMPLETE_MODE_FLIP;
	surface->screen->base.copies = !flipped;
	report(surface, time, event->msc, flipped ? VSYNC | HW_CLOCK | HW_COMPLETION : 0);
	doubt_clock(surface->screen->x11->present, event->ust, event->msc);
	push(surface);
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
			busy_remove(screen->surface, idle->serial);
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
		if (!surface || !surface->sync ||
			!xcb_poll_for_reply(present->x11->xcb, surface->sync, &reply, &error))
			continue;
		free(reply);
		free(error);
		surface->sync = 0;
		busy_clear(surface);
		push(surface);
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
	push(surface);
}

void x11_surface_blank(struct x11_screen *screen)
{
	const struct x11 *x11 = screen->x11;
	const xcb_rectangle_t all = {0, 0, INT16_MAX, INT16_MAX};
	xcb_change_gc(x11->xcb, x11->present->gc, XCB_GC_FOREGROUND, &x11->root->black_pixel);
	xcb_poly_fill_rectangle(x11->xcb, screen->window, x11->present->gc, 1, &all);
	push(screen->surface);
	x11_flush(screen->x11);
}

void x11_surface_set_visible(struct x11_screen *screen, bool visible)
{
	if (screen->visible == visible)
		return;
	screen->visible = visible;
	update(screen);
	push(screen->surface);
}

// Frames from the core

static void drop_fence(struct x11_surface *surface)
{
	if (surface->fence_source)
		wl_event_source_remove(surface->fence_source);
	surface->fence_source = NULL;
	close_fd(&surface->fence);
}

static int on_fence(int fd, uint32_t mask, void *data)
{
	struct x11_surface *surface = data;
	drop_fence(surface);
	push(surface);
	return 0;
}

// The server reads when it is told to; so it is told when the picture is ready.
static void wait_for(struct x11_surface *surface, int fence)
{
	struct pollfd ready = {.fd = fence, .events = POLLIN};
	drop_fence(surface);
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

static void take(struct x11_surface *surface, struct buffer *buffer, const region *damage)
{
	struct buffer *old = surface->buffer;
	surface->buffer = buffer_lock(buffer);
	buffer_unlock(old);
	pixman_region32_union(&surface->damage, &surface->damage, (region *)damage);
}

bool x11_present_frame(struct screen *base, const struct frame *frame, bool test_only)
{
	struct x11_screen *screen = wl_container_of(base, screen, base);
	struct x11_images *images = screen->x11->present->images;
	struct x11_surface *surface = screen->surface;
	if (!base->enabled || screen->x11->lost)
		return false;
	struct buffer *buffer = frame->primary.buffer; // NULL: nobody sees it
	if (test_only)
		return !buffer || x11_image_is_cheap(images, buffer);
	if ((frame->set & FRAME_PRIMARY) && buffer && !x11_image_pixmap(images, buffer) &&
		!x11_image_can_copy(images, buffer))
		return false;
	if ((frame->set & FRAME_CURSOR_IMAGE) && !x11_cursor_show(screen, frame))
		return false;
	if (frame->set & FRAME_PRIMARY) {
		if (buffer)
			take(surface, buffer, frame->damage);
		surface->owed = !base->self_paced;
		wait_for(surface, frame->fence);
		push(surface);
	}
	x11_flush(screen->x11);
	return true;
}

struct buffer *x11_present_alloc(struct backend *backend, int width, int height, uint32_t format)
{
	const struct x11 *x11 = wl_container_of(backend, x11, base);
	return buffer_create_memfd(width, height, x11_images_format(x11->present->images));
}

// Life

bool x11_surface_create(struct x11_screen *screen)
{
	struct x11 *x11 = screen->x11;
	struct x11_present *present = x11->present;
	struct x11_surface *surface = xcalloc(1, sizeof(*surface));
	screen->surface = surface;
	surface->screen = screen;
	surface->fence = -1;
	pixman_region32_init(&surface->damage);
	timer_init(&surface->hidden, x11->clock, on_hidden, surface);
	if (present->clock)
		xcb_present_select_input(x11->xcb, xcb_generate_id(x11->xcb), screen->window,
			XCB_PRESENT_EVENT_MASK_COMPLETE_NOTIFY |
				XCB_PRESENT_EVENT_MASK_IDLE_NOTIFY);
	x11_images_formats(present->images, screen->window, &screen->base.formats);
	screen->base.unseen = true; // until it is mapped
	screen->base.cpu_scanout = screen->base.copies = true;
	return true;
}

void x11_surface_destroy(struct x11_screen *screen)
{
	struct x11_surface *surface = screen->surface;
	if (!surface)
		return;
	screen->surface = NULL;
	drop_fence(surface);
	drop_staging(surface);
	busy_clear(surface);
	buffer_unlock(surface->buffer);
	if (surface->sync)
		xcb_discard_reply(screen->x11->xcb, surface->sync);
	timer_finish(&surface->hidden);
	pixman_region32_fini(&surface->damage);
	free(surface);
}

struct x11_present *x11_present_create(struct x11 *x11)
{
	const uint32_t exposures = 0;
	struct x11_present *present = xcalloc(1, sizeof(*present));
	present->x11 = x11;
	// A monitor of which nothing is known is hardly one.
	present->clock = x11->has.present_opcode && x11->has.xfixes_event &&
		(x11->refresh_mhz || x11_without("self-pacing"));
	present->doubts = x11_without("self-pacing") ? -1 : 0;
	present->images = x11_images_create(x11);
	if (!present->images) {
		free(present);
		return NULL;
	}
	present->gc = xcb_generate_id(x11->xcb);
	xcb_create_gc(
		x11->xcb, present->gc, x11->root->root, XCB_GC_GRAPHICS_EXPOSURES, &exposures);
	if (present->clock) {
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
