// SPDX-License-Identifier: MIT
// The X server's clock on ours: it counts milliseconds from whenever it likes, and wraps.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct stamp {
	bool known;
	uint32_t offset_ms; // ours minus the server's, modulo 2^32, of the fastest event so far
};

// When it happened, in microseconds of our clock; never later than now_us. Distances between events
// are the server's, so that what was read late at once does not look as if it happened at once.
uint64_t stamp_to_us(struct stamp *stamp, uint32_t server_ms, uint64_t now_us);
