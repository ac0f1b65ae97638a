// SPDX-License-Identifier: MIT
// wp_security_context_manager_v1, the global filter behind it, and wl_fixes.
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/interrupt.h"
#include "compositor/client/access.h"
#include "tests/harness/client.h"
#include "tests/harness/process.h"
#include "tests/harness/test.h"
#include "security-context-v1-client-protocol.h"

struct security_context_rig {
	struct fixture *fixture;
	struct client *client;
	struct wp_security_context_manager_v1 *manager;
	struct sockaddr_un address;
	int listen_fd, close_fds[2]; // [0] is passed to the compositor
};

static void security_context_rig_init(struct security_context_rig *rig)
{
	*rig = (struct security_context_rig){.fixture = fixture_create(NULL), .listen_fd = -1};
	rig->client = client_create(rig->fixture);
	rig->manager = client_bind(rig->client, &wp_security_context_manager_v1_interface, 1);
	check(rig->manager != NULL);
	fixture_pump(rig->fixture);
	rig->address.sun_family = AF_UNIX;
	check(snprintf(rig->address.sun_path, sizeof(rig->address.sun_path), "%s/s", test_dir()) <
		(int)sizeof(rig->address.sun_path));
	rig->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(rig->listen_fd >= 0);
	check(bind(rig->listen_fd, (struct sockaddr *)&rig->address, sizeof(rig->address)) == 0);
	check(listen(rig->listen_fd, 10) == 0);
	check(pipe(rig->close_fds) == 0);
}

static void security_context_rig_finish(struct security_context_rig *rig)
{
	wp_security_context_manager_v1_destroy(rig->manager);
	fixture_destroy(rig->fixture);
	close_fd(&rig->listen_fd);
	close_fd(&rig->close_fds[0]);
	close_fd(&rig->close_fds[1]);
}

static struct wp_security_context_v1 *create(struct security_context_rig *rig)
{
	struct wp_security_context_v1 *context = wp_security_context_manager_v1_create_listener(
		rig->manager, rig->listen_fd, rig->close_fds[0]);
	// The compositor has duplicates now.
	wl_display_flush(rig->client->display);
	close_fd(&rig->close_fds[0]);
	return context;
}

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct client *client = data;
	array_reserve(client->globals, client->n_globals, client->globals_capacity);
	client->globals[client->n_globals].interface = xstrdup(interface);
	client->globals[client->n_globals].name = name;
	client->globals[client->n_globals++].version = version;
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global,
	.global_remove = on_global_remove,
};

// A client connected through the sandbox socket; NULL when nothing listens on it.
static struct client *enter_sandbox(struct security_context_rig *rig)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd >= 0);
	if (connect(fd, (struct sockaddr *)&rig->address, sizeof(rig->address)) < 0) {
		close(fd);
		return NULL;
	}
	struct client *client = xcalloc(1, sizeof(*client));
	client->fixture = rig->fixture;
	wl_list_init(&client->outputs);
	wl_list_insert(&rig->fixture->clients, &client->link);
	client->display = wl_display_connect_to_fd(fd);
	check(client->display != NULL);
	client->registry = wl_display_get_registry(client->display);
	wl_registry_add_listener(client->registry, &registry_listener, client);
	fixture_pump(rig->fixture);
	return client;
}

static struct wl_client *newest_client(struct security_context_rig *rig)
{
	struct wl_list *list = wl_display_get_client_list(rig->fixture->server->display);
	return wl_client_from_link(list->prev);
}

