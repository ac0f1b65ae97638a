// SPDX-License-Identifier: MIT
// The kernel's driver for virtio-gpu, as far as it is asked anything, and failing where it shall. It
// draws nothing but the few pixels by which a host is judged.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "backends/virtio/virtio.h"

#define KERNEL_HANDLES 256

struct kernel {
	int device;         // what is opened: a file in the place of a node
	uint32_t caps[352]; // what the host tells
	size_t caps_bytes;
	bool no_second_set, no_3d, has_contexts;
	unsigned long failing; // that request fails, 0: none
	int error;             // with this
	int times;             // so often; -1: always
	bool busy, silent;     // resources; no fence is ever signalled
	bool context_dead;
	bool poison;      // what is imported is not what it says
	bool guest_blobs; // it has no shape for the host

	bool open[KERNEL_HANDLES];
	unsigned submissions, closes, listed; // handles of the last submission
	uint64_t capset;                      // that a context was made for
	uint32_t value;
	bool drawn;
};

struct kernel *kernel_create(void);
void kernel_destroy(struct kernel *kernel);
struct virgl_transport *kernel_transport(struct kernel *kernel); // may be NULL
