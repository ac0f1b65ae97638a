// SPDX-License-Identifier: MIT
// Two questions that look alike.
//
// "Settled" means that the picture will not change by itself: no configure without its ack, no
// commit that waits in a queue, no output with a frame to show, no bytes unread, and for N
// refreshes no new pixels, commits or input; then every client with a window answers a ping that
// was sent after all that (and after the newest frame callbacks, so nobody is about to answer one
// with a commit), and no program that we started has been at work for as long, which catches those
// who answer pings first and paint afterwards, those who put off painting by a short timer, and
// those who have not even connected. Programs with ticks of their own never keep still; after half
// a second of nothing else, a moment in which they sleep is enough.
//
// "Resting" is asked before a virtual clock moves, and it is what makes pictures repeatable: time
// stands still until each client has drawn all the conclusions from what it was told, however slow
// the machine is. A ping is no proof of that, since toolkits answer it before they paint. Instead:
// our own loop has nothing to read, no client has unread bytes, and at one moment all threads of
// all programs sleep (procs.c). Whoever sleeps then waits for us or for its own timers, and only
// the latter, which we cannot know, may differ from run to run. So an animation that is driven by
// frame callbacks commits exactly one picture per frame, in the same order, on every machine. Two
// exceptions keep the clock from standing still for ever: a thread that never sleeps is left out
// after a second of processor time, a client that sleeps on unread events or waits for its device after half
// a second.
#include "compositor/run/settle.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "compositor/base/base.h"
#include "compositor/core/layer.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "compositor/run/procs.h"

#define STUCK_NS (500 * NSEC_PER_MSEC)
// A virtual clock runs so fast that a real limit would mean millions of frames.
#define VIRTUAL_LIMIT_NS (10 * NSEC_PER_SEC)
#define PATIENCE_NS (500 * NSEC_PER_MSEC)
// Who committed so lately when the limit was reached is the one to name.
#define BUSY_NS (250 * NSEC_PER_MSEC)

static uint64_t real_now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static void on_quiet(void *data)
{
	// The loop woke up; settle_poll follows.
}

void settle_begin(struct settle *settle, struct watch *watch, int refreshes)
{
	*settle = (struct settle){.watch = watch, .refreshes = refreshes};
	settle->began_ns = clock_now_ns(watch->server->clock);
	timer_init(&settle->timer, watch->server->clock, on_quiet, settle);
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
			period = MAX(period, output->pace.period_ns);
	return period ? period : NSEC_PER_SEC / 60;
}

// Of anything that is shown: windows, popups, layer surfaces.
static bool configure_open(const struct surface *surface)
{
	const struct window *window = surface->window;
	return surface->mapped &&
		(surface->owed_ack ||
			(window && window->configured_once && window->configure_queued));
}

static bool is_frozen(struct watch *watch, struct wl_client *client)
{
	struct client_watch *found = watch_client(watch, client);
	return found && found->frozen;
}

static char *surface_name(const struct surface *surface)
{
	const struct window *window = window_from_surface((struct surface *)surface);
	char *name = client_describe(wl_resource_get_client(surface->resource));
	char *what = window ? xasprintf(", window %llu (app_id %s)", (unsigned long long)window->id,
				      window->app_id ? window->app_id : "not set")
		: surface->popup ? xstrdup(", a popup")
		: surface->layer ? xasprintf(", layer surface \"%s\"", surface->layer->namespace)
				 : xstrdup("");
	char *text = xasprintf(
		"client %s%s, wl_surface@%u", name, what, wl_resource_get_id(surface->resource));
	free(name);
	free(what);
	return text;
}

static char *named(char *name, char *what)
{
	char *text = xasprintf("%s %s", name, what);
	free(name);
	free(what);
	return text;
}

static const char *waits_for(const struct surface_commit *commit)
{
	if (commit->state.set & SURFACE_FIFO_WAIT && commit->surface->fifo_barrier)
		return "the frame before it (fifo)";
	return commit->waits & SURFACE_WAIT_TIME ? "its time" : "a fence";
}

// What is not finished, in the order in which it is worth telling.
enum open {
	OPEN_NOTHING,
	OPEN_CONFIGURE,
	OPEN_COMMIT,
	// Also what a client that goes on committing brings about.
	OPEN_FRAME,
	OPEN_UNREAD,
};

// The first thing that is not finished. why may be NULL: then only the answer counts.
static enum open something_open(struct watch *watch, char **why, bool *poll_again)
{
	struct server *server = watch->server;
	struct surface *surface;
	wl_list_for_each(surface, &server->surfaces, link) {
		if (!configure_open(surface) ||
			is_frozen(watch, wl_resource_get_client(surface->resource)))
			continue;
		if (why)
			*why = named(surface_name(surface),
				xasprintf("has not acknowledged the configure with serial %u",
					surface->owed_ack));
		return OPEN_CONFIGURE;
	}
	wl_list_for_each(surface, &server->surfaces, link) {
		if (wl_list_empty(&surface->queue))
			continue;
		struct surface_commit *commit = wl_container_of(surface->queue.next, commit, link);
		if (why)
			*why = named(surface_name(surface),
				xasprintf("has a commit that waits for %s", waits_for(commit)));
		return OPEN_COMMIT;
	}
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output_is_idle(output))
			continue;
		if (why)
			*why = xasprintf("output %s has a frame to show", output->name);
		return OPEN_FRAME;
	}
	struct client_watch *client;
	wl_list_for_each(client, &watch->clients, link) {
		int unread = client->frozen ? 0 : client_unread(client->client);
		if (unread == 0)
			continue;
		if (poll_again)
			*poll_again = true;
		if (why)
			*why = named(client_describe(client->client),
				xasprintf("has not read %d bytes of events", unread));
		return OPEN_UNREAD;
	}
	return OPEN_NOTHING;
}

