// SPDX-License-Identifier: MIT
// Sockets and environments. A private folder also hides the user's own services (buses, sound,
// agents) from the program, so that it behaves alike on every machine.
#include "compositor/run/runtime.h"
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define DISPLAY_NAME "wayland-0"
// The longest name that has to fit behind the folder.
#define CONTROL_NAME "oriel-" DISPLAY_NAME ".sock"

static void add_env(struct runtime *runtime, char *pair)
{
	array_reserve(runtime->env, runtime->n_env + 1, runtime->env_capacity);
	runtime->env[runtime->n_env++] = pair;
	runtime->env[runtime->n_env] = NULL;
}

// A folder that others may write to would let them put their own sockets in place of ours.
static bool is_safe_parent(const char *folder, bool sticky)
{
	struct stat stat_of;
	if (!folder || folder[0] != '/' || stat(folder, &stat_of) < 0 || !S_ISDIR(stat_of.st_mode))
		return false;
	if (sticky && stat_of.st_mode & S_ISVTX)
		return true;
	return (stat_of.st_uid == geteuid() || stat_of.st_uid == 0) &&
		!(stat_of.st_mode & (S_IWGRP | S_IWOTH));
}

static bool try_folder(struct runtime *runtime, const char *parent, bool sticky)
{
	struct sockaddr_un address;
	if (!is_safe_parent(parent, sticky))
		return false;
	char *folder = xasprintf("%s/oriel-XXXXXX", parent);
	if (strlen(folder) + 1 + strlen(CONTROL_NAME) >= sizeof(address.sun_path) ||
		!mkdtemp(folder)) {
		free(folder);
		return false;
	}
	runtime->folder = folder;
	return true;
}

static bool make_folder(struct runtime *runtime)
{
	if (try_folder(runtime, getenv("TMPDIR"), true) ||
		try_folder(runtime, getenv("XDG_RUNTIME_DIR"), false) ||
		try_folder(runtime, "/tmp", true) || try_folder(runtime, "/dev/shm", true) ||
		try_folder(runtime, "/var/tmp", true))
		return true;
	log_error(
		"no folder can be made for the sockets: neither in $TMPDIR, $XDG_RUNTIME_DIR, /tmp, "
		"/dev/shm nor /var/tmp; set TMPDIR to one that is writable and has a short path");
	return false;
}

bool runtime_create_private(struct runtime *runtime, struct wl_display *display)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = -1;
	if (!make_folder(runtime))
		return false;
	runtime->display = xstrdup(DISPLAY_NAME);
	runtime->control = xasprintf("%s/" CONTROL_NAME, runtime->folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/" DISPLAY_NAME, runtime->folder);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(fd, 128) < 0 || wl_display_add_socket_fd(display, fd) < 0) {
		log_errno("%s", address.sun_path);
		close_fd(&fd);
		return false;
	}
	return true;
}

bool runtime_find_folder(struct runtime *runtime)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	struct stat stat_of;
	if (folder && *folder)
		return true;
	char *usual = xasprintf("/run/user/%d", (int)geteuid());
	bool found = is_safe_parent(usual, false) && stat(usual, &stat_of) == 0 &&
		stat_of.st_uid == geteuid();
	if (found || make_folder(runtime)) {
		setenv("XDG_RUNTIME_DIR", found ? usual : runtime->folder, 1);
		found = true;
	}
	free(usual);
	return found;
}

bool runtime_create_shared(struct runtime *runtime, struct wl_display *display, const char *name)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	if (!folder || folder[0] != '/') {
		log_error(
			"XDG_RUNTIME_DIR is %s, so there is no place for the Wayland socket; set it to a "
			"folder of yours, e.g. /run/user/%d, or use 'oriel run', which needs none",
			folder ? "not an absolute path" : "not set", (int)geteuid());
		return false;
	}
	if (access(folder, W_OK | X_OK) < 0) {
		log_errno("XDG_RUNTIME_DIR: %s", folder);
		return false;
	}
	if (name && strchr(name, '/')) {
		log_error("--socket takes a name, not a path; sockets are made in %s", folder);
		return false;
	}
	if (name && wl_display_add_socket(display, name) < 0) {
		log_errno("%s/%s (is another compositor using it?)", folder, name);
		return false;
	}
	if (!name && !(name = wl_display_add_socket_auto(display))) {
		log_errno("no free Wayland socket in %s", folder);
		return false;
	}
	runtime->display = xstrdup(name);
	runtime->control = xasprintf("%s/oriel-%s.sock", folder, name);
	return true;
}

void runtime_fill_env(struct runtime *runtime, bool isolated)
{
	static const char *const common[] = {"DISPLAY", "NOTIFY_SOCKET", "WAYLAND_SOCKET",
		"XAUTHORITY", "XDG_SESSION_TYPE=wayland"};
	static const char *const alone[] = {
		// Toolkits that would look for X first.
		"GDK_BACKEND=wayland",
		"QT_QPA_PLATFORM=wayland",
		"SDL_VIDEODRIVER=wayland",
		"CLUTTER_BACKEND=wayland",
		"MOZ_ENABLE_WAYLAND=1",
		"ELECTRON_OZONE_PLATFORM_HINT=wayland",
		// Services that cost a start-up time-out each where they are missing.
		"DBUS_SESSION_BUS_ADDRESS=disabled:",
		"NO_AT_BRIDGE=1",
		"GTK_A11Y=none",
		"GSETTINGS_BACKEND=memory",
		// What would tell the program of another session.
		"DESKTOP_SESSION",
		"DESKTOP_STARTUP_ID",
		"GNOME_DESKTOP_SESSION_ID",
		"KDE_FULL_SESSION",
		"SESSION_MANAGER",
		"XDG_ACTIVATION_TOKEN",
		"XDG_CURRENT_DESKTOP",
		"XDG_SESSION_ID",
		// Typed text is to arrive as it was typed.
		"GTK_IM_MODULE",
		"QT_IM_MODULE",
		"XMODIFIERS",
	};
	add_env(runtime, xasprintf("WAYLAND_DISPLAY=%s", runtime->display));
	add_env(runtime, xasprintf("ORIEL_SOCKET=%s", runtime->control));
	for (size_t i = 0; i < array_length(common); i++)
		add_env(runtime, xstrdup(common[i]));
	if (!isolated)
		return;
	add_env(runtime, xasprintf("XDG_RUNTIME_DIR=%s", runtime->folder));
	for (size_t i = 0; i < array_length(alone); i++)
		add_env(runtime, xstrdup(alone[i]));
}

void runtime_apply_env(const struct runtime *runtime)
{
	for (size_t i = 0; i < runtime->n_env; i++) {
		char *name = xstrdup(runtime->env[i]);
		char *value = strchr(name, '=');
		if (value)
			*value++ = '\0';
		if (value)
			setenv(name, value, 1);
		else
			unsetenv(name);
		free(name);
	}
}

static int on_entry(const char *path, const struct stat *stat_of, int type, struct FTW *ftw)
{
	remove(path); // what cannot be removed stays
	return 0;
}

void runtime_finish(struct runtime *runtime)
{
	// Never into what the program mounted or linked there.
	if (runtime->folder)
		nftw(runtime->folder, on_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	for (size_t i = 0; i < runtime->n_env; i++)
		free(runtime->env[i]);
	free(runtime->env);
	free(runtime->folder);
	free(runtime->display);
	free(runtime->control);
	*runtime = (struct runtime){0};
}
