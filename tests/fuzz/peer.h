// SPDX-License-Identifier: MIT
// The fuzzer's client. It implements the wire format and has the interfaces, but follows no other
// rule. It lists the objects that both ends should have, from its requests and the events.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-util.h>

#define PEER_OBJECTS 512
#define PEER_MESSAGE 4096 // bytes; the limit of libwayland
#define PEER_FDS 24

struct object {
	uint32_t id; // 0: unused
	uint32_t version;
	const struct wl_interface *interface;
	uint32_t serial; // of the newest configure event
};

struct peer {
	int fd;       // -1: disconnected
	bool stalled; // does not read its socket
	uint32_t next_id, free_ids[PEER_OBJECTS];
	size_t n_free;
	struct object objects[PEER_OBJECTS];
	size_t n_objects; // entries in use, holes included
	uint32_t serials[8];
	unsigned n_serials;
	char text[64]; // newest string of an event: a mime type, a token, a handle
	int out_fds[PEER_FDS];
	size_t n_out_fds;
	char out[2 * PEER_MESSAGE];
	size_t n_out;
	char in[2 * PEER_MESSAGE];
	size_t n_in;
	uint32_t seed; // for values that must be distinct but reproducible
};

// Takes ownership of the socket and queues get_registry.
void peer_init(struct peer *peer, int fd);
// Disconnects, closes queued descriptors; peer is the caller's.
void peer_finish(struct peer *peer);
// Closes the socket and queued descriptors. The objects stay in the list.
void peer_hang_up(struct peer *peer);

// Sends the queued bytes and descriptors. False: the socket is full or closed.
bool peer_flush(struct peer *peer);
// Reads all available events, and queues a bind for every new global that
// interface_of_global() has.
void peer_read(struct peer *peer);
// Queues bytes of a request; they are dropped when disconnected.
void peer_write(struct peer *peer, const void *bytes, size_t size);
// Queues a descriptor and takes ownership of it.
void peer_write_fd(struct peer *peer, int fd);

// Adds an object with a new id. NULL: the list is full.
struct object *peer_add(struct peer *peer, const struct wl_interface *interface, uint32_t version);
// Removes an object, if it is in the list. The id is not reused until delete_id.
void peer_remove(struct peer *peer, uint32_t id);
// The n-th newest object of that interface (n wraps around); NULL: there is none.
struct object *peer_find(struct peer *peer, const struct wl_interface *interface, unsigned n);

// The interface of a global that this compositor may have; NULL for any other name.
const struct wl_interface *interface_of_global(const char *name);
