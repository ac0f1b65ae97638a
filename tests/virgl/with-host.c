// SPDX-License-Identifier: MIT
// Runs a test program that renders with a virgl_test_server, or with vhost-user-gpu processes.
// usage: with-host [--device SHIM] PROGRAM [ARGUMENT...]
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/virgl/vhost_server.h"
#include "tests/virgl/virgl_server.h"

extern char **environ;

// Runs the program and returns its exit status.
static int run_program(char **arguments, const char *virgl)
{
	pid_t pid;
	int status = 1;
	setenv("TEST_RENDERER", "virgl", 1);
	setenv("TEST_VIRGL", virgl, 1);
	int error = posix_spawnp(&pid, arguments[0], NULL, NULL, arguments, environ);
	if (error)
		fprintf(stderr, "%s: %s\n", arguments[0], strerror(error));
	else if (waitpid(pid, &status, 0) == pid)
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	return 1;
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/oriel-test-XXXXXX";
	struct virgl_server server = {0};
	struct vhost_server devices = {0};
	bool device = argc > 2 && strcmp(argv[1], "--device") == 0;
	char **arguments = argv + (device ? 3 : 1);
	int status = 1;
	if (arguments >= argv + argc || !mkdtemp(folder))
		return 1;
	char *path = xasprintf("%s/host", folder);
	char *virgl = xasprintf("%s:%s", device ? "vhost-user" : "vtest", path);
	const char *name = device ? "vhost-user-gpu" : "virgl_test_server";
	if (device ? vhost_server_start(&devices, path, argv[2])
		   : virgl_server_start(&server, path)) {
		status = run_program(arguments, virgl);
		vhost_server_stop(&devices);
		virgl_server_stop(&server);
	} else if (errno == ENOENT) {
		printf("1..0 # SKIP %s is not installed\n", name);
		status = 0;
	} else {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
	}
	unlink(path);
	rmdir(folder);
	free(virgl);
	free(path);
	return status;
}
