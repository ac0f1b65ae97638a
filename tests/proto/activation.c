// SPDX-License-Identifier: MIT
// xdg_activation_v1: which tokens move the focus.
#include "compositor/window/activation.h"
#include <linux/input-event-codes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/guard.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "xdg-activation-v1-client-protocol.h"

// A client with a window, and the newest serials of its seat.
struct side {
	struct client *client;
	struct client_window *window;
	struct xdg_activation_v1 *activation;
	struct seat_log seat;
};

static void side_begin(struct side *side, struct fixture *fixture)
{
	*side = (struct side){.client = client_create(fixture)};
	side->activation = client_bind(side->client, &xdg_activation_v1_interface, 1);
	check(side->activation != NULL);
	seat_log_begin(&side->seat, side->client);
	side->window = client_window_create(side->client, 200, 200, 0xff405060);
	check(side->window->window != NULL);
}

static void side_end(struct side *side)
{
	check_no_error(side->client);
	xdg_activation_v1_destroy(side->activation);
	seat_log_end(&side->seat);
	client_window_destroy(side->window);
}

static void on_done(void *data, struct xdg_activation_token_v1 *token, const char *text)
{
	replace_string(data, text);
}

static const struct xdg_activation_token_v1_listener token_listener = {.done = on_done};

// The caller frees the token. serial 0: set_serial is not sent.
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

struct activation_rig {
	struct fixture *fixture;
	struct side back, front; // front has the focus
};

static void activation_rig_init(struct activation_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	side_begin(&rig->back, rig->fixture);
	side_begin(&rig->front, rig->fixture);
	shell_activate(rig->fixture->server->shell, rig->front.window->window);
	fixture_pump(rig->fixture);
	check(is_active(&rig->front));
	check(rig->front.seat.focus_serial != 0);
}

static void activation_rig_finish(struct activation_rig *rig)
{
	side_end(&rig->back);
	side_end(&rig->front);
	fixture_destroy(rig->fixture);
}

TEST_F(activation_rig, focused_client_hands_the_focus_on)
{
	char *token = get_token(&rig->front, rig->front.seat.focus_serial);
	use(&rig->back, token);
	check(is_active(&rig->back));
	// A token is used only once.
	shell_activate(rig->fixture->server->shell, rig->front.window->window);
	use(&rig->back, token);
	check(is_active(&rig->front));
	free(token);
}

TEST_F(activation_rig, key_serial_counts)
{
	fixture_key(rig->fixture, KEY_ENTER, true);
	fixture_key(rig->fixture, KEY_ENTER, false);
	check(rig->front.seat.key_serial != 0);
	char *token = get_token(&rig->front, rig->front.seat.key_serial);
	use(&rig->back, token);
	check(is_active(&rig->back));
	free(token);
}

TEST_F(activation_rig, no_serial_no_focus)
{
	const uint32_t wrong[] = {0, rig->front.seat.focus_serial + 1000, UINT32_MAX};
	for (size_t i = 0; i < array_length(wrong); i++) {
		char *token = get_token(&rig->front, wrong[i]);
		use(&rig->back, token);
		check(is_active(&rig->front));
		free(token);
	}
}

TEST_F(activation_rig, client_without_attention_gets_nowhere)
{
	fixture_key(rig->fixture, KEY_A, true); // the newest press is of the front client
	fixture_key(rig->fixture, KEY_A, false);
	check(rig->back.seat.focus_serial != 0);
	const uint32_t serials[] = {rig->back.seat.focus_serial, rig->front.seat.focus_serial,
		rig->front.seat.key_serial};
	for (size_t i = 0; i < array_length(serials); i++) {
		char *token = get_token(&rig->back, serials[i]);
		use(&rig->back, token);
		check(is_active(&rig->front));
		free(token);
	}
}

TEST_F(activation_rig, tokens_grow_old)
{
	char *token = get_token(&rig->front, rig->front.seat.focus_serial);
	fixture_advance(rig->fixture, 61 * NSEC_PER_SEC);
	use(&rig->back, token);
	check(is_active(&rig->front));
	free(token);
}

