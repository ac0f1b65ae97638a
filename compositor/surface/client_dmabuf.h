// SPDX-License-Identifier: MIT
// wl_buffers made of DMA-BUFs: validated, and imported once into a texture of the buffer.
#pragma once
#include "compositor/base/buffer.h"
#include "compositor/surface/client_buffer.h"

struct budget;
struct server;

struct client_dmabuf {
	struct client_buffer base; // base.base.texture NULL: imported on first use
	struct dmabuf dmabuf;
	struct server *server;
	struct budget *budget;
};

// Why a description is refused.
enum dmabuf_fault {
	DMABUF_FINE,
	DMABUF_INCOMPLETE,    // planes are missing, or more than the format has
	DMABUF_BAD_SIZE,      // width or height is 0
	DMABUF_BAD_FORMAT,    // format not offered
	DMABUF_BAD_MODIFIER,  // modifier not offered for the format
	DMABUF_OUT_OF_BOUNDS, // a plane exceeds its file, or its rows overlap
	DMABUF_BAD_FILE,      // a descriptor is no DMA-BUF
	DMABUF_TOO_LARGE,     // exceeds every limit
};

// Validates a description. planes: n_planes is 1 + the highest plane set; unset ones have fd -1.
enum dmabuf_fault client_dmabuf_check(const struct server *server, const struct dmabuf *planes,
	int width, int height, uint32_t format);
// A sentence for the protocol error. Static.
const char *dmabuf_fault_text(enum dmabuf_fault fault);

// Creates the buffer of validated planes whose descriptors are charged to the budget. Takes them
// and the charge in any case. NULL: the renderer refused it (logged). The caller creates the
// resource next (client_buffer_create_resource) or drops the buffer.
struct client_dmabuf *client_dmabuf_create(struct server *server, struct budget *budget,
	struct dmabuf *planes, int width, int height, uint32_t format);
