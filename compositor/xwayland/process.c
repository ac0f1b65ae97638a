// SPDX-License-Identifier: MIT
// Starts Xwayland through the guard and follows it: the line that reports that it is ready, its
// messages, its Wayland client, its end.
#include "compositor/xwayland/process.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"
#include "compositor/client/access.h"
#include "compositor/client/budget.h"
#include "compositor/server.h"
#include "compositor/xwayland/display.h"
#include "compositor/xwayland/tail.h"
#include "renderer/renderer.h"

// Xwayland is one client for all X programs.
#define BUDGETS 8
// Bytes of messages that are read in one turn of the event loop.
#define MESSAGES_AT_ONCE 8192

struct xprocess {
	const struct xprocess_sink *sink;
	void *data;
	struct child *child; // NULL: ended
	pid_t pid;
	struct wl_client *client; // NULL: destroyed
	struct wl_listener client_destroyed;
	int connection; // window manager's end; -1: taken
	int ready_fd, messages_fd;
	struct wl_event_source *ready_source, *messages_source; // NULL: at the end
	struct tail tail;
};

static void remove_source(struct wl_event_source **source)
{
	if (*source)
		wl_event_source_remove(*source);
	*source = NULL;
}

static void read_messages(struct xprocess *process)
{
	char text[MESSAGES_AT_ONCE];
	ssize_t length = read(process->messages_fd, text, sizeof(text));
	if (length > 0)
		tail_add(&process->tail, text, (size_t)length);
	else if (length == 0 || (errno != EAGAIN && errno != EINTR))
		remove_source(&process->messages_source);
}

static int on_messages(int fd, uint32_t mask, void *data)
{
	read_messages(data);
	return 0;
}

// The number may arrive in pieces. Without a newline at the end Xwayland is about to end.
static int on_ready(int fd, uint32_t mask, void *data)
{
	struct xprocess *process = data;
	char text[64];
	ssize_t length = read(fd, text, sizeof(text));
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (length > 0 && !memchr(text, '\n', (size_t)length))
		return 0;
	// The descriptor stays open, as Xwayland ends if it cannot write to it.
	remove_source(&process->ready_source);
	if (length > 0)
		process->sink->ready(process->data);
	return 0;
}

static void forget_client(struct xprocess *process)
{
	if (!process->client)
		return;
	wl_list_remove(&process->client_destroyed.link);
	process->client = NULL;
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct xprocess *process = wl_container_of(listener, process, client_destroyed);
	forget_client(process);
	process->sink->client_gone(process->data);
}

static void on_ended(struct child *child, int status, void *data)
{
	struct xprocess *process = data;
	process->child = NULL;
	// The end of a process can be reported before that of its connection.
	if (process->client)
		wl_client_destroy(process->client);
	process->sink->ended(process->data, status);
}

// Descriptors of the two sides: [0] ours, [1] that of Xwayland.
struct pairs {
	int client[2], connection[2], ready[2], messages[2];
};

static void pairs_close(struct pairs *pairs, int side)
{
	close_fd(&pairs->client[side]);
	close_fd(&pairs->connection[side]);
	close_fd(&pairs->ready[side]);
	close_fd(&pairs->messages[side]);
}

static bool pairs_create(struct pairs *pairs)
{
	*pairs = (struct pairs){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs->client) == 0 &&
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs->connection) == 0 &&
		pipe2(pairs->ready, O_CLOEXEC) == 0 && pipe2(pairs->messages, O_CLOEXEC) == 0 &&
		set_nonblock(pairs->ready[0]) && set_nonblock(pairs->messages[0]);
}

// The command line, which has only options of Xwayland 22.1, as unknown ones are fatal.
struct command {
	const char *argv[24];
	size_t count;
	char *texts[8]; // owned
	size_t n_texts;
	struct guard_fds fds;
};

static void command_add(struct command *command, const char *word)
{
	command->argv[command->count++] = word;
}

static const char *command_keep(struct command *command, char *text)
{
	return command->texts[command->n_texts++] = text;
}

// Passes a descriptor on. Returns its number in Xwayland, as text.
static const char *command_pass(struct command *command, int fd)
{
	command->fds.fds[command->fds.count] = fd;
	return command_keep(
		command, xasprintf("%d", STDERR_FILENO + 1 + (int)command->fds.count++));
}

static void command_finish(struct command *command)
{
	for (size_t i = 0; i < command->n_texts; i++)
		free(command->texts[i]);
}

