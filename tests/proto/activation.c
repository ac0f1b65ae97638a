// SPDX-License-Identifier: MIT
// xdg_activation_v1: which tokens move the focus, and which do not.
#include "compositor/core/activation.h"
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/core/child.h"
#include "compositor/core/config.h"
#include "compositor/core/shell.h"
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "xdg-activation-v1-client-protocol.h"

// A client with a window and a keyboard that remembers the newest serials.
struct side {
	struct client *client;
	struct client_window *window;
	struct xdg_activation_v1 *activation;
	struct wl_keyboard *keyboard;
	uint32_t enter_serial, key_serial;
};

static void on_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	close(fd);
}

static void on_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	((struct side *)data)->enter_serial = serial;
}

static void on_leave(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t state)
{
	((struct side *)data)->key_serial = serial;
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
}

static void on_repeat_info(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = on_keymap,
	.enter = on_enter,
	.leave = on_leave,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat_info,
};

static void side_begin(struct side *side, struct fixture *fixture)
{
	*side = (struct side){.client = client_create(fixture)};
	side->activation = client_bind(side->client, &xdg_activation_v1_interface, 1);
	check(side->activation != NULL);
	side->keyboard = wl_seat_get_keyboard(side->client->seat);
	wl_keyboard_add_listener(side->keyboard, &keyboard_listener, side);
	side->window = client_window_create(side->client, 200, 200, 0xff405060);
	check(side->window->window != NULL);
}

static void side_end(struct side *side)
{
	check_no_error(side->client);
	xdg_activation_v1_destroy(side->activation);
	wl_keyboard_release(side->keyboard);
	client_window_destroy(side->window);
}

static void on_done(void *data, struct xdg_activation_token_v1 *token, const char *text)
{
	replace_string(data, text);
}

static const struct xdg_activation_token_v1_listener token_listener = {.done = on_done};

// The caller frees it. serial 0: none is given.
static char *get_token(struct side *side, uint32_t serial)
{
	char *text = NULL;
	struct xdg_activation_token_v1 *token =
		xdg_activation_v1_get_activation_token(side->activation);
	xdg_activation_token_v1_add_listener(token, &token_listener, &text);
	if (serial)
		xdg_activation_token_v1_set_serial(token, serial, side->client->seat);
	xdg_activation_token_v1_set_app_id(token, "org.example");
	xdg_activation_token_v1_set_surface(token, side->window->surface);
	xdg_activation_token_v1_commit(token);
	fixture_pump(side->client->fixture);
	check(text != NULL);
	check_eq(strlen(text), ACTIVATION_TOKEN_SIZE - 1);
	xdg_activation_token_v1_destroy(token);
	return text;
}

static void use(struct side *side, const char *token)
{
	xdg_activation_v1_activate(side->activation, token, side->window->surface);
	fixture_pump(side->client->fixture);
}

static bool is_active(struct side *side)
{
	return side->client->fixture->server->shell->active == side->window->window;
}

struct setting {
	struct fixture *fixture;
	struct side back, front; // front has the focus
};

static void begin(struct setting *s)
{
	s->fixture = fixture_create(NULL);
	side_begin(&s->back, s->fixture);
	side_begin(&s->front, s->fixture);
	shell_activate(s->fixture->server->shell, s->front.window->window);
	fixture_pump(s->fixture);
	check(is_active(&s->front));
	check(s->front.enter_serial != 0);
}

static void end(struct setting *s)
{
	side_end(&s->back);
	side_end(&s->front);
	fixture_destroy(s->fixture);
}

TEST(focused_client_hands_the_focus_on)
{
	struct setting s;
	begin(&s);
	char *token = get_token(&s.front, s.front.enter_serial);
	use(&s.back, token);
	check(is_active(&s.back));
	// It is used up.
	shell_activate(s.fixture->server->shell, s.front.window->window);
	use(&s.back, token);
	check(is_active(&s.front));
	free(token);
	end(&s);
}

