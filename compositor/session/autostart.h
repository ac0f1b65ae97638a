// SPDX-License-Identifier: MIT
// Programs that start with a session, by the autostart specification of freedesktop.org.
#pragma once
#include <stddef.h>

struct children;

struct autostart { // zeroed: no programs
	struct autostart_program {
		char *id;     // file name, "org.example.Agent.desktop"; owned, as all strings
		char **argv;  // NULL-terminated
		char *folder; // working directory; NULL: unchanged
	} * programs;         // sorted by id
	size_t n_programs, programs_capacity;
};

// Adds the programs of all directories, NULL-terminated; of files with the same name only the first
// counts. desktops, locale: as in desktop_entry.h. Invalid files are logged.
void autostart_find(struct autostart *autostart, const char *const *folders, const char *desktops,
	const char *locale);
// The same with the directories, desktop and locale of the environment.
void autostart_find_own(struct autostart *autostart);
// Starts all programs. Failures are logged.
void autostart_run(
	const struct autostart *autostart, struct children *children, const char *const *env);
// Frees the list; the programs keep running. Accepts a zeroed struct.
void autostart_finish(struct autostart *autostart);