static struct child *xprocess_spawn(
	struct xprocess *process, const struct xprocess_options *options, const struct pairs *pairs)
{
	const struct x_display *display = options->display;
	struct command command = {.fds = {.output = pairs->messages[1]}};
	command_add(&command, options->program);
	command_add(&command, command_keep(&command, xasprintf(":%d", display->number)));
	command_add(&command, "-rootless");
	if (options->core)
		command_add(&command, "-core");
	// Without DMA-BUFs it would load drivers and then do without them.
	if (!options->server->renderer->dmabuf.count)
		command_add(&command, "-shm");
	if (options->terminate_s) {
		command_add(&command, "-terminate");
		command_add(
			&command, command_keep(&command, xasprintf("%d", options->terminate_s)));
	}
	for (size_t i = 0; i < array_length(display->fds); i++) {
		if (display->fds[i] < 0)
			continue;
		command_add(&command, "-listenfd");
		command_add(&command, command_pass(&command, display->fds[i]));
	}
	command_add(&command, "-displayfd");
	command_add(&command, command_pass(&command, pairs->ready[1]));
	command_add(&command, "-wm");
	command_add(&command, command_pass(&command, pairs->connection[1]));
	char *socket = xasprintf("WAYLAND_SOCKET=%s", command_pass(&command, pairs->client[1]));
	const char *const env[] = {socket, "WAYLAND_DISPLAY", "DISPLAY", "XAUTHORITY", NULL};
	struct child *child = child_spawn_with(
		options->children, command.argv, env, &command.fds, on_ended, process);
	if (!child)
		log_errno("cannot start %s", options->program);
	free(socket);
	command_finish(&command);
	return child;
}

// Watches the process by the descriptors of pairs, of which it takes the ones that it uses.
static bool xprocess_watch(struct xprocess *process, struct server *server, struct pairs *pairs)
{
	process->connection = pairs->connection[0];
	process->ready_fd = pairs->ready[0];
	process->messages_fd = pairs->messages[0];
	pairs->connection[0] = pairs->ready[0] = pairs->messages[0] = -1;
	process->ready_source = wl_event_loop_add_fd(
		server->loop, process->ready_fd, WL_EVENT_READABLE, on_ready, process);
	process->messages_source = wl_event_loop_add_fd(
		server->loop, process->messages_fd, WL_EVENT_READABLE, on_messages, process);
	process->client = wl_client_create(server->display, pairs->client[0]);
	if (!process->client) {
		log_errno("cannot create the Wayland client of Xwayland");
		return false;
	}
	pairs->client[0] = -1;
	process->client_destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(process->client, &process->client_destroyed);
	budget_multiply(budget_of(process->client), BUDGETS);
	return process->ready_source && process->messages_source;
}

struct xprocess *xprocess_start(
	const struct xprocess_options *options, const struct xprocess_sink *sink, void *data)
{
	struct pairs pairs;
	struct xprocess *process = xcalloc(1, sizeof(*process));
	process->sink = sink;
	process->data = data;
	process->connection = process->ready_fd = process->messages_fd = -1;
	if (!pairs_create(&pairs)) {
		log_errno("cannot start Xwayland");
		goto fail;
	}
	if (!xprocess_watch(process, options->server, &pairs) ||
		!(process->child = xprocess_spawn(process, options, &pairs)))
		goto fail;
	process->pid = process->child->pid;
	access_set_xwayland(process->client, process->pid);
	pairs_close(&pairs, 1);
	return process;
fail:
	pairs_close(&pairs, 0);
	pairs_close(&pairs, 1);
	xprocess_destroy(process);
	return NULL;
}

struct wl_client *xprocess_client(const struct xprocess *process)
{
	return process->client;
}

int xprocess_take_connection(struct xprocess *process)
{
	int fd = process->connection;
	process->connection = -1;
	return fd;
}

pid_t xprocess_pid(const struct xprocess *process)
{
	return process->pid;
}

char *xprocess_last_lines(struct xprocess *process)
{
	if (process->messages_source)
		read_messages(process);
	return tail_text(&process->tail, 10);
}

void xprocess_disconnect(struct xprocess *process)
{
	struct wl_client *client = process->client;
	forget_client(process);
	if (client)
		wl_client_destroy(client);
}

void xprocess_kill(struct xprocess *process)
{
	child_kill(process->child, SIGKILL);
}

void xprocess_destroy(struct xprocess *process)
{
	if (!process)
		return;
	if (process->child) {
		process->child->ended = NULL;
		child_kill(process->child, SIGKILL);
	}
	xprocess_disconnect(process);
	remove_source(&process->ready_source);
	remove_source(&process->messages_source);
	close_fd(&process->connection);
	close_fd(&process->ready_fd);
	close_fd(&process->messages_fd);
	free(process);
}
