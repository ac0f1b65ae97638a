// SPDX-License-Identifier: MIT
// Clipboard, primary selection and drags: sources and sinks of any kind.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"

struct seat;
struct surface;
struct surface_role;
struct drag_sink;

struct selection {
	struct data_source *source; // current owner, or NULL
	uint32_t serial;            // of the request that set it
	struct wl_listener source_destroyed;
	struct wl_signal changed; // struct selection *
};

void selection_init(struct selection *selection);
void selection_finish(struct selection *selection);
// Replaces the owner; the old one is told cancelled. False and source->impl->cancelled called
// when serial is older than the current one's. source NULL clears.
bool selection_set(struct selection *selection, struct data_source *source, uint32_t serial);

// A drag in progress. The sink side is asked through this vtable, so that protocols other than
// wl_data_device may take drops later.
struct drag {
	struct seat *seat;
	struct data_source *source;   // NULL: only within the client
	struct wl_client *client;     // who started it
	struct weak icon, focus;      // struct surface *
	const struct drag_sink *sink; // current target's
	void *sink_data;              // the sink's own; NULL again after leave and drop
	uint32_t action;              // negotiated, wl_data_device_manager.dnd_action
	bool accepted, dropped;
};

// Between enter and leave or drop there is a focus. drop also ends a visit: no leave follows, and
// the source is the sink's from then on, which calls its finished or cancelled.
struct drag_sink {
	void (*enter)(struct drag *drag, struct surface *surface, double x, double y);
	void (*motion)(struct drag *drag, uint32_t time_ms, double x, double y);
	void (*leave)(struct drag *drag);
	void (*drop)(struct drag *drag);
};

// Starts a grab by pointer or touch (by the serial). false: not allowed now. Takes no ownership.
bool drag_start(struct seat *seat, struct data_source *source, struct wl_client *client,
	struct surface *icon, const struct drag_sink *sink, int32_t touch_id); // -1: pointer
void drag_cancel(struct seat *seat);
// What the target says of the mime type (NULL: none will do); the source is told.
void drag_accept(struct drag *drag, const char *mime);
// The negotiated action; the source is told what changed.
void drag_set_action(struct drag *drag, uint32_t action);
// The action both sides agree to.
uint32_t drag_choose_action(uint32_t source_actions, uint32_t offered, uint32_t preferred);
extern const struct surface_role drag_icon_role;
