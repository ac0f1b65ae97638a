// SPDX-License-Identifier: MIT
// Programs that start with a session, by the autostart specification of freedesktop.org.
#pragma once
#include <stddef.h>

struct children;

struct autostart { // zeroed: nothing
	struct autostart_program {
		char *id;     // "org.example.Agent.desktop"; owned, as all of it
		char **argv;  // NULL at the end
		char *folder; // where it starts; NULL: where we are
	} * programs;         // by id
	size_t n_programs, programs_capacity;
};

// Those of all folders, of which the first that has an id decides about it. NULL at the end.
// desktops, locale: as desktop_entry has them.
void autostart_find(struct autostart *autostart, const char *const *folders, const char *desktops,
	const char *locale);
// The same for this user, by the environment.
void autostart_find_own(struct autostart *autostart);
// Starts all of them; those that cannot are logged.
void autostart_run(
	const struct autostart *autostart, struct children *children, const char *const *env);
void autostart_finish(struct autostart *autostart);
