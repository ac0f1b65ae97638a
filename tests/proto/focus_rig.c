// SPDX-License-Identifier: MIT
#include "tests/proto/focus_rig.h"
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "xdg-activation-v1-client-protocol.h"

void focus_rig_begin(struct focus_rig *rig, enum focus_new mode)
{
	struct config *config = config_create_default();
	config->desktop.focus_new = mode;
	rig->fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 800,
		.height = 600,
		.outputs = 1,
		.builtin_cursor = true,
		.config = config,
	});
	rig->first = client_create(rig->fixture);
	rig->second = client_create(rig->fixture);
	rig->window = client_window_create(rig->first, 300, 200, 0xff405060);
}

void focus_rig_init(struct focus_rig *rig)
{
	focus_rig_begin(rig, FOCUS_NEW_SMART);
}

void focus_rig_finish(struct focus_rig *rig)
{
	check_no_error(rig->first);
	check_no_error(rig->second);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

void focus_rig_key(struct focus_rig *rig, uint32_t code)
{
	fixture_key(rig->fixture, code, true);
	fixture_key(rig->fixture, code, false);
}

bool focus_rig_active(const struct client_window *window)
{
	const struct server *server = window->window->server;
	return server->shell->active == window->window &&
		keyboard_focus(server->seat) == window->window->surface &&
		window->states & 1u << XDG_TOPLEVEL_STATE_ACTIVATED;
}

bool focus_rig_urgent(const struct client_window *window)
{
	return window_has(window->window, WINDOW_URGENT);
}

void focus_rig_check_back(struct focus_rig *rig, struct client_window *window)
{
	check(focus_rig_active(rig->window));
	check(!(window->states & 1u << XDG_TOPLEVEL_STATE_ACTIVATED));
	check(focus_rig_urgent(window));
	struct node *layer = rig->fixture->server->scene->layers[SCENE_WINDOWS];
	struct node *node, *last = NULL;
	wl_list_for_each(node, &layer->children, link) // from the bottom
		last = node == window->window->tree || node == rig->window->window->tree ? node
											 : last;
	check(last == rig->window->window->tree);
}

struct client_window *focus_rig_second(struct focus_rig *rig)
{
	return client_window_create(rig->second, 200, 100, 0xff102030);
}

// Panels

static void on_layer_configure(void *data, struct zwlr_layer_surface_v1 *layer, uint32_t serial,
	uint32_t width, uint32_t height)
{
	struct panel *panel = data;
	zwlr_layer_surface_v1_ack_configure(layer, serial);
	wl_surface_attach(panel->surface, panel->buffer, 0, 0);
	wl_surface_commit(panel->surface);
}

static void on_layer_closed(void *data, struct zwlr_layer_surface_v1 *layer)
{
}

static const struct zwlr_layer_surface_v1_listener layer_listener = {
	.configure = on_layer_configure,
	.closed = on_layer_closed,
};

// At the lower left corner, 100x40.
void panel_begin(struct panel *panel, struct client *client, uint32_t keyboard)
{
	struct zwlr_layer_shell_v1 *shell = client_bind(client, &zwlr_layer_shell_v1_interface, 4);
	panel->surface = wl_compositor_create_surface(client->compositor);
	panel->buffer = client_buffer(client, 100, 40, 0xff778899);
	panel->layer = zwlr_layer_shell_v1_get_layer_surface(
		shell, panel->surface, NULL, ZWLR_LAYER_SHELL_V1_LAYER_TOP, "panel");
	zwlr_layer_surface_v1_add_listener(panel->layer, &layer_listener, panel);
	zwlr_layer_surface_v1_set_size(panel->layer, 100, 40);
	zwlr_layer_surface_v1_set_anchor(panel->layer,
		ZWLR_LAYER_SURFACE_V1_ANCHOR_LEFT | ZWLR_LAYER_SURFACE_V1_ANCHOR_BOTTOM);
	zwlr_layer_surface_v1_set_keyboard_interactivity(panel->layer, keyboard);
	wl_surface_commit(panel->surface);
	fixture_frames(client->fixture, 2);
	zwlr_layer_shell_v1_destroy(shell);
}

void panel_end(struct panel *panel)
{
	zwlr_layer_surface_v1_destroy(panel->layer);
	wl_surface_destroy(panel->surface);
	wl_buffer_destroy(panel->buffer);
}

// Tokens

static void on_done(void *data, struct xdg_activation_token_v1 *token, const char *text)
{
	replace_string(data, text);
}

static const struct xdg_activation_token_v1_listener token_listener = {.done = on_done};

// A token of the first client, with the serial of a key that it got. The caller frees it.
char *focus_rig_token(struct focus_rig *rig, uint32_t code)
{
	struct seat_log log = {0};
	char *text = NULL;
	seat_log_begin(&log, rig->first);
	focus_rig_key(rig, code);
	struct xdg_activation_v1 *activation =
		client_bind(rig->first, &xdg_activation_v1_interface, 1);
	struct xdg_activation_token_v1 *token = xdg_activation_v1_get_activation_token(activation);
	xdg_activation_token_v1_add_listener(token, &token_listener, &text);
	xdg_activation_token_v1_set_serial(token, log.key_serial, rig->first->seat);
	xdg_activation_token_v1_commit(token);
	fixture_pump(rig->fixture);
	check(text != NULL);
	xdg_activation_token_v1_destroy(token);
	xdg_activation_v1_destroy(activation);
	seat_log_end(&log);
	return text;
}

void focus_rig_use_token(struct focus_rig *rig, const char *token, struct client_window *window)
{
	struct xdg_activation_v1 *activation =
		client_bind(rig->second, &xdg_activation_v1_interface, 1);
	xdg_activation_v1_activate(activation, token, window->surface);
	fixture_pump(rig->fixture);
	xdg_activation_v1_destroy(activation);
}

// A new window that uses the token before it is mapped, as programs do at their start.
struct client_window *focus_rig_window_by_token(struct focus_rig *rig, const char *token)
{
	struct client_window *window = client_window_create_bare(rig->second, 200, 100);
	focus_rig_use_token(rig, token, window);
	client_window_show(window, 0xff102030);
	check(window->window != NULL && window->window->mapped);
	return window;
}