TEST(key_serial_counts)
{
	struct setting s;
	begin(&s);
	fixture_key(s.fixture, KEY_ENTER, true);
	fixture_key(s.fixture, KEY_ENTER, false);
	check(s.front.key_serial != 0);
	char *token = get_token(&s.front, s.front.key_serial);
	use(&s.back, token);
	check(is_active(&s.back));
	free(token);
	end(&s);
}

TEST(no_serial_no_focus)
{
	struct setting s;
	begin(&s);
	const uint32_t wrong[] = {0, s.front.enter_serial + 1000, UINT32_MAX};
	for (size_t i = 0; i < array_length(wrong); i++) {
		char *token = get_token(&s.front, wrong[i]);
		use(&s.back, token);
		check(is_active(&s.front));
		free(token);
	}
	end(&s);
}

TEST(client_without_attention_gets_nowhere)
{
	struct setting s;
	begin(&s);
	fixture_key(s.fixture, KEY_A, true); // the front one's press is the last
	fixture_key(s.fixture, KEY_A, false);
	check(s.back.enter_serial != 0);
	const uint32_t serials[] = {s.back.enter_serial, s.front.enter_serial, s.front.key_serial};
	for (size_t i = 0; i < array_length(serials); i++) {
		char *token = get_token(&s.back, serials[i]);
		use(&s.back, token);
		check(is_active(&s.front));
		free(token);
	}
	end(&s);
}

TEST(tokens_grow_old)
{
	struct setting s;
	begin(&s);
	char *token = get_token(&s.front, s.front.enter_serial);
	fixture_advance(s.fixture, 61 * NSEC_PER_SEC);
	use(&s.back, token);
	check(is_active(&s.front));
	free(token);
	end(&s);
}

