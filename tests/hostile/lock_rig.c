// SPDX-License-Identifier: MIT
#include "tests/hostile/lock_rig.h"
#include <linux/input-event-codes.h>
#include <string.h>
#include "compositor/lock/lock.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"

void lock_attack_init(struct lock_attack *rig)
{
	hostile_rig_init(&rig->hostile);
	rig->fixture = rig->hostile.fixture;
	rig->server = rig->fixture->server;
	rig->client = rig->hostile.attacker;
	rig->window = client_window_create(rig->client, 400, 300, SECRET_ARGB);
	window_raise(rig->window->window);
	seat_log_begin(&rig->log, rig->client);
	fixture_move(rig->fixture, rig->window->window->x + 20, rig->window->window->y + 60);
	fixture_button(rig->fixture, BTN_LEFT, true);
	fixture_button(rig->fixture, BTN_LEFT, false);
	fixture_frames(rig->fixture, 2);
	seat_log_take(&rig->log);
	lock_watch_begin(&rig->watch, rig->fixture);
}

void *lock_attack_keep(struct lock_attack *rig, void *proxy)
{
	check(proxy != NULL && rig->n_proxies < array_length(rig->proxies));
	rig->proxies[rig->n_proxies++] = proxy;
	return proxy;
}

struct wl_surface *lock_attack_surface(struct lock_attack *rig, int width, int height)
{
	struct wl_surface *surface =
		lock_attack_keep(rig, wl_compositor_create_surface(rig->client->compositor));
	struct wl_buffer *buffer =
		lock_attack_keep(rig, client_buffer(rig->client, width, height, SECRET_ARGB));
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_damage(surface, 0, 0, width, height);
	wl_surface_commit(surface);
	return surface;
}

void lock_attack_lock(struct lock_attack *rig)
{
	rig->locker = locker_create(client_create(rig->fixture));
	locker_add(rig->locker, locker_output(rig->locker->client, 0), true);
	fixture_frames(rig->fixture, 5);
	check_eq(rig->locker->locked, 1);
	seat_log_take(&rig->log); // leave, cancel
}

void lock_attack_look(struct lock_attack *rig)
{
	struct seat *seat = rig->server->seat;
	check(rig->server->locked);
	if (rig->window) {
		client_window_draw(
			rig->window, rig->window->width, rig->window->height, SECRET_ARGB);
		fixture_frames(rig->fixture, 2);
	}
	for (int i = 0; i < 4; i++) {
		fixture_move(rig->fixture, 100 + 150 * i, 60 + 100 * i);
		fixture_key(rig->fixture, KEY_X, true);
		fixture_key(rig->fixture, KEY_X, false);
		fixture_button(rig->fixture, BTN_LEFT, true);
		fixture_button(rig->fixture, BTN_LEFT, false);
		fixture_touch(rig->fixture, 7, 200 + 50 * i, 200);
		fixture_touch_up(rig->fixture, 7);
		fixture_frames(rig->fixture, 1);
	}
	check_str(seat_log_take(&rig->log), "");
	const struct surface *focus = keyboard_focus(seat), *pointed = pointer_focus(seat);
	const struct wl_client *locker = rig->locker ? rig->locker->client->server_side : NULL;
	check_eq(focus != NULL, rig->locker && rig->locker->n_surfaces > 0);
	check(!focus || wl_resource_get_client(focus->resource) == locker);
	check(!pointed || wl_resource_get_client(pointed->resource) == locker);
}

void lock_attack_kill(struct lock_attack *rig)
{
	locker_kill(rig->locker);
	rig->locker = NULL;
	fixture_frames(rig->fixture, 3);
	check_eq(lock_state(rig->server->lock), LOCK_ABANDONED);
}

void lock_attack_finish(struct lock_attack *rig)
{
	if (!rig->locker && rig->server->locked)
		lock_attack_lock(rig);
	if (rig->locker) {
		struct client *client = rig->locker->client;
		locker_unlock(rig->locker);
		check_no_error(client);
		locker_destroy(rig->locker, true);
		client_destroy(client);
	}
	check(!rig->server->locked);
	lock_watch_end(&rig->watch);
	seat_log_end(&rig->log);
	while (rig->n_proxies)
		wl_proxy_destroy(rig->proxies[--rig->n_proxies]);
	if (rig->window)
		client_window_destroy(rig->window);
	hostile_rig_finish(&rig->hostile);
}
