// SPDX-License-Identifier: MIT
// The other end of the socket, as wrong as a test wants it. It draws nothing.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fake_answer { // in the order in which they come
	FAKE_NONE,
	FAKE_PING,
	FAKE_FIRST_WAIT,
	FAKE_VERSION,
	FAKE_CAPS,
	FAKE_RESOURCE, // protocol 3 only
	FAKE_MEMORY,
	FAKE_WAIT,
};

enum fake_how {
	FAKE_CLOSES,     // instead
	FAKE_SILENT,     // for ever
	FAKE_HALF,       // of the answer, then closes
	FAKE_NO_READER,  // it does not even read any more
	FAKE_LENGTH,     // another first word
	FAKE_COMMAND,    // another second word
	FAKE_VALUE,      // another third word
	FAKE_BYTES,      // right, a byte at a time
	FAKE_NO_MEMORY,  // no descriptor comes with it
	FAKE_SMALL,      // the memory is too small
	FAKE_MANY,       // more descriptors than one
	FAKE_NOT_MEMORY, // a descriptor of something else
};

struct fake {
	enum fake_answer answer; // which is wrong, in the first connection
	enum fake_how how;
	int protocol;      // the newest that it speaks; 0: none
	uint32_t value;    // of FAKE_LENGTH, FAKE_COMMAND and FAKE_VALUE
	size_t caps_bytes; // 0: 1376

	char *path;
	int listener;
	int connections;
	pthread_t thread;
};

void fake_start(struct fake *fake); // the first lines are filled in
void fake_stop(struct fake *fake);