TEST_F(security_context_rig, sandboxed_clients_see_what_is_harmless)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_set_sandbox_engine(context, "org.example.box");
	wp_security_context_v1_set_app_id(context, "org.example.app");
	wp_security_context_v1_set_instance_id(context, "17");
	wp_security_context_v1_commit(context);
	wp_security_context_v1_destroy(context); // the socket stays open
	check_no_error(rig->client);
	struct client *inside = enter_sandbox(rig);
	check(inside != NULL);
	const struct sandbox *sandbox = access_sandbox(newest_client(rig));
	check(sandbox != NULL);
	check_str(sandbox->engine, "org.example.box");
	check_str(sandbox->app_id, "org.example.app");
	check_str(sandbox->instance_id, "17");
	const char *const seen[] = {"wl_compositor", "wl_subcompositor", "wl_shm", "wl_output",
		"wl_seat", "wl_data_device_manager", "wl_fixes", "xdg_wm_base",
		"zxdg_decoration_manager_v1", "xdg_activation_v1", "wp_viewporter",
		"wp_fractional_scale_manager_v1", "wp_presentation",
		"wp_single_pixel_buffer_manager_v1", "wp_fifo_manager_v1",
		"wp_cursor_shape_manager_v1", "zwp_relative_pointer_manager_v1",
		"zwp_pointer_constraints_v1", "zwp_primary_selection_device_manager_v1",
		"zwp_idle_inhibit_manager_v1", "zxdg_output_manager_v1",
		"zwp_keyboard_shortcuts_inhibit_manager_v1", "zxdg_exporter_v1", "zxdg_exporter_v2",
		"xdg_wm_dialog_v1", "wp_content_type_manager_v1", "wp_alpha_modifier_v1",
		"wp_commit_timing_manager_v1", "wp_pointer_warp_v1", "xdg_system_bell_v1",
		"xdg_toplevel_tag_manager_v1", "xdg_toplevel_icon_manager_v1",
		"xdg_toplevel_drag_manager_v1"};
	for (size_t i = 0; i < array_length(seen); i++) {
		check_str(client_has(rig->client, seen[i]) ? seen[i] : NULL, seen[i]);
		check_str(client_has(inside, seen[i]) ? seen[i] : NULL, seen[i]);
	}
	const char *const hidden[] = {"zwlr_screencopy_manager_v1", "zwlr_layer_shell_v1",
		"ext_image_copy_capture_manager_v1", "ext_output_image_capture_source_manager_v1",
		"zwlr_virtual_pointer_manager_v1", "zwp_virtual_keyboard_manager_v1",
		"zwlr_data_control_manager_v1", "ext_data_control_manager_v1",
		"zwlr_foreign_toplevel_manager_v1", "ext_foreign_toplevel_list_v1",
		"zwlr_output_manager_v1", "wp_security_context_manager_v1", "ext_idle_notifier_v1",
		"zxdg_importer_v1", "zxdg_importer_v2"};
	for (size_t i = 0; i < array_length(hidden); i++) {
		check_str(client_has(rig->client, hidden[i]) ? hidden[i] : NULL, hidden[i]);
		check_str(client_has(inside, hidden[i]) ? hidden[i] : NULL, NULL);
	}
}

TEST_F(security_context_rig, binding_what_is_hidden_is_an_error)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_set_sandbox_engine(context, "org.example.box");
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	struct client *inside = enter_sandbox(rig);
	check(inside != NULL);
	uint32_t name = 0;
	for (size_t i = 0; i < rig->client->n_globals; i++)
		if (strcmp(rig->client->globals[i].interface, "wp_security_context_manager_v1") ==
			0)
			name = rig->client->globals[i].name;
	void *forged = wl_registry_bind(
		inside->registry, name, &wp_security_context_manager_v1_interface, 1);
	check_client_error(inside, "wl_registry", WL_DISPLAY_ERROR_INVALID_OBJECT);
	wl_proxy_destroy(forged);
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, grants_are_for_the_named_program)
{
	struct access *access = rig->fixture->server->access;
	access_allow(access, "zwlr_layer_shell_v1", "org.example.app");
	access_allow(access, "zwlr_screencopy_manager_v1", "org.example.other");
	access_allow(access, "ext_idle_notifier_v1", NULL);
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_set_sandbox_engine(context, "org.example.box");
	wp_security_context_v1_set_app_id(context, "org.example.app");
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	struct client *inside = enter_sandbox(rig);
	check(inside != NULL);
	check(client_has(inside, "zwlr_layer_shell_v1"));
	check(!client_has(inside, "zwlr_screencopy_manager_v1"));
	check(client_has(inside, "ext_idle_notifier_v1"));
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, closing_ends_it)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	struct client *inside = enter_sandbox(rig);
	check(inside != NULL);
	close_fd(&rig->close_fds[1]);
	close_fd(&rig->listen_fd);
	fixture_pump(rig->fixture);
	check(enter_sandbox(rig) == NULL);
	check_no_error(inside); // existing connections stay
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, listens_on_when_its_maker_is_gone)
{
	struct client *maker = client_create(rig->fixture);
	struct wp_security_context_manager_v1 *manager =
		client_bind(maker, &wp_security_context_manager_v1_interface, 1);
	struct wp_security_context_v1 *context = wp_security_context_manager_v1_create_listener(
		manager, rig->listen_fd, rig->close_fds[0]);
	wp_security_context_v1_commit(context);
	check_no_error(maker);
	wp_security_context_v1_destroy(context);
	wp_security_context_manager_v1_destroy(manager);
	client_destroy(maker);
	struct client *inside = enter_sandbox(rig);
	check(inside != NULL);
	check(access_sandbox(newest_client(rig)) != NULL);
	check(access_sandbox(rig->client->server_side) == NULL);
}

