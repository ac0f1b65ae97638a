// SPDX-License-Identifier: MIT
// Serials of the seat's events, kept per client and kind.
#include "compositor/seat/serial.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"

static bool find_kind(const struct serials *serials, uint32_t serial, enum seat_serial *kind)
{
	for (unsigned k = 0; k < SERIAL_KINDS; k++) {
		for (unsigned i = 0; i < SERIALS_KEPT; i++) {
			if (serials->kinds[k].serial[i] != serial)
				continue;
			*kind = (enum seat_serial)k;
			return true;
		}
	}
	return false;
}

void seat_serial_keep(
	struct seat *seat, struct wl_client *client, uint32_t serial, enum seat_serial kind)
{
	struct seat_client *seat_client = seat_client_find(seat, client);
	enum seat_serial known;
	if (!serial || !seat_client || find_kind(&seat_client->serials, serial, &known))
		return;
	unsigned *next = &seat_client->serials.kinds[kind].next;
	seat_client->serials.kinds[kind].serial[(*next)++ % SERIALS_KEPT] = serial;
	if (seat_serial_is_press(kind))
		seat->pressed_client = client;
}

uint32_t seat_serial(struct seat *seat, struct wl_client *client, enum seat_serial kind)
{
	uint32_t serial = server_next_serial(seat->server);
	seat_serial_keep(seat, client, serial, kind);
	return serial;
}

bool seat_serial_valid(struct seat *seat, struct wl_client *client, uint32_t serial,
	bool (*accept)(enum seat_serial kind))
{
	const struct seat_client *seat_client = seat_client_find(seat, client);
	enum seat_serial kind;
	// A press of before a lock starts nothing during it, and a locker needs no grab.
	if (seat->server->locked && accept != seat_serial_any)
		return false;
	return serial && seat_client && find_kind(&seat_client->serials, serial, &kind) &&
		accept(kind);
}

bool seat_serial_is_press(enum seat_serial kind)
{
	return kind == SERIAL_BUTTON || kind == SERIAL_KEY || kind == SERIAL_TOUCH ||
		kind == SERIAL_TOOL;
}

bool seat_serial_any(enum seat_serial kind)
{
	return true;
}
