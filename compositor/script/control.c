// SPDX-License-Identifier: MIT
// Serves the control socket. A connection is not read while its verb is in progress or its answers
// are unsent, which bounds the memory that a client can make us use.
#include "compositor/script/control.h"
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
#include "compositor/server.h"

#define LINE_MAX_BYTES 65536
#define CONNECTIONS_MAX 64

struct control {
	struct runner *runner;
	int fd;
	int spare;  // descriptor that is freed to refuse a connection where no other is left
	char *path; // owned; the socket is removed at the end
	struct wl_event_source *source;
	struct wl_list connections; // connection.link, used last first
	int n_connections;
};

struct connection {
	struct control *control;
	int fd;
	struct wl_event_source *source;
	struct task *task;
	struct strbuf input, output;
	size_t sent; // of output
	bool ended;  // the client has shut down its side
	bool broken; // to be closed at the next event
	struct wl_list link;
};

static void connection_destroy(struct connection *connection)
{
	connection->control->n_connections--;
	wl_list_remove(&connection->link);
	wl_event_source_remove(connection->source);
	task_destroy(connection->task);
	close_fd(&connection->fd);
	strbuf_finish(&connection->input);
	strbuf_finish(&connection->output);
	free(connection);
}

static void update_events(struct connection *connection)
{
	uint32_t mask = 0;
	bool busy = connection->task->action || connection->output.length;
	if (connection->output.length)
		mask |= WL_EVENT_WRITABLE;
	// While a verb is in progress only the hang-up matters, which is always reported.
	if (!busy && !connection->ended)
		mask |= WL_EVENT_READABLE;
	wl_event_source_fd_update(connection->source, mask);
}

static void flush_output(struct connection *connection)
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
	strbuf_clear(&connection->output);
	connection->sent = 0;
}

static void add_error(struct strbuf *output, const char *error)
{
	strbuf_puts(output, "{\"ok\":false,\"error\":");
	strbuf_json(output, error ? error : "it failed");
	strbuf_puts(output, "}\n");
}

static void send_error(struct connection *connection, const char *error)
{
	add_error(&connection->output, error);
}

// Takes one line from the input and starts its verb. False: no complete line is there.
static bool run_line(struct connection *connection)
{
	struct strbuf *input = &connection->input;
	char *newline = input->length ? memchr(input->text, '\n', input->length) : NULL;
	if (!newline)
		return false;
	size_t length = (size_t)(newline - input->text) + 1;
	*newline = '\0';
	struct words words = {0};
	struct action *action;
	const char *why;
	char *error = NULL;
	bool parsed = strlen(input->text) + 1 == length && words_parse(&words, input->text, &why);
	if (strlen(input->text) + 1 != length)
		why = "the line contains a NUL byte";
	memmove(input->text, input->text + length, input->length - length);
	input->length -= length;
	if (!parsed)
		send_error(connection, why);
	else if (words.count == 0)
		words_finish(&words);
	else if ((action = action_create(&words, &error)))
		task_run(connection->task, action);
	else
		send_error(connection, error);
	free(error);
	return true;
}

static void run_lines(struct connection *connection)
{
	while (!connection->task->action && run_line(connection))
		;
	if (connection->input.length >= LINE_MAX_BYTES && !connection->task->action) {
		send_error(connection, "the line is too long");
		connection->ended = true;
		strbuf_clear(&connection->input);
	}
	flush_output(connection);
	update_events(connection);
}

static bool is_finished(const struct connection *connection)
{
	return connection->broken ||
		(connection->ended && !connection->task->action && !connection->output.length);
}

static void on_finished(struct task *task, struct action *action, bool ok)
{
	struct connection *connection = task->data;
	if (ok) {
		strbuf_puts(&connection->output, "{\"ok\":true,\"text\":");
		strbuf_json_bytes(
			&connection->output, strbuf_get(&action->text), action->text.length);
		strbuf_puts(&connection->output, ",\"result\":");
		strbuf_puts(&connection->output,
			action->result.length ? strbuf_get(&action->result) : "null");
		strbuf_puts(&connection->output, "}\n");
	} else {
		struct strbuf error = {0};
		strbuf_printf(&error, "%s: %s", action->verb->name,
			action->error ? action->error : "failed");
		send_error(connection, strbuf_get(&error));
		strbuf_finish(&error);
	}
	run_lines(connection);
	// A connection that was shut down causes no more events.
	if (is_finished(connection))
		connection_destroy(connection);
}

