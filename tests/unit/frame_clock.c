// SPDX-License-Identifier: MIT
#include "compositor/output/frame_clock.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

TEST(self_paced_rests_then_starts_at_once)
{
	struct frame_clock clock;
	frame_clock_init(&clock, 50000, true);
	check_eq(clock.period_ns, 20 * NSEC_PER_MSEC);
	check_eq(frame_clock_next(&clock, 5), 5);
	frame_clock_presented(&clock, 100 * NSEC_PER_MSEC);
	check_eq(frame_clock_next(&clock, 101 * NSEC_PER_MSEC), 120 * NSEC_PER_MSEC);
	check_eq(frame_clock_next(&clock, 500 * NSEC_PER_MSEC), 500 * NSEC_PER_MSEC);
}

TEST(real_screens_start_before_the_refresh)
{
	struct frame_clock clock;
	frame_clock_init(&clock, 50000, false);
	frame_clock_presented(&clock, 100 * NSEC_PER_MSEC);
	uint64_t quick = frame_clock_next(&clock, 101 * NSEC_PER_MSEC);
	check(quick > 101 * NSEC_PER_MSEC && quick < 120 * NSEC_PER_MSEC);
	frame_clock_cost(&clock, 5 * NSEC_PER_MSEC);
	uint64_t slow = frame_clock_next(&clock, 101 * NSEC_PER_MSEC);
	check_eq(slow, quick - 5 * NSEC_PER_MSEC);
	// After a long idle time: never in the past, at most one refresh ahead.
	uint64_t later = frame_clock_next(&clock, 1234567890);
	check(later >= 1234567890 && later <= 1234567890 + clock.period_ns);
}

TEST(unknown_refresh_is_sixty)
{
	struct frame_clock clock;
	frame_clock_init(&clock, 0, true);
	check_eq(clock.period_ns, 16666666);
}
