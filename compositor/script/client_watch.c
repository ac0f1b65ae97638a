// SPDX-License-Identifier: MIT
// Counts what is sent to clients and what they commit, and pings them. Clients answer xdg_wm_base
// pings in order with all other events, so a pong means that everything before it was processed.
// Clients without a window cannot be pinged; of those, and of clients that the verb ack names, the
// socket must be empty and the process asleep. Xwayland passes events on to X programs, so all
// programs must be asleep.
#include "compositor/script/client_watch.h"
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include "compositor/base/base.h"
#include "compositor/client/access.h"
#include "compositor/output/cursor.h"
#include "compositor/output/output.h"
#include "compositor/script/procs.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "compositor/xwayland/xwayland.h"

int client_unread(struct wl_client *client)
{
	int bytes = 0;
	if (ioctl(wl_client_get_fd(client), SIOCOUTQ, &bytes) < 0)
		return 0;
	return bytes;
}

pid_t client_pid(struct wl_client *client)
{
	// The credentials of Xwayland's connection are our own, as we made both ends.
	pid_t pid = access_xwayland(client);
	if (pid)
		return pid;
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

void client_watch_note_activity(struct client_watch *watch)
{
	watch->sent++;
	watch->activity++;
	watch->activity_ns = clock_now_ns(watch->server->clock);
}

static void on_committed(struct wl_listener *listener, void *data)
{
	struct watched_surface *surface = wl_container_of(listener, surface, committed);
	surface->commits++;
	surface->last_ns = clock_now_ns(surface->watch->server->clock);
	// The pointer is not part of pictures: an animated cursor does not prevent settling.
	if (surface->surface->role != &cursor_role)
		client_watch_note_activity(surface->watch);
}

static void watched_surface_free(struct watched_surface *surface)
{
	wl_list_remove(&surface->committed.link);
	wl_list_remove(&surface->destroyed.link);
	wl_list_remove(&surface->link);
	free(surface);
}

static void on_surface_destroyed(struct wl_listener *listener, void *data)
{
	struct watched_surface *surface = wl_container_of(listener, surface, destroyed);
	if (surface->surface->mapped)
		client_watch_note_activity(surface->watch);
	watched_surface_free(surface);
}

static void watch_surface(struct client_watch *watch, struct surface *target)
{
	struct watched_surface *surface = xcalloc(1, sizeof(*surface));
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
	struct client_watch *watch = wl_container_of(listener, watch, surface_created);
	watch_surface(watch, data);
}

static void watched_client_free(struct watched_client *client)
{
	weak_clear(&client->window);
	wl_list_remove(&client->destroyed.link);
	wl_list_remove(&client->link);
	free(client);
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct watched_client *client = wl_container_of(listener, client, destroyed);
	client_watch_note_activity(client->watch);
	watched_client_free(client);
}

static void watch_client(struct client_watch *watch, struct wl_client *target)
{
	struct watched_client *client = xcalloc(1, sizeof(*client));
	client->watch = watch;
	client->client = target;
	client->id = ++watch->next_id;
	client->ack = watch->ack;
	client->destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(target, &client->destroyed);
	wl_list_insert(watch->clients.prev, &client->link);
}

static void on_client_created(struct wl_listener *listener, void *data)
{
	struct client_watch *watch = wl_container_of(listener, watch, client_created);
	watch_client(watch, data);
}

static void on_frame_done(struct wl_listener *listener, void *data)
{
	struct client_watch *watch = wl_container_of(listener, watch, frame_done);
	struct output *output = data;
	// Frame callbacks were sent. New pixels normally follow from a commit or input, which are
	// counted; pixels without a recent cause count as activity of their own.
	watch->sent++;
	uint64_t since = clock_now_ns(watch->server->clock) - watch->activity_ns;
	if (pixman_region32_not_empty(&output->last_damage) &&
		since > 2 * output->frame_clock.period_ns)
		client_watch_note_activity(watch);
}

static void on_window_added(struct wl_listener *listener, void *data)
{
	struct client_watch *watch = wl_container_of(listener, watch, window_added);
	client_watch_note_activity(watch);
}

static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct client_watch *watch = wl_container_of(listener, watch, outputs_changed);
	client_watch_note_activity(watch);
}

static void on_user_activity(struct wl_listener *listener, void *data)
{
	struct client_watch *watch = wl_container_of(listener, watch, user_activity);
	client_watch_note_activity(watch);
}

static void add_listener(
	struct wl_signal *signal, struct wl_listener *listener, wl_notify_func_t notify)
{
	listener->notify = notify;
	wl_signal_add(signal, listener);
}

struct client_watch *client_watch_create(struct server *server, struct procs *procs)
{
	struct client_watch *watch = xcalloc(1, sizeof(*watch));
	watch->server = server;
	watch->procs = procs;
	watch->activity_ns = clock_now_ns(server->clock);
	wl_list_init(&watch->clients);
	wl_list_init(&watch->surfaces);
	watch->client_created.notify = on_client_created;
	wl_display_add_client_created_listener(server->display, &watch->client_created);
	add_listener(&server->events.surface_created, &watch->surface_created, on_surface_created);
	add_listener(&server->events.frame_done, &watch->frame_done, on_frame_done);
	add_listener(&server->events.window_added, &watch->window_added, on_window_added);
	add_listener(&server->events.outputs_changed, &watch->outputs_changed, on_outputs_changed);
	add_listener(&server->events.activity, &watch->user_activity, on_user_activity);
	struct wl_client *client;
	wl_client_for_each(client, wl_display_get_client_list(server->display))
		watch_client(watch, client);
	struct surface *surface;
	wl_list_for_each(surface, &server->surfaces, link)
		watch_surface(watch, surface);
	return watch;
}

