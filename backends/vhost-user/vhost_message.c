// SPDX-License-Identifier: MIT
// Sends and receives the messages of vhost-user sockets: a header of three words, a payload, and at
// most one file descriptor.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"

bool vhost_send_message(struct vhost *vhost, int file, uint32_t request, uint32_t flags,
	const void *data, size_t size, int fd)
{
	uint32_t head[3] = {request, flags, (uint32_t)size};
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec parts[2] = {{head, sizeof(head)}, {(void *)data, size}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	if (fd >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		struct cmsghdr *part = CMSG_FIRSTHDR(&message);
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(part), &fd, sizeof(fd));
	}
	ssize_t sent;
	do
		sent = sendmsg(file, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)(sizeof(head) + size))
		return true;
	return vhost_fail(vhost, sent < 0 ? strerror(errno) : "the device does not read");
}

// Descriptors (dmabufs of the device's scan-outs) are not used.
ssize_t vhost_recv(int file, void *into, size_t size, int flags)
{
	char control[CMSG_SPACE(sizeof(int) * 4)];
	struct iovec part = {into, size};
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(file, &message, MSG_CMSG_CLOEXEC | flags);
	if (got < 0)
		return got;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head;
		head = CMSG_NXTHDR(&message, head)) {
		size_t n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		bool files = head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS;
		for (size_t i = 0; files && i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(head) + i * sizeof(fd), sizeof(fd));
			close(fd);
		}
	}
	return got;
}

// Waits at most for the socket's receive timeout, per part.
bool vhost_receive(struct vhost *vhost, int file, void *into, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t got = vhost_recv(file, (char *)into + at, size - at, 0);
		if (got == 0)
			return vhost_fail(vhost, "the device closed the connection");
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return vhost_fail(vhost,
				errno == EAGAIN ? "the device does not answer" : strerror(errno));
		at += (size_t)got;
	}
	return true;
}

bool vhost_skip(struct vhost *vhost, int file, size_t size)
{
	char some[4096];
	for (; size; size -= MIN(size, sizeof(some)))
		if (!vhost_receive(vhost, file, some, MIN(size, sizeof(some))))
			return false;
	return true;
}
