// SPDX-License-Identifier: MIT
// Emulated tablets, and a log of the events of tablet-v2 as text, which tests compare.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/input.h"
#include "tests/harness/client.h"
#include "tablet-v2-client-protocol.h"

struct tablet_log {
	struct client *client;
	struct zwp_tablet_manager_v2 *manager;
	struct zwp_tablet_seat_v2 *seat;
	// In order of creation; a full array fails the test.
	struct zwp_tablet_v2 *tablets[4];
	struct zwp_tablet_tool_v2 *tools[4];
	struct zwp_tablet_pad_v2 *pads[4];
	struct zwp_tablet_pad_group_v2 *groups[4];
	struct zwp_tablet_pad_ring_v2 *rings[4];
	struct zwp_tablet_pad_strip_v2 *strips[4];
	struct zwp_tablet_pad_dial_v2 *dials[4];
	unsigned n_tablets, n_tools, n_pads, n_groups, n_rings, n_strips, n_dials;
	uint32_t in_serial, down_serial, button_serial, mode_serial; // newest
	char text[8192];
	size_t length;
};

// Binds the tablet manager and listens to every object of the client's seat.
void tablet_log_begin(struct tablet_log *log, struct client *client);
// Destroys all objects.
void tablet_log_end(struct tablet_log *log);
// Pumps and returns the events since the last call. The string is valid until the next call.
const char *tablet_log_take(struct tablet_log *log);

// A tablet and the pad of the same physical device, and tools with different axes.
extern const struct input_device test_tablet, test_pad;
extern const struct input_tool test_pen, test_airbrush, test_mouse;
// Adds an input device to the seat. Does not pump.
void fixture_plug(struct fixture *fixture, const struct input_device *device);
// Removes an input device from the seat. Does not pump.
void fixture_unplug(struct fixture *fixture, const struct input_device *device);

// Events of tools at test_tablet. Positions are layout coordinates. None of these functions pumps.

// Sends any event of a tool, then ends the frame. axes may be NULL.
void fixture_tool(struct fixture *fixture, const struct input_tool *tool,
	enum input_event_type type, bool on, uint32_t code, const struct input_tool_axes *axes);
// Proximity in, at a position.
void fixture_tool_near(struct fixture *fixture, const struct input_tool *tool, double x, double y);
// Moves a tool that is in proximity.
void fixture_tool_move(struct fixture *fixture, const struct input_tool *tool, double x, double y);
// Presses or lifts the tip.
void fixture_tool_tip(struct fixture *fixture, const struct input_tool *tool, bool down);
// Presses or releases a button of the tool.
void fixture_tool_button(
	struct fixture *fixture, const struct input_tool *tool, uint32_t code, bool pressed);
// Proximity out.
void fixture_tool_away(struct fixture *fixture, const struct input_tool *tool);
// An event of a button, ring, strip or dial of test_pad, by a finger. value is the position or the
// delta. Does not pump.
void fixture_pad(struct fixture *fixture, enum input_event_type type, unsigned number,
	unsigned mode, bool pressed, double value);
