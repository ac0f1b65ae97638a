// SPDX-License-Identifier: MIT
// Executes virgl_test_server in a process group of its own.
#include "tests/virgl/virgl_server.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define PATIENCE_S 120
#define NOT_FOUND 127

_Noreturn static void become_host(const char *path)
{
	char *socket_path = xasprintf("--socket-path=%s", path);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL); // processes of connections end with their sockets
	setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(nothing, fd);
	execlp("virgl_test_server", "virgl_test_server", "--use-egl-surfaceless", socket_path,
		NULL);
	_exit(NOT_FOUND);
}

static bool is_accepting(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	close_fd(&fd);
	return ok;
}

// The socket exists a moment before it accepts connections.
static bool wait_for_socket(struct virgl_server *server, const char *path, int watch)
{
	time_t until = time(NULL) + PATIENCE_S;
	while (!is_accepting(path)) {
		char events[4096];
		int status;
		bool named = access(path, F_OK) == 0;
		struct pollfd pollfd = {.fd = watch, .events = POLLIN};
		if (waitpid(server->pid, &status, WNOHANG) == server->pid) {
			server->pid = 0;
			errno = WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND ? ENOENT
										      : ECHILD;
			return false;
		}
		if (time(NULL) > until) {
			errno = ETIMEDOUT;
			return false;
		}
		if (poll(&pollfd, 1, named ? 1 : 100) > 0 &&
			read(watch, events, sizeof(events)) < 0)
			return false;
	}
	return true;
}

bool virgl_server_start(struct virgl_server *server, const char *path)
{
	char *folder = xstrdup(path);
	*strrchr(folder, '/') = '\0';
	unlink(path);
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	bool ok = watch >= 0 && inotify_add_watch(watch, folder, IN_CREATE) >= 0;
	server->pid = ok ? fork() : -1;
	if (server->pid == 0)
		become_host(path);
	ok = server->pid > 0 && wait_for_socket(server, path, watch);
	int error = errno;
	if (!ok)
		virgl_server_stop(server);
	close_fd(&watch);
	free(folder);
	errno = error;
	return ok;
}

void virgl_server_stop(struct virgl_server *server)
{
	if (server->pid <= 0)
		return;
	kill(-server->pid, SIGKILL);
	kill(server->pid, SIGKILL); // its process group may not exist yet
	waitpid(server->pid, NULL, 0);
	server->pid = 0;
}
