// SPDX-License-Identifier: MIT
// oriel-wlcs.so: the interface that the WLCS runner loads. The event loop of the server runs in its
// own thread. Each call of a test is run by that thread between two dispatches, while the caller
// waits. ORIEL_WLCS_QUIRKS=1 works around protocol violations of the suite's own clients.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wayland-client-core.h>
#include "compositor/base/log.h"
#include "compositor/create.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/window.h"
#include "tests/wlcs/abi.h"

struct module {
	struct wlcs_server wlcs;
	struct server *server;
	struct wl_list clients; // module_client.link
	int32_t next_touch_id;

	pthread_t thread;
	bool running;
	int wake_fd;
	struct wl_event_source *wake;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	void (*call)(void *data); // pending call of a waiting caller, or NULL; protected by mutex
	void *call_data;
};

// WLCS identifies a client by its end of the socket pair.
struct module_client {
	int fd; // the client's end
	struct wl_client *client;
	struct wl_listener destroyed;
	struct wl_list link;
};

static struct module *module_from(struct wlcs_server *wlcs)
{
	struct module *module = wl_container_of(wlcs, module, wlcs);
	return module;
}

// Calls

static int on_wake(int fd, uint32_t mask, void *data)
{
	struct module *module = data;
	uint64_t count;
	if (read(fd, &count, sizeof(count)) < 0)
		log_error("eventfd: %s", strerror(errno));
	pthread_mutex_lock(&module->mutex);
	if (module->call) {
		module->call(module->call_data);
		wl_display_flush_clients(module->server->display);
		module->call = NULL;
		pthread_cond_signal(&module->cond);
	}
	pthread_mutex_unlock(&module->mutex);
	return 0;
}

// Runs the function in the server's thread and returns when it has finished.
static void module_call(struct module *module, void (*call)(void *data), void *data)
{
	if (!module->running) {
		call(data);
		return;
	}
	pthread_mutex_lock(&module->mutex);
	module->call = call;
	module->call_data = data;
	if (write(module->wake_fd, &(uint64_t){1}, sizeof(uint64_t)) < 0)
		log_error("eventfd: %s", strerror(errno));
	while (module->call)
		pthread_cond_wait(&module->cond, &module->mutex);
	pthread_mutex_unlock(&module->mutex);
}

static void *run_thread(void *data)
{
	struct module *module = data;
	wl_display_run(module->server->display);
	return NULL;
}

static void start(struct wlcs_server *wlcs)
{
	struct module *module = module_from(wlcs);
	int error = pthread_create(&module->thread, NULL, run_thread, module);
	if (error)
		log_error("pthread_create: %s", strerror(error));
	module->running = !error;
}

static void call_terminate(void *data)
{
	struct module *module = data;
	wl_display_terminate(module->server->display);
}

static void stop(struct wlcs_server *wlcs)
{
	struct module *module = module_from(wlcs);
	if (!module->running)
		return;
	module_call(module, call_terminate, module);
	pthread_join(module->thread, NULL);
	module->running = false;
}

// Clients

static void module_client_destroy(struct module_client *client)
{
	wl_list_remove(&client->destroyed.link);
	wl_list_remove(&client->link);
	free(client);
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct module_client *client = wl_container_of(listener, client, destroyed);
	module_client_destroy(client);
}

static struct module_client *client_by_fd(struct module *module, int fd)
{
	struct module_client *client;
	wl_list_for_each(client, &module->clients, link)
		if (client->fd == fd)
			return client;
	return NULL;
}

struct client_call {
	struct module *module;
	int fds[2]; // server end, client end
	bool done;
};

