// SPDX-License-Identifier: MIT
// Selections (clipboard, primary) and drags, of sources and targets of any kind.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"

struct seat;
struct selection_keeper;
struct surface;
struct surface_role;
struct drag_sink;

struct selection {
	struct data_source *source; // current owner, or NULL
	// What set or cleared it: a bridge to other selections, like that of a host, which does not
	// offer it back. NULL: a client or script of ours.
	const void *origin;
	uint32_t serial; // of the request that set it
	struct wl_listener source_destroyed;
	struct wl_signal changed;        // struct selection *
	struct selection_keeper *keeper; // owned; NULL: the selection ends with its owner
};

// Initialises an empty selection.
void selection_init(struct selection *selection);
// Cancels the source, if any, and frees the keeper; changed is not emitted.
void selection_finish(struct selection *selection);
// Replaces the source and cancels the old one; NULL clears, and nothing is kept. False: serial is
// older than that of the current source, and the new one was cancelled.
bool selection_set(struct selection *selection, struct data_source *source, uint32_t serial);
// The same for a bridge, whose address origin is.
bool selection_set_from(struct selection *selection, struct data_source *source, uint32_t serial,
	const void *origin);

// A drag in progress.
struct drag {
	struct seat *seat;
	struct data_source *source;   // NULL: only within the client (wl_data_device.start_drag)
	struct wl_client *client;     // that started it
	struct weak icon, focus;      // struct surface *
	const struct drag_sink *sink; // of the current target
	void *sink_data;              // the sink's; NULL after leave and drop
	uint32_t action;              // negotiated, wl_data_device_manager.dnd_action
	bool accepted, dropped;
};

// The target side of a drag. enter starts a visit, leave or drop ends it. After drop the sink owns
// the rest of the transfer, and calls the source's finished or cancelled.
struct drag_sink {
	void (*enter)(struct drag *drag, struct surface *surface, double x, double y);
	void (*motion)(struct drag *drag, uint32_t time_ms, double x, double y);
	void (*leave)(struct drag *drag);
	void (*drop)(struct drag *drag);
};

// Starts a drag by the pointer (touch_id -1) or a touch point. icon may be NULL, and one of source
// and client; nothing is owned. False: a drag is in progress, the point is not down, there is
// neither source nor client, or the session is locked.
bool drag_start(struct seat *seat, struct data_source *source, struct wl_client *client,
	struct surface *icon, const struct drag_sink *sink, int32_t touch_id);
// Ends the drag in progress, if any, without a drop.
void drag_cancel(struct seat *seat);
// wl_data_offer.accept: the type the target accepts, NULL: none. Forwarded to the source.
void drag_accept(struct drag *drag, const char *mime);
// Sets the negotiated action; forwarded to the source if it changed.
void drag_set_action(struct drag *drag, uint32_t action);
// The action both sides support, preferred if possible; 0: none. dnd_action bits.
uint32_t drag_choose_action(uint32_t source_actions, uint32_t offered, uint32_t preferred);
extern const struct surface_role drag_icon_role;
