// SPDX-License-Identifier: MIT
// Serving verbs. A connection is not read while its verb is under way or while its answers pile
// up, so that what others can make us keep is bounded.
#include "compositor/run/control.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/server.h"

#define LINE_MAX_BYTES 65536
#define CONNECTIONS_MAX 64

struct control {
	struct runner *runner;
	int fd;
	char *path; // owned; removed at the end
	struct wl_event_source *source;
	struct wl_list connections; // connection.link
	int n_connections;
};

struct connection {
	struct control *control;
	int fd;
	struct wl_event_source *source;
	struct task *task;
	struct out input, output;
	size_t sent; // of output
	bool ended;  // nothing more comes
	bool broken; // to be closed at the next event
	struct wl_list link;
};

static void connection_destroy(struct connection *connection)
{
	connection->control->n_connections--;
	wl_list_remove(&connection->link);
	if (connection->source)
		wl_event_source_remove(connection->source);
	task_destroy(connection->task);
	close_fd(&connection->fd);
	out_finish(&connection->input);
	out_finish(&connection->output);
	free(connection);
}

static void update_mask(struct connection *connection)
{
	uint32_t mask = 0;
	bool busy = connection->task->action || connection->output.length;
	if (connection->output.length)
		mask |= WL_EVENT_WRITABLE;
	// While a verb is under way only the hang-up is of interest, which is always reported.
	if (!busy && !connection->ended)
		mask |= WL_EVENT_READABLE;
	wl_event_source_fd_update(connection->source, mask);
}

static void flush(struct connection *connection)
{
	while (connection->sent < connection->output.length) {
		ssize_t length = send(connection->fd, connection->output.text + connection->sent,
			connection->output.length - connection->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno != EAGAIN)
			connection->broken = true;
		if (length <= 0)
			return;
		connection->sent += (size_t)length;
	}
	out_clear(&connection->output);
	connection->sent = 0;
}

static void answer_error(struct connection *connection, const char *error)
{
	out_text(&connection->output, "{\"ok\":false,\"error\":");
	out_json(&connection->output, error ? error : "it failed");
	out_text(&connection->output, "}\n");
}

// Takes one line from the input and runs it. False: no whole line is there.
static bool run_line(struct connection *connection)
{
	struct out *input = &connection->input;
	char *newline = input->length ? memchr(input->text, '\n', input->length) : NULL;
	if (!newline)
		return false;
	size_t length = (size_t)(newline - input->text) + 1;
	*newline = '\0';
	struct words words = {0};
	const char *why;
	char *error = NULL;
	bool parsed = strlen(input->text) + 1 == length && words_parse(&words, input->text, &why);
	if (strlen(input->text) + 1 != length)
		why = "the line holds a zero byte";
	memmove(input->text, input->text + length, input->length - length);
	input->length -= length;
	if (!parsed)
		answer_error(connection, why);
	else if (words.count == 0)
		words_finish(&words);
	else if (!task_run(connection->task, &words, &error))
		answer_error(connection, error);
	free(error);
	return true;
}

static void go_on(struct connection *connection)
{
	while (!connection->task->action && run_line(connection))
		;
	if (connection->input.length >= LINE_MAX_BYTES && !connection->task->action) {
		answer_error(connection, "the line is too long");
		connection->ended = true;
		out_clear(&connection->input);
	}
	flush(connection);
	update_mask(connection);
}

static bool nothing_left(const struct connection *connection)
{
	return connection->broken ||
		(connection->ended && !connection->task->action && !connection->output.length);
}

static void on_finished(struct task *task, struct action *action, bool ok)
{
	struct connection *connection = task->data;
	if (ok) {
		out_text(&connection->output, "{\"ok\":true,\"text\":");
		out_json_bytes(&connection->output, out_get(&action->text), action->text.length);
		out_text(&connection->output, ",\"result\":");
		out_text(&connection->output,
			action->result.length ? out_get(&action->result) : "null");
		out_text(&connection->output, "}\n");
	} else {
		struct out error = {0};
		out_format(&error, "%s: %s", action->verb->name,
			action->error ? action->error : "failed");
		answer_error(connection, out_get(&error));
		out_finish(&error);
	}
	go_on(connection);
	// One that shut down its side would not be heard of again.
	if (nothing_left(connection))
		connection_destroy(connection);
}

static int on_connection(int fd, uint32_t mask, void *data)
{
	struct connection *connection = data;
	if (mask & WL_EVENT_WRITABLE)
		flush(connection);
	if (mask & WL_EVENT_READABLE && !connection->broken) {
		char buffer[4096];
		ssize_t length = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (length > 0)
			out_bytes(&connection->input, buffer, (size_t)length);
		else if (length == 0)
			connection->ended = true;
		else if (errno != EAGAIN && errno != EINTR)
			connection->broken = true;
	} else if (mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR)) {
		connection->broken = true;
	}
	if (!connection->broken)
		go_on(connection);
	if (nothing_left(connection))
		connection_destroy(connection);
	return 0;
}

static bool same_user(int fd)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		return false;
	return who.uid == geteuid() || who.uid == 0;
}

static int on_connect(int listener, uint32_t mask, void *data)
{
	struct control *control = data;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return 0;
	if (!same_user(fd) || control->n_connections >= CONNECTIONS_MAX) {
		close(fd);
		return 0;
	}
	struct connection *connection = xcalloc(1, sizeof(*connection));
	connection->control = control;
	connection->fd = fd;
	connection->task = task_create(control->runner, on_finished, connection);
	wl_list_insert(&control->connections, &connection->link);
	control->n_connections++;
	connection->source = wl_event_loop_add_fd(
		control->runner->server->loop, fd, WL_EVENT_READABLE, on_connection, connection);
	if (!connection->source)
		connection_destroy(connection);
	return 0;
}

// A socket left over by somebody who was killed.
static bool is_dead_socket(const struct sockaddr_un *address)
{
	struct stat stat;
	if (lstat(address->sun_path, &stat) < 0 || !S_ISSOCK(stat.st_mode))
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	bool dead = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
		errno == ECONNREFUSED;
	close(fd);
	return dead;
}

struct control *control_create(struct runner *runner, const char *path)
{
	struct control *control = xcalloc(1, sizeof(*control));
	control->runner = runner;
	control->fd = -1;
	wl_list_init(&control->connections);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path)) {
		log_error("%s: too long for a socket", path);
		goto fail;
	}
	strcpy(address.sun_path, path);
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->fd < 0)
		goto fail_errno;
	if (is_dead_socket(&address))
		unlink(path);
	if (bind(control->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		goto fail_errno;
	control->path = xstrdup(path);
	chmod(path, 0600);
	if (listen(control->fd, 16) < 0)
		goto fail_errno;
	control->source = wl_event_loop_add_fd(
		runner->server->loop, control->fd, WL_EVENT_READABLE, on_connect, control);
	if (!control->source)
		goto fail_errno;
	return control;
fail_errno:
	log_errno("%s", path);
fail:
	control_destroy(control);
	return NULL;
}

void control_destroy(struct control *control)
{
	if (!control)
		return;
	struct connection *connection, *next;
	wl_list_for_each_safe(connection, next, &control->connections, link)
		connection_destroy(connection);
	if (control->source)
		wl_event_source_remove(control->source);
	close_fd(&control->fd);
	if (control->path)
		unlink(control->path);
	free(control->path);
	free(control);
}
