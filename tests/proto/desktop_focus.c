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
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "tests/proto/focus_rig.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"
#include "xdg-activation-v1-client-protocol.h"

TEST_F(focus_rig, typing_keeps_the_focus)
{
	check(focus_rig_active(rig->window));
	focus_rig_key(rig, KEY_A);
	struct client_window *window = focus_rig_second(rig);
	focus_rig_check_back(rig, window);
	// Activation by the user removes the mark for good.
	struct box box = window_box(window->window);
	window_move(window->window, 500, box.y);
	fixture_click(rig->fixture, 510, box.y + 10);
	check(focus_rig_active(window));
	check(!focus_rig_urgent(window));
	fixture_click(rig->fixture, rig->window->window->x + 5, rig->window->window->y + 5);
	check(focus_rig_active(rig->window) && !focus_rig_urgent(window));
	client_window_destroy(window);
}

TEST_F(focus_rig, clicks_keep_the_focus)
{
	fixture_click(rig->fixture, rig->window->window->x + 5, rig->window->window->y + 5);
	struct client_window *window = focus_rig_second(rig);
	focus_rig_check_back(rig, window);
	client_window_destroy(window);
}

TEST_F(focus_rig, touches_keep_the_focus)
{
	fixture_touch(rig->fixture, 1, rig->window->window->x + 5, rig->window->window->y + 5);
	fixture_touch_up(rig->fixture, 1);
	struct client_window *window = focus_rig_second(rig);
	focus_rig_check_back(rig, window);
	client_window_destroy(window);
}

// While nothing was used, as when a session starts, and with modifiers, which type nothing.
TEST_F(focus_rig, session_starts)
{
	struct client_window *window = focus_rig_second(rig);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	focus_rig_key(rig, KEY_LEFTMETA);
	focus_rig_key(rig, KEY_LEFTSHIFT);
	focus_rig_key(rig, KEY_RIGHTALT);
	struct client_window *third = client_window_create(rig->first, 50, 50, 0xff000001);
	check(focus_rig_active(third));
	client_window_destroy(third);
	client_window_destroy(window);
}

TEST_F(focus_rig, nothing_is_focused)
{
	focus_rig_key(rig, KEY_A);
	shell_activate(rig->fixture->server->shell, NULL);
	fixture_pump(rig->fixture);
	struct client_window *window = focus_rig_second(rig);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	client_window_destroy(window);
}

// A second window of the program that the user works with, and its dialogs.
TEST_F(focus_rig, the_same_program)
{
	focus_rig_key(rig, KEY_A);
	struct client_window *window = client_window_create(rig->first, 200, 100, 0xff102030);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
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
	focus_rig_key(rig, KEY_A);
	pid_t child;
	struct client *client = client_of_child(rig, &child);
	struct client_window *window = client_window_create(client, 200, 100, 0xff102030);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	focus_rig_key(rig, KEY_A);
	struct client_window *other = client_window_create(rig->first, 50, 50, 0xff203040);
	check(focus_rig_active(window) && focus_rig_urgent(other));
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
	struct client_window *back = focus_rig_second(rig);
	shell_activate(rig->fixture->server->shell, rig->window->window);
	focus_rig_key(rig, KEY_A);
	struct client_window *other = dialog_of(rig->second, back, 50);
	check(focus_rig_active(rig->window) && focus_rig_urgent(other));
	struct client_window *own = dialog_of(rig->first, rig->window, 60);
	check(focus_rig_active(own) && !focus_rig_urgent(own));
	client_window_destroy(own);
	check(focus_rig_active(rig->window));
	client_window_destroy(other);
	client_window_destroy(back);
}

