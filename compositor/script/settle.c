// SPDX-License-Identifier: MIT
// Detects idle clients: settled for pictures, resting for virtual time.
//
// Settled: the picture will not change by itself. No configure is unacknowledged, no commit queued,
// no frame pending on an output, no event unread, and for N refreshes there were no new pixels,
// commits or input. Then each client with a window must answer a ping that was sent after all that,
// frame callbacks included, so that none is about to answer one with a commit. And all processes
// that we started must have slept for as long: this covers clients that answer pings before they
// paint, that defer painting by a short timer, or that have not connected yet. Programs with
// periodic timers never sleep for long; after half a second in which nothing else is missing, one
// moment in which they sleep is enough.
//
// Resting: checked before a virtual clock advances, and what makes pictures reproducible. Time
// stands still until each client has reacted to all it received, however slow the machine. A ping
// does not prove that, since toolkits answer it before they paint. Instead: our own event loop has
// nothing to read, no client has unread events, and at one moment all threads of all programs sleep
// (procs.c). A program that sleeps then waits for us or for a timer of its own, and only the latter
// can differ from run to run. So an animation driven by frame callbacks commits exactly one picture
// per frame, in the same order, on every machine. Two exceptions keep the clock from standing still
// for ever: a thread that never sleeps is ignored after a second of processor time, a client that
// sleeps on unread events or waits for its GPU after half a second.
#include "compositor/script/settle.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/workers.h"
#include "compositor/output/output.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/lookup.h"
#include "compositor/script/procs.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "compositor/xwayland/xwayland.h"

#define STUCK_NS (500 * NSEC_PER_MSEC)
// Limit in virtual time: a virtual clock passes millions of frames within a limit in real time.
#define VIRTUAL_LIMIT_NS (10 * NSEC_PER_SEC)
#define NEVER_STILL_NS (500 * NSEC_PER_MSEC)
// A surface with a commit this recent is named as the reason when the limit is reached.
#define BUSY_NS (250 * NSEC_PER_MSEC)

static void on_quiet_over(void *data)
{
	// Wakes the loop; settle_poll follows.
}

void settle_begin(struct settle *settle, struct client_watch *watch, int refreshes)
{
	*settle = (struct settle){.watch = watch, .refreshes = refreshes};
	settle->began_ns = clock_now_ns(watch->server->clock);
	timer_init(&settle->timer, watch->server->clock, on_quiet_over, settle);
}

void settle_finish(struct settle *settle)
{
	timer_finish(&settle->timer);
	barrier_finish(&settle->barrier);
}

static uint64_t longest_period(struct server *server)
{
	uint64_t period = 0;
	struct output *output;
	wl_list_for_each(output, &server->outputs, link)
		if (output->enabled)
			period = MAX(period, output->frame_clock.period_ns);
	return period ? period : NSEC_PER_SEC / 60;
}

// Whether a mapped window, popup or layer surface has a configure unsent or unacknowledged.
static bool has_pending_configure(const struct surface *surface)
{
	const struct window *window = surface->window;
	return surface->mapped &&
		(surface->owed_ack ||
			(window && window->initial_configured && window->configure_queued));
}

static bool is_frozen(struct client_watch *watch, struct wl_client *client)
{
	struct watched_client *found = client_watch_find(watch, client);
	return found && found->frozen;
}

static char *describe_surface(struct surface *surface)
{
	char *client = client_describe(wl_resource_get_client(surface->resource));
	char *name = surface_name(surface);
	char *text = xasprintf("client %s, %s, wl_surface@%u", client, name,
		wl_resource_get_id(surface->resource));
	free(client);
	free(name);
	return text;
}

static char *join_clause(char *name, char *what)
{
	char *text = xasprintf("%s %s", name, what);
	free(name);
	free(what);
	return text;
}

static const char *commit_blocker(const struct surface_commit *commit)
{
	if (commit->state.set & SURFACE_FIFO_WAIT && commit->surface->fifo_barrier)
		return "the previous frame (fifo)";
	return commit->waits & SURFACE_WAIT_TIME ? "its target time" : "a fence";
}