void client_watch_destroy(struct client_watch *watch)
{
	if (!watch)
		return;
	struct watched_client *client, *next_client;
	wl_list_for_each_safe(client, next_client, &watch->clients, link)
		watched_client_free(client);
	struct watched_surface *surface, *next_surface;
	wl_list_for_each_safe(surface, next_surface, &watch->surfaces, link)
		watched_surface_free(surface);
	wl_list_remove(&watch->client_created.link);
	wl_list_remove(&watch->surface_created.link);
	wl_list_remove(&watch->frame_done.link);
	wl_list_remove(&watch->window_added.link);
	wl_list_remove(&watch->outputs_changed.link);
	wl_list_remove(&watch->user_activity.link);
	free(watch);
}

struct watched_client *client_watch_find(struct client_watch *watch, struct wl_client *target)
{
	struct watched_client *client;
	wl_list_for_each(client, &watch->clients, link)
		if (client->client == target)
			return client;
	return NULL;
}

struct watched_client *client_watch_find_id(struct client_watch *watch, uint64_t id)
{
	struct watched_client *client;
	wl_list_for_each(client, &watch->clients, link)
		if (client->id == id)
			return client;
	return NULL;
}

static struct wl_client *window_client(const struct window *window)
{
	return window->surface ? wl_resource_get_client(window->surface->resource) : NULL;
}

static struct window *find_pingable(struct server *server, struct wl_client *client)
{
	struct window *window;
	// One X program does not answer for the others.
	if (access_xwayland(client))
		return NULL;
	wl_list_for_each(window, &server->windows, link)
		if (window->impl->ping && window_client(window) == client)
			return window;
	return NULL;
}

// Pointer motion that is held back for a stalled client must reach it before the ping does.
static bool has_pending_motion(struct watched_client *client)
{
	struct seat *seat = client->watch->server->seat;
	struct seat_client *devices = seat ? seat_client_find(seat, client->client) : NULL;
	return devices && devices->pointer.waiting;
}

void client_watch_set_ack(struct client_watch *watch, struct wl_client *target, enum client_ack ack)
{
	struct watched_client *client;
	if (!target)
		watch->ack = ack;
	wl_list_for_each(client, &watch->clients, link)
		if (!target || client->client == target)
			client->ack = ack;
}

bool watched_client_has_window(const struct watched_client *client)
{
	return find_pingable(client->watch->server, client->client) != NULL;
}

void watched_client_ping(struct watched_client *client)
{
	struct window *window = client->window.target;
	if (client->sent > client->answered) {
		if (window && window->ping_serial != 0)
			return; // not answered yet
		if (window)
			client->answered = client->sent;
		else
			client->sent = client->answered; // the window is gone; ping another
		weak_clear(&client->window);
	}
	if (client->ack != ACK_PING || client->sent >= client->asked || has_pending_motion(client))
		return;
	window = find_pingable(client->watch->server, client->client);
	if (!window || window->ping_serial != 0)
		return; // a ping of the core is not answered yet
	window_send_ping(window);
	if (window->ping_serial == 0)
		return;
	client->sent = client->asked;
	weak_set(&client->window, window, &window->events.destroyed);
}

void client_watch_update(struct client_watch *watch)
{
	struct watched_client *client;
	wl_list_for_each(client, &watch->clients, link)
		watched_client_ping(client);
}

uint64_t client_watch_sent(const struct client_watch *watch)
{
	uint64_t sent = watch->sent;
	const struct watched_client *client;
	wl_list_for_each(client, &watch->clients, link)
		sent += client->sent;
	return sent;
}

// Whether X programs have processed what was sent to Xwayland.
static bool x_programs_rest(struct client_watch *watch, pid_t pid)
{
	return !xwayland_pending(watch->server->xwayland) &&
		procs_asleep(watch->procs, &pid, 1, NULL);
}

static bool client_rests(struct watched_client *client)
{
	pid_t pid = client_pid(client->client);
	if (access_xwayland(client->client))
		return x_programs_rest(client->watch, pid);
	return procs_one_asleep(client->watch->procs, pid);
}

bool watched_client_has_answered(struct watched_client *client, uint64_t ticket, bool *poll_again)
{
	if (client->frozen || client->ack == ACK_NONE || client->answered >= ticket)
		return true;
	if (client->ack == ACK_PING &&
		(client->sent > client->answered ||
			find_pingable(client->watch->server, client->client)))
		return false;
	// It cannot be pinged. A process that sleeps and has no unread events is done.
	bool quiet = client_unread(client->client) == 0 && !has_pending_motion(client) &&
		client_rests(client);
	if (quiet)
		client->answered = client->sent = MAX(client->sent, ticket);
	else if (poll_again)
		*poll_again = true;
	return quiet;
}
