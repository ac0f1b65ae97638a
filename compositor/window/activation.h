// SPDX-License-Identifier: MIT
// Activation tokens (xdg_activation_v1): a client that has the user's attention passes its right to
// focus a window on to another client.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

#define ACTIVATION_TOKEN_SIZE 33 // 32 hexadecimal digits and NUL

struct activation;
struct seat;
struct server;
struct surface;

// Never NULL.
struct activation *activation_create(struct server *server);
// NULL is allowed.
void activation_destroy(struct activation *activation);

// Writes a valid token for a process that the compositor starts on the user's behalf
// (XDG_ACTIVATION_TOKEN), or an empty string if there are no random numbers (logged).
void activation_token(struct activation *activation, char token[ACTIVATION_TOKEN_SIZE]);
// Writes a token for a client. It is valid if the serial was sent to that client lately and the
// client has the keyboard focus or got the last press; seat may be NULL. False: the token is
// invalid, which the client cannot see.
bool activation_token_for(struct activation *activation, struct wl_client *client,
	struct seat *seat, uint32_t serial, char token[ACTIVATION_TOKEN_SIZE]);
// Implements xdg_activation_v1.activate: consumes the token and activates the window or layer
// surface of the surface, once it is mapped. False: the token is unknown, used, or expired; a
// mapped window asks for attention then.
bool activation_use(struct activation *activation, const char *token, struct surface *surface);
