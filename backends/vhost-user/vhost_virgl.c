// SPDX-License-Identifier: MIT
// A virgl_transport over the device's control queue: creates a 3D context and its resources, as a
// guest's kernel does, and submits command streams.
#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_CAPS 65536
#define HEADER_WORDS 6
#define NAME_WORDS 16

struct vhost_resource {
	struct virgl_resource base;
	uint64_t seqno; // of the last command that uses it
	struct wl_list link;
};

struct vhost_virgl {
	struct virgl_transport base;
	struct vhost *vhost;
	uint32_t context;
	struct wl_list resources; // vhost_resource.link
};

static struct vhost_virgl *virgl_from(struct virgl_transport *transport)
{
	return wl_container_of(transport, (struct vhost_virgl *)NULL, base);
}

// Passes a failure of the device on to the transport.
static bool is_alive(struct vhost_virgl *virgl)
{
	virgl->base.dead = virgl->base.dead || virgl->vhost->dead;
	return !virgl->base.dead;
}

// Submits to the control queue. 0: the connection has failed.
static uint64_t send_control(
	struct vhost_virgl *virgl, enum vhost_command command, const uint32_t *words, size_t n)
{
	uint64_t seqno = is_alive(virgl) ? vhost_send(virgl->vhost, VHOST_CONTROL, command,
						   virgl->context, words, n, NULL, 0, false)
					 : 0;
	is_alive(virgl);
	return seqno;
}

static bool create_context(struct vhost_virgl *virgl)
{
	static const char name[] = "oriel";
	uint32_t words[2 + NAME_WORDS] = {sizeof(name) - 1}, response[HEADER_WORDS];
	memcpy(words + 2, name, sizeof(name));
	virgl->context++;
	virgl->base.dead = false;
	if (vhost_send_sync(virgl->vhost, VHOST_CONTEXT_CREATE, virgl->context, words,
		    array_length(words), response, sizeof(response)))
		return true;
	log_error("%s: cannot create a virgl context", virgl->vhost->path);
	virgl->base.dead = true;
	return false;
}

static void resource_unref(struct vhost_virgl *virgl, struct vhost_resource *resource)
{
	struct virgl_resource *base = &resource->base;
	if (base->id && is_alive(virgl)) {
		send_control(virgl, VHOST_CONTEXT_DETACH, (const uint32_t[]){base->id, 0}, 2);
		uint64_t seqno =
			send_control(virgl, VHOST_UNREF, (const uint32_t[]){base->id, 0}, 2);
		// The device may read the backing until then.
		if (base->map)
			vhost_wait(virgl->vhost, seqno);
	}
	base->id = 0;
}

static bool vhost_virgl_reset(struct virgl_transport *transport)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource;
	bool alive = !virgl->vhost->dead;
	virgl->base.dead = false;
	wl_list_for_each(resource, &virgl->resources, link) {
		resource_unref(virgl, resource);
		if (!alive && resource->base.map) { // the shared memory is replaced
			resource->base.map = NULL;
			resource->base.shape.backing = 0;
		}
	}
	if (alive)
		send_control(virgl, VHOST_CONTEXT_DESTROY, NULL, 0);
	return (alive || vhost_reconnect(virgl->vhost)) && create_context(virgl);
}

static size_t vhost_virgl_caps(struct virgl_transport *transport, void *into, size_t size)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	uint32_t info[HEADER_WORDS + 4];
	size_t copied = 0;
	// Capset 2 is a superset of capset 1.
	for (uint32_t index = 2; index-- > 0 && !copied && is_alive(virgl);) {
		if (!vhost_send_sync(virgl->vhost, VHOST_GET_CAPSET_INFO, 0,
			    (const uint32_t[]){index, 0}, 2, info, sizeof(info)))
			continue;
		uint32_t id = info[HEADER_WORDS], length = info[HEADER_WORDS + 2];
		if ((id != 1 && id != 2) || !length || length > MAX_CAPS)
			continue;
		size_t all = HEADER_WORDS * sizeof(*info) + length;
		uint32_t *response = xcalloc(1, all);
		if (vhost_send_sync(virgl->vhost, VHOST_GET_CAPSET, 0,
			    (const uint32_t[]){id, info[HEADER_WORDS + 1]}, 2, response, all)) {
			copied = MIN(length, size);
			memcpy(into, response + HEADER_WORDS, copied);
		}
		free(response);
	}
	if (!copied)
		log_error("%s: the device has no virgl capability set", virgl->vhost->path);
	return copied;
}

