// SPDX-License-Identifier: MIT
// The process that starts programs, when the other side is gone. tests/run has the rest.
#include "compositor/base/guard.h"
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

static pid_t start_true(struct guard *guard)
{
	static const char *const argv[] = {"true", NULL}, *const env[] = {NULL};
	return guard_spawn(guard, argv, env);
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
