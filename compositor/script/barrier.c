// SPDX-License-Identifier: MIT
// Collects clients, pings them, and counts down as they answer.
#include "compositor/script/barrier.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/script/client_watch.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/tablet.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

void barrier_begin(struct barrier *barrier, struct client_watch *watch)
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
	struct watched_client *client = target ? client_watch_find(barrier->watch, target) : NULL;
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

void barrier_ask(struct barrier *barrier)
{
	for (size_t i = 0; i < barrier->count; i++) {
		struct watched_client *client =
			client_watch_find_id(barrier->watch, barrier->waits[i].id);
		if (!client)
			continue;
		barrier->waits[i].ticket = ++client->asked;
		watched_client_ping(client);
	}
}

void barrier_add_all(struct barrier *barrier)
{
	struct watched_client *client;
	wl_list_for_each(client, &barrier->watch->clients, link)
		if (watched_client_has_window(client))
			barrier_add(barrier, client->client);
}

static void add_surface(struct barrier *barrier, struct surface *surface)
{
	if (surface)
		barrier_add(barrier, wl_resource_get_client(surface->resource));
}

void barrier_add_focus(struct barrier *barrier)
{
	struct seat *seat = barrier->watch->server->seat;
	add_surface(barrier, pointer_focus(seat));
	add_surface(barrier, tablets_surface(seat->tablets));
	add_surface(barrier, keyboard_focus(seat));
	struct touch_point *point;
	wl_list_for_each(point, &seat->touch_points, link)
		add_surface(barrier, point->surface.target);
	if (seat->drag)
		add_surface(barrier, seat->drag->focus.target);
	if (seat->drag)
		barrier_add(barrier, seat->drag->client);
}

bool barrier_done(struct barrier *barrier, bool *poll_again)
{
	size_t left = 0;
	for (size_t i = 0; i < barrier->count; i++) {
		struct watched_client *client =
			client_watch_find_id(barrier->watch, barrier->waits[i].id);
		if (client &&
			!watched_client_has_answered(client, barrier->waits[i].ticket, poll_again))
			barrier->waits[left++] = barrier->waits[i];
	}
	barrier->count = left;
	return left == 0;
}

char *barrier_why(struct barrier *barrier)
{
	for (size_t i = 0; i < barrier->count; i++) {
		struct watched_client *client =
			client_watch_find_id(barrier->watch, barrier->waits[i].id);
		if (!client || watched_client_has_answered(client, barrier->waits[i].ticket, NULL))
			continue;
		char *name = client_describe(client->client);
		char *why = client->sent > client->answered
			? xasprintf(
				  "%s has not answered a ping; if it never does, see the verb ack",
				  name)
			: client_unread(client->client) > 0
			? xasprintf("%s has not read %d bytes", name, client_unread(client->client))
			: xasprintf("%s is busy", name);
		free(name);
		return why;
	}
	return NULL;
}
