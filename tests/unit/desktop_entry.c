// SPDX-License-Identifier: MIT
// Desktop entries: keys, languages, autostart conditions and command lines.
#include "compositor/session/desktop_entry.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

static bool parse(struct desktop_entry *entry, const char *text, const char *locale)
{
	*entry = (struct desktop_entry){0};
	return desktop_entry_parse(entry, text, strlen(text), locale);
}

TEST(desktop_entry_keys)
{
	struct desktop_entry entry;
	check(parse(&entry,
		"# a comment\n\n[Desktop Entry]\r\nType = Application \nName=One\\sTwo\\\\n\n"
		"Exec=one\nExec=two # no comment\nTryExec=three\nPath=/a b\nTerminal=true\n"
		"Icon=\nX-Unknown\n=x\n[Desktop Action Gallery]\nExec=four\n[Other]\nHidden=true",
		NULL));
	check(entry.is_application);
	check_str(entry.name, "One Two\\n");
	check_str(entry.exec, "two # no comment");
	check_str(entry.try_exec, "three");
	check_str(entry.folder, "/a b");
	check(entry.terminal);
	check(!entry.icon);
	check(!entry.hidden);
	desktop_entry_finish(&entry);
}

static const char *const no_entries[] = {"", "Exec=a", "[desktop entry]\nExec=a", "[Desktop Entry",
	"[Desktop Action Entry]\nType=a"};

TEST_P(desktop_entry_refused, char *const, no_entries)
{
	struct desktop_entry entry;
	check(!parse(&entry, *param, NULL));
	desktop_entry_finish(&entry);
}

TEST(desktop_entry_binary)
{
	struct desktop_entry entry = {0};
	check(!desktop_entry_parse(&entry, "[Desktop Entry]\n\0", 17, NULL));
	desktop_entry_finish(&entry);
}

static const struct language_row {
	const char *locale, *name;
} languages[] = {
	{NULL, "plain"},
	{"C.UTF-8", "plain"},
	{"de", "de"},
	{"de.UTF-8", "de"},
	{"de_AT.UTF-8", "de_AT"},
	{"de_DE", "de"},
	{"sr_YU@Latn", "sr_YU@Latn"},
	{"sr_RS@Latn", "sr@Latn"},
	{"sr_YU", "sr_YU"},
	{"sr_RS", "plain"},
	{"d", "plain"},
};

TEST_P(desktop_entry_language, struct language_row, languages)
{
	struct desktop_entry entry;
	check(parse(&entry,
		"[Desktop Entry]\nName[de]=de\nName[sr@Latn]=sr@Latn\nName[de_AT]=de_AT\n"
		"Name[sr_YU@Latn]=sr_YU@Latn\nName=plain\nName[sr_YU]=sr_YU\nName[]=none\n",
		param->locale));
	check_str(entry.name, param->name);
	desktop_entry_finish(&entry);
}

static const struct start_row {
	const char *lines, *desktops;
	bool starts;
} starts[] = {
	{"Exec=a", NULL, true},
	{"Exec=a", "Oriel:wlroots", true},
	{"", "Oriel", false},
	{"Exec=", "Oriel", false},
	{"Exec=a\nType=Link", "Oriel", false},
	{"Exec=a\nHidden=true", "Oriel", false},
	{"Exec=a\nHidden=false", "Oriel", true},
	{"Exec=a\nOnlyShowIn=Oriel;", "Oriel", true},
	{"Exec=a\nOnlyShowIn=GNOME;wlroots", "Oriel:wlroots", true},
	{"Exec=a\nOnlyShowIn=GNOME;KDE;", "Oriel:wlroots", false},
	{"Exec=a\nOnlyShowIn=Ori;Oriel2;oriel;", "Oriel", false},
	{"Exec=a\nOnlyShowIn=GNOME;", NULL, false},
	{"Exec=a\nNotShowIn=GNOME;KDE;", "Oriel", true},
	{"Exec=a\nNotShowIn=GNOME;KDE;", NULL, true},
	{"Exec=a\nNotShowIn=;wlroots;", "Oriel:wlroots", false},
	{"Exec=a\nNotShowIn=;;", "Oriel::", true},
	{"Exec=a\nX-GNOME-Autostart-enabled=false", "Oriel", false},
	{"Exec=a\nX-GNOME-Autostart-enabled=true", "Oriel", true},
	{"Exec=a\nX-GNOME-Autostart-Phase=Initialization", "Oriel", false},
	{"Exec=a\nX-GNOME-Autostart-Phase=Application", "Oriel", true},
};