// A launcher is used and closes; then the program that it started appears.
TEST_F(focus_rig, launcher)
{
	focus_rig_key(rig, KEY_A);
	struct client *launcher = client_create(rig->fixture);
	struct client_window *box = client_window_create(launcher, 100, 50, 0xff203040);
	check(focus_rig_urgent(box));
	shell_activate(rig->fixture->server->shell, box->window);
	fixture_pump(rig->fixture);
	focus_rig_key(rig, KEY_ENTER);
	// While it is open, it is a window like others.
	struct client_window *early = focus_rig_second(rig);
	check(focus_rig_urgent(early) && focus_rig_active(box));
	client_window_destroy(early);
	client_window_destroy(box);
	check(focus_rig_active(rig->window));
	struct client_window *window = focus_rig_second(rig);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
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

	focus_rig_key(&rig, KEY_A);
	fixture_key(rig.fixture, KEY_LEFTMETA, true);
	focus_rig_key(&rig, KEY_ENTER);
	fixture_key(rig.fixture, KEY_LEFTMETA, false);
	struct client_window *window = focus_rig_second(&rig);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	// Switching to another window means to work there, and no longer with this client.
	fixture_key(rig.fixture, KEY_LEFTALT, true);
	focus_rig_key(&rig, KEY_TAB);
	fixture_key(rig.fixture, KEY_LEFTALT, false);
	check(focus_rig_active(rig.window));
	struct client_window *third = client_window_create(rig.second, 50, 50, 0xff000001);
	focus_rig_check_back(&rig, third);
	client_window_destroy(third);
	client_window_destroy(window);
	// So do bindings that act on the active window.
	fixture_key(rig.fixture, KEY_LEFTMETA, true);
	focus_rig_key(&rig, KEY_ENTER);
	focus_rig_key(&rig, KEY_LEFT);
	fixture_key(rig.fixture, KEY_LEFTMETA, false);
	fixture_frames(rig.fixture, 2);
	window = focus_rig_second(&rig);
	focus_rig_check_back(&rig, window);
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
	focus_rig_key(rig, KEY_A);
	check(!notice_is_shown(rig));
	struct client_window *window = focus_rig_second(rig);
	check(notice_is_shown(rig));
	fixture_advance(rig->fixture, 5 * NSEC_PER_SEC);
	check(notice_is_shown(rig));
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check(!notice_is_shown(rig) && focus_rig_urgent(window));
	// Once for each time that it becomes urgent.
	focus_rig_use_token(rig, "nonsense", window);
	check(!notice_is_shown(rig));
	client_window_destroy(window);
	// A press on it activates the window and reaches nothing else.
	window = focus_rig_second(rig);
	check(notice_is_shown(rig));
	fixture_click(rig->fixture, 400, 30);
	check(focus_rig_active(window) && !notice_is_shown(rig));
	client_window_destroy(window);
}

// It ends with its window, with the layout, and with the activation.
TEST_F(focus_rig, notice_ends)
{
	focus_rig_key(rig, KEY_A);
	struct client_window *window = focus_rig_second(rig);
	check(notice_is_shown(rig));
	client_window_destroy(window);
	check(!notice_is_shown(rig));
	window = focus_rig_second(rig);
	check(notice_is_shown(rig));
	shell_activate(rig->fixture->server->shell, window->window);
	check(!notice_is_shown(rig));
	shell_activate(rig->fixture->server->shell, rig->window->window);
	focus_rig_key(rig, KEY_A);
	focus_rig_use_token(rig, "nonsense", window);
	check(notice_is_shown(rig));
	struct output_change change = output_change_none(output_first(rig->fixture->server));
	change.scale = 2;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	check(!notice_is_shown(rig));
	client_window_destroy(window);
	focus_rig_second(rig); // and with the server
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
		focus_rig_key(rig, KEY_ENTER);
		client_window_destroy(box);
		fixture_advance(
			rig->fixture, (uint64_t)seconds[i] * NSEC_PER_SEC - NSEC_PER_SEC / 2);
		struct client_window *window = focus_rig_second(rig);
		check_eq(focus_rig_active(window), i == 0);
		check_eq(focus_rig_urgent(window), i == 1);
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
		focus_rig_key(&rig, KEY_A);
		struct client_window *window = focus_rig_second(&rig);
		check(focus_rig_active(window) && !focus_rig_urgent(window));
		shell_activate(rig.fixture->server->shell, rig.window->window);
		focus_rig_use_token(&rig, "nonsense", window);
		check(focus_rig_active(rig.window) && !focus_rig_urgent(window));
		client_window_destroy(window);
		focus_rig_finish(&rig);
	}
}

TEST(never)
{
	struct focus_rig rig = {0};
	focus_rig_begin(&rig, FOCUS_NEW_NEVER);
	check(focus_rig_active(rig.window)); // from nothing
	// What the user asked for is in front all the same, and needs no mark.
	struct client_window *window = focus_rig_second(&rig);
	check(focus_rig_active(rig.window) && !focus_rig_urgent(window));
	client_window_destroy(window);
	char *token = focus_rig_token(&rig, KEY_ENTER);
	window = focus_rig_window_by_token(&rig, token);
	focus_rig_check_back(&rig, window);
	free(token);
	// A window that was active before may be activated.
	shell_activate(rig.fixture->server->shell, window->window);
	shell_activate(rig.fixture->server->shell, rig.window->window);
	fixture_pump(rig.fixture);
	token = focus_rig_token(&rig, KEY_ENTER);
	focus_rig_use_token(&rig, token, window);
	check(focus_rig_active(window));
	free(token);
	client_window_destroy(window);
	// Launchers open all the same.
	const uint32_t on_demand = ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_ON_DEMAND;
	struct client *clients[] = {rig.second, rig.first};
	for (size_t i = 0; i < array_length(clients); i++) {
		struct panel panel;
		focus_rig_key(&rig, KEY_A);
		check(focus_rig_active(rig.window));
		panel_begin(&panel, clients[i], on_demand);
		check_eq(focus_rig_active(rig.window), clients[i] != rig.first);
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
	focus_rig_key(&rig, KEY_A);
	struct client_window *window = focus_rig_second(&rig);
	check(focus_rig_active(window) && !focus_rig_urgent(window));
	client_window_destroy(window);
	focus_rig_finish(&rig);
}
