// SPDX-License-Identifier: MIT
// zwlr_screencopy_manager_v1: pictures of outputs and parts of them into client buffers.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/core/capture.h"
#include "compositor/core/client_buffer.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "wlr-screencopy-unstable-v1-protocol.h"

// What one client has not seen of one output yet (copy_with_damage).
struct unseen {
	struct manager *manager;
	struct output *output;
	region damage; // output pixels
	struct wl_listener damaged, output_destroyed;
	struct wl_list link; // manager.unseen
};

struct manager {
	unsigned refs; // the resource and its frames
	struct server *server;
	struct wl_list unseen;
};

struct copy_frame {
	struct wl_resource *resource;
	struct manager *manager;
	struct output *output; // NULL: it went
	struct box box;        // output pixels
	bool cursor, used, with_damage;
	struct buffer *buffer; // locked, while the copy waits
	struct wl_listener output_destroyed, output_frame;
};

static void unseen_free(struct unseen *unseen)
{
	wl_list_remove(&unseen->damaged.link);
	wl_list_remove(&unseen->output_destroyed.link);
	wl_list_remove(&unseen->link);
	pixman_region32_fini(&unseen->damage);
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
	pixman_region32_union(&unseen->damage, &unseen->damage, (region *)damage->damage);
}

static void on_unseen_output_destroyed(struct wl_listener *listener, void *data)
{
	struct unseen *unseen = wl_container_of(listener, unseen, output_destroyed);
	unseen_free(unseen);
}

// At first everything is unseen.
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
	unseen->damaged.notify = on_damaged;
	wl_signal_add(&output->events.damaged, &unseen->damaged);
	unseen->output_destroyed.notify = on_unseen_output_destroyed;
	wl_signal_add(&output->events.destroyed, &unseen->output_destroyed);
	wl_list_insert(&manager->unseen, &unseen->link);
	return unseen;
}

static void stop_waiting(struct copy_frame *frame)
{
	wl_list_remove(&frame->output_frame.link);
	wl_list_init(&frame->output_frame.link);
	buffer_unlock(frame->buffer);
	frame->buffer = NULL;
}

static void send_ready(struct copy_frame *frame)
{
	uint64_t now = clock_now_ns(frame->manager->server->clock);
	uint64_t seconds = now / NSEC_PER_SEC;
	zwlr_screencopy_frame_v1_send_flags(frame->resource, 0);
	zwlr_screencopy_frame_v1_send_ready(frame->resource, (uint32_t)(seconds >> 32),
		(uint32_t)seconds, (uint32_t)(now % NSEC_PER_SEC));
}

static void copy(struct copy_frame *frame, region *damage)
{
	if (!capture_output(frame->output, &frame->box, frame->cursor, frame->buffer)) {
		zwlr_screencopy_frame_v1_send_failed(frame->resource);
		stop_waiting(frame);
		return;
	}
	if (damage) {
		pixman_region32_translate(damage, -frame->box.x, -frame->box.y);
		region_intersect_box(
			damage, &(struct box){0, 0, frame->box.width, frame->box.height});
		struct box bounds = region_bounds(damage);
		zwlr_screencopy_frame_v1_send_damage(frame->resource, (uint32_t)bounds.x,
			(uint32_t)bounds.y, (uint32_t)bounds.width, (uint32_t)bounds.height);
		pixman_region32_clear(damage);
	}
	send_ready(frame);
	stop_waiting(frame);
}

// Copies, where what it waits for has come.
static void try_copy(struct copy_frame *frame)
{
	if (!frame->with_damage) {
		copy(frame, NULL);
		return;
	}
	struct unseen *unseen = unseen_get(frame->manager, frame->output);
	region here;
	pixman_region32_init(&here);
	pixman_region32_copy(&here, &unseen->damage);
	region_intersect_box(&here, &frame->box);
	bool any = pixman_region32_not_empty(&here);
	pixman_region32_fini(&here);
	if (any)
		copy(frame, &unseen->damage);
}

static void on_output_frame(struct wl_listener *listener, void *data)
{
	struct copy_frame *frame = wl_container_of(listener, frame, output_frame);
	try_copy(frame);
}

static void handle_any_copy(
	struct wl_resource *resource, struct wl_resource *buffer_resource, bool with_damage)
{
	struct copy_frame *frame = wl_resource_get_user_data(resource);
	struct buffer *buffer = buffer_from_resource(buffer_resource);
	if (frame->used) {
		wl_resource_post_error(resource, ZWLR_SCREENCOPY_FRAME_V1_ERROR_ALREADY_USED,
			"a frame is copied only once");
		return;
	}
	frame->used = true;
	if (!frame->output) {
		zwlr_screencopy_frame_v1_send_failed(resource);
		return;
	}
	struct renderer *renderer = frame->manager->server->renderer;
	if (!buffer || !buffer->impl->begin_access || buffer->width != frame->box.width ||
		buffer->height != frame->box.height ||
		!format_set_has(&renderer->shm, buffer->format, DRM_FORMAT_MOD_LINEAR)) {
		wl_resource_post_error(resource, ZWLR_SCREENCOPY_FRAME_V1_ERROR_INVALID_BUFFER,
			"the buffer must be shared memory of %dx%d", frame->box.width,
			frame->box.height);
		return;
	}
	frame->with_damage = with_damage;
	frame->buffer = buffer_lock(buffer);
	wl_list_remove(&frame->output_frame.link);
	wl_signal_add(&frame->output->events.frame, &frame->output_frame);
	// A frame that is about to be drawn is waited for; otherwise the screen is as it is.
	if (output_is_idle(frame->output))
		try_copy(frame);
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

static void let_go_of_output(struct copy_frame *frame)
{
	if (!frame->output)
		return;
	stop_waiting(frame);
	wl_list_remove(&frame->output_destroyed.link);
	frame->output = NULL;
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct copy_frame *frame = wl_container_of(listener, frame, output_destroyed);
	bool waited = frame->buffer != NULL;
	let_go_of_output(frame);
	if (waited)
		zwlr_screencopy_frame_v1_send_failed(frame->resource);
}

static void on_frame_destroyed(struct wl_resource *resource)
{
	struct copy_frame *frame = wl_resource_get_user_data(resource);
	let_go_of_output(frame);
	manager_unref(frame->manager);
	free(frame);
}

static void create_frame(struct wl_resource *manager_resource, uint32_t id, bool cursor,
	struct output *output, const struct box *part_of)
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

	if (output && output->enabled) {
		int width, height;
		output_size_px(output, &width, &height);
		frame->box = (struct box){0, 0, width, height};
		if (part_of) { // logical, within the output
			bool swaps = transform_swaps(output->transform);
			struct box logical = {0, 0, output->box.width, output->box.height}, part;
			box_intersect(&part, &logical, part_of);
			part = box_scale(&part, output->scale);
			part = box_transform(&part, output->transform, swaps ? height : width,
				swaps ? width : height);
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
	if (version >= ZWLR_SCREENCOPY_FRAME_V1_BUFFER_DONE_SINCE_VERSION)
		zwlr_screencopy_frame_v1_send_buffer_done(frame->resource);
}

static void handle_capture_output(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t cursor, struct wl_resource *output)
{
	create_frame(resource, id, cursor != 0, output_from_resource(output), NULL);
}

static void handle_capture_output_region(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t cursor, struct wl_resource *output, int32_t x, int32_t y,
	int32_t width, int32_t height)
{
	create_frame(resource, id, cursor != 0, output_from_resource(output),
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

static void bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
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
		       bind) != NULL;
}
