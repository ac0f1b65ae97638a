// SPDX-License-Identifier: MIT
// Creates the guard and sends it requests.
#include "compositor/base/guard.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/guard_private.h"
#include "compositor/base/log.h"

// Keeps the standard descriptors of the programs free, which may be closed.
static bool move_above_standard(int *fd)
{
	if (*fd > STDERR_FILENO)
		return true;
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (moved < 0)
		return false;
	close(*fd);
	*fd = moved;
	return true;
}

struct guard *guard_create(const struct guard_options *options)
{
	struct guard *guard = xcalloc(1, sizeof(*guard));
	int requests[2] = {-1, -1}, events[2] = {-1, -1};
	guard->requests = guard->events = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, requests) < 0 ||
		pipe2(events, O_CLOEXEC) < 0)
		goto fail;
	for (int i = 0; i < 2; i++)
		if (!move_above_standard(&requests[i]) || !move_above_standard(&events[i]))
			goto fail;
	if (!set_nonblock(events[0]))
		goto fail;
	guard->pid = fork();
	if (guard->pid == 0) {
		close(requests[0]);
		close(events[0]);
		guard_serve(requests[1], events[1], options);
	}
	if (guard->pid < 0)
		goto fail;
	close(requests[1]);
	close(events[1]);
	guard->requests = requests[0];
	guard->events = events[0];
	return guard;
fail:
	log_errno("cannot create the process that starts programs");
	for (int i = 0; i < 2; i++) {
		close_fd(&requests[i]);
		close_fd(&events[i]);
	}
	free(guard);
	return NULL;
}

// fds: request->n_fds of them. False: the guard is dead.
static bool send_request(
	struct guard *guard, const struct guard_request *request, const char *data, const int *fds)
{
	return guard->requests >= 0 && guard_send(guard->requests, request, fds) &&
		write_all(guard->requests, data, request->size);
}

// Sends a request with its data and waits for the reply. False: the guard is dead.
static bool exchange(struct guard *guard, const struct guard_request *request, const char *data,
	const int *fds, struct guard_reply *reply)
{
	ssize_t length;
	if (!send_request(guard, request, data, fds))
		return false;
	do
		length = recv(guard->requests, reply, sizeof(*reply), MSG_WAITALL);
	while (length < 0 && errno == EINTR);
	return length == (ssize_t)sizeof(*reply);
}

// Appends strings, each with its NUL, at *size of data, if data is not NULL. Returns how many.
static size_t add_strings(char *data, size_t *size, const char *const *strings)
{
	size_t count = 0;
	for (; strings[count]; count++) {
		size_t length = strlen(strings[count]) + 1;
		if (data)
			memcpy(data + *size, strings[count], length);
		*size += length;
	}
	return count;
}

pid_t guard_spawn(struct guard *guard, const char *const *argv, const char *const *env,
	const struct guard_fds *fds)
{
	size_t size = 0;
	int all_fds[GUARD_MAX_FDS + 1];
	struct guard_reply reply;
	size_t n_args = add_strings(NULL, &size, argv), n_env = add_strings(NULL, &size, env);
	char *data = size <= INT32_MAX ? malloc(size) : NULL;
	if (!data) {
		errno = E2BIG;
		return -1;
	}
	struct guard_request request = {.kind = GUARD_SPAWN,
		.size = (uint32_t)size,
		.n_args = (uint32_t)n_args,
		.n_env = (uint32_t)n_env};
	if (fds) {
		memcpy(all_fds, fds->fds, sizeof(fds->fds));
		request.n_fds = (uint32_t)fds->count;
		request.has_output = fds->output >= 0;
		if (request.has_output)
			all_fds[request.n_fds++] = fds->output;
	}
	size = 0;
	add_strings(data, &size, argv);
	add_strings(data, &size, env);
	bool sent = exchange(guard, &request, data, all_fds, &reply);
	free(data);
	if (sent && reply.error == 0)
		return reply.pid;
	errno = sent ? reply.error : ECHILD;
	return -1;
}

bool guard_next_event(struct guard *guard, struct guard_event *event)
{
	const struct guard_request received = {.kind = GUARD_RECEIVED};
	struct guard_reply reply;
	if (guard->events < 0)
		return false;
	ssize_t length = read(guard->events, event, sizeof(*event));
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (length != (ssize_t)sizeof(*event) || !exchange(guard, &received, "", NULL, &reply)) {
		*event = (struct guard_event){.kind = GUARD_DEAD, .pid = guard->pid};
		close_fd(&guard->events);
		close_fd(&guard->requests);
	}
	return true;
}

void guard_set_folder(struct guard *guard, const char *path)
{
	const struct guard_request request = {
		.kind = GUARD_FOLDER, .size = (uint32_t)strlen(path) + 1};
	send_request(guard, &request, path, NULL);
}

void guard_add_file(struct guard *guard, const char *path)
{
	const struct guard_request request = {
		.kind = GUARD_FILE, .size = (uint32_t)strlen(path) + 1};
	send_request(guard, &request, path, NULL);
}

void guard_end(struct guard *guard)
{
	const struct guard_request request = {.kind = GUARD_END};
	if (!guard || guard->pid == 0)
		return;
	send_request(guard, &request, "", NULL);
	close_fd(&guard->requests);
	while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close_fd(&guard->events);
	guard->pid = 0;
}

void guard_destroy(struct guard *guard)
{
	guard_end(guard);
	free(guard);
}
