// SPDX-License-Identifier: MIT
// The text console that a session was started on: nobody can read there until it is over.
#pragma once
#include <stdbool.h>

struct console {      // zeroed: not left
	int files[3]; // standard ones as they were, above 0; else they stay what they are
	char *log;    // owned
	// What the kernel did with its picture and keys; -1: not known.
	int picture, keys;
};

// The standard files that are a text console become none (input) and
// $XDG_STATE_HOME/oriel/log (output), where the one before is kept as log.old. More is told there.
void console_leave(struct console *console);
// Back to it, with its text and keys where who should have restored them is gone. failed: says what
// was wrong, and where the log is. A zeroed one is allowed.
void console_return(struct console *console, bool failed);
// The descriptor is a text console of this machine (or the one in front).
bool console_is(int fd);
