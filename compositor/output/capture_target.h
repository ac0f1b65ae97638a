// SPDX-License-Identifier: MIT
// Buffers of clients that captures are drawn into: which ones fit, and waiting for devices that
// still use them.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct buffer;
struct capture_wait;
struct server;
struct wl_array;
struct wl_client;

// Captures can be drawn into the buffer: a wl_shm buffer of any format that clients may attach, or
// a DMA-BUF that the renderer draws into. NULL does not fit.
bool capture_target_fits(const struct server *server, const struct buffer *buffer);
// Adds to modifiers, an array of uint64_t, those of the format with which clients can create
// DMA-BUFs that fit.
void capture_target_modifiers(
	const struct server *server, uint32_t format, struct wl_array *modifiers);
// The preferred format of DMA-BUFs for captures, a fourcc; DRM_FORMAT_XRGB8888 where none fit.
uint32_t capture_target_dmabuf_format(const struct server *server);

// Waits until no device reads or writes the buffer, a client's DMA-BUF; then calls idle(data) once,
// from the event loop. The caller destroys the result, in idle() at the latest; the buffer may go
// before. NULL: it is idle already, or cannot be waited for. Counts as a descriptor of the client,
// which gets no_memory beyond its quota; idle() is not called then.
struct capture_wait *capture_wait_create(struct server *server, struct wl_client *client,
	const struct buffer *buffer, void (*idle)(void *data), void *data);
// Stops waiting. NULL is ignored.
void capture_wait_destroy(struct capture_wait *wait);