// Contexts whose close_fd stays open keep descriptors after their client is gone.
TEST_F(security_context_rig, contexts_left_open_are_limited)
{
	int before = process_count_fds(), refused = 0;
	for (int i = 0; i < 100; i++) {
		struct client *maker = client_create(rig->fixture);
		struct wp_security_context_manager_v1 *manager =
			client_bind(maker, &wp_security_context_manager_v1_interface, 1);
		struct wp_security_context_v1 *context =
			wp_security_context_manager_v1_create_listener(
				manager, rig->listen_fd, rig->close_fds[0]);
		wp_security_context_v1_commit(context);
		fixture_pump(rig->fixture);
		if (wl_display_get_error(maker->display)) {
			check_client_error(maker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
			refused++;
		}
		wp_security_context_v1_destroy(context);
		wp_security_context_manager_v1_destroy(manager);
		client_destroy(maker);
	}
	check_eq(refused, 100 - 64);
	check_eq(process_count_fds(), before + 64 * 3);
	check_no_error(rig->client);
	close_fd(&rig->close_fds[0]);
	close_fd(&rig->close_fds[1]); // ends them all, which makes room
	fixture_pump(rig->fixture);
	check_eq(process_count_fds(), before - 2);
	check(pipe(rig->close_fds) == 0);
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, a_dead_socket_ends_it)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	shutdown(rig->listen_fd, SHUT_RDWR);
	fixture_pump(rig->fixture); // and the loop does not spin
	check(enter_sandbox(rig) == NULL);
	wp_security_context_v1_destroy(context);
	check_no_error(rig->client);
}

struct taker { // makes the socket blocking and takes connections away, as its owner can
	int fd;
	atomic_bool stop;
};

static void *take_connections(void *data)
{
	struct taker *taker = data;
	while (!taker->stop) {
		fcntl(taker->fd, F_SETFL, O_RDWR);
		struct pollfd poll_fd = {.fd = taker->fd, .events = POLLIN};
		if (poll(&poll_fd, 1, 0) <= 0)
			continue;
		int fd = accept_shared(taker->fd);
		fcntl(taker->fd, F_SETFL, O_RDWR);
		close_fd(&fd);
	}
	return NULL;
}

// Unless it has a time limit, accept() blocks here sooner or later.
TEST_F(security_context_rig, connections_are_taken_away)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	struct taker taker = {.fd = rig->listen_fd};
	pthread_t thread;
	check(pthread_create(&thread, NULL, take_connections, &taker) == 0);
	for (int i = 0; i < 3000; i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		check(fd >= 0);
		check(connect(fd, (struct sockaddr *)&rig->address, sizeof(rig->address)) == 0);
		wl_event_loop_dispatch(rig->fixture->server->loop, 0);
		close(fd);
	}
	taker.stop = true;
	pthread_join(thread, NULL);
	check_no_error(rig->client);
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, nothing_is_accepted_before_commit)
{
	struct wp_security_context_v1 *context = create(rig);
	fixture_pump(rig->fixture);
	struct client *inside =
		enter_sandbox(rig); // the connection waits in the backlog of the socket
	check(inside != NULL);
	check_eq(inside->n_globals, 0);
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	check(inside->n_globals > 0);
	wp_security_context_v1_destroy(context);
}

