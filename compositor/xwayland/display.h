// SPDX-License-Identifier: MIT
// The number of an X display: its lock file and its listening sockets, by which X programs find the
// server. Other X servers of the machine take part in the same rules.
#pragma once
#include <stdbool.h>

// Programs that find no socket try TCP at 6000 + N.
#define X_DISPLAY_MAX 59535

struct x_display {
	int number;   // -1: none
	int fds[2];   // listening: the abstract socket, and the file; -1: none
	char *lock;   // path of the lock file; owned, NULL: no place for it
	char *socket; // path of the socket file; owned, NULL: none
	char *folder; // owned
};

// Takes the first free number from first to last, and listens. folder: "/tmp", but in tests. False:
// none is free, or no socket can be created (logged); the struct is finished.
bool x_display_open(struct x_display *display, const char *folder, int first, int last);
// Stops listening: programs get an error at once. The number stays ours.
void x_display_close(struct x_display *display);
// Listens again on the same number. False: logged.
bool x_display_reopen(struct x_display *display);
// Disconnects the programs that wait for a server.
void x_display_reject_waiting(const struct x_display *display);
// Stops listening and removes the files. Accepts a finished struct, and a zeroed one.
void x_display_finish(struct x_display *display);
