// SPDX-License-Identifier: MIT
// Timers: order, changes inside callbacks, and the single descriptor of the real clock.
#include "compositor/base/clock.h"
#include <stdlib.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define TIMERS 50

struct bell {
	struct timer timer;
	struct clock *clock;
	uint64_t last_ns; // time of the last call
	int rung, number;
	int *order, *n_order;
	struct bell *cancels, *sets;
	uint64_t sets_ns;
	bool destroys;
};

static void on_ring(void *data)
{
	struct bell *bell = data;
	bell->last_ns = clock_now_ns(bell->clock);
	bell->rung++;
	if (bell->order)
		bell->order[(*bell->n_order)++] = bell->number;
	check(!timer_is_set(&bell->timer));
	if (bell->cancels)
		timer_cancel(&bell->cancels->timer);
	if (bell->sets)
		timer_set(&bell->sets->timer, bell->sets_ns);
	if (bell->destroys) {
		timer_finish(&bell->timer);
		free(bell);
	}
}

static void bell_init(struct bell *bell, struct clock *clock)
{
	*bell = (struct bell){.clock = clock};
	timer_init(&bell->timer, clock, on_ring, bell);
}

TEST(virtual_time_stands_still)
{
	struct clock *clock = clock_create_virtual();
	check(clock_is_virtual(clock));
	check_eq(clock_now_ns(clock), NSEC_PER_SEC);
	check_eq(clock_now_ms(clock), 1000);
	check_eq(clock_next_ns(clock), CLOCK_NEVER);
	clock_advance_to(clock, 5);
	check_eq(clock_now_ns(clock), NSEC_PER_SEC); // time never moves back
	clock_advance_to(clock, 2 * NSEC_PER_SEC);
	check_eq(clock_now_ns(clock), 2 * NSEC_PER_SEC);
	clock_destroy(clock);
}

TEST(each_rings_at_its_own_moment)
{
	struct clock *clock = clock_create_virtual();
	struct bell bells[3];
	static const uint64_t when[] = {3000, 1000, 2000};
	for (int i = 0; i < 3; i++) {
		bell_init(&bells[i], clock);
		timer_set(&bells[i].timer, NSEC_PER_SEC + when[i]);
	}
	check_eq(clock_next_ns(clock), NSEC_PER_SEC + 1000);
	clock_advance_to(clock, NSEC_PER_SEC + 2500);
	check_eq(bells[0].rung, 0);
	check_eq(bells[1].last_ns, NSEC_PER_SEC + 1000);
	check_eq(bells[2].last_ns, NSEC_PER_SEC + 2000);
	check_eq(clock_now_ns(clock), NSEC_PER_SEC + 2500);
	clock_advance_to(clock, NSEC_PER_SEC + 3000);
	check_eq(bells[0].rung, 1);
	for (int i = 0; i < 3; i++)
		timer_finish(&bells[i].timer);
	clock_destroy(clock);
}

// Random arming, advancing and cancelling, compared with a plain list.
TEST(order_of_many)
{
	struct clock *clock = clock_create_virtual();
	struct bell bells[TIMERS];
	uint64_t when[TIMERS], set_at[TIMERS], sets = 0, seed = 17;
	int order[TIMERS], n_order = 0;
	for (int i = 0; i < TIMERS; i++) {
		bell_init(&bells[i], clock);
		bells[i].number = i;
		bells[i].order = order;
		bells[i].n_order = &n_order;
		when[i] = CLOCK_NEVER;
	}
	for (int step = 0; step < 500; step++) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		int i = (int)((seed >> 33) % TIMERS);
		when[i] = seed >> 60 ? NSEC_PER_SEC + (seed >> 40) % 20 : CLOCK_NEVER;
		set_at[i] = sets++;
		if (when[i] == CLOCK_NEVER && seed & 1)
			timer_cancel(&bells[i].timer);
		else
			timer_set(&bells[i].timer, when[i]);
		check_eq(timer_is_set(&bells[i].timer), when[i] != CLOCK_NEVER);
	}
	clock_advance_to(clock, 2 * NSEC_PER_SEC);
	check_eq(clock_next_ns(clock), CLOCK_NEVER);
	int want = 0;
	for (int i = 0; i < TIMERS; i++)
		want += when[i] != CLOCK_NEVER;
	check_eq(n_order, want);
	for (int i = 1; i < n_order; i++) {
		int a = order[i - 1], b = order[i];
		check(when[a] < when[b] || (when[a] == when[b] && set_at[a] < set_at[b]));
	}
	clock_destroy(clock);
}

