// SPDX-License-Identifier: MIT
// Back-pressure: clients that do not drain their socket are stalled. Motion for them is merged and
// frame callbacks are withheld, as libwayland 1.21 disconnects a client whose 4 KiB buffer
// overflows.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct server;

// Call for every new client: raises SO_SNDBUF.
void backlog_watch(struct server *server, struct wl_client *client);
// Kernel memory used by unread data, in bytes. One system call.
int backlog_bytes(struct wl_client *client);
// The client is stalled: withhold continuous events (motion, frame callbacks, configures). Discrete
// ones (buttons, keys) are always sent. Seldom a system call.
bool backlog_late(struct wl_client *client);
// Calls back once, from the event loop, when the client has drained its socket, or with client NULL
// when it is destroyed; at once if it is being destroyed. Causes no wake-ups meanwhile.
void backlog_when_drained(struct wl_client *client,
	void (*callback)(struct wl_client *client, void *data), void *data);
// Cancels callbacks with that data.
void backlog_forget(struct wl_client *client, void *data);
// Stops or resumes reading from a client (tests, the freeze verb). It counts as stalled meanwhile;
// discrete events stay in its socket.
void backlog_freeze(struct wl_client *client, bool frozen);
