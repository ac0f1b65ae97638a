// SPDX-License-Identifier: MIT
// Forks a process that accepts connections and executes vhost-user-gpu for each.
#include "tests/virgl/vhost_server.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"

// Distributions install it outside of PATH.
static const char *find_program_path(void)
{
	static const char *const paths[] = {"/usr/lib/qemu/vhost-user-gpu",
		"/usr/libexec/vhost-user-gpu", "/usr/libexec/qemu/vhost-user-gpu",
		"/usr/bin/vhost-user-gpu"};
	for (size_t i = 0; i < array_length(paths); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

_Noreturn static void become_device(int fd, const char *shim)
{
	char number[16];
	const char *path = find_program_path();
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
	if (shim)
		setenv("LD_PRELOAD", shim, 1);
	for (int i = 0; i < 3; i++)
		dup2(nothing, i);
	fcntl(fd, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", fd);
	if (shim)
		execl(path, path, "--virgl", "--fd", number, NULL);
	else
		execl(path, path, "--fd", number, NULL);
	_exit(1);
}

_Noreturn static void accept_connections(int listener, const char *shim)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_IGN); // their exit status is not needed
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0 && errno != EINTR)
			_exit(1);
		if (fd >= 0 && fork() == 0)
			become_device(fd, shim);
		close_fd(&fd);
	}
}

bool vhost_server_start(struct vhost_server *server, const char *path, const char *shim)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	server->pid = 0;
	if (!find_program_path()) {
		errno = ENOENT;
		return false;
	}
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = listener >= 0 &&
		bind(listener, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
		listen(listener, 64) == 0;
	server->pid = ok ? fork() : -1;
	if (server->pid == 0)
		accept_connections(listener, shim);
	close_fd(&listener);
	return server->pid > 0;
}

void vhost_server_stop(struct vhost_server *server)
{
	if (server->pid <= 0)
		return;
	kill(-server->pid, SIGKILL);
	kill(server->pid, SIGKILL); // its process group may not exist yet
	waitpid(server->pid, NULL, 0);
	server->pid = 0;
}
