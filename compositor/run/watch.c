// SPDX-License-Identifier: MIT
// Barriers are pings of xdg_wm_base: a client answers them in order with everything else it reads,
// so the answer tells that what came before was processed. Clients without a window cannot be
// asked; for them an empty socket and a sleeping process count.
#include "compositor/run/watch.h"
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include "compositor/base/base.h"
#include "compositor/core/cursor.h"
#include "compositor/core/output.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/tablet.h"
#include "compositor/core/window.h"
#include "compositor/run/procs.h"

int client_unread(struct wl_client *client)
{
	int bytes = 0;
	if (ioctl(wl_client_get_fd(client), SIOCOUTQ, &bytes) < 0)
		return 0;
	return bytes;
}

pid_t client_pid(struct wl_client *client)
{
	pid_t pid = 0;
	wl_client_get_credentials(client, &pid, NULL, NULL);
	return pid;
}

char *client_describe(struct wl_client *client)
{
	pid_t pid = client_pid(client);
	char *name = procs_name(pid);
	char *text = xasprintf("%s (pid %d)", name, (int)pid);
	free(name);
	return text;
}

static void touch(struct watch *watch)
{
	watch->told++;
	watch->activity++;
	watch->activity_ns = clock_now_ns(watch->server->clock);
}

void watch_touch(struct watch *watch)
{
	touch(watch);
}

static void on_committed(struct wl_listener *listener, void *data)
{
	struct surface_watch *surface = wl_container_of(listener, surface, committed);
	surface->commits++;
	surface->last_ns = clock_now_ns(surface->watch->server->clock);
	// Pointer images are not part of pictures; a busy cursor keeps nobody waiting.
	if (surface->surface->role != &cursor_role)
		touch(surface->watch);
}

static void surface_watch_free(struct surface_watch *surface)
{
	wl_list_remove(&surface->committed.link);
	wl_list_remove(&surface->destroyed.link);
	wl_list_remove(&surface->link);
	free(surface);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct surface_watch *surface = wl_container_of(listener, surface, destroyed);
	if (surface->surface->mapped)
		touch(surface->watch);
	surface_watch_free(surface);
}

static void add_surface(struct watch *watch, struct surface *target)
{
	struct surface_watch *surface = xcalloc(1, sizeof(*surface));
	surface->watch = watch;
	surface->surface = target;
	surface->committed.notify = on_committed;
	wl_signal_add(&target->events.committed, &surface->committed);
	surface->destroyed.notify = on_surface_destroyed;
	wl_signal_add(&target->events.destroyed, &surface->destroyed);
	wl_list_insert(&watch->surfaces, &surface->link);
}

static void on_surface_created(struct wl_listener *listener, void *data)
{
	struct watch *watch = wl_container_of(listener, watch, surface_created);
	add_surface(watch, data);
}

static void client_watch_free(struct client_watch *client)
{
	weak_clear(&client->window);
	wl_list_remove(&client->destroyed.link);
	wl_list_remove(&client->link);
	free(client);
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct client_watch *client = wl_container_of(listener, client, destroyed);
	touch(client->watch);
	client_watch_free(client);
}

static void add_client(struct watch *watch, struct wl_client *target)
{
	struct client_watch *client = xcalloc(1, sizeof(*client));
	client->watch = watch;
	client->client = target;
	client->id = ++watch->next_id;
	client->destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(target, &client->destroyed);
	wl_list_insert(watch->clients.prev, &client->link);
}

static void on_client_created(struct wl_listener *listener, void *data)
{
	struct watch *watch = wl_container_of(listener, watch, client_created);
	add_client(watch, data);
}

static void on_frame_done(struct wl_listener *listener, void *data)
{
	struct watch *watch = wl_container_of(listener, watch, frame_done);
	struct output *output = data;
	// Callbacks went out. New pixels are what commits and the like led to, which has counted
	// already; those that came from nowhere count by themselves.
	watch->told++;
	uint64_t since = clock_now_ns(watch->server->clock) - watch->activity_ns;
	if (pixman_region32_not_empty(&output->last_damage) && since > 2 * output->pace.period_ns)
		touch(watch);
}

