// SPDX-License-Identifier: MIT
#include "compositor/output/frame_clock.h"
#include "compositor/base/base.h"

// Safety margin on top of the slowest of the last frames.
#define MARGIN_NS (1500 * NSEC_PER_USEC)

void frame_clock_init(struct frame_clock *clock, int refresh_mhz, bool self_paced)
{
	if (refresh_mhz <= 0)
		refresh_mhz = 60000;
	*clock = (struct frame_clock){
		.period_ns = MAX(UINT64_C(1000000000000) / (uint64_t)refresh_mhz, 1),
		.self_paced = self_paced,
	};
}

uint64_t frame_clock_next(const struct frame_clock *clock, uint64_t now_ns)
{
	if (!clock->last_ns)
		return now_ns;
	uint64_t next = clock->last_ns + clock->period_ns;
	if (clock->self_paced)
		return MAX(next, now_ns);
	uint32_t cost = 0;
	for (int i = 0; i < FRAME_CLOCK_SAMPLES; i++)
		cost = MAX(cost, clock->costs_ns[i]);
	uint64_t early = cost + MARGIN_NS;
	if (next < now_ns + early)
		next += (now_ns + early - next) / clock->period_ns * clock->period_ns;
	// A frame too late for this refresh starts at once instead of a period later.
	return next > now_ns + early ? next - early : now_ns;
}

void frame_clock_cost(struct frame_clock *clock, uint64_t cost_ns)
{
	clock->costs_ns[clock->next_cost++ % FRAME_CLOCK_SAMPLES] =
		(uint32_t)MIN(cost_ns, UINT32_MAX);
}

void frame_clock_presented(struct frame_clock *clock, uint64_t time_ns)
{
	clock->last_ns = time_ns;
}
