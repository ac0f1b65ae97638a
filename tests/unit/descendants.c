// SPDX-License-Identifier: MIT
// Which process was started by which, and when.
#include "compositor/base/descendants.h"
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

static uint64_t boot_time_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

TEST(started_by)
{
	uint64_t before = boot_time_ns();
	int ends[2];
	pid_t grandchild = 0;
	check_eq(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		pid_t pid = fork();
		if (pid == 0)
			pid = getpid();
		else
			waitpid(pid, NULL, 0);
		if (write(ends[1], &pid, sizeof(pid)) == sizeof(pid))
			pause();
		_exit(0);
	}
	check(child > 0);
	check_eq(read(ends[0], &grandchild, sizeof(grandchild)), sizeof(grandchild));
	check_eq(parent_of(child), getpid());
	check_eq(parent_of(grandchild), child);
	check(process_started_by(child, getpid(), before));
	check(process_started_by(grandchild, getpid(), before));
	check(process_started_by(grandchild, child, before));
	// Not by itself, by a descendant or by a sibling's parent, nor earlier than it was.
	check(!process_started_by(child, child, before));
	check(!process_started_by(child, grandchild, before));
	check(!process_started_by(getpid(), child, 0));
	check(!process_started_by(child, getpid(), boot_time_ns() + NSEC_PER_SEC));
	check(!process_started_by(child, 0, 0));
	check(!process_started_by(0, getpid(), 0));
	kill(grandchild, SIGKILL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	check(!process_started_by(child, getpid(), 0));
	check_eq(parent_of(child), 0);
	close(ends[0]);
	close(ends[1]);
}
