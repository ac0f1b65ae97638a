// SPDX-License-Identifier: MIT
// Files of the desktop entry specification, as far as starting a program needs them. Pure functions.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct desktop_entry { // strings are owned; NULL: not said
	char *name, *icon, *exec, *try_exec, *folder;
	char *only_in, *not_in; // names of desktops, each with a ; behind it
	bool is_application, hidden, terminal;
	bool switched_off; // by X-GNOME-Autostart-enabled, which settings programs of many desktops write
	char *phase;       // of a desktop's own start, which is no program for others
	size_t name_rank; // how well the language of name fits
};

// Reads the text of a file over a zeroed entry. locale chooses among names as LC_MESSAGES does,
// "de_DE.UTF-8"; NULL: none. False: it is no such file.
bool desktop_entry_parse(
	struct desktop_entry *entry, const char *text, size_t length, const char *locale);
void desktop_entry_finish(struct desktop_entry *entry);
// It is a program that starts by itself in a desktop of these names ($XDG_CURRENT_DESKTOP, with
// colons between; NULL: none). TryExec is left to the caller.
bool desktop_entry_autostarts(const struct desktop_entry *entry, const char *desktops);
// The words of its command without any file, NULL at the end; path is the entry's own. NULL: it has
// none, or one that is not understood. The caller frees it with desktop_entry_free_command.
char **desktop_entry_command(const struct desktop_entry *entry, const char *path);
void desktop_entry_free_command(char **command); // NULL is allowed
