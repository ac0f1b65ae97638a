// SPDX-License-Identifier: MIT
// Which new windows take the keyboard focus from the user ([desktop] focus-new).
#include <linux/input-event-codes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/guard.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/window/activation.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "xdg-activation-v1-client-protocol.h"

// A window of the client `first` that the user types into, and a client that opens others.
struct focus_rig {
	struct fixture *fixture;
	struct client *first, *second;
	struct client_window *window;
};

static void focus_rig_begin(struct focus_rig *rig, enum focus_new mode)
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

static void focus_rig_init(struct focus_rig *rig)
{
	focus_rig_begin(rig, FOCUS_NEW_SMART);
}

static void focus_rig_finish(struct focus_rig *rig)
{
	check_no_error(rig->first);
	check_no_error(rig->second);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void type_key(struct focus_rig *rig, uint32_t code)
{
	fixture_key(rig->fixture, code, true);
	fixture_key(rig->fixture, code, false);
}

static bool has_focus(const struct client_window *window)
{
	const struct server *server = window->window->server;
	return server->shell->active == window->window &&
		keyboard_focus(server->seat) == window->window->surface &&
		window->states & 1u << XDG_TOPLEVEL_STATE_ACTIVATED;
}

static bool is_urgent(const struct client_window *window)
{
	return window_has(window->window, WINDOW_URGENT);
}

// A window of the client that is not in front, does not have the focus, and asks for attention.
static void check_stays_back(struct focus_rig *rig, struct client_window *window)
{
	check(has_focus(rig->window));
	check(!(window->states & 1u << XDG_TOPLEVEL_STATE_ACTIVATED));
	check(is_urgent(window));
	struct node *layer = rig->fixture->server->scene->layers[SCENE_WINDOWS];
	struct node *node, *last = NULL;
	wl_list_for_each(node, &layer->children, link) // from the bottom
		last = node == window->window->tree || node == rig->window->window->tree ? node
											 : last;
	check(last == rig->window->window->tree);
}

static struct client_window *second_window(struct focus_rig *rig)
{
	return client_window_create(rig->second, 200, 100, 0xff102030);
}

TEST_F(focus_rig, typing_keeps_the_focus)
{
	check(has_focus(rig->window));
	type_key(rig, KEY_A);
	struct client_window *window = second_window(rig);
	check_stays_back(rig, window);
	// Activation by the user removes the mark for good.
	struct box box = window_box(window->window);
	window_move(window->window, 500, box.y);
	fixture_click(rig->fixture, 510, box.y + 10);
	check(has_focus(window));
	check(!is_urgent(window));
	fixture_click(rig->fixture, rig->window->window->x + 5, rig->window->window->y + 5);
	check(has_focus(rig->window) && !is_urgent(window));
	client_window_destroy(window);
}

TEST_F(focus_rig, clicks_keep_the_focus)
{
	fixture_click(rig->fixture, rig->window->window->x + 5, rig->window->window->y + 5);
	struct client_window *window = second_window(rig);
	check_stays_back(rig, window);
	client_window_destroy(window);
}

TEST_F(focus_rig, touches_keep_the_focus)
{
	fixture_touch(rig->fixture, 1, rig->window->window->x + 5, rig->window->window->y + 5);
	fixture_touch_up(rig->fixture, 1);
	struct client_window *window = second_window(rig);
	check_stays_back(rig, window);
	client_window_destroy(window);
}

// While nothing was used, as when a session starts, and with modifiers, which type nothing.
TEST_F(focus_rig, session_starts)
{
	struct client_window *window = second_window(rig);
	check(has_focus(window) && !is_urgent(window));
	type_key(rig, KEY_LEFTMETA);
	type_key(rig, KEY_LEFTSHIFT);
	type_key(rig, KEY_RIGHTALT);
	struct client_window *third = client_window_create(rig->first, 50, 50, 0xff000001);
	check(has_focus(third));
	client_window_destroy(third);
	client_window_destroy(window);
}

TEST_F(focus_rig, nothing_is_focused)
{
	type_key(rig, KEY_A);
	shell_activate(rig->fixture->server->shell, NULL);
	fixture_pump(rig->fixture);
	struct client_window *window = second_window(rig);
	check(has_focus(window) && !is_urgent(window));
	client_window_destroy(window);
}

// A second window of the program that the user works with, and its dialogs.
TEST_F(focus_rig, the_same_program)
{
	type_key(rig, KEY_A);
	struct client_window *window = client_window_create(rig->first, 200, 100, 0xff102030);
	check(has_focus(window) && !is_urgent(window));
	client_window_destroy(window);
}

// A client that belongs to a new child of this process; *child is to be killed.
static struct client *client_of_child(struct focus_rig *rig, pid_t *child)
{
	int report[2], sockets[2];
	check(pipe(report) == 0);
	// A socket pair belongs to the process that creates it. Its ends are in the common table.
	*child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (*child == 0) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0 ||
			write(report[1], sockets, sizeof(sockets)) != sizeof(sockets))
			_exit(1);
		for (;;)
			pause();
	}
	check(*child > 0);
	check_eq(read(report[0], sockets, sizeof(sockets)), sizeof(sockets));
	close(report[0]);
	close(report[1]);
	return client_create_on(rig->fixture, sockets);
}

