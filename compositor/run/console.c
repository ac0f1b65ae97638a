// SPDX-License-Identifier: MIT
#include "compositor/run/console.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

bool console_is(int fd)
{
	enum { TEXT_CONSOLES = 4, LAST = 63 };
	struct stat stat_of;
	return fstat(fd, &stat_of) == 0 && S_ISCHR(stat_of.st_mode) &&
		major(stat_of.st_rdev) == TEXT_CONSOLES && minor(stat_of.st_rdev) <= LAST;
}

// With all folders above it.
static bool make_folder(char *path)
{
	for (char *at = path + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		bool good = mkdir(path, 0700) == 0 || errno == EEXIST;
		*at = '/';
		if (!good)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

// The path, which the caller frees; NULL: there is no place.
static char *log_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *folder = NULL, *path = NULL;
	if (state && *state == '/')
		folder = xasprintf("%s/oriel", state);
	else if (home && *home == '/')
		folder = xasprintf("%s/.local/state/oriel", home);
	if (folder && make_folder(folder))
		path = xasprintf("%s/log", folder);
	free(folder);
	return path;
}

static int open_log(const char *path)
{
	char *old = xasprintf("%s.old", path);
	rename(path, old); // there need not be one
	free(old);
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void replace(struct console *console, int standard, int with)
{
	if (!console_is(standard))
		return;
	int kept = fcntl(standard, F_DUPFD_CLOEXEC, 3);
	if (kept >= 0 && dup2(with, standard) >= 0)
		console->files[standard] = kept;
	else
		close_fd(&kept);
}

static int ask(int fd, unsigned long request)
{
	long answer = 0; // the kernel writes an int or a long
	if (ioctl(fd, request, &answer) < 0)
		return -1;
	return (int)(answer & 0xff);
}

// Only those that have this terminal, or are root, may.
static void restore(const struct console *console, int fd)
{
	if (console->picture >= 0 && ask(fd, KDGETMODE) != console->picture)
		ioctl(fd, KDSETMODE, console->picture);
	if (console->keys >= 0 && ask(fd, KDGKBMODE) != console->keys)
		ioctl(fd, KDSKBMODE, console->keys);
}

void console_leave(struct console *console)
{
	console->picture = console->keys = -1;
	if (console_is(STDIN_FILENO)) {
		console->picture = ask(STDIN_FILENO, KDGETMODE);
		console->keys = ask(STDIN_FILENO, KDGKBMODE);
	}
	bool talks = console_is(STDOUT_FILENO) || console_is(STDERR_FILENO);
	int none = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (none >= 0)
		replace(console, STDIN_FILENO, none);
	close_fd(&none);
	if (!talks)
		return;
	console->log = log_path();
	int file = console->log ? open_log(console->log) : -1;
	if (file < 0) {
		log_errno("no log can be kept%s%s", console->log ? ": " : "",
			console->log ? console->log : "");
		free(console->log);
		console->log = NULL;
		return;
	}
	replace(console, STDOUT_FILENO, file);
	replace(console, STDERR_FILENO, file);
	close_fd(&file);
	// Where nobody looks until something went wrong there may be more to read.
	if (log_get_level() < LOG_INFO)
		log_set_level(LOG_INFO);
	log_info("oriel " ORIEL_VERSION);
}

// What went wrong, as far as it was told.
static void print_errors(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	while (file && getline(&line, &size, file) > 0)
		if (strncmp(line, "error:", 6) == 0)
			fputs(line, stderr);
	free(line);
	if (file)
		fclose(file);
}

void console_return(struct console *console, bool failed)
{
	if (console->files[STDIN_FILENO] > 0)
		restore(console, console->files[STDIN_FILENO]);
	for (int i = 0; i < 3; i++) {
		if (console->files[i] <= 0)
			continue;
		dup2(console->files[i], i);
		close_fd(&console->files[i]);
	}
	if (failed && console->log) {
		print_errors(console->log);
		fprintf(stderr, "oriel: %s tells more\n", console->log);
	}
	free(console->log);
	*console = (struct console){0};
}
