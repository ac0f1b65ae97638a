// SPDX-License-Identifier: MIT
// wp_security_context_manager_v1, the global filter behind it, and wl_fixes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/core/access.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "security-context-v1-client-protocol.h"

struct setting {
	struct fixture *fixture;
	struct client *client;
	struct wp_security_context_manager_v1 *manager;
	struct sockaddr_un address;
	int listen_fd, close_fds[2]; // [0] is the compositor's
};

static void begin(struct setting *s)
{
	*s = (struct setting){.fixture = fixture_create(NULL), .listen_fd = -1};
	s->client = client_create(s->fixture);
	s->manager = client_bind(s->client, &wp_security_context_manager_v1_interface, 1);
	check(s->manager != NULL);
	fixture_pump(s->fixture);
	s->address.sun_family = AF_UNIX;
	check(snprintf(s->address.sun_path, sizeof(s->address.sun_path), "%s/s", test_dir()) <
		(int)sizeof(s->address.sun_path));
	s->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(s->listen_fd >= 0);
	check(bind(s->listen_fd, (struct sockaddr *)&s->address, sizeof(s->address)) == 0);
	check(listen(s->listen_fd, 10) == 0);
	check(pipe(s->close_fds) == 0);
}

static void end(struct setting *s)
{
	wp_security_context_manager_v1_destroy(s->manager);
	fixture_destroy(s->fixture);
	close_fd(&s->listen_fd);
	close_fd(&s->close_fds[0]);
	close_fd(&s->close_fds[1]);
}

static struct wp_security_context_v1 *create(struct setting *s)
{
	struct wp_security_context_v1 *context = wp_security_context_manager_v1_create_listener(
		s->manager, s->listen_fd, s->close_fds[0]);
	// The compositor has its own from here on.
	wl_display_flush(s->client->display);
	close_fd(&s->close_fds[0]);
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

// A client of the listening socket; NULL when nobody listens any more.
static struct client *enter_sandbox(struct setting *s)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd >= 0);
	if (connect(fd, (struct sockaddr *)&s->address, sizeof(s->address)) < 0) {
		close(fd);
		return NULL;
	}
	struct client *client = xcalloc(1, sizeof(*client));
	client->fixture = s->fixture;
	wl_list_init(&client->outputs);
	wl_list_insert(&s->fixture->clients, &client->link);
	client->display = wl_display_connect_to_fd(fd);
	check(client->display != NULL);
	client->registry = wl_display_get_registry(client->display);
	wl_registry_add_listener(client->registry, &registry_listener, client);
	fixture_pump(s->fixture);
	return client;
}

static struct wl_client *newest_client(struct setting *s)
{
	struct wl_list *list = wl_display_get_client_list(s->fixture->server->display);
	return wl_client_from_link(list->prev);
}

TEST(sandboxed_clients_see_what_is_harmless)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_set_sandbox_engine(context, "org.example.box");
	wp_security_context_v1_set_app_id(context, "org.example.app");
	wp_security_context_v1_set_instance_id(context, "17");
	wp_security_context_v1_commit(context);
	wp_security_context_v1_destroy(context); // listening goes on
	check_no_error(s.client);
	struct client *inside = enter_sandbox(&s);
	check(inside != NULL);
	const struct sandbox *sandbox = access_sandbox(newest_client(&s));
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
		"zwp_idle_inhibit_manager_v1", "zxdg_output_manager_v1"};
	for (size_t i = 0; i < array_length(seen); i++) {
		check_str(client_has(s.client, seen[i]) ? seen[i] : NULL, seen[i]);
		check_str(client_has(inside, seen[i]) ? seen[i] : NULL, seen[i]);
	}
	const char *const hidden[] = {"zwlr_screencopy_manager_v1", "zwlr_layer_shell_v1",
		"ext_image_copy_capture_manager_v1", "ext_output_image_capture_source_manager_v1",
		"zwlr_virtual_pointer_manager_v1", "zwp_virtual_keyboard_manager_v1",
		"zwlr_data_control_manager_v1", "ext_data_control_manager_v1",
		"zwlr_foreign_toplevel_manager_v1", "ext_foreign_toplevel_list_v1",
		"zwlr_output_manager_v1", "wp_security_context_manager_v1", "ext_idle_notifier_v1"};
	for (size_t i = 0; i < array_length(hidden); i++) {
		check_str(client_has(s.client, hidden[i]) ? hidden[i] : NULL, hidden[i]);
		check_str(client_has(inside, hidden[i]) ? hidden[i] : NULL, NULL);
	}
	end(&s);
}

