// SPDX-License-Identifier: MIT
// What this process and its guard send each other. GUARD_SPAWN and GUARD_RECEIVED are answered by a
// guard_reply. The guard sends the next struct guard_event only after GUARD_RECEIVED.
#pragma once
#include <stdint.h>
#include "compositor/base/guard.h"

enum guard_request_kind {
	GUARD_SPAWN,    // data: argv and then the environment, each string with its NUL
	GUARD_FOLDER,   // data: a path, with its NUL
	GUARD_RECEIVED, // the last event; a program that ended is reaped
	GUARD_END,
};

struct guard_request {
	uint32_t kind;
	uint32_t size; // of the data that follows, bytes
	uint32_t n_args, n_env;
};

struct guard_reply {
	int32_t pid;
	int32_t error; // errno, or 0
};

// Serves requests until the other side is gone or sends GUARD_END, then ends all descendants. The
// descriptors are numbered 3 or above.
_Noreturn void guard_serve(int requests, int events, const struct guard_options *options);
