// SPDX-License-Identifier: MIT
// ext_session_lock_manager_v1: screen lockers and what they show on each output. A lock surface is
// committed only with a buffer of exactly the size that was acknowledged last.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/lock/lock.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/surface/surface_shape.h"
#include "compositor/window/window.h"
#include "ext-session-lock-v1-protocol.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"

#define MAX_SENT 4096 // unacknowledged configures; beyond this the client gets no_memory

struct lock_object {
	struct locker locker;
	struct server *server;
	struct wl_resource *resource;
};

struct sent_configure {
	uint32_t serial;
	int width, height;
	struct wl_list link;
};

struct lock_surface_object {
	struct server *server;
	struct wl_resource *resource;
	struct surface *surface;           // NULL: destroyed first
	struct lock_surface *lock_surface; // NULL with surface
	struct wl_list sent;               // sent_configure.link, oldest first
	unsigned n_sent;
	int width, height; // acknowledged last; 0: nothing was
	bool configured;   // a configure was sent
};

// Lock surfaces

static void on_configure(struct lock_surface *lock_surface, int width, int height)
{
	struct lock_surface_object *object = lock_surface->data;
	if (object->n_sent >= MAX_SENT) {
		wl_resource_post_no_memory(object->resource);
		return;
	}
	struct sent_configure *sent = xcalloc(1, sizeof(*sent));
	sent->serial = server_next_serial(object->server);
	sent->width = width;
	sent->height = height;
	wl_list_insert(object->sent.prev, &sent->link);
	object->n_sent++;
	object->configured = true;
	object->surface->owed_ack = sent->serial;
	ext_session_lock_surface_v1_send_configure(
		object->resource, sent->serial, (uint32_t)width, (uint32_t)height);
}

static const struct lock_surface_impl lock_surface_impl = {
	.configure = on_configure,
};

static bool on_precommit(struct surface *surface, struct surface_state *pending)
{
	const struct lock_surface_object *object = surface->role_object;
	// What is never configured is never shown either.
	if (!object || !object->configured)
		return true;
	struct surface_shape shape = surface_shape_committed(surface);
	surface_shape_apply(&shape, pending);
	int width, height;
	surface_shape_size(&shape, &width, &height);
	if (!object->width) {
		wl_resource_post_error(object->resource,
			EXT_SESSION_LOCK_SURFACE_V1_ERROR_COMMIT_BEFORE_FIRST_ACK,
			"committed before the first configure was acknowledged");
	} else if (!shape.buffer_width) {
		wl_resource_post_error(object->resource,
			EXT_SESSION_LOCK_SURFACE_V1_ERROR_NULL_BUFFER,
			"committed without a buffer");
	} else if (width != object->width || height != object->height) {
		wl_resource_post_error(object->resource,
			EXT_SESSION_LOCK_SURFACE_V1_ERROR_DIMENSIONS_MISMATCH,
			"committed with a size of %dx%d, after %dx%d was acknowledged", width,
			height, object->width, object->height);
	} else {
		return true;
	}
	return false;
}

static void on_commit(struct surface *surface, unsigned set)
{
	struct lock_surface_object *object = surface->role_object;
	if (object)
		lock_surface_commit(object->lock_surface);
}

static void leave_surface(struct lock_surface_object *object)
{
	if (!object->surface)
		return;
	object->surface->role_object = NULL;
	object->surface->owed_ack = 0;
	object->surface = NULL;
	lock_surface_destroy(object->lock_surface);
	object->lock_surface = NULL;
}

static void on_surface_destroyed(struct surface *surface)
{
	leave_surface(surface->role_object);
}

static const struct surface_role lock_surface_role = {
	.name = "ext_session_lock_surface_v1",
	.defunct_is_error = true,
	.strict_size = true,
	.precommit = on_precommit,
	.commit = on_commit,
	.destroyed = on_surface_destroyed,
};

static struct sent_configure *find_sent(struct lock_surface_object *object, uint32_t serial)
{
	struct sent_configure *sent;
	wl_list_for_each(sent, &object->sent, link) {
		if (sent->serial == serial)
			return sent;
	}
	return NULL;
}

static void drop_oldest(struct lock_surface_object *object)
{
	struct sent_configure *sent = wl_container_of(object->sent.next, sent, link);
	wl_list_remove(&sent->link);
	free(sent);
	object->n_sent--;
}

static void handle_ack_configure(
	struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
	struct lock_surface_object *object = wl_resource_get_user_data(resource);
	const struct sent_configure *sent = find_sent(object, serial);
	if (!sent) {
		wl_resource_post_error(resource, EXT_SESSION_LOCK_SURFACE_V1_ERROR_INVALID_SERIAL,
			"serial %u belongs to no unacknowledged configure", serial);
		return;
	}
	object->width = sent->width;
	object->height = sent->height;
	if (object->surface && object->surface->owed_ack == serial)
		object->surface->owed_ack = 0;
	bool last;
	do {
		last = object->sent.next == &sent->link;
		drop_oldest(object);
	} while (!last);
}