// As from a terminal: what the used program has started since gets the focus, not the reverse.
TEST_F(focus_rig, started_by_the_program)
{
	type_key(rig, KEY_A);
	pid_t child;
	struct client *client = client_of_child(rig, &child);
	struct client_window *window = client_window_create(client, 200, 100, 0xff102030);
	check(has_focus(window) && !is_urgent(window));
	type_key(rig, KEY_A);
	struct client_window *other = client_window_create(rig->first, 50, 50, 0xff203040);
	check(has_focus(window) && is_urgent(other));
	client_window_destroy(other);
	client_window_destroy(window);
	check(kill(child, SIGKILL) == 0);
	check_eq(waitpid(child, NULL, 0), child);
}

static struct client_window *dialog_of(
	struct client *client, struct client_window *parent, int side)
{
	struct client_window *dialog = client_window_create_bare(client, side, side);
	xdg_toplevel_set_parent(dialog->toplevel, parent->toplevel);
	client_window_show(dialog, 0xff203040);
	check(dialog->window != NULL && dialog->window->parent == parent->window);
	return dialog;
}

// Dialogs take the focus from their own parent only.
TEST_F(focus_rig, dialogs)
{
	struct client_window *back = second_window(rig);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	type_key(rig, KEY_A);
	struct client_window *other = dialog_of(rig->second, back, 50);
	check(has_focus(rig->window) && is_urgent(other));
	struct client_window *own = dialog_of(rig->first, rig->window, 60);
	check(has_focus(own) && !is_urgent(own));
	client_window_destroy(own);
	check(has_focus(rig->window));
	client_window_destroy(other);
	client_window_destroy(back);
}

// A launcher is used and closes; then the program that it started appears.
TEST_F(focus_rig, launcher)
{
	type_key(rig, KEY_A);
	struct client *launcher = client_create(rig->fixture);
	struct client_window *box = client_window_create(launcher, 100, 50, 0xff203040);
	check(is_urgent(box));
	shell_activate(rig->fixture->server->shell, box->window);
	fixture_pump(rig->fixture);
	type_key(rig, KEY_ENTER);
	// While it is open, it is a window like others.
	struct client_window *early = second_window(rig);
	check(is_urgent(early) && has_focus(box));
	client_window_destroy(early);
	client_window_destroy(box);
	check(has_focus(rig->window));
	struct client_window *window = second_window(rig);
	check(has_focus(window) && !is_urgent(window));
	client_window_destroy(window);
}

// Layer surfaces

struct panel {
	struct wl_surface *surface;
	struct zwlr_layer_surface_v1 *layer;
	struct wl_buffer *buffer;
};

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
static void panel_begin(struct panel *panel, struct client *client, uint32_t keyboard)
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

static void panel_end(struct panel *panel)
{
	zwlr_layer_surface_v1_destroy(panel->layer);
	wl_surface_destroy(panel->surface);
	wl_buffer_destroy(panel->buffer);
}

// A click on a panel may have started what appears.
TEST_F(focus_rig, panel)
{
	struct client *client = client_create(rig->fixture);
	struct panel panel;
	panel_begin(&panel, client, ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_NONE);
	type_key(rig, KEY_A);
	fixture_click(rig->fixture, 10, 590);
	struct client_window *window = second_window(rig);
	check(has_focus(window) && !is_urgent(window));
	client_window_destroy(window);
	// What is typed after it counts.
	fixture_click(rig->fixture, 10, 590);
	type_key(rig, KEY_A);
	window = second_window(rig);
	check_stays_back(rig, window);
	client_window_destroy(window);
	panel_end(&panel);
}

