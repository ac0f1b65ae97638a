// SPDX-License-Identifier: MIT
#include "compositor/base/base.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <wayland-server-core.h>

// Must not allocate, not even in stdio.
static _Noreturn void out_of_memory(void)
{
	static const char text[] = "out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	abort();
}

void *xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);
	if (!memory)
		out_of_memory();
	return memory;
}

void *xrealloc(void *memory, size_t count, size_t size)
{
	memory = reallocarray(memory, count ? count : 1, size ? size : 1);
	if (!memory)
		out_of_memory();
	return memory;
}

char *xstrdup(const char *text)
{
	if (!text)
		return NULL;
	char *copy = strdup(text);
	if (!copy)
		out_of_memory();
	return copy;
}

char *xasprintf(const char *format, ...)
{
	char *text;
	va_list args;
	va_start(args, format);
	int length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		out_of_memory();
	return text;
}

struct wl_event_source *xadd_idle(
	struct wl_event_loop *loop, void (*callback)(void *data), void *data)
{
	struct wl_event_source *source = wl_event_loop_add_idle(loop, callback, data);
	if (!source)
		out_of_memory();
	return source;
}

void replace_string(char **place, const char *text)
{
	char *copy = xstrdup(text); // text may be part of what is freed
	free(*place);
	*place = copy;
}

int memfd_sized(const char *name, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -1;
	int result;
	do
		result = ftruncate(fd, (off_t)size);
	while (result < 0 && errno == EINTR);
	if (result < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool set_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);
	return flags >= 0 && fcntl(fd, F_SETFD, flags | FD_CLOEXEC) >= 0;
}

bool set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0;
}

bool write_all(int fd, const void *data, size_t size)
{
	for (const char *at = data; size > 0;) {
		ssize_t written = send(fd, at, size, MSG_NOSIGNAL);
		if (written < 0 && errno == ENOTSOCK)
			written = write(fd, at, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		at += written;
		size -= (size_t)written;
	}
	return true;
}

bool socket_is_stale(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat stat_of;
	// A connection to any other file is refused, too.
	if (strlen(path) >= sizeof(address.sun_path) || stat(path, &stat_of) < 0 ||
		!S_ISSOCK(stat_of.st_mode))
		return false;
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool stale = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 &&
		errno == ECONNREFUSED;
	close_fd(&fd);
	return stale;
}

static bool make_directory(const char *path, mode_t mode)
{
	return mkdir(path, mode) == 0 || errno == EEXIST;
}

bool make_directories(const char *path, mode_t mode)
{
	char *parent = xstrdup(path);
	bool made = true;
	for (char *slash = parent; made && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		made = slash == parent || make_directory(parent, mode);
		*slash = '/';
	}
	free(parent);
	return made && make_directory(path, mode);
}

static int remove_entry(const char *path, const struct stat *stat_of, int type, struct FTW *ftw)
{
	remove(path); // errors are ignored
	return 0;
}

void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
