// SPDX-License-Identifier: MIT
// The text console that a session was started on: redirects standard input and output while the
// session covers it, and restores the console afterwards.
#pragma once
#include <stdbool.h>

struct console {      // zeroed: not left
	int files[3]; // duplicates of the standard files that were redirected; 0: was not
	char *log;    // path, owned; NULL: none
	int graphics_mode, keyboard_mode; // KDGETMODE and KDGKBMODE as they were; -1: not known
};

// Redirects the standard files that are a text console: input to /dev/null, output to
// $XDG_STATE_HOME/oriel/log. An existing log is renamed to log.old. Raises the log level to info.
void console_leave(struct console *console);
// Restores the standard files, and the console's modes where the seat manager has not. failed:
// prints the errors in the log, and its path. Accepts a zeroed struct.
void console_return(struct console *console, bool failed);
// Whether the process was started from a text console, or by a display manager that assigned it one
// ($XDG_VTNR), and the machine has a graphics card.
bool console_has_screens(void);
