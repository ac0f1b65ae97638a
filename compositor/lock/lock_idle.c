// SPDX-License-Identifier: MIT
// What happens to a session that is not used: it is dimmed, the screen locker starts, screens are
// switched off. The locker starts when the lid is closed, too. All of it is off unless configured.
#include "compositor/config/config.h"
#include "compositor/lock/lock_command.h"
#include "compositor/lock/lock_private.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"

// As dark as that what changes on the screen can still be read.
static const float shade_color[4] = {0, 0, 0, 0.6f};

// The shade is in the layer that is shown locked or not.
static void on_dim_due(struct idle_watch *watch, bool is_idle)
{
	struct lock *lock = wl_container_of(watch, lock, dim_watch);
	node_destroy(lock->shade);
	lock->shade = NULL;
	if (!is_idle)
		return;
	lock->shade = node_create(lock->server->scene->layers[SCENE_LOCK], NODE_RECT);
	lock->shade->untouchable = true;
	lock_fill(lock->shade, shade_color);
}

void lock_idle_restack(struct lock *lock)
{
	if (lock->shade)
		node_raise(lock->shade);
}

static void on_lock_due(struct idle_watch *watch, bool is_idle)
{
	struct lock *lock = wl_container_of(watch, lock, lock_watch);
	if (is_idle)
		lock_command_start(lock->server);
}

// Only what was on is switched off, and only that is switched on again.
static void on_dark_due(struct idle_watch *watch, bool is_idle)
{
	struct lock *lock = wl_container_of(watch, lock, dark_watch);
	struct output *output;
	wl_list_for_each(output, &lock->server->outputs, link) {
		const unsigned bit = 1u << output->index;
		if (is_idle && output->enabled && !output->powered_off &&
			output_set_power(output, false))
			lock->darkened |= bit;
		else if (!is_idle && lock->darkened & bit)
			output_set_power(output, true);
	}
	if (!is_idle)
		lock->darkened = 0;
}

static void on_lid_closed(struct wl_listener *listener, void *data)
{
	struct lock *lock = wl_container_of(listener, lock, lid_closed);
	if (lock->server->config->idle.lock_on_lid)
		lock_command_start(lock->server);
}

static uint64_t in_seconds(int value)
{
	return (uint64_t)value * NSEC_PER_SEC;
}

void lock_idle_init(struct lock *lock)
{
	struct server *server = lock->server;
	const struct config *config = server->config;
	if (config->idle.dim)
		idle_watch_add(server->idle, &lock->dim_watch, in_seconds(config->idle.dim), false,
			on_dim_due);
	if (config->idle.lock)
		idle_watch_add(server->idle, &lock->lock_watch, in_seconds(config->idle.lock),
			false, on_lock_due);
	if (config->idle.screens_off)
		idle_watch_add(server->idle, &lock->dark_watch,
			in_seconds(config->idle.screens_off), false, on_dark_due);
	lock->lid_closed.notify = on_lid_closed;
	wl_signal_add(&server->events.lid_closed, &lock->lid_closed);
}

void lock_idle_finish(struct lock *lock)
{
	node_destroy(lock->shade);
	lock->shade = NULL;
	idle_watch_remove(&lock->dim_watch);
	idle_watch_remove(&lock->lock_watch);
	idle_watch_remove(&lock->dark_watch);
	wl_list_remove(&lock->lid_closed.link);
}