TEST(binding_what_is_hidden_is_an_error)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_set_sandbox_engine(context, "org.example.box");
	wp_security_context_v1_commit(context);
	check_no_error(s.client);
	struct client *inside = enter_sandbox(&s);
	check(inside != NULL);
	uint32_t name = 0;
	for (size_t i = 0; i < s.client->n_globals; i++)
		if (strcmp(s.client->globals[i].interface, "wp_security_context_manager_v1") == 0)
			name = s.client->globals[i].name;
	void *forged = wl_registry_bind(
		inside->registry, name, &wp_security_context_manager_v1_interface, 1);
	check_client_error(inside, "wl_registry", WL_DISPLAY_ERROR_INVALID_OBJECT);
	wl_proxy_destroy(forged);
	wp_security_context_v1_destroy(context);
	end(&s);
}

TEST(grants_are_for_the_named_program)
{
	struct setting s;
	begin(&s);
	struct access *access = s.fixture->server->access;
	access_allow(access, "zwlr_layer_shell_v1", "org.example.app");
	access_allow(access, "zwlr_screencopy_manager_v1", "org.example.other");
	access_allow(access, "ext_idle_notifier_v1", NULL);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_set_sandbox_engine(context, "org.example.box");
	wp_security_context_v1_set_app_id(context, "org.example.app");
	wp_security_context_v1_commit(context);
	check_no_error(s.client);
	struct client *inside = enter_sandbox(&s);
	check(inside != NULL);
	check(client_has(inside, "zwlr_layer_shell_v1"));
	check(!client_has(inside, "zwlr_screencopy_manager_v1"));
	check(client_has(inside, "ext_idle_notifier_v1"));
	wp_security_context_v1_destroy(context);
	end(&s);
}

TEST(closing_ends_it)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_commit(context);
	check_no_error(s.client);
	struct client *inside = enter_sandbox(&s);
	check(inside != NULL);
	close_fd(&s.close_fds[1]);
	close_fd(&s.listen_fd);
	fixture_pump(s.fixture);
	check(enter_sandbox(&s) == NULL);
	check_no_error(inside); // it stays
	wp_security_context_v1_destroy(context);
	end(&s);
}

TEST(listens_on_when_its_maker_is_gone)
{
	struct setting s;
	begin(&s);
	struct client *maker = client_create(s.fixture);
	struct wp_security_context_manager_v1 *manager =
		client_bind(maker, &wp_security_context_manager_v1_interface, 1);
	struct wp_security_context_v1 *context = wp_security_context_manager_v1_create_listener(
		manager, s.listen_fd, s.close_fds[0]);
	wp_security_context_v1_commit(context);
	check_no_error(maker);
	wp_security_context_v1_destroy(context);
	wp_security_context_manager_v1_destroy(manager);
	client_destroy(maker);
	struct client *inside = enter_sandbox(&s);
	check(inside != NULL);
	check(access_sandbox(newest_client(&s)) != NULL);
	check(access_sandbox(s.client->server_side) == NULL);
	end(&s);
}

TEST(a_dead_socket_ends_it)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_commit(context);
	check_no_error(s.client);
	shutdown(s.listen_fd, SHUT_RDWR);
	fixture_pump(s.fixture); // and does not spin
	check(enter_sandbox(&s) == NULL);
	wp_security_context_v1_destroy(context);
	check_no_error(s.client);
	end(&s);
}

TEST(nothing_is_accepted_before_commit)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	fixture_pump(s.fixture);
	struct client *inside = enter_sandbox(&s); // the kernel queues it
	check(inside != NULL);
	check_eq(inside->n_globals, 0);
	wp_security_context_v1_commit(context);
	check_no_error(s.client);
	check(inside->n_globals > 0);
	wp_security_context_v1_destroy(context);
	end(&s);
}

