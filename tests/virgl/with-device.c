// SPDX-License-Identifier: MIT
// usage: with-device SHIM PROGRAM [ARGUMENT...]: runs a test program that draws by virtio-gpus that
// are processes.
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/virgl/device.h"

extern char **environ;

int main(int argc, char **argv)
{
	char folder[] = "/tmp/oriel-test-XXXXXX";
	struct device_host host = {0};
	int status = 1;
	if (argc < 3 || !mkdtemp(folder))
		return 1;
	char *path = xasprintf("%s/device", folder), *virgl = xasprintf("vhost-user:%s", path);
	if (device_host_start(&host, path, argv[1])) {
		pid_t pid;
		setenv("TEST_RENDERER", "virgl", 1);
		setenv("TEST_VIRGL", virgl, 1);
		int error = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
		if (error)
			fprintf(stderr, "%s: %s\n", argv[2], strerror(error));
		else if (waitpid(pid, &status, 0) == pid)
			status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		device_host_stop(&host);
	} else if (errno == ENOENT) {
		puts("1..0 # SKIP vhost-user-gpu is not installed");
		status = 0;
	} else {
		fprintf(stderr, "vhost-user-gpu: %s\n", strerror(errno));
	}
	unlink(path);
	rmdir(folder);
	free(virgl);
	free(path);
	return status;
}
