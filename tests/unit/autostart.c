// SPDX-License-Identifier: MIT
// Which programs start with a session, from several autostart directories.
#include "compositor/session/autostart.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

struct folders {
	char *paths[4];
};

static void make_folders(struct folders *folders)
{
	static const char *const names[] = {"own", "missing", "system"};
	*folders = (struct folders){0};
	for (size_t i = 0; i < array_length(names); i++) {
		folders->paths[i] = xasprintf("%s/%s", test_dir(), names[i]);
		check(i == 1 || mkdir(folders->paths[i], 0700) == 0);
	}
}

static void write_entry(struct folders *folders, int folder, const char *name, const char *lines)
{
	char *path = xasprintf("%s/%s", folders->paths[folder], name);
	FILE *file = fopen(path, "w");
	check(file);
	fprintf(file, "[Desktop Entry]\nType=Application\n%s\n", lines);
	fclose(file);
	free(path);
}

static void free_folders(struct folders *folders)
{
	for (size_t i = 0; folders->paths[i]; i++)
		free(folders->paths[i]);
}

TEST(autostart_folders)
{
	struct folders folders;
	make_folders(&folders);
	write_entry(&folders, 2, "c.desktop", "Exec=from-system");
	write_entry(&folders, 2, "b.desktop", "Exec=hidden-by-user");
	write_entry(&folders, 0, "b.desktop", "Hidden=true");
	write_entry(&folders, 2, "a.desktop", "Exec=replaced");
	write_entry(&folders, 0, "a.desktop", "Exec=own -x\nPath=/tmp");
	write_entry(&folders, 2, "gnome.desktop", "Exec=no\nOnlyShowIn=GNOME;");
	write_entry(&folders, 0, "notes.txt", "Exec=no");
	write_entry(&folders, 0, "desktop", "Exec=no");
	write_entry(&folders, 0, "try.desktop", "Exec=no\nTryExec=/nonexistent/program");
	write_entry(&folders, 0, "tried.desktop", "Exec=yes\nTryExec=sh");
	write_entry(&folders, 0, "here.desktop", "Exec=yes\nTryExec=/bin/sh");
	write_entry(&folders, 0, "folder.desktop", "Exec=no\nTryExec=/bin");
	struct autostart autostart = {0};
	autostart_find(&autostart, (const char *const *)folders.paths, "Oriel:wlroots", NULL);
	static const struct {
		const char *id, *program, *folder;
	} wanted[] = {
		{"a.desktop", "own", "/tmp"},
		{"c.desktop", "from-system", NULL},
		{"here.desktop", "yes", NULL},
		{"tried.desktop", "yes", NULL},
	};
	check_eq(autostart.n_programs, array_length(wanted));
	for (size_t i = 0; i < MIN(autostart.n_programs, array_length(wanted)); i++) {
		check_str(autostart.programs[i].id, wanted[i].id);
		check_str(autostart.programs[i].argv[0], wanted[i].program);
		check_str(autostart.programs[i].folder, wanted[i].folder);
	}
	autostart_finish(&autostart);
	free_folders(&folders);
}

TEST(autostart_terminal)
{
	struct folders folders;
	make_folders(&folders);
	write_entry(&folders, 0, "a.desktop", "Exec=top -b\nTerminal=true");
	struct autostart autostart = {0};
	autostart_find(&autostart, (const char *const *)folders.paths, NULL, NULL);
	check_eq(autostart.n_programs, 1);
	char **argv = autostart.programs[0].argv;
	check_str(argv[1], "top");
	check_str(argv[2], "-b");
	check(!argv[3]);
	autostart_finish(&autostart);
	free_folders(&folders);
}

static void discard_log(enum log_level level, const char *line, void *data)
{
	++*(int *)data;
}

// Each invalid file is logged, and the others are still used.
TEST(autostart_bad_files)
{
	struct folders folders;
	int lines = 0;
	make_folders(&folders);
	write_entry(&folders, 0, "a.desktop", "Exec=\"a");
	write_entry(&folders, 0, "z.desktop", "Exec=good");
	char *path = xasprintf("%s/b.desktop", folders.paths[0]);
	check(mkdir(path, 0700) == 0);
	free(path);
	path = xasprintf("%s/c.desktop", folders.paths[0]);
	check(symlink("/nonexistent", path) == 0);
	free(path);
	path = xasprintf("%s/d.desktop", folders.paths[0]);
	check(mkfifo(path, 0600) == 0);
	free(path);
	path = xasprintf("%s/e.desktop", folders.paths[0]);
	FILE *file = fopen(path, "w");
	check(file);
	fputs("nothing of that kind", file);
	fclose(file);
	free(path);
	struct autostart autostart = {0};
	log_set_sink(discard_log, &lines);
	autostart_find(&autostart, (const char *const *)folders.paths, "Oriel", NULL);
	log_set_sink(NULL, NULL);
	check_eq(autostart.n_programs, 1);
	check_eq(lines, 5);
	autostart_finish(&autostart);
	free_folders(&folders);
}
