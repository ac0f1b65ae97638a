// SPDX-License-Identifier: MIT
// Who may see which global: everybody not sandboxed all, sandboxed clients an allow list.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct server;

struct sandbox {                             // what a security context says of its clients
	char *engine, *app_id, *instance_id; // owned, may be NULL
};

struct access *access_create(struct server *server); // installs the display's global filter
void access_destroy(struct access *access);
// NULL: not sandboxed.
const struct sandbox *access_sandbox(struct wl_client *client);
// Marks a client for its life; copies the strings.
void access_set_sandbox(struct wl_client *client, const struct sandbox *sandbox);
// Allows an interface to sandboxed clients with that app_id (NULL: all); from the config.
void access_allow(struct access *access, const char *interface, const char *app_id);
