// SPDX-License-Identifier: MIT
// virtio-gpu, the GPU of a virtual machine, as a guest sees it.
//
//   virtgpu.c    the virgl renderer's transport through the kernel's driver
//   virtio.c     the modules of the KMS back end
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "renderer/virgl/transport.h"

struct virtgpu_options {
	// Replaces ioctl() in tests: 0, or -1 with errno set. NULL: ioctl().
	int (*control)(void *data, int fd, unsigned long request, void *argument);
	void *data;
	int timeout_ms; // for a host that does not respond; 0: a few seconds
};

// Whether the file is a DRM device of virtio-gpu with 3D support. -1: false.
bool virtgpu_draws(int device);
// Creates a context through a file of the DRM device, which is opened again: device stays the
// caller's. options NULL: defaults; they are copied, what data points to outlives the transport.
// NULL: no 3D support, or no context (logged).
struct virgl_transport *virtgpu_transport_create(int device, const struct virtgpu_options *options);
