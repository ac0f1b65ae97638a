// SPDX-License-Identifier: MIT
// Files by names from outside: what is accepted, and the message for everything else.
#include "compositor/base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

static const char *path_of(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s%s%s", *name == '/' ? "" : test_dir(),
		*name == '/' ? "" : "/", name);
	return path;
}

static void write_file(const char *name, size_t size)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	check(fd >= 0);
	for (size_t i = 0; i < size; i++)
		check(write(fd, "x", 1) == 1);
	close(fd);
}

static void make_socket(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(strlen(path_of(name)) < sizeof(address.sun_path));
	strcpy(address.sun_path, path_of(name));
	check(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	close(fd);
}

static void make_files(void)
{
	write_file("empty", 0);
	write_file("ten", 10);
	write_file("eleven", 11);
	check(mkdir(path_of("folder"), 0700) == 0);
	check(mkfifo(path_of("fifo"), 0600) == 0);
	check(mkfifo(path_of("held"), 0600) == 0);
	check(symlink("fifo", path_of("link")) == 0);
	check(symlink("loop", path_of("loop")) == 0);
	make_socket("socket");
}

static const struct read_row {
	const char *name;
	int size; // -1: fails
	int reason;
	const char *what; // of the message, after the path
} read_rows[] = {
	{"empty", 0, 0, NULL}, {"ten", 10, 0, NULL}, {"eleven", -1, EFBIG, "larger than 10 bytes"},
	{"none", -1, ENOENT, "No such file or directory"}, {"folder", -1, EISDIR, "Is a directory"},
	{"fifo", -1, EINVAL, "is a FIFO, not a file"},
	{"held", -1, EINVAL, "is a FIFO, not a file"}, // with a writer that writes nothing
	{"link", -1, EINVAL, "is a FIFO, not a file"},
	{"loop", -1, ELOOP, "Too many levels of symbolic links"},
	{"socket", -1, ENXIO, "is a socket, not a file"}, {"/dev/null", 0, 0, NULL},
	{"/dev/zero", -1, EFBIG, "larger than 10 bytes"},
	{"/proc/self/comm", 10, 0, NULL}, // its size is 0
};

TEST_P(read, struct read_row, read_rows)
{
	make_files();
	int held = open(path_of("held"), O_RDWR | O_CLOEXEC);
	FILE *comm = fopen("/proc/self/comm", "w");
	check(comm && fputs("ninechars", comm) >= 0 && fclose(comm) == 0);
	size_t size = 1000;
	char *error = NULL, *text = file_read(path_of(param->name), 10, &size, &error);
	int reason = errno;
	if (param->size < 0) {
		char *expected = xasprintf("%s: %s", path_of(param->name), param->what);
		check(text == NULL);
		check_eq(reason, param->reason);
		check_str(error, expected);
		free(expected);
	} else {
		check(text && !error);
		check_eq(size, param->size);
		check_eq(text[size], 0);
	}
	free(error);
	free(text);
	close(held);
}

static const struct create_row {
	const char *name;
	int reason; // 0: created
	const char *what;
} create_rows[] = {
	{"ten", 0, NULL}, // emptied first
	{"new", 0, NULL},
	{"folder", EISDIR, "Is a directory"},
	{"fifo", ENXIO, "is a FIFO, not a file"},
	{"held", EINVAL, "is a FIFO, not a file"},
	{"link", ENXIO, "is a FIFO, not a file"},
	{"socket", ENXIO, "is a socket, not a file"},
	{"none/new", ENOENT, "No such file or directory"},
	{"/dev/null", 0, NULL},
	{"/dev/full", 0, NULL},
};

TEST_P(create, struct create_row, create_rows)
{
	make_files();
	int held = open(path_of("held"), O_RDWR | O_CLOEXEC);
	char *error = NULL;
	int fd = file_create(path_of(param->name), 0640, &error), reason = errno;
	if (param->reason) {
		char *expected = xasprintf("%s: %s", path_of(param->name), param->what);
		check_eq(fd, -1);
		check_eq(reason, param->reason);
		check_str(error, expected);
		free(expected);
	} else {
		struct stat status;
		check(fd >= 0 && !error);
		check(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		check(fstat(fd, &status) == 0);
		check_eq(status.st_size, 0);
		close(fd);
	}
	free(error);
	close(held);
}

// A FIFO that is standard output is named by the user, who also reads it.
TEST(own_output_is_accepted)
{
	int ends[2], own = dup(STDOUT_FILENO);
	char byte = 0;
	check(pipe(ends) == 0);
	fflush(stdout);
	check(dup2(ends[1], STDOUT_FILENO) >= 0);
	FILE *file = file_create_stream("/dev/stdout", NULL);
	check(dup2(own, STDOUT_FILENO) >= 0);
	check(file != NULL);
	check_eq(fcntl(fileno(file), F_GETFL) & O_NONBLOCK, 0);
	check(fputs("x", file) >= 0 && fclose(file) == 0);
	check(read(ends[0], &byte, 1) == 1 && byte == 'x');
	close(ends[0]);
	close(ends[1]);
	close(own);
}

// `oriel run --script <(program)`: only before the loop runs, and from a pipe without a name.
TEST(pipes_at_the_start)
{
	int ends[2];
	char path[64], *error = NULL, *text;
	size_t size = 0;
	check(pipe(ends) == 0);
	check(write(ends[1], "text", 4) == 4);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	text = file_read(path, 100, &size, &error);
	check(!text && strstr(error, "is a FIFO, not a file"));
	free(error);
	close(ends[1]);
	text = file_read_at_start(path, 100, &size, NULL);
	check_str(text, "text");
	check_eq(size, 4);
	free(text);
	close(ends[0]);
	check(mkfifo(path_of("fifo"), 0600) == 0);
	check(file_read_at_start(path_of("fifo"), 100, NULL, NULL) == NULL);
}
