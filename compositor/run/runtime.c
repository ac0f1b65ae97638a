// SPDX-License-Identifier: MIT
// Creates sockets and environments. A private runtime directory also hides the user's services
// (D-Bus, sound, agents) from programs, so that they behave the same on every machine.
#include "compositor/run/runtime.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"

#define DISPLAY_NAME "wayland-0"
// Of private directories; six random characters follow.
#define PREFIX "oriel-"
// The longest socket name; with the directory it must fit into sockaddr_un.
#define CONTROL_NAME "oriel-" DISPLAY_NAME ".sock"

static void add_env(struct runtime *runtime, char *pair)
{
	array_reserve(runtime->env, runtime->n_env + 1, runtime->env_capacity);
	runtime->env[runtime->n_env++] = pair;
	runtime->env[runtime->n_env] = NULL;
}

// Whether other users cannot replace our sockets: they may not write there, or the sticky bit is
// set.
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

// Removes a folder that its owner left behind. Others of the user's may have such a name, too.
static void remove_if_left_over(int parent, const char *parent_path, const char *name)
{
	struct stat stat_of;
	int lock = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (lock < 0)
		return;
	if (fstat(lock, &stat_of) == 0 && stat_of.st_uid == geteuid() &&
		(stat_of.st_mode & 07777) == 0700 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
		char *folder = xasprintf("%s/%s", parent_path, name);
		char *display = xasprintf("%s/" DISPLAY_NAME, folder);
		// Without a socket, only if it is empty: its owner ended before it had bound one.
		if (socket_is_stale(display))
			remove_tree(folder);
		else
			rmdir(folder);
		free(display);
		free(folder);
	}
	close(lock);
}

// Removes what processes left behind that were killed together with their guards.
static void remove_left_over(const char *parent)
{
	DIR *folders = opendir(parent);
	for (struct dirent *entry; folders && (entry = readdir(folders));)
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
			strlen(entry->d_name) == strlen(PREFIX "XXXXXX"))
			remove_if_left_over(dirfd(folders), parent, entry->d_name);
	if (folders)
		closedir(folders);
}

