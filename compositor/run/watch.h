// SPDX-License-Identifier: MIT
// What clients were told, what they did, and whether they have heard it: the facts that `settle`
// and the acknowledgement of input rest on.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-server-core.h>
#include "compositor/base/weak.h"

struct procs;
struct server;
struct surface;
struct watch;

struct surface_watch {
	struct watch *watch;
	struct surface *surface;
	uint64_t commits; // applied ones
	uint64_t last_ns; // of the newest, server clock
	struct wl_listener committed, destroyed;
	struct wl_list link; // watch.surfaces
};

// Pings are counted: `asked` is what somebody waits for, `sent` and `answered` follow.
struct client_watch {
	struct watch *watch;
	struct wl_client *client;
	uint64_t id; // never used twice
	uint64_t asked, sent, answered;
	struct weak window; // that carried the open ping
	bool frozen;        // by the freeze verb: nobody waits for it
	uint64_t stuck_ns;  // real time since when it sleeps on unread events, 0: it does not
	struct wl_listener destroyed;
	struct wl_list link; // watch.clients
};

struct watch {
	struct server *server;
	struct procs *procs;  // not owned
	uint64_t told;        // grows when clients may have got something to answer
	uint64_t activity;    // grows when something visible happened or was asked of clients
	uint64_t activity_ns; // when that was, server clock
	uint64_t next_id;
	struct wl_list clients;  // client_watch.link
	struct wl_list surfaces; // surface_watch.link
	struct wl_listener client_created, surface_created, frame_done, window_added,
		outputs_changed, user_activity;
};

struct watch *watch_create(struct server *server, struct procs *procs);
void watch_destroy(struct watch *watch); // NULL is allowed
// Sends pings that wait and notices answers. After each turn of the loop.
void watch_update(struct watch *watch);
void watch_touch(struct watch *watch); // a script did something that clients will react to
// Grows with everything that clients were told to answer, pings too.
uint64_t watch_told(const struct watch *watch);
struct surface_watch *watch_surface(struct watch *watch, struct surface *surface); // or NULL
struct client_watch *watch_client(struct watch *watch, struct wl_client *client);  // or NULL
// Bytes sent that the client has not read.
int client_unread(struct wl_client *client);
pid_t client_pid(struct wl_client *client);
// "foot (pid 12)"; caller frees.
char *client_describe(struct wl_client *client);

// All those clients have processed what they were sent before barrier_ask.
struct barrier {
	struct watch *watch;
	struct {
		uint64_t id, ticket;
	} * waits;
	size_t count, capacity;
};

void barrier_begin(struct barrier *barrier, struct watch *watch);
void barrier_add(struct barrier *barrier, struct wl_client *client); // NULL is allowed
void barrier_add_all(struct barrier *barrier);                       // every client with a window
void barrier_add_focus(struct barrier *barrier); // whoever has pointer, keyboard or touch focus
void barrier_ask(struct barrier *barrier);       // pings those that were added
bool barrier_done(struct barrier *barrier, bool *poll_again); // *poll_again: no event will tell
char *barrier_why(struct barrier *barrier);   // who has not answered; caller frees, may be NULL
void barrier_finish(struct barrier *barrier); // a zeroed one is allowed