TEST(values_are_given_once)
{
	for (int which = 0; which < 3; which++) {
		struct security_context_rig s;
		security_context_rig_init(&s);
		struct wp_security_context_v1 *context = create(&s);
		void (*const set[])(struct wp_security_context_v1 *, const char *) = {
			wp_security_context_v1_set_sandbox_engine,
			wp_security_context_v1_set_app_id,
			wp_security_context_v1_set_instance_id,
		};
		set[which](context, "one");
		check_no_error(s.client);
		set[which](context, "one");
		check_client_error(s.client, "wp_security_context_v1",
			WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_SET);
		wp_security_context_v1_destroy(context);
		security_context_rig_finish(&s);
		unlink(s.address.sun_path);
	}
}

TEST_F(security_context_rig, nothing_after_commit)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	wp_security_context_v1_commit(context);
	check_client_error(
		rig->client, "wp_security_context_v1", WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_USED);
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, nothing_after_its_end_either)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_commit(context);
	check_no_error(rig->client);
	close_fd(&rig->close_fds[1]);
	fixture_pump(rig->fixture);
	wp_security_context_v1_set_app_id(context, "late");
	check_client_error(
		rig->client, "wp_security_context_v1", WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_USED);
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, ids_need_an_engine)
{
	struct wp_security_context_v1 *context = create(rig);
	wp_security_context_v1_set_app_id(context, "org.example.app");
	wp_security_context_v1_commit(context);
	check_client_error(rig->client, "wp_security_context_v1",
		WP_SECURITY_CONTEXT_V1_ERROR_INVALID_METADATA);
	wp_security_context_v1_destroy(context);
}

enum kind { FD_PIPE, FD_SOCKET, FD_DATAGRAM };

static const enum kind bad_kinds[] = {FD_PIPE, FD_SOCKET, FD_DATAGRAM};

TEST_FP(security_context_rig, what_does_not_listen_is_an_error, enum kind, bad_kinds)
{
	int fd = *param == FD_PIPE
		? dup(rig->close_fds[0])
		: socket(AF_UNIX, *param == FD_SOCKET ? SOCK_STREAM : SOCK_DGRAM, 0);
	check(fd >= 0);
	struct wp_security_context_v1 *context =
		wp_security_context_manager_v1_create_listener(rig->manager, fd, rig->close_fds[0]);
	check_client_error(rig->client, "wp_security_context_manager_v1",
		WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_INVALID_LISTEN_FD);
	wp_security_context_v1_destroy(context);
	close(fd);
}

TEST_F(security_context_rig, sandboxes_do_not_nest)
{
	access_set_sandbox(rig->client->server_side, &(const struct sandbox){0});
	struct wp_security_context_v1 *context = create(rig);
	check_client_error(rig->client, "wp_security_context_manager_v1",
		WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_NESTED);
	wp_security_context_v1_destroy(context);
}

TEST_F(security_context_rig, what_cannot_be_watched_ends_the_client)
{
	int file = memfd_sized("not a pipe", 1);
	struct wp_security_context_v1 *context =
		wp_security_context_manager_v1_create_listener(rig->manager, rig->listen_fd, file);
	wp_security_context_v1_commit(context);
	check_client_error(rig->client, "wl_display", WL_DISPLAY_ERROR_IMPLEMENTATION);
	wp_security_context_v1_destroy(context);
	close(file);
}

TEST_F(security_context_rig, registries_can_be_given_back)
{
	struct wl_fixes *fixes = client_bind(rig->client, &wl_fixes_interface, 2);
	check(fixes != NULL);
	struct wl_registry *registry = wl_display_get_registry(rig->client->display);
	fixture_pump(rig->fixture);
	uint32_t id = wl_proxy_get_id((struct wl_proxy *)registry);
	check(wl_client_get_object(rig->client->server_side, id) != NULL);
	wl_fixes_destroy_registry(fixes, registry);
	fixture_pump(rig->fixture);
	check(wl_client_get_object(rig->client->server_side, id) == NULL);
	wl_registry_destroy(registry);
	// A registry that is gone gets no event about new globals.
	struct wl_global *global = wl_global_create(rig->fixture->server->display,
		&wp_security_context_manager_v1_interface, 1, NULL, NULL);
	check_no_error(rig->client);
	wl_global_destroy(global);
	check_no_error(rig->client);
	wl_fixes_destroy(fixes);
}
