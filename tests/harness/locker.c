// SPDX-License-Identifier: MIT
#include "tests/harness/locker.h"
#include <stdio.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/output/output.h"
#include "tests/harness/test.h"

static void on_locked(void *data, struct ext_session_lock_v1 *lock)
{
	((struct test_locker *)data)->locked++;
}

static void on_finished(void *data, struct ext_session_lock_v1 *lock)
{
	((struct test_locker *)data)->finished++;
}

static const struct ext_session_lock_v1_listener lock_listener = {
	.locked = on_locked,
	.finished = on_finished,
};

static void on_configure(void *data, struct ext_session_lock_surface_v1 *role, uint32_t serial,
	uint32_t width, uint32_t height)
{
	struct locker_surface *surface = data;
	surface->serial = serial;
	surface->width = (int)width;
	surface->height = (int)height;
	surface->configures++;
	if (surface->draws)
		locker_draw(surface, surface->width, surface->height);
}

static const struct ext_session_lock_surface_v1_listener surface_listener = {
	.configure = on_configure,
};

struct test_locker *locker_create(struct client *client)
{
	struct test_locker *locker = xcalloc(1, sizeof(*locker));
	locker->client = client;
	locker->manager = client_bind(client, &ext_session_lock_manager_v1_interface, 1);
	check(locker->manager != NULL);
	locker->lock = ext_session_lock_manager_v1_lock(locker->manager);
	ext_session_lock_v1_add_listener(locker->lock, &lock_listener, locker);
	fixture_pump(client->fixture);
	return locker;
}

struct locker_surface *locker_add(struct test_locker *locker, struct wl_output *output, bool draws)
{
	struct locker_surface *surface = xcalloc(1, sizeof(*surface));
	check((size_t)locker->n_surfaces < array_length(locker->surfaces));
	locker->surfaces[locker->n_surfaces++] = surface;
	surface->locker = locker;
	surface->draws = draws;
	surface->surface = wl_compositor_create_surface(locker->client->compositor);
	surface->role =
		ext_session_lock_v1_get_lock_surface(locker->lock, surface->surface, output);
	ext_session_lock_surface_v1_add_listener(surface->role, &surface_listener, surface);
	fixture_pump(locker->client->fixture);
	return surface;
}

void locker_draw(struct locker_surface *surface, int width, int height)
{
	struct wl_buffer *old = surface->buffer;
	if (surface->serial)
		ext_session_lock_surface_v1_ack_configure(surface->role, surface->serial);
	surface->serial = 0;
	surface->buffer = client_buffer(surface->locker->client, width, height, LOCKER_ARGB);
	wl_surface_attach(surface->surface, surface->buffer, 0, 0);
	wl_surface_damage(surface->surface, 0, 0, width, height);
	wl_surface_commit(surface->surface);
	if (old)
		wl_buffer_destroy(old);
}

void locker_remove(struct locker_surface *surface)
{
	ext_session_lock_surface_v1_destroy(surface->role);
	wl_surface_destroy(surface->surface);
	surface->surface = NULL;
	fixture_pump(surface->locker->client->fixture);
}

void locker_unlock(struct test_locker *locker)
{
	ext_session_lock_v1_unlock_and_destroy(locker->lock);
	locker->lock = NULL;
	fixture_pump(locker->client->fixture);
}

static void drop(void *proxy, bool requests, void (*destroy)(void *proxy))
{
	if (proxy && requests)
		destroy(proxy);
	else if (proxy)
		wl_proxy_destroy(proxy);
}

static void destroy_role(void *proxy)
{
	ext_session_lock_surface_v1_destroy(proxy);
}

static void destroy_surface(void *proxy)
{
	wl_surface_destroy(proxy);
}

static void destroy_lock(void *proxy)
{
	ext_session_lock_v1_destroy(proxy);
}

static void destroy_manager(void *proxy)
{
	ext_session_lock_manager_v1_destroy(proxy);
}

static void destroy_buffer(void *proxy)
{
	wl_buffer_destroy(proxy);
}

void locker_destroy(struct test_locker *locker, bool requests)
{
	for (int i = 0; i < locker->n_surfaces; i++) {
		struct locker_surface *surface = locker->surfaces[i];
		if (surface->surface) {
			drop(surface->role, requests, destroy_role);
			drop(surface->surface, requests, destroy_surface);
		}
		drop(surface->buffer, requests, destroy_buffer);
		free(surface);
	}
	drop(locker->lock, requests, destroy_lock);
	drop(locker->manager, requests, destroy_manager);
	if (requests)
		fixture_pump(locker->client->fixture);
	free(locker);
}

void locker_kill(struct test_locker *locker)
{
	struct client *client = locker->client;
	locker_destroy(locker, false);
	client_destroy(client);
}

struct wl_output *locker_output(struct client *client, int n)
{
	struct client_output *output;
	wl_list_for_each(output, &client->outputs, link) {
		if (n-- == 0)
			return output->output;
	}
	return NULL;
}

// Frames

bool lock_watch_accepts(uint32_t pixel)
{
	unsigned red = pixel >> 16 & 0xff, green = pixel >> 8 & 0xff, blue = pixel & 0xff;
	bool grey = red == green && green == blue;
	bool locker = (pixel & 0xffffff) == (LOCKER_ARGB & 0xffffff);
	bool abandoned = green == blue && red >= green; // dark red, with white text
	return grey || locker || abandoned;
}

static bool is_foreign(struct buffer *buffer)
{
	struct pixels pixels;
	bool foreign = false;
	check(buffer_begin_access(buffer, &pixels));
	for (int y = 0; y < pixels.height && !foreign; y++) {
		const uint32_t *row =
			(const uint32_t *)((const char *)pixels.data + (size_t)y * pixels.stride);
		for (int x = 0; x < pixels.width && !foreign; x++) {
			foreign = !lock_watch_accepts(row[x]);
			if (foreign)
				fprintf(stderr, "%08x at %d,%d\n", row[x], x, y);
		}
	}
	buffer_end_access(buffer);
	return foreign;
}

static void on_frame_done(struct wl_listener *listener, void *data)
{
	struct lock_watch *watch = wl_container_of(listener, watch, frame_done);
	const struct output *output = data;
	if (!watch->fixture->server->locked || output->powered_off || !output->primary)
		return;
	watch->frames++;
	watch->foreign += is_foreign(output->primary);
}

void lock_watch_begin(struct lock_watch *watch, struct fixture *fixture)
{
	*watch = (struct lock_watch){.fixture = fixture};
	watch->frame_done.notify = on_frame_done;
	wl_signal_add(&fixture->server->events.frame_done, &watch->frame_done);
}

void lock_watch_end(struct lock_watch *watch)
{
	wl_list_remove(&watch->frame_done.link);
	check(watch->frames > 0);
	check_eq(watch->foreign, 0);
}