TEST_F(activation_rig, nonsense_tokens)
{
	char *token = get_token(&rig->front, rig->front.seat.focus_serial);
	char long_text[3000];
	memset(long_text, 'a', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	const char *const texts[] = {"", "0", "%s%n", long_text};
	for (size_t i = 0; i < array_length(texts); i++)
		use(&rig->back, texts[i]);
	token[31] ^= 1;
	use(&rig->back, token);
	check(is_active(&rig->front));
	free(token);
}

TEST(a_token_is_committed_once)
{
	struct activation_rig new_rig = {0}, *rig = &new_rig;
	activation_rig_init(rig);
	struct xdg_activation_token_v1 *token =
		xdg_activation_v1_get_activation_token(rig->front.activation);
	xdg_activation_token_v1_commit(token);
	check_no_error(rig->front.client);
	xdg_activation_token_v1_commit(token);
	check_client_error(rig->front.client, "xdg_activation_token_v1",
		XDG_ACTIVATION_TOKEN_V1_ERROR_ALREADY_USED);
	xdg_activation_token_v1_destroy(token);
	xdg_activation_v1_destroy(rig->front.activation);
	seat_log_end(&rig->front.seat);
	client_window_destroy(rig->front.window);
	side_end(&rig->back);
	fixture_destroy(rig->fixture);
}

TEST(no_setters_after_commit)
{
	struct activation_rig new_rig = {0}, *rig = &new_rig;
	activation_rig_init(rig);
	struct xdg_activation_token_v1 *token =
		xdg_activation_v1_get_activation_token(rig->front.activation);
	xdg_activation_token_v1_commit(token);
	xdg_activation_token_v1_set_app_id(token, "late");
	check_client_error(rig->front.client, "xdg_activation_token_v1",
		XDG_ACTIVATION_TOKEN_V1_ERROR_ALREADY_USED);
	xdg_activation_token_v1_destroy(token);
	xdg_activation_v1_destroy(rig->front.activation);
	seat_log_end(&rig->front.seat);
	client_window_destroy(rig->front.window);
	side_end(&rig->back);
	fixture_destroy(rig->fixture);
}

TEST_F(activation_rig, programs_of_the_compositor_may)
{
	char token[ACTIVATION_TOKEN_SIZE];
	activation_token(rig->fixture->server->activation, token);
	use(&rig->back, token);
	check(is_active(&rig->back));
}

TEST_F(activation_rig, greed_does_not_push_out_others)
{
	char kept[ACTIVATION_TOKEN_SIZE];
	activation_token(rig->fixture->server->activation, kept);
	char *first = NULL, *last = NULL;
	for (int i = 0; i < 400; i++) {
		free(last);
		last = get_token(&rig->front, rig->front.seat.focus_serial);
		if (!first)
			first = xstrdup(last);
	}
	use(&rig->back, first); // the oldest tokens of this client were dropped
	check(is_active(&rig->front));
	use(&rig->back, kept);
	check(is_active(&rig->back));
	shell_activate(rig->fixture->server->shell, rig->front.window->window);
	use(&rig->back, last);
	check(is_active(&rig->back));
	free(first);
	free(last);
}

TEST_F(activation_rig, before_the_window_is_there)
{
	char *token = get_token(&rig->front, rig->front.seat.focus_serial);
	char *other = get_token(&rig->front, rig->front.seat.focus_serial);
	struct client_window *late = client_window_create_bare(rig->back.client, 50, 50);
	struct wl_surface *never = wl_compositor_create_surface(rig->back.client->compositor);
	xdg_activation_v1_activate(rig->back.activation, token, late->surface);
	xdg_activation_v1_activate(rig->back.activation, other, never);
	fixture_pump(rig->fixture);
	check(is_active(&rig->front));
	client_window_show(late, 0xff010203);
	check(late->window != NULL);
	check(rig->fixture->server->shell->active == late->window);
	// Only once: later commits do not activate it again.
	shell_activate(rig->fixture->server->shell, rig->front.window->window);
	client_window_draw(late, 50, 50, 0xff040506);
	fixture_frames(rig->fixture, 2);
	check(is_active(&rig->front));
	wl_surface_destroy(never);
	client_window_destroy(late);
	free(token);
	free(other);
}

// XDG_ACTIVATION_TOKEN of a program started by a key binding activates its window.
TEST(started_program_gets_the_focus)
{
	char *out = xasprintf("%s/token", test_dir());
	char *text =
		xasprintf("[bindings]\nF9 = exec printf %%s \"$XDG_ACTIVATION_TOKEN\" >%s.new; "
			  "mv %s.new %s\n",
			out, out, out);
	struct guard *guard = guard_create(&(struct guard_options){0});
	check(guard != NULL);
	struct activation_rig s = {.fixture = fixture_create_config(text)};
	free(text);
	struct server *server = s.fixture->server;
	server->children = children_create(server->loop, guard);
	check(server->children != NULL);
	side_begin(&s.back, s.fixture);
	side_begin(&s.front, s.fixture);
	shell_activate(server->shell, s.front.window->window);
	fixture_key(s.fixture, KEY_F9, true);
	fixture_key(s.fixture, KEY_F9, false);

	char token[ACTIVATION_TOKEN_SIZE] = "";
	FILE *file = NULL;
	for (int waited = 0; !(file = fopen(out, "r")) && waited < 20000; waited++)
		poll(NULL, 0, 10);
	check(file != NULL);
	check_eq(fread(token, 1, sizeof(token), file), ACTIVATION_TOKEN_SIZE - 1);
	fclose(file);
	free(out);
	use(&s.back, token);
	check(is_active(&s.back));
	children_destroy(server->children);
	server->children = NULL;
	guard_destroy(guard);
	activation_rig_finish(&s);
}
