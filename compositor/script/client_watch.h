// SPDX-License-Identifier: MIT
// Tracks per client and surface what was sent, committed and answered. `settle` and the barriers of
// verbs are computed from it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-server-core.h>
#include "compositor/base/weak.h"

struct client_watch;
struct procs;
struct server;
struct surface;

// How it is known that a client has processed its events.
enum client_ack {
	ACK_PING, // it has answered a ping
	ACK_READ, // it has read them all and its process sleeps
	ACK_NONE, // not: nothing waits for it
};

struct watched_surface {
	struct client_watch *watch;
	struct surface *surface;
	uint64_t commits; // applied ones
	uint64_t last_ns; // of the newest, server clock
	struct wl_listener committed, destroyed;
	struct wl_list link; // client_watch.surfaces
};

// Pings are numbered: `asked` is the newest that a barrier waits for, `sent` and `answered` follow.
struct watched_client {
	struct client_watch *watch;
	struct wl_client *client;
	uint64_t id; // never used twice
	uint64_t asked, sent, answered;
	struct weak window; // that carries the pending ping
	enum client_ack ack;
	bool frozen;       // by the verb freeze: never waited for
	uint64_t stuck_ns; // real time since when it sleeps on unread events, 0: it does not
	struct wl_listener destroyed;
	struct wl_list link; // client_watch.clients
};

struct client_watch {
	struct server *server;
	struct procs *procs;  // not owned
	uint64_t sent;        // grows when events may have been sent that clients react to
	uint64_t activity;    // grows with everything visible, and with input
	uint64_t activity_ns; // of the newest, server clock
	uint64_t next_id;
	uint64_t x_stuck_ns;     // as watched_client.stuck_ns, of what is pending for X programs
	enum client_ack ack;     // of clients to come
	struct wl_list clients;  // watched_client.link
	struct wl_list surfaces; // watched_surface.link
	struct wl_listener client_created, surface_created, frame_done, window_added,
		outputs_changed, user_activity;
};

// Watches the clients and surfaces that exist and those to come. procs must outlive it.
struct client_watch *client_watch_create(struct server *server, struct procs *procs);
// Accepts NULL.
void client_watch_destroy(struct client_watch *watch);
// Sends due pings and registers pongs; to be called after each iteration of the event loop.
void client_watch_update(struct client_watch *watch);
// Counts something that clients will react to, such as a change made by a script.
void client_watch_note_activity(struct client_watch *watch);
// A number that grows with every event that clients may react to, pings included.
uint64_t client_watch_sent(const struct client_watch *watch);
// The entry of a client, or NULL.
struct watched_client *client_watch_find(struct client_watch *watch, struct wl_client *client);
// The entry with that id, or NULL when the client is gone.
struct watched_client *client_watch_find_id(struct client_watch *watch, uint64_t id);

// Sets how the client acknowledges events; NULL: all clients, and those to come.
void client_watch_set_ack(
	struct client_watch *watch, struct wl_client *client, enum client_ack ack);
// Whether the client has a window, so that it can be pinged.
bool watched_client_has_window(const struct watched_client *client);
// Registers a pong, and pings the client if `asked` requires it.
void watched_client_ping(struct watched_client *client);
// Whether the client has answered the ping of that number. Where it cannot be pinged, sets
// *poll_again (may be NULL) if no event will announce the answer.
bool watched_client_has_answered(struct watched_client *client, uint64_t ticket, bool *poll_again);

// Bytes sent that the client has not read from its socket.
int client_unread(struct wl_client *client);
// The client's process, 0: not known.
pid_t client_pid(struct wl_client *client);
// Name and process: "foot (pid 12)". The caller frees it.
char *client_describe(struct wl_client *client);
