// SPDX-License-Identifier: MIT
// A server and its clients in one thread, connected by socket pairs, on a virtual clock.
// fixture_pump() dispatches both sides until neither has anything to send or read, so that tests
// need neither sleeps nor roundtrips.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/create.h"
#include "compositor/server.h"

struct client;

struct fixture {
	struct server *server;
	struct wl_list clients; // client.link
	bool threads_hang;      // pumps do not wait for calls in threads
};

// Starts a server that draws every frame. options NULL: one output of 1280x720, virtual clock, the
// desktop shell, built-in cursor. TEST_RENDERER selects the renderer unless options do.
struct fixture *fixture_create(const struct server_options *options);
// With the default options but this shell; NULL: desktop.
struct fixture *fixture_create_shell(const char *shell);
// With the default options and this text as oriel.ini, without a mistake in it; NULL: no file.
struct fixture *fixture_create_config(const char *text);
// With the default options and a virtual output, as headless runs have: draws only captures.
struct fixture *fixture_create_virtual_output(void);
// Destroys the remaining clients and the server.
void fixture_destroy(struct fixture *fixture);
// Dispatches the server and all clients until both are idle. The clock stands still.
void fixture_pump(struct fixture *fixture);
// Advances the virtual clock, timer by timer, and pumps at each.
void fixture_advance(struct fixture *fixture, uint64_t ns);
// Advances by count refresh cycles of 60 Hz.
void fixture_frames(struct fixture *fixture, int count);

// Input. Each function sends the event to the seat, ends the frame and pumps. Positions are layout
// coordinates, codes are those of linux/input-event-codes.h.

// Moves the pointer to a position.
void fixture_move(struct fixture *fixture, double x, double y);
// Presses or releases a pointer button.
void fixture_button(struct fixture *fixture, uint32_t code, bool pressed);
// Moves the pointer, presses and releases the left button.
void fixture_click(struct fixture *fixture, double x, double y);
// Presses or releases a key.
void fixture_key(struct fixture *fixture, uint32_t code, bool pressed);
// Puts a touch point down.
void fixture_touch(struct fixture *fixture, int id, double x, double y);
// Lifts a touch point.
void fixture_touch_up(struct fixture *fixture, int id);

// The pixel of the first output at a physical position, without the cursor: XRGB8888 with the top
// byte 0.
uint32_t fixture_pixel(struct fixture *fixture, int x, int y);
