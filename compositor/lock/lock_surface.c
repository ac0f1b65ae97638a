// SPDX-License-Identifier: MIT
// Lock surfaces: one per output and locker, of exactly the output's size, and the keyboard focus
// among them.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/lock/lock_private.h"
#include "compositor/output/output.h"
#include "compositor/output/overlap.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

static bool may_be_shown(const struct lock_surface *surface)
{
	return surface->locker && surface->output && surface->output->enabled &&
		surface->surface->has_buffer;
}

// Follows the output's position; the client follows its size.
static void lock_surface_place(struct lock_surface *surface)
{
	bool shown = may_be_shown(surface);
	if (surface->output)
		node_set_position(surface->tree, surface->output->box.x, surface->output->box.y);
	node_set_hidden(surface->tree, !shown);
	if (!surface_set_mapped(surface->surface, shown))
		return;
	lock_update_focus(surface->server->lock);
	scene_notify_changed(surface->server->scene);
}

static void lock_surface_configure(struct lock_surface *surface)
{
	const struct output *output = surface->output;
	if (!surface->locker || !output || !output->enabled)
		return;
	if (surface->surface->mapped)
		node_update_overlap(surface->tree);
	else
		surface_set_preferred(surface->surface, output->scale, output->transform);
	if (surface->width == output->box.width && surface->height == output->box.height)
		return;
	surface->width = output->box.width;
	surface->height = output->box.height;
	surface->impl->configure(surface, surface->width, surface->height);
}

static void on_output_changed(struct wl_listener *listener, void *data)
{
	struct lock_surface *surface = wl_container_of(listener, surface, output_changed);
	lock_surface_place(surface);
	lock_surface_configure(surface);
}

static void leave_output(struct lock_surface *surface)
{
	surface->output = NULL;
	wl_list_remove(&surface->output_destroyed.link);
	wl_list_remove(&surface->output_changed.link);
	wl_list_init(&surface->output_destroyed.link);
	wl_list_init(&surface->output_changed.link);
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct lock_surface *surface = wl_container_of(listener, surface, output_destroyed);
	leave_output(surface);
	lock_surface_place(surface);
}

struct lock_surface *lock_surface_create(struct locker *locker, struct surface *surface,
	struct output *output, const struct lock_surface_impl *impl, void *data)
{
	struct server *server = surface->server;
	struct lock_surface *self = xcalloc(1, sizeof(*self));
	self->impl = impl;
	self->data = data;
	self->server = server;
	self->locker = locker->lock ? locker : NULL;
	self->surface = surface;
	self->output = output;
	self->tree = node_create(server->scene->layers[SCENE_LOCK], NODE_TREE);
	node_set_hidden(self->tree, true);
	lock_idle_restack(server->lock);
	node_set_parent(surface->tree, self->tree);
	node_set_position(surface->tree, 0, 0);
	wl_list_init(&self->link);
	wl_list_init(&self->output_destroyed.link);
	wl_list_init(&self->output_changed.link);
	if (self->locker)
		wl_list_insert(locker->surfaces.prev, &self->link);
	if (output) {
		self->output_destroyed.notify = on_output_destroyed;
		wl_signal_add(&output->events.destroyed, &self->output_destroyed);
		self->output_changed.notify = on_output_changed;
		wl_signal_add(&output->events.changed, &self->output_changed);
	}
	lock_surface_place(self);
	lock_surface_configure(self);
	return self;
}

static void lock_surface_detach(struct lock_surface *surface)
{
	surface->locker = NULL;
	wl_list_remove(&surface->link);
	wl_list_init(&surface->link);
	lock_surface_place(surface);
}

void lock_surface_destroy(struct lock_surface *surface)
{
	if (!surface)
		return;
	lock_surface_detach(surface);
	leave_output(surface);
	struct scene *scene = surface->server->scene;
	node_set_hidden(surface->surface->tree, true);
	node_set_parent(surface->surface->tree, scene->layers[SCENE_WINDOWS]);
	node_destroy(surface->tree);
	free(surface);
	lock_update_focus(scene->server->lock);
	scene_notify_changed(scene);
}

struct lock_surface *lock_surface_on(const struct locker *locker, const struct output *output)
{
	struct lock_surface *surface;
	wl_list_for_each(surface, &locker->surfaces, link) {
		if (output && surface->output == output)
			return surface;
	}
	return NULL;
}

void lock_surface_commit(struct lock_surface *surface)
{
	lock_surface_place(surface);
}

void locker_detach(struct locker *locker)
{
	struct lock_surface *surface, *tmp;
	locker->lock = NULL;
	wl_list_for_each_safe(surface, tmp, &locker->surfaces, link)
		lock_surface_detach(surface);
}

static int focus_rank(const struct seat *seat, const struct lock_surface *surface)
{
	struct surface *pointed = seat->pointer.focus.target;
	if (!surface->surface->mapped)
		return 0;
	if (pointed && surface_root(pointed) == surface->surface)
		return 3;
	return seat->keyboard.focus.target == surface->surface ? 2 : 1;
}

void lock_update_focus(struct lock *lock)
{
	struct seat *seat = lock->server->seat;
	const struct lock_surface *surface, *best = NULL;
	int best_rank = 0;
	if (!lock->server->locked)
		return;
	if (lock->locker)
		wl_list_for_each(surface, &lock->locker->surfaces, link) {
			int rank = focus_rank(seat, surface);
			if (rank > best_rank)
				best = surface;
			best_rank = MAX(best_rank, rank);
		}
	keyboard_set_focus(seat, best ? best->surface : NULL);
}