// What is pending, in the order in which it is reported.
enum pending {
	PENDING_NOTHING,
	PENDING_CONFIGURE,
	PENDING_COMMIT,
	// also a consequence of a client that keeps committing
	PENDING_FRAME,
	PENDING_UNREAD,
	PENDING_FILE,
	PENDING_XWAYLAND,
};

// The first of what is pending. *why (may be NULL; caller frees) is set to a clause about it.
static enum pending find_pending(struct client_watch *watch, char **why, bool *poll_again)
{
	struct server *server = watch->server;
	struct surface *surface;
	wl_list_for_each(surface, &server->surfaces, link) {
		if (!has_pending_configure(surface) ||
			is_frozen(watch, wl_resource_get_client(surface->resource)))
			continue;
		if (why)
			*why = join_clause(describe_surface(surface),
				xasprintf("has not acknowledged the configure with serial %u",
					surface->owed_ack));
		return PENDING_CONFIGURE;
	}
	wl_list_for_each(surface, &server->surfaces, link) {
		if (wl_list_empty(&surface->queue))
			continue;
		struct surface_commit *commit = wl_container_of(surface->queue.next, commit, link);
		if (why)
			*why = join_clause(describe_surface(surface),
				xasprintf(
					"has a commit that waits for %s", commit_blocker(commit)));
		return PENDING_COMMIT;
	}
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output_is_idle(output))
			continue;
		if (why)
			*why = xasprintf("output %s has a pending frame", output->name);
		return PENDING_FRAME;
	}
	struct watched_client *client;
	wl_list_for_each(client, &watch->clients, link) {
		int unread = client->frozen ? 0 : client_unread(client->client);
		if (unread == 0)
			continue;
		if (poll_again)
			*poll_again = true;
		if (why)
			*why = join_clause(client_describe(client->client),
				xasprintf("has not read %d bytes of events", unread));
		return PENDING_UNREAD;
	}
	if (workers_busy(server->workers)) {
		if (why)
			*why = xstrdup("a file is being read");
		return PENDING_FILE;
	}
	const char *pending = xwayland_pending(server->xwayland);
	if (pending) {
		if (why)
			*why = xstrdup(pending);
		return PENDING_XWAYLAND;
	}
	return PENDING_NOTHING;
}

static bool processes_asleep(struct client_watch *watch, char **why)
{
	pid_t pids[64];
	size_t count = 0;
	struct watched_client *client;
	wl_list_for_each(client, &watch->clients, link)
		if (count < array_length(pids))
			pids[count++] = client_pid(client->client);
	return procs_asleep(watch->procs, pids, count, why);
}

// Whether all processes slept during the quiet time; the last condition to be checked.
static bool processes_stayed_asleep(struct settle *settle, uint64_t quiet_ns, bool *poll_again)
{
	struct client_watch *watch = settle->watch;
	if (!processes_asleep(watch, NULL)) {
		*poll_again = true;
		return false;
	}
	uint64_t now = clock_monotonic_ns(), signature = procs_signature(watch->procs);
	if (!settle->still_ns || settle->signature != signature) {
		settle->signature = signature;
		settle->still_ns = now;
	}
	uint64_t when = watch->activity_ns + quiet_ns;
	if (clock_now_ns(watch->server->clock) < when) {
		timer_set(&settle->timer, when);
		return false;
	}
	// A part of the quiet time passed before the ping was answered.
	if (now - settle->still_ns >= quiet_ns * 3 / 4)
		return true;
	if (!settle->waiting_ns)
		settle->waiting_ns = now;
	*poll_again = true;
	return now - settle->waiting_ns > NEVER_STILL_NS;
}