static void vhost_virgl_release(struct virgl_transport *transport, struct virgl_resource *base)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource = wl_container_of(base, resource, base);
	resource_unref(virgl, resource);
	vhost_free(virgl->vhost, base->map, base->shape.backing);
	wl_list_remove(&resource->link);
	free(resource);
}

static bool resource_attach_backing(struct vhost_virgl *virgl, struct vhost_resource *resource)
{
	struct virgl_resource *base = &resource->base;
	size_t size = base->shape.backing;
	if (!size)
		return true;
	base->map = vhost_alloc(virgl->vhost, size);
	if (!base->map)
		return false;
	uint64_t address = vhost_address(virgl->vhost, base->map);
	const uint32_t words[] = {
		base->id, 1, (uint32_t)address, (uint32_t)(address >> 32), (uint32_t)size, 0};
	return send_control(virgl, VHOST_ATTACH_BACKING, words, array_length(words));
}

static struct virgl_resource *vhost_virgl_create(
	struct virgl_transport *transport, const struct virgl_shape *shape)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	uint32_t response[HEADER_WORDS], id = virgl->vhost->last_resource + 1;
	const uint32_t words[] = {id, shape->target, shape->format, shape->bind,
		(uint32_t)shape->width, (uint32_t)shape->height, 1, 1, 0, 0, 0, 0};
	if (!is_alive(virgl))
		return NULL;
	struct vhost_resource *resource = xcalloc(1, sizeof(*resource));
	resource->base.shape = *shape;
	wl_list_insert(&virgl->resources, &resource->link);
	virgl->vhost->last_resource++;
	if (vhost_send_sync(virgl->vhost, VHOST_CREATE_3D, virgl->context, words,
		    array_length(words), response, sizeof(response))) {
		resource->base.id = id;
		if (resource_attach_backing(virgl, resource) &&
			send_control(virgl, VHOST_CONTEXT_ATTACH, (const uint32_t[]){id, 0}, 2))
			return &resource->base;
	}
	log_error("%s: out of memory for %dx%d pixels", virgl->vhost->path, shape->width,
		shape->height);
	is_alive(virgl);
	if (!resource->base.map)
		resource->base.shape.backing = 0;
	vhost_virgl_release(transport, &resource->base);
	return NULL;
}

// Exports a memfd that contains the resource ID, by which the screens of this device find the
// resource.
static bool vhost_virgl_export(
	struct virgl_transport *transport, struct virgl_resource *base, struct dmabuf *into)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	int fd = memfd_sized("oriel-resource", sizeof(base->id));
	if (fd < 0 || !is_alive(virgl) ||
		pwrite(fd, &base->id, sizeof(base->id), 0) != sizeof(base->id)) {
		close_fd(&fd);
		return false;
	}
	*into = (struct dmabuf){
		.n_planes = 1,
		.fd = {fd, -1, -1, -1},
		.stride = {(uint32_t)base->shape.width * (uint32_t)base->shape.bytes},
		.modifier = DRM_FORMAT_MOD_INVALID,
	};
	return true;
}

uint32_t vhost_exported_resource(const struct vhost *vhost, int fd)
{
	uint32_t id = 0;
	if (pread(fd, &id, sizeof(id), 0) != sizeof(id) || id > vhost->last_resource)
		return 0;
	return id;
}