// Creates and locks a directory. NULL: errno is set. The caller frees the path.
static char *make_locked_folder(const char *parent, int *lock)
{
	// Another process may remove the directory before it is locked.
	for (int attempt = 0; attempt < 10; attempt++) {
		struct stat opened, named;
		char *folder = xasprintf("%s/" PREFIX "XXXXXX", parent);
		if (!mkdtemp(folder)) {
			free(folder);
			return NULL;
		}
		*lock = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		// Where directories cannot be locked, none is found to be left over either.
		bool locked = *lock >= 0 &&
			(flock(*lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);
		if (locked && fstat(*lock, &opened) == 0 && stat(folder, &named) == 0 &&
			opened.st_ino == named.st_ino)
			return folder;
		close_fd(lock);
		rmdir(folder);
		free(folder);
	}
	errno = EAGAIN;
	return NULL;
}

static bool try_private_folder(struct runtime *runtime, const char *parent, bool sticky)
{
	struct sockaddr_un address;
	if (!is_safe_parent(parent, sticky) ||
		strlen(parent) + strlen("/" PREFIX "XXXXXX/" CONTROL_NAME) >=
			sizeof(address.sun_path))
		return false;
	runtime->folder = make_locked_folder(parent, &runtime->lock);
	if (!runtime->folder)
		return false;
	remove_left_over(parent);
	return true;
}

static bool make_private_folder(struct runtime *runtime)
{
	if (try_private_folder(runtime, getenv("TMPDIR"), true) ||
		try_private_folder(runtime, getenv("XDG_RUNTIME_DIR"), false) ||
		try_private_folder(runtime, "/tmp", true) ||
		try_private_folder(runtime, "/dev/shm", true) ||
		try_private_folder(runtime, "/var/tmp", true))
		return true;
	log_error(
		"cannot create a directory for the sockets in $TMPDIR, $XDG_RUNTIME_DIR, /tmp, /dev/shm "
		"or /var/tmp; set TMPDIR to a writable directory with a short path");
	return false;
}

bool runtime_create_private(struct runtime *runtime, struct wl_display *display)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = -1;
	if (!make_private_folder(runtime))
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

// Whether a path is a symbolic link to a socket at which nothing listens, or to nothing.
static bool is_dead_link(const char *path)
{
	struct stat stat_of;
	return lstat(path, &stat_of) == 0 && S_ISLNK(stat_of.st_mode) &&
		(socket_is_stale(path) || (stat(path, &stat_of) < 0 && errno == ENOENT));
}

// Takes the path. False: logged.
static bool add_link(struct runtime *runtime, const char *target, char *path)
{
	if (is_dead_link(path))
		unlink(path);
	if (symlink(target, path) < 0) {
		log_errno("%s", path);
		free(path);
		return false;
	}
	runtime->links[runtime->links[0] ? 1 : 0] = path;
	return true;
}

bool runtime_add_links(struct runtime *runtime, const char *name)
{
	const char *slash = strrchr(name, '/'), *folder = getenv("XDG_RUNTIME_DIR");
	if (!slash && (!folder || folder[0] != '/')) {
		log_error("--socket %s: XDG_RUNTIME_DIR is not set; use a path", name);
		return false;
	}
	char *beside = slash ? xasprintf("%.*s", (int)(slash - name), name) : xstrdup(folder);
	const char *last = slash ? slash + 1 : name;
	char *target = xasprintf("%s/%s", runtime->folder, runtime->display);
	bool added = add_link(runtime, target, xasprintf("%s/%s", beside, last)) &&
		add_link(runtime, runtime->control, xasprintf("%s/oriel-%s.sock", beside, last));
	free(target);
	free(beside);
	return added;
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
	if (found || make_private_folder(runtime)) {
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
			"XDG_RUNTIME_DIR is %s, so no Wayland socket can be created; set it to a "
			"directory of yours, e.g. /run/user/%d, or use 'oriel run', which needs none",
			folder ? "not an absolute path" : "not set", (int)geteuid());
		return false;
	}
	if (access(folder, W_OK | X_OK) < 0) {
		log_errno("XDG_RUNTIME_DIR: %s", folder);
		return false;
	}
	if (name && strchr(name, '/')) {
		log_error("--socket takes a name, not a path; sockets are created in %s", folder);
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

// What the configuration sets for programs too.
static void add_configured_env(struct runtime *runtime, const struct config *config)
{
	// Programs do not know our built-in theme.
	if (config->cursor.theme && strcmp(config->cursor.theme, "builtin") != 0)
		add_env(runtime, xasprintf("XCURSOR_THEME=%s", config->cursor.theme));
	if (config->cursor.size)
		add_env(runtime, xasprintf("XCURSOR_SIZE=%d", config->cursor.size));
}

void runtime_fill_env(
	struct runtime *runtime, const struct config *config, const char *x_display, bool isolated)
{
	static const char *const common[] = {"DISPLAY", "NOTIFY_SOCKET", "WAYLAND_SOCKET",
		"XAUTHORITY", "XDG_SESSION_TYPE=wayland"};
	// Toolkits that try X11 first.
	static const char *const only_wayland[] = {"GDK_BACKEND=wayland", "QT_QPA_PLATFORM=wayland",
		"SDL_VIDEODRIVER=wayland", "CLUTTER_BACKEND=wayland"};
	static const char *const wayland_first[] = {"GDK_BACKEND=wayland,x11",
		"QT_QPA_PLATFORM=wayland;xcb", "SDL_VIDEODRIVER=wayland,x11",
		"CLUTTER_BACKEND=wayland,x11"};
	static const char *const isolating[] = {
		"MOZ_ENABLE_WAYLAND=1",
		"ELECTRON_OZONE_PLATFORM_HINT=wayland",
		// Missing services on which toolkits wait for a time-out.
		"DBUS_SESSION_BUS_ADDRESS=disabled:",
		"NO_AT_BRIDGE=1",
		"GTK_A11Y=none",
		"GSETTINGS_BACKEND=memory",
		// Variables of the session that we run in.
		"DESKTOP_SESSION",
		"DESKTOP_STARTUP_ID",
		"GNOME_DESKTOP_SESSION_ID",
		"KDE_FULL_SESSION",
		"SESSION_MANAGER",
		"XCURSOR_SIZE",
		"XCURSOR_THEME",
		"XDG_ACTIVATION_TOKEN",
		"XDG_CURRENT_DESKTOP=" RUNTIME_DESKTOP,
		"XDG_SESSION_DESKTOP=" RUNTIME_SESSION_DESKTOP,
		"XDG_SESSION_ID",
		// Input methods would change typed text.
		"GTK_IM_MODULE",
		"QT_IM_MODULE",
		"XMODIFIERS",
	};
	add_env(runtime, xasprintf("WAYLAND_DISPLAY=%s", runtime->display));
	add_env(runtime, xasprintf("ORIEL_SOCKET=%s", runtime->control));
	for (size_t i = 0; i < array_length(common); i++)
		add_env(runtime, xstrdup(common[i]));
	if (isolated)
		add_env(runtime, xasprintf("XDG_RUNTIME_DIR=%s", runtime->folder));
	for (size_t i = 0; isolated && i < array_length(isolating); i++)
		add_env(runtime, xstrdup(isolating[i]));
	for (size_t i = 0; isolated && i < array_length(only_wayland); i++)
		add_env(runtime, xstrdup(x_display ? wayland_first[i] : only_wayland[i]));
	if (x_display)
		add_env(runtime, xasprintf("DISPLAY=%s", x_display));
	add_configured_env(runtime, config); // last: overrides those above
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

void runtime_finish(struct runtime *runtime)
{
	for (size_t i = 0; i < array_length(runtime->links) && runtime->links[i]; i++) {
		unlink(runtime->links[i]);
		free(runtime->links[i]);
	}
	if (runtime->folder) {
		remove_tree(runtime->folder);
		close(runtime->lock);
	}
	for (size_t i = 0; i < runtime->n_env; i++)
		free(runtime->env[i]);
	free(runtime->env);
	free(runtime->folder);
	free(runtime->display);
	free(runtime->control);
	*runtime = (struct runtime){0};
}