bool settle_poll(struct settle *settle, bool *poll_again)
{
	struct client_watch *watch = settle->watch;
	if (find_pending(watch, NULL, poll_again)) {
		settle->asked = false;
		return false;
	}
	if (!settle->asked || settle->sent != watch->sent) {
		settle->asked = true;
		settle->waiting_ns = settle->still_ns = 0;
		settle->sent = watch->sent;
		barrier_finish(&settle->barrier);
		barrier_begin(&settle->barrier, watch);
		barrier_add_all(&settle->barrier);
		barrier_ask(&settle->barrier);
	}
	uint64_t quiet_ns = (uint64_t)settle->refreshes * longest_period(watch->server);
	return barrier_done(&settle->barrier, poll_again) &&
		processes_stayed_asleep(settle, quiet_ns, poll_again);
}

bool settle_is_likely(const struct settle *settle)
{
	return settle->still_ns && settle->asked && settle->sent == settle->watch->sent &&
		settle->barrier.count == 0;
}

bool settle_is_hopeless(const struct settle *settle)
{
	struct clock *clock = settle->watch->server->clock;
	return clock_is_virtual(clock) && clock_now_ns(clock) - settle->began_ns > VIRTUAL_LIMIT_NS;
}

// Names the surface with the newest commit, if that is recent. The caller frees it; may be NULL.
static char *describe_busy_surface(struct client_watch *watch, uint64_t within_ns)
{
	struct watched_surface *surface, *newest = NULL;
	wl_list_for_each(surface, &watch->surfaces, link)
		if (surface->commits && (!newest || surface->last_ns > newest->last_ns))
			newest = surface;
	uint64_t ago = newest ? clock_now_ns(watch->server->clock) - newest->last_ns : UINT64_MAX;
	if (ago > within_ns)
		return NULL;
	return join_clause(describe_surface(newest->surface),
		xasprintf("keeps committing (%llu so far, the last %llu ms ago)",
			(unsigned long long)newest->commits,
			(unsigned long long)(ago / NSEC_PER_MSEC)));
}

char *settle_why(struct settle *settle)
{
	struct client_watch *watch = settle->watch;
	char *why = NULL;
	enum pending pending = find_pending(watch, &why, NULL);
	if (pending == PENDING_CONFIGURE || pending == PENDING_COMMIT)
		return why;
	char *busy = describe_busy_surface(watch, BUSY_NS);
	if (busy) {
		free(why);
		return busy;
	}
	if (why)
		return why;
	why = barrier_why(&settle->barrier);
	if (!why && !processes_asleep(watch, &why))
		return why;
	return why ? why : xstrdup("it has not been quiet for long enough");
}

// Whether a commit of the client waits for a GPU.
static bool waits_for_fence(struct client_watch *watch, struct wl_client *client)
{
	const struct surface *surface;
	wl_list_for_each(surface, &watch->server->surfaces, link) {
		const struct surface_commit *commit;
		if (wl_list_empty(&surface->commits) ||
			wl_resource_get_client(surface->resource) != client)
			continue;
		wl_list_for_each(commit, &surface->commits, own_link) {
			if (commit->waits & SURFACE_WAIT_FENCE)
				return true;
		}
	}
	return false;
}

static bool has_work_due(struct client_watch *watch, const struct watched_client *client)
{
	return client_unread(client->client) > 0 || waits_for_fence(watch, client->client);
}

bool clients_resting(struct client_watch *watch, uint64_t now_ns)
{
	bool due = false;
	struct watched_client *client;
	wl_list_for_each(client, &watch->clients, link) {
		if (client->frozen)
			continue;
		if (!has_work_due(watch, client))
			client->stuck_ns = 0;
		else if (!client->stuck_ns || now_ns - client->stuck_ns < STUCK_NS)
			due = true;
	}
	bool x_due = xwayland_pending(watch->server->xwayland) != NULL;
	if (!x_due)
		watch->x_stuck_ns = 0;
	else if (!watch->x_stuck_ns || now_ns - watch->x_stuck_ns < STUCK_NS)
		due = true;
	if (!processes_asleep(watch, NULL))
		return false;
	if (!due)
		return true;
	if (x_due && !watch->x_stuck_ns)
		watch->x_stuck_ns = now_ns;
	wl_list_for_each(client, &watch->clients, link)
		if (!client->stuck_ns && has_work_due(watch, client))
			client->stuck_ns = now_ns;
	return false;
}
