// SPDX-License-Identifier: MIT
// zwlr_screencopy_manager_v1: copies outputs, or regions of them, into client buffers, at once or
// when they are next damaged.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/client/wire.h"
#include "compositor/output/capture.h"
#include "compositor/output/capture_target.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/client_buffer.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wlr-screencopy-unstable-v1-protocol.h"

// Damage of an output since a manager's last copy_with_damage.
struct unseen {
	struct manager *manager;
	struct output *output;
	region damage; // output pixels
	region cursor; // the cursor's, for frames that include it
	struct wl_listener damaged, cursor_damaged, output_destroyed;
	struct wl_list link; // manager.unseen
};

struct manager {
	unsigned refs; // by the resource and its frames
	struct server *server;
	struct wl_list unseen;
};

struct copy_frame {
	struct wl_resource *resource;
	struct manager *manager;
	struct output *output; // NULL: removed
	struct box box;        // output pixels
	bool cursor, used, with_damage;
	struct buffer *buffer;     // locked, while the copy is pending
	struct capture_wait *wait; // owned; for devices that use the buffer
	struct wl_listener output_destroyed, output_frame, cursor_damaged;
};

static void unseen_free(struct unseen *unseen)
{
	wl_list_remove(&unseen->damaged.link);
	wl_list_remove(&unseen->cursor_damaged.link);
	wl_list_remove(&unseen->output_destroyed.link);
	wl_list_remove(&unseen->link);
	pixman_region32_fini(&unseen->damage);
	pixman_region32_fini(&unseen->cursor);
	free(unseen);
}

static void manager_unref(struct manager *manager)
{
	if (--manager->refs)
		return;
	struct unseen *unseen, *tmp;
	wl_list_for_each_safe(unseen, tmp, &manager->unseen, link)
		unseen_free(unseen);
	free(manager);
}

static void on_damaged(struct wl_listener *listener, void *data)
{
	struct unseen *unseen = wl_container_of(listener, unseen, damaged);
	const struct output_damage *damage = data;
	region_add(&unseen->damage, damage->damage);
}

static void on_unseen_cursor_damaged(struct wl_listener *listener, void *data)
{
	struct unseen *unseen = wl_container_of(listener, unseen, cursor_damaged);
	const struct output_damage *damage = data;
	region_add(&unseen->cursor, damage->damage);
}

static void on_unseen_output_destroyed(struct wl_listener *listener, void *data)
{
	struct unseen *unseen = wl_container_of(listener, unseen, output_destroyed);
	unseen_free(unseen);
}

// Created with the whole output damaged.
static struct unseen *unseen_get(struct manager *manager, struct output *output)
{
	struct unseen *unseen;
	wl_list_for_each(unseen, &manager->unseen, link) {
		if (unseen->output == output)
			return unseen;
	}
	unseen = xcalloc(1, sizeof(*unseen));
	unseen->manager = manager;
	unseen->output = output;
	int width, height;
	output_size_px(output, &width, &height);
	pixman_region32_init_rect(&unseen->damage, 0, 0, (unsigned)width, (unsigned)height);
	pixman_region32_init(&unseen->cursor);
	unseen->damaged.notify = on_damaged;
	wl_signal_add(&output->events.damaged, &unseen->damaged);
	unseen->cursor_damaged.notify = on_unseen_cursor_damaged;
	wl_signal_add(&output->events.cursor_damaged, &unseen->cursor_damaged);
	unseen->output_destroyed.notify = on_unseen_output_destroyed;
	wl_signal_add(&output->events.destroyed, &unseen->output_destroyed);
	wl_list_insert(&manager->unseen, &unseen->link);
	return unseen;
}

static void frame_stop_waiting(struct copy_frame *frame)
{
	wl_list_remove(&frame->output_frame.link);
	wl_list_init(&frame->output_frame.link);
	wl_list_remove(&frame->cursor_damaged.link);
	wl_list_init(&frame->cursor_damaged.link);
	capture_wait_destroy(frame->wait);
	frame->wait = NULL;
	buffer_unlock(frame->buffer);
	frame->buffer = NULL;
}

static void frame_send_ready(struct copy_frame *frame)
{
	uint64_t now = clock_monotonic_ns(); // as wp_presentation, also under a virtual clock
	uint64_t seconds = now / NSEC_PER_SEC;
	zwlr_screencopy_frame_v1_send_flags(frame->resource, 0);
	zwlr_screencopy_frame_v1_send_ready(frame->resource, (uint32_t)(seconds >> 32),
		(uint32_t)seconds, (uint32_t)(now % NSEC_PER_SEC));
}

static void frame_try_copy(struct copy_frame *frame);

