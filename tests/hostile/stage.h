// SPDX-License-Identifier: MIT
// What every test with a hostile client needs: the attacker, a neighbour who must not notice, and
// requests that no client library would send.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/base.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

struct stage {
	struct fixture *fixture;
	struct client *attacker; // NULL: none now
	struct client *neighbour;
	struct client_window *window; // the neighbour's
	int n_surfaces, n_windows;    // without the attacker
};

struct stage *stage_create(void);
struct stage *stage_create_with(const struct server_options *options);
// Another attacker in the place of the last one, which is disconnected where it still is there.
struct client *stage_attacker(struct stage *stage);
// Disconnects the attacker; all that it had must be gone.
void stage_kill(struct stage *stage);
// The neighbour draws, is shown and gets a frame; somebody new can map a window.
void stage_check(struct stage *stage);
void stage_end(struct stage *stage); // kill, check, destroy

// Frame callbacks of a surface until one is answered: true when it was within that many frames.
bool surface_gets_frame(struct client *client, struct wl_surface *surface, int frames);

// Writes a message past the client library, after what it has queued. size of args in bytes.
void raw_request(
	struct client *client, void *proxy, uint32_t opcode, const void *args, size_t size);
void raw_bytes(struct client *client, const void *bytes, size_t size);
// Whether the server has ended the connection, with or without an error. Pumps.
bool client_ended(struct client *client);

// Calls `with` with every order of the numbers 0 to n - 1.
void for_each_permutation(int n, void (*with)(const int *order, int n, void *data), void *data);

struct file { // memory of a pool whose file the test keeps
	int fd;
	size_t size;
	struct wl_shm_pool *pool;
};
// A file of real_size bytes, of which the pool claims size.
struct file file_create(struct client *client, size_t real_size, size_t size);
void file_destroy(struct file *file);
struct wl_buffer *file_buffer(struct file *file, int width, int height);
