// SPDX-License-Identifier: MIT
// The process that starts programs, when the other side is gone. tests/run has the rest.
#include "compositor/base/guard.h"
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

static pid_t start_true(struct guard *guard)
{
	static const char *const argv[] = {"true", NULL}, *const env[] = {NULL};
	return guard_spawn(guard, argv, env, NULL);
}

// As if the other side were killed at the same moment as a program.
TEST(ends_when_its_events_cannot_be_sent)
{
	const struct guard_options options = {0};
	struct guard *guard = guard_create(&options);
	check(guard);
	close_fd(&guard->events);
	pid_t pid = start_true(guard);
	check(pid > 0);
	struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	check(ended.fd >= 0);
	check_eq(poll(&ended, 1, -1), 1);
	close(ended.fd);
	check(start_true(guard) > 0); // so the guard has seen that the first one ended
	guard_destroy(guard);
}

// Descriptors get the numbers 3, 4, ... in their order, whatever numbers they had, and no others.
TEST(passes_descriptors)
{
	static const struct guard_options options = {0};
	static const char *const env[] = {NULL};
	static const char *const argv[] = {"sh", "-c",
		"echo a >&3; echo b >&4; echo c; echo d >&2; ls /proc/self/fd | tail -n 1", NULL};
	int pipes[3][2];
	char text[64];
	struct guard *guard = guard_create(&options);
	check(guard);
	for (int i = 0; i < 3; i++)
		check_eq(pipe2(pipes[i], O_CLOEXEC), 0);
	const struct guard_fds fds = {
		.fds = {pipes[1][1], pipes[0][1]}, .count = 2, .output = pipes[2][1]};
	check(guard_spawn(guard, argv, env, &fds) > 0);
	static const char *const wanted[] = {"b\n", "a\n", "c\nd\n5\n"};
	for (int i = 0; i < 3; i++) {
		size_t size = 0;
		ssize_t length;
		close(pipes[i][1]);
		while ((length = read(pipes[i][0], text + size, sizeof(text) - 1 - size)) > 0)
			size += (size_t)length;
		text[size] = '\0';
		check_str(text, wanted[i]);
		close(pipes[i][0]);
	}
	guard_destroy(guard);
}
