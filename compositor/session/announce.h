// SPDX-License-Identifier: MIT
// Announces a session to D-Bus and systemd, so that services they start find its display, and
// starts and stops systemd's target of the session. Without these services nothing happens.
#pragma once
#include <stdbool.h>

struct announce;
struct children;
struct clock;

// Exports the session's environment variables and starts the target; autostart: with systemd's
// target for autostart programs. done is called once, perhaps before this returns, and reports
// whether systemd starts the autostart programs; it is not called after announce_end or
// announce_destroy. Each service has a time limit of some seconds. manager: as of
// announce_to_manager; it gets READY=1 once the variables are exported.
struct announce *announce_create(struct children *children, struct clock *clock, bool autostart,
	const char *manager, void (*done)(void *data, bool by_systemd), void *data);
// Stops the target and unsets the variables at the end of the session; done as above.
void announce_end(struct announce *announce, void (*done)(void *data, bool by_systemd), void *data);
// Accepts NULL.
void announce_destroy(struct announce *announce);
// Sends a state such as "READY=1" to the service manager that started this process (sd_notify).
// manager: its $NOTIFY_SOCKET; NULL: there is none.
void announce_to_manager(const char *manager, const char *state);