static void call_create_client(void *data)
{
	struct client_call *call = data;
	struct module *module = call->module;
	// The number was reused, so its former owner has disconnected and the server has not
	// noticed yet.
	struct module_client *client = client_by_fd(module, call->fds[1]);
	if (client)
		module_client_destroy(client);
	struct wl_client *wl_client = wl_client_create(module->server->display, call->fds[0]);
	if (!wl_client)
		return;
	client = xcalloc(1, sizeof(*client));
	client->fd = call->fds[1];
	client->client = wl_client;
	client->destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(wl_client, &client->destroyed);
	wl_list_insert(&module->clients, &client->link);
	call->done = true;
}

static int create_client_socket(struct wlcs_server *wlcs)
{
	struct client_call call = {.module = module_from(wlcs)};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, call.fds) < 0)
		return -1;
	module_call(call.module, call_create_client, &call);
	if (call.done)
		return call.fds[1];
	close(call.fds[0]);
	close(call.fds[1]);
	errno = ENOMEM;
	return -1;
}

struct position_call {
	struct module *module;
	int fd, x, y;
	uint32_t id;
};

static void call_position_window(void *data)
{
	struct position_call *call = data;
	struct module_client *client = client_by_fd(call->module, call->fd);
	if (!client)
		return;
	struct wl_resource *resource = wl_client_get_object(client->client, call->id);
	if (!resource || strcmp(wl_resource_get_class(resource), "wl_surface") != 0)
		return;
	struct surface *surface = surface_from_resource(resource);
	struct window *window = window_from_surface(surface);
	struct layer_surface *layer = layer_surface_from_surface(surface);
	if (window)
		window_request(
			window, REQUEST_PLACE, &(struct window_detail){.x = call->x, .y = call->y});
	if (layer) // until the next arrangement of layers
		node_set_position(layer->tree, call->x, call->y);
	seat_refocus(call->module->server->seat);
}

static void position_window(struct wlcs_server *wlcs, struct wl_display *client,
	struct wl_surface *surface, int x, int y)
{
	struct position_call call = {
		.module = module_from(wlcs),
		.fd = wl_display_get_fd(client),
		.x = x,
		.y = y,
		.id = wl_proxy_get_id((struct wl_proxy *)surface),
	};
	module_call(call.module, call_position_window, &call);
}

// Input

struct input_call {
	struct module *module;
	struct input_event event;
	enum input_event_type frame; // sent afterwards; the type of the event itself: none
};

static void call_input(void *data)
{
	struct input_call *call = data;
	struct server *server = call->module->server;
	call->event.time_us = clock_now_ns(server->clock) / 1000;
	seat_input(server->seat, &call->event);
	if (call->frame == call->event.type)
		return;
	call->event.type = call->frame;
	seat_input(server->seat, &call->event);
}

static void send_input(
	struct module *module, const struct input_event *event, enum input_event_type frame)
{
	struct input_call call = {.module = module, .event = *event, .frame = frame};
	module_call(module, call_input, &call);
}

struct pointer_device {
	struct wlcs_pointer wlcs;
	struct module *module;
};

static void send_pointer(struct wlcs_pointer *wlcs, struct input_event event)
{
	struct pointer_device *device = wl_container_of(wlcs, device, wlcs);
	send_input(device->module, &event, INPUT_POINTER_FRAME);
}

static void pointer_move_absolute(struct wlcs_pointer *wlcs, wl_fixed_t x, wl_fixed_t y)
{
	send_pointer(wlcs,
		(struct input_event){
			.type = INPUT_MOTION_LAYOUT,
			.absolute = {wl_fixed_to_double(x), wl_fixed_to_double(y)},
		});
}

static void pointer_move_relative(struct wlcs_pointer *wlcs, wl_fixed_t dx, wl_fixed_t dy)
{
	double x = wl_fixed_to_double(dx), y = wl_fixed_to_double(dy);
	send_pointer(wlcs, (struct input_event){.type = INPUT_MOTION, .motion = {x, y, x, y}});
}

static void pointer_button_up(struct wlcs_pointer *wlcs, int code)
{
	send_pointer(wlcs,
		(struct input_event){.type = INPUT_BUTTON, .button = {(uint32_t)code, false}});
}

