// SPDX-License-Identifier: MIT
// Which programs start with a session, of several folders.
#include "compositor/run/autostart.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

struct place {
	char *folders[4];
};

static void make(struct place *place)
{
	static const char *const names[] = {"own", "missing", "system"};
	*place = (struct place){0};
	for (size_t i = 0; i < array_length(names); i++) {
		place->folders[i] = xasprintf("%s/%s", test_dir(), names[i]);
		check(i == 1 || mkdir(place->folders[i], 0700) == 0);
	}
}

static void put(struct place *place, int folder, const char *name, const char *lines)
{
	char *path = xasprintf("%s/%s", place->folders[folder], name);
	FILE *file = fopen(path, "w");
	check(file);
	fprintf(file, "[Desktop Entry]\nType=Application\n%s\n", lines);
	fclose(file);
	free(path);
}

static void finish(struct place *place)
{
	for (size_t i = 0; place->folders[i]; i++)
		free(place->folders[i]);
}

TEST(autostart_folders)
{
	struct place place;
	make(&place);
	put(&place, 2, "c.desktop", "Exec=from-system");
	put(&place, 2, "b.desktop", "Exec=hidden-by-user");
	put(&place, 0, "b.desktop", "Hidden=true");
	put(&place, 2, "a.desktop", "Exec=replaced");
	put(&place, 0, "a.desktop", "Exec=own -x\nPath=/tmp");
	put(&place, 2, "gnome.desktop", "Exec=no\nOnlyShowIn=GNOME;");
	put(&place, 0, "notes.txt", "Exec=no");
	put(&place, 0, "desktop", "Exec=no");
	put(&place, 0, "try.desktop", "Exec=no\nTryExec=/nonexistent/program");
	put(&place, 0, "tried.desktop", "Exec=yes\nTryExec=sh");
	put(&place, 0, "here.desktop", "Exec=yes\nTryExec=/bin/sh");
	put(&place, 0, "folder.desktop", "Exec=no\nTryExec=/bin");
	struct autostart autostart = {0};
	autostart_find(&autostart, (const char *const *)place.folders, "Oriel:wlroots", NULL);
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
	finish(&place);
}

TEST(autostart_terminal)
{
	struct place place;
	make(&place);
	put(&place, 0, "a.desktop", "Exec=top -b\nTerminal=true");
	struct autostart autostart = {0};
	autostart_find(&autostart, (const char *const *)place.folders, NULL, NULL);
	check_eq(autostart.n_programs, 1);
	char **argv = autostart.programs[0].argv;
	check_str(argv[1], "top");
	check_str(argv[2], "-b");
	check(!argv[3]);
	autostart_finish(&autostart);
	finish(&place);
}

static void forget(enum log_level level, const char *line, void *data)
{
	++*(int *)data;
}

// Each is reported, and none keeps the others from starting.
TEST(autostart_bad_files)
{
	struct place place;
	int lines = 0;
	make(&place);
	put(&place, 0, "a.desktop", "Exec=\"a");
	put(&place, 0, "z.desktop", "Exec=good");
	char *path = xasprintf("%s/b.desktop", place.folders[0]);
	check(mkdir(path, 0700) == 0);
	free(path);
	path = xasprintf("%s/c.desktop", place.folders[0]);
	check(symlink("/nonexistent", path) == 0);
	free(path);
	path = xasprintf("%s/d.desktop", place.folders[0]);
	check(mkfifo(path, 0600) == 0);
	free(path);
	path = xasprintf("%s/e.desktop", place.folders[0]);
	FILE *file = fopen(path, "w");
	check(file);
	fputs("nothing of that kind", file);
	fclose(file);
	free(path);
	struct autostart autostart = {0};
	log_set_sink(forget, &lines);
	autostart_find(&autostart, (const char *const *)place.folders, "Oriel", NULL);
	log_set_sink(NULL, NULL);
	check_eq(autostart.n_programs, 1);
	check_eq(lines, 5);
	autostart_finish(&autostart);
	finish(&place);
}
