// SPDX-License-Identifier: MIT
// Waits until a set of clients has processed all events that were sent to them so far.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client_watch;
struct wl_client;

struct barrier {
	struct client_watch *watch;
	struct {
		uint64_t id, ticket; // of a watched_client, and its ping to be answered
	} * waits;
	size_t count, capacity;
};

// Empties a barrier, which may be zeroed, to collect clients.
void barrier_begin(struct barrier *barrier, struct client_watch *watch);
// Adds a client once. NULL is accepted.
void barrier_add(struct barrier *barrier, struct wl_client *client);
// Adds every client with a window.
void barrier_add_all(struct barrier *barrier);
// Adds the clients with pointer, tablet, keyboard or touch focus and those of a drag.
void barrier_add_focus(struct barrier *barrier);
// Pings the clients that were added.
void barrier_ask(struct barrier *barrier);
// True when all of them have answered or are gone; to be called after barrier_ask. Sets
// *poll_again, which may not be NULL, when no event will announce the answer.
bool barrier_done(struct barrier *barrier, bool *poll_again);
// A client that has not answered, as a clause. The caller frees it; NULL: all have.
char *barrier_why(struct barrier *barrier);
// Frees what the barrier holds and zeroes it. Accepts a zeroed one.
void barrier_finish(struct barrier *barrier);
