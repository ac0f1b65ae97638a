// SPDX-License-Identifier: MIT
// zwp_linux_dmabuf_v1: buffers in DMA-BUFs. Parameters that contradict what was advertised are a
// protocol error. If the driver rejects a valid buffer, failed is sent; create_immed then creates a
// black buffer, so that the client keeps its window.
#include "protocols/linux_dmabuf.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/format.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/client_dmabuf.h"
#include "compositor/surface/surface.h"
#include "linux-dmabuf-v1-protocol.h"
#include "protocols/protocols.h"
#include "renderer/renderer.h"

#define VERSION 5
#define VERSION_WITHOUT_DEVICE 3 // feedback must contain a device

struct linux_dmabuf {
	struct server *server;
	struct dmabuf_feedbacks *feedbacks; // NULL: version 3
	struct wl_listener display_destroyed;
};

struct params {
	struct server *server;
	struct budget *budget;
	struct dmabuf planes; // fd -1: not added
	int n_added;
	bool mixed; // its planes have different modifiers
	bool used;
};

// Parameters

static void on_params_destroyed(struct wl_resource *resource)
{
	struct params *params = wl_resource_get_user_data(resource);
	dmabuf_close(&params->planes);
	budget_give(params->budget, BUDGET_DESCRIPTORS, (size_t)params->n_added);
	free(params);
}

static bool params_are_used(struct wl_resource *resource, const struct params *params)
{
	if (params->used)
		wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_ALREADY_USED,
			"the params were already used to create a buffer");
	return params->used;
}

// Takes fd. False: an error was posted, and the caller keeps fd.
static bool add_plane(struct wl_resource *resource, int32_t fd, uint32_t plane, uint32_t offset,
	uint32_t stride, uint64_t modifier)
{
	struct params *params = wl_resource_get_user_data(resource);
	struct dmabuf *planes = &params->planes;
	if (params_are_used(resource, params))
		return false;
	if (plane >= array_length(planes->fd)) {
		wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX,
			"plane index %u is not 0 to 3", plane);
		return false;
	}
	if (planes->fd[plane] >= 0) {
		wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_SET,
			"plane %u was added before", plane);
		return false;
	}
	bool mixed = params->n_added && modifier != planes->modifier;
	if (mixed && wl_resource_get_version(resource) >= 5) {
		wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT,
			"plane %u has a different modifier than earlier planes", plane);
		return false;
	}
	if (!budget_take_fds(params->budget, fd, 1))
		return false;
	planes->fd[plane] = fd;
	planes->offset[plane] = offset;
	planes->stride[plane] = stride;
	planes->modifier = modifier;
	planes->n_planes = MAX(planes->n_planes, (int)plane + 1);
	params->n_added++;
	params->mixed = params->mixed || mixed;
	return true;
}

static void handle_add(struct wl_client *client, struct wl_resource *resource, int32_t fd,
	uint32_t plane, uint32_t offset, uint32_t stride, uint32_t modifier_hi,
	uint32_t modifier_lo)
{
	uint64_t modifier = (uint64_t)modifier_hi << 32 | modifier_lo;
	if (wl_resource_get_version(resource) < ZWP_LINUX_DMABUF_V1_MODIFIER_SINCE_VERSION)
		modifier = DRM_FORMAT_MOD_INVALID; // none were advertised
	if (!add_plane(resource, fd, plane, offset, stride, modifier))
		close_fd(&fd);
}

// The protocol error of a fault. -1: no error, but the buffer cannot be imported.
static int fault_error(struct wl_resource *resource, enum dmabuf_fault fault, bool immediate)
{
	switch (fault) {
	case DMABUF_FINE:
		return -1;
	case DMABUF_INCOMPLETE:
		return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INCOMPLETE;
	case DMABUF_BAD_SIZE:
		return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_DIMENSIONS;
	case DMABUF_BAD_FORMAT:
		return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT;
	case DMABUF_BAD_MODIFIER:
		// Older clients use modifiers of the driver that were not advertised.
		return wl_resource_get_version(resource) >= 4
			? ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_FORMAT
			: -1;
	case DMABUF_OUT_OF_BOUNDS:
		return ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_OUT_OF_BOUNDS;
	case DMABUF_BAD_FILE:
	case DMABUF_TOO_LARGE:
		break;
	}
	return immediate ? (int)ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_WL_BUFFER : -1;
}

// Imports the planes. NULL: if *error, an error was posted; else the driver rejected them.
static struct client_dmabuf *params_import(struct wl_resource *resource, int32_t width,
	int32_t height, uint32_t format, uint32_t flags, bool immediate, bool *error)
{
	struct params *params = wl_resource_get_user_data(resource);
	*error = params_are_used(resource, params);
	if (*error)
		return NULL;
	params->used = true;
	enum dmabuf_fault fault =
		client_dmabuf_check(params->server, &params->planes, width, height, format);
	int code = fault_error(resource, fault, immediate);
	if (code >= 0) {
		wl_resource_post_error(resource, (uint32_t)code, "%dx%d, format 0x%08x: %s", width,
			height, format, dmabuf_fault_text(fault));
		*error = true;
		return NULL;
	}
	// Interlaced buffers are not supported.
	bool bottom_up = flags & ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT;
	if (fault != DMABUF_FINE || params->mixed ||
		(flags & ~(uint32_t)ZWP_LINUX_BUFFER_PARAMS_V1_FLAGS_Y_INVERT))
		return NULL;
	params->n_added = 0;
	struct client_dmabuf *buffer = client_dmabuf_create(
		params->server, params->budget, &params->planes, width, height, format);
	if (buffer)
		buffer->base.base.bottom_up = bottom_up;
	return buffer;
}

