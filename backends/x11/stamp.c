// SPDX-License-Identifier: MIT
#include "backends/x11/stamp.h"

#define MAX_LATE_MS 1000 // more than that is another clock, not a late event

uint64_t stamp_to_us(struct stamp *stamp, uint32_t server_ms, uint64_t now_us)
{
	uint64_t now_ms = now_us / 1000;
	uint32_t late_ms = (uint32_t)now_ms - server_ms - stamp->offset_ms;
	// A number above the limit is also one that is early: the offset was of a slower event.
	if (!stamp->known || late_ms > MAX_LATE_MS) {
		stamp->known = true;
		stamp->offset_ms = (uint32_t)now_ms - server_ms;
		return now_us;
	}
	return late_ms ? (now_ms - late_ms) * 1000 : now_us;
}
