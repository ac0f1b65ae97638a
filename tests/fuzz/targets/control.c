// SPDX-License-Identifier: MIT
// The control socket: lines with verbs, in a session with a window. Verbs that start or stop
// processes are left out, as are large numbers, which only take longer.
#include "compositor/script/control.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/clock.h"
#include "compositor/base/guard.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

#define MAX_DIGITS 3
#define MAX_TURNS 60
#define MAX_TIME (50 * NSEC_PER_MSEC)

struct session {
	struct fixture *fixture;
	struct runner *runner;
	int socket, turns;
	size_t sent, answered; // lines
	uint64_t until;
};

// For the life of the process
static char *socket_path;
static int files, before; // folders: for files of verbs, and the one of the fuzzer

static void prepare(void)
{
	socket_path = target_file("control/socket", "", 0);
	unlink(socket_path);
	free(target_file("control/files/x", "", 0));
	char *path = xstrdup(socket_path);
	strcpy(strrchr(path, '/'), "/files");
	files = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	check(files >= 0 && before >= 0);
	free(path);
	setenv("PATH", "/nonexistent", 1);
}

static void remove_files(void)
{
	DIR *folder = opendir(".");
	check(folder);
	for (struct dirent *entry; (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			unlink(entry->d_name);
	closedir(folder);
}

static bool is_allowed(const char *line)
{
	static const char *const left_out[] = {
		"exec", "freeze", "kill", "spawn", "thaw", "disconnect", "quit"};
	struct words words = {0};
	const char *why;
	bool allowed = true;
	if (!words_parse(&words, line, &why))
		return true;
	for (size_t i = 0; i < array_length(left_out); i++)
		allowed = allowed && !(words.count && strcmp(words.word[0], left_out[i]) == 0);
	for (size_t i = 0; i < words.count; i++) {
		size_t digits = 0;
		for (const char *at = words.word[i]; *at; at++) {
			digits = isdigit((unsigned char)*at) ? digits + 1 : 0;
			// Files lie in the current folder, which is empty.
			allowed = allowed && digits <= MAX_DIGITS && *at != '/';
		}
	}
	words_finish(&words);
	return allowed;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	check(fd >= 0);
	check(connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
	return fd;
}

static void send_lines(struct session *session, const uint8_t *data, size_t size)
{
	char *text = target_text(data, size), *rest = text;
	for (char *line; (line = strsep(&rest, "\n"));) {
		if (!is_allowed(line))
			continue;
		struct words words = {0};
		const char *why;
		bool empty = words_parse(&words, line, &why) && words.count == 0;
		words_finish(&words);
		send(session->socket, line, strlen(line), MSG_NOSIGNAL);
		send(session->socket, "\n", 1, MSG_NOSIGNAL);
		session->sent += !empty;
	}
	free(text);
}

static void after_turn(struct runner *runner, void *data)
{
	struct session *session = data;
	char answer[65536];
	ssize_t length;
	fixture_pump(session->fixture);
	while ((length = recv(session->socket, answer, sizeof(answer), MSG_DONTWAIT)) > 0)
		for (ssize_t i = 0; i < length; i++)
			session->answered += answer[i] == '\n';
	check(session->answered <= session->sent);
	if (session->answered == session->sent || session->turns++ > MAX_TURNS ||
		clock_monotonic_ns() > session->until)
		runner_quit(runner, 0);
	runner->poll_again = true;
}

static void open_control(const uint8_t *data, size_t size)
{
	const struct server_options options = {
		.virtual_clock = true,
		.width = 320,
		.height = 200,
		.outputs = 1,
		.builtin_cursor = true,
		.no_wallpaper_image = true,
		.shell = "desktop",
	};
	check(fchdir(files) == 0);
	struct session session = {.until = clock_monotonic_ns() + MAX_TIME};
	session.fixture = fixture_create(&options);
	struct server *server = session.fixture->server;
	struct guard *guard = guard_create(&(struct guard_options){0});
	check(guard != NULL);
	struct children *children = children_create(server->loop, guard);
	session.runner = runner_create(server, children);
	struct control *control = control_create(session.runner, socket_path);
	check(control != NULL);
	struct client *client = client_create(session.fixture);
	struct client_window *window = client_window_create(client, 60, 40, 0xff336699);
	session.runner->after_turn = after_turn;
	session.runner->after_turn_data = &session;
	session.socket = connect_to(socket_path);
	send_lines(&session, data, size);
	runner_loop(session.runner);
	client_window_destroy(window);
	close(session.socket);
	control_destroy(control);
	runner_destroy(session.runner);
	children_destroy(children);
	guard_destroy(guard);
	fixture_destroy(session.fixture);
	remove_files();
	check(fchdir(before) == 0);
}

const struct fuzz_target target_control = {
	.name = "control", .prepare = prepare, .open = open_control};
