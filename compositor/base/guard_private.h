// SPDX-License-Identifier: MIT
// What this process and its guard send each other. GUARD_SPAWN and GUARD_RECEIVED are answered by a
// guard_reply. The guard sends the next struct guard_event only after GUARD_RECEIVED.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>
#include "compositor/base/guard.h"

enum guard_request_kind {
	GUARD_SPAWN,    // data: argv and then the environment, each string with its NUL
	GUARD_FOLDER,   // data: a path, with its NUL
	GUARD_FILE,     // the same
	GUARD_RECEIVED, // the last event; a program that ended is reaped
	GUARD_END,
};

struct guard_request {
	uint32_t kind;
	uint32_t size; // of the data that follows, bytes
	uint32_t n_args, n_env;
	uint32_t n_fds; // sent with the request, the one for the program's output last
	uint32_t has_output;
};

struct guard_reply {
	int32_t pid;
	int32_t error; // errno, or 0
};

// Descriptors that came with a request.
struct guard_passed {
	int fds[GUARD_MAX_FDS + 1];
	size_t count;
	bool has_output; // the last one
};

// Sends the first part of a request, with its descriptors. False with errno set.
bool guard_send(int fd, const struct guard_request *request, const int *fds);
// Receives it; passed is zeroed. The caller closes the descriptors. False: the other side is gone.
bool guard_receive(int fd, struct guard_request *request, struct guard_passed *passed);
// Gives the descriptors the numbers that a program expects, and *report a higher one, between fork
// and exec. False with errno set.
bool guard_place(const struct guard_passed *passed, int *report);

// Files to be removed if the other side is killed.
struct guard_files { // zeroed: none
	struct guard_file {
		char *path; // owned
		dev_t device;
		ino_t inode;
		struct timespec changed;
	} * list;
	size_t count, capacity;
};

// Adds a file, if it exists.
void guard_files_add(struct guard_files *files, const char *path);
// Removes those that still exist; not what others have put in their place.
void guard_files_remove(const struct guard_files *files);

// Serves requests until the other side is gone or sends GUARD_END, then ends all descendants. The
// descriptors are numbered 3 or above.
_Noreturn void guard_serve(int requests, int events, const struct guard_options *options);