static void pointer_button_down(struct wlcs_pointer *wlcs, int code)
{
	send_pointer(
		wlcs, (struct input_event){.type = INPUT_BUTTON, .button = {(uint32_t)code, true}});
}

static void pointer_destroy(struct wlcs_pointer *wlcs)
{
	struct pointer_device *device = wl_container_of(wlcs, device, wlcs);
	free(device);
}

static struct wlcs_pointer *create_pointer(struct wlcs_server *wlcs)
{
	struct pointer_device *device = xcalloc(1, sizeof(*device));
	device->module = module_from(wlcs);
	device->wlcs = (struct wlcs_pointer){
		.version = 1,
		.move_absolute = pointer_move_absolute,
		.move_relative = pointer_move_relative,
		.button_up = pointer_button_up,
		.button_down = pointer_button_down,
		.destroy = pointer_destroy,
	};
	return &device->wlcs;
}

struct touch_device {
	struct wlcs_touch wlcs;
	struct module *module;
	int32_t id;
	bool down;
};

static void send_touch(struct wlcs_touch *wlcs, enum input_event_type type, int x, int y)
{
	struct touch_device *device = wl_container_of(wlcs, device, wlcs);
	struct input_event event = {.type = type, .touch = {device->id, x, y, true}};
	send_input(device->module, &event, INPUT_TOUCH_FRAME);
}

static void touch_down(struct wlcs_touch *wlcs, int x, int y)
{
	struct touch_device *device = wl_container_of(wlcs, device, wlcs);
	if (device->down)
		send_touch(wlcs, INPUT_TOUCH_UP, 0, 0);
	device->down = true;
	send_touch(wlcs, INPUT_TOUCH_DOWN, x, y);
}

static void touch_move(struct wlcs_touch *wlcs, int x, int y)
{
	send_touch(wlcs, INPUT_TOUCH_MOTION, x, y);
}

static void touch_up(struct wlcs_touch *wlcs)
{
	struct touch_device *device = wl_container_of(wlcs, device, wlcs);
	if (device->down) // the suite releases touches that were never pressed
		send_touch(wlcs, INPUT_TOUCH_UP, 0, 0);
	device->down = false;
}

static void touch_destroy(struct wlcs_touch *wlcs)
{
	struct touch_device *device = wl_container_of(wlcs, device, wlcs);
	touch_up(wlcs);
	free(device);
}

static struct wlcs_touch *create_touch(struct wlcs_server *wlcs)
{
	struct touch_device *device = xcalloc(1, sizeof(*device));
	device->module = module_from(wlcs);
	device->id = device->module->next_touch_id++;
	device->wlcs = (struct wlcs_touch){
		.version = 1,
		.down = touch_down,
		.move = touch_move,
		.up = touch_up,
		.destroy = touch_destroy,
	};
	return &device->wlcs;
}

struct keyboard_device {
	struct wlcs_keyboard wlcs;
	struct module *module;
};

static void send_key(struct wlcs_keyboard *wlcs, int code, bool pressed)
{
	struct keyboard_device *device = wl_container_of(wlcs, device, wlcs);
	struct input_event event = {.type = INPUT_KEY, .key = {(uint32_t)code, pressed}};
	send_input(device->module, &event, INPUT_KEY);
}

static void key_down(struct wlcs_keyboard *wlcs, int code)
{
	send_key(wlcs, code, true);
}

static void key_up(struct wlcs_keyboard *wlcs, int code)
{
	send_key(wlcs, code, false);
}

static void keyboard_destroy(struct wlcs_keyboard *wlcs)
{
	struct keyboard_device *device = wl_container_of(wlcs, device, wlcs);
	free(device);
}

