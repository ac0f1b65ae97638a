// SPDX-License-Identifier: MIT
// Converts timestamps of the X server to our clock. They count milliseconds from an arbitrary start
// and wrap at 32 bits.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct timestamp_offset {
	bool known;
	uint32_t offset_ms; // our time minus the server's, modulo 2^32, of the fastest event so far
};

// The time of an event in microseconds of our clock, never later than now_us. Keeps the server's
// intervals between events, so that events read in one batch do not all get the same time.
uint64_t timestamp_to_us(struct timestamp_offset *offset, uint32_t server_ms, uint64_t now_us);