static void on_window_added(struct wl_listener *listener, void *data)
{
	struct watch *watch = wl_container_of(listener, watch, window_added);
	touch(watch);
}

static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct watch *watch = wl_container_of(listener, watch, outputs_changed);
	touch(watch);
}

static void on_user_activity(struct wl_listener *listener, void *data)
{
	struct watch *watch = wl_container_of(listener, watch, user_activity);
	touch(watch);
}

static void listen(struct wl_signal *signal, struct wl_listener *listener, wl_notify_func_t notify)
{
	listener->notify = notify;
	wl_signal_add(signal, listener);
}

struct watch *watch_create(struct server *server, struct procs *procs)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));
	watch->server = server;
	watch->procs = procs;
	watch->activity_ns = clock_now_ns(server->clock);
	wl_list_init(&watch->clients);
	wl_list_init(&watch->surfaces);
	watch->client_created.notify = on_client_created;
	wl_display_add_client_created_listener(server->display, &watch->client_created);
	listen(&server->events.surface_created, &watch->surface_created, on_surface_created);
	listen(&server->events.frame_done, &watch->frame_done, on_frame_done);
	listen(&server->events.window_added, &watch->window_added, on_window_added);
	listen(&server->events.outputs_changed, &watch->outputs_changed, on_outputs_changed);
	listen(&server->events.activity, &watch->user_activity, on_user_activity);
	struct wl_client *client;
	wl_client_for_each(client, wl_display_get_client_list(server->display))
		add_client(watch, client);
	struct surface *surface;
	wl_list_for_each(surface, &server->surfaces, link)
		add_surface(watch, surface);
	return watch;
}

void watch_destroy(struct watch *watch)
{
	if (!watch)
		return;
	struct client_watch *client, *next_client;
	wl_list_for_each_safe(client, next_client, &watch->clients, link)
		client_watch_free(client);
	struct surface_watch *surface, *next_surface;
	wl_list_for_each_safe(surface, next_surface, &watch->surfaces, link)
		surface_watch_free(surface);
	wl_list_remove(&watch->client_created.link);
	wl_list_remove(&watch->surface_created.link);
	wl_list_remove(&watch->frame_done.link);
	wl_list_remove(&watch->window_added.link);
	wl_list_remove(&watch->outputs_changed.link);
	wl_list_remove(&watch->user_activity.link);
	free(watch);
}

struct surface_watch *watch_surface(struct watch *watch, struct surface *target)
{
	struct surface_watch *surface;
	wl_list_for_each(surface, &watch->surfaces, link)
		if (surface->surface == target)
			return surface;
	return NULL;
}

struct client_watch *watch_client(struct watch *watch, struct wl_client *target)
{
	struct client_watch *client;
	wl_list_for_each(client, &watch->clients, link)
		if (client->client == target)
			return client;
	return NULL;
}

static struct client_watch *client_by_id(struct watch *watch, uint64_t id)
{
	struct client_watch *client;
	wl_list_for_each(client, &watch->clients, link)
		if (client->id == id)
			return client;
	return NULL;
}

static struct wl_client *window_client(const struct window *window)
{
	return window->surface ? wl_resource_get_client(window->surface->resource) : NULL;
}

static struct window *some_window(struct server *server, struct wl_client *client)
{
	struct window *window;
	wl_list_for_each(window, &server->windows, link)
		if (window->impl->ping && window_client(window) == client)
			return window;
	return NULL;
}

// Motion that waits for a late client would overtake the ping.
static bool motion_waits(struct client_watch *client)
{
	struct seat *seat = client->watch->server->seat;
	struct seat_client *devices = seat ? seat_client_find(seat, client->client) : NULL;
	return devices && devices->pointer.waiting;
}

static void update_client(struct client_watch *client)
{
	struct window *window = client->window.target;
	if (client->sent > client->answered) {
		if (window && window->ping_serial != 0)
			return; // on its way
		if (window)
			client->answered = client->sent;
		else
			client->sent = client->answered; // the window went away; ask another
		weak_clear(&client->window);
	}
	if (client->sent >= client->asked || motion_waits(client))
		return;
	window = some_window(client->watch->server, client->client);
	if (!window || window->ping_serial != 0)
		return; // somebody else's ping must be answered first
	window_send_ping(window);
	if (window->ping_serial == 0)
		return;
	client->sent = client->asked;
	weak_set(&client->window, window, &window->events.destroyed);
}

