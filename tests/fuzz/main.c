// SPDX-License-Identifier: MIT
// libFuzzer entry point. The input is a list of steps of two clients, of input devices, time and
// outputs. Meanwhile a witness keeps the rules, and must not notice anything. Afterwards all
// objects must be freed and a new client must be served.
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/input.h"
#include "compositor/base/log.h"
#include "compositor/client/access.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "tests/fuzz/request.h"
#include "tests/harness/client.h"
#include "tests/harness/fake_gpu.h"
#include "tests/harness/fixture.h"
#include "tests/harness/process.h"
#include "tests/harness/test.h"

#define MAX_STEPS 400
#define MAX_FRAMES 200
#define MAX_CONNECTIONS 6
#define MAX_OUTPUTS 4

extern const struct wl_interface wl_compositor_interface, wl_shm_interface, wl_surface_interface,
	wl_subcompositor_interface, xdg_popup_interface, xdg_positioner_interface,
	xdg_surface_interface, xdg_toplevel_interface, xdg_wm_base_interface,
	zwlr_layer_shell_v1_interface, zwlr_layer_surface_v1_interface,
	zwp_linux_dmabuf_v1_interface;

struct world {
	struct fixture *fixture;
	struct peer peers[2], *peer; // the current one
	struct input input;
	struct fake_gpu gpu;
	int writer; // of the newest dmabuf that has not been written, or -1
	int frames, connections;
	struct client_window *witness; // of a client that keeps the rules, or NULL
};

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Clients

static void connect_peer(struct world *world, struct peer *peer)
{
	int sockets[2];
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0);
	struct wl_client *client = wl_client_create(world->fixture->server->display, sockets[0]);
	check(client != NULL);
	access_set_xwayland(client, getpid()); // sees all globals
	peer_init(peer, sockets[1]);
	world->connections++;
}

static void exchange(struct world *world)
{
	for (size_t i = 0; i < 2; i++)
		peer_flush(&world->peers[i]);
	fixture_pump(world->fixture);
	for (size_t i = 0; i < 2; i++) {
		peer_read(&world->peers[i]);
		peer_flush(&world->peers[i]); // sends the binds of new globals
	}
}

static void start_peer(struct world *world, struct peer *peer)
{
	connect_peer(world, peer);
	exchange(world);
	fixture_pump(world->fixture);
	exchange(world);
}

static struct object *newest(struct world *world, const struct wl_interface *interface)
{
	return peer_find(world->peer, interface, 0);
}

// Steps of several requests, which random bytes hardly ever combine

static int gpu_file(struct world *world, int width, int height, bool unwritten)
{
	int pipes[2];
	if (!unwritten)
		return memfd_sized("fuzz", (size_t)(width * height * 4));
	check(pipe2(pipes, O_CLOEXEC | O_NONBLOCK) == 0);
	close_fd(&world->writer);
	world->writer = pipes[1];
	return pipes[0];
}

static struct object *make_gpu_buffer(
	struct world *world, struct object *dmabuf, int width, int height, bool unwritten)
{
	struct peer *peer = world->peer;
	struct object *params = request(peer, dmabuf, "create_params");
	if (!params)
		return NULL;
	request(peer, params, "add", gpu_file(world, width, height, unwritten), 0, 0, width * 4, 0,
		0);
	struct object *buffer =
		request(peer, params, "create_immed", width, height, DRM_FORMAT_XRGB8888, 0);
	request(peer, params, "destroy");
	return buffer;
}

