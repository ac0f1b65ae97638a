// SPDX-License-Identifier: MIT
// Requests, answers and fences. The other side may be gone, slow or wrong at any byte: every answer
// is checked, and waited for only so long.
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/virgl/vtest.h"

bool vtest_die(struct vtest *vtest, const char *why)
{
	if (!vtest->base.dead)
		log_error("%s: %s", vtest->path, why);
	vtest->base.dead = true;
	close_fd(&vtest->fd);
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

// False: died.
static bool wait_for(struct vtest *vtest, short events, int64_t until)
{
	for (;;) {
		int64_t left = until - now_ms();
		struct pollfd pollfd = {.fd = vtest->fd, .events = events};
		int n = left > 0 ? poll(&pollfd, 1, (int)left) : 0;
		if (n > 0)
			return true;
		if (n == 0)
			return vtest_die(vtest, "the server does not answer");
		if (errno != EINTR)
			return vtest_die(vtest, strerror(errno));
	}
}

static bool again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

bool vtest_send(
	struct vtest *vtest, const uint32_t *head, size_t n_head, const void *data, size_t size)
{
	struct iovec parts[2] = {{(void *)head, n_head * sizeof(*head)}, {(void *)data, size}};
	int64_t until = now_ms() + vtest->options.patience_ms;
	if (vtest->base.dead)
		return false;
	for (size_t i = 0, n = size ? 2 : 1; i < n;) {
		struct msghdr message = {.msg_iov = parts + i, .msg_iovlen = n - i};
		ssize_t sent = sendmsg(vtest->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && !again())
			return vtest_die(vtest, strerror(errno));
		if (sent < 0 && !wait_for(vtest, POLLOUT, until))
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

// With its descriptor, if fd is not NULL: *fd is -1 where none came.
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
	int64_t until = now_ms() + vtest->options.patience_ms;
	if (vtest->base.dead)
		return false;
	for (size_t at = 0; at < size;) {
		ssize_t got = receive_some(vtest, (char *)into + at, size - at, fd);
		if (got == 0)
			return vtest_die(vtest, "the server has closed the connection");
		if (got < 0 && !again())
			return vtest_die(vtest, strerror(errno));
		if (got < 0 && !wait_for(vtest, POLLIN, until))
			return false;
		if (got > 0)
			at += (size_t)got;
	}
	return true;
}

// Requests and answers

bool vtest_ask(struct vtest *vtest, enum vtest_command command, const uint32_t *words, uint32_t n)
{
	uint32_t head[VTEST_HEADER_WORDS + 16] = {n, command};
	if (n)
		memcpy(head + VTEST_HEADER_WORDS, words, n * sizeof(*words));
	vtest->asked++;
	return vtest_send(vtest, head, VTEST_HEADER_WORDS + n, NULL, 0);
}

bool vtest_expect_word(struct vtest *vtest, enum vtest_command command, uint32_t *word)
{
	uint32_t answer[3];
	if (!vtest_receive(vtest, answer, sizeof(answer), NULL))
		return false;
	*word = answer[2];
	return (answer[0] == 1 && answer[1] == (uint32_t)command) ||
		vtest_die(vtest, "the server answers another question");
}

bool vtest_read_fence(struct vtest *vtest)
{
	uint32_t busy;
	if (!vtest_expect_word(vtest, VTEST_BUSY_WAIT, &busy))
		return false;
	vtest->done = vtest->fences[0];
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

bool vtest_ask_fence(struct vtest *vtest)
{
	while (vtest->n_fences > VTEST_FENCES - 1)
		if (!vtest_read_fence(vtest))
			return false;
	if (!vtest_ask(vtest, VTEST_BUSY_WAIT, (const uint32_t[]){0, VTEST_WAIT_FLAG}, 2))
		return false;
	vtest->fences[vtest->n_fences++] = vtest->asked;
	return true;
}

bool vtest_is_readable(const struct vtest *vtest)
{
	struct pollfd pollfd = {.fd = vtest->fd, .events = POLLIN};
	return !vtest->base.dead && poll(&pollfd, 1, 0) > 0;
}
