// SPDX-License-Identifier: MIT
// xdg_system_bell_v1: the flash of a window, and the mark of one that is not active.
#include "compositor/shell/desktop.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "xdg-system-bell-v1-client-protocol.h"

struct bell_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct xdg_system_bell_v1 *bell;
	uint32_t before;
};

static void bell_rig_init(struct bell_rig *rig)
{
	rig->fixture = fixture_create_config("[desktop]\nfocus-new = smart\n");
	rig->client = client_create(rig->fixture);
	rig->bell = client_bind(rig->client, &xdg_system_bell_v1_interface, 1);
	check(rig->bell != NULL);
	rig->window = client_window_opaque(rig->client, 100, 200, 200);
	rig->before = fixture_pixel(rig->fixture, 250, 250);
}

static void bell_rig_finish(struct bell_rig *rig)
{
	xdg_system_bell_v1_destroy(rig->bell);
	if (rig->window)
		client_window_destroy(rig->window);
	check_no_error(rig->client);
	fixture_destroy(rig->fixture);
}

static bool flashes(struct bell_rig *rig)
{
	fixture_frames(rig->fixture, 2);
	return fixture_pixel(rig->fixture, 250, 250) != rig->before;
}

TEST_F(bell_rig, a_flash_of_the_window)
{
	xdg_system_bell_v1_ring(rig->bell, rig->window->surface);
	check(flashes(rig));
	check(!window_has(rig->window->window, WINDOW_URGENT)); // it is active
	fixture_advance(rig->fixture, 200 * NSEC_PER_MSEC);
	check(!flashes(rig));
}

TEST_F(bell_rig, of_no_window)
{
	xdg_system_bell_v1_ring(rig->bell, NULL);
	check(flashes(rig));
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	struct wl_surface *bare = wl_compositor_create_surface(rig->client->compositor);
	xdg_system_bell_v1_ring(rig->bell, bare);
	check(!flashes(rig));
	wl_surface_destroy(bare);
}

TEST_F(bell_rig, other_windows_are_marked)
{
	struct client_window *other = client_window_opaque(rig->client, 100, 500, 200);
	shell_activate(rig->fixture->server->shell, other->window);
	xdg_system_bell_v1_ring(rig->bell, rig->window->surface);
	fixture_pump(rig->fixture);
	check(window_has(rig->window->window, WINDOW_URGENT));
	client_window_destroy(other);
}

TEST_F(bell_rig, windows_of_others_do_not_flash)
{
	struct client *other = client_create(rig->fixture);
	struct xdg_system_bell_v1 *bell = client_bind(other, &xdg_system_bell_v1_interface, 1);
	xdg_system_bell_v1_ring(bell, NULL);
	check_no_error(other);
	check(!flashes(rig));
	xdg_system_bell_v1_destroy(bell);
}

// At most four times in a second.
TEST_F(bell_rig, not_too_often)
{
	for (int i = 0; i < 1000; i++)
		xdg_system_bell_v1_ring(rig->bell, rig->window->surface);
	check(flashes(rig));
	fixture_advance(rig->fixture, 160 * NSEC_PER_MSEC);
	xdg_system_bell_v1_ring(rig->bell, rig->window->surface);
	check(!flashes(rig));
	fixture_advance(rig->fixture, 100 * NSEC_PER_MSEC);
	xdg_system_bell_v1_ring(rig->bell, rig->window->surface);
	check(flashes(rig));
}

TEST_F(bell_rig, the_window_ends_while_it_flashes)
{
	xdg_system_bell_v1_ring(rig->bell, rig->window->surface);
	check(flashes(rig));
	client_window_destroy(rig->window);
	rig->window = NULL;
	fixture_advance(rig->fixture, NSEC_PER_SEC);
}
