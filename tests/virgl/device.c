// SPDX-License-Identifier: MIT
#include "tests/virgl/device.h"
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

// Where distributions keep it, which is in nobody's PATH.
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

_Noreturn static void serve(int listener, const char *shim)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_IGN); // nobody asks what became of them
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

bool device_host_start(struct device_host *host, const char *path, const char *shim)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	host->pid = 0;
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
	host->pid = ok ? fork() : -1;
	if (host->pid == 0)
		serve(listener, shim);
	close_fd(&listener);
	return host->pid > 0;
}

void device_host_stop(struct device_host *host)
{
	if (host->pid <= 0)
		return;
	kill(-host->pid, SIGKILL);
	kill(host->pid, SIGKILL); // it may not have made its group yet
	waitpid(host->pid, NULL, 0);
	host->pid = 0;
}