static void attach(struct world *world, struct object *surface)
{
	static const int sizes[] = {1, 16, 40, 64, 100, 320, 200, 500};
	struct peer *peer = world->peer;
	struct object *shm = newest(world, &wl_shm_interface);
	uint8_t byte = input_byte(&world->input);
	int width = sizes[byte & 7], height = sizes[byte >> 3 & 7];
	if (!shm || !surface)
		return;
	struct object *dmabuf = newest(world, &zwp_linux_dmabuf_v1_interface);
	if (byte & 0x80 && dmabuf) {
		request(peer, surface, "attach",
			make_gpu_buffer(world, dmabuf, width, height, byte & 0x40), 0, 0);
		request(peer, surface, "commit");
		return;
	}
	int fd = memfd_sized("fuzz", (size_t)(width * height * 4));
	struct object *pool = request(peer, shm, "create_pool", fd, width * height * 4);
	if (!pool)
		return;
	struct object *buffer = request(peer, pool, "create_buffer", 0, width, height, width * 4,
		(uint32_t)(byte >> 6 & 1));
	request(peer, pool, "destroy");
	request(peer, surface, "attach", buffer, 0, 0);
	request(peer, surface, "damage", 0, 0, INT32_MAX, INT32_MAX);
	request(peer, surface, "commit");
}

static void ack(struct world *world, struct object *object)
{
	if (object && object->serial)
		request(world->peer, object, "ack_configure", object->serial);
}

static struct object *make_surface(struct world *world)
{
	struct object *compositor = newest(world, &wl_compositor_interface);
	return compositor ? request(world->peer, compositor, "create_surface") : NULL;
}

static void make_window(struct world *world)
{
	struct peer *peer = world->peer;
	struct object *base = newest(world, &xdg_wm_base_interface);
	struct object *surface = base ? make_surface(world) : NULL;
	struct object *xdg = surface ? request(peer, base, "get_xdg_surface", surface) : NULL;
	if (!xdg || !request(peer, xdg, "get_toplevel"))
		return;
	request(peer, surface, "commit");
	exchange(world);
	ack(world, xdg);
	attach(world, surface);
}

static void make_popup(struct world *world)
{
	struct peer *peer = world->peer;
	struct object *base = newest(world, &xdg_wm_base_interface);
	struct object *parent =
		peer_find(peer, &xdg_surface_interface, input_byte(&world->input) & 3);
	struct object *surface = base && parent ? make_surface(world) : NULL;
	struct object *xdg = surface ? request(peer, base, "get_xdg_surface", surface) : NULL;
	struct object *positioner = xdg ? request(peer, base, "create_positioner") : NULL;
	if (!positioner)
		return;
	request(peer, positioner, "set_size", 30, 20);
	request(peer, positioner, "set_anchor_rect", 1, 1, 5, 5);
	struct object *popup = request(peer, xdg, "get_popup", parent, positioner);
	struct object *layer = newest(world, &zwlr_layer_surface_v1_interface);
	if (popup && layer && input_byte(&world->input) & 1)
		request(peer, layer, "get_popup", popup);
	request(peer, surface, "commit");
	exchange(world);
	ack(world, xdg);
	attach(world, surface);
}

static void make_subsurface(struct world *world)
{
	struct object *subcompositor = newest(world, &wl_subcompositor_interface);
	struct object *parent =
		peer_find(world->peer, &wl_surface_interface, input_byte(&world->input) & 7);
	struct object *surface = subcompositor && parent ? make_surface(world) : NULL;
	if (!surface)
		return;
	request(world->peer, subcompositor, "get_subsurface", surface, parent);
	attach(world, surface);
	request(world->peer, parent, "commit");
}

static void make_layer(struct world *world)
{
	struct peer *peer = world->peer;
	struct object *shell = newest(world, &zwlr_layer_shell_v1_interface);
	struct object *surface = shell ? make_surface(world) : NULL;
	uint8_t byte = input_byte(&world->input);
	struct object *layer = surface
		? request(peer, shell, "get_layer_surface", surface, NULL, byte & 3u, "layer")
		: NULL;
	if (!layer)
		return;
	request(peer, layer, "set_size", 50, 20);
	request(peer, layer, "set_anchor", byte >> 2 & 15u);
	request(peer, layer, "set_exclusive_zone", (byte >> 6) * 20 - 20);
	request(peer, surface, "commit");
	exchange(world);
	ack(world, layer);
	attach(world, surface);
}

static void commit_all(struct world *world)
{
	struct peer *peer = world->peer;
	for (size_t i = 0; i < peer->n_objects; i++)
		if (peer->objects[i].id && peer->objects[i].interface == &wl_surface_interface)
			request(peer, &peer->objects[i], "commit");
}

