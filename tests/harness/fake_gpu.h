// SPDX-License-Identifier: MIT
// A GPU without a GPU: pixman that takes DMA-BUFs, which here are plain files. One that cannot be
// read at a place, such as a pipe, is a buffer that its device has not finished as long as nothing can be
// read from it; it shows FAKE_GPU_PIPE_COLOR, as
// formats do that pixman cannot read.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "renderer/renderer.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "linux-dmabuf-v1-client-protocol.h"

#define FAKE_GPU_PIPE_COLOR 0x00ff7f

#define FAKE_MODIFIER_TILED UINT64_C(0x0100000000000001)      // named, of Intel: X tiles
#define FAKE_MODIFIER_COMPRESSED UINT64_C(0x0100000000000004) // with a plane more

struct fake_gpu {
	struct renderer *renderer; // as long as there is a server
	bool refuse;               // every import of a DMA-BUF fails
	bool empty;                // set before: it takes no DMA-BUFs
	bool no_device;            // set before: nobody knows which device it is
	size_t many;               // set before: that many modifiers more
	int screens;               // set before: a device of the back end, the caller's; 0: none
	int imports, updates;      // of DMA-BUFs: first ones and later ones, without failures
	int textures;              // of DMA-BUFs that live
};

// For fixture_create. gpu is zeroed, or set up, by the caller and outlives the server.
struct server_options fake_gpu_options(struct fake_gpu *gpu);

// Files opened with this flag are no DMA-BUFs.
#define FAKE_NO_DMABUF O_APPEND

// Clients of it

struct gpu_params {
	struct zwp_linux_buffer_params_v1 *params;
	struct wl_buffer *created; // NULL: not yet, or failed
	int failed;
};

struct zwp_linux_dmabuf_v1 *gpu_bind(struct client *client, uint32_t version);
struct gpu_params *gpu_params_create(struct zwp_linux_dmabuf_v1 *dmabuf);
void gpu_params_add(struct gpu_params *gpu, int fd, uint32_t plane, uint32_t offset,
	uint32_t stride, uint64_t modifier);
void gpu_params_destroy(struct gpu_params *gpu); // not what was created

int gpu_memory(int width, int height, uint32_t argb); // rows without gaps
// XRGB8888, linear, by create_immed. Destroying the wl_buffer is enough; fd stays the caller's.
struct wl_buffer *gpu_buffer_from(
	struct zwp_linux_dmabuf_v1 *dmabuf, int fd, int width, int height);
struct wl_buffer *gpu_buffer(
	struct zwp_linux_dmabuf_v1 *dmabuf, int width, int height, uint32_t argb);
// Its device is done with it when something is written into *writer, or that is closed.
struct wl_buffer *gpu_buffer_unwritten(
	struct zwp_linux_dmabuf_v1 *dmabuf, int width, int height, int *writer);
