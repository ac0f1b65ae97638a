// SPDX-License-Identifier: MIT
// Fixture of the tests with a hostile client: an attacker, a neighbour that must not be affected,
// and requests that no client library sends.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/base.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

struct hostile_rig {
	struct fixture *fixture;
	struct client *attacker; // NULL: disconnected
	struct client *neighbour;
	struct client_window *window; // of the neighbour
	int n_surfaces, n_windows;    // without the attacker
};

// A server with default options, the neighbour with a window, and the attacker without one.
void hostile_rig_init(struct hostile_rig *rig);
// With a server of these options; NULL: the defaults. rig must be zeroed.
void hostile_rig_init_with(struct hostile_rig *rig, const struct server_options *options);
// Disconnects the attacker, runs hostile_rig_check(), and destroys the server.
void hostile_rig_finish(struct hostile_rig *rig);
// Connects a new attacker in place of the last one, which is disconnected.
struct client *hostile_rig_connect(struct hostile_rig *rig);
// Disconnects the attacker, if there is one, and checks that the server has freed its surfaces and
// windows.
void hostile_rig_disconnect(struct hostile_rig *rig);
// Checks that the server still works: the neighbour draws and gets a frame, and a new client can
// map a window.
void hostile_rig_check(struct hostile_rig *rig);

// Requests a frame callback, commits, and returns whether it is done within that many refreshes.
bool surface_gets_frame(struct client *client, struct wl_surface *surface, int frames);

// Writes a message to the client's socket, after what the library has queued. args are the
// arguments as on the wire, size in bytes.
void raw_request(
	struct client *client, void *proxy, uint32_t opcode, const void *args, size_t size);
// Writes arbitrary bytes in the same way; stops when the server closes the connection.
void raw_bytes(struct client *client, const void *bytes, size_t size);
// Pumps and returns whether the server has closed the connection, with or without an error.
bool client_ended(struct client *client);

// Calls `with` with every permutation of the numbers 0 to n - 1; n is at most 16.
void for_each_permutation(int n, void (*with)(const int *order, int n, void *data), void *data);

// A wl_shm pool whose file the test keeps open.
struct shm_file {
	int fd;
	size_t size; // of the pool
	struct wl_shm_pool *pool;
};

// A file of real_size bytes, and a pool that claims size bytes.
struct shm_file shm_file_create(struct client *client, size_t real_size, size_t size);
// Destroys the pool and closes the file.
void shm_file_destroy(struct shm_file *file);
// An XRGB8888 buffer at the start of the pool, rows without padding. The caller destroys it.
struct wl_buffer *shm_file_buffer(struct shm_file *file, int width, int height);
