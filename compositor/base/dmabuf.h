// SPDX-License-Identifier: MIT
// DMA-BUFs and the devices they belong to, by plain system calls.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "compositor/base/buffer.h"

bool fd_is_dmabuf(int fd);
int64_t dmabuf_size(int fd); // bytes; -1: cannot be told

// Closes every plane's file that is open (>= 0).
void dmabuf_close(struct dmabuf *dmabuf);
// False: a device has yet to write what was asked of it so far. Never blocks.
bool dmabuf_is_written(int fd);
// A new descriptor that becomes readable when what devices have been asked to write by now is
// written; -1 with errno set.
int dmabuf_write_fence(int fd);

// Path of the node by which programs draw with a device (a file of any of its nodes), to be freed;
// NULL: it has none. *number: of that node, else of the device itself; 0: it is no device.
char *device_render_node(int device, dev_t *number);
