// SPDX-License-Identifier: MIT
// Starts the screen locker: for a key, a script, an idle user, or a lid that is closed.
#pragma once
#include <stdbool.h>

struct server;

// Runs lock-command of the configuration by /bin/sh, unless a locker holds the lock or is being
// started. False: programs cannot be started here (logged).
bool lock_command_start(struct server *server);
