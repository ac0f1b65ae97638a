// SPDX-License-Identifier: MIT
// Clients that do not read: bytes that wait in their socket are watched, motion is merged, frame
// callbacks are held back, so that nobody is lost for being late (libwayland 1.21 drops a client
// whose 4 KiB buffer overflows).
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct server;

// Called for every new client: raises SO_SNDBUF.
void backlog_watch(struct server *server, struct wl_client *client);
// Kernel memory taken by what was sent and not read yet; cheap, one system call.
int backlog_bytes(struct wl_client *client);
// True: the client is late; continuous events (motion, frame callbacks, configures) should be
// merged and wait. Discrete ones (buttons, keys) are always sent. Seldom a system call.
bool backlog_late(struct wl_client *client);
// Calls back once, from the event loop when the client has read enough, or is gone (then client is
// NULL). Nothing wakes up meanwhile.
void backlog_when_drained(struct wl_client *client,
	void (*callback)(struct wl_client *client, void *data), void *data);
// Forgets callbacks with that data.
void backlog_forget(struct wl_client *client, void *data);
// Stops reading from a client, for tests and the freeze verb. It is late until it is thawed, so
// that what can wait does; what is sent all the same lies in its socket.
void backlog_freeze(struct wl_client *client, bool frozen);