// damage: what changed inside of the frame's box, output pixels; NULL: not requested. False: it
// failed.
static bool frame_copy(struct copy_frame *frame, const region *damage)
{
	bool ok = capture_output(frame->output, &frame->box, frame->cursor, frame->buffer);
	if (!ok) {
		zwlr_screencopy_frame_v1_send_failed(frame->resource);
	} else {
		struct box bounds = damage ? region_bounds(damage) : (struct box){0};
		if (damage)
			zwlr_screencopy_frame_v1_send_damage(frame->resource,
				(uint32_t)(bounds.x - frame->box.x),
				(uint32_t)(bounds.y - frame->box.y), (uint32_t)bounds.width,
				(uint32_t)bounds.height);
		frame_send_ready(frame);
	}
	frame_stop_waiting(frame);
	return ok;
}

static void on_buffer_idle(void *data)
{
	struct copy_frame *frame = data;
	capture_wait_destroy(frame->wait);
	frame->wait = NULL;
	frame_try_copy(frame);
}

// Whether a device still uses the buffer; the frame is then tried again when it is idle.
static bool frame_waits_for_buffer(struct copy_frame *frame)
{
	if (!frame->wait)
		frame->wait = capture_wait_create(frame->manager->server,
			wl_resource_get_client(frame->resource), frame->buffer, on_buffer_idle,
			frame);
	return frame->wait;
}

// Copies, unless the frame waits for damage and there is none, or for its buffer.
static void frame_try_copy(struct copy_frame *frame)
{
	if (frame_waits_for_buffer(frame))
		return;
	if (!frame->with_damage) {
		frame_copy(frame, NULL);
		return;
	}
	struct unseen *unseen = unseen_get(frame->manager, frame->output);
	region here;
	pixman_region32_init(&here);
	pixman_region32_copy(&here, &unseen->damage);
	if (frame->cursor)
		region_add(&here, &unseen->cursor);
	region_intersect_box(&here, &frame->box);
	if (pixman_region32_not_empty(&here) && frame_copy(frame, &here)) {
		pixman_region32_clear(&unseen->damage);
		if (frame->cursor)
			pixman_region32_clear(&unseen->cursor);
	}
	pixman_region32_fini(&here);
}

static void on_output_frame(struct wl_listener *listener, void *data)
{
	struct copy_frame *frame = wl_container_of(listener, frame, output_frame);
	frame_try_copy(frame);
}

// The cursor may move on a plane, without frames. One is scheduled, so that copies come no faster
// than frames.
static void on_cursor_damaged(struct wl_listener *listener, void *data)
{
	struct copy_frame *frame = wl_container_of(listener, frame, cursor_damaged);
	output_dirty(frame->output);
}

static void handle_any_copy(
	struct wl_resource *resource, struct wl_resource *buffer_resource, bool with_damage)
{
	struct copy_frame *frame = wl_resource_get_user_data(resource);
	struct buffer *buffer = buffer_from_resource(buffer_resource);
	if (frame->used) {
		wl_resource_post_error(resource, ZWLR_SCREENCOPY_FRAME_V1_ERROR_ALREADY_USED,
			"the frame was already copied");
		return;
	}
	frame->used = true;
	if (!frame->output) {
		zwlr_screencopy_frame_v1_send_failed(resource);
		return;
	}
	struct server *server = frame->manager->server;
	bool fits = capture_target_fits(server, buffer);
	if (!buffer || buffer->width != frame->box.width || buffer->height != frame->box.height ||
		(!fits && !buffer->dmabuf)) {
		wl_resource_post_error(resource, ZWLR_SCREENCOPY_FRAME_V1_ERROR_INVALID_BUFFER,
			"the buffer must be a wl_shm buffer or a DMA-BUF of %dx%d",
			frame->box.width, frame->box.height);
		return;
	}
	if (!fits) { // no event names the modifiers that the renderer draws into
		zwlr_screencopy_frame_v1_send_failed(resource);
		return;
	}
	frame->with_damage = with_damage;
	frame->buffer = buffer_lock(buffer);
	wl_list_remove(&frame->output_frame.link);
	wl_signal_add(&frame->output->events.frame, &frame->output_frame);
	if (frame->cursor && with_damage) {
		wl_list_remove(&frame->cursor_damaged.link);
		wl_signal_add(&frame->output->events.cursor_damaged, &frame->cursor_damaged);
	}
	// A pending frame of the output is waited for; an idle output is copied as it is.
	if (output_is_idle(frame->output))
		frame_try_copy(frame);
}

static void handle_copy(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *buffer)
{
	handle_any_copy(resource, buffer, false);
}

static void handle_copy_with_damage(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *buffer)
{
	handle_any_copy(resource, buffer, true);
}

