// SPDX-License-Identifier: MIT
// Fixture of the selection tests: two clients with a window, a clipboard and a primary selection.
#pragma once
#include <stdint.h>
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "primary-selection-unstable-v1-client-protocol.h"

struct seat;

struct selection_peer {
	struct client *client;
	struct client_window *window;
	struct wl_keyboard *keyboard;
	struct wl_data_device_manager *manager;
	struct wl_data_device *device;
	struct wl_data_offer *offer; // of the clipboard
	struct zwp_primary_selection_device_manager_v1 *primary_manager;
	struct zwp_primary_selection_device_v1 *primary_device;
	struct zwp_primary_selection_offer_v1 *primary;
	struct wl_data_source *sources[4]; // destroyed with the peer
	size_t n_sources;
	uint32_t serial; // of the newest key or enter
	int offers, selections, primaries, entered;
	int selections_at_enter; // received before wl_keyboard.enter
	char types[256];         // of the newest offer, each followed by a space
	int sent, cancelled;     // events of the sources
	const char *text;        // written on wl_data_source.send
};

// Disconnects the client. NULL is accepted.
void selection_peer_destroy(struct selection_peer *peer);
// Counts the events of a data device in peer, which otherwise may be zeroed.
void selection_peer_listen(struct selection_peer *peer, struct wl_data_device *device);
// Gives the keyboard focus to the peer's window.
void selection_peer_focus(struct selection_peer *peer);
// A source without types, destroyed with the peer.
struct wl_data_source *selection_peer_create_source(struct selection_peer *peer);
// Destroys a source of the peer now.
void selection_peer_destroy_source(struct selection_peer *peer, struct wl_data_source *source);
// Sets the clipboard to a new source of one type, with the peer's newest serial.
struct wl_data_source *selection_peer_copy(struct selection_peer *peer, const char *mime);
// A source of the primary selection without types; the test destroys it.
struct zwp_primary_selection_source_v1 *selection_peer_create_primary(struct selection_peer *peer);
// Checks what the peer receives from its clipboard offer; "" for nothing.
void selection_peer_check_paste(struct selection_peer *peer, const char *mime, const char *text);

struct selection_rig {
	struct fixture *fixture;
	struct seat *seat;
	struct selection_peer *one, *two; // send "first" and "second"; NULL: destroyed
};

// Focuses the first peer.
void selection_rig_init(struct selection_rig *rig);
void selection_rig_finish(struct selection_rig *rig);

// Selections end with their owners, as with keep = no.
void selection_rig_keep_nothing(struct selection_rig *rig);

// A pipe that is not blocking on either end.
void make_pipe(int ends[2]);
// Closes both ends after checking what a receive request on ends[1] wrote.
void check_pipe(struct fixture *fixture, int ends[2], const char *text);
// Destroys a proxy without sending a request. NULL is accepted.
void destroy_proxy(void *proxy);
