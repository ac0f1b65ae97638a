// SPDX-License-Identifier: MIT
#include "compositor/core/pace.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

TEST(self_paced_rests_then_starts_at_once)
{
	struct pace pace;
	pace_init(&pace, 50000, true);
	check_eq(pace.period_ns, 20 * NSEC_PER_MSEC);
	check_eq(pace_next(&pace, 5), 5);
	pace_presented(&pace, 100 * NSEC_PER_MSEC);
	check_eq(pace_next(&pace, 101 * NSEC_PER_MSEC), 120 * NSEC_PER_MSEC);
	check_eq(pace_next(&pace, 500 * NSEC_PER_MSEC), 500 * NSEC_PER_MSEC);
}

TEST(real_screens_start_before_the_refresh)
{
	struct pace pace;
	pace_init(&pace, 50000, false);
	pace_presented(&pace, 100 * NSEC_PER_MSEC);
	uint64_t quick = pace_next(&pace, 101 * NSEC_PER_MSEC);
	check(quick > 101 * NSEC_PER_MSEC && quick < 120 * NSEC_PER_MSEC);
	pace_cost(&pace, 5 * NSEC_PER_MSEC);
	uint64_t slow = pace_next(&pace, 101 * NSEC_PER_MSEC);
	check_eq(slow, quick - 5 * NSEC_PER_MSEC);
	// Long rest: never in the past, at most one refresh away.
	uint64_t later = pace_next(&pace, 1234567890);
	check(later >= 1234567890 && later <= 1234567890 + pace.period_ns);
}

TEST(unknown_refresh_is_sixty)
{
	struct pace pace;
	pace_init(&pace, 0, true);
	check_eq(pace.period_ns, 16666666);
}
