// SPDX-License-Identifier: MIT
// Descriptors of programs, on their way through the guard.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/guard_private.h"

bool guard_send(int fd, const struct guard_request *request, const int *fds)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int) * (GUARD_MAX_FDS + 1))];
	} control = {0};
	size_t size = sizeof(int) * request->n_fds;
	struct iovec data = {.iov_base = (void *)request, .iov_len = sizeof(*request)};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
	if (!request->n_fds)
		return write_all(fd, request, sizeof(*request));
	message.msg_control = &control;
	message.msg_controllen = CMSG_SPACE(size);
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(header), fds, size);
	ssize_t length;
	do
		length = sendmsg(fd, &message, MSG_NOSIGNAL);
	while (length < 0 && errno == EINTR);
	return length == (ssize_t)sizeof(*request);
}

bool guard_receive(int fd, struct guard_request *request, struct guard_passed *passed)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(passed->fds))];
	} control;
	struct iovec data = {.iov_base = request, .iov_len = sizeof(*request)};
	struct msghdr message = {.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	ssize_t length;
	do
		length = recvmsg(fd, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	const struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
		passed->count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(passed->fds, CMSG_DATA(header), passed->count * sizeof(int));
	}
	passed->has_output = request->has_output && passed->count > 0;
	return length == (ssize_t)sizeof(*request) && passed->count == request->n_fds;
}

bool guard_place(const struct guard_passed *passed, int *report)
{
	int moved[GUARD_MAX_FDS + 1];
	size_t count = passed->count;
	// Async-signal-safe calls only. First out of the way, as these numbers are those of others.
	int above = STDERR_FILENO + 1 + (int)count;
	if ((*report = fcntl(*report, F_DUPFD_CLOEXEC, above)) < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if ((moved[i] = fcntl(passed->fds[i], F_DUPFD_CLOEXEC, above)) < 0)
			return false;
	if (passed->has_output) {
		count--;
		if (dup2(moved[count], STDOUT_FILENO) < 0 || dup2(moved[count], STDERR_FILENO) < 0)
			return false;
	}
	for (size_t i = 0; i < count; i++)
		if (dup2(moved[i], STDERR_FILENO + 1 + (int)i) < 0)
			return false;
	return true;
}
