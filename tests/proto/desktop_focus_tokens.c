// SPDX-License-Identifier: MIT
// Panels, launchers and activation tokens: what passes the keyboard focus on, and what does not.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/seat/seat.h"
#include "compositor/window/activation.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "tests/proto/focus_rig.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "xdg-activation-v1-client-protocol.h"

// Layer surfaces

// A click on a panel may have started what appears.
TEST_F(focus_rig, panel)
{
	struct client *client = client_create(rig->fixture);
	struct panel panel;
	panel_begin(&panel, client, ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_NONE);
	focus_rig_key(rig, KEY_A);
	fixture_click(rig->fixture, 10, 590);
	struct client_window *window = focus_rig_second(rig);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	client_window_destroy(window);
	// What is typed after it counts.
	fixture_click(rig->fixture, 10, 590);
	focus_rig_key(rig, KEY_A);
	window = focus_rig_second(rig);
	focus_rig_check_back(rig, window);
	client_window_destroy(window);
	panel_end(&panel);
}

// A surface with on-demand interactivity takes the focus as windows do.
TEST_F(focus_rig, new_layer_surfaces)
{
	const uint32_t on_demand = ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND;
	struct panel panel;
	panel_begin(&panel, rig->second, on_demand);
	check(!focus_rig_active(rig->window));
	panel_end(&panel);
	fixture_pump(rig->fixture);
	check(focus_rig_active(rig->window));
	focus_rig_key(rig, KEY_A);
	panel_begin(&panel, rig->second, on_demand);
	check(focus_rig_active(rig->window));
	panel_end(&panel);
}

// Tokens

TEST_F(focus_rig, token_of_a_key)
{
	char *token = focus_rig_token(rig, KEY_ENTER);
	struct client_window *window = focus_rig_window_by_token(rig, token);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	// The same for a window that is there already.
	shell_activate(rig->fixture->server->shell, rig->window->window);
	free(token);
	token = focus_rig_token(rig, KEY_ENTER);
	focus_rig_use_token(rig, token, window);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	free(token);
	client_window_destroy(window);
}

// A launcher or panel that runs already is called by a token.
TEST_F(focus_rig, token_of_a_layer_surface)
{
	const uint32_t on_demand = ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND;
	struct panel panel;
	struct client_window stand_in = {0};
	focus_rig_key(rig, KEY_A);
	panel_begin(&panel, rig->second, on_demand);
	stand_in.surface = panel.surface;
	focus_rig_use_token(rig, "nonsense", &stand_in);
	check(focus_rig_active(rig->window));
	char *token = focus_rig_token(rig, KEY_ENTER);
	focus_rig_use_token(rig, token, &stand_in);
	check(!focus_rig_active(rig->window));
	check(keyboard_focus(rig->fixture->server->seat) ==
		client_surface(panel.surface, rig->second));
	free(token);
	panel_end(&panel);
	fixture_pump(rig->fixture);
	check(focus_rig_active(rig->window));
	// Not if the user worked elsewhere meanwhile.
	token = focus_rig_token(rig, KEY_ENTER);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	struct client *third = client_create(rig->fixture);
	struct client_window *other = client_window_create(third, 100, 50, 0xff203040);
	shell_activate(rig->fixture->server->shell, other->window);
	fixture_pump(rig->fixture);
	focus_rig_key(rig, KEY_A);
	panel_begin(&panel, rig->second, on_demand);
	stand_in.surface = panel.surface;
	focus_rig_use_token(rig, token, &stand_in);
	check(focus_rig_active(other));
	free(token);
	panel_end(&panel);
	client_window_destroy(other);
}

// Typing on in the program that passed the focus on is no reason against it.
TEST_F(focus_rig, token_and_typing_on)
{
	char *token = focus_rig_token(rig, KEY_ENTER);
	focus_rig_key(rig, KEY_A);
	struct client_window *window = focus_rig_window_by_token(rig, token);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	free(token);
	client_window_destroy(window);
}

TEST_F(focus_rig, token_and_typing_elsewhere)
{
	char *token = focus_rig_token(rig, KEY_ENTER);
	struct client *third = client_create(rig->fixture);
	struct client_window *other = client_window_create(third, 100, 50, 0xff203040);
	shell_activate(rig->fixture->server->shell, other->window);
	fixture_pump(rig->fixture);
	focus_rig_key(rig, KEY_A);
	struct client_window *window = focus_rig_window_by_token(rig, token);
	check(focus_rig_active(other) && focus_rig_urgent(window));
	free(token);
	client_window_destroy(window);
	client_window_destroy(other);
}

TEST_F(focus_rig, no_token_of_a_users_act)
{
	struct client_window *window = focus_rig_second(rig);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	focus_rig_key(rig, KEY_A);
	check(!focus_rig_urgent(window));
	focus_rig_use_token(rig, "0123456789abcdef0123456789abcdef", window);
	check(focus_rig_active(rig->window) && focus_rig_urgent(window));
	// Nor one that is too old.
	shell_activate(rig->fixture->server->shell, window->window);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	fixture_pump(rig->fixture);
	check(!focus_rig_urgent(window));
	char *token = focus_rig_token(rig, KEY_ENTER);
	fixture_advance(rig->fixture, 61 * NSEC_PER_SEC);
	focus_rig_use_token(rig, token, window);
	check(focus_rig_active(rig->window) && focus_rig_urgent(window));
	free(token);
	// The active window has the attention.
	shell_activate(rig->fixture->server->shell, window->window);
	focus_rig_use_token(rig, "nonsense", window);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	client_window_destroy(window);
}

// XDG_ACTIVATION_TOKEN of a program that a binding started.
TEST_F(focus_rig, token_of_a_binding)
{
	focus_rig_key(rig, KEY_A);
	char token[ACTIVATION_TOKEN_SIZE];
	activation_token(rig->fixture->server->activation, token);
	struct client_window *window = focus_rig_window_by_token(rig, token);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	shell_activate(rig->fixture->server->shell, rig->window->window);
	fixture_pump(rig->fixture);
	activation_token(rig->fixture->server->activation, token);
	focus_rig_key(rig, KEY_A);
	focus_rig_use_token(rig, token, window);
	check(focus_rig_active(rig->window) && focus_rig_urgent(window));
	client_window_destroy(window);
}
