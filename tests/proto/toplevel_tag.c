// SPDX-License-Identifier: MIT
// xdg_toplevel_tag_manager_v1: tags and descriptions, and the rule for a tag.
#include <string.h>
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "xdg-toplevel-tag-v1-client-protocol.h"

TEST(tag_and_description)
{
	struct fixture *fixture =
		fixture_create_config("[rule:main]\ntag = main-*\nmaximized = yes\n");
	struct client *client = client_create(fixture);
	struct xdg_toplevel_tag_manager_v1 *manager =
		client_bind(client, &xdg_toplevel_tag_manager_v1_interface, 1);
	check(manager != NULL);
	struct client_window *tagged = client_window_create_bare(client, 100, 100);
	xdg_toplevel_tag_manager_v1_set_toplevel_tag(manager, tagged->toplevel, "main-1");
	xdg_toplevel_tag_manager_v1_set_toplevel_description(
		manager, tagged->toplevel, "Hauptfenster");
	// The initial commit was sent before; a new one has the same effect.
	client_window_show(tagged, 0xff102030);
	check_str(tagged->window->tag, "main-1");
	check_str(tagged->window->description, "Hauptfenster");
	struct client_window *plain = client_window_create(client, 100, 100, 0xff102030);
	check(!window_has(plain->window, WINDOW_MAXIMIZED));
	char large[3000];
	memset(large, 'a', sizeof(large));
	large[sizeof(large) - 1] = '\0';
	xdg_toplevel_tag_manager_v1_set_toplevel_tag(manager, plain->toplevel, large);
	check_no_error(client);
	check_eq(strlen(plain->window->tag), 1024);
	client_window_destroy(plain);
	client_window_destroy(tagged);
	xdg_toplevel_tag_manager_v1_destroy(manager);
	check_no_error(client);
	fixture_destroy(fixture);
}

TEST(rules_by_tag)
{
	struct fixture *fixture =
		fixture_create_config("[rule:main]\ntag = main-*\nmaximized = yes\n");
	struct client *client = client_create(fixture);
	struct xdg_toplevel_tag_manager_v1 *manager =
		client_bind(client, &xdg_toplevel_tag_manager_v1_interface, 1);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(client->wm_base, surface);
	struct xdg_toplevel *toplevel = xdg_surface_get_toplevel(xdg);
	xdg_toplevel_tag_manager_v1_set_toplevel_tag(manager, toplevel, "main-1");
	wl_surface_commit(surface);
	check_no_error(client);
	check(window_has(client_surface(surface, client)->window, WINDOW_MAXIMIZED));
	xdg_toplevel_destroy(toplevel);
	xdg_surface_destroy(xdg);
	wl_surface_destroy(surface);
	xdg_toplevel_tag_manager_v1_destroy(manager);
	check_no_error(client);
	fixture_destroy(fixture);
}