static void raw(struct world *world)
{
	uint8_t bytes[64];
	size_t count = input_byte(&world->input) % sizeof(bytes);
	for (size_t i = 0; i < count; i++)
		bytes[i] = input_byte(&world->input);
	peer_write(world->peer, bytes, count);
}

// Input, outputs and time

static void move(struct world *world)
{
	double x = input_byte(&world->input) * 1.5, y = input_byte(&world->input);
	fixture_move(world->fixture, x, y);
}

static void press(struct world *world)
{
	uint8_t byte = input_byte(&world->input);
	fixture_button(world->fixture, BTN_LEFT + (byte >> 1) % 3, byte & 1);
}

static void type(struct world *world)
{
	static const uint32_t keys[] = {KEY_A, KEY_LEFTALT, KEY_TAB, KEY_LEFTMETA, KEY_F4, KEY_ESC,
		KEY_LEFT, KEY_UP, KEY_D, KEY_Q, KEY_M, KEY_F, KEY_LEFTSHIFT, KEY_LEFTCTRL, KEY_1,
		KEY_ENTER};
	uint8_t byte = input_byte(&world->input);
	fixture_key(world->fixture, keys[(byte >> 1) % array_length(keys)], byte & 1);
}

static void scroll(struct world *world)
{
	struct server *server = world->fixture->server;
	uint8_t byte = input_byte(&world->input);
	struct input_event event = {
		.type = INPUT_AXIS,
		.time_us = clock_now_ns(server->clock) / 1000,
		.axis = {.horizontal = byte & 1,
			.source = byte >> 1 & 3,
			.delta = byte >> 4,
			.value120 = byte & 8 ? 120 : 0},
	};
	seat_input(server->seat, &event);
	event.type = INPUT_POINTER_FRAME;
	seat_input(server->seat, &event);
}

static void touch(struct world *world)
{
	uint8_t byte = input_byte(&world->input);
	if (byte & 4)
		fixture_touch_up(world->fixture, byte & 3);
	else
		fixture_touch(world->fixture, byte & 3, byte, input_byte(&world->input));
}

static void pass_time(struct world *world)
{
	uint8_t byte = input_byte(&world->input);
	int frames = byte & 0x80 ? 64 : byte % 4 + 1;
	for (; frames && world->frames < MAX_FRAMES; frames--, world->frames++) {
		fixture_frames(world->fixture, 1);
		exchange(world);
	}
}

static void change_screens(struct world *world)
{
	struct backend *backend = world->fixture->server->backend;
	uint8_t byte = input_byte(&world->input);
	int count = wl_list_length(&world->fixture->server->outputs);
	if (byte & 1 && count < MAX_OUTPUTS) {
		backend->impl->add_screen(backend, NULL, 200, 100, 60000);
	} else if (!(byte & 1) && count) {
		struct output *output;
		int index = byte / 2 % count;
		wl_list_for_each(output, &world->fixture->server->outputs, link) {
			if (index-- == 0)
				break;
		}
		backend->impl->remove_screen(output->screen);
	}
}

static void reconnect(struct world *world)
{
	peer_finish(world->peer);
	if (input_byte(&world->input) & 1)
		fixture_pump(world->fixture);
	if (world->connections < MAX_CONNECTIONS)
		start_peer(world, world->peer);
}

static void shrink(struct world *world)
{
	if (world->input.file >= 0 && ftruncate(world->input.file, 0) < 0)
		close_fd(&world->input.file); // the file is sealed
	close_fd(&world->writer);
}

static void other_peer(struct world *world)
{
	world->peer = &world->peers[world->peer == &world->peers[0]];
	if (world->peer->fd < 0 && world->connections < MAX_CONNECTIONS)
		start_peer(world, world->peer);
}

static void toggle_stalled(struct world *world)
{
	world->peer->stalled = !world->peer->stalled;
}

static void ack_and_attach(struct world *world)
{
	uint8_t byte = input_byte(&world->input);
	ack(world, peer_find(world->peer, &xdg_surface_interface, byte & 3));
	attach(world, peer_find(world->peer, &wl_surface_interface, byte >> 2 & 3));
}

