// SPDX-License-Identifier: MIT
// Time as an object: the system's monotonic clock, or a virtual one that is advanced explicitly.
// All timers of a server use its clock.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct wl_event_loop;
struct clock;

#define CLOCK_NEVER UINT64_MAX

struct timer {
	struct clock *clock; // NULL before timer_init
	uint64_t when_ns;    // CLOCK_NEVER: not armed
	uint64_t order;      // timers of the same time fire in the order they were set
	int index;           // in the heap, -1: not armed
	void (*callback)(void *data);
	void *data;
};

// The system's clock: one timerfd, armed only while a timer is set, so an idle server does not wake
// up. NULL: failed (logged).
struct clock *clock_create_real(struct wl_event_loop *loop);
// A virtual clock. Starts at 1 s, so that no timestamp is zero. Never NULL.
struct clock *clock_create_virtual(void);
// NULL is allowed. All timers must have been finished.
void clock_destroy(struct clock *clock);

// Created by clock_create_virtual.
bool clock_is_virtual(const struct clock *clock);
// CLOCK_MONOTONIC: what clock_now_ns returns for real clocks, and clients can read.
uint64_t clock_monotonic_ns(void);
// CLOCK_MONOTONIC, or virtual time.
uint64_t clock_now_ns(const struct clock *clock);
// The same as a timestamp of Wayland events.
uint32_t clock_now_ms(const struct clock *clock);
// When the next timer fires; CLOCK_NEVER: none is set.
uint64_t clock_next_ns(const struct clock *clock);
// Virtual clocks only: advances to at least to_ns and fires due timers in order, each at its own
// time, including those that callbacks set.
void clock_advance_to(struct clock *clock, uint64_t to_ns);

// Initialises a timer that is not armed.
void timer_init(struct timer *timer, struct clock *clock, void (*callback)(void *data), void *data);
// Arms the timer: fires once at when_ns, or from the loop at once if that is past. Replaces an
// earlier time.
void timer_set(struct timer *timer, uint64_t when_ns);
// Disarms the timer.
void timer_cancel(struct timer *timer);
// The timer is armed.
bool timer_is_set(const struct timer *timer);
// Disarms the timer for good. A zeroed timer is allowed.
void timer_finish(struct timer *timer);
