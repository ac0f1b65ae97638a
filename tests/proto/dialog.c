// SPDX-License-Identifier: MIT
// xdg_wm_dialog_v1: modal dialogs are activated in place of their parents.
#include <linux/input-event-codes.h>
#include "compositor/policy.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "xdg-dialog-v1-client-protocol.h"

struct dialog_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *parent, *child;
	struct xdg_wm_dialog_v1 *manager;
	struct xdg_dialog_v1 *dialog;
};

static void dialog_rig_init(struct dialog_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->manager = client_bind(rig->client, &xdg_wm_dialog_v1_interface, 1);
	check(rig->manager != NULL);
	rig->parent = client_window_opaque(rig->client, 300, 50, 50);
	rig->child = client_window_opaque(rig->client, 100, 400, 300);
	xdg_toplevel_set_parent(rig->child->toplevel, rig->parent->toplevel);
	rig->dialog = xdg_wm_dialog_v1_get_xdg_dialog(rig->manager, rig->child->toplevel);
	check_no_error(rig->client);
}

static void dialog_rig_finish(struct dialog_rig *rig)
{
	if (rig->dialog)
		xdg_dialog_v1_destroy(rig->dialog);
	xdg_wm_dialog_v1_destroy(rig->manager);
	if (rig->child)
		client_window_destroy(rig->child);
	client_window_destroy(rig->parent);
	fixture_destroy(rig->fixture);
}

static struct window *active(const struct dialog_rig *rig)
{
	return rig->fixture->server->shell->active;
}

static void click_parent(struct dialog_rig *rig)
{
	fixture_click(rig->fixture, 100, 100);
}

TEST_F(dialog_rig, a_click_on_the_parent)
{
	click_parent(rig);
	check(active(rig) == rig->parent->window); // not modal yet
	xdg_dialog_v1_set_modal(rig->dialog);
	check_no_error(rig->client);
	check(active(rig) == rig->child->window); // at once
	click_parent(rig);
	check(active(rig) == rig->child->window);
	xdg_dialog_v1_unset_modal(rig->dialog);
	check_no_error(rig->client);
	click_parent(rig);
	check(active(rig) == rig->parent->window);
}

// Which dialog blocks it is shown by a flash, which ends.
TEST_F(dialog_rig, the_dialog_flashes)
{
	xdg_dialog_v1_set_modal(rig->dialog);
	check_no_error(rig->client);
	fixture_frames(rig->fixture, 2);
	uint32_t before = fixture_pixel(rig->fixture, 450, 350);
	click_parent(rig);
	fixture_frames(rig->fixture, 2);
	check(fixture_pixel(rig->fixture, 450, 350) != before);
	fixture_advance(rig->fixture, 200 * NSEC_PER_MSEC);
	fixture_frames(rig->fixture, 2);
	check_eq(fixture_pixel(rig->fixture, 450, 350), before);
}

TEST_F(dialog_rig, the_dialog_closes)
{
	xdg_dialog_v1_set_modal(rig->dialog);
	click_parent(rig);
	xdg_dialog_v1_destroy(rig->dialog);
	rig->dialog = NULL;
	client_window_destroy(rig->child);
	rig->child = NULL;
	check_no_error(rig->client);
	check(active(rig) == rig->parent->window);
	click_parent(rig);
	check(active(rig) == rig->parent->window);
}

TEST_F(dialog_rig, the_object_ends)
{
	xdg_dialog_v1_set_modal(rig->dialog);
	check_no_error(rig->client);
	xdg_dialog_v1_destroy(rig->dialog);
	rig->dialog = NULL;
	check_no_error(rig->client);
	click_parent(rig);
	check(active(rig) == rig->parent->window);
	rig->dialog = xdg_wm_dialog_v1_get_xdg_dialog(rig->manager, rig->child->toplevel);
	check_no_error(rig->client);
}

TEST_F(dialog_rig, the_window_ends_first)
{
	xdg_dialog_v1_set_modal(rig->dialog);
	client_window_destroy(rig->child);
	rig->child = NULL;
	xdg_dialog_v1_unset_modal(rig->dialog);
	xdg_dialog_v1_set_modal(rig->dialog);
	check_no_error(rig->client);
}

// A dialog of a dialog.
TEST_F(dialog_rig, the_innermost_dialog_is_activated)
{
	struct client_window *inner = client_window_opaque(rig->client, 50, 600, 500);
	xdg_toplevel_set_parent(inner->toplevel, rig->child->toplevel);
	struct xdg_dialog_v1 *dialog =
		xdg_wm_dialog_v1_get_xdg_dialog(rig->manager, inner->toplevel);
	xdg_dialog_v1_set_modal(dialog);
	xdg_dialog_v1_set_modal(rig->dialog);
	check_no_error(rig->client);
	click_parent(rig);
	check(active(rig) == inner->window);
	xdg_dialog_v1_destroy(dialog);
	client_window_destroy(inner);
	check(active(rig) == rig->child->window);
}

TEST_F(dialog_rig, without_a_parent_it_means_nothing)
{
	xdg_toplevel_set_parent(rig->child->toplevel, NULL);
	xdg_dialog_v1_set_modal(rig->dialog);
	check_no_error(rig->client);
	click_parent(rig);
	check(active(rig) == rig->parent->window);
}

TEST_F(dialog_rig, a_second_object_is_an_error)
{
	struct xdg_dialog_v1 *second =
		xdg_wm_dialog_v1_get_xdg_dialog(rig->manager, rig->child->toplevel);
	check_client_error(rig->client, "xdg_wm_dialog_v1", XDG_WM_DIALOG_V1_ERROR_ALREADY_USED);
	xdg_dialog_v1_destroy(second);
}
