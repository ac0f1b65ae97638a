// SPDX-License-Identifier: MIT
// Redirects standard files from a text console to a log file and back.
#include "compositor/session/console.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/kd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "compositor/base/log.h"

// Whether the descriptor is a text console of this machine.
static bool console_is(int fd)
{
	enum { TEXT_CONSOLES = 4, LAST = 63 };
	struct stat stat_of;
	return fstat(fd, &stat_of) == 0 && S_ISCHR(stat_of.st_mode) &&
		major(stat_of.st_rdev) == TEXT_CONSOLES && minor(stat_of.st_rdev) <= LAST;
}

bool console_has_screens(void)
{
	const char *number = getenv("XDG_VTNR");
	glob_t cards;
	bool has_card = glob("/dev/dri/card*", GLOB_NOSORT, NULL, &cards) == 0;
	globfree(&cards);
	return has_card && (console_is(STDIN_FILENO) || (number && *number));
}

// The path of the log, which the caller frees; NULL: no directory can be created.
static char *log_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *folder = NULL, *path = NULL;
	if (state && *state == '/')
		folder = xasprintf("%s/oriel", state);
	else if (home && *home == '/')
		folder = xasprintf("%s/.local/state/oriel", home);
	if (folder && make_directories(folder, 0700))
		path = xasprintf("%s/log", folder);
	free(folder);
	return path;
}

static int open_log(const char *path)
{
	char *old = xasprintf("%s.old", path);
	rename(path, old); // fails if there is none
	free(old);
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void redirect_console_file(struct console *console, int standard, int with)
{
	if (!console_is(standard))
		return;
	int kept = fcntl(standard, F_DUPFD_CLOEXEC, 3);
	if (kept >= 0 && dup2(with, standard) >= 0)
		console->files[standard] = kept;
	else
		close_fd(&kept);
}

static int get_mode(int fd, unsigned long request)
{
	long answer = 0; // the kernel writes an int or a long
	if (ioctl(fd, request, &answer) < 0)
		return -1;
	return (int)(answer & 0xff);
}

// Fails without effect unless this is the controlling terminal, or we are root.
static void restore_modes(const struct console *console, int fd)
{
	if (console->graphics_mode >= 0 && get_mode(fd, KDGETMODE) != console->graphics_mode)
		ioctl(fd, KDSETMODE, console->graphics_mode);
	if (console->keyboard_mode >= 0 && get_mode(fd, KDGKBMODE) != console->keyboard_mode)
		ioctl(fd, KDSKBMODE, console->keyboard_mode);
}

void console_leave(struct console *console)
{
	console->graphics_mode = console->keyboard_mode = -1;
	if (console_is(STDIN_FILENO)) {
		console->graphics_mode = get_mode(STDIN_FILENO, KDGETMODE);
		console->keyboard_mode = get_mode(STDIN_FILENO, KDGKBMODE);
	}
	bool has_output = console_is(STDOUT_FILENO) || console_is(STDERR_FILENO);
	int none = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (none >= 0)
		redirect_console_file(console, STDIN_FILENO, none);
	close_fd(&none);
	if (!has_output)
		return;
	console->log = log_path();
	int file = console->log ? open_log(console->log) : -1;
	if (file < 0) {
		log_errno("cannot write a log%s%s", console->log ? ": " : "",
			console->log ? console->log : "");
		free(console->log);
		console->log = NULL;
		return;
	}
	redirect_console_file(console, STDOUT_FILENO, file);
	redirect_console_file(console, STDERR_FILENO, file);
	close_fd(&file);
	// The log is read only after a failure, when details help.
	if (log_get_level() < LOG_INFO)
		log_set_level(LOG_INFO);
	log_info("oriel " ORIEL_VERSION);
}

// Prints the error lines of the log.
static void print_errors(const char *path)
{
	int fd = file_open(path, NULL);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	char *line = NULL;
	size_t size = 0;
	while (file && getline(&line, &size, file) > 0)
		if (strncmp(line, "error:", 6) == 0)
			fputs(line, stderr);
	free(line);
	if (file)
		fclose(file);
	else
		close_fd(&fd);
}

void console_return(struct console *console, bool failed)
{
	if (console->files[STDIN_FILENO] > 0)
		restore_modes(console, console->files[STDIN_FILENO]);
	for (int i = 0; i < 3; i++) {
		if (console->files[i] <= 0)
			continue;
		dup2(console->files[i], i);
		close_fd(&console->files[i]);
	}
	if (failed && console->log) {
		print_errors(console->log);
		fprintf(stderr, "oriel: see %s\n", console->log);
	}
	free(console->log);
	*console = (struct console){0};
}
