// SPDX-License-Identifier: MIT
// Subsurface trees that are too deep, contain cycles, or name unrelated surfaces.
#include <stdlib.h>
#include "tests/hostile/hostile_rig.h"

#define MANY 600 // above the depth limit

static struct wl_surface *new_surface(struct client *client)
{
	return wl_compositor_create_surface(client->compositor);
}

static struct wl_subsurface *put_below(
	struct client *client, struct wl_surface *surface, struct wl_surface *parent)
{
	return wl_subcompositor_get_subsurface(client->subcompositor, surface, parent);
}

struct tower {
	struct wl_surface *surfaces[MANY];
	struct wl_subsurface *subsurfaces[MANY];
	int n;
};

static void tower_destroy(struct tower *tower)
{
	for (int i = 0; i < tower->n; i++) {
		if (tower->subsurfaces[i])
			wl_subsurface_destroy(tower->subsurfaces[i]);
		wl_surface_destroy(tower->surfaces[i]);
	}
	free(tower);
}

static struct tower *tower_create(struct client *client, int n, bool leaf_first)
{
	struct tower *tower = xcalloc(1, sizeof(*tower));
	tower->n = n;
	for (int i = 0; i < n; i++)
		tower->surfaces[i] = new_surface(client);
	for (int i = 1; i < n; i++) {
		int at = leaf_first ? n - i : i;
		tower->subsurfaces[at] =
			put_below(client, tower->surfaces[at], tower->surfaces[at - 1]);
		if (i % 64 == 0)
			fixture_pump(client->fixture);
	}
	return tower;
}

static const bool directions[] = {false, true};

TEST_FP(hostile_rig, tower_too_high, bool, directions)
{
	struct tower *tower = tower_create(rig->attacker, MANY, *param);
	check_client_error(rig->attacker, "wl_subcompositor", WL_SUBCOMPOSITOR_ERROR_BAD_PARENT);
	tower_destroy(tower);
}

// Two trees of an allowed depth, one added to the other.
TEST_F(hostile_rig, tower_of_towers)
{
	struct tower *lower = tower_create(rig->attacker, 200, false);
	struct tower *upper = tower_create(rig->attacker, 200, true);
	check_no_error(rig->attacker);
	upper->subsurfaces[0] = put_below(rig->attacker, upper->surfaces[0], lower->surfaces[199]);
	check_client_error(rig->attacker, "wl_subcompositor", WL_SUBCOMPOSITOR_ERROR_BAD_PARENT);
	tower_destroy(upper);
	tower_destroy(lower);
}

// A mapped tree of the greatest depth, each surface at the largest offset.
TEST_F(hostile_rig, tower_is_shown)
{
	struct client *client = rig->attacker;
	struct tower *tower = tower_create(client, 250, false);
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	window->auto_ack = false; // the configured size would cover the whole tree
	struct wl_subsurface *root = put_below(client, tower->surfaces[0], window->surface);
	struct wl_buffer *buffer = client_buffer(client, 8, 8, 0xff00ff00);
	for (int i = tower->n - 1; i >= 0; i--) {
		if (i) {
			wl_subsurface_set_position(tower->subsurfaces[i],
				i % 2 ? INT32_MAX : INT32_MIN, i % 3 ? INT32_MAX : -1);
			if (i % 5 == 0)
				wl_subsurface_set_desync(tower->subsurfaces[i]);
		}
		wl_surface_attach(tower->surfaces[i], buffer, 0, 0);
		wl_surface_commit(tower->surfaces[i]);
	}
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 3);
	fixture_move(rig->fixture, 640, 360);
	check_no_error(client);
	hostile_rig_check(rig);
	// The root is destroyed first, and the tree with it.
	xdg_toplevel_destroy(window->toplevel);
	xdg_surface_destroy(window->xdg_surface);
	wl_surface_destroy(window->surface);
	fixture_frames(rig->fixture, 1);
	check_no_error(client);
	wl_buffer_destroy(window->buffer);
	wl_buffer_destroy(buffer);
	wl_subsurface_destroy(root);
	free(window);
	tower_destroy(tower);
}

TEST_F(hostile_rig, thousands_of_siblings)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	enum { COUNT = 3000 };
	struct wl_surface **surfaces = xcalloc(COUNT, sizeof(*surfaces));
	struct wl_subsurface **subsurfaces = xcalloc(COUNT, sizeof(*subsurfaces));
	for (int i = 0; i < COUNT; i++) {
		surfaces[i] = new_surface(client);
		subsurfaces[i] = put_below(client, surfaces[i], window->surface);
		wl_subsurface_place_below(subsurfaces[i], i ? surfaces[i / 2] : window->surface);
		if (i % 64 == 0)
			fixture_pump(rig->fixture);
	}
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 2);
	check_no_error(client);
	hostile_rig_check(rig);
	for (int i = 0; i < COUNT; i++) {
		wl_subsurface_destroy(subsurfaces[i]);
		wl_surface_destroy(surfaces[i]);
		if (i % 64 == 0)
			fixture_pump(rig->fixture);
	}
	check_no_error(client);
	free(surfaces);
	free(subsurfaces);
	client_window_destroy(window);
}

