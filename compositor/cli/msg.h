// SPDX-License-Identifier: MIT
// Client of the control socket, for `oriel msg` and `oriel shot`.
#pragma once
#include <stdbool.h>

// Sends one verb of count words to a running compositor and prints the answer, as JSON if json is
// set. socket: a path, or the name of the compositor's Wayland socket; NULL: $ORIEL_SOCKET, else
// that of $WAYLAND_DISPLAY. Returns the exit status: 0, RUN_FAILED_CHECK when the verb failed,
// RUN_FAILED_SELF when there is no connection.
int msg_send(const char *socket, char *const *words, int count, bool json);
// The same for each line of standard input, until one fails.
int msg_send_lines(const char *socket, bool json);
