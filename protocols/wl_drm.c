// SPDX-License-Identifier: MIT
// wl_drm: the render node and DMA-BUF import for older Mesa and Xwayland, which do not use
// zwp_linux_dmabuf_v1. Buffers have an implicit modifier. GEM names are refused: any client could
// guess those of another.
#include <fcntl.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/format.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/client_dmabuf.h"
#include "drm-protocol.h"
#include "protocols/protocols.h"
#include "renderer/renderer.h"

struct drm {
	struct server *server;
	char *path; // of the render node
	struct wl_listener display_destroyed;
};

// A render node needs no authentication.
static void handle_authenticate(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	wl_drm_send_authenticated(resource);
}

static void post_invalid_name(struct wl_resource *resource)
{
	wl_resource_post_error(resource, WL_DRM_ERROR_INVALID_NAME,
		"GEM names are not supported, use create_prime_buffer");
}

static void handle_create_buffer(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, uint32_t name, int32_t width, int32_t height, uint32_t stride, uint32_t format)
{
	post_invalid_name(resource);
}

static void handle_create_planar_buffer(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, uint32_t name, int32_t width, int32_t height, uint32_t format, int32_t offset0,
	int32_t stride0, int32_t offset1, int32_t stride1, int32_t offset2, int32_t stride2)
{
	post_invalid_name(resource);
}

// Number of planes of the format; 0: unknown format.
static int count_planes(uint32_t format)
{
	uint64_t row_bytes;
	int rows, n = 0;
	while (format_plane(format, n, 1, 1, &row_bytes, &rows))
		n++;
	return n;
}

// Gives each plane a duplicate of fd. False: out of descriptors; n_taken planes have one.
static bool duplicate_fd(struct dmabuf *planes, int fd, int *n_taken)
{
	for (*n_taken = 0; *n_taken < planes->n_planes; ++*n_taken) {
		planes->fd[*n_taken] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (planes->fd[*n_taken] < 0)
			return false;
	}
	return true;
}

static void create_buffer(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	int fd, int32_t width, int32_t height, uint32_t format, const int32_t offsets[3],
	const int32_t strides[3])
{
	struct drm *drm = wl_resource_get_user_data(resource);
	struct budget *budget = budget_of(client);
	struct dmabuf planes = {
		.n_planes = count_planes(format),
		.fd = {-1, -1, -1, -1},
		.modifier = DRM_FORMAT_MOD_INVALID,
	};
	for (int i = 0; i < planes.n_planes; i++) {
		// A negative number becomes too large for any file, which the check below finds.
		planes.offset[i] = (uint32_t)offsets[i];
		planes.stride[i] = (uint32_t)strides[i];
	}
	size_t charged = (size_t)planes.n_planes;
	if (!budget_take_fds(budget, fd, charged))
		return;
	int n_taken;
	if (!duplicate_fd(&planes, fd, &n_taken)) {
		wl_resource_post_no_memory(resource);
		goto fail;
	}
	enum dmabuf_fault fault = client_dmabuf_check(drm->server, &planes, width, height, format);
	if (fault != DMABUF_FINE) {
		bool bad_format = fault == DMABUF_BAD_FORMAT || fault == DMABUF_BAD_MODIFIER;
		wl_resource_post_error(resource,
			bad_format ? WL_DRM_ERROR_INVALID_FORMAT : WL_DRM_ERROR_INVALID_NAME,
			"%dx%d, format 0x%08x: %s", width, height, format,
			dmabuf_fault_text(fault));
		goto fail;
	}
	struct client_dmabuf *buffer =
		client_dmabuf_create(drm->server, budget, &planes, width, height, format);
	if (!buffer)
		wl_resource_post_error(
			resource, WL_DRM_ERROR_INVALID_NAME, "the driver rejected the buffer");
	else if (!client_buffer_create_resource(&buffer->base, client, 1, id))
		buffer_drop(&buffer->base.base);
	return;
fail:
	dmabuf_close(&planes);
	budget_give(budget, BUDGET_DESCRIPTORS, charged);
}

static void handle_create_prime_buffer(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t fd, int32_t width, int32_t height, uint32_t format, int32_t offset0,
	int32_t stride0, int32_t offset1, int32_t stride1, int32_t offset2, int32_t stride2)
{
	create_buffer(client, resource, id, fd, width, height, format,
		(const int32_t[]){offset0, offset1, offset2},
		(const int32_t[]){stride0, stride1, stride2});
	close_fd(&fd);
}

static const struct wl_drm_interface drm_impl = {
	.authenticate = handle_authenticate,
	.create_buffer = handle_create_buffer,
	.create_planar_buffer = handle_create_planar_buffer,
	.create_prime_buffer = handle_create_prime_buffer,
};

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct drm *drm = data;
	const struct format_set *offered = &drm->server->renderer->dmabuf;
	struct wl_resource *resource =
		wire_create(client, &wl_drm_interface, (int)version, id, &drm_impl, drm, NULL);
	if (!resource)
		return;
	wl_drm_send_device(resource, drm->path);
	for (size_t i = 0; i < offered->count; i++)
		if (format_set_has(offered, offered->formats[i].fourcc, DRM_FORMAT_MOD_INVALID))
			wl_drm_send_format(resource, offered->formats[i].fourcc);
	if (version >= WL_DRM_CREATE_PRIME_BUFFER_SINCE_VERSION)
		wl_drm_send_capabilities(resource, WL_DRM_CAPABILITY_PRIME);
}

static void on_display_destroyed(struct wl_listener *listener, void *data)
{
	struct drm *drm = wl_container_of(listener, drm, display_destroyed);
	wl_list_remove(&drm->display_destroyed.link);
	free(drm->path);
	free(drm);
}

bool wl_drm_create(struct server *server)
{
	dev_t device;
	char *path = server->renderer->dmabuf.count
		? device_render_node(server->renderer->device, &device)
		: NULL;
	if (!path)
		return true;
	struct drm *drm = xcalloc(1, sizeof(*drm));
	drm->server = server;
	drm->path = path;
	drm->display_destroyed.notify = on_display_destroyed;
	wl_display_add_destroy_listener(server->display, &drm->display_destroyed);
	return wl_global_create(server->display, &wl_drm_interface, 2, drm, on_bind) != NULL;
}
