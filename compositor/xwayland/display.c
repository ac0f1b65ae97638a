// SPDX-License-Identifier: MIT
// Lock files are created under another name and linked, so that none is ever seen half-written. A
// lock whose process is gone is removed by one process at a time, which holds a file lock on it.
#include "compositor/xwayland/display.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

#define LOCK_SIZE 11 // "%10d\n"
#define ABSTRACT 0
#define FILE_SOCKET 1

enum attempt {
	ATTEMPT_DONE,
	ATTEMPT_TAKEN,  // by another server
	ATTEMPT_FAILED, // it cannot be created here
};

// Lock files

// Creates a file with our lock. NULL with errno set. The caller removes the file and frees the
// path.
static char *write_lock(const char *folder)
{
	char text[LOCK_SIZE + 1];
	char *path = xasprintf("%s/.oriel-XXXXXX", folder);
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) {
		free(path);
		return NULL;
	}
	snprintf(text, sizeof(text), "%10d\n", (int)getpid());
	bool written = write_all(fd, text, LOCK_SIZE) && fchmod(fd, 0444) == 0;
	int error = errno;
	close(fd);
	if (written)
		return path;
	unlink(path);
	free(path);
	errno = error;
	return NULL;
}

// Whether a lock file was read in full and its process does not exist. One that cannot be read or
// has other contents is in use.
static bool is_stale_lock(int fd)
{
	char text[LOCK_SIZE + 1] = {0}, *end;
	if (pread(fd, text, LOCK_SIZE, 0) != LOCK_SIZE || text[LOCK_SIZE - 1] != '\n')
		return false;
	long pid = strtol(text, &end, 10);
	return end == text + LOCK_SIZE - 1 && pid > 0 && pid <= INT32_MAX &&
		kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

// Removes a stale lock. False: it is in use, or another process is removing it.
static bool remove_stale_lock(const char *path)
{
	struct stat opened, named;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	// Between the two checks, another process may have replaced the file by a lock of its own.
	bool removed = flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &opened) == 0 &&
		S_ISREG(opened.st_mode) && is_stale_lock(fd) && lstat(path, &named) == 0 &&
		named.st_ino == opened.st_ino && named.st_dev == opened.st_dev && unlink(path) == 0;
	close(fd);
	return removed;
}

// FAILED: lock files cannot be created in this folder.
static enum attempt take_lock(struct x_display *display)
{
	char *written = write_lock(display->folder);
	if (!written)
		return ATTEMPT_FAILED;
	char *path = xasprintf("%s/.X%d-lock", display->folder, display->number);
	int linked = link(written, path);
	if (linked < 0 && errno == EEXIST && remove_stale_lock(path))
		linked = link(written, path);
	enum attempt attempt = linked == 0 ? ATTEMPT_DONE
		: errno == EEXIST          ? ATTEMPT_TAKEN
					   : ATTEMPT_FAILED;
	unlink(written);
	free(written);
	if (attempt == ATTEMPT_DONE)
		display->lock = path;
	else
		free(path);
	return attempt;
}

static void drop_lock(struct x_display *display)
{
	if (display->lock)
		unlink(display->lock);
	free(display->lock);
	display->lock = NULL;
}

// Sockets

// Makes the path of the display's socket in address. Returns its length.
static int socket_path(const struct x_display *display, struct sockaddr_un *address, bool abstract)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	size_t at = abstract ? 1 : 0;
	return snprintf(address->sun_path + at, sizeof(address->sun_path) - at, "%s/.X11-unix/X%d",
		display->folder, display->number);
}

// A listening socket, or -1 with errno set.
static int listen_at(const struct sockaddr_un *address, socklen_t length)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)address, length) == 0 &&
		listen(fd, SOMAXCONN) == 0)
		return fd;
	int error = errno;
	close_fd(&fd);
	errno = error;
	return -1;
}

static enum attempt listen_abstract(struct x_display *display)
{
	struct sockaddr_un address;
	int length = socket_path(display, &address, true);
	display->fds[ABSTRACT] = listen_at(
		&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length));
	if (display->fds[ABSTRACT] >= 0)
		return ATTEMPT_DONE;
	return errno == EADDRINUSE ? ATTEMPT_TAKEN : ATTEMPT_FAILED;
}