static const struct zwlr_screencopy_frame_v1_interface frame_impl = {
	.copy = handle_copy,
	.destroy = wire_handle_destroy,
	.copy_with_damage = handle_copy_with_damage,
};

static void frame_leave_output(struct copy_frame *frame)
{
	if (!frame->output)
		return;
	frame_stop_waiting(frame);
	wl_list_remove(&frame->output_destroyed.link);
	frame->output = NULL;
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct copy_frame *frame = wl_container_of(listener, frame, output_destroyed);
	bool waited = frame->buffer != NULL;
	frame_leave_output(frame);
	if (waited)
		zwlr_screencopy_frame_v1_send_failed(frame->resource);
}

static void on_frame_destroyed(struct wl_resource *resource)
{
	struct copy_frame *frame = wl_resource_get_user_data(resource);
	frame_leave_output(frame);
	manager_unref(frame->manager);
	free(frame);
}

static void frame_create(struct wl_resource *manager_resource, uint32_t id, bool cursor,
	struct output *output, const struct box *requested)
{
	struct manager *manager = wl_resource_get_user_data(manager_resource);
	struct copy_frame *frame = xcalloc(1, sizeof(*frame));
	int version = wl_resource_get_version(manager_resource);
	frame->resource = wire_create(wl_resource_get_client(manager_resource),
		&zwlr_screencopy_frame_v1_interface, version, id, &frame_impl, frame,
		on_frame_destroyed);
	if (!frame->resource) {
		free(frame);
		return;
	}
	frame->manager = manager;
	manager->refs++;
	frame->cursor = cursor;
	wl_list_init(&frame->output_frame.link);
	frame->output_frame.notify = on_output_frame;
	wl_list_init(&frame->cursor_damaged.link);
	frame->cursor_damaged.notify = on_cursor_damaged;

	if (output && output->enabled) {
		int width, height;
		output_size_px(output, &width, &height);
		frame->box = (struct box){0, 0, width, height};
		if (requested) { // logical, relative to the output
			struct box logical = {0, 0, output->box.width, output->box.height}, part;
			box_intersect(&part, &logical, requested);
			part = output_to_pixels(output, &part);
			box_intersect(&frame->box, &frame->box, &part);
		}
	}
	if (box_empty(&frame->box)) {
		zwlr_screencopy_frame_v1_send_failed(frame->resource);
		return;
	}
	frame->output = output;
	frame->output_destroyed.notify = on_output_destroyed;
	wl_signal_add(&output->events.destroyed, &frame->output_destroyed);
	zwlr_screencopy_frame_v1_send_buffer(frame->resource, format_to_shm(DRM_FORMAT_XRGB8888),
		(uint32_t)frame->box.width, (uint32_t)frame->box.height,
		(uint32_t)frame->box.width * 4);
	if (version < ZWLR_SCREENCOPY_FRAME_V1_BUFFER_DONE_SINCE_VERSION)
		return;
	// Sent even if no client can have DMA-BUFs: xdg-desktop-portal-wlr 0.7 gives up without it.
	zwlr_screencopy_frame_v1_send_linux_dmabuf(frame->resource,
		capture_target_dmabuf_format(manager->server), (uint32_t)frame->box.width,
		(uint32_t)frame->box.height);
	zwlr_screencopy_frame_v1_send_buffer_done(frame->resource);
}

static void handle_capture_output(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t cursor, struct wl_resource *output)
{
	frame_create(resource, id, cursor != 0, output_from_resource(output), NULL);
}

static void handle_capture_output_region(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t cursor, struct wl_resource *output, int32_t x, int32_t y,
	int32_t width, int32_t height)
{
	frame_create(resource, id, cursor != 0, output_from_resource(output),
		&(struct box){x, y, width, height});
}

static const struct zwlr_screencopy_manager_v1_interface manager_impl = {
	.capture_output = handle_capture_output,
	.capture_output_region = handle_capture_output_region,
	.destroy = wire_handle_destroy,
};

static void on_manager_destroyed(struct wl_resource *resource)
{
	manager_unref(wl_resource_get_user_data(resource));
}

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct manager *manager = xcalloc(1, sizeof(*manager));
	manager->refs = 1;
	manager->server = data;
	wl_list_init(&manager->unseen);
	if (!wire_create(client, &zwlr_screencopy_manager_v1_interface, (int)version, id,
		    &manager_impl, manager, on_manager_destroyed))
		manager_unref(manager);
}

bool screencopy_create(struct server *server)
{
	return wl_global_create(server->display, &zwlr_screencopy_manager_v1_interface, 3, server,
		       on_bind) != NULL;
}
