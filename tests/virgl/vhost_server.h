// SPDX-License-Identifier: MIT
// Listens on a socket and starts a vhost-user-gpu process for each connection.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct vhost_server {
	pid_t pid; // of the listening process; 0: not running
};

// Listens on path. shim: a library that is preloaded into the processes, which then draw with
// virgl; NULL: they do not draw. Returns false on failure and sets errno (ENOENT: not installed).
bool vhost_server_start(struct vhost_server *server, const char *path, const char *shim);
// Kills the listening process and all that it started.
void vhost_server_stop(struct vhost_server *server);