TEST_P(desktop_entry_starts, struct start_row, starts)
{
	struct desktop_entry entry;
	char *text = xasprintf("[Desktop Entry]\nType=Application\n%s\n", param->lines);
	check(parse(&entry, text, NULL));
	check_eq(desktop_entry_autostarts(&entry, param->desktops), param->starts);
	desktop_entry_finish(&entry);
	free(text);
}

static const struct command_row {
	const char *exec;
	const char *words[6]; // none: the command is invalid
} commands[] = {
	{"a", {"a"}},
	{"  /usr/bin/a   -b\t c ", {"/usr/bin/a", "-b", "c"}},
	{"a \"b c\" d", {"a", "b c", "d"}},
	{"a \"\" b", {"a", "", "b"}},
	{"a \"b\\\\\"c\\\\$d\\\\`e\\\\\\\\f\\\\x\"", {"a", "b\"c$d`e\\f\\x"}},
	{"sh -c 'a \"b\" c'", {"sh", "-c", "a \"b\" c"}},
	{"a b\\\\ c", {"a", "b c"}},
	{"a x\"y z\"", {"a", "xy z"}},
	{"a %f %F %u %U b", {"a", "b"}},
	{"a %d%D%n%N%v%m", {"a"}},
	{"a --file=%f", {"a", "--file="}},
	{"a 100%%", {"a", "100%"}},
	{"a %i b", {"a", "--icon", "an icon", "b"}},
	{"a -t %c %k", {"a", "-t", "A name", "/x/y.desktop"}},
	{"a %x", {NULL}},
	{"a %", {NULL}},
	{"a \"b", {NULL}},
	{"a 'b", {NULL}},
	{"\"\" b", {NULL}},
	{"%f", {NULL}},
	{" ", {NULL}},
};

TEST_P(desktop_entry_command, struct command_row, commands)
{
	struct desktop_entry entry;
	char *text = xasprintf("[Desktop Entry]\nType=Application\nName=A name\nIcon=an icon\n"
			       "Exec=%s\n",
		param->exec);
	check(parse(&entry, text, NULL));
	char **words = desktop_entry_command(&entry, "/x/y.desktop");
	check_eq(words == NULL, param->words[0] == NULL);
	for (size_t i = 0; words && i < array_length(param->words); i++) {
		check_str(words[i], param->words[i]);
		if (!words[i])
			break;
	}
	desktop_entry_free_command(words);
	desktop_entry_finish(&entry);
	free(text);
}

TEST(desktop_entry_without_icon)
{
	struct desktop_entry entry;
	check(parse(&entry, "[Desktop Entry]\nExec=a %i %c\n", NULL));
	char **words = desktop_entry_command(&entry, "/x");
	check_str(words[0], "a");
	check(!words[1]);
	desktop_entry_free_command(words);
	desktop_entry_finish(&entry);
}

// 32,000 times a name of 100,000 letters is 3 GB.
TEST(desktop_entry_long_command)
{
	struct desktop_entry entry = {0};
	size_t length = 0;
	char *text = xcalloc(1, 256 << 10);
	length += (size_t)sprintf(text, "[Desktop Entry]\nType=Application\nName=");
	memset(text + length, 'n', 100000);
	length += 100000;
	length += (size_t)sprintf(text + length, "\nExec=true ");
	for (int i = 0; i < 32000; i++)
		length += (size_t)sprintf(text + length, "%%c");
	check(desktop_entry_parse(&entry, text, length, NULL));
	check(desktop_entry_command(&entry, "/a.desktop") == NULL);
	// One of them is not too much.
	strcpy(strstr(entry.exec, "%c"), "%c");
	char **command = desktop_entry_command(&entry, "/a.desktop");
	check(command && command[1]);
	check_eq(strlen(command[1]), 100000);
	desktop_entry_free_command(command);
	desktop_entry_finish(&entry);
	free(text);
}