// What prevents socket files from being created in a folder, which is created if it is missing.
// NULL: nothing.
static const char *check_socket_folder(const char *path)
{
	struct stat stat_of;
	// The mode of mkdir is less the umask.
	if (mkdir(path, 01777) == 0 && chmod(path, 01777) < 0)
		return strerror(errno);
	if (lstat(path, &stat_of) < 0)
		return strerror(errno);
	if (!S_ISDIR(stat_of.st_mode))
		return "it is not a directory";
	if (stat_of.st_uid != 0 && stat_of.st_uid != geteuid())
		return "it belongs to another user";
	if (stat_of.st_mode & (S_IWGRP | S_IWOTH) && !(stat_of.st_mode & S_ISVTX))
		return "other users can replace files in it (it has no sticky bit)";
	return access(path, W_OK | X_OK) < 0 ? strerror(errno) : NULL;
}

static enum attempt listen_file(struct x_display *display)
{
	struct sockaddr_un address;
	socket_path(display, &address, false);
	// A server that made no lock file may be using it.
	if (socket_is_stale(address.sun_path))
		unlink(address.sun_path);
	display->fds[FILE_SOCKET] = listen_at(&address, sizeof(address));
	if (display->fds[FILE_SOCKET] < 0)
		return errno == EADDRINUSE ? ATTEMPT_TAKEN : ATTEMPT_FAILED;
	replace_string(&display->socket, address.sun_path);
	return ATTEMPT_DONE;
}

void x_display_close(struct x_display *display)
{
	close_fd(&display->fds[ABSTRACT]);
	close_fd(&display->fds[FILE_SOCKET]);
	if (display->socket)
		unlink(display->socket);
	replace_string(&display->socket, NULL);
}

// Listens on the number. Where one of the two sockets cannot be created, the other will do.
static enum attempt listen_both(struct x_display *display)
{
	char *folder = xasprintf("%s/.X11-unix", display->folder);
	const char *problem = check_socket_folder(folder);
	enum attempt abstract = listen_abstract(display);
	enum attempt file = ATTEMPT_FAILED;
	if (abstract != ATTEMPT_TAKEN && !problem)
		file = listen_file(display);
	if (abstract == ATTEMPT_TAKEN || file == ATTEMPT_TAKEN) {
		x_display_close(display);
		free(folder);
		return ATTEMPT_TAKEN;
	}
	if (file == ATTEMPT_FAILED && abstract == ATTEMPT_DONE)
		log_warn("no socket file in %s: %s; X programs in containers may not find :%d",
			folder, problem ? problem : strerror(errno), display->number);
	free(folder);
	return file == ATTEMPT_DONE || abstract == ATTEMPT_DONE ? ATTEMPT_DONE : ATTEMPT_FAILED;
}

static enum attempt try_number(struct x_display *display)
{
	// Where no lock file can be created, the abstract socket alone reserves the number.
	if (take_lock(display) == ATTEMPT_TAKEN)
		return ATTEMPT_TAKEN;
	enum attempt attempt = listen_both(display);
	if (attempt != ATTEMPT_DONE)
		drop_lock(display);
	return attempt;
}

bool x_display_open(struct x_display *display, const char *folder, int first, int last)
{
	*display = (struct x_display){.fds = {-1, -1}, .folder = xstrdup(folder)};
	enum attempt attempt = ATTEMPT_TAKEN;
	for (int number = first; number <= last && attempt == ATTEMPT_TAKEN; number++) {
		display->number = number;
		attempt = try_number(display);
	}
	if (attempt == ATTEMPT_DONE)
		return true;
	if (attempt == ATTEMPT_TAKEN)
		log_error("no X display from :%d to :%d is free", first, last);
	else
		log_errno("cannot listen for X programs");
	x_display_finish(display);
	return false;
}

bool x_display_reopen(struct x_display *display)
{
	enum attempt attempt = listen_both(display);
	if (attempt == ATTEMPT_TAKEN)
		log_error("the sockets of X display :%d are in use", display->number);
	else if (attempt == ATTEMPT_FAILED)
		log_errno("cannot listen for X programs");
	return attempt == ATTEMPT_DONE;
}

void x_display_reject_waiting(const struct x_display *display)
{
	for (size_t i = 0; i < array_length(display->fds); i++) {
		int fd = -1;
		while (display->fds[i] >= 0 &&
			(fd = accept4(display->fds[i], NULL, NULL, SOCK_CLOEXEC)) >= 0)
			close(fd);
	}
}

void x_display_finish(struct x_display *display)
{
	if (!display->folder)
		return;
	x_display_close(display);
	drop_lock(display);
	free(display->folder);
	*display = (struct x_display){.number = -1, .fds = {-1, -1}};
}
