// SPDX-License-Identifier: MIT
#include "tests/virgl/host.h"
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

#define PATIENCE_S 30
#define NOT_FOUND 127

_Noreturn static void become_host(const char *path)
{
	char *socket_path = xasprintf("--socket-path=%s", path);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL); // each connection ends with its socket
	setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(nothing, fd);
	execlp("virgl_test_server", "virgl_test_server", "--use-egl-surfaceless", socket_path,
		NULL);
	_exit(NOT_FOUND);
}

static bool answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	close_fd(&fd);
	return ok;
}

// Its name appears a moment before it listens.
static bool wait_for_socket(struct host *host, const char *path, int watch)
{
	time_t until = time(NULL) + PATIENCE_S;
	while (!answers(path)) {
		char events[4096];
		int status;
		bool named = access(path, F_OK) == 0;
		struct pollfd pollfd = {.fd = watch, .events = POLLIN};
		if (waitpid(host->pid, &status, WNOHANG) == host->pid) {
			host->pid = 0;
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

bool host_start(struct host *host, const char *path)
{
	char *folder = xstrdup(path);
	*strrchr(folder, '/') = '\0';
	unlink(path);
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	bool ok = watch >= 0 && inotify_add_watch(watch, folder, IN_CREATE) >= 0;
	host->pid = ok ? fork() : -1;
	if (host->pid == 0)
		become_host(path);
	ok = host->pid > 0 && wait_for_socket(host, path, watch);
	int error = errno;
	if (!ok)
		host_stop(host);
	close_fd(&watch);
	free(folder);
	errno = error;
	return ok;
}

void host_stop(struct host *host)
{
	if (host->pid <= 0)
		return;
	kill(-host->pid, SIGKILL);
	kill(host->pid, SIGKILL); // it may not have made its group yet
	waitpid(host->pid, NULL, 0);
	host->pid = 0;
}
