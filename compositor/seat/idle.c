// SPDX-License-Identifier: MIT
// Idle timers. Activity only stores a time; a timer that fires early is armed again. So input
// events cost nothing, and an idle user costs one wake-up per watch.
#include "compositor/seat/idle.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/server.h"

struct idle {
	struct clock *clock;
	uint64_t active_ns; // of the last activity
	unsigned inhibitors;
	unsigned n_idle;        // watches that are idle
	struct wl_list watches; // idle_watch.link
};

struct idle *idle_create(struct server *server)
{
	struct idle *idle = xcalloc(1, sizeof(*idle));
	idle->clock = server->clock;
	idle->active_ns = clock_now_ns(idle->clock);
	wl_list_init(&idle->watches);
	return idle;
}

void idle_destroy(struct idle *idle)
{
	if (!idle)
		return;
	struct idle_watch *watch, *tmp;
	wl_list_for_each_safe(watch, tmp, &idle->watches, link)
		idle_watch_remove(watch);
	free(idle);
}

static bool is_held(const struct idle_watch *watch)
{
	return watch->idle->inhibitors > 0 && !watch->ignores_inhibitors;
}

static uint64_t due_ns(const struct idle_watch *watch)
{
	uint64_t since = MAX(watch->since_ns, watch->idle->active_ns);
	return watch->timeout_ns < CLOCK_NEVER - since ? since + watch->timeout_ns : CLOCK_NEVER;
}

static void watch_arm(struct idle_watch *watch)
{
	if (watch->is_idle || is_held(watch))
		timer_cancel(&watch->timer);
	else
		timer_set(&watch->timer, due_ns(watch));
}

static void set_idle(struct idle_watch *watch, bool is_idle)
{
	watch->is_idle = is_idle;
	watch->idle->n_idle += is_idle ? 1 : -1u;
	watch_arm(watch);
	watch->changed(watch, is_idle); // may free the watch
}

static void on_timer(void *data)
{
	struct idle_watch *watch = data;
	if (clock_now_ns(watch->idle->clock) < due_ns(watch))
		watch_arm(watch); // there was activity meanwhile
	else
		set_idle(watch, true);
}

void idle_activity(struct idle *idle)
{
	idle->active_ns = clock_now_ns(idle->clock);
	if (idle->n_idle == 0)
		return;
	struct idle_watch *watch, *tmp;
	wl_list_for_each_safe(watch, tmp, &idle->watches, link) {
		if (watch->is_idle)
			set_idle(watch, false);
	}
}

// A new inhibitor does not resume idle watches. When the last one is removed, timeouts start over.
void idle_inhibit(struct idle *idle, int delta)
{
	bool was_inhibited = idle->inhibitors > 0;
	idle->inhibitors += (unsigned)delta;
	if (was_inhibited == (idle->inhibitors > 0))
		return;
	struct idle_watch *watch;
	wl_list_for_each(watch, &idle->watches, link) {
		if (watch->ignores_inhibitors)
			continue;
		if (was_inhibited)
			watch->since_ns = clock_now_ns(idle->clock);
		watch_arm(watch);
	}
}

void idle_watch_add(struct idle *idle, struct idle_watch *watch, uint64_t timeout_ns,
	bool ignores_inhibitors, void (*changed)(struct idle_watch *watch, bool is_idle))
{
	*watch = (struct idle_watch){
		.idle = idle,
		.timeout_ns = timeout_ns,
		.since_ns = clock_now_ns(idle->clock),
		.ignores_inhibitors = ignores_inhibitors,
		.changed = changed,
	};
	wl_list_insert(idle->watches.prev, &watch->link);
	timer_init(&watch->timer, idle->clock, on_timer, watch);
	watch_arm(watch);
}

void idle_watch_remove(struct idle_watch *watch)
{
	if (!watch->idle)
		return;
	if (watch->is_idle)
		watch->idle->n_idle--;
	timer_finish(&watch->timer);
	wl_list_remove(&watch->link);
	watch->idle = NULL;
}
