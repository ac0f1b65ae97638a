// SPDX-License-Identifier: MIT
// The other end of the control socket: `oriel msg` and `oriel shot`.
#pragma once
#include <stdbool.h>

// Sends one verb to a running oriel and prints the answer. socket: the name of a Wayland socket or
// a path; NULL: $ORIEL_SOCKET, else that of $WAYLAND_DISPLAY. Returns the exit status: 0, 123 when
// the verb failed, 125 when nobody could be asked.
int msg_send(const char *socket, char *const *words, int count, bool json);
// The same for each line of standard input.
int msg_send_lines(const char *socket, bool json);