static bool resource_transfer(struct virgl_transport *transport, struct virgl_resource *base,
	const struct box *box, enum vhost_command command)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource = wl_container_of(base, resource, base);
	const struct virgl_shape *shape = &base->shape;
	const struct box all = {0, 0, shape->width, shape->height};
	uint64_t row = (uint64_t)shape->width * (uint64_t)shape->bytes;
	uint64_t offset = (uint64_t)box->y * row + (uint64_t)box->x * (uint64_t)shape->bytes;
	if (!base->id || !base->map || box_empty(box) || !box_contains_box(&all, box) ||
		row * (uint64_t)shape->height > shape->backing)
		return false;
	const uint32_t words[] = {(uint32_t)box->x, (uint32_t)box->y, 0, (uint32_t)box->width,
		(uint32_t)box->height, 1, (uint32_t)offset, (uint32_t)(offset >> 32), base->id, 0,
		0, 0};
	resource->seqno = send_control(virgl, command, words, array_length(words));
	return resource->seqno;
}

static bool vhost_virgl_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return resource_transfer(transport, resource, box, VHOST_TRANSFER_TO_HOST);
}

static bool vhost_virgl_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return resource_transfer(transport, resource, box, VHOST_TRANSFER_FROM_HOST);
}

static bool vhost_virgl_submit(struct virgl_transport *transport, const uint32_t *words, size_t n,
	struct virgl_resource *const *uses, size_t n_uses, int *fence)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	size_t size = n * sizeof(*words);
	const uint32_t head[] = {(uint32_t)size, 0};
	if (fence)
		*fence = -1;
	uint64_t seqno = is_alive(virgl) ? vhost_send(virgl->vhost, VHOST_CONTROL, VHOST_SUBMIT,
						   virgl->context, head, 2, words, size, true)
					 : 0;
	for (size_t i = 0; i < n_uses; i++) {
		struct vhost_resource *resource = wl_container_of(uses[i], resource, base);
		resource->seqno = seqno;
	}
	return is_alive(virgl) && seqno;
}

static enum virgl_wait vhost_virgl_wait(
	struct virgl_transport *transport, struct virgl_resource *base, bool block)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource = wl_container_of(base, resource, base);
	if (!is_alive(virgl) || !base->id)
		return VIRGL_FAILED;
	if (block)
		vhost_wait(virgl->vhost, resource->seqno);
	else
		vhost_dispatch(virgl->vhost, 0);
	if (!is_alive(virgl))
		return VIRGL_FAILED;
	return vhost_is_completed(virgl->vhost, resource->seqno) ? VIRGL_IDLE : VIRGL_BUSY;
}

static void vhost_virgl_destroy(struct virgl_transport *transport)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource, *tmp;
	wl_list_for_each_safe(resource, tmp, &virgl->resources, link)
		vhost_virgl_release(transport, &resource->base);
	if (is_alive(virgl))
		vhost_wait(virgl->vhost, send_control(virgl, VHOST_CONTEXT_DESTROY, NULL, 0));
	vhost_unref(virgl->vhost);
	free(virgl);
}

static const struct virgl_transport_impl impl = {
	.name = "vhost-user",
	.destroy = vhost_virgl_destroy,
	.reset = vhost_virgl_reset,
	.caps = vhost_virgl_caps,
	.create = vhost_virgl_create,
	.export = vhost_virgl_export,
	.release = vhost_virgl_release,
	.put = vhost_virgl_put,
	.get = vhost_virgl_get,
	.submit = vhost_virgl_submit,
	.wait = vhost_virgl_wait,
};

struct virgl_transport *vhost_transport_create(struct vhost *vhost)
{
	if (!vhost->has_virgl) {
		log_info("%s: the device lacks VIRTIO_GPU_F_VIRGL", vhost->path);
		return NULL;
	}
	struct vhost_virgl *virgl = xcalloc(1, sizeof(*virgl));
	virgl->base.impl = &impl;
	virgl->base.device = -1;
	virgl->vhost = vhost_ref(vhost);
	wl_list_init(&virgl->resources);
	if (create_context(virgl))
		return &virgl->base;
	vhost_virgl_destroy(&virgl->base);
	return NULL;
}
