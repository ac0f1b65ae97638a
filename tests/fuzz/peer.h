// SPDX-License-Identifier: MIT
// The fuzzer's client: knows the wire format and the interfaces, obeys no other rule. It keeps a list
// of the objects that both ends should have, by what it sends and what it is told.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-util.h>

#define PEER_OBJECTS 512
#define PEER_MESSAGE 4096 // bytes, as much as the library takes
#define PEER_FDS 24

struct object {
	uint32_t id; // 0: free place
	uint32_t version;
	const struct wl_interface *interface;
	uint32_t serial; // of its newest configure
};

struct peer {
	int fd; // -1: the server has hung up
	bool deaf;
	uint32_t next_id, free_ids[PEER_OBJECTS];
	size_t n_free;
	struct object objects[PEER_OBJECTS];
	size_t n_objects; // places in use, holes included
	uint32_t serials[8];
	unsigned n_serials;
	char text[64]; // newest string of an event: a mime type, a token, a handle
	int out_fds[PEER_FDS];
	size_t n_out_fds;
	char out[2 * PEER_MESSAGE];
	size_t n_out;
	char in[2 * PEER_MESSAGE];
	size_t n_in;
	uint32_t seed; // of what must be new but not random
};

// Takes the descriptor; asks for the registry.
void peer_init(struct peer *peer, int fd);
void peer_finish(struct peer *peer);
void peer_hang_up(struct peer *peer);

// Sends what was written, with its descriptors. False: the socket is full or closed.
bool peer_flush(struct peer *peer);
// Reads all events that are there. Binds every global that it hears of and knows.
void peer_read(struct peer *peer);
void peer_write(struct peer *peer, const void *bytes, size_t size);
void peer_write_fd(struct peer *peer, int fd); // takes it

// NULL: the list is full. The object's id is new.
struct object *peer_add(struct peer *peer, const struct wl_interface *interface, uint32_t version);
void peer_remove(struct peer *peer, uint32_t id);
// The newest but n of that interface (counting wraps around); NULL: there is none.
struct object *peer_find(struct peer *peer, const struct wl_interface *interface, unsigned n);

// interfaces.c: NULL where the name is none of a global that this compositor may have.
const struct wl_interface *interface_of_global(const char *name);
