// SPDX-License-Identifier: MIT
// Estimates the offset between the X server's clock and ours.
#include "backends/x11/timestamp.h"

#define MAX_LATE_MS 1000 // beyond this the server's clock was set; no event is read so late

uint64_t timestamp_to_us(struct timestamp_offset *offset, uint32_t server_ms, uint64_t now_us)
{
	uint64_t now_ms = now_us / 1000;
	uint32_t late_ms = (uint32_t)now_ms - server_ms - offset->offset_ms;
	// An early event wraps to a large number: the offset was from an event that was read later.
	if (!offset->known || late_ms > MAX_LATE_MS) {
		offset->known = true;
		offset->offset_ms = (uint32_t)now_ms - server_ms;
		return now_us;
	}
	return late_ms ? (now_ms - late_ms) * 1000 : now_us;
}
