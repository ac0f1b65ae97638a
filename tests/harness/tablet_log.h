// SPDX-License-Identifier: MIT
// Tablets that tests plug in, and what a client hears of them, as text that tests compare.
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
	// Newest first come last; a full table fails the test.
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

void tablet_log_begin(struct tablet_log *log, struct client *client);
void tablet_log_end(struct tablet_log *log);         // destroys all objects
const char *tablet_log_take(struct tablet_log *log); // what came since the last call; pumps first

// A tablet with all that there is, its pad, and a pen; plugged in by fixture_plug_tablet.
extern const struct input_device test_tablet, test_pad;
extern const struct input_tool test_pen, test_airbrush, test_mouse;
void fixture_plug(struct fixture *fixture, const struct input_device *device);
void fixture_unplug(struct fixture *fixture, const struct input_device *device);

// At test_tablet, without a pump. Places are those of the layout.
void fixture_tool(struct fixture *fixture, const struct input_tool *tool,
	enum input_event_type type, bool on, uint32_t code, const struct input_tool_axes *axes);
void fixture_tool_near(struct fixture *fixture, const struct input_tool *tool, double x, double y);
void fixture_tool_move(struct fixture *fixture, const struct input_tool *tool, double x, double y);
void fixture_tool_tip(struct fixture *fixture, const struct input_tool *tool, bool down);
void fixture_tool_button(
	struct fixture *fixture, const struct input_tool *tool, uint32_t code, bool pressed);
void fixture_tool_away(struct fixture *fixture, const struct input_tool *tool);
void fixture_pad(struct fixture *fixture, enum input_event_type type, unsigned number,
	unsigned mode, bool pressed, double value);
