// SPDX-License-Identifier: MIT
// Allocation, strings, file descriptors and the log.
#include "compositor/base/base.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/log.h"
#include "tests/harness/test.h"

TEST(arrays_grow)
{
	int *numbers = NULL;
	size_t count = 0, capacity = 0;
	for (int i = 0; i < 1000; i++) {
		array_reserve(numbers, count, capacity);
		check(count < capacity);
		numbers[count++] = i;
	}
	for (int i = 0; i < 1000; i++)
		check_eq(numbers[i], i);
	check_eq(capacity, 1024);
	free(numbers);
}

TEST(memory_of_nothing)
{
	char *empty = xcalloc(0, 8);
	check(empty != NULL);
	empty = xrealloc(empty, 0, 0);
	check(empty != NULL);
	free(empty);
	uint64_t *zeroed = xcalloc(64, sizeof(*zeroed));
	for (int i = 0; i < 64; i++)
		check_eq(zeroed[i], 0);
	free(zeroed);
}

TEST(strings)
{
	check(xstrdup(NULL) == NULL);
	char *text = xstrdup("one");
	check_str(text, "one");
	replace_string(&text, text + 1); // a part of the old string
	check_str(text, "ne");
	replace_string(&text, NULL);
	check(text == NULL);
	replace_string(&text, "two");
	check_str(text, "two");
	free(text);
	text = xasprintf("%d %s", 7, "dwarfs");
	check_str(text, "7 dwarfs");
	free(text);
}

TEST(maths)
{
	check_eq(CLAMP(5, 1, 3), 3);
	check_eq(CLAMP(-5, 1, 3), 1);
	check_eq(CLAMP(2, 1, 3), 2);
	check_eq(MIN(2, 1), 1);
	check_eq(MAX(2, 1), 2);
	static const int three[3];
	check_eq(array_length(three), 3);
	check_eq(NSEC_PER_SEC / NSEC_PER_MSEC, 1000);
	check_eq(NSEC_PER_MSEC / NSEC_PER_USEC, 1000);
}

TEST(directories_with_their_parents)
{
	struct stat status;
	char *path = xasprintf("%s/one//two/three", test_dir());
	umask(022);
	check(make_directories(path, 0700));
	check(stat(path, &status) == 0 && S_ISDIR(status.st_mode));
	check_eq(status.st_mode & 0777, 0700);
	check(make_directories(path, 0700));
	check(make_directories("/", 0700));
	check(chdir(path) == 0);
	check(make_directories("four/five/", 0777));
	check(stat("four/five", &status) == 0);
	check_eq(status.st_mode & 0777, 0755);
	free(path);
}

TEST(directories_that_cannot_be_made)
{
	check(chdir(test_dir()) == 0);
	check(mknod("file", S_IFREG | 0600, 0) == 0);
	check(!make_directories("file/one", 0700) && errno == ENOTDIR);
	check(!make_directories("file/one/two", 0700) && errno == ENOTDIR);
	check(!make_directories("", 0700) && errno == ENOENT);
}

TEST(writing_all)
{
	enum { SIZE = 300000 };
	static char data[SIZE], seen[SIZE];
	int pair[2], file = memfd_sized("test", 0);
	memset(data, 'x', SIZE);
	check(write_all(file, data, SIZE));
	check_eq(pread(file, seen, SIZE, 0), SIZE);
	check(memcmp(data, seen, SIZE) == 0);
	close(file);
	check(!write_all(-1, data, 1) && errno == EBADF);
	check(write_all(-1, data, 0));
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	check(write_all(pair[0], "ab", 2));
	check_eq(recv(pair[1], seen, SIZE, 0), 2);
	close(pair[1]);
	check(!write_all(pair[0], data, SIZE) && errno == EPIPE); // and no SIGPIPE
	close(pair[0]);
}

TEST(memfds_do_not_shrink)
{
	int fd = memfd_sized("test", 5000);
	check(fd >= 0);
	struct stat status;
	check(fstat(fd, &status) == 0);
	check_eq(status.st_size, 5000);
	check(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	check(ftruncate(fd, 10) < 0);
	check_eq(errno, EPERM);
	check(ftruncate(fd, 6000) == 0);
	close_fd(&fd);
	check_eq(fd, -1);
	close_fd(&fd);
	errno = 0;
	fd = memfd_sized("test", SIZE_MAX);
	check_eq(fd, -1);
	check(errno != 0);
}

TEST(flags_of_descriptors)
{
	int fds[2];
	check(pipe(fds) == 0);
	check(set_cloexec(fds[0]));
	check(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
	check(!(fcntl(fds[1], F_GETFD) & FD_CLOEXEC));
	check(set_nonblock(fds[0]));
	char byte;
	check(read(fds[0], &byte, 1) < 0);
	check_eq(errno, EAGAIN);
	close(fds[0]);
	close(fds[1]);
	check(!set_cloexec(-1));
	check(!set_nonblock(-1));
}

struct received {
	int lines;
	enum log_level level;
	char text[1024];
};

static void hear(enum log_level level, const char *line, void *data)
{
	struct received *received = data;
	received->lines++;
	received->level = level;
	snprintf(received->text, sizeof(received->text), "%s", line);
}

TEST(log_levels)
{
	struct received received = {0};
	log_set_sink(hear, &received);
	check_eq(log_get_level(), LOG_WARN);
	log_info("not received");
	log_debug("neither");
	check_eq(received.lines, 0);
	log_warn("number %d", 5);
	check_eq(received.lines, 1);
	check_eq(received.level, LOG_WARN);
	check(strstr(received.text, "number 5") != NULL);
	check(strstr(received.text, "base") != NULL); // the name of the module
	check(strchr(received.text, '\n') == NULL);
	errno = ENOENT;
	log_errno("no such");
	check(strstr(received.text, strerror(ENOENT)) != NULL);
	log_set_level(LOG_SILENT);
	log_error("not even this");
	check_eq(received.lines, 2);
	log_set_level(LOG_DEBUG);
	log_debug("everything");
	check_eq(received.lines, 3);
	log_set_sink(NULL, NULL);
	log_set_level(LOG_WARN);
}

TEST(a_line_stays_a_line)
{
	struct received received = {0};
	log_set_sink(hear, &received);
	errno = 77;
	log_warn("a\nb\033[31mc\td\177");
	check_eq(errno, 77);
	log_set_sink(NULL, NULL);
	check(strstr(received.text, "a?b?[31mc\td?") != NULL);
}

TEST(long_lines_are_cut_not_lost)
{
	struct received received = {0};
	char *text = xcalloc(1, 100001);
	memset(text, 'x', 100000);
	log_set_sink(hear, &received);
	log_warn("%s", text);
	log_set_sink(NULL, NULL);
	check_eq(received.lines, 1);
	check(strstr(received.text, "xxxxxxxx") != NULL);
	free(text);
}
