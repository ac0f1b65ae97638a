// SPDX-License-Identifier: MIT
// Access to globals: unrestricted clients see all but those for Xwayland, sandboxed ones
// (wp_security_context) an allow list.
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include <wayland-server-core.h>

struct server;

struct sandbox {                             // the properties of a security context
	char *engine, *app_id, *instance_id; // owned, may be NULL
};

// Installs the display's global filter. Never NULL.
struct access *access_create(struct server *server);
// NULL is allowed.
void access_destroy(struct access *access);
// The client's sandbox; NULL: it is unrestricted. Valid for the client's life.
const struct sandbox *access_sandbox(struct wl_client *client);
// Marks the client as that of Xwayland, whose process is pid, for its life: it alone sees the
// globals made for Xwayland. It is not sandboxed.
void access_set_xwayland(struct wl_client *client, pid_t pid);
// The process of Xwayland if the client is its client, else 0.
pid_t access_xwayland(struct wl_client *client);
// Makes a client sandboxed for its life. The strings are copied.
void access_set_sandbox(struct wl_client *client, const struct sandbox *sandbox);
// Allows an interface to sandboxed clients with that app_id (NULL: all). From the configuration.
void access_allow(struct access *access, const char *interface, const char *app_id);
