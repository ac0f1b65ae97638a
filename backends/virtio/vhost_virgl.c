// SPDX-License-Identifier: MIT
// The way to the host behind a device process: what a machine's kernel would do for a context of its
// own, without the kernel.
#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "backends/virtio/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_CAPS 65536
#define HEADER_WORDS 6
#define NAME_WORDS 16

struct vhost_resource {
	struct virgl_resource base;
	uint64_t touched; // by this command
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

// What the device's death is to the renderer.
static bool alive(struct vhost_virgl *virgl)
{
	virgl->base.dead = virgl->base.dead || virgl->vhost->dead;
	return !virgl->base.dead;
}

// On the control queue. 0: dead.
static uint64_t control(
	struct vhost_virgl *virgl, enum vhost_command command, const uint32_t *words, size_t n)
{
	uint64_t ticket = alive(virgl) ? vhost_send(virgl->vhost, VHOST_CONTROL, command,
						 virgl->context, words, n, NULL, 0, false)
				       : 0;
	alive(virgl);
	return ticket;
}

static bool make_context(struct vhost_virgl *virgl)
{
	static const char name[] = "oriel";
	uint32_t words[2 + NAME_WORDS] = {sizeof(name) - 1}, answer[HEADER_WORDS];
	memcpy(words + 2, name, sizeof(name));
	virgl->context++;
	virgl->base.dead = false;
	if (vhost_ask(virgl->vhost, VHOST_CONTEXT_CREATE, virgl->context, words,
		    array_length(words), answer, sizeof(answer)))
		return true;
	log_error("%s: the device makes no virgl context", virgl->vhost->path);
	virgl->base.dead = true;
	return false;
}

static void forget_resource(struct vhost_virgl *virgl, struct vhost_resource *resource)
{
	struct virgl_resource *base = &resource->base;
	if (base->id && alive(virgl)) {
		control(virgl, VHOST_CONTEXT_DETACH, (const uint32_t[]){base->id, 0}, 2);
		uint64_t ticket = control(virgl, VHOST_UNREF, (const uint32_t[]){base->id, 0}, 2);
		// Until then the device may read its memory.
		if (base->map)
			vhost_wait(virgl->vhost, ticket);
	}
	base->id = 0;
}

static bool vhost_virgl_reset(struct virgl_transport *transport)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource;
	bool here = !virgl->vhost->dead;
	virgl->base.dead = false;
	wl_list_for_each(resource, &virgl->resources, link) {
		forget_resource(virgl, resource);
		if (!here && resource->base.map) { // its memory goes with the device
			resource->base.map = NULL;
			resource->base.shape.backing = 0;
		}
	}
	if (here)
		control(virgl, VHOST_CONTEXT_DESTROY, NULL, 0);
	return (here || vhost_reconnect(virgl->vhost)) && make_context(virgl);
}

static size_t vhost_virgl_caps(struct virgl_transport *transport, void *into, size_t size)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	uint32_t info[HEADER_WORDS + 4];
	size_t told = 0;
	// The second set holds the first, where there are two.
	for (uint32_t index = 2; index-- > 0 && !told && alive(virgl);) {
		if (!vhost_ask(virgl->vhost, VHOST_GET_CAPSET_INFO, 0, (const uint32_t[]){index, 0},
			    2, info, sizeof(info)))
			continue;
		uint32_t id = info[HEADER_WORDS], length = info[HEADER_WORDS + 2];
		if ((id != 1 && id != 2) || !length || length > MAX_CAPS)
			continue;
		size_t all = HEADER_WORDS * sizeof(*info) + length;
		uint32_t *answer = xcalloc(1, all);
		if (vhost_ask(virgl->vhost, VHOST_GET_CAPSET, 0,
			    (const uint32_t[]){id, info[HEADER_WORDS + 1]}, 2, answer, all)) {
			told = MIN(length, size);
			memcpy(into, answer + HEADER_WORDS, told);
		}
		free(answer);
	}
	if (!told)
		log_error("%s: the device does not tell what it can do", virgl->vhost->path);
	return told;
}

static void vhost_virgl_release(struct virgl_transport *transport, struct virgl_resource *base)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource = wl_container_of(base, resource, base);
	forget_resource(virgl, resource);
	vhost_free(virgl->vhost, base->map, base->shape.backing);
	wl_list_remove(&resource->link);
	free(resource);
}

static bool attach_backing(struct vhost_virgl *virgl, struct vhost_resource *resource)
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
	return control(virgl, VHOST_ATTACH_BACKING, words, array_length(words));
}

