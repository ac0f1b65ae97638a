// SPDX-License-Identifier: MIT
// Fake virtio-gpu kernel driver and its host: implements the ioctls that the transport uses,
// renders only the canary's pixels, and fails on request.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "backends/virtio/virtio.h"

#define FAKE_VIRTGPU_HANDLES 256

struct fake_virtgpu {
	int device;         // memfd in place of the device node
	uint32_t caps[352]; // capability set of the host
	size_t caps_bytes;
	bool no_second_set, no_3d, has_contexts;
	unsigned long failing; // ioctl that fails, 0: none
	int error;             // its errno
	int times;             // how often it fails; -1: always
	bool busy, silent;     // resources are busy; fences never signal
	bool context_dead;
	bool poison;      // drawing from imported memory kills the context
	bool guest_blobs; // imported memory is a guest blob, without a shape on the host

	bool open[FAKE_VIRTGPU_HANDLES];
	unsigned submissions, closes, listed; // handles of the last submission
	uint64_t capset;                      // of the context
	uint32_t value;
	bool drawn;
};

// Creates a driver whose host has all capabilities.
struct fake_virtgpu *fake_virtgpu_create(void);
// Frees the driver, after its transport. Must not be NULL.
void fake_virtgpu_destroy(struct fake_virtgpu *driver);
// Creates a transport on the driver, owned by the caller. Returns NULL if that fails.
struct virgl_transport *fake_virtgpu_transport(struct fake_virtgpu *driver);
