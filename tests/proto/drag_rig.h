// SPDX-License-Identifier: MIT
// Fixture of the drag-and-drop tests: two clients with a window each, side by side.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"

#define COPY WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY
#define MOVE WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE
#define ASK WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK

// A client that can be the source and the target of a drag; counts the events it receives.
struct drag_peer {
	struct client *client;
	struct client_window *window; // NULL: destroyed
	struct wl_pointer *pointer;
	struct wl_touch *touch;
	struct wl_data_device_manager *manager;
	struct wl_data_device *device;
	struct wl_data_source *source;
	struct wl_data_offer *offer;                // of the newest wl_data_device.enter
	uint32_t press, touch_down, entered_serial; // newest serials
	int pointer_enters, pointer_leaves, touch_ups;
	int enters, leaves, motions, drops;
	double x, y;                     // surface coordinates of the newest enter or motion
	uint32_t source_actions, action; // sent to the target
	char target[32];                 // sent to the source: the accepted type, or "none"
	uint32_t source_action;
	int performed, finished, cancelled;
	bool failed; // by an expected protocol error
};

struct drag_rig {
	struct fixture *fixture;
	// NULL: destroyed. Their windows are at 100,100 and 600,100 in the layout.
	struct drag_peer *from, *to;
};

// Both clients bind version 3 of wl_data_device_manager.
void drag_rig_init(struct drag_rig *rig);
// With a target that binds this version of wl_data_device_manager. rig must be zeroed.
void drag_rig_init_version(struct drag_rig *rig, uint32_t target_version);
// Checks that no peer has an unexpected protocol error, and frees what is there.
void drag_rig_finish(struct drag_rig *rig);

// Disconnects the client. NULL is accepted.
void drag_peer_destroy(struct drag_peer *peer);
// Offers text/plain; actions 0: none are set.
void drag_peer_create_source(struct drag_peer *peer, uint32_t actions);
// Counts the events of a data device in peer, which otherwise may be zeroed.
void drag_peer_listen(struct drag_peer *peer, struct wl_data_device *device);
// Pumps, and checks that the peer got exactly this protocol error.
void drag_peer_check_error(struct drag_peer *peer, const char *interface, int code);

// Presses the left button on the source's window.
void drag_rig_press(struct drag_rig *rig);
// Presses and starts a drag with a new source. icon may be NULL.
void drag_rig_start(struct drag_rig *rig, uint32_t actions, struct wl_surface *icon);
// Moves over the target, which accepts text/plain; actions 0: set_actions is not sent.
void drag_rig_enter_target(struct drag_rig *rig, uint32_t actions, uint32_t preferred);
// Releases the button, which ends the drag.
void drag_rig_release(struct drag_rig *rig);
// Checks what the target receives from its offer; "" for nothing.
void drag_rig_check_data(struct drag_rig *rig, const char *text);
