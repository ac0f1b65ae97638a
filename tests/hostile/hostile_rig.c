// SPDX-License-Identifier: MIT
#include "tests/hostile/hostile_rig.h"
#include <errno.h>
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/config/config.h"
#include "compositor/window/window.h"

void hostile_rig_init_with(struct hostile_rig *rig, const struct server_options *options)
{
	rig->fixture = fixture_create(options);
	rig->neighbour = client_create(rig->fixture);
	rig->window = client_window_create(rig->neighbour, 80, 60, 0xff336699);
	check(rig->window->window != NULL);
	// As in a session, where the user types into the neighbour's window.
	rig->fixture->server->config->desktop.focus_new = FOCUS_NEW_SMART;
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	rig->n_surfaces = wl_list_length(&rig->fixture->server->surfaces);
	rig->n_windows = wl_list_length(&rig->fixture->server->windows);
	hostile_rig_connect(rig);
}

void hostile_rig_init(struct hostile_rig *rig)
{
	hostile_rig_init_with(rig, NULL);
}

struct client *hostile_rig_connect(struct hostile_rig *rig)
{
	hostile_rig_disconnect(rig);
	rig->attacker = client_create(rig->fixture);
	return rig->attacker;
}

void hostile_rig_disconnect(struct hostile_rig *rig)
{
	if (rig->attacker)
		client_destroy(rig->attacker);
	rig->attacker = NULL;
	fixture_pump(rig->fixture);
	check_eq(wl_list_length(&rig->fixture->server->surfaces), rig->n_surfaces);
	check_eq(wl_list_length(&rig->fixture->server->windows), rig->n_windows);
}

static void on_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	*(bool *)data = true;
}

static const struct wl_callback_listener frame_listener = {.done = on_frame};

bool surface_gets_frame(struct client *client, struct wl_surface *surface, int frames)
{
	bool done = false;
	struct wl_callback *callback = wl_surface_frame(surface);
	wl_callback_add_listener(callback, &frame_listener, &done);
	wl_surface_commit(surface);
	fixture_pump(client->fixture);
	for (int i = 0; i < frames && !done; i++)
		fixture_frames(client->fixture, 1);
	wl_callback_destroy(callback);
	return done;
}

static void check_shown(struct client_window *window, uint32_t argb)
{
	struct fixture *fixture = window->client->fixture;
	client_window_draw(window, window->width, window->height, argb);
	check(surface_gets_frame(window->client, window->surface, 90));
	check_no_error(window->client);
	struct box box = window_box(window->window);
	check_eq(fixture_pixel(fixture, box.x + box.width / 2, box.y + box.height / 2),
		argb & 0xffffff);
}

void hostile_rig_check(struct hostile_rig *rig)
{
	struct window *window = rig->window->window;
	window_raise(window);
	check_shown(rig->window, rig->window->argb ^ 0x00ffffff);
	struct client *client = client_create(rig->fixture);
	struct client_window *other = client_window_create(client, 40, 30, 0xff804020);
	check(other->window != NULL);
	window_raise(other->window);
	check_shown(other, 0xff208040);
	client_window_destroy(other);
	client_destroy(client);
}

void hostile_rig_finish(struct hostile_rig *rig)
{
	hostile_rig_disconnect(rig);
	hostile_rig_check(rig);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

void raw_bytes(struct client *client, const void *bytes, size_t size)
{
	int fd = wl_display_get_fd(client->display);
	wl_display_flush(client->display);
	const char *at = bytes;
	for (size_t left = size; left > 0;) {
		ssize_t sent = send(fd, at, left, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0) {
			at += sent;
			left -= (size_t)sent;
		} else if (sent < 0 && errno == EAGAIN) {
			fixture_pump(client->fixture);
		} else {
			return; // the server has closed the connection
		}
	}
	fixture_pump(client->fixture);
}

void raw_request(struct client *client, void *proxy, uint32_t opcode, const void *args, size_t size)
{
	uint32_t *message = xcalloc(1, 8 + size);
	message[0] = wl_proxy_get_id(proxy);
	message[1] = (uint32_t)(8 + size) << 16 | opcode;
	memcpy(message + 2, args, size);
	raw_bytes(client, message, 8 + size);
	free(message);
}

bool client_ended(struct client *client)
{
	fixture_pump(client->fixture);
	return wl_display_get_error(client->display) != 0;
}

static void permute(
	int *order, int at, int n, void (*with)(const int *order, int n, void *data), void *data)
{
	if (at == n)
		with(order, n, data);
	for (int i = at; i < n; i++) {
		int tmp = order[at];
		order[at] = order[i];
		order[i] = tmp;
		permute(order, at + 1, n, with, data);
		order[i] = order[at];
		order[at] = tmp;
	}
}

void for_each_permutation(int n, void (*with)(const int *order, int n, void *data), void *data)
{
	int order[16];
	check(n <= (int)array_length(order));
	for (int i = 0; i < n; i++)
		order[i] = i;
	permute(order, 0, n, with, data);
}

struct shm_file shm_file_create(struct client *client, size_t real_size, size_t size)
{
	struct shm_file file = {.fd = memfd_create("file", MFD_CLOEXEC), .size = size};
	check(file.fd >= 0);
	check(ftruncate(file.fd, (off_t)real_size) == 0);
	file.pool = wl_shm_create_pool(client->shm, file.fd, (int32_t)size);
	return file;
}

void shm_file_destroy(struct shm_file *file)
{
	wl_shm_pool_destroy(file->pool);
	close(file->fd);
}

struct wl_buffer *shm_file_buffer(struct shm_file *file, int width, int height)
{
	return wl_shm_pool_create_buffer(
		file->pool, 0, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
}
