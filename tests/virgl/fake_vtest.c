// SPDX-License-Identifier: MIT
// Implements the server side of the vtest protocol, with faults.
#include "tests/virgl/fake_vtest.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

struct session {
	struct fake_vtest *server;
	int fd, protocol;
	bool waited;
	uint32_t next_id;
};

static bool receive_bytes(struct session *session, void *into, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t got = recv(session->fd, (char *)into + at, size - at, 0);
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

static bool skip_bytes(struct session *session, size_t size)
{
	char some[4096];
	for (; size; size -= MIN(size, sizeof(some)))
		if (!receive_bytes(session, some, MIN(size, sizeof(some))))
			return false;
	return true;
}

static bool send_bytes(struct session *session, const void *data, size_t size)
{
	return send(session->fd, data, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static bool is_faulty(
	const struct session *session, enum fake_vtest_reply reply, enum fake_vtest_fault fault)
{
	const struct fake_vtest *server = session->server;
	return server->connections == 1 && server->reply == reply && server->fault == fault;
}

// Stops replying until the client disconnects. reads: still reads what it sends.
static bool be_silent(struct session *session, bool reads)
{
	char some[4096];
	struct pollfd pollfd = {.fd = session->fd, .events = reads ? POLLIN : 0};
	while (poll(&pollfd, 1, -1) > 0 && !(pollfd.revents & (POLLHUP | POLLERR)))
		if (recv(session->fd, some, sizeof(some), 0) <= 0)
			break;
	return false;
}

// Sends a reply, or violates the protocol. Returns false if the connection is to be closed.
static bool send_reply(
	struct session *session, enum fake_vtest_reply kind, const void *data, size_t size)
{
	uint32_t words[3];
	bool here = session->server->connections == 1 && session->server->reply == kind;
	if (!here)
		return send_bytes(session, data, size);
	memcpy(words, data, MIN(size, sizeof(words)));
	switch (session->server->fault) {
	case FAKE_CLOSES:
		return false;
	case FAKE_SILENT:
		return be_silent(session, true);
	case FAKE_NO_READER:
		return be_silent(session, false);
	case FAKE_HALF:
		send_bytes(session, data, size / 2);
		return false;
	case FAKE_LENGTH:
	case FAKE_COMMAND:
	case FAKE_VALUE:
		words[session->server->fault - FAKE_LENGTH] = session->server->value;
		return send_bytes(session, words, MIN(size, sizeof(words)));
	case FAKE_BYTES:
		for (size_t i = 0; i < size; i++)
			if (!send_bytes(session, (const char *)data + i, 1))
				return false;
		return true;
	default:
		return send_bytes(session, data, size);
	}
}

static bool answer_word(
	struct session *session, enum fake_vtest_reply kind, uint32_t command, uint32_t value)
{
	const uint32_t words[3] = {1, command, value};
	return send_reply(session, kind, words, sizeof(words));
}

static bool answer_caps(struct session *session)
{
	const struct fake_vtest *server = session->server;
	size_t size = server->caps_bytes ? server->caps_bytes : 1376;
	char *all = xcalloc(1, 8 + size);
	const uint32_t head[2] = {(uint32_t)size + 1, 2};
	memcpy(all, head, sizeof(head));
	for (size_t i = 0; i < size; i++)
		all[8 + i] = (char)i;
	bool ok = send_reply(session, FAKE_CAPS, all, 8 + size);
	free(all);
	return ok;
}

static bool send_memory(struct session *session, size_t size)
{
	char byte = 0, control[CMSG_SPACE(2 * sizeof(int))] = {0};
	int fds[2], ends[2] = {-1, -1}, n = is_faulty(session, FAKE_MEMORY, FAKE_MANY) ? 2 : 1;
	bool small = is_faulty(session, FAKE_MEMORY, FAKE_SMALL);
	for (int i = 0; i < 2; i++)
		fds[i] = memfd_sized("server", small ? size - 1 : size);
	if (is_faulty(session, FAKE_MEMORY, FAKE_NOT_MEMORY)) {
		close(fds[0]);
		check(pipe(ends) == 0);
		fds[0] = ends[0];
	}
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (!is_faulty(session, FAKE_MEMORY, FAKE_NO_MEMORY)) {
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
		memcpy(CMSG_DATA(head), fds, (size_t)n * sizeof(int));
	}
	bool ok = is_faulty(session, FAKE_MEMORY, FAKE_CLOSES) ? false
		: is_faulty(session, FAKE_MEMORY, FAKE_SILENT)
		? be_silent(session, true)
		: sendmsg(session->fd, &message, MSG_NOSIGNAL) == 1;
	close(fds[0]);
	close(fds[1]);
	close_fd(&ends[1]);
	return ok;
}

static bool create_resource(struct session *session, uint32_t words)
{
	uint32_t request[11];
	if (words != 11 || !receive_bytes(session, request, sizeof(request)))
		return false;
	if (session->protocol >= 3 && !answer_word(session, FAKE_RESOURCE, 12, ++session->next_id))
		return false;
	return !request[10] || send_memory(session, request[10]);
}

static bool serve_one(struct session *session)
{
	uint32_t head[2], request[2];
	if (!receive_bytes(session, head, sizeof(head)))
		return false;
	switch (head[1]) {
	case 7:
		if (head[0] != 2 || !receive_bytes(session, request, sizeof(request)))
			return false;
		bool first = !session->waited;
		session->waited = true;
		return answer_word(session, first ? FAKE_FIRST_WAIT : FAKE_WAIT, 7, 0);
	case 8:
		return skip_bytes(session, head[0]);
	case 9:
		return answer_caps(session);
	case 10:
		return !session->server->protocol ||
			send_reply(session, FAKE_PING, (const uint32_t[]){0, 10, 0}, 8);
	case 11:
		if (head[0] != 1 || !receive_bytes(session, request, 4))
			return false;
		session->protocol = (int)MIN(request[0], (uint32_t)session->server->protocol);
		return answer_word(session, FAKE_VERSION, 11, (uint32_t)session->protocol);
	case 12:
		return create_resource(session, head[0]);
	default:
		return skip_bytes(session, (size_t)head[0] * 4);
	}
}

static void *serve_thread(void *data)
{
	struct fake_vtest *server = data;
	int fd;
	while ((fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		struct session session = {.server = server, .fd = fd};
		server->connections++;
		while (serve_one(&session))
			continue;
		close(fd);
	}
	return NULL;
}

void fake_vtest_start(struct fake_vtest *server)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	server->path = xasprintf("%s/vtest", test_dir());
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", server->path);
	server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(bind(server->listener, (const struct sockaddr *)&address, sizeof(address)) == 0);
	check(listen(server->listener, 4) == 0);
	check(pthread_create(&server->thread, NULL, serve_thread, server) == 0);
}

void fake_vtest_stop(struct fake_vtest *server)
{
	shutdown(server->listener, SHUT_RDWR);
	check(pthread_join(server->thread, NULL) == 0);
	close(server->listener);
	unlink(server->path);
	free(server->path);
}
