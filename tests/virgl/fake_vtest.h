// SPDX-License-Identifier: MIT
// Fake virgl_test_server in a thread, which violates its protocol in one place on request. It does
// not draw.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fake_vtest_reply { // in the order in which they are sent
	FAKE_NONE,
	FAKE_PING,
	FAKE_FIRST_WAIT,
	FAKE_VERSION,
	FAKE_CAPS,
	FAKE_RESOURCE, // protocol 3 only
	FAKE_MEMORY,
	FAKE_WAIT,
};

enum fake_vtest_fault {
	FAKE_CLOSES,     // closes the connection instead of replying
	FAKE_SILENT,     // never replies, but reads
	FAKE_HALF,       // sends half of the reply, then closes
	FAKE_NO_READER,  // never replies and stops reading
	FAKE_LENGTH,     // wrong first word
	FAKE_COMMAND,    // wrong second word
	FAKE_VALUE,      // wrong third word
	FAKE_BYTES,      // correct, but sent byte by byte
	FAKE_NO_MEMORY,  // sends no file descriptor
	FAKE_SMALL,      // sends too little memory
	FAKE_MANY,       // sends several file descriptors
	FAKE_NOT_MEMORY, // sends a pipe
};

struct fake_vtest {
	enum fake_vtest_reply reply; // the faulty one, on the first connection
	enum fake_vtest_fault fault;
	int protocol;      // newest version that it supports; 0: none
	uint32_t value;    // of FAKE_LENGTH, FAKE_COMMAND and FAKE_VALUE
	size_t caps_bytes; // 0: 1376

	char *path;
	int listener;
	int connections;
	pthread_t thread;
};

// Starts the thread and listens on server->path. The fields above path are set by the test.
void fake_vtest_start(struct fake_vtest *server);
// Stops the thread and closes the connection.
void fake_vtest_stop(struct fake_vtest *server);
