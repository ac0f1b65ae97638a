// SPDX-License-Identifier: MIT
// Plain `oriel`: a compositor that clients find by its socket, until a signal ends it.
#pragma once
#include <stdbool.h>

struct guard;
struct server;

struct session_options {
	const char *socket;         // name of the Wayland socket; NULL: the first free wayland-N
	const char *const *command; // started in the session, NULL-terminated; NULL: none
	bool ends_with_command;     // the session ends when command does
	bool on_console;            // the back end owns a seat's virtual terminal
	bool desktop; // a user's desktop: D-Bus and systemd are informed, autostart entries run
	struct guard *guard; // starts the programs; of the caller
};

// Opens the sockets, runs the session and ends it, which also ends all programs that it started.
// Returns the exit status: 0, that of the command where ends_with_command is set, or one of enum
// exit_status (logged). The server stays the caller's.
int session_run(struct server *server, const struct session_options *options);
