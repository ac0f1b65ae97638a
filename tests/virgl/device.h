// SPDX-License-Identifier: MIT
// Device processes (vhost-user-gpu): one for each that connects, as each serves only one.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct device_host {
	pid_t pid; // listens; 0: none
};

// Listens on path. shim: path of what is preloaded into each, that draws; NULL: they do not draw.
// False: errno says why, ENOENT that they are not installed.
bool device_host_start(struct device_host *host, const char *path, const char *shim);
void device_host_stop(struct device_host *host); // and all of its processes
