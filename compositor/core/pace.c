// SPDX-License-Identifier: MIT
#include "compositor/core/pace.h"
#include "compositor/base/base.h"

// What the start of a frame is early by, on top of the slowest of the last frames.
#define MARGIN_NS (1500 * NSEC_PER_USEC)

void pace_init(struct pace *pace, int refresh_mhz, bool self_paced)
{
	if (refresh_mhz <= 0)
		refresh_mhz = 60000;
	*pace = (struct pace){
		.period_ns = MAX(UINT64_C(1000000000000) / (uint64_t)refresh_mhz, 1),
		.self_paced = self_paced,
	};
}

uint64_t pace_next(const struct pace *pace, uint64_t now_ns)
{
	if (!pace->last_ns)
		return now_ns;
	uint64_t next = pace->last_ns + pace->period_ns;
	if (pace->self_paced)
		return MAX(next, now_ns);
	uint32_t cost = 0;
	for (int i = 0; i < PACE_SAMPLES; i++)
		cost = MAX(cost, pace->costs_ns[i]);
	uint64_t early = cost + MARGIN_NS;
	if (next < now_ns + early)
		next += (now_ns + early - next) / pace->period_ns * pace->period_ns;
	// A frame that cannot make this refresh starts at once rather than a whole period later.
	return next > now_ns + early ? next - early : now_ns;
}

void pace_cost(struct pace *pace, uint64_t cost_ns)
{
	pace->costs_ns[pace->next_cost++ % PACE_SAMPLES] = (uint32_t)MIN(cost_ns, UINT32_MAX);
}

void pace_presented(struct pace *pace, uint64_t time_ns)
{
	pace->last_ns = time_ns;
}