static void (*const steps[])(struct world *world) = {make_window, make_popup, make_subsurface,
	make_layer, ack_and_attach, commit_all, raw, move, press, type, scroll, touch, pass_time,
	change_screens, reconnect, shrink, other_peer, toggle_stalled, exchange, move, press,
	pass_time};

static void step(struct world *world)
{
	uint8_t what = input_byte(&world->input);
	if (what < array_length(steps) * 4) {
		steps[what / 4](world);
	} else if (world->peer->fd >= 0) {
		request_any(world->peer, &world->input);
		if (!(what & 1))
			return; // sent together with the next request
	}
	exchange(world);
	if (world->peer->fd < 0 && world->connections < MAX_CONNECTIONS)
		start_peer(world, world->peer);
}

// The witness: another client's requests must neither end it nor keep its window from being drawn

static void on_witness_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	*(bool *)data = true;
}

static const struct wl_callback_listener witness_frame_listener = {on_witness_frame};

static bool shows_anything(const struct server *server)
{
	const struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled)
			return true;
	}
	return false;
}

static void check_witness(struct world *world)
{
	struct client_window *window = world->witness;
	struct client *client = window->client;
	check_eq(client_error(client, NULL), -1);
	check_eq(wl_display_get_error(client->display), 0);
	bool done = false;
	struct wl_callback *callback = wl_surface_frame(window->surface);
	wl_callback_add_listener(callback, &witness_frame_listener, &done);
	client_window_draw(window, 60, 40, 0xff00ff00);
	// Hidden windows get a frame each second.
	fixture_advance(world->fixture, NSEC_PER_SEC + NSEC_PER_SEC / 2);
	check(done || !shows_anything(world->fixture->server));
	wl_callback_destroy(callback);
	client_window_destroy(window);
	client_destroy(client);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	log_set_level(LOG_SILENT);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("XKB_CONFIG_ROOT", TEST_ROOT "/fuzz/xkb", 1);
	return 0;
}

static void say_nothing(const char *format, va_list args)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	wl_log_set_handler_server(say_nothing);
	int fds_before = process_count_fds();
	struct world world = {.input = {data, size, -1}, .writer = -1};
	uint8_t options = input_byte(&world.input);
	struct server_options with = {0};
	if (options >= 192)
		with = fake_gpu_options(&world.gpu);
	with.virtual_clock = true;
	with.width = 320;
	with.height = 200;
	with.outputs = 1;
	with.scale = options & 2 ? 1.5 : 1;
	with.builtin_cursor = true;
	with.no_wallpaper_image = true;
	with.shell = options & 1 ? "kiosk" : "desktop";
	world.fixture = fixture_create(&with);
	world.peers[1].fd = -1;
	world.peer = &world.peers[0];
	if ((options & 12) == 8)
		world.witness =
			client_window_create(client_create(world.fixture), 60, 40, 0xff336699);
	start_peer(&world, world.peer);
	for (int i = 0; i < MAX_STEPS && world.input.left; i++)
		step(&world);
	if (options & 4) // the server is destroyed first
		server_destroy(world.fixture->server);
	for (size_t i = 0; i < 2; i++)
		peer_finish(&world.peers[i]);
	if (options & 4) {
		free(world.fixture);
	} else {
		struct server *server = world.fixture->server;
		fixture_pump(world.fixture);
		if (world.witness)
			check_witness(&world);
		check(wl_list_empty(&server->surfaces));
		check(wl_list_empty(&server->windows));
		check(wl_list_empty(&server->layers));
		check(wl_list_empty(wl_display_get_client_list(server->display)));
		// A new client is served.
		start_peer(&world, world.peer);
		check(world.peer->fd >= 0 && world.peer->n_objects > 10);
		peer_finish(world.peer);
		fixture_destroy(world.fixture);
	}
	close_fd(&world.writer);
	close_fd(&world.input.file);
	check_eq(world.gpu.textures, 0);
	check_eq(process_count_fds(), fds_before);
	return 0;
}
