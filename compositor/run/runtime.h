// SPDX-License-Identifier: MIT
// Where sockets lie and what programs are told: runtime directories and environments.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct runtime {
	char *folder;  // private, removed at the end; owned
	char *display; // name of the Wayland socket, owned
	char *control; // path of the control socket, owned
	char **env;    // for child_spawn, NULL-terminated; owned
	size_t n_env, env_capacity;
};

// A folder of our own with a Wayland socket that listens already. False: logged.
bool runtime_create_private(struct runtime *runtime, struct wl_display *display);
// Sets $XDG_RUNTIME_DIR where it is not: to /run/user/UID, or to a folder of our own that goes with
// the runtime. False: logged.
bool runtime_find_folder(struct runtime *runtime);
// A socket in $XDG_RUNTIME_DIR; name NULL: the first free one. False: logged.
bool runtime_create_shared(struct runtime *runtime, struct wl_display *display, const char *name);
// What makes programs speak Wayland to us, and, when isolated, nothing else to anybody.
void runtime_fill_env(struct runtime *runtime, bool isolated);
// The same for this process, for what others start from it.
void runtime_apply_env(const struct runtime *runtime);
void runtime_finish(struct runtime *runtime); // a zeroed one is allowed
