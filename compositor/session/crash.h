// SPDX-License-Identifier: MIT
// Prints a backtrace when the compositor crashes.
#pragma once

// Installs handlers for fatal signals that have none yet: they print a backtrace to standard error,
// then the signal's default action follows.
void crash_watch(void);
