// SPDX-License-Identifier: MIT
// A client's wl_buffer in memory of a device: checked, imported once, its texture the buffer's own.
#pragma once
#include "compositor/base/buffer.h"
#include "compositor/core/client_buffer.h"

struct server;

// How many files a client may have us keep for planes.
#define DMABUF_PLANES_PER_CLIENT 1024

struct dmabuf_quota;

struct client_dmabuf {
	struct client_buffer base; // base.base.texture NULL: imported when it is first shown
	struct dmabuf dmabuf;
	struct server *server;
	struct dmabuf_quota *quota;
};

// What is wrong with a description.
enum dmabuf_fault {
	DMABUF_FINE,
	DMABUF_INCOMPLETE,    // planes are missing, or there are more than the format has
	DMABUF_BAD_SIZE,      // no pixels
	DMABUF_BAD_FORMAT,    // was not offered
	DMABUF_BAD_MODIFIER,  // was not offered with this format
	DMABUF_OUT_OF_BOUNDS, // a plane reaches out of its file, or its rows overlap
	DMABUF_BAD_FILE,      // is no DMA-BUF
	DMABUF_TOO_LARGE,     // for anybody
};

// planes: n_planes is 1 + the highest plane given, those between that were not given have fd -1.
enum dmabuf_fault client_dmabuf_check(const struct server *server, const struct dmabuf *planes,
	int width, int height, uint32_t format);
const char *dmabuf_fault_text(enum dmabuf_fault fault); // a sentence for the client's author

// From planes that were found fine and are counted in quota; takes their files, and the count with
// them, in any case. NULL: the renderer does not take it and has logged why. The caller makes the
// resource next (client_buffer_create_resource) or drops the buffer.
struct client_dmabuf *client_dmabuf_create(struct server *server, struct dmabuf_quota *quota,
	struct dmabuf *planes, int width, int height, uint32_t format);

// The account of a client; it lives as long as anything is counted, or the client.
struct dmabuf_quota *dmabuf_quota_of(struct wl_client *client);
bool dmabuf_quota_take(struct dmabuf_quota *quota); // false: it has as many planes as it may
// Who gives nothing back may hold a pointer to what is gone.
void dmabuf_quota_give(struct dmabuf_quota *quota, int planes);
