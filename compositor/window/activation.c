// SPDX-License-Identifier: MIT
// Activation tokens. Valid ones are stored until they are used or expire, in a limited number;
// invalid ones are generated but not stored.
#include "compositor/window/activation.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/window.h"

#define LIFETIME_NS (60 * NSEC_PER_SEC) // applications may start slowly
#define MAX_TOKENS 256
#define MAX_TOKENS_PER_CLIENT 16 // so that no client evicts the tokens of others

struct token {
	char text[ACTIVATION_TOKEN_SIZE];
	uint64_t until_ns;
	uint64_t act; // shell.acts when it was created
	const void
		*owner; // struct wl_client *, NULL: the compositor; only compared, may be dangling
};

// A surface that used a token before its window is mapped.
struct pending_activation {
	struct surface *surface;
	struct token token;
	struct wl_listener committed, destroyed;
	struct wl_list link; // activation.pending
};

struct activation {
	struct server *server;
	struct token tokens[MAX_TOKENS]; // oldest first
	size_t n_tokens;
	struct wl_list pending; // pending_activation.link
};

static void pending_activation_destroy(struct pending_activation *pending)
{
	wl_list_remove(&pending->committed.link);
	wl_list_remove(&pending->destroyed.link);
	wl_list_remove(&pending->link);
	free(pending);
}

struct activation *activation_create(struct server *server)
{
	struct activation *activation = xcalloc(1, sizeof(*activation));
	activation->server = server;
	wl_list_init(&activation->pending);
	return activation;
}

void activation_destroy(struct activation *activation)
{
	if (!activation)
		return;
	struct pending_activation *pending, *tmp;
	wl_list_for_each_safe(pending, tmp, &activation->pending, link)
		pending_activation_destroy(pending);
	free(activation);
}

// Tokens

static void token_remove(struct activation *activation, size_t index)
{
	activation->n_tokens--;
	memmove(&activation->tokens[index], &activation->tokens[index + 1],
		(activation->n_tokens - index) * sizeof(activation->tokens[0]));
}

// Makes room for one token: drops expired ones, and the oldest of an owner or of all at the limit.
static void tokens_evict(struct activation *activation, const void *owner)
{
	uint64_t now = clock_now_ns(activation->server->clock);
	while (activation->n_tokens > 0 && activation->tokens[0].until_ns < now)
		token_remove(activation, 0);
	size_t count = 0, oldest = 0;
	for (size_t i = activation->n_tokens; i-- > 0;) {
		if (activation->tokens[i].owner != owner)
			continue;
		count++;
		oldest = i;
	}
	if (count >= MAX_TOKENS_PER_CLIENT)
		token_remove(activation, oldest);
	else if (activation->n_tokens == MAX_TOKENS)
		token_remove(activation, 0);
}

static bool token_generate(char text[ACTIVATION_TOKEN_SIZE])
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

static bool token_store(struct activation *activation, const char *text, const void *owner)
{
	tokens_evict(activation, owner);
	struct token *token = &activation->tokens[activation->n_tokens++];
	memcpy(token->text, text, sizeof(token->text));
	token->until_ns = clock_now_ns(activation->server->clock) + LIFETIME_NS;
	token->owner = owner;
	token->act = activation->server->shell ? activation->server->shell->acts : 0;
	return true;
}

void activation_token(struct activation *activation, char token[ACTIVATION_TOKEN_SIZE])
{
	if (token_generate(token))
		token_store(activation, token, NULL);
}

static bool client_has_attention(struct seat *seat, struct wl_client *client)
{
	struct surface *focus = keyboard_holder(seat);
	return (focus && wl_resource_get_client(focus->resource) == client) ||
		seat->pressed_client == client;
}

bool activation_token_for(struct activation *activation, struct wl_client *client,
	struct seat *seat, uint32_t serial, char token[ACTIVATION_TOKEN_SIZE])
{
	return token_generate(token) && seat &&
		seat_serial_valid(seat, client, serial, seat_serial_any) &&
		client_has_attention(seat, client) && token_store(activation, token, client);
}

// Use

// False: the surface has no mapped window or layer surface yet.
static bool surface_activate(struct surface *surface, const struct token *token)
{
	struct window *window = window_from_surface(surface);
	struct layer_surface *layer = surface_root(surface)->layer;
	struct shell *shell = surface->server->shell;
	if (layer && layer->mapped) {
		if (shell && shell->impl->layer_activated)
			shell->impl->layer_activated(shell, layer, token->act, token->owner);
		return true;
	}
	if (!window || !window->mapped)
		return false;
	window_request(window, REQUEST_ACTIVATE,
		&(struct window_detail){.on = true,
			.seat = surface->server->seat,
			.by_token = true,
			.act = token->act,
			.owner = token->owner});
	return true;
}

static void on_committed(struct wl_listener *listener, void *data)
{
	struct pending_activation *pending = wl_container_of(listener, pending, committed);
	struct surface *surface = pending->surface;
	bool expired = clock_now_ns(surface->server->clock) > pending->token.until_ns;
	if (expired || surface_activate(surface, &pending->token))
		pending_activation_destroy(pending);
}

static void on_destroyed(struct wl_listener *listener, void *data)
{
	struct pending_activation *pending = wl_container_of(listener, pending, destroyed);
	pending_activation_destroy(pending);
}

static void pending_activation_create(
	struct activation *activation, struct surface *surface, const struct token *token)
{
	struct pending_activation *pending;
	wl_list_for_each(pending, &activation->pending, link) {
		if (pending->surface == surface) {
			pending->token = *token;
			return;
		}
	}
	pending = xcalloc(1, sizeof(*pending));
	pending->surface = surface;
	pending->token = *token;
	pending->committed.notify = on_committed;
	wl_signal_add(&surface->events.committed, &pending->committed);
	pending->destroyed.notify = on_destroyed;
	wl_signal_add(&surface->events.destroyed, &pending->destroyed);
	wl_list_insert(&activation->pending, &pending->link);
}

bool activation_use(struct activation *activation, const char *token, struct surface *surface)
{
	for (size_t i = 0; i < activation->n_tokens; i++) {
		if (strcmp(activation->tokens[i].text, token) != 0)
			continue;
		struct token found = activation->tokens[i];
		token_remove(activation, i);
		if (clock_now_ns(activation->server->clock) > found.until_ns)
			break;
		if (!surface_activate(surface, &found))
			pending_activation_create(activation, surface, &found);
		return true;
	}
	struct window *window = window_from_surface(surface);
	if (window)
		window_request(window, REQUEST_ATTENTION, NULL);
	return false;
}