// A surface with on-demand interactivity takes the focus as windows do.
TEST_F(focus_rig, new_layer_surfaces)
{
	const uint32_t on_demand = ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND;
	struct panel panel;
	panel_begin(&panel, rig->second, on_demand);
	check(!has_focus(rig->window));
	panel_end(&panel);
	fixture_pump(rig->fixture);
	check(has_focus(rig->window));
	type_key(rig, KEY_A);
	panel_begin(&panel, rig->second, on_demand);
	check(has_focus(rig->window));
	panel_end(&panel);
}

// Tokens

static void on_done(void *data, struct xdg_activation_token_v1 *token, const char *text)
{
	replace_string(data, text);
}

static const struct xdg_activation_token_v1_listener token_listener = {.done = on_done};

// A token of the first client, with the serial of a key that it got. The caller frees it.
static char *token_for_key(struct focus_rig *rig, uint32_t code)
{
	struct seat_log log = {0};
	char *text = NULL;
	seat_log_begin(&log, rig->first);
	type_key(rig, code);
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

static void use_token(struct focus_rig *rig, const char *token, struct client_window *window)
{
	struct xdg_activation_v1 *activation =
		client_bind(rig->second, &xdg_activation_v1_interface, 1);
	xdg_activation_v1_activate(activation, token, window->surface);
	fixture_pump(rig->fixture);
	xdg_activation_v1_destroy(activation);
}

// A new window that uses the token before it is mapped, as programs do at their start.
static struct client_window *window_with_token(struct focus_rig *rig, const char *token)
{
	struct client_window *window = client_window_create_bare(rig->second, 200, 100);
	use_token(rig, token, window);
	client_window_show(window, 0xff102030);
	check(window->window != NULL && window->window->mapped);
	return window;
}

TEST_F(focus_rig, token_of_a_key)
{
	char *token = token_for_key(rig, KEY_ENTER);
	struct client_window *window = window_with_token(rig, token);
	check(has_focus(window) && !is_urgent(window));
	// The same for a window that is there already.
	shell_activate(rig->fixture->server->shell, rig->window->window);
	free(token);
	token = token_for_key(rig, KEY_ENTER);
	use_token(rig, token, window);
	check(has_focus(window) && !is_urgent(window));
	free(token);
	client_window_destroy(window);
}

// A launcher or panel that runs already is called by a token.
TEST_F(focus_rig, token_of_a_layer_surface)
{
	const uint32_t on_demand = ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND;
	struct panel panel;
	struct client_window stand_in = {0};
	type_key(rig, KEY_A);
	panel_begin(&panel, rig->second, on_demand);
	stand_in.surface = panel.surface;
	use_token(rig, "nonsense", &stand_in);
	check(has_focus(rig->window));
	char *token = token_for_key(rig, KEY_ENTER);
	use_token(rig, token, &stand_in);
	check(!has_focus(rig->window));
	check(keyboard_focus(rig->fixture->server->seat) ==
		client_surface(panel.surface, rig->second));
	free(token);
	panel_end(&panel);
	fixture_pump(rig->fixture);
	check(has_focus(rig->window));
	// Not if the user worked elsewhere meanwhile.
	token = token_for_key(rig, KEY_ENTER);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	struct client *third = client_create(rig->fixture);
	struct client_window *other = client_window_create(third, 100, 50, 0xff203040);
	shell_activate(rig->fixture->server->shell, other->window);
	fixture_pump(rig->fixture);
	type_key(rig, KEY_A);
	panel_begin(&panel, rig->second, on_demand);
	stand_in.surface = panel.surface;
	use_token(rig, token, &stand_in);
	check(has_focus(other));
	free(token);
	panel_end(&panel);
	client_window_destroy(other);
}

// Typing on in the program that passed the focus on is no reason against it.
TEST_F(focus_rig, token_and_typing_on)
{
	char *token = token_for_key(rig, KEY_ENTER);
	type_key(rig, KEY_A);
	struct client_window *window = window_with_token(rig, token);
	check(has_focus(window) && !is_urgent(window));
	free(token);
	client_window_destroy(window);
}

TEST_F(focus_rig, token_and_typing_elsewhere)
{
	char *token = token_for_key(rig, KEY_ENTER);
	struct client *third = client_create(rig->fixture);
	struct client_window *other = client_window_create(third, 100, 50, 0xff203040);
	shell_activate(rig->fixture->server->shell, other->window);
	fixture_pump(rig->fixture);
	type_key(rig, KEY_A);
	struct client_window *window = window_with_token(rig, token);
	check(has_focus(other) && is_urgent(window));
	free(token);
	client_window_destroy(window);
	client_window_destroy(other);
}

TEST_F(focus_rig, no_token_of_a_users_act)
{
	struct client_window *window = second_window(rig);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	type_key(rig, KEY_A);
	check(!is_urgent(window));
	use_token(rig, "0123456789abcdef0123456789abcdef", window);
	check(has_focus(rig->window) && is_urgent(window));
	// Nor one that is too old.
	shell_activate(rig->fixture->server->shell, window->window);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	fixture_pump(rig->fixture);
	check(!is_urgent(window));
	char *token = token_for_key(rig, KEY_ENTER);
	fixture_advance(rig->fixture, 61 * NSEC_PER_SEC);
	use_token(rig, token, window);
	check(has_focus(rig->window) && is_urgent(window));
	free(token);
	// The active window has the attention.
	shell_activate(rig->fixture->server->shell, window->window);
	use_token(rig, "nonsense", window);
	check(has_focus(window) && !is_urgent(window));
	client_window_destroy(window);
}

// XDG_ACTIVATION_TOKEN of a program that a binding started.
TEST_F(focus_rig, token_of_a_binding)
{
	type_key(rig, KEY_A);
	char token[ACTIVATION_TOKEN_SIZE];
	activation_token(rig->fixture->server->activation, token);
	struct client_window *window = window_with_token(rig, token);
	check(has_focus(window) && !is_urgent(window));
	shell_activate(rig->fixture->server->shell, rig->window->window);
	fixture_pump(rig->fixture);
	activation_token(rig->fixture->server->activation, token);
	type_key(rig, KEY_A);
	use_token(rig, token, window);
	check(has_focus(rig->window) && is_urgent(window));
	client_window_destroy(window);
}

// Bindings that start programs, and others
TEST(bindings)
{
	struct focus_rig rig = {0};
	focus_rig_begin(&rig, FOCUS_NEW_SMART);
	struct server *server = rig.fixture->server;
	struct binding binding;
	check(binding_parse("Super+Return", &binding));
	for (size_t i = 0; i < server->config->n_bindings; i++)
		if (server->config->bindings[i].code == binding.code)
			replace_string(&server->config->bindings[i].argument, "true");
	struct guard *guard = guard_create(&(struct guard_options){0});
	check(guard != NULL);
	server->children = children_create(server->loop, guard);
	check(server->children != NULL);

	type_key(&rig, KEY_A);
	fixture_key(rig.fixture, KEY_LEFTMETA, true);
	type_key(&rig, KEY_ENTER);
	fixture_key(rig.fixture, KEY_LEFTMETA, false);
	struct client_window *window = second_window(&rig);
	check(has_focus(window) && !is_urgent(window));
	// Switching to another window means to work there, and no longer with this client.
	fixture_key(rig.fixture, KEY_LEFTALT, true);
	type_key(&rig, KEY_TAB);
	fixture_key(rig.fixture, KEY_LEFTALT, false);
	check(has_focus(rig.window));
	struct client_window *third = client_window_create(rig.second, 50, 50, 0xff000001);
	check_stays_back(&rig, third);
	client_window_destroy(third);
	client_window_destroy(window);
	// So do bindings that act on the active window.
	fixture_key(rig.fixture, KEY_LEFTMETA, true);
	type_key(&rig, KEY_ENTER);
	type_key(&rig, KEY_LEFT);
	fixture_key(rig.fixture, KEY_LEFTMETA, false);
	fixture_frames(rig.fixture, 2);
	window = second_window(&rig);
	check_stays_back(&rig, window);
	client_window_destroy(window);
	children_destroy(server->children);
	server->children = NULL;
	guard_destroy(guard);
	focus_rig_finish(&rig);
}

// The notice that names the window, centred at the upper edge

static bool notice_is_shown(const struct focus_rig *rig)
{
	return !wl_list_empty(&rig->fixture->server->scene->layers[SCENE_OVERLAY]->children);
}

TEST_F(focus_rig, notice)
{
	type_key(rig, KEY_A);
	check(!notice_is_shown(rig));
	struct client_window *window = second_window(rig);
	check(notice_is_shown(rig));
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	check(notice_is_shown(rig));
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check(!notice_is_shown(rig) && is_urgent(window));
	// Once for each time that it becomes urgent.
	use_token(rig, "nonsense", window);
	check(!notice_is_shown(rig));
	client_window_destroy(window);
	// A press on it activates the window and reaches nothing else.
	window = second_window(rig);
	check(notice_is_shown(rig));
	fixture_click(rig->fixture, 400, 30);
	check(has_focus(window) && !notice_is_shown(rig));
	client_window_destroy(window);
}

// It ends with its window, with the layout, and with the activation.
TEST_F(focus_rig, notice_ends)
{
	type_key(rig, KEY_A);
	struct client_window *window = second_window(rig);
	check(notice_is_shown(rig));
	client_window_destroy(window);
	check(!notice_is_shown(rig));
	window = second_window(rig);
	check(notice_is_shown(rig));
	shell_activate(rig->fixture->server->shell, window->window);
	check(!notice_is_shown(rig));
	shell_activate(rig->fixture->server->shell, rig->window->window);
	type_key(rig, KEY_A);
	use_token(rig, "nonsense", window);
	check(notice_is_shown(rig));
	struct output_change change = output_change_none(output_first(rig->fixture->server));
	change.scale = 2;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	check(!notice_is_shown(rig));
	client_window_destroy(window);
	second_window(rig); // and with the server
}

// What appears long after the user asked for something is a surprise.
TEST_F(focus_rig, launches_are_forgotten)
{
	struct client *launcher = client_create(rig->fixture);
	static const int seconds[] = {59, 61};
	for (size_t i = 0; i < array_length(seconds); i++) {
		struct client_window *box = client_window_create(launcher, 100, 50, 0xff203040);
		shell_activate(rig->fixture->server->shell, box->window);
		fixture_pump(rig->fixture);
		type_key(rig, KEY_ENTER);
		client_window_destroy(box);
		fixture_advance(
			rig->fixture, (uint64_t)seconds[i] * NSEC_PER_SEC - NSEC_PER_SEC / 2);
		struct client_window *window = second_window(rig);
		check_eq(has_focus(window), i == 0);
		check_eq(is_urgent(window), i == 1);
		client_window_destroy(window);
	}
}

// The other modes

TEST(always)
{
	static const enum focus_new modes[] = {FOCUS_NEW_ALWAYS, FOCUS_NEW_DEFAULT};
	for (size_t i = 0; i < array_length(modes); i++) {
		struct focus_rig rig = {0};
		focus_rig_begin(&rig, modes[i]);
		type_key(&rig, KEY_A);
		struct client_window *window = second_window(&rig);
		check(has_focus(window) && !is_urgent(window));
		shell_activate(rig.fixture->server->shell, rig.window->window);
		use_token(&rig, "nonsense", window);
		check(has_focus(rig.window) && !is_urgent(window));
		client_window_destroy(window);
		focus_rig_finish(&rig);
	}
}

TEST(never)
{
	struct focus_rig rig = {0};
	focus_rig_begin(&rig, FOCUS_NEW_NEVER);
	check(has_focus(rig.window)); // from nothing
	// What the user asked for is in front all the same, and needs no mark.
	struct client_window *window = second_window(&rig);
	check(has_focus(rig.window) && !is_urgent(window));
	client_window_destroy(window);
	char *token = token_for_key(&rig, KEY_ENTER);
	window = window_with_token(&rig, token);
	check_stays_back(&rig, window);
	free(token);
	// A window that was active before may be activated.
	shell_activate(rig.fixture->server->shell, window->window);
	shell_activate(rig.fixture->server->shell, rig.window->window);
	fixture_pump(rig.fixture);
	token = token_for_key(&rig, KEY_ENTER);
	use_token(&rig, token, window);
	check(has_focus(window));
	free(token);
	client_window_destroy(window);
	// Launchers open all the same.
	const uint32_t on_demand = ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND;
	struct client *clients[] = {rig.second, rig.first};
	for (size_t i = 0; i < array_length(clients); i++) {
		struct panel panel;
		type_key(&rig, KEY_A);
		check(has_focus(rig.window));
		panel_begin(&panel, clients[i], on_demand);
		check_eq(has_focus(rig.window), clients[i] != rig.first);
		panel_end(&panel);
		fixture_pump(rig.fixture);
	}
	focus_rig_finish(&rig);
}

TEST(kiosk_focuses_all)
{
	struct config *config = config_create_default();
	config->desktop.focus_new = FOCUS_NEW_SMART;
	struct focus_rig rig = {.fixture = fixture_create(&(struct server_options){
					.virtual_clock = true,
					.builtin_cursor = true,
					.outputs = 1,
					.shell = "kiosk",
					.config = config,
				})};
	rig.first = client_create(rig.fixture);
	rig.second = client_create(rig.fixture);
	rig.window = client_window_create(rig.first, 300, 200, 0xff405060);
	type_key(&rig, KEY_A);
	struct client_window *window = second_window(&rig);
	check(has_focus(window) && !is_urgent(window));
	client_window_destroy(window);
	focus_rig_finish(&rig);
}