static struct wlcs_keyboard *create_keyboard(struct wlcs_server *wlcs)
{
	struct keyboard_device *device = xcalloc(1, sizeof(*device));
	device->module = module_from(wlcs);
	device->wlcs = (struct wlcs_keyboard){
		.version = 1,
		.key_down = key_down,
		.key_up = key_up,
		.destroy = keyboard_destroy,
	};
	return &device->wlcs;
}

// The server

// Required globals: a test that misses one fails instead of being skipped.
static const struct wlcs_descriptor *get_descriptor(const struct wlcs_server *wlcs)
{
	static const struct wlcs_extension extensions[] = {
		{"wl_compositor", 6},
		{"wl_subcompositor", 1},
		{"wl_shm", 2},
		{"wl_seat", 9},
		{"wl_output", 4},
		{"wl_data_device_manager", 3},
		{"xdg_wm_base", 6},
		{"wp_viewporter", 1},
		{"wp_fractional_scale_manager_v1", 1},
		{"zxdg_output_manager_v1", 3},
		{"zxdg_decoration_manager_v1", 1},
		{"xdg_activation_v1", 1},
		{"zwp_primary_selection_device_manager_v1", 1},
		{"zwp_relative_pointer_manager_v1", 1},
		{"zwp_pointer_constraints_v1", 1},
		{"zwlr_layer_shell_v1", 4},
		{"zwlr_foreign_toplevel_manager_v1", 3},
		{"ext_foreign_toplevel_list_v1", 1},
		{"zwlr_screencopy_manager_v1", 3},
		{"ext_output_image_capture_source_manager_v1", 1},
		{"ext_image_copy_capture_manager_v1", 1},
		{"ext_data_control_manager_v1", 1},
		{"zwlr_data_control_manager_v1", 2},
		{"zwlr_virtual_pointer_manager_v1", 2},
		{"zwp_virtual_keyboard_manager_v1", 1},
	};
	static const struct wlcs_descriptor descriptor = {
		.version = 1,
		.n_extensions = array_length(extensions),
		.extensions = extensions,
	};
	return &descriptor;
}

static void destroy_server(struct wlcs_server *wlcs)
{
	struct module *module = module_from(wlcs);
	stop(wlcs);
	if (module->wake)
		wl_event_source_remove(module->wake);
	server_destroy(module->server); // frees the list entries of the clients, too
	close_fd(&module->wake_fd);
	pthread_cond_destroy(&module->cond);
	pthread_mutex_destroy(&module->mutex);
	free(module);
}

static struct wlcs_server *create_server(int argc, const char **argv)
{
	struct module *module = xcalloc(1, sizeof(*module));
	wl_list_init(&module->clients);
	pthread_mutex_init(&module->mutex, NULL);
	pthread_cond_init(&module->cond, NULL);
	module->wlcs = (struct wlcs_server){
		.version = 4,
		.start = start,
		.stop = stop,
		.create_client_socket = create_client_socket,
		.position_window = position_window,
		.create_pointer = create_pointer,
		.create_touch = create_touch,
		.get_descriptor = get_descriptor,
		.create_keyboard = create_keyboard,
	};
	module->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	const char *quirks = getenv("ORIEL_WLCS_QUIRKS");
	module->server = server_create(&(struct server_options){
		.width = 1280,
		.height = 1024,
		.outputs = 1,
		.wlcs_quirks = quirks && strcmp(quirks, "1") == 0,
		.builtin_cursor = true,
		.no_wallpaper_image = true,
	});
	if (module->wake_fd < 0 || !module->server)
		goto fail;
	module->wake = wl_event_loop_add_fd(
		module->server->loop, module->wake_fd, WL_EVENT_READABLE, on_wake, module);
	if (!module->wake)
		goto fail;
	return &module->wlcs;
fail:
	log_error("the server could not be made");
	destroy_server(&module->wlcs);
	return NULL;
}

const struct wlcs_integration wlcs_server_integration = {
	.version = 1,
	.create_server = create_server,
	.destroy_server = destroy_server,
};
