// SPDX-License-Identifier: MIT
// The way through the kernel's driver, in its two parts.
//
//   virtgpu.c         the context, and commands
//   virtgpu_memory.c  resources
#pragma once
#include "backends/virtio/virtio.h"

// What a handle stands for. Memory that comes in twice has one handle.
struct virtgpu_object {
	uint32_t handle;
	unsigned users;
	uint64_t listed; // in that submission
	struct wl_list link;
};

struct virtgpu_resource {
	struct virgl_resource base;
	struct virtgpu_object *object; // NULL: its context is gone
	struct wl_list link;
};

struct virtgpu {
	struct virgl_transport base;
	struct virtgpu_options options;
	int fd;
	uint64_t submissions;
	uint32_t *handles; // of one submission
	size_t handles_capacity;
	struct wl_list resources; // virtgpu_resource.link
	struct wl_list objects;   // object.link
};

static inline struct virtgpu *virtgpu_from(struct virgl_transport *transport)
{
	return wl_container_of(transport, (struct virtgpu *)NULL, base);
}

// virtgpu.c
// Logs it once; false.
bool virtgpu_die(struct virtgpu *virtgpu, const char *what, int error);
// A request to the kernel. 0, or an error number. The second one asks again where there is not enough
// memory or room at the moment.
int virtgpu_control_once(struct virtgpu *virtgpu, unsigned long request, void *argument);
int virtgpu_control(struct virtgpu *virtgpu, unsigned long request, void *argument);

// virtgpu_memory.c: as in virgl_transport_impl
void virtgpu_release(struct virgl_transport *transport, struct virgl_resource *base);
struct virgl_resource *virtgpu_create(
	struct virgl_transport *transport, const struct virgl_shape *shape);
struct virgl_resource *virtgpu_import(struct virgl_transport *transport,
	const struct dmabuf *dmabuf, int plane, const struct virgl_shape *shape, bool *foreign);
bool virtgpu_export(
	struct virgl_transport *transport, struct virgl_resource *base, struct dmabuf *into);
bool virtgpu_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box);
bool virtgpu_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box);