static void handle_create(struct wl_client *client, struct wl_resource *resource, int32_t width,
	int32_t height, uint32_t format, uint32_t flags)
{
	bool error;
	struct client_dmabuf *buffer =
		params_import(resource, width, height, format, flags, false, &error);
	if (error)
		return;
	if (!buffer)
		zwp_linux_buffer_params_v1_send_failed(resource);
	else if (client_buffer_create_resource(&buffer->base, client, 1, 0))
		zwp_linux_buffer_params_v1_send_created(resource, buffer->base.resource);
	else
		buffer_drop(&buffer->base.base);
}

static void black_destroy(struct buffer *base)
{
	struct client_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	free(buffer);
}

static const struct buffer_impl black_impl = {
	.destroy = black_destroy,
};

static void create_black(struct wl_client *client, uint32_t id, int width, int height)
{
	struct client_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &black_impl, width, height, DRM_FORMAT_XRGB8888);
	buffer->base.is_color = true;
	buffer->base.color[3] = 1;
	if (!client_buffer_create_resource(buffer, client, 1, id))
		free(buffer);
}

static void handle_create_immed(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	int32_t width, int32_t height, uint32_t format, uint32_t flags)
{
	bool error;
	struct client_dmabuf *buffer =
		params_import(resource, width, height, format, flags, true, &error);
	if (error)
		return;
	if (!buffer) {
		create_black(client, id, width, height);
		zwp_linux_buffer_params_v1_send_failed(resource);
	} else if (!client_buffer_create_resource(&buffer->base, client, 1, id)) {
		buffer_drop(&buffer->base.base);
	}
}

static const struct zwp_linux_buffer_params_v1_interface params_impl = {
	.destroy = wire_handle_destroy,
	.add = handle_add,
	.create = handle_create,
	.create_immed = handle_create_immed,
};

// The global

static void handle_create_params(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct linux_dmabuf *dmabuf = wl_resource_get_user_data(resource);
	struct params *params = xcalloc(1, sizeof(*params));
	params->server = dmabuf->server;
	params->budget = budget_of(client);
	for (size_t i = 0; i < array_length(params->planes.fd); i++)
		params->planes.fd[i] = -1;
	if (!wire_create(client, &zwp_linux_buffer_params_v1_interface,
		    wl_resource_get_version(resource), id, &params_impl, params,
		    on_params_destroyed))
		free(params);
}

static void handle_get_default_feedback(
	struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct linux_dmabuf *dmabuf = wl_resource_get_user_data(resource);
	dmabuf_feedback_create(
		dmabuf->feedbacks, NULL, client, wl_resource_get_version(resource), id);
}

static void handle_get_surface_feedback(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface)
{
	struct linux_dmabuf *dmabuf = wl_resource_get_user_data(resource);
	dmabuf_feedback_create(dmabuf->feedbacks, surface_from_resource(surface), client,
		wl_resource_get_version(resource), id);
}

static const struct zwp_linux_dmabuf_v1_interface dmabuf_impl = {
	.destroy = wire_handle_destroy,
	.create_params = handle_create_params,
	.get_default_feedback = handle_get_default_feedback,
	.get_surface_feedback = handle_get_surface_feedback,
};

static void send_modifiers(struct wl_resource *resource, const struct format_modifiers *format)
{
	for (size_t i = 0; i < format->count; i++)
		zwp_linux_dmabuf_v1_send_modifier(resource, format->fourcc,
			(uint32_t)(format->modifiers[i] >> 32), (uint32_t)format->modifiers[i]);
}

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct linux_dmabuf *dmabuf = data;
	const struct format_set *offered = &dmabuf->server->renderer->dmabuf;
	struct wl_resource *resource = wire_create(client, &zwp_linux_dmabuf_v1_interface,
		(int)version, id, &dmabuf_impl, dmabuf, NULL);
	for (size_t i = 0; resource && version < 4 && i < offered->count; i++) {
		const struct format_modifiers *format = &offered->formats[i];
		if (version >= ZWP_LINUX_DMABUF_V1_MODIFIER_SINCE_VERSION)
			send_modifiers(resource, format);
		else if (format_set_has(offered, format->fourcc, DRM_FORMAT_MOD_INVALID))
			zwp_linux_dmabuf_v1_send_format(resource, format->fourcc);
	}
}

static void on_display_destroyed(struct wl_listener *listener, void *data)
{
	struct linux_dmabuf *dmabuf = wl_container_of(listener, dmabuf, display_destroyed);
	wl_list_remove(&dmabuf->display_destroyed.link);
	dmabuf_feedbacks_destroy(dmabuf->feedbacks);
	free(dmabuf);
}

bool linux_dmabuf_create(struct server *server)
{
	dev_t device;
	free(device_render_node(server->renderer->device, &device));
	// Without any device clients cannot make DMA-BUFs, and xdg-desktop-portal-wlr crashes as it
	// expects one.
	if (!server->renderer->dmabuf.count || (!device && !server->any_render_node))
		return true;
	struct linux_dmabuf *dmabuf = xcalloc(1, sizeof(*dmabuf));
	dmabuf->server = server;
	dmabuf->display_destroyed.notify = on_display_destroyed;
	wl_display_add_destroy_listener(server->display, &dmabuf->display_destroyed);
	if (device)
		dmabuf->feedbacks = dmabuf_feedbacks_create(server, device);
	return wl_global_create(server->display, &zwp_linux_dmabuf_v1_interface,
		       dmabuf->feedbacks ? VERSION : VERSION_WITHOUT_DEVICE, dmabuf,
		       on_bind) != NULL;
}
