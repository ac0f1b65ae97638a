// SPDX-License-Identifier: MIT
#include "compositor/base/pipe.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/interrupt.h"

// write() without blocking and without SIGPIPE. What could not be reopened may be shared with
// others, who can make it block, so the call has a time limit.
ssize_t pipe_write(int fd, const void *data, size_t size)
{
	ssize_t sent = send(fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent >= 0 || errno != ENOTSOCK)
		return sent;
	struct interrupt interrupt;
	if (!interrupt_start(&interrupt))
		return -1;
	sigset_t pipe_set, old, pending;
	sigemptyset(&pipe_set);
	sigaddset(&pipe_set, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_set, &old);
	ssize_t written = write(fd, data, size);
	int error = errno;
	if (written < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&pipe_set, NULL, &(struct timespec){0}) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	interrupt_stop(&interrupt);
	errno = error == EINTR ? EAGAIN : error; // so that callers poll instead of trying again
	return written;
}

// Reopens a pipe, as the reader could clear O_NONBLOCK of the shared file description. Sockets do
// not need it: send() has MSG_DONTWAIT.
bool pipe_take(int *fd)
{
	struct stat status;
	if (fstat(*fd, &status) < 0)
		return false;
	if (!S_ISFIFO(status.st_mode))
		return S_ISSOCK(status.st_mode) || S_ISREG(status.st_mode) || set_nonblock(*fd);
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
	int own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (own < 0) // without /proc, or without a reader
		return errno != ENXIO && set_nonblock(*fd);
	close(*fd);
	*fd = own;
	return true;
}
