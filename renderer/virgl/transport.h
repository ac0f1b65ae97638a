// SPDX-License-Identifier: MIT
// The interface to a virgl host: through a kernel driver, a socket or virtqueues. A transport
// carries command streams and memory without interpreting them. Requests are executed in order.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "compositor/base/geom.h"

struct renderer;
struct virgl_transport;

// The description of a resource, in numbers of the protocol (encode.h has those in use).
struct virgl_shape {
	uint32_t target, format, bind;
	int width, height; // pixels; of a buffer: its bytes, and 1
	int bytes;         // per pixel; 1 for buffers
	size_t backing;    // bytes of memory shared with the host; 0: none
	bool shared;       // will be exported as a dmabuf
};

// An object on the host. The backing of a texture has rows without gaps, from the start of the
// memory.
struct virgl_resource {
	struct virgl_shape shape;
	uint32_t id;     // in commands; 0: created on a connection that was lost
	void *map;       // the backing, NULL: none
	uint64_t stream; // for the renderer: serial of the last stream that uses it
};

enum virgl_wait {
	VIRGL_IDLE,   // the host has finished with the resource
	VIRGL_BUSY,   // not yet
	VIRGL_FAILED, // the transport is dead (logged)
};

struct virgl_transport_impl {
	const char *name;
	// Closes the connection and frees the transport. All resources must have been released.
	void (*destroy)(struct virgl_transport *transport);
	// Connects again, with a new, empty context; the ids of all resources become 0. Returns
	// false on failure (logged): not connected, may be called again.
	bool (*reset)(struct virgl_transport *transport);
	// Copies the newest capability set that both sides support, at most size bytes. Returns the
	// number of bytes copied, 0 on failure (logged).
	size_t (*caps)(struct virgl_transport *transport, void *into, size_t size);
	// Creates a resource and maps its backing. Returns NULL on failure (logged).
	struct virgl_resource *(*create)(
		struct virgl_transport *transport, const struct virgl_shape *shape);
	// Imports one plane of a dmabuf as a resource described by shape, whose backing is 0.
	// Returns NULL on failure: *foreign is set if the memory is not known to the host, else it
	// is logged. The function is NULL if the transport cannot import.
	struct virgl_resource *(*import)(struct virgl_transport *transport,
		const struct dmabuf *dmabuf, int plane, const struct virgl_shape *shape,
		bool *foreign);
	// Exports a resource whose shape is shared; the caller owns the file descriptors in *into.
	// Returns false on failure (logged). The function is NULL if the transport cannot export.
	bool (*export)(struct virgl_transport *transport, struct virgl_resource *resource,
		struct dmabuf *into);
	// Frees a resource, also on a dead transport.
	void (*release)(struct virgl_transport *transport, struct virgl_resource *resource);
	// Copies box from the backing to the host. Returns false if the transport is dead.
	bool (*put)(struct virgl_transport *transport, struct virgl_resource *resource,
		const struct box *box);
	// Copies box from the host to the backing, asynchronously: finished when wait returns
	// VIRGL_IDLE. Returns false if the transport is dead.
	bool (*get)(struct virgl_transport *transport, struct virgl_resource *resource,
		const struct box *box);
	// Submits a command stream. uses lists each resource in it once. *fence receives a sync
	// file owned by the caller, or -1; fence may be NULL. Returns false if the transport is
	// dead.
	bool (*submit)(struct virgl_transport *transport, const uint32_t *words, size_t n,
		struct virgl_resource *const *uses, size_t n_uses, int *fence);
	// Checks whether the host has finished with the resource. block: waits for that; a timeout
	// is a failure.
	enum virgl_wait (*wait)(
		struct virgl_transport *transport, struct virgl_resource *resource, bool block);
};

struct virgl_transport {
	const struct virgl_transport_impl *impl;
	// The connection was lost or the host violated the protocol: everything but release, reset
	// and destroy fails at once, without a log message.
	bool dead;
	int device; // file descriptor of the DRM device in use, owned; -1: none
};

// Creates a renderer that draws through the transport, which it takes ownership of even if it
// fails. Returns NULL on failure (logged) or if transport is NULL.
struct renderer *virgl_renderer_create(struct virgl_transport *transport);

// Options for the socket of a virgl_test_server.
struct vtest_options {
	int protocol;   // newest version to negotiate, 2 to 4; 0: 4
	int timeout_ms; // for each reply; 0: 8 seconds
};
// Connects to a virgl_test_server. options may be NULL. Returns NULL on failure (logged).
struct virgl_transport *vtest_transport_create(
	const char *path, const struct vtest_options *options);
