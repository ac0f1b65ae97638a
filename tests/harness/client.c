// SPDX-License-Identifier: MIT
#include "tests/harness/client.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"

static void on_ping(void *data, struct xdg_wm_base *wm_base, uint32_t serial)
{
	struct client *client = data;
	if (client->answers_pings)
		xdg_wm_base_pong(wm_base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {.ping = on_ping};

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct client *client = data;
	array_reserve(client->globals, client->n_globals, client->globals_capacity);
	client->globals[client->n_globals].interface = xstrdup(interface);
	client->globals[client->n_globals].name = name;
	client->globals[client->n_globals++].version = version;
	if (strcmp(interface, wl_output_interface.name) != 0)
		return;
	struct client_output *output = xcalloc(1, sizeof(*output));
	output->name = name;
	output->output = wl_registry_bind(registry, name, &wl_output_interface, MIN(version, 4));
	wl_list_insert(client->outputs.prev, &output->link);
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	struct client *client = data;
	struct client_output *output, *tmp;
	wl_list_for_each_safe(output, tmp, &client->outputs, link) {
		if (output->name != name)
			continue;
		wl_output_release(output->output);
		wl_list_remove(&output->link);
		free(output);
	}
	for (size_t i = 0; i < client->n_globals; i++) {
		if (client->globals[i].name != name)
			continue;
		free(client->globals[i].interface);
		client->globals[i] = client->globals[--client->n_globals];
		return;
	}
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global,
	.global_remove = on_global_remove,
};

uint32_t client_has(struct client *client, const char *interface)
{
	for (size_t i = 0; i < client->n_globals; i++)
		if (strcmp(client->globals[i].interface, interface) == 0)
			return client->globals[i].version;
	return 0;
}

void *client_bind(struct client *client, const struct wl_interface *interface, uint32_t max_version)
{
	for (size_t i = 0; i < client->n_globals; i++) {
		if (strcmp(client->globals[i].interface, interface->name) == 0)
			return wl_registry_bind(client->registry, client->globals[i].name,
				interface, MIN(client->globals[i].version, max_version));
	}
	return NULL;
}

struct client *client_create(struct fixture *fixture)
{
	int sockets[2];
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0);
	return client_create_on(fixture, sockets);
}

struct client *client_create_on(struct fixture *fixture, const int sockets[2])
{
	struct client *client = xcalloc(1, sizeof(*client));
	client->fixture = fixture;
	client->answers_pings = true;
	wl_list_init(&client->outputs);
	wl_list_insert(fixture->clients.prev, &client->link);
	client->server_side = wl_client_create(fixture->server->display, sockets[0]);
	client->display = wl_display_connect_to_fd(sockets[1]);
	check(client->server_side && client->display);
	client->registry = wl_display_get_registry(client->display);
	wl_registry_add_listener(client->registry, &registry_listener, client);
	fixture_pump(fixture);
	client->compositor = client_bind(client, &wl_compositor_interface, 6);
	client->subcompositor = client_bind(client, &wl_subcompositor_interface, 1);
	client->shm = client_bind(client, &wl_shm_interface, 2);
	client->seat = client_bind(client, &wl_seat_interface, 9);
	client->wm_base = client_bind(client, &xdg_wm_base_interface, 7);
	if (client->wm_base)
		xdg_wm_base_add_listener(client->wm_base, &wm_base_listener, client);
	fixture_pump(fixture);
	return client;
}

void client_destroy(struct client *client)
{
	struct client_output *output, *tmp;
	wl_list_for_each_safe(output, tmp, &client->outputs, link) {
		wl_proxy_destroy((struct wl_proxy *)output->output);
		free(output);
	}
	void *const proxies[] = {client->compositor, client->subcompositor, client->shm,
		client->seat, client->wm_base, client->registry};
	for (size_t i = 0; i < array_length(proxies); i++)
		if (proxies[i])
			wl_proxy_destroy(proxies[i]);
	wl_display_disconnect(client->display);
	for (size_t i = 0; i < client->n_globals; i++)
		free(client->globals[i].interface);
	free(client->globals);
	wl_list_remove(&client->link);
	fixture_pump(client->fixture);
	free(client);
}

int client_error(struct client *client, const char **interface)
{
	const struct wl_interface *object = NULL;
	uint32_t id;
	if (interface)
		*interface = NULL;
	int error = wl_display_get_error(client->display);
	// libwayland maps errors of wl_display to other errno values.
	if (error != EPROTO && error != EINVAL && error != ENOMEM)
		return -1;
	int code = (int)wl_display_get_protocol_error(client->display, &object, &id);
	if (!object && error != EPROTO)
		return -1;
	if (interface)
		*interface = object ? object->name : "unknown";
	return code;
}

