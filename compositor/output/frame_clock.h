// SPDX-License-Identifier: MIT
// When to start a frame, from the refresh cycle and the cost of recent frames. Pure arithmetic.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define FRAME_CLOCK_SAMPLES 8

struct frame_clock {
	uint64_t period_ns;                     // of the refresh cycle, never 0
	uint64_t last_ns;                       // presentation time of the last frame, 0: none yet
	uint32_t costs_ns[FRAME_CLOCK_SAMPLES]; // of the last frames
	unsigned next_cost;
	bool self_paced; // the compositor keeps the cycle; there are no page flips
};

// refresh_mhz 0: 60 Hz.
void frame_clock_init(struct frame_clock *clock, int refresh_mhz, bool self_paced);
// When to start the next frame. A self-paced screen that was idle starts at once, else on the next
// cycle; one with page flips as late as the slowest of the last frames allows.
uint64_t frame_clock_next(const struct frame_clock *clock, uint64_t now_ns);
// Records how long drawing a frame took.
void frame_clock_cost(struct frame_clock *clock, uint64_t cost_ns);
// Records when a frame was presented.
void frame_clock_presented(struct frame_clock *clock, uint64_t time_ns);
