// SPDX-License-Identifier: MIT
// Reads .desktop files from the autostart directories and starts their programs.
#include "compositor/session/autostart.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/file.h"
#include "compositor/base/log.h"
#include "compositor/session/desktop_entry.h"

#define LARGEST_FILE (256 * 1024)
#define MOST_FILES 1024

struct search {
	struct autostart *into;
	char **seen; // ids; later files with these names are ignored
	size_t n_seen, seen_capacity;
	const char *desktops, *locale;
};

// Turns a command that needs a terminal into one of a terminal emulator.
static char **wrap_in_terminal(char **argv)
{
	const char *terminal =
		program_is_installed("xdg-terminal-exec") ? "xdg-terminal-exec" : "foot";
	size_t count = 0;
	while (argv[count])
		count++;
	argv = xrealloc(argv, count + 2, sizeof(*argv));
	memmove(argv + 1, argv, (count + 1) * sizeof(*argv));
	argv[0] = xstrdup(terminal);
	return argv;
}

static void add_program(
	struct autostart *into, const char *id, const char *path, const struct desktop_entry *entry)
{
	char **argv = desktop_entry_command(entry, path);
	if (!argv) {
		log_warn("%s: invalid command: Exec=%s", path, entry->exec);
		return;
	}
	array_reserve(into->programs, into->n_programs, into->programs_capacity);
	into->programs[into->n_programs++] = (struct autostart_program){
		.id = xstrdup(id),
		.argv = entry->terminal ? wrap_in_terminal(argv) : argv,
		.folder = xstrdup(entry->folder),
	};
}

static bool is_seen(const struct search *search, const char *id)
{
	for (size_t i = 0; i < search->n_seen; i++)
		if (strcmp(search->seen[i], id) == 0)
			return true;
	return false;
}

static void add_file(struct search *search, const char *folder, const char *id)
{
	const char *ending = strrchr(id, '.');
	if (!ending || strcmp(ending, ".desktop") != 0 || search->n_seen == MOST_FILES ||
		is_seen(search, id))
		return;
	array_reserve(search->seen, search->n_seen, search->seen_capacity);
	search->seen[search->n_seen++] = xstrdup(id);
	struct desktop_entry entry = {0};
	char *path = xasprintf("%s/%s", folder, id);
	size_t length;
	char *error = NULL, *text = file_read(path, LARGEST_FILE, &length, &error);
	if (!text)
		log_error("%s", error);
	else if (!desktop_entry_parse(&entry, text, length, search->locale))
		log_warn("%s: not a desktop entry", path);
	else if (desktop_entry_autostarts(&entry, search->desktops) &&
		(!entry.try_exec || program_is_installed(entry.try_exec)))
		add_program(search->into, id, path, &entry);
	free(error);
	free(text);
	free(path);
	desktop_entry_finish(&entry);
}

static int compare_ids(const void *a, const void *b)
{
	const struct autostart_program *one = a, *other = b;
	return strcmp(one->id, other->id);
}

void autostart_find(struct autostart *autostart, const char *const *folders, const char *desktops,
	const char *locale)
{
	struct search search = {.into = autostart, .desktops = desktops, .locale = locale};
	for (; *folders; folders++) {
		DIR *folder = opendir(*folders);
		for (struct dirent *file; folder && (file = readdir(folder));)
			add_file(&search, *folders, file->d_name);
		if (folder)
			closedir(folder);
	}
	for (size_t i = 0; i < search.n_seen; i++)
		free(search.seen[i]);
	free(search.seen);
	if (autostart->n_programs)
		qsort(autostart->programs, autostart->n_programs, sizeof(*autostart->programs),
			compare_ids);
}

// The value of a variable; NULL: unset or empty.
static const char *get_variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

void autostart_find_own(struct autostart *autostart)
{
	char *folders[32] = {NULL};
	size_t count = 0;
	const char *home = get_variable("HOME"), *own = get_variable("XDG_CONFIG_HOME");
	const char *system = get_variable("XDG_CONFIG_DIRS");
	const char *locale = get_variable("LC_ALL");
	if (!locale && !(locale = get_variable("LC_MESSAGES")))
		locale = get_variable("LANG");
	if (own && *own == '/')
		folders[count++] = xasprintf("%s/autostart", own);
	else if (home)
		folders[count++] = xasprintf("%s/.config/autostart", home);
	system = system ? system : "/etc/xdg";
	for (const char *end; *system; system = *end ? end + 1 : end) {
		end = strchrnul(system, ':');
		if (*system == '/' && count + 1 < array_length(folders))
			folders[count++] = xasprintf("%.*s/autostart", (int)(end - system), system);
	}
	autostart_find(
		autostart, (const char *const *)folders, getenv("XDG_CURRENT_DESKTOP"), locale);
	for (size_t i = 0; i < count; i++)
		free(folders[i]);
}

static void start_program(
	const struct autostart_program *program, struct children *children, const char *const *env)
{
	static const char *const change[] = {
		"/bin/sh", "-c", "cd -- \"$1\"; shift; exec \"$@\"", "sh"};
	const char **argv = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; program->folder && i < array_length(change) + 1; i++) {
		array_reserve(argv, count, capacity);
		argv[count++] = i < array_length(change) ? change[i] : program->folder;
	}
	for (size_t i = 0; program->argv[i]; i++) {
		array_reserve(argv, count + 1, capacity);
		argv[count++] = program->argv[i];
	}
	argv[count] = NULL;
	if (child_spawn(children, argv, env, NULL, NULL))
		log_info("started %s", program->id);
	else
		log_warn("%s: cannot start %s: %s", program->id, program->argv[0], strerror(errno));
	free(argv);
}

void autostart_run(
	const struct autostart *autostart, struct children *children, const char *const *env)
{
	for (size_t i = 0; i < autostart->n_programs; i++)
		start_program(&autostart->programs[i], children, env);
}

void autostart_finish(struct autostart *autostart)
{
	for (size_t i = 0; i < autostart->n_programs; i++) {
		free(autostart->programs[i].id);
		free(autostart->programs[i].folder);
		desktop_entry_free_command(autostart->programs[i].argv);
	}
	free(autostart->programs);
	*autostart = (struct autostart){0};
}