struct wl_buffer *client_buffer_format(
	struct client *client, int width, int height, uint32_t shm_format, uint32_t argb)
{
	size_t size = (size_t)width * (size_t)height * 4;
	int fd = memfd_sized("test", size);
	check(fd >= 0);
	uint32_t *pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(pixels != MAP_FAILED);
	for (size_t i = 0; i < size / 4; i++)
		pixels[i] = argb;
	munmap(pixels, size);
	struct wl_shm_pool *pool = wl_shm_create_pool(client->shm, fd, (int32_t)size);
	struct wl_buffer *buffer =
		wl_shm_pool_create_buffer(pool, 0, width, height, width * 4, shm_format);
	wl_shm_pool_destroy(pool);
	close(fd);
	return buffer;
}

struct wl_buffer *client_buffer(struct client *client, int width, int height, uint32_t argb)
{
	return client_buffer_format(client, width, height, WL_SHM_FORMAT_ARGB8888, argb);
}

struct surface *client_surface(struct wl_surface *surface, struct client *client)
{
	struct wl_resource *resource = wl_client_get_object(
		client->server_side, wl_proxy_get_id((struct wl_proxy *)surface));
	return surface_from_resource(resource);
}

// Windows

static void on_toplevel_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
	int32_t height, struct wl_array *states)
{
	struct client_window *window = data;
	window->configured_width = width;
	window->configured_height = height;
	window->states = 0;
	uint32_t *state;
	wl_array_for_each(state, states)
		window->states |= 1u << *state;
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
	struct client_window *window = data;
	window->closes++;
}

static void on_bounds(void *data, struct xdg_toplevel *toplevel, int32_t width, int32_t height)
{
}

static void on_capabilities(
	void *data, struct xdg_toplevel *toplevel, struct wl_array *capabilities)
{
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = on_toplevel_configure,
	.close = on_close,
	.configure_bounds = on_bounds,
	.wm_capabilities = on_capabilities,
};

static void client_window_ack(struct client_window *window)
{
	xdg_surface_ack_configure(window->xdg_surface, window->serial);
	int width = window->configured_width ? window->configured_width : window->width;
	int height = window->configured_height ? window->configured_height : window->height;
	client_window_draw(window, width, height, window->argb);
}

static void on_configure(void *data, struct xdg_surface *xdg_surface, uint32_t serial)
{
	struct client_window *window = data;
	window->serial = serial;
	window->configures++;
	if (window->auto_ack)
		client_window_ack(window);
}

static const struct xdg_surface_listener xdg_surface_listener = {.configure = on_configure};

struct client_window *client_window_create_bare(struct client *client, int width, int height)
{
	struct client_window *window = xcalloc(1, sizeof(*window));
	window->client = client;
	window->width = width;
	window->height = height;
	window->surface = wl_compositor_create_surface(client->compositor);
	window->xdg_surface = xdg_wm_base_get_xdg_surface(client->wm_base, window->surface);
	xdg_surface_add_listener(window->xdg_surface, &xdg_surface_listener, window);
	window->toplevel = xdg_surface_get_toplevel(window->xdg_surface);
	xdg_toplevel_add_listener(window->toplevel, &toplevel_listener, window);
	wl_surface_commit(window->surface);
	return window;
}

void client_window_show(struct client_window *window, uint32_t argb)
{
	window->argb = argb;
	window->auto_ack = true;
	if (window->serial)
		client_window_ack(window);
	fixture_pump(window->client->fixture);
	fixture_frames(window->client->fixture, 2);
	window->window = window_from_surface(client_surface(window->surface, window->client));
}

struct client_window *client_window_create(
	struct client *client, int width, int height, uint32_t argb)
{
	struct client_window *window = client_window_create_bare(client, width, height);
	client_window_show(window, argb);
	return window;
}

struct client_window *client_window_opaque(struct client *client, int size, int x, int y)
{
	struct client_window *window = client_window_create(client, size, size, 0xff102030);
	struct wl_region *region = wl_compositor_create_region(client->compositor);
	wl_region_add(region, 0, 0, size, size);
	wl_surface_set_opaque_region(window->surface, region);
	wl_region_destroy(region);
	wl_surface_commit(window->surface);
	window_move(window->window, x, y);
	fixture_frames(client->fixture, 2);
	return window;
}

void client_window_draw(struct client_window *window, int width, int height, uint32_t argb)
{
	if (window->buffer)
		wl_buffer_destroy(window->buffer);
	window->buffer = client_buffer(window->client, width, height, argb);
	window->width = width;
	window->height = height;
	window->argb = argb;
	wl_surface_attach(window->surface, window->buffer, 0, 0);
	wl_surface_damage_buffer(window->surface, 0, 0, width, height);
	wl_surface_commit(window->surface);
}

void client_window_destroy(struct client_window *window)
{
	xdg_toplevel_destroy(window->toplevel);
	xdg_surface_destroy(window->xdg_surface);
	wl_surface_destroy(window->surface);
	if (window->buffer)
		wl_buffer_destroy(window->buffer);
	fixture_pump(window->client->fixture);
	free(window);
}

// Proxies of clients that end by a protocol error leak in libwayland-client. Only leaks of the
// server count.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libwayland-client.so\n";
}
