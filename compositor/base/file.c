// SPDX-License-Identifier: MIT
#include "compositor/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"

#define MEMORY_DEVICES 1 // major number of /dev/null, /dev/zero, /dev/full
#define PIPE_WAIT_NS (10 * NSEC_PER_SEC)
#define CHUNK 65536

// Opened without waiting for the other end of a FIFO, and never as the controlling terminal.
#define OPEN_FLAGS (O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static void set_error(char **error, const char *path, const char *what)
{
	int reason = errno;
	if (error)
		*error = xasprintf("%s: %s", path, what ? what : strerror(reason));
	errno = reason;
}

static const char *kind_text(mode_t mode)
{
	return S_ISDIR(mode)     ? strerror(EISDIR)
		: S_ISFIFO(mode) ? "is a FIFO, not a file"
		: S_ISSOCK(mode) ? "is a socket, not a file"
				 : "is a device, not a file";
}

// What open() reports as a missing device is a socket, or a FIFO without a reader.
static void set_open_error(char **error, const char *path)
{
	int reason = errno;
	struct stat status;
	bool special = reason == ENXIO && stat(path, &status) == 0 && !S_ISREG(status.st_mode);
	errno = reason;
	set_error(error, path, special ? kind_text(status.st_mode) : NULL);
}

static bool is_plain(const struct stat *status)
{
	return S_ISREG(status->st_mode) ||
		(S_ISCHR(status->st_mode) && major(status->st_rdev) == MEMORY_DEVICES);
}

static bool is_unnamed_pipe(int fd, const struct stat *status)
{
	struct statfs system;
	return S_ISFIFO(status->st_mode) && fstatfs(fd, &system) == 0 &&
		system.f_type == PIPEFS_MAGIC;
}

// Closes fd and returns -1 if it is not of an accepted kind.
static int check_kind(
	int fd, bool accepted, const struct stat *status, const char *path, char **error)
{
	if (accepted)
		return fd;
	close(fd);
	errno = S_ISDIR(status->st_mode) ? EISDIR : EINVAL;
	set_error(error, path, kind_text(status->st_mode));
	return -1;
}

static int open_to_read(const char *path, bool pipes, char **error)
{
	struct stat status;
	int fd = open(path, O_RDONLY | OPEN_FLAGS);
	if (fd < 0 || fstat(fd, &status) < 0) {
		set_open_error(error, path);
		close_fd(&fd);
		return -1;
	}
	bool accepted = is_plain(&status) || (pipes && is_unnamed_pipe(fd, &status));
	return check_kind(fd, accepted, &status, path, error);
}

int file_open(const char *path, char **error)
{
	return open_to_read(path, false, error);
}

// Waits for the writer of a pipe. False: too long, errno is set.
static bool wait_readable(int fd, uint64_t until_ns)
{
	uint64_t now_ns = clock_monotonic_ns();
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	errno = ETIMEDOUT;
	return now_ns < until_ns &&
		poll(&poll_fd, 1, (int)((until_ns - now_ns) / NSEC_PER_MSEC) + 1) >= 0;
}

// until_ns: as long as a pipe is waited for; 0: it is not.
static char *read_to_end(int fd, size_t limit, uint64_t until_ns, size_t *size)
{
	size_t used = 0, capacity = 0;
	char *text = NULL, *larger;
	for (;;) {
		if (capacity - used < CHUNK) {
			capacity = MAX(capacity * 2, 2 * CHUNK);
			larger = realloc(text, capacity + 1);
			if (!larger)
				goto fail;
			text = larger;
		}
		ssize_t got = read(fd, text + used, MIN(capacity - used, limit + 1 - used));
		if (got == 0)
			break;
		if (got < 0 && (errno == EINTR || (errno == EAGAIN && wait_readable(fd, until_ns))))
			continue;
		if (got < 0)
			goto fail;
		used += (size_t)got;
		if (used > limit) {
			errno = EFBIG;
			goto fail;
		}
	}
	larger = realloc(text, used + 1);
	text = larger ? larger : text;
	text[used] = '\0';
	if (size)
		*size = used;
	return text;
fail:
	free(text);
	return NULL;
}

static char *read_file(const char *path, size_t limit, bool at_start, size_t *size, char **error)
{
	int fd = open_to_read(path, at_start, error);
	if (fd < 0)
		return NULL;
	uint64_t until_ns = at_start ? clock_monotonic_ns() + PIPE_WAIT_NS : 0;
	char *text = read_to_end(fd, limit, until_ns, size);
	int reason = errno;
	close(fd);
	errno = reason;
	if (!text && reason == EFBIG) {
		char *what = xasprintf("larger than %zu bytes", limit);
		set_error(error, path, what);
		free(what);
		errno = reason;
	} else if (!text) {
		set_error(error, path, NULL);
	}
	return text;
}

char *file_read(const char *path, size_t limit, size_t *size, char **error)
{
	return read_file(path, limit, false, size, error);
}

char *file_read_at_start(const char *path, size_t limit, size_t *size, char **error)
{
	return read_file(path, limit, true, size, error);
}

// /dev/stdout and the like: how that may block is up to the caller of the program.
static bool is_own_output(const struct stat *status)
{
	struct stat own;
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &own) == 0 && own.st_dev == status->st_dev &&
			own.st_ino == status->st_ino)
			return true;
	return false;
}

int file_create(const char *path, mode_t mode, char **error)
{
	struct stat status;
	// Emptied only when it is known to be a file.
	int fd = open(path, O_WRONLY | O_CREAT | OPEN_FLAGS, mode);
	if (fd < 0 || fstat(fd, &status) < 0) {
		set_open_error(error, path);
		close_fd(&fd);
		return -1;
	}
	bool own = !is_plain(&status) && is_own_output(&status);
	fd = check_kind(fd, own || is_plain(&status), &status, path, error);
	if (fd < 0)
		return -1;
	bool ready = own ? fcntl(fd, F_SETFL, O_WRONLY) == 0
			 : !S_ISREG(status.st_mode) || ftruncate(fd, 0) == 0;
	if (!ready) {
		set_error(error, path, NULL);
		close_fd(&fd);
	}
	return fd;
}

FILE *file_create_stream(const char *path, char **error)
{
	int fd = file_create(path, 0666, error);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (fd >= 0 && !file) {
		set_error(error, path, NULL);
		close(fd);
	}
	return file;
}
