// SPDX-License-Identifier: MIT
// usage: with-host PROGRAM [ARGUMENT...]: runs a test program that draws by a virgl_test_server.
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/virgl/host.h"

extern char **environ;

int main(int argc, char **argv)
{
	char folder[] = "/tmp/oriel-test-XXXXXX";
	struct host host = {0};
	int status = 1;
	if (argc < 2 || !mkdtemp(folder))
		return 1;
	char *path = xasprintf("%s/host", folder), *virgl = xasprintf("vtest:%s", path);
	if (host_start(&host, path)) {
		pid_t pid;
		setenv("TEST_RENDERER", "virgl", 1);
		setenv("TEST_VIRGL", virgl, 1);
		int error = posix_spawnp(&pid, argv[1], NULL, NULL, argv + 1, environ);
		if (error)
			fprintf(stderr, "%s: %s\n", argv[1], strerror(error));
		else if (waitpid(pid, &status, 0) == pid)
			status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		host_stop(&host);
	} else if (errno == ENOENT) {
		puts("1..0 # SKIP virgl_test_server is not installed");
		status = 0;
	} else {
		fprintf(stderr, "virgl_test_server: %s\n", strerror(errno));
	}
	unlink(path);
	rmdir(folder);
	free(virgl);
	free(path);
	return status;
}
