// SPDX-License-Identifier: MIT
// Timers in a heap, driven by a timerfd or by virtual time.
#include "compositor/base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct clock {
	struct timer **heap; // smallest (when_ns, order) first
	size_t count, capacity;
	uint64_t next_order;

	bool is_virtual;
	uint64_t now_ns; // virtual
	int fd;          // real; -1 otherwise
	struct wl_event_source *source;
	uint64_t armed_ns; // time that fd is armed for
	bool firing;       // callbacks run; fd is armed once after them
};

static bool timer_is_earlier(const struct timer *a, const struct timer *b)
{
	return a->when_ns != b->when_ns ? a->when_ns < b->when_ns : a->order < b->order;
}

static void heap_put(struct clock *clock, size_t index, struct timer *timer)
{
	clock->heap[index] = timer;
	timer->index = (int)index;
}

static void sift_up(struct clock *clock, size_t index, struct timer *timer)
{
	while (index > 0 && timer_is_earlier(timer, clock->heap[(index - 1) / 2])) {
		heap_put(clock, index, clock->heap[(index - 1) / 2]);
		index = (index - 1) / 2;
	}
	heap_put(clock, index, timer);
}

static void sift_down(struct clock *clock, size_t index, struct timer *timer)
{
	for (;;) {
		size_t child = 2 * index + 1;
		if (child >= clock->count)
			break;
		if (child + 1 < clock->count &&
			timer_is_earlier(clock->heap[child + 1], clock->heap[child]))
			child++;
		if (!timer_is_earlier(clock->heap[child], timer))
			break;
		heap_put(clock, index, clock->heap[child]);
		index = child;
	}
	heap_put(clock, index, timer);
}

static void heap_remove(struct clock *clock, struct timer *timer)
{
	size_t index = (size_t)timer->index;
	struct timer *last = clock->heap[--clock->count];
	timer->index = -1;
	timer->when_ns = CLOCK_NEVER;
	if (last == timer)
		return;
	if (index > 0 && timer_is_earlier(last, clock->heap[(index - 1) / 2]))
		sift_up(clock, index, last);
	else
		sift_down(clock, index, last);
}

uint64_t clock_next_ns(const struct clock *clock)
{
	return clock->count ? clock->heap[0]->when_ns : CLOCK_NEVER;
}

static void clock_arm(struct clock *clock)
{
	uint64_t next = clock_next_ns(clock);
	if (clock->is_virtual || clock->firing || next == clock->armed_ns)
		return;
	struct itimerspec spec = {0};
	if (next != CLOCK_NEVER) {
		uint64_t when = MAX(next, 1); // 0 would disarm
		spec.it_value.tv_sec = (time_t)(when / NSEC_PER_SEC);
		spec.it_value.tv_nsec = (long)(when % NSEC_PER_SEC);
	}
	if (timerfd_settime(clock->fd, TFD_TIMER_ABSTIME, &spec, NULL) < 0)
		log_errno("cannot arm a timer");
	clock->armed_ns = next;
}

static void fire_first(struct clock *clock)
{
	struct timer *timer = clock->heap[0];
	heap_remove(clock, timer);
	timer->callback(timer->data); // may free the timer
}

static int on_timerfd(int fd, uint32_t mask, void *data)
{
	struct clock *clock = data;
	uint64_t expirations;
	ssize_t ignored = read(fd, &expirations, sizeof(expirations));
	(void)ignored;
	clock->armed_ns = CLOCK_NEVER;
	clock->firing = true;
	// Timers that callbacks set for the past fire in the next turn of the loop, so that they
	// cannot block it.
	uint64_t now = clock_now_ns(clock);
	for (size_t left = clock->count; left > 0 && clock_next_ns(clock) <= now; left--)
		fire_first(clock);
	clock->firing = false;
	clock_arm(clock);
	return 0;
}

static struct clock *clock_create(bool is_virtual)
{
	struct clock *clock = xcalloc(1, sizeof(*clock));
	clock->is_virtual = is_virtual;
	clock->now_ns = NSEC_PER_SEC;
	clock->fd = -1;
	clock->armed_ns = CLOCK_NEVER;
	return clock;
}

struct clock *clock_create_real(struct wl_event_loop *loop)
{
	struct clock *clock = clock_create(false);
	clock->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (clock->fd < 0) {
		log_errno("cannot create a timer");
		goto fail;
	}
	clock->source = wl_event_loop_add_fd(loop, clock->fd, WL_EVENT_READABLE, on_timerfd, clock);
	if (!clock->source) {
		log_errno("cannot add a timer to the event loop");
		goto fail;
	}
	return clock;
fail:
	clock_destroy(clock);
	return NULL;
}

struct clock *clock_create_virtual(void)
{
	return clock_create(true);
}

void clock_destroy(struct clock *clock)
{
	if (!clock)
		return;
	while (clock->count > 0) {
		struct timer *timer = clock->heap[clock->count - 1];
		heap_remove(clock, timer);
		timer->clock = NULL;
	}
	if (clock->source)
		wl_event_source_remove(clock->source);
	close_fd(&clock->fd);
	free(clock->heap);
	free(clock);
}

bool clock_is_virtual(const struct clock *clock)
{
	return clock->is_virtual;
}

uint64_t clock_monotonic_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

uint64_t clock_now_ns(const struct clock *clock)
{
	return clock->is_virtual ? clock->now_ns : clock_monotonic_ns();
}

uint32_t clock_now_ms(const struct clock *clock)
{
	return (uint32_t)(clock_now_ns(clock) / NSEC_PER_MSEC);
}

void clock_advance_to(struct clock *clock, uint64_t to_ns)
{
	if (!clock->is_virtual)
		return;
	while (clock->count > 0 && clock->heap[0]->when_ns <= to_ns) {
		clock->now_ns = MAX(clock->now_ns, clock->heap[0]->when_ns);
		fire_first(clock);
	}
	clock->now_ns = MAX(clock->now_ns, to_ns);
}

void timer_init(struct timer *timer, struct clock *clock, void (*callback)(void *data), void *data)
{
	*timer = (struct timer){
		.clock = clock,
		.when_ns = CLOCK_NEVER,
		.index = -1,
		.callback = callback,
		.data = data,
	};
}

void timer_set(struct timer *timer, uint64_t when_ns)
{
	struct clock *clock = timer->clock;
	if (timer_is_set(timer))
		heap_remove(clock, timer);
	if (when_ns != CLOCK_NEVER) {
		timer->when_ns = when_ns;
		timer->order = clock->next_order++;
		array_reserve(clock->heap, clock->count, clock->capacity);
		clock->count++;
		sift_up(clock, clock->count - 1, timer);
	}
	clock_arm(clock);
}

void timer_cancel(struct timer *timer)
{
	if (!timer_is_set(timer))
		return;
	heap_remove(timer->clock, timer);
	clock_arm(timer->clock);
}

bool timer_is_set(const struct timer *timer)
{
	return timer->clock && timer->index >= 0;
}

void timer_finish(struct timer *timer)
{
	timer_cancel(timer);
	timer->clock = NULL;
}
