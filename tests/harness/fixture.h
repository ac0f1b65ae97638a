// SPDX-License-Identifier: MIT
// A server and its clients in one thread, over socket pairs, on a virtual clock. pump() lets both
// sides talk until neither has anything left to say: no sleeps, no counting of round trips.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/core/server.h"
#include "compositor/create.h"

struct client;

struct fixture {
	struct server *server;
	struct wl_list clients; // client.link
};

// options NULL: one output of 1280x720, virtual clock, the desktop shell, built-in cursor.
struct fixture *fixture_create(const struct server_options *options);
struct fixture *fixture_create_shell(const char *shell); // NULL: desktop
// As it is run headless: unlike for the others above, only pictures are drawn.
struct fixture *fixture_create_unseen(void);
void fixture_destroy(struct fixture *fixture); // destroys what clients are left too
void fixture_pump(struct fixture *fixture);
void fixture_advance(struct fixture *fixture, uint64_t ns); // moves the clock and pumps
void fixture_frames(struct fixture *fixture, int count);    // that many refreshes of 60 Hz

// Input, each followed by a pump. Layout coordinates.
void fixture_move(struct fixture *fixture, double x, double y);
void fixture_button(struct fixture *fixture, uint32_t code, bool pressed);
void fixture_click(struct fixture *fixture, double x, double y); // left button
void fixture_key(struct fixture *fixture, uint32_t code, bool pressed);
void fixture_touch(struct fixture *fixture, int id, double x, double y); // down
void fixture_touch_up(struct fixture *fixture, int id);

// What the first output shows, without cursor: XRGB8888 of a physical pixel.
uint32_t fixture_pixel(struct fixture *fixture, int x, int y);
