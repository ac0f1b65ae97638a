// SPDX-License-Identifier: MIT
// Starts and stops a virgl_test_server that renders on the CPU.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct virgl_server {
	pid_t pid; // also its process group; 0: not running
};

// Starts the server and waits until it accepts connections. Returns false on failure and sets errno
// (ENOENT: not installed).
bool virgl_server_start(struct virgl_server *server, const char *socket_path);
// Kills the server and the processes of its connections.
void virgl_server_stop(struct virgl_server *server);
