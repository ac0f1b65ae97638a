// SPDX-License-Identifier: MIT
// A virgl_test_server that draws with the CPU, for as long as a test wants it.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct host {
	pid_t pid; // and its process group; 0: not running
};

// Waits until it can be connected to. False: errno says why (ENOENT: it is not installed).
bool host_start(struct host *host, const char *socket_path);
void host_stop(struct host *host); // at once, with all that it serves
