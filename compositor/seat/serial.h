// SPDX-License-Identifier: MIT
// Serials of the seat's events: what a client may refer to in a request.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct seat;
struct wl_client;

#define SERIALS_KEPT 128 // of each kind, of each client

// The event that a serial was sent with.
enum seat_serial {
	SERIAL_ENTER,
	SERIAL_BUTTON,
	SERIAL_KEY,
	SERIAL_TOUCH,
	SERIAL_TOOL,
	SERIAL_OTHER, // releases, leaves, modifiers
	SERIAL_KINDS,
};

// The newest serials that a client got. Each kind has a ring of its own, so that a click is not
// forgotten for the keys that follow it.
struct serials {
	struct {
		uint32_t serial[SERIALS_KEPT]; // 0: none
		unsigned next;
	} kinds[SERIAL_KINDS];
};

// Returns a new serial, remembered as sent to that client if it has a record of the seat.
uint32_t seat_serial(struct seat *seat, struct wl_client *client, enum seat_serial kind);
// Remembers a serial that seat_serial returned while the client had no record yet. Serial 0 is
// ignored.
void seat_serial_keep(
	struct seat *seat, struct wl_client *client, uint32_t serial, enum seat_serial kind);
// The serial was sent to that client, for a kind that accept returns true for. While the session is
// locked, false for all but seat_serial_any.
bool seat_serial_valid(struct seat *seat, struct wl_client *client, uint32_t serial,
	bool (*accept)(enum seat_serial kind));
// For seat_serial_valid: a button, key, touch or tool press, which may start a grab.
bool seat_serial_is_press(enum seat_serial kind);
// For seat_serial_valid: any kind.
bool seat_serial_any(enum seat_serial kind);