TEST(values_are_given_once)
{
	for (int which = 0; which < 3; which++) {
		struct setting s;
		begin(&s);
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
		end(&s);
		unlink(s.address.sun_path);
	}
}

TEST(nothing_after_commit)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_commit(context);
	check_no_error(s.client);
	wp_security_context_v1_commit(context);
	check_client_error(
		s.client, "wp_security_context_v1", WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_USED);
	wp_security_context_v1_destroy(context);
	end(&s);
}

TEST(nothing_after_its_end_either)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_commit(context);
	check_no_error(s.client);
	close_fd(&s.close_fds[1]);
	fixture_pump(s.fixture);
	wp_security_context_v1_set_app_id(context, "late");
	check_client_error(
		s.client, "wp_security_context_v1", WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_USED);
	wp_security_context_v1_destroy(context);
	end(&s);
}

TEST(ids_need_an_engine)
{
	struct setting s;
	begin(&s);
	struct wp_security_context_v1 *context = create(&s);
	wp_security_context_v1_set_app_id(context, "org.example.app");
	wp_security_context_v1_commit(context);
	check_client_error(
		s.client, "wp_security_context_v1", WP_SECURITY_CONTEXT_V1_ERROR_INVALID_METADATA);
	wp_security_context_v1_destroy(context);
	end(&s);
}

enum kind { FD_PIPE, FD_SOCKET, FD_DATAGRAM };

static const enum kind bad_kinds[] = {FD_PIPE, FD_SOCKET, FD_DATAGRAM};

TEST_P(what_does_not_listen_is_an_error, enum kind, bad_kinds)
{
	struct setting s;
	begin(&s);
	int fd = *param == FD_PIPE
		? dup(s.close_fds[0])
		: socket(AF_UNIX, *param == FD_SOCKET ? SOCK_STREAM : SOCK_DGRAM, 0);
	check(fd >= 0);
	struct wp_security_context_v1 *context =
		wp_security_context_manager_v1_create_listener(s.manager, fd, s.close_fds[0]);
	check_client_error(s.client, "wp_security_context_manager_v1",
		WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_INVALID_LISTEN_FD);
	wp_security_context_v1_destroy(context);
	close(fd);
	end(&s);
}

TEST(sandboxes_do_not_nest)
{
	struct setting s;
	begin(&s);
	access_set_sandbox(s.client->server_side, &(const struct sandbox){0});
	struct wp_security_context_v1 *context = create(&s);
	check_client_error(s.client, "wp_security_context_manager_v1",
		WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_NESTED);
	wp_security_context_v1_destroy(context);
	end(&s);
}

TEST(what_cannot_be_watched_ends_the_client)
{
	struct setting s;
	begin(&s);
	int file = memfd_sized("not a pipe", 1);
	struct wp_security_context_v1 *context =
		wp_security_context_manager_v1_create_listener(s.manager, s.listen_fd, file);
	wp_security_context_v1_commit(context);
	check_client_error(s.client, "wl_display", WL_DISPLAY_ERROR_IMPLEMENTATION);
	wp_security_context_v1_destroy(context);
	close(file);
	end(&s);
}

TEST(registries_can_be_given_back)
{
	struct setting s;
	begin(&s);
	struct wl_fixes *fixes = client_bind(s.client, &wl_fixes_interface, 2);
	check(fixes != NULL);
	struct wl_registry *registry = wl_display_get_registry(s.client->display);
	fixture_pump(s.fixture);
	uint32_t id = wl_proxy_get_id((struct wl_proxy *)registry);
	check(wl_client_get_object(s.client->server_side, id) != NULL);
	wl_fixes_destroy_registry(fixes, registry);
	fixture_pump(s.fixture);
	check(wl_client_get_object(s.client->server_side, id) == NULL);
	wl_registry_destroy(registry);
	// Whoever is told of new globals does not find it any more.
	struct wl_global *global = wl_global_create(s.fixture->server->display,
		&wp_security_context_manager_v1_interface, 1, NULL, NULL);
	check_no_error(s.client);
	wl_global_destroy(global);
	check_no_error(s.client);
	wl_fixes_destroy(fixes);
	end(&s);
}
