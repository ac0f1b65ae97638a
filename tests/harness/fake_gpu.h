// SPDX-License-Identifier: MIT
// A fake GPU: the pixman renderer with support for DMA-BUFs, which are plain files. A pipe in place
// of a file is a buffer with an unsignalled fence as long as nothing can be read from it; it shows
// FAKE_GPU_PIPE_COLOR, as do formats that pixman cannot read.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "renderer/renderer.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "linux-dmabuf-v1-client-protocol.h"

#define FAKE_GPU_PIPE_COLOR 0x00ff7f

#define FAKE_MODIFIER_TILED UINT64_C(0x0100000000000001)      // I915_FORMAT_MOD_X_TILED
#define FAKE_MODIFIER_COMPRESSED UINT64_C(0x0100000000000004) // has one plane more

struct fake_gpu {
	struct renderer *renderer; // NULL before and after the server
	bool refuse;               // every import of a DMA-BUF fails
	bool empty;                // set before: DMA-BUFs are not supported
	bool no_device;            // set before: its device is unknown
	bool no_render_node;       // set before, with no_device: no device has a render node
	bool draws;                // set before: draws into linear DMA-BUFs
	size_t many;               // set before: additional modifiers
	int screens;          // set before: device fd of the back end, owned by the caller; 0: none
	int imports, updates; // of DMA-BUFs: successful first and later imports
	int textures;         // of DMA-BUFs that exist
	int drawn;            // draws into DMA-BUFs
};

// Options for fixture_create(). gpu is zeroed, or set up, by the caller and must outlive the
// server.
struct server_options fake_gpu_options(struct fake_gpu *gpu);

// Descriptors opened with this flag are refused as not being DMA-BUFs.
#define FAKE_NO_DMABUF O_APPEND

// Clients

struct gpu_params {
	struct zwp_linux_buffer_params_v1 *params;
	struct wl_buffer *created; // NULL: not yet, or failed
	int failed;
};

// Binds zwp_linux_dmabuf_v1 at this version. The caller destroys the proxy.
struct zwp_linux_dmabuf_v1 *gpu_bind(struct client *client, uint32_t version);
// Creates params that record the created and failed events.
struct gpu_params *gpu_params_create(struct zwp_linux_dmabuf_v1 *dmabuf);
// Sends zwp_linux_buffer_params_v1.add; fd stays the caller's.
void gpu_params_add(struct gpu_params *gpu, int fd, uint32_t plane, uint32_t offset,
	uint32_t stride, uint64_t modifier);
// Destroys the params, but not the buffer they created.
void gpu_params_destroy(struct gpu_params *gpu);

// A file of one colour, four bytes per pixel, rows without padding. The caller closes it.
int gpu_memory(int width, int height, uint32_t argb);
// A linear XRGB8888 buffer from create_immed. The caller destroys it; fd stays the caller's.
struct wl_buffer *gpu_buffer_from(
	struct zwp_linux_dmabuf_v1 *dmabuf, int fd, int width, int height);
// The same with new memory of one colour.
struct wl_buffer *gpu_buffer(
	struct zwp_linux_dmabuf_v1 *dmabuf, int width, int height, uint32_t argb);
// The same with a fence, which signals when something is written to *writer, or the caller closes
// it.
struct wl_buffer *gpu_buffer_unwritten(
	struct zwp_linux_dmabuf_v1 *dmabuf, int width, int height, int *writer);
