// SPDX-License-Identifier: MIT
// Private to the virgl transport through the kernel's virtio-gpu driver:
//
//   virtgpu.c         contexts and commands
//   virtgpu_memory.c  resources
#pragma once
#include "backends/virtio/virtio.h"

// A GEM object. Importing the same memory again yields the same handle, hence the count of users.
struct virtgpu_object {
	uint32_t handle;
	unsigned users;
	uint64_t listed;     // number of the last submission that lists it
	struct wl_list link; // virtgpu.objects
};

struct virtgpu_resource {
	struct virgl_resource base;
	struct virtgpu_object *object; // NULL: its context was closed
	struct wl_list link;           // virtgpu.resources
};

struct virtgpu {
	struct virgl_transport base;
	struct virtgpu_options options;
	int fd;
	uint64_t submissions;
	uint32_t *handles; // for one submission, owned
	size_t handles_capacity;
	struct wl_list resources; // virtgpu_resource.link
	struct wl_list objects;   // virtgpu_object.link
};

// The transport that contains this base.
static inline struct virtgpu *virtgpu_from(struct virgl_transport *transport)
{
	return wl_container_of(transport, (struct virtgpu *)NULL, base);
}

// virtgpu.c
// Marks the context as lost; the first time, logs what failed with that errno value. Returns false.
bool virtgpu_die(struct virtgpu *virtgpu, const char *what, int error);
// An ioctl of the context's file. 0, or a positive errno value.
int virtgpu_control_once(struct virtgpu *virtgpu, unsigned long request, void *argument);
// The same, repeated a few times while memory or room in the queue is missing.
int virtgpu_control(struct virtgpu *virtgpu, unsigned long request, void *argument);

// virtgpu_memory.c
// Implements virgl_transport_impl.release.
void virtgpu_release(struct virgl_transport *transport, struct virgl_resource *base);
// Implements virgl_transport_impl.create.
struct virgl_resource *virtgpu_create(
	struct virgl_transport *transport, const struct virgl_shape *shape);
// Implements virgl_transport_impl.import.
struct virgl_resource *virtgpu_import(struct virgl_transport *transport,
	const struct dmabuf *dmabuf, int plane, const struct virgl_shape *shape, bool *foreign);
// Implements virgl_transport_impl.export.
bool virtgpu_export(
	struct virgl_transport *transport, struct virgl_resource *base, struct dmabuf *into);
// Implements virgl_transport_impl.put.
bool virtgpu_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box);
// Implements virgl_transport_impl.get.
bool virtgpu_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box);
