// SPDX-License-Identifier: MIT
// xdg_toplevel_drag_manager_v1: a window follows a drag, and takes no part in it.
#include "compositor/scene/scene.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "tests/proto/drag_rig.h"
#include "xdg-toplevel-drag-v1-client-protocol.h"

struct tab_rig {
	struct drag_rig drag;
	struct client_window *tab;
	struct xdg_toplevel_drag_manager_v1 *manager;
	struct xdg_toplevel_drag_v1 *object;
};

static void tab_rig_init(struct tab_rig *rig)
{
	drag_rig_init(&rig->drag);
	struct client *client = rig->drag.from->client;
	rig->manager = client_bind(client, &xdg_toplevel_drag_manager_v1_interface, 1);
	check(rig->manager != NULL);
	rig->tab = client_window_create(client, 80, 60, 0xff00ff00);
	window_request(
		rig->tab->window, REQUEST_PLACE, &(struct window_detail){.x = 400, .y = 400});
	fixture_frames(rig->drag.fixture, 2);
}

static void tab_rig_finish(struct tab_rig *rig)
{
	if (rig->object)
		xdg_toplevel_drag_v1_destroy(rig->object);
	xdg_toplevel_drag_manager_v1_destroy(rig->manager);
	if (rig->tab)
		client_window_destroy(rig->tab);
	drag_rig_finish(&rig->drag);
}

// Starts a drag whose window is attached at 10,5.
static void start(struct tab_rig *rig)
{
	struct drag_peer *from = rig->drag.from;
	drag_rig_press(&rig->drag);
	drag_peer_create_source(from, COPY);
	rig->object =
		xdg_toplevel_drag_manager_v1_get_xdg_toplevel_drag(rig->manager, from->source);
	xdg_toplevel_drag_v1_attach(rig->object, rig->tab->toplevel, 10, 5);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->press);
	check_no_error(from->client);
}

static void check_tab(const struct tab_rig *rig, int x, int y)
{
	struct box box = window_box(rig->tab->window);
	check_eq(box.x, x);
	check_eq(box.y, y);
}

TEST_F(tab_rig, the_window_follows)
{
	start(rig);
	check_tab(rig, 150 - 10, 150 - 5);
	fixture_move(rig->drag.fixture, 500, 300);
	check_tab(rig, 490, 295);
	drag_rig_release(&rig->drag);
	fixture_move(rig->drag.fixture, 20, 20);
	check_tab(rig, 490, 295); // it stays where it was dropped
	xdg_toplevel_drag_v1_destroy(rig->object);
	rig->object = NULL;
	check_no_error(rig->drag.from->client);
	check(!rig->tab->window->tree->untouchable);
}

// Although it is under the pointer.
TEST_F(tab_rig, drops_land_below_it)
{
	start(rig);
	check_eq(rig->drag.from->enters, 1);
	drag_rig_enter_target(&rig->drag, COPY, COPY);
	check_eq(rig->drag.to->enters, 1);
	drag_rig_release(&rig->drag);
	check_eq(rig->drag.to->drops, 1);
	wl_data_offer_destroy(rig->drag.to->offer);
	rig->drag.to->offer = NULL;
}

TEST_F(tab_rig, attached_during_the_drag_and_mapped_later)
{
	struct drag_peer *from = rig->drag.from;
	client_window_destroy(rig->tab);
	drag_rig_press(&rig->drag);
	drag_peer_create_source(from, COPY);
	rig->object =
		xdg_toplevel_drag_manager_v1_get_xdg_toplevel_drag(rig->manager, from->source);
	wl_data_device_start_drag(
		from->device, from->source, from->window->surface, NULL, from->press);
	fixture_move(rig->drag.fixture, 300, 400);
	rig->tab = client_window_create_bare(from->client, 80, 60);
	xdg_toplevel_drag_v1_attach(rig->object, rig->tab->toplevel, 20, 10);
	client_window_show(rig->tab, 0xff00ff00);
	check_tab(rig, 280, 390);
	fixture_move(rig->drag.fixture, 310, 410);
	check_tab(rig, 290, 400);
	drag_rig_release(&rig->drag);
}

// A tab that returns: the window is closed during the drag, and a new one may follow.
TEST_F(tab_rig, the_window_ends_during_the_drag)
{
	start(rig);
	client_window_destroy(rig->tab);
	fixture_move(rig->drag.fixture, 300, 400);
	rig->tab = client_window_create(rig->drag.from->client, 80, 60, 0xff00ff00);
	xdg_toplevel_drag_v1_attach(rig->object, rig->tab->toplevel, 1, 1);
	check_no_error(rig->drag.from->client);
	check_tab(rig, 299, 399);
	drag_rig_release(&rig->drag);
}

TEST_F(tab_rig, the_source_ends)
{
	start(rig);
	wl_data_source_destroy(rig->drag.from->source);
	rig->drag.from->source = NULL;
	check_no_error(rig->drag.from->client);
	check(!rig->tab->window->tree->untouchable);
	fixture_move(rig->drag.fixture, 300, 400);
	check_tab(rig, 140, 145);
	drag_rig_release(&rig->drag);
}

TEST_F(tab_rig, one_window_at_a_time)
{
	start(rig);
	xdg_toplevel_drag_v1_attach(rig->object, rig->tab->toplevel, 1, 1);
	drag_peer_check_error(rig->drag.from, "xdg_toplevel_drag_v1",
		XDG_TOPLEVEL_DRAG_V1_ERROR_TOPLEVEL_ATTACHED);
}

TEST_F(tab_rig, not_destroyed_during_the_drag)
{
	start(rig);
	xdg_toplevel_drag_v1_destroy(rig->object);
	rig->object = NULL;
	drag_peer_check_error(rig->drag.from, "unknown", XDG_TOPLEVEL_DRAG_V1_ERROR_ONGOING_DRAG);
}

TEST_F(tab_rig, one_object_of_a_source)
{
	struct drag_peer *from = rig->drag.from;
	drag_peer_create_source(from, COPY);
	struct xdg_toplevel_drag_v1 *objects[2];
	for (int i = 0; i < 2; i++)
		objects[i] = xdg_toplevel_drag_manager_v1_get_xdg_toplevel_drag(
			rig->manager, from->source);
	drag_peer_check_error(from, "xdg_toplevel_drag_manager_v1",
		XDG_TOPLEVEL_DRAG_MANAGER_V1_ERROR_INVALID_SOURCE);
	xdg_toplevel_drag_v1_destroy(objects[0]);
	xdg_toplevel_drag_v1_destroy(objects[1]);
}

TEST_F(tab_rig, not_of_a_used_source)
{
	drag_rig_start(&rig->drag, COPY, NULL);
	rig->object = xdg_toplevel_drag_manager_v1_get_xdg_toplevel_drag(
		rig->manager, rig->drag.from->source);
	drag_peer_check_error(rig->drag.from, "xdg_toplevel_drag_manager_v1",
		XDG_TOPLEVEL_DRAG_MANAGER_V1_ERROR_INVALID_SOURCE);
}
