// SPDX-License-Identifier: MIT
// DMA-BUFs and DRM devices, by plain system calls.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "compositor/base/buffer.h"

// The descriptor is a DMA-BUF.
bool fd_is_dmabuf(int fd);
// Size in bytes; -1: unknown.
int64_t dmabuf_size(int fd);

// Closes the descriptors of all planes that are open (>= 0).
void dmabuf_close(struct dmabuf *dmabuf);
// All write fences have signalled. Never blocks.
bool dmabuf_is_written(int fd);
// All fences have signalled, those of readers too. Never blocks.
bool dmabuf_is_idle(int fd);
// A new descriptor that becomes readable when the current write fences have signalled; -1 with
// errno set.
int dmabuf_write_fence(int fd);

// Whether any device of this machine has a render node.
bool device_any_render_node(void);
// Path of the render node of a device, given a descriptor of any of its nodes. Caller frees; NULL:
// it has none. *number: dev_t of the render node, else of the device; 0: not a device.
char *device_render_node(int device, dev_t *number);