TEST(callbacks_change_timers)
{
	struct clock *clock = clock_create_virtual();
	struct bell first, second, third;
	bell_init(&first, clock);
	bell_init(&second, clock);
	bell_init(&third, clock);
	uint64_t start = NSEC_PER_SEC;
	timer_set(&first.timer, start + 10);
	timer_set(&second.timer, start + 10);
	first.cancels = &second;
	first.sets = &third;
	first.sets_ns = start + 20;
	third.sets = &third; // arms itself once more, for a time in the past
	third.sets_ns = start + 5;
	clock_advance_to(clock, start + 19);
	check_eq(first.rung, 1);
	check_eq(second.rung, 0);
	third.sets_ns = start + 30;
	clock_advance_to(clock, start + 29);
	check_eq(third.rung, 1);
	third.sets = NULL;
	clock_advance_to(clock, start + 40);
	check_eq(third.rung, 2);
	check_eq(third.last_ns, start + 30);
	timer_finish(&first.timer);
	timer_finish(&first.timer); // a second call is allowed
	clock_destroy(clock);
	check(!timer_is_set(&third.timer));
}

TEST(past_is_now)
{
	struct clock *clock = clock_create_virtual();
	struct bell bell;
	bell_init(&bell, clock);
	timer_set(&bell.timer, 3);
	check_eq(bell.rung, 0);
	clock_advance_to(clock, NSEC_PER_SEC);
	check_eq(bell.rung, 1);
	check_eq(bell.last_ns, NSEC_PER_SEC);
	timer_set(&bell.timer, CLOCK_NEVER);
	check(!timer_is_set(&bell.timer));
	clock_destroy(clock);
}

TEST(a_timer_may_go_in_its_callback)
{
	struct clock *clock = clock_create_virtual();
	struct bell *bell = xcalloc(1, sizeof(*bell));
	bell_init(bell, clock);
	bell->destroys = true;
	timer_set(&bell->timer, NSEC_PER_SEC + 1);
	clock_advance_to(clock, 2 * NSEC_PER_SEC);
	struct timer never = {0};
	check(!timer_is_set(&never));
	timer_finish(&never);
	clock_destroy(clock);
	clock_destroy(NULL);
}

TEST(real_time)
{
	struct wl_event_loop *loop = wl_event_loop_create();
	struct clock *clock = clock_create_real(loop);
	check(clock != NULL);
	check(!clock_is_virtual(clock));
	uint64_t start = clock_now_ns(clock);
	check(start > 0);
	clock_advance_to(clock, start + 1000 * NSEC_PER_SEC); // no effect on the real clock
	struct bell soon, now, far;
	bell_init(&soon, clock);
	bell_init(&now, clock);
	bell_init(&far, clock);
	timer_set(&far.timer, start + 1000 * NSEC_PER_SEC);
	timer_set(&soon.timer, start + 2 * NSEC_PER_MSEC);
	timer_set(&now.timer, 0);
	while (!soon.rung)
		wl_event_loop_dispatch(loop, -1);
	check_eq(now.rung, 1);
	check_eq(far.rung, 0);
	check(soon.last_ns >= start + 2 * NSEC_PER_MSEC);
	timer_cancel(&far.timer);
	check_eq(clock_next_ns(clock), CLOCK_NEVER);
	wl_event_loop_dispatch(loop, 0); // no timer is armed
	clock_destroy(clock);
	wl_event_loop_destroy(loop);
}
