// SPDX-License-Identifier: MIT
// The vhost-user back end: a virtio-gpu device that is another process provides the screens, and a
// virgl host. This is the public header; vhost.h and vhost_screen.h are private.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "backends/backend.h"

struct vhost;
struct virgl_transport;

// Receives each message that the device sends to its display (vhost-user-gpu), as the request's
// number and the first n words of its payload.
typedef void vhost_watch_func(void *data, uint32_t request, const uint32_t *words, size_t n);

struct vhost_options {
	int timeout_ms;          // of each reply; 0: 8 seconds
	vhost_watch_func *watch; // may be NULL
	void *watch_data;
};

// Connects to the device process that listens on the socket at path. options NULL: the defaults.
// NULL: logged. The caller holds a reference.
struct vhost *vhost_create(const char *path, const struct vhost_options *options);
// Drops a reference; the last one closes the connection. NULL is allowed.
void vhost_unref(struct vhost *vhost);

// Implements backend_create_func. options->device is the path of the device's socket.
struct backend *vhost_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options);
// The device of a vhost-user back end, borrowed; NULL: backend is of another kind.
struct vhost *vhost_backend_device(struct backend *backend);
// A transport for the virgl renderer, in a new context of the device, of which it takes a
// reference. NULL: logged.
struct virgl_transport *vhost_transport_create(struct vhost *vhost);
