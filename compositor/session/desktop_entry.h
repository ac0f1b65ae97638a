// SPDX-License-Identifier: MIT
// Parses desktop entries (.desktop files), as far as starting programs needs it. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct desktop_entry { // strings are owned; NULL: the key is missing
	char *name, *icon, *exec, *try_exec, *folder;
	char *only_in,
		*not_in; // OnlyShowIn and NotShowIn: names of desktops, each with a ; after it
	bool is_application, hidden, terminal;
	bool switched_off; // X-GNOME-Autostart-enabled=false, which many settings programs write
	char *phase;       // X-GNOME-Autostart-Phase: an internal part of some desktop
	size_t name_rank;  // how well the language of name matches
};

// Parses the text of a file into a zeroed entry. locale selects the language of Name, as
// LC_MESSAGES has it ("de_DE.UTF-8"; NULL: none). False: not a desktop entry; the struct is to be
// finished.
bool desktop_entry_parse(
	struct desktop_entry *entry, const char *text, size_t length, const char *locale);
// Frees and zeroes the entry. Accepts a zeroed one.
void desktop_entry_finish(struct desktop_entry *entry);
// Whether the entry is to be autostarted in a desktop of these names ($XDG_CURRENT_DESKTOP, colon
// separated; NULL: none). Does not check TryExec.
bool desktop_entry_autostarts(const struct desktop_entry *entry, const char *desktops);
// The command of Exec without files, NULL-terminated; path is that of the entry. The caller frees
// it by desktop_entry_free_command. NULL: there is no command, or it is invalid.
char **desktop_entry_command(const struct desktop_entry *entry, const char *path);
// Accepts NULL.
void desktop_entry_free_command(char **command);
