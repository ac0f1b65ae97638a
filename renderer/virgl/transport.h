// SPDX-License-Identifier: MIT
// The way to a virgl host: a kernel driver, a socket, virtqueues. It carries command streams and
// memory and understands neither. Everything is done in the order in which it was asked for.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/buffer.h"
#include "compositor/base/geom.h"

struct renderer;
struct virgl_transport;

// What a resource is made of, in the protocol's numbers (encode.h has those in use).
struct virgl_shape {
	uint32_t target, format, bind;
	int width, height; // a buffer: its bytes, and 1
	int bytes;         // per pixel; 1 for buffers
	size_t backing;    // memory shared with the host, bytes; 0: none
	bool shared;       // others shall show it: it can be exported
};

// Rows of a texture's backing follow each other without gaps, from the start of the memory.
struct virgl_resource {
	struct virgl_shape shape;
	uint32_t id;     // as commands name it; 0: the connection it belonged to is gone
	void *map;       // its backing, NULL: none
	uint64_t stream; // the user's: the last stream that touched it
};

enum virgl_wait {
	VIRGL_IDLE,   // all that was asked for is done
	VIRGL_BUSY,   // not yet
	VIRGL_FAILED, // it will never be: the transport is dead (logged)
};

struct virgl_transport_impl {
	const char *name;
	// Resources first.
	void (*destroy)(struct virgl_transport *transport);
	// A new context that knows nothing; the ids of all resources become 0. False: logged, there
	// is no connection, to be tried again.
	bool (*reset)(struct virgl_transport *transport);
	// Copies the newest capability set that both know, at most size bytes. 0: none (logged).
	size_t (*caps)(struct virgl_transport *transport, void *into, size_t size);
	// NULL: logged.
	struct virgl_resource *(*create)(
		struct virgl_transport *transport, const struct virgl_shape *shape);
	// Memory of another process's, one plane of it, as a resource, named by shape (whose backing
	// is 0). NULL function: it cannot. NULL result: logged, or *foreign: the host does not know
	// that memory.
	struct virgl_resource *(*import)(struct virgl_transport *transport,
		const struct dmabuf *dmabuf, int plane, const struct virgl_shape *shape,
		bool *foreign);
	// Fills *into with descriptors that the caller owns. NULL function: nothing is shared.
	bool (*export)(struct virgl_transport *transport, struct virgl_resource *resource,
		struct dmabuf *into);
	void (*release)(struct virgl_transport *transport, struct virgl_resource *resource);
	// Between the backing and the host's copy, inside box. get is done only when wait says so.
	bool (*put)(struct virgl_transport *transport, struct virgl_resource *resource,
		const struct box *box);
	bool (*get)(struct virgl_transport *transport, struct virgl_resource *resource,
		const struct box *box);
	// uses: every resource that the words name, once. *fence: a sync file or -1; fence may be
	// NULL.
	bool (*submit)(struct virgl_transport *transport, const uint32_t *words, size_t n,
		struct virgl_resource *const *uses, size_t n_uses, int *fence);
	// Whether the host has finished with the resource. block: waits until it has, or until the
	// transport's patience ends; that is a failure.
	enum virgl_wait (*wait)(
		struct virgl_transport *transport, struct virgl_resource *resource, bool block);
};

struct virgl_transport {
	const struct virgl_transport_impl *impl;
	// The other side is gone or talks nonsense: everything but release, reset and destroy fails
	// at once and says nothing more.
	bool dead;
	int device; // a file of the DRM device that it goes through, its own; -1: none
};

// Draws by the transport, which it takes over in any case. NULL: logged.
struct renderer *virgl_renderer_create(struct virgl_transport *transport);

// The socket of a virgl_test_server.
struct vtest_options {
	int protocol;    // the newest to speak, 2 to 4; 0: 4
	int patience_ms; // for each answer; 0: some seconds
};
// options NULL: the defaults. NULL: logged.
struct virgl_transport *vtest_transport_create(
	const char *path, const struct vtest_options *options);
