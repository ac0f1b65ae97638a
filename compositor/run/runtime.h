// SPDX-License-Identifier: MIT
// Runtime directory, sockets and environment of a compositor and the programs it starts.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct config;

// Values of XDG_CURRENT_DESKTOP and XDG_SESSION_DESKTOP. The second component selects the portals
// for compositors with the protocols of wlroots.
#define RUNTIME_DESKTOP "Oriel:wlroots"
#define RUNTIME_SESSION_DESKTOP "oriel"

struct runtime {        // zeroed: nothing
	char *folder;   // private directory, removed by runtime_finish; owned; NULL: none
	int lock;       // descriptor that keeps folder locked while this process lives
	char *display;  // name of the Wayland socket, owned
	char *control;  // path of the control socket, owned
	char *links[2]; // to both sockets, removed by runtime_finish; owned; NULL: none
	char **env;     // changes for child_spawn, NULL-terminated; owned
	size_t n_env, env_capacity;
};

// Creates a private directory with a listening Wayland socket, and removes those that processes of
// this user left beside it when they were killed. False: logged.
bool runtime_create_private(struct runtime *runtime, struct wl_display *display);
// Adds symbolic links to the sockets of a private directory, by which others find them: name, a
// path or a name in $XDG_RUNTIME_DIR, and oriel-NAME.sock beside it. Links whose compositor is gone
// are replaced. False: logged.
bool runtime_add_links(struct runtime *runtime, const char *name);
// Sets $XDG_RUNTIME_DIR where it is unset: to /run/user/UID, else to a private directory. False:
// logged.
bool runtime_find_folder(struct runtime *runtime);
// Creates a Wayland socket in $XDG_RUNTIME_DIR; name NULL: the first free wayland-N. False: logged.
bool runtime_create_shared(struct runtime *runtime, struct wl_display *display, const char *name);
// Collects in env what makes programs use this compositor and its configuration; isolated: and no
// other service of the user. x_display: the value of DISPLAY, NULL: X programs cannot be started.
void runtime_fill_env(
	struct runtime *runtime, const struct config *config, const char *x_display, bool isolated);
// Applies env to this process as well.
void runtime_apply_env(const struct runtime *runtime);
// Removes the private directory with all it contains. Accepts a zeroed struct.
void runtime_finish(struct runtime *runtime);
