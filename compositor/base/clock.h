// SPDX-License-Identifier: MIT
// Time as an object: the monotonic clock of the system, or a virtual one that moves only when told.
// Everything that waits in the compositor waits with a timer of the server's clock.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct wl_event_loop;
struct clock;

#define CLOCK_NEVER UINT64_MAX

struct timer {
	struct clock *clock; // NULL before timer_init
	uint64_t when_ns;    // CLOCK_NEVER: not set
	uint64_t order;      // timers of the same moment fire in the order they were set
	int index;           // place in the heap, -1: not set
	void (*callback)(void *data);
	void *data;
};

// Real time: one timerfd on the loop, armed only while a timer is set (no wake-ups when idle).
struct clock *clock_create_real(struct wl_event_loop *loop); // NULL and a log line on failure
// Starts at 1 s, so that no time stamp is zero.
struct clock *clock_create_virtual(void);
// NULL is allowed. All timers must have been finished.
void clock_destroy(struct clock *clock);

bool clock_is_virtual(const struct clock *clock);
uint64_t clock_now_ns(const struct clock *clock);
uint32_t clock_now_ms(const struct clock *clock); // as time stamps on the wire are
// The clockid_t that presentation times refer to: always CLOCK_MONOTONIC on the wire.
// When the next timer fires, CLOCK_NEVER when none is set.
uint64_t clock_next_ns(const struct clock *clock);
// Virtual clocks only: moves to at least to_ns, firing what falls due on the way, in order, each
// at its own moment. Timers that callbacks set on the way fire too.
void clock_advance_to(struct clock *clock, uint64_t to_ns);

void timer_init(struct timer *timer, struct clock *clock, void (*callback)(void *data), void *data);
// Fires once at when_ns (at once from the loop when that is past). Setting again moves it.
void timer_set(struct timer *timer, uint64_t when_ns);
void timer_cancel(struct timer *timer);
bool timer_is_set(const struct timer *timer);
void timer_finish(struct timer *timer); // a zeroed timer is allowed