static const struct ext_session_lock_surface_v1_interface surface_impl = {
	.destroy = wire_handle_destroy,
	.ack_configure = handle_ack_configure,
};

static void on_lock_surface_destroyed(struct wl_resource *resource)
{
	struct lock_surface_object *object = wl_resource_get_user_data(resource);
	leave_surface(object);
	while (!wl_list_empty(&object->sent))
		drop_oldest(object);
	free(object);
}

// The lock

static bool check_new_surface(struct lock_object *lock, struct surface *surface,
	const struct output *output, struct lock_surface_object *object)
{
	if (!surface_set_role(surface, &lock_surface_role, object, lock->resource,
		    EXT_SESSION_LOCK_V1_ERROR_ROLE))
		return false;
	if (window_has_content(surface))
		wl_resource_post_error(lock->resource,
			EXT_SESSION_LOCK_V1_ERROR_ALREADY_CONSTRUCTED,
			"wl_surface@%u already has a buffer",
			wl_resource_get_id(surface->resource));
	else if (lock_surface_on(&lock->locker, output))
		wl_resource_post_error(lock->resource, EXT_SESSION_LOCK_V1_ERROR_DUPLICATE_OUTPUT,
			"the output already has a lock surface");
	else
		return true;
	surface->role_object = NULL;
	return false;
}

static void handle_get_lock_surface(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *surface_resource, struct wl_resource *output_resource)
{
	struct lock_object *lock = wl_resource_get_user_data(resource);
	struct surface *surface = surface_from_resource(surface_resource);
	struct output *output = output_from_resource(output_resource);
	struct lock_surface_object *object = xcalloc(1, sizeof(*object));
	wl_list_init(&object->sent);
	if (!check_new_surface(lock, surface, output, object)) {
		free(object);
		return;
	}
	object->resource = wire_create(client, &ext_session_lock_surface_v1_interface,
		wl_resource_get_version(resource), id, &surface_impl, object,
		on_lock_surface_destroyed);
	if (!object->resource) {
		surface->role_object = NULL;
		free(object);
		return;
	}
	object->server = lock->server;
	object->surface = surface;
	object->lock_surface =
		lock_surface_create(&lock->locker, surface, output, &lock_surface_impl, object);
}

static void handle_destroy(struct wl_client *client, struct wl_resource *resource)
{
	const struct lock_object *lock = wl_resource_get_user_data(resource);
	if (lock_may_release(&lock->locker))
		wl_resource_post_error(resource, EXT_SESSION_LOCK_V1_ERROR_INVALID_DESTROY,
			"destroyed while it holds the lock");
	else
		wl_resource_destroy(resource);
}

static void handle_unlock_and_destroy(struct wl_client *client, struct wl_resource *resource)
{
	struct lock_object *lock = wl_resource_get_user_data(resource);
	if (!lock_may_release(&lock->locker)) {
		wl_resource_post_error(resource, EXT_SESSION_LOCK_V1_ERROR_INVALID_UNLOCK,
			"unlocked before the locked event");
		return;
	}
	lock_release(&lock->locker);
	wl_resource_destroy(resource);
}

static const struct ext_session_lock_v1_interface lock_impl = {
	.destroy = handle_destroy,
	.get_lock_surface = handle_get_lock_surface,
	.unlock_and_destroy = handle_unlock_and_destroy,
};

static void on_lock_destroyed(struct wl_resource *resource)
{
	struct lock_object *lock = wl_resource_get_user_data(resource);
	lock_leave(&lock->locker);
	free(lock);
}

static void on_locked(struct locker *locker)
{
	const struct lock_object *lock = wl_container_of(locker, lock, locker);
	ext_session_lock_v1_send_locked(lock->resource);
}

static void on_finished(struct locker *locker)
{
	const struct lock_object *lock = wl_container_of(locker, lock, locker);
	ext_session_lock_v1_send_finished(lock->resource);
}

static const struct locker_impl locker_impl = {
	.locked = on_locked,
	.finished = on_finished,
};

// The manager

static void handle_lock(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct lock_object *lock = xcalloc(1, sizeof(*lock));
	lock->resource = wire_create(client, &ext_session_lock_v1_interface,
		wl_resource_get_version(resource), id, &lock_impl, lock, on_lock_destroyed);
	if (!lock->resource) {
		free(lock);
		return;
	}
	lock->server = wl_resource_get_user_data(resource);
	lock_take(lock->server->lock, &lock->locker, &locker_impl);
}

static const struct ext_session_lock_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.lock = handle_lock,
};

bool session_lock_create(struct server *server)
{
	return wire_global(server, &ext_session_lock_manager_v1_interface, 1, &manager_impl, NULL);
}
