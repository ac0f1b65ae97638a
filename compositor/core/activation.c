// SPDX-License-Identifier: MIT
// Tokens that work are kept, for a minute and up to a number; those that do not are only invented.
#include "compositor/core/activation.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"

#define LIFETIME_NS (60 * NSEC_PER_SEC) // programs may be slow to start
#define MAX_TOKENS 256
#define MAX_TOKENS_PER_CLIENT 16 // so that nobody pushes out the tokens of others

struct token {
	char text[ACTIVATION_TOKEN_SIZE];
	uint64_t until_ns;
	const void *owner; // the client, NULL: the compositor. Only to count, never to look into
};

// A surface with the right to be activated whose window is not mapped yet.
struct promise {
	struct surface *surface;
	uint64_t until_ns;
	struct wl_listener committed, destroyed;
	struct wl_list link; // activation.promises
};

struct activation {
	struct server *server;
	struct token tokens[MAX_TOKENS]; // oldest first
	size_t n_tokens;
	struct wl_list promises; // promise.link
};

static void promise_end(struct promise *promise)
{
	wl_list_remove(&promise->committed.link);
	wl_list_remove(&promise->destroyed.link);
	wl_list_remove(&promise->link);
	free(promise);
}

struct activation *activation_create(struct server *server)
{
	struct activation *activation = xcalloc(1, sizeof(*activation));
	activation->server = server;
	wl_list_init(&activation->promises);
	return activation;
}

void activation_destroy(struct activation *activation)
{
	if (!activation)
		return;
	struct promise *promise, *tmp;
	wl_list_for_each_safe(promise, tmp, &activation->promises, link)
		promise_end(promise);
	free(activation);
}

// Tokens

static void drop(struct activation *activation, size_t index)
{
	activation->n_tokens--;
	memmove(&activation->tokens[index], &activation->tokens[index + 1],
		(activation->n_tokens - index) * sizeof(activation->tokens[0]));
}

static void make_room(struct activation *activation, const void *owner)
{
	uint64_t now = clock_now_ns(activation->server->clock);
	while (activation->n_tokens > 0 && activation->tokens[0].until_ns < now)
		drop(activation, 0);
	size_t count = 0, oldest = 0;
	for (size_t i = activation->n_tokens; i-- > 0;) {
		if (activation->tokens[i].owner != owner)
			continue;
		count++;
		oldest = i;
	}
	if (count >= MAX_TOKENS_PER_CLIENT)
		drop(activation, oldest);
	else if (activation->n_tokens == MAX_TOKENS)
		drop(activation, 0);
}

static bool invent(char text[ACTIVATION_TOKEN_SIZE])
{
	unsigned char bytes[(ACTIVATION_TOKEN_SIZE - 1) / 2];
	memset(text, 0, ACTIVATION_TOKEN_SIZE);
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
		log_errno("no random numbers for an activation token");
		return false;
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(&text[2 * i], 3, "%02x", bytes[i]);
	return true;
}

static bool keep(struct activation *activation, const char *text, const void *owner)
{
	make_room(activation, owner);
	struct token *token = &activation->tokens[activation->n_tokens++];
	memcpy(token->text, text, sizeof(token->text));
	token->until_ns = clock_now_ns(activation->server->clock) + LIFETIME_NS;
	token->owner = owner;
	return true;
}

void activation_token(struct activation *activation, char token[ACTIVATION_TOKEN_SIZE])
{
	if (invent(token))
		keep(activation, token, NULL);
}

static bool had_last_press(const struct seat *seat, const struct wl_client *client)
{
	const unsigned length = array_length(seat->serials);
	for (unsigned back = 1; back <= length; back++) {
		unsigned slot = (seat->next_serial - back) % length;
		if (seat_serial_is_press((enum seat_serial)seat->serials[slot].kind))
			return seat->serials[slot].client == client;
	}
	return false;
}

static bool has_attention(struct seat *seat, struct wl_client *client)
{
	struct surface *focus = keyboard_holder(seat);
	return (focus && wl_resource_get_client(focus->resource) == client) ||
		had_last_press(seat, client);
}

bool activation_token_for(struct activation *activation, struct wl_client *client,
	struct seat *seat, uint32_t serial, char token[ACTIVATION_TOKEN_SIZE])
{
	return invent(token) && seat && seat_serial_valid(seat, client, serial, seat_serial_any) &&
		has_attention(seat, client) && keep(activation, token, client);
}

// Use

// False: there is nothing to activate yet.
static bool activate(struct surface *surface)
{
	struct window *window = window_from_surface(surface);
	if (!window || !window->mapped)
		return false;
	window_ask(window, REQUEST_ACTIVATE,
		&(struct window_detail){.on = true, .seat = surface->server->seat});
	return true;
}

static void on_committed(struct wl_listener *listener, void *data)
{
	struct promise *promise = wl_container_of(listener, promise, committed);
	struct surface *surface = promise->surface;
	bool is_over = clock_now_ns(surface->server->clock) > promise->until_ns;
	if (is_over || activate(surface))
		promise_end(promise);
}

static void on_destroyed(struct wl_listener *listener, void *data)
{
	struct promise *promise = wl_container_of(listener, promise, destroyed);
	promise_end(promise);
}

static void make_promise(struct activation *activation, struct surface *surface, uint64_t until_ns)
{
	struct promise *promise;
	wl_list_for_each(promise, &activation->promises, link) {
		if (promise->surface == surface) {
			promise->until_ns = until_ns;
			return;
		}
	}
	promise = xcalloc(1, sizeof(*promise));
	promise->surface = surface;
	promise->until_ns = until_ns;
	promise->committed.notify = on_committed;
	wl_signal_add(&surface->events.committed, &promise->committed);
	promise->destroyed.notify = on_destroyed;
	wl_signal_add(&surface->events.destroyed, &promise->destroyed);
	wl_list_insert(&activation->promises, &promise->link);
}

bool activation_use(struct activation *activation, const char *token, struct surface *surface)
{
	for (size_t i = 0; i < activation->n_tokens; i++) {
		if (strcmp(activation->tokens[i].text, token) != 0)
			continue;
		uint64_t until_ns = activation->tokens[i].until_ns;
		drop(activation, i);
		if (clock_now_ns(activation->server->clock) > until_ns)
			return false;
		if (!activate(surface))
			make_promise(activation, surface, until_ns);
		return true;
	}
	return false;
}
