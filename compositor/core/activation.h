// SPDX-License-Identifier: MIT
// Who may take the focus: tokens that somebody with the user's attention hands to somebody else.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

#define ACTIVATION_TOKEN_SIZE 33 // 32 hexadecimal digits and the end

struct activation;
struct seat;
struct server;
struct surface;

struct activation *activation_create(struct server *server);
void activation_destroy(struct activation *activation); // NULL is allowed

// For a program that the compositor starts on the user's behalf: XDG_ACTIVATION_TOKEN.
void activation_token(struct activation *activation, char token[ACTIVATION_TOKEN_SIZE]);
// For a client. The token works only where the serial was given to that client lately and the
// client has the user's attention: the keyboard focus, or the last press. seat may be NULL.
// True: it works; others look the same to the client.
bool activation_token_for(struct activation *activation, struct wl_client *client,
	struct seat *seat, uint32_t serial, char token[ACTIVATION_TOKEN_SIZE]);
// Uses a token up and activates the surface's window, now or once it is mapped. False: the token
// is unknown, used, or too old.
bool activation_use(struct activation *activation, const char *token, struct surface *surface);