TEST(nonsense_tokens)
{
	struct setting s;
	begin(&s);
	char *token = get_token(&s.front, s.front.enter_serial);
	char long_text[3000];
	memset(long_text, 'a', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	const char *const texts[] = {"", "0", "%s%n", long_text};
	for (size_t i = 0; i < array_length(texts); i++)
		use(&s.back, texts[i]);
	token[31] ^= 1;
	use(&s.back, token);
	check(is_active(&s.front));
	free(token);
	end(&s);
}

TEST(a_token_is_committed_once)
{
	struct setting s;
	begin(&s);
	struct xdg_activation_token_v1 *token =
		xdg_activation_v1_get_activation_token(s.front.activation);
	xdg_activation_token_v1_commit(token);
	check_no_error(s.front.client);
	xdg_activation_token_v1_commit(token);
	check_client_error(s.front.client, "xdg_activation_token_v1",
		XDG_ACTIVATION_TOKEN_V1_ERROR_ALREADY_USED);
	xdg_activation_token_v1_destroy(token);
	xdg_activation_v1_destroy(s.front.activation);
	wl_keyboard_release(s.front.keyboard);
	client_window_destroy(s.front.window);
	side_end(&s.back);
	fixture_destroy(s.fixture);
}

TEST(no_setters_after_commit)
{
	struct setting s;
	begin(&s);
	struct xdg_activation_token_v1 *token =
		xdg_activation_v1_get_activation_token(s.front.activation);
	xdg_activation_token_v1_commit(token);
	xdg_activation_token_v1_set_app_id(token, "late");
	check_client_error(s.front.client, "xdg_activation_token_v1",
		XDG_ACTIVATION_TOKEN_V1_ERROR_ALREADY_USED);
	xdg_activation_token_v1_destroy(token);
	xdg_activation_v1_destroy(s.front.activation);
	wl_keyboard_release(s.front.keyboard);
	client_window_destroy(s.front.window);
	side_end(&s.back);
	fixture_destroy(s.fixture);
}

TEST(programs_of_the_compositor_may)
{
	struct setting s;
	begin(&s);
	char token[ACTIVATION_TOKEN_SIZE];
	activation_token(s.fixture->server->activation, token);
	use(&s.back, token);
	check(is_active(&s.back));
	end(&s);
}

TEST(greed_does_not_push_out_others)
{
	struct setting s;
	begin(&s);
	char kept[ACTIVATION_TOKEN_SIZE];
	activation_token(s.fixture->server->activation, kept);
	char *first = NULL, *last = NULL;
	for (int i = 0; i < 400; i++) {
		free(last);
		last = get_token(&s.front, s.front.enter_serial);
		if (!first)
			first = xstrdup(last);
	}
	use(&s.back, first); // its own oldest ones went
	check(is_active(&s.front));
	use(&s.back, kept);
	check(is_active(&s.back));
	shell_activate(s.fixture->server->shell, s.front.window->window);
	use(&s.back, last);
	check(is_active(&s.back));
	free(first);
	free(last);
	end(&s);
}

TEST(before_the_window_is_there)
{
	struct setting s;
	begin(&s);
	char *token = get_token(&s.front, s.front.enter_serial);
	char *other = get_token(&s.front, s.front.enter_serial);
	struct client_window *late = client_window_create_bare(s.back.client, 50, 50);
	struct wl_surface *never = wl_compositor_create_surface(s.back.client->compositor);
	xdg_activation_v1_activate(s.back.activation, token, late->surface);
	xdg_activation_v1_activate(s.back.activation, other, never);
	fixture_pump(s.fixture);
	check(is_active(&s.front));
	late->argb = 0xff010203;
	late->auto_ack = true;
	xdg_surface_ack_configure(late->xdg_surface, late->serial);
	client_window_draw(late, 50, 50, late->argb);
	fixture_frames(s.fixture, 2);
	struct window *window = window_from_surface(client_surface(late->surface, s.back.client));
	check(window != NULL);
	check(s.fixture->server->shell->active == window);
	// Once: later commits do not steal it back.
	shell_activate(s.fixture->server->shell, s.front.window->window);
	client_window_draw(late, 50, 50, 0xff040506);
	fixture_frames(s.fixture, 2);
	check(is_active(&s.front));
	wl_surface_destroy(never);
	client_window_destroy(late);
	free(token);
	free(other);
	end(&s);
}

// What the program that a key starts was told: its window gets the focus.
TEST(started_program_gets_the_focus)
{
	char path[512], out[512];
	snprintf(path, sizeof(path), "%s/oriel.ini", test_dir());
	snprintf(out, sizeof(out), "%s/token", test_dir());
	FILE *file = fopen(path, "w");
	check(file != NULL);
	fprintf(file,
		"[bindings]\nF9 = exec printf %%s \"$XDG_ACTIVATION_TOKEN\" >%s.new; mv %s.new %s\n",
		out, out, out);
	fclose(file);
	const struct server_options options = {
		.virtual_clock = true,
		.builtin_cursor = true,
		.config = config_load(path),
	};
	check(options.config != NULL);
	struct setting s = {.fixture = fixture_create(&options)};
	struct server *server = s.fixture->server;
	server->children = children_create(server->loop);
	check(server->children != NULL);
	side_begin(&s.back, s.fixture);
	side_begin(&s.front, s.fixture);
	shell_activate(server->shell, s.front.window->window);
	fixture_key(s.fixture, KEY_F9, true);
	fixture_key(s.fixture, KEY_F9, false);

	char token[ACTIVATION_TOKEN_SIZE] = "";
	file = NULL;
	for (int waited = 0; !(file = fopen(out, "r")) && waited < 1000; waited++)
		poll(NULL, 0, 10);
	check(file != NULL);
	check_eq(fread(token, 1, sizeof(token), file), ACTIVATION_TOKEN_SIZE - 1);
	fclose(file);
	use(&s.back, token);
	check(is_active(&s.back));
	children_destroy(server->children);
	server->children = NULL;
	end(&s);
}
