// SPDX-License-Identifier: MIT
// zwp_linux_dmabuf_feedback_v1: formats and modifiers that the renderer imports, and for a surface
// that covers an output also those that its screen can scan out. All objects share one format
// table. Feedback is sent again only if it has changed.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/weak.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "linux-dmabuf-v1-protocol.h"
#include "protocols/linux_dmabuf.h"
#include "renderer/renderer.h"

#define MAX_ENTRIES 65536      // of the table: indices are 16 bits wide
#define INDICES_PER_EVENT 1024 // a Wayland message has 4096 bytes at most

struct entry { // of the table that clients map
	uint32_t format, padding;
	uint64_t modifier;
};

// A selection of rows of the table.
struct choice {
	uint16_t *rows; // owned
	size_t count;
};

struct dmabuf_feedbacks {
	struct server *server;
	dev_t main_device, scanout_device; // scanout 0: screens have no device
	int table;
	struct entry *entries; // owned, contents of the table
	struct choice all;
	struct wl_list of_surfaces; // feedback.link
	struct wl_listener frame_done, outputs_changed, output_removed;
};

struct feedback_object {
	struct dmabuf_feedbacks *feedbacks;
	struct wl_resource *resource;
	struct weak surface;
	const struct output *output; // covered by the surface, as of the last update
	struct choice scanout;       // as sent last
	struct wl_list link;         // of_surfaces, or itself
};

// Events

static void send_tranche(
	struct wl_resource *resource, dev_t device, uint32_t flags, const struct choice *choice)
{
	struct wl_array array = {.size = sizeof(device), .data = &device};
	zwp_linux_dmabuf_feedback_v1_send_tranche_target_device(resource, &array);
	zwp_linux_dmabuf_feedback_v1_send_tranche_flags(resource, flags);
	for (size_t i = 0; i < choice->count; i += INDICES_PER_EVENT) {
		size_t count = MIN(choice->count - i, INDICES_PER_EVENT);
		array = (struct wl_array){
			.size = count * sizeof(*choice->rows), .data = choice->rows + i};
		zwp_linux_dmabuf_feedback_v1_send_tranche_formats(resource, &array);
	}
	zwp_linux_dmabuf_feedback_v1_send_tranche_done(resource);
}

static void feedback_send(struct feedback_object *feedback)
{
	const struct dmabuf_feedbacks *feedbacks = feedback->feedbacks;
	struct wl_resource *resource = feedback->resource;
	dev_t device = feedbacks->main_device;
	zwp_linux_dmabuf_feedback_v1_send_format_table(resource, feedbacks->table,
		(uint32_t)(feedbacks->all.count * sizeof(*feedbacks->entries)));
	zwp_linux_dmabuf_feedback_v1_send_main_device(
		resource, &(struct wl_array){.size = sizeof(device), .data = &device});
	if (feedback->scanout.count)
		send_tranche(resource, feedbacks->scanout_device,
			ZWP_LINUX_DMABUF_FEEDBACK_V1_TRANCHE_FLAGS_SCANOUT, &feedback->scanout);
	send_tranche(resource, device, 0, &feedbacks->all);
	zwp_linux_dmabuf_feedback_v1_send_done(resource);
}

// Choice of formats

static const struct output *covered_output(struct server *server, struct surface *surface)
{
	struct box box = {.width = surface->width, .height = surface->height};
	if (surface->current.alpha < 1 || !node_position(surface->node, &box.x, &box.y))
		return NULL;
	const struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled && box_contains_box(&box, &output->box))
			return output;
	}
	return NULL;
}

static struct choice choose_formats(
	const struct dmabuf_feedbacks *feedbacks, const struct output *output)
{
	struct choice choice = {.rows = xcalloc(feedbacks->all.count, sizeof(*choice.rows))};
	for (size_t i = 0; output && i < feedbacks->all.count; i++)
		if (format_set_has(&output->screen->formats, feedbacks->entries[i].format,
			    feedbacks->entries[i].modifier))
			choice.rows[choice.count++] = (uint16_t)i;
	return choice;
}

// True: the formats for scan-out have changed.
static bool feedback_update(struct feedback_object *feedback)
{
	const struct dmabuf_feedbacks *feedbacks = feedback->feedbacks;
	struct surface *surface = feedback->surface.target;
	if (!surface || !feedbacks->scanout_device)
		return false;
	const struct output *output = covered_output(feedbacks->server, surface);
	if (output == feedback->output)
		return false;
	feedback->output = output;
	struct choice choice = choose_formats(feedbacks, output), *sent = &feedback->scanout;
	if (choice.count == sent->count &&
		(!sent->count ||
			memcmp(choice.rows, sent->rows, sent->count * sizeof(*sent->rows)) == 0)) {
		free(choice.rows);
		return false;
	}
	free(sent->rows);
	*sent = choice;
	return true;
}

static void feedbacks_update(struct dmabuf_feedbacks *feedbacks)
{
	struct feedback_object *feedback;
	wl_list_for_each(feedback, &feedbacks->of_surfaces, link) {
		if (feedback_update(feedback))
			feedback_send(feedback);
	}
}