void watch_update(struct watch *watch)
{
	struct client_watch *client;
	wl_list_for_each(client, &watch->clients, link)
		update_client(client);
}

void barrier_begin(struct barrier *barrier, struct watch *watch)
{
	barrier->watch = watch;
	barrier->count = 0;
}

void barrier_finish(struct barrier *barrier)
{
	free(barrier->waits);
	*barrier = (struct barrier){0};
}

void barrier_add(struct barrier *barrier, struct wl_client *target)
{
	struct client_watch *client = target ? watch_client(barrier->watch, target) : NULL;
	if (!client)
		return;
	for (size_t i = 0; i < barrier->count; i++)
		if (barrier->waits[i].id == client->id)
			return;
	array_reserve(barrier->waits, barrier->count, barrier->capacity);
	barrier->waits[barrier->count].id = client->id;
	barrier->waits[barrier->count].ticket = 0;
	barrier->count++;
}

uint64_t watch_told(const struct watch *watch)
{
	uint64_t told = watch->told;
	const struct client_watch *client;
	wl_list_for_each(client, &watch->clients, link)
		told += client->sent;
	return told;
}

void barrier_ask(struct barrier *barrier)
{
	for (size_t i = 0; i < barrier->count; i++) {
		struct client_watch *client = client_by_id(barrier->watch, barrier->waits[i].id);
		if (!client)
			continue;
		barrier->waits[i].ticket = ++client->asked;
		update_client(client);
	}
}

void barrier_add_all(struct barrier *barrier)
{
	struct client_watch *client;
	wl_list_for_each(client, &barrier->watch->clients, link)
		if (some_window(barrier->watch->server, client->client))
			barrier_add(barrier, client->client);
}

static void add_surface_client(struct barrier *barrier, struct surface *surface)
{
	if (surface)
		barrier_add(barrier, wl_resource_get_client(surface->resource));
}

void barrier_add_focus(struct barrier *barrier)
{
	struct seat *seat = barrier->watch->server->seat;
	add_surface_client(barrier, pointer_focus(seat));
	add_surface_client(barrier, tablets_surface(seat->tablets));
	add_surface_client(barrier, keyboard_focus(seat));
	struct touch_point *point;
	wl_list_for_each(point, &seat->touch_points, link)
		add_surface_client(barrier, point->surface.target);
	if (seat->drag)
		add_surface_client(barrier, seat->drag->focus.target);
	if (seat->drag)
		barrier_add(barrier, seat->drag->client);
}

static bool answered(struct client_watch *client, uint64_t ticket, bool *poll_again)
{
	if (client->frozen || client->answered >= ticket)
		return true;
	if (client->sent > client->answered || some_window(client->watch->server, client->client))
		return false;
	// It cannot be asked. A process that sleeps with nothing unread has done its part.
	bool quiet = client_unread(client->client) == 0 && !motion_waits(client) &&
		procs_one_asleep(client->watch->procs, client_pid(client->client));
	if (quiet)
		client->answered = client->sent = MAX(client->sent, ticket);
	else if (poll_again)
		*poll_again = true;
	return quiet;
}

bool barrier_done(struct barrier *barrier, bool *poll_again)
{
	size_t left = 0;
	for (size_t i = 0; i < barrier->count; i++) {
		struct client_watch *client = client_by_id(barrier->watch, barrier->waits[i].id);
		if (client && !answered(client, barrier->waits[i].ticket, poll_again))
			barrier->waits[left++] = barrier->waits[i];
	}
	barrier->count = left;
	return left == 0;
}

char *barrier_why(struct barrier *barrier)
{
	for (size_t i = 0; i < barrier->count; i++) {
		struct client_watch *client = client_by_id(barrier->watch, barrier->waits[i].id);
		if (!client || answered(client, barrier->waits[i].ticket, NULL))
			continue;
		char *name = client_describe(client->client);
		char *why = client->sent > client->answered
			? xasprintf("%s has not answered a ping", name)
			: xasprintf(
				  "%s has not read %d bytes", name, client_unread(client->client));
		free(name);
		return why;
	}
	return NULL;
}
