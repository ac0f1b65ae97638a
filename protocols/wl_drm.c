// SPDX-License-Identifier: MIT
// wl_drm: how older Mesa and Xwayland learn which device to draw with. Their buffers are DMA-BUFs of
// a layout that has no name; names of GEM objects, which anybody could guess, are refused.
#include <fcntl.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/format.h"
#include "compositor/core/client_dmabuf.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "drm-protocol.h"
#include "protocols/protocols.h"
#include "renderer/renderer.h"

struct drm {
	struct server *server;
	char *path; // of the render node
	struct wl_listener display_destroyed;
};

// Whoever may open a render node needs no more rights.
static void handle_authenticate(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	wl_drm_send_authenticated(resource);
}

static void refuse_name(struct wl_resource *resource)
{
	wl_resource_post_error(resource, WL_DRM_ERROR_INVALID_NAME,
		"names of GEM objects are not accepted: use create_prime_buffer");
}

static void handle_create_buffer(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, uint32_t name, int32_t width, int32_t height, uint32_t stride, uint32_t format)
{
	refuse_name(resource);
}

static void handle_create_planar_buffer(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, uint32_t name, int32_t width, int32_t height, uint32_t format, int32_t offset0,
	int32_t stride0, int32_t offset1, int32_t stride1, int32_t offset2, int32_t stride2)
{
	refuse_name(resource);
}

// How many planes the format has in one file; 0: more than one file can say, or none.
static int planes_of(uint32_t format)
{
	uint64_t row_bytes;
	int rows, n = 0;
	while (format_plane(format, n, 1, 1, &row_bytes, &rows))
		n++;
	return n;
}

// Every plane gets a duplicate of the file. False: no descriptors or too many planes.
static bool share_file(struct dmabuf *planes, struct dmabuf_quota *quota, int fd, int *n_taken)
{
	for (*n_taken = 0; *n_taken < planes->n_planes; ++*n_taken) {
		if (!dmabuf_quota_take(quota))
			return false;
		planes->fd[*n_taken] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (planes->fd[*n_taken] < 0) {
			dmabuf_quota_give(quota, 1);
			return false;
		}
	}
	return true;
}

static void create_buffer(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	int fd, int32_t width, int32_t height, uint32_t format, const int32_t offsets[3],
	const int32_t strides[3])
{
	struct drm *drm = wl_resource_get_user_data(resource);
	struct dmabuf_quota *quota = dmabuf_quota_of(client);
	struct dmabuf planes = {
		.n_planes = planes_of(format),
		.fd = {-1, -1, -1, -1},
		.modifier = DRM_FORMAT_MOD_INVALID,
	};
	for (int i = 0; i < planes.n_planes; i++) {
		// What is negative becomes too large for any file.
		planes.offset[i] = (uint32_t)offsets[i];
		planes.stride[i] = (uint32_t)strides[i];
	}
	int n_taken;
	if (!share_file(&planes, quota, fd, &n_taken)) {
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
		client_dmabuf_create(drm->server, quota, &planes, width, height, format);
	if (!buffer)
		wl_resource_post_error(
			resource, WL_DRM_ERROR_INVALID_NAME, "the driver does not take the buffer");
	else if (!client_buffer_create_resource(&buffer->base, client, 1, id))
		buffer_drop(&buffer->base.base);
	return;
fail:
	dmabuf_close(&planes);
	dmabuf_quota_give(quota, n_taken);
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

static void bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
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
	return wl_global_create(server->display, &wl_drm_interface, 2, drm, bind) != NULL;
}