static int on_connection(int fd, uint32_t mask, void *data)
{
	struct connection *connection = data;
	wl_list_remove(&connection->link);
	wl_list_insert(&connection->control->connections, &connection->link);
	if (mask & WL_EVENT_WRITABLE)
		flush_output(connection);
	if (mask & WL_EVENT_READABLE && !connection->broken) {
		char buffer[4096];
		ssize_t length = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (length > 0)
			strbuf_add(&connection->input, buffer, (size_t)length);
		else if (length == 0)
			connection->ended = true;
		else if (errno != EAGAIN && errno != EINTR)
			connection->broken = true;
	} else if (mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR)) {
		connection->broken = true;
	}
	if (!connection->broken)
		run_lines(connection);
	if (is_finished(connection))
		connection_destroy(connection);
	return 0;
}

static bool is_same_user(int fd)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		return false;
	return who.uid == geteuid() || who.uid == 0;
}

// Sends one line to a new or idle connection, as far as its buffer takes it at once.
static void send_refusal(int fd, const char *error)
{
	struct strbuf line = {0};
	add_error(&line, error);
	ssize_t ignored = send(fd, line.text, line.length, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)ignored;
	strbuf_finish(&line);
}

// Closes the connection that has been idle for longest. False: none is idle.
static bool drop_idle_connection(struct control *control)
{
	struct connection *connection;
	// Those that were used last come first.
	wl_list_for_each_reverse(connection, &control->connections, link) {
		if (connection->task->action || connection->output.length)
			continue;
		send_refusal(
			connection->fd, "the connection was idle, and was closed for a new one");
		connection_destroy(connection);
		return true;
	}
	return false;
}

// Accepts a connection when no descriptor is left, and closes it. Otherwise it would stay pending,
// and the loop busy.
static void refuse_connection(struct control *control, int listener)
{
	close_fd(&control->spare);
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		send_refusal(fd, "too many files are open in oriel");
	close_fd(&fd);
	control->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

// Takes the descriptor.
static void connection_create(struct control *control, int fd)
{
	struct wl_event_loop *loop = control->runner->server->loop;
	struct connection *connection = xcalloc(1, sizeof(*connection));
	// The loop duplicates the descriptor.
	do
		connection->source = wl_event_loop_add_fd(
			loop, fd, WL_EVENT_READABLE, on_connection, connection);
	while (!connection->source && drop_idle_connection(control));
	if (!connection->source) {
		send_refusal(fd, "too many files are open in oriel");
		close(fd);
		free(connection);
		return;
	}
	connection->control = control;
	connection->fd = fd;
	connection->task = task_create(control->runner, on_finished, connection);
	wl_list_insert(&control->connections, &connection->link);
	control->n_connections++;
}

static int on_connect(int listener, uint32_t mask, void *data)
{
	struct control *control = data;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0) {
		bool full = errno == EMFILE || errno == ENFILE;
		if (full && !drop_idle_connection(control))
			refuse_connection(control, listener);
		return 0; // if one was dropped, this is called again
	}
	if (!is_same_user(fd)) {
		send_refusal(fd, "the compositor belongs to another user");
		close(fd);
	} else if (control->n_connections >= CONNECTIONS_MAX && !drop_idle_connection(control)) {
		send_refusal(fd, "too many connections are busy");
		close(fd);
	} else {
		connection_create(control, fd);
	}
	return 0;
}

// False: errno is set.
static bool listen_at(struct control *control, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	strcpy(address.sun_path, path);
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->fd < 0)
		return false;
	if (socket_is_stale(path))
		unlink(path);
	if (bind(control->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return false;
	control->path = xstrdup(path);
	chmod(path, 0600);
	if (listen(control->fd, 16) < 0)
		return false;
	control->source = wl_event_loop_add_fd(
		control->runner->server->loop, control->fd, WL_EVENT_READABLE, on_connect, control);
	return control->source;
}

struct control *control_create(struct runner *runner, const char *path)
{
	struct control *control = xcalloc(1, sizeof(*control));
	control->runner = runner;
	control->fd = -1;
	control->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	wl_list_init(&control->connections);
	if (!listen_at(control, path)) {
		log_errno("%s", path);
		control_destroy(control);
		return NULL;
	}
	return control;
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
	close_fd(&control->spare);
	if (control->path)
		unlink(control->path);
	free(control->path);
	free(control);
}
