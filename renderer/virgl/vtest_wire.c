// SPDX-License-Identifier: MIT
// Sends and receives requests, replies and fences of the vtest protocol. The server may disconnect,
// stall or send garbage at any byte: every reply is validated and has a timeout.
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/log.h"
#include "renderer/virgl/vtest.h"

bool vtest_fail(struct vtest *vtest, const char *why)
{
	if (!vtest->base.dead)
		log_error("%s: %s", vtest->path, why);
	vtest->base.dead = true;
	close_fd(&vtest->fd);
	return false;
}

static int64_t now_ms(void)
{
	return (int64_t)(clock_monotonic_ns() / NSEC_PER_MSEC);
}

// Waits for poll events. Returns false after a timeout or error.
static bool wait_for_events(struct vtest *vtest, short events, int64_t until)
{
	for (;;) {
		int64_t left = until - now_ms();
		struct pollfd pollfd = {.fd = vtest->fd, .events = events};
		int n = left > 0 ? poll(&pollfd, 1, (int)left) : 0;
		if (n > 0)
			return true;
		if (n == 0)
			return vtest_fail(vtest, "the server does not respond");
		if (errno != EINTR)
			return vtest_fail(vtest, strerror(errno));
	}
}

static bool is_temporary_error(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

bool vtest_send(
	struct vtest *vtest, const uint32_t *head, size_t n_head, const void *data, size_t size)
{
	struct iovec parts[2] = {{(void *)head, n_head * sizeof(*head)}, {(void *)data, size}};
	int64_t until = now_ms() + vtest->options.timeout_ms;
	if (vtest->base.dead)
		return false;
	for (size_t i = 0, n = size ? 2 : 1; i < n;) {
		struct msghdr message = {.msg_iov = parts + i, .msg_iovlen = n - i};
		ssize_t sent = sendmsg(vtest->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && !is_temporary_error())
			return vtest_fail(vtest, strerror(errno));
		if (sent < 0 && !wait_for_events(vtest, POLLOUT, until))
			return false;
		for (; i < n && sent >= 0; i++) {
			size_t part = MIN((size_t)sent, parts[i].iov_len);
			parts[i].iov_base = (char *)parts[i].iov_base + part;
			parts[i].iov_len -= part;
			sent -= (ssize_t)part;
			if (parts[i].iov_len)
				break;
		}
	}
	return true;
}

// Receives some bytes and file descriptors; the first of these is stored in *fd, others are closed.
static ssize_t receive_some(struct vtest *vtest, void *into, size_t size, int *fd)
{
	char control[CMSG_SPACE(sizeof(int) * 4)];
	struct iovec part = {into, size};
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(vtest->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (got < 0)
		return got;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head;
		head = CMSG_NXTHDR(&message, head)) {
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int one;
			memcpy(&one, CMSG_DATA(head) + i * sizeof(one), sizeof(one));
			if (fd && *fd < 0)
				*fd = one;
			else
				close(one);
		}
	}
	return got;
}

bool vtest_receive(struct vtest *vtest, void *into, size_t size, int *fd)
{
	int64_t until = now_ms() + vtest->options.timeout_ms;
	if (vtest->base.dead)
		return false;
	for (size_t at = 0; at < size;) {
		ssize_t got = receive_some(vtest, (char *)into + at, size - at, fd);
		if (got == 0)
			return vtest_fail(vtest, "the server has closed the connection");
		if (got < 0 && !is_temporary_error())
			return vtest_fail(vtest, strerror(errno));
		if (got < 0 && !wait_for_events(vtest, POLLIN, until))
			return false;
		if (got > 0)
			at += (size_t)got;
	}
	return true;
}

// Requests and answers

bool vtest_request(
	struct vtest *vtest, enum vtest_command command, const uint32_t *words, uint32_t n)
{
	uint32_t head[VTEST_HEADER_WORDS + 16] = {n, command};
	if (n)
		memcpy(head + VTEST_HEADER_WORDS, words, n * sizeof(*words));
	vtest->sent++;
	return vtest_send(vtest, head, VTEST_HEADER_WORDS + n, NULL, 0);
}

bool vtest_expect_word(struct vtest *vtest, enum vtest_command command, uint32_t *word)
{
	uint32_t answer[3];
	if (!vtest_receive(vtest, answer, sizeof(answer), NULL))
		return false;
	*word = answer[2];
	return (answer[0] == 1 && answer[1] == (uint32_t)command) ||
		vtest_fail(vtest, "the server replied to another command");
}

bool vtest_read_fence(struct vtest *vtest)
{
	uint32_t busy;
	if (!vtest_expect_word(vtest, VTEST_BUSY_WAIT, &busy))
		return false;
	vtest->completed = vtest->fences[0];
	vtest->n_fences--;
	memmove(vtest->fences, vtest->fences + 1, vtest->n_fences * sizeof(*vtest->fences));
	return true;
}

bool vtest_read_fences(struct vtest *vtest)
{
	while (vtest->n_fences)
		if (!vtest_read_fence(vtest))
			return false;
	return true;
}

bool vtest_request_fence(struct vtest *vtest)
{
	while (vtest->n_fences > VTEST_FENCES - 1)
		if (!vtest_read_fence(vtest))
			return false;
	if (!vtest_request(vtest, VTEST_BUSY_WAIT, (const uint32_t[]){0, VTEST_WAIT_FLAG}, 2))
		return false;
	vtest->fences[vtest->n_fences++] = vtest->sent;
	return true;
}

bool vtest_is_readable(const struct vtest *vtest)
{
	struct pollfd pollfd = {.fd = vtest->fd, .events = POLLIN};
	return !vtest->base.dead && poll(&pollfd, 1, 0) > 0;
}
