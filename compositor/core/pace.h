// SPDX-License-Identifier: MIT
// When to start a frame, and when a self-paced screen's beat falls. Pure arithmetic.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PACE_SAMPLES 8

struct pace {
	uint64_t period_ns;              // of the refresh, never 0
	uint64_t last_ns;                // when the last frame was shown, 0: none yet
	uint32_t costs_ns[PACE_SAMPLES]; // of the last frames
	unsigned next_cost;
	bool self_paced; // nobody else keeps the beat
};

void pace_init(struct pace *pace, int refresh_mhz, bool self_paced);
// When to start the next frame. A self-paced screen that rested starts at once and otherwise on
// the beat; a real one as late as the slowest of the last frames allows before the next refresh.
uint64_t pace_next(const struct pace *pace, uint64_t now_ns);
void pace_cost(struct pace *pace, uint64_t cost_ns);
void pace_presented(struct pace *pace, uint64_t time_ns);