static struct virgl_resource *vhost_virgl_create(
	struct virgl_transport *transport, const struct virgl_shape *shape)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	uint32_t answer[HEADER_WORDS], id = virgl->vhost->ids + 1;
	const uint32_t words[] = {id, shape->target, shape->format, shape->bind,
		(uint32_t)shape->width, (uint32_t)shape->height, 1, 1, 0, 0, 0, 0};
	if (!alive(virgl))
		return NULL;
	struct vhost_resource *resource = xcalloc(1, sizeof(*resource));
	resource->base.shape = *shape;
	wl_list_insert(&virgl->resources, &resource->link);
	virgl->vhost->ids++;
	if (vhost_ask(virgl->vhost, VHOST_CREATE_3D, virgl->context, words, array_length(words),
		    answer, sizeof(answer))) {
		resource->base.id = id;
		if (attach_backing(virgl, resource) &&
			control(virgl, VHOST_CONTEXT_ATTACH, (const uint32_t[]){id, 0}, 2))
			return &resource->base;
	}
	log_error(
		"%s: no memory for %dx%d pixels", virgl->vhost->path, shape->width, shape->height);
	alive(virgl);
	if (!resource->base.map)
		resource->base.shape.backing = 0;
	vhost_virgl_release(transport, &resource->base);
	return NULL;
}

// A small file with the number in it: those who share the device find the resource by that.
static bool vhost_virgl_export(
	struct virgl_transport *transport, struct virgl_resource *base, struct dmabuf *into)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	int fd = memfd_sized("oriel-resource", sizeof(base->id));
	if (fd < 0 || !alive(virgl) ||
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

uint32_t vhost_resource_of(const struct vhost *vhost, int fd)
{
	uint32_t id = 0;
	if (pread(fd, &id, sizeof(id), 0) != sizeof(id) || id > vhost->ids)
		return 0;
	return id;
}

static bool transfer(struct virgl_transport *transport, struct virgl_resource *base,
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
	resource->touched = control(virgl, command, words, array_length(words));
	return resource->touched;
}

static bool vhost_virgl_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return transfer(transport, resource, box, VHOST_TRANSFER_TO_HOST);
}

static bool vhost_virgl_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return transfer(transport, resource, box, VHOST_TRANSFER_FROM_HOST);
}

static bool vhost_virgl_submit(struct virgl_transport *transport, const uint32_t *words, size_t n,
	struct virgl_resource *const *uses, size_t n_uses, int *fence)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	size_t size = n * sizeof(*words);
	const uint32_t head[] = {(uint32_t)size, 0};
	if (fence)
		*fence = -1;
	uint64_t ticket = alive(virgl) ? vhost_send(virgl->vhost, VHOST_CONTROL, VHOST_SUBMIT,
						 virgl->context, head, 2, words, size, true)
				       : 0;
	for (size_t i = 0; i < n_uses; i++) {
		struct vhost_resource *resource = wl_container_of(uses[i], resource, base);
		resource->touched = ticket;
	}
	return alive(virgl) && ticket;
}

static enum virgl_wait vhost_virgl_wait(
	struct virgl_transport *transport, struct virgl_resource *base, bool block)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource = wl_container_of(base, resource, base);
	if (!alive(virgl) || !base->id)
		return VIRGL_FAILED;
	if (block)
		vhost_wait(virgl->vhost, resource->touched);
	else
		vhost_pump(virgl->vhost, 0);
	if (!alive(virgl))
		return VIRGL_FAILED;
	return vhost_is_done(virgl->vhost, resource->touched) ? VIRGL_IDLE : VIRGL_BUSY;
}

static void vhost_virgl_destroy(struct virgl_transport *transport)
{
	struct vhost_virgl *virgl = virgl_from(transport);
	struct vhost_resource *resource, *tmp;
	wl_list_for_each_safe(resource, tmp, &virgl->resources, link)
		vhost_virgl_release(transport, &resource->base);
	if (alive(virgl))
		vhost_wait(virgl->vhost, control(virgl, VHOST_CONTEXT_DESTROY, NULL, 0));
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
	if (!vhost->draws) {
		log_info("%s: the device does not draw", vhost->path);
		return NULL;
	}
	struct vhost_virgl *virgl = xcalloc(1, sizeof(*virgl));
	virgl->base.impl = &impl;
	virgl->base.device = -1;
	virgl->vhost = vhost_ref(vhost);
	wl_list_init(&virgl->resources);
	if (make_context(virgl))
		return &virgl->base;
	vhost_virgl_destroy(&virgl->base);
	return NULL;
}
