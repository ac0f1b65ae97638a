// SPDX-License-Identifier: MIT
// The X focus follows the keyboard's, by the four models, and X stacks windows as we do.
#include "compositor/window/focus.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/xwm/xwm_rig.h"

static const struct box somewhere = {0, 0, 200, 100};

static void set_model(struct xwm_rig *rig, xcb_window_t id, bool input, bool take)
{
	const uint32_t hints[9] = {1, input};
	const xcb_atom_t protocol = xwm_rig_atom(rig, "WM_TAKE_FOCUS");
	xwm_rig_set(rig, id, "WM_HINTS", XCB_ATOM_WM_HINTS, hints, 9);
	xwm_rig_set(rig, id, "WM_PROTOCOLS", XCB_ATOM_ATOM, &protocol, take);
	xwm_rig_sync(rig);
}

// Activates the window anew.
static void activate(struct xwm_rig *rig, struct window *window)
{
	struct shell *shell = rig->fixture->server->shell;
	shell_activate(shell, NULL);
	xwm_rig_sync(rig);
	rig->message[0] = 0;
	shell_activate(shell, window);
	xwm_rig_sync(rig);
}

TEST_F(xwm_rig, four_models)
{
	xcb_window_t id;
	struct window *window = xwm_rig_show(rig, &id, &somewhere);
	const xcb_atom_t take = xwm_rig_atom(rig, "WM_TAKE_FOCUS");
	check_eq(xwm_rig_focus(rig), id);

	set_model(rig, id, true, true);
	activate(rig, window);
	xwm_rig_wait(rig, rig->message[0] == take);
	check(rig->message[1]); // a real time
	check_eq(xwm_rig_focus(rig), id);

	set_model(rig, id, false, true);
	activate(rig, window);
	xwm_rig_wait(rig, rig->message[0] == take);
	check(xwm_rig_focus(rig) != id);
	// The client takes it, and keeps it.
	xcb_set_input_focus(rig->xcb, XCB_INPUT_FOCUS_PARENT, id, rig->message[1]);
	xwm_rig_sync(rig);
	check_eq(xwm_rig_focus(rig), id);

	set_model(rig, id, false, false);
	activate(rig, window);
	xwm_rig_sync(rig);
	check(xwm_rig_focus(rig) != id);
	check_eq(rig->message[0], 0);
}

TEST_F(xwm_rig, leaves_for_wayland)
{
	xcb_window_t id;
	xwm_rig_show(rig, &id, &somewhere);
	check_eq(xwm_rig_focus(rig), id);
	struct client *client = client_create(rig->fixture);
	struct client_window *other = client_window_create(client, 100, 100, 0xff0000ff);
	xwm_rig_sync(rig);
	check(xwm_rig_focus(rig) != id);
	check_eq(rig->focused, XCB_NONE);
	xcb_window_t active = 1;
	check_eq(xwm_rig_get(rig, rig->screen->root, "_NET_ACTIVE_WINDOW", &active, 1), 1);
	check_eq(active, XCB_NONE);
	client_window_destroy(other);
	client_destroy(client);
	xwm_rig_sync(rig);
	check_eq(xwm_rig_focus(rig), id);
}

TEST_F(xwm_rig, own_client_moves_it)
{
	xcb_window_t ids[2];
	struct window *first = xwm_rig_show(rig, &ids[0], &somewhere);
	xwm_rig_show(rig, &ids[1], &somewhere);
	xcb_set_input_focus(rig->xcb, XCB_INPUT_FOCUS_PARENT, ids[0], XCB_CURRENT_TIME);
	xwm_rig_wait(rig, rig->fixture->server->shell->active == first);
	xwm_rig_sync(rig);
	check_eq(xwm_rig_focus(rig), ids[0]);
}

TEST_F(xwm_rig, other_client_may_not)
{
	xcb_window_t ids[2];
	xwm_rig_show(rig, &ids[0], &somewhere);
	xcb_connection_t *mine = rig->xcb;
	rig->xcb = xwm_rig_connect(rig);
	const struct window *second = xwm_rig_show(rig, &ids[1], &somewhere);
	xcb_set_input_focus(rig->xcb, XCB_INPUT_FOCUS_PARENT, ids[0], XCB_CURRENT_TIME);
	xwm_rig_sync(rig);
	xwm_rig_wait(rig, xwm_rig_focus(rig) == ids[1]);
	check(rig->fixture->server->shell->active == second);
	xcb_disconnect(rig->xcb);
	rig->xcb = mine;
}

TEST_F(xwm_rig, stealing_becomes_attention)
{
	xcb_window_t ids[2];
	const uint32_t now = 1000;
	struct window *first = xwm_rig_show(rig, &ids[0], &somewhere);
	xcb_connection_t *mine = rig->xcb;
	rig->xcb = xwm_rig_connect(rig);
	const struct window *second = xwm_rig_show(rig, &ids[1], &somewhere);
	xwm_rig_set(rig, ids[1], "_NET_WM_USER_TIME", XCB_ATOM_CARDINAL, &now, 1);
	xwm_rig_sync(rig);
	xwm_rig_send(rig, ids[0], "_NET_ACTIVE_WINDOW", 1, 900, 0, 0, 0);
	xwm_rig_sync(rig);
	check(rig->fixture->server->shell->active == second);
	xwm_rig_send(rig, ids[0], "_NET_ACTIVE_WINDOW", 1, 1100, 0, 0, 0);
	xwm_rig_wait(rig, rig->fixture->server->shell->active == first);
	xcb_disconnect(rig->xcb);
	rig->xcb = mine;
}

TEST_F(xwm_rig, wants_no_focus_at_map)
{
	xcb_window_t first, id;
	const uint32_t never = 0;
	struct window *window = xwm_rig_show(rig, &first, &somewhere);
	id = xwm_rig_window(rig, &somewhere, false);
	xwm_rig_set_text(rig, id, "WM_NAME", "quiet");
	xwm_rig_set(rig, id, "_NET_WM_USER_TIME", XCB_ATOM_CARDINAL, &never, 1);
	xcb_map_window(rig->xcb, id);
	struct window *quiet = NULL;
	xwm_rig_wait(rig, (quiet = xwm_rig_find(rig, "quiet")));
	check(rig->fixture->server->shell->active == window);
	xwm_rig_sync(rig);
	xwm_rig_send(rig, id, "_NET_ACTIVE_WINDOW", 2, 0, 0, 0, 0);
	xwm_rig_wait(rig, rig->fixture->server->shell->active == quiet);
}