static void on_frame_done(struct wl_listener *listener, void *data)
{
	struct dmabuf_feedbacks *feedbacks = wl_container_of(listener, feedbacks, frame_done);
	feedbacks_update(feedbacks);
}

static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct dmabuf_feedbacks *feedbacks = wl_container_of(listener, feedbacks, outputs_changed);
	feedbacks_update(feedbacks);
}

// The next output may be allocated at the same address.
static void on_output_removed(struct wl_listener *listener, void *data)
{
	struct dmabuf_feedbacks *feedbacks = wl_container_of(listener, feedbacks, output_removed);
	struct feedback_object *feedback;
	wl_list_for_each(feedback, &feedbacks->of_surfaces, link) {
		if (feedback->output != data)
			continue;
		feedback->output = NULL;
		if (feedback->scanout.count && feedback->surface.target) {
			feedback->scanout.count = 0;
			feedback_send(feedback);
		}
	}
}

// Objects

static const struct zwp_linux_dmabuf_feedback_v1_interface feedback_impl = {
	.destroy = wire_handle_destroy,
};

static void on_feedback_destroyed(struct wl_resource *resource)
{
	struct feedback_object *feedback = wl_resource_get_user_data(resource);
	wl_list_remove(&feedback->link);
	weak_clear(&feedback->surface);
	free(feedback->scanout.rows);
	free(feedback);
}

void dmabuf_feedback_create(struct dmabuf_feedbacks *feedbacks, struct surface *surface,
	struct wl_client *client, int version, uint32_t id)
{
	struct feedback_object *feedback = xcalloc(1, sizeof(*feedback));
	feedback->resource = wire_create(client, &zwp_linux_dmabuf_feedback_v1_interface, version,
		id, &feedback_impl, feedback, on_feedback_destroyed);
	if (!feedback->resource) {
		free(feedback);
		return;
	}
	feedback->feedbacks = feedbacks;
	wl_list_init(&feedback->link);
	if (surface) {
		weak_set(&feedback->surface, surface, &surface->events.destroyed);
		wl_list_insert(&feedbacks->of_surfaces, &feedback->link);
		feedback_update(feedback);
	}
	feedback_send(feedback);
}

static void fill_table(struct dmabuf_feedbacks *feedbacks)
{
	const struct format_set *offered = &feedbacks->server->renderer->dmabuf;
	size_t total = 0;
	for (size_t i = 0; i < offered->count; i++)
		total += offered->formats[i].count;
	total = MIN(total, MAX_ENTRIES);
	feedbacks->entries = xcalloc(total, sizeof(*feedbacks->entries));
	feedbacks->all.rows = xcalloc(total, sizeof(*feedbacks->all.rows));
	size_t *n = &feedbacks->all.count;
	for (size_t i = 0; i < offered->count; i++)
		for (size_t j = 0; j < offered->formats[i].count && *n < total; j++, ++*n) {
			feedbacks->entries[*n] = (struct entry){
				.format = offered->formats[i].fourcc,
				.modifier = offered->formats[i].modifiers[j],
			};
			feedbacks->all.rows[*n] = (uint16_t)*n;
		}
}

// Seals the table, so that no client can change it for others.
static bool create_table(struct dmabuf_feedbacks *feedbacks)
{
	size_t size = feedbacks->all.count * sizeof(*feedbacks->entries);
	feedbacks->table = memfd_create("dmabuf-formats", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return feedbacks->table >= 0 &&
		write(feedbacks->table, feedbacks->entries, size) == (ssize_t)size &&
		fcntl(feedbacks->table, F_ADD_SEALS,
			F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0;
}

struct dmabuf_feedbacks *dmabuf_feedbacks_create(struct server *server, dev_t main_device)
{
	struct dmabuf_feedbacks *feedbacks = xcalloc(1, sizeof(*feedbacks));
	feedbacks->server = server;
	feedbacks->main_device = main_device;
	wl_list_init(&feedbacks->of_surfaces);
	struct stat screens;
	if (server->backend->device >= 0 && fstat(server->backend->device, &screens) == 0)
		feedbacks->scanout_device = screens.st_rdev;
	feedbacks->frame_done.notify = on_frame_done;
	wl_signal_add(&server->events.frame_done, &feedbacks->frame_done);
	feedbacks->outputs_changed.notify = on_outputs_changed;
	wl_signal_add(&server->events.outputs_changed, &feedbacks->outputs_changed);
	feedbacks->output_removed.notify = on_output_removed;
	wl_signal_add(&server->events.output_removed, &feedbacks->output_removed);
	fill_table(feedbacks);
	if (create_table(feedbacks))
		return feedbacks;
	log_errno("no memory for the dmabuf format table");
	dmabuf_feedbacks_destroy(feedbacks);
	return NULL;
}

void dmabuf_feedbacks_destroy(struct dmabuf_feedbacks *feedbacks)
{
	if (!feedbacks)
		return;
	wl_list_remove(&feedbacks->frame_done.link);
	wl_list_remove(&feedbacks->outputs_changed.link);
	wl_list_remove(&feedbacks->output_removed.link);
	close_fd(&feedbacks->table);
	free(feedbacks->entries);
	free(feedbacks->all.rows);
	free(feedbacks);
}
