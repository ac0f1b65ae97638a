// SPDX-License-Identifier: MIT
// Tells the user's services that a session is there: programs that D-Bus or systemd start find its
// display, and systemd has a target of it. Where there are no such services nothing happens.
#pragma once
#include <stdbool.h>

struct announce;
struct children;
struct clock;

// The variables of this process's environment that others are to have are given to them, and the
// target is started, with autostart where that is wanted. done hears once, maybe before this
// returns, whether systemd has taken that over; nobody is waited for longer than some seconds.
struct announce *announce_create(struct children *children, struct clock *clock, bool autostart,
	const char *manager, void (*done)(void *data, bool by_systemd), void *data);
// The session ends: the target is stopped, and the variables are taken back. done comes as above.
void announce_end(struct announce *announce, void (*done)(void *data, bool by_systemd), void *data);
void announce_destroy(struct announce *announce); // NULL is allowed
// "READY=1" for the service manager that has started this process: manager is its $NOTIFY_SOCKET,
// NULL: there is none. announce_create does that when the others are told.
void announce_to_manager(const char *manager, const char *state);