static bool processes_rest(struct watch *watch, char **why)
{
	pid_t pids[64];
	size_t count = 0;
	struct client_watch *client;
	wl_list_for_each(client, &watch->clients, link)
		if (count < array_length(pids))
			pids[count++] = client_pid(client->client);
	return procs_asleep(watch->procs, pids, count, why);
}

// Called where everything else is true but perhaps the end of the quiet.
static bool processes_still(struct settle *settle, uint64_t quiet_ns, bool *poll_again)
{
	struct watch *watch = settle->watch;
	if (!processes_rest(watch, NULL)) {
		*poll_again = true;
		return false;
	}
	uint64_t now = real_now_ns(), signature = procs_signature(watch->procs);
	if (!settle->still_ns || settle->signature != signature) {
		settle->signature = signature;
		settle->still_ns = now;
	}
	uint64_t when = watch->activity_ns + quiet_ns;
	if (clock_now_ns(watch->server->clock) < when) {
		timer_set(&settle->timer, when);
		return false;
	}
	// The answer to the ping took a part of the quiet.
	if (now - settle->still_ns >= quiet_ns * 3 / 4)
		return true;
	if (!settle->patient_ns)
		settle->patient_ns = now;
	*poll_again = true;
	return now - settle->patient_ns > PATIENCE_NS;
}

bool settle_poll(struct settle *settle, bool *poll_again)
{
	struct watch *watch = settle->watch;
	if (something_open(watch, NULL, poll_again)) {
		settle->asked = false;
		return false;
	}
	if (!settle->asked || settle->told != watch->told) {
		settle->asked = true;
		settle->patient_ns = settle->still_ns = 0;
		settle->told = watch->told;
		barrier_finish(&settle->barrier);
		barrier_begin(&settle->barrier, watch);
		barrier_add_all(&settle->barrier);
		barrier_ask(&settle->barrier);
	}
	uint64_t quiet_ns = (uint64_t)settle->refreshes * longest_period(watch->server);
	return barrier_done(&settle->barrier, poll_again) &&
		processes_still(settle, quiet_ns, poll_again);
}

bool settle_is_likely(const struct settle *settle)
{
	return settle->still_ns && settle->asked && settle->told == settle->watch->told &&
		settle->barrier.count == 0;
}

bool settle_is_hopeless(const struct settle *settle)
{
	struct clock *clock = settle->watch->server->clock;
	return clock_is_virtual(clock) && clock_now_ns(clock) - settle->began_ns > VIRTUAL_LIMIT_NS;
}

// Who committed most lately, if that was in this time: the one that never stops.
static char *busy_surface(struct watch *watch, uint64_t within_ns)
{
	struct surface_watch *surface, *newest = NULL;
	wl_list_for_each(surface, &watch->surfaces, link)
		if (surface->commits && (!newest || surface->last_ns > newest->last_ns))
			newest = surface;
	uint64_t ago = newest ? clock_now_ns(watch->server->clock) - newest->last_ns : UINT64_MAX;
	if (ago > within_ns)
		return NULL;
	return named(surface_name(newest->surface),
		xasprintf("goes on committing (%llu so far, the last %llu ms ago)",
			(unsigned long long)newest->commits,
			(unsigned long long)(ago / NSEC_PER_MSEC)));
}

char *settle_why(struct settle *settle)
{
	struct watch *watch = settle->watch;
	char *why = NULL;
	enum open open = something_open(watch, &why, NULL);
	if (open == OPEN_CONFIGURE || open == OPEN_COMMIT)
		return why;
	char *busy = busy_surface(watch, BUSY_NS);
	if (busy) {
		free(why);
		return busy;
	}
	if (why)
		return why;
	why = barrier_why(&settle->barrier);
	if (!why && !processes_rest(watch, &why))
		return why;
	return why ? why : xstrdup("it has not been quiet for long enough");
}

// Whether a device still draws for the client.
static bool waits_for_fence(struct watch *watch, struct wl_client *client)
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

static bool has_news_due(struct watch *watch, const struct client_watch *client)
{
	return client_unread(client->client) > 0 || waits_for_fence(watch, client->client);
}

bool clients_resting(struct watch *watch, uint64_t now_ns)
{
	bool due = false;
	struct client_watch *client;
	wl_list_for_each(client, &watch->clients, link) {
		if (client->frozen)
			continue;
		if (!has_news_due(watch, client))
			client->stuck_ns = 0;
		else if (!client->stuck_ns || now_ns - client->stuck_ns < STUCK_NS)
			due = true;
	}
	if (!processes_rest(watch, NULL))
		return false;
	if (!due)
		return true;
	wl_list_for_each(client, &watch->clients, link)
		if (!client->stuck_ns && has_news_due(watch, client))
			client->stuck_ns = now_ns;
	return false;
}