TEST_F(hostile_rig, own_parent)
{
	struct wl_surface *surface = new_surface(rig->attacker);
	struct wl_subsurface *subsurface = put_below(rig->attacker, surface, surface);
	check_client_error(rig->attacker, "wl_subcompositor", WL_SUBCOMPOSITOR_ERROR_BAD_PARENT);
	wl_subsurface_destroy(subsurface);
	wl_surface_destroy(surface);
}

static const int circles[] = {2, 3, 17, 200};

TEST_FP(hostile_rig, circle, int, circles)
{
	struct tower *tower = tower_create(rig->attacker, *param, false);
	check_no_error(rig->attacker);
	tower->subsurfaces[0] =
		put_below(rig->attacker, tower->surfaces[0], tower->surfaces[tower->n - 1]);
	check_client_error(rig->attacker, "wl_subcompositor", WL_SUBCOMPOSITOR_ERROR_BAD_PARENT);
	tower_destroy(tower);
}

// After the wl_subsurface is destroyed, child and parent may swap without a cycle.
TEST_F(hostile_rig, turned_round)
{
	struct client *client = rig->attacker;
	struct wl_surface *a = new_surface(client), *b = new_surface(client);
	for (int i = 0; i < 20; i++) {
		struct wl_subsurface *subsurface = put_below(client, i % 2 ? a : b, i % 2 ? b : a);
		wl_surface_commit(i % 2 ? a : b);
		wl_surface_commit(i % 2 ? b : a);
		wl_subsurface_destroy(subsurface);
	}
	check_no_error(client);
	wl_surface_destroy(a);
	wl_surface_destroy(b);
}

TEST_F(hostile_rig, twice)
{
	struct client *client = rig->attacker;
	struct wl_surface *a = new_surface(client), *b = new_surface(client);
	struct wl_subsurface *first = put_below(client, a, b), *second = put_below(client, a, b);
	check_client_error(client, "wl_subcompositor", WL_SUBCOMPOSITOR_ERROR_BAD_SURFACE);
	wl_subsurface_destroy(first);
	wl_subsurface_destroy(second);
	wl_surface_destroy(a);
	wl_surface_destroy(b);
}

TEST_F(hostile_rig, of_a_window)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 64, 64, 0xffff0000);
	struct wl_surface *parent = new_surface(client);
	struct wl_subsurface *subsurface = put_below(client, window->surface, parent);
	check_client_error(client, "wl_subcompositor", WL_SUBCOMPOSITOR_ERROR_BAD_SURFACE);
	wl_subsurface_destroy(subsurface);
	wl_surface_destroy(parent);
	client_window_destroy(window);
}

TEST_F(hostile_rig, as_a_window)
{
	struct client *client = rig->attacker;
	struct wl_surface *a = new_surface(client), *b = new_surface(client);
	struct wl_subsurface *subsurface = put_below(client, a, b);
	struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(client->wm_base, a);
	check_client_error(client, "xdg_wm_base", XDG_WM_BASE_ERROR_ROLE);
	xdg_surface_destroy(xdg);
	wl_subsurface_destroy(subsurface);
	wl_surface_destroy(a);
	wl_surface_destroy(b);
}

// A subsurface must not be placed next to itself, its child, or an unrelated surface.
static const int strangers[] = {0, 1, 2};

TEST_FP(hostile_rig, beside_a_stranger, int, strangers)
{
	struct client *client = rig->attacker;
	struct tower *tower = tower_create(client, 3, false);
	struct wl_surface *stranger = new_surface(client);
	struct wl_surface *const siblings[] = {tower->surfaces[1], tower->surfaces[2], stranger};
	check_no_error(client);
	wl_subsurface_place_above(tower->subsurfaces[1], siblings[*param]);
	check_client_error(client, "wl_subsurface", WL_SUBSURFACE_ERROR_BAD_SURFACE);
	wl_surface_destroy(stranger);
	tower_destroy(tower);
}

// Requests on a wl_subsurface are ignored once its surface or parent is destroyed.
TEST_F(hostile_rig, inert)
{
	struct client *client = rig->attacker;
	for (int gone = 0; gone < 2; gone++) {
		struct tower *tower = tower_create(client, 2, false);
		struct wl_surface *sibling = new_surface(client);
		wl_surface_destroy(tower->surfaces[gone]);
		struct wl_subsurface *subsurface = tower->subsurfaces[1];
		wl_subsurface_set_position(subsurface, 5, 5);
		wl_subsurface_place_above(subsurface, sibling);
		wl_subsurface_set_desync(subsurface);
		wl_subsurface_set_sync(subsurface);
		wl_surface_commit(tower->surfaces[!gone]);
		check_no_error(client);
		tower->surfaces[gone] = sibling;
		tower_destroy(tower);
	}
}
