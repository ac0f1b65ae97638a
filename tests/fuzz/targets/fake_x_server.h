// SPDX-License-Identifier: MIT
// The other end of an X connection, in a thread: answers requests that the clipboard sends, with
// contents from the input, and adds events of its own.
#pragma once
#include <pthread.h>
#include "tests/fuzz/request.h"

#define FAKE_X_XFIXES_EVENT 87
#define FAKE_X_OTHER_WINDOW 0x00600001 // of another client

struct fake_x_server {
	pthread_t thread;
	int fd;
	struct input input; // of the thread
	uint16_t sequence;
	uint32_t atoms, window; // number of atoms made; the newest window of the connection
	unsigned char bytes[1 << 16];
	size_t used;
};

// Starts the thread; server->input is set. Returns the client's end of the connection, which the
// caller closes before it calls fake_x_server_stop.
int fake_x_server_start(struct fake_x_server *server);
// Waits for the thread, which ends with the connection.
void fake_x_server_stop(struct fake_x_server *server);
