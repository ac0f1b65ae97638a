// SPDX-License-Identifier: MIT
// xwayland_shell_v1: who sees it, serials, and its errors.
#include <stdlib.h>
#include <string.h>
#include "compositor/client/access.h"
#include "compositor/surface/surface.h"
#include "compositor/surface/xwayland_role.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "xwayland-shell-v1-client-protocol.h"

struct xwayland_shell_rig {
	struct fixture *fixture;
	struct client *client;
	struct wl_registry *registry;
	struct xwayland_shell_v1 *shell;
	struct wl_listener listener;
	int serials; // that were applied
	uint64_t serial;
};

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct xwayland_shell_rig *rig = data;
	if (strcmp(interface, xwayland_shell_v1_interface.name) == 0)
		rig->shell =
			wl_registry_bind(registry, name, &xwayland_shell_v1_interface, version);
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global,
	.global_remove = on_global_remove,
};

static void on_serial(struct wl_listener *listener, void *data)
{
	struct xwayland_shell_rig *rig = wl_container_of(listener, rig, listener);
	const struct surface *surface = data;
	rig->serials++;
	rig->serial = surface->current.xwayland_serial;
}

static void xwayland_shell_rig_init(struct xwayland_shell_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	access_set_xwayland(rig->client->server_side, 1);
	rig->registry = wl_display_get_registry(rig->client->display);
	wl_registry_add_listener(rig->registry, &registry_listener, rig);
	fixture_pump(rig->fixture);
	check(rig->shell != NULL);
	rig->listener.notify = on_serial;
	wl_signal_add(&rig->fixture->server->events.xwayland_serial, &rig->listener);
}

static void xwayland_shell_rig_finish(struct xwayland_shell_rig *rig)
{
	wl_list_remove(&rig->listener.link);
	xwayland_shell_v1_destroy(rig->shell);
	wl_registry_destroy(rig->registry);
	fixture_destroy(rig->fixture);
}

struct x_surface {
	struct wl_surface *surface;
	struct xwayland_surface_v1 *object;
};

static struct x_surface create_surface(struct xwayland_shell_rig *rig)
{
	struct x_surface made;
	made.surface = wl_compositor_create_surface(rig->client->compositor);
	made.object = xwayland_shell_v1_get_xwayland_surface(rig->shell, made.surface);
	return made;
}

static void destroy_surface(const struct x_surface *surface)
{
	xwayland_surface_v1_destroy(surface->object);
	wl_surface_destroy(surface->surface);
}

TEST(only_xwayland_sees_the_global)
{
	struct fixture *fixture = fixture_create(NULL);
	struct client *client = client_create(fixture);
	check_eq(client_has(client, "xwayland_shell_v1"), 0);
	check_eq(access_xwayland(client->server_side), 0);
	check(!access_sandbox(client->server_side));
	fixture_destroy(fixture);
}

TEST_F(xwayland_shell_rig, xwayland_is_not_sandboxed)
{
	check_eq(access_xwayland(rig->client->server_side), 1);
	check(!access_sandbox(rig->client->server_side));
}

TEST_F(xwayland_shell_rig, serial_is_applied_by_the_commit)
{
	struct x_surface x = create_surface(rig);
	xwayland_surface_v1_set_serial(x.object, 7, 3);
	check_no_error(rig->client);
	check(client_surface(x.surface, rig->client)->role == &xwayland_role);
	check_eq(rig->serials, 0);
	wl_surface_commit(x.surface);
	check_no_error(rig->client);
	check_eq(rig->serials, 1);
	check_eq(rig->serial, UINT64_C(3) << 32 | 7);
	wl_surface_commit(x.surface); // does not set it again
	check_no_error(rig->client);
	check_eq(rig->serials, 1);
	destroy_surface(&x);
}

TEST_F(xwayland_shell_rig, serial_before_a_commit_can_be_replaced)
{
	struct x_surface x = create_surface(rig);
	xwayland_surface_v1_set_serial(x.object, 1, 0);
	xwayland_surface_v1_set_serial(x.object, 2, 0);
	wl_surface_commit(x.surface);
	check_no_error(rig->client);
	check_eq(rig->serials, 1);
	check_eq(rig->serial, 2);
	destroy_surface(&x);
}

TEST_F(xwayland_shell_rig, serial_outlives_its_object)
{
	struct x_surface x = create_surface(rig);
	xwayland_surface_v1_set_serial(x.object, 1, 0);
	xwayland_surface_v1_destroy(x.object);
	wl_surface_commit(x.surface);
	check_no_error(rig->client);
	check_eq(rig->serial, 1);
	wl_surface_destroy(x.surface);
}

TEST_F(xwayland_shell_rig, object_outlives_its_surface)
{
	struct x_surface x = create_surface(rig);
	wl_surface_destroy(x.surface);
	xwayland_surface_v1_set_serial(x.object, 1, 0);
	xwayland_surface_v1_destroy(x.object);
	check_no_error(rig->client);
	check_eq(rig->serials, 0);
}

TEST_F(xwayland_shell_rig, second_serial_is_an_error)
{
	struct x_surface x = create_surface(rig);
	xwayland_surface_v1_set_serial(x.object, 1, 0);
	wl_surface_commit(x.surface);
	xwayland_surface_v1_set_serial(x.object, 2, 0);
	check_client_error(
		rig->client, "xwayland_surface_v1", XWAYLAND_SURFACE_V1_ERROR_ALREADY_ASSOCIATED);
	destroy_surface(&x);
}

TEST_F(xwayland_shell_rig, serial_zero_is_an_error)
{
	struct x_surface x = create_surface(rig);
	xwayland_surface_v1_set_serial(x.object, 0, 0);
	check_client_error(
		rig->client, "xwayland_surface_v1", XWAYLAND_SURFACE_V1_ERROR_INVALID_SERIAL);
	destroy_surface(&x);
}

TEST_F(xwayland_shell_rig, used_serial_is_an_error)
{
	struct x_surface first = create_surface(rig), second = create_surface(rig);
	xwayland_surface_v1_set_serial(first.object, 5, 0);
	check_no_error(rig->client);
	xwayland_surface_v1_set_serial(second.object, 5, 0);
	check_client_error(
		rig->client, "xwayland_surface_v1", XWAYLAND_SURFACE_V1_ERROR_INVALID_SERIAL);
	destroy_surface(&first);
	destroy_surface(&second);
}

TEST_F(xwayland_shell_rig, surface_with_a_role_is_an_error)
{
	struct x_surface x = create_surface(rig);
	struct xwayland_surface_v1 *again =
		xwayland_shell_v1_get_xwayland_surface(rig->shell, x.surface);
	check_client_error(rig->client, "xwayland_shell_v1", XWAYLAND_SHELL_V1_ERROR_ROLE);
	xwayland_surface_v1_destroy(again);
	destroy_surface(&x);
}

TEST_F(xwayland_shell_rig, surface_takes_no_other_role)
{
	struct x_surface x = create_surface(rig);
	struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(rig->client->wm_base, x.surface);
	check_client_error(rig->client, "xdg_wm_base", XDG_WM_BASE_ERROR_ROLE);
	xdg_surface_destroy(xdg);
	destroy_surface(&x);
}
