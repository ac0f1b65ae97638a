// SPDX-License-Identifier: MIT
// The GPU of a virtual machine, driven by ourselves: ways to its host, for the virgl renderer.
//
//   virtgpu.c    through the kernel's driver, in a guest (virtgpu.h)
//   virtio.c     screens of a virtio-gpu: those of backends/drm, with what is special here
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "renderer/virgl/transport.h"

struct virtgpu_options {
	// In the place of ioctl(), for tests: 0, or -1 with errno set. NULL: the kernel.
	int (*control)(void *data, int fd, unsigned long request, void *argument);
	void *data;
	int patience_ms; // for a host that does not answer; 0: some seconds
};

// Whether that file of a DRM device is a virtio-gpu whose host draws.
bool virtgpu_draws(int device);
// Through the DRM device of that file, which stays the caller's and is only asked to be opened
// again. options NULL: the defaults. NULL: logged.
struct virgl_transport *virtgpu_transport_create(int device, const struct virtgpu_options *options);
