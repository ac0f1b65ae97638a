// SPDX-License-Identifier: MIT
// The test framework itself: what must fail fails, with a message.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/harness/test.h"

static char said[4096];

static enum test_outcome run(void (*body)(size_t index))
{
	struct test test = {.file = __FILE__, .name = "inner", .run = body};
	return test_run(&test, 0, 20, said, sizeof(said));
}

static void check_fails(void (*body)(size_t index), const char *with)
{
	check_eq(run(body), TEST_FAILED);
	if (!strstr(said, with))
		test_fail(__FILE__, __LINE__, "\"%s\" not in:\n%s", with, said);
}

static void inner_passes(size_t index)
{
	check(true);
	check_eq(-1, -1LL);
	check_eq(UINT64_MAX, UINT64_MAX);
	check_near(0.1 + 0.2, 0.3, 1e-9);
	check_str("a", "a");
	check_str(NULL, NULL);
	printf("noise\n");
}

TEST(passes)
{
	check_eq(run(inner_passes), TEST_PASSED);
	check_str(said, "noise\n");
}

static void inner_check(size_t index)
{
	check(index == 7);
}

static void inner_eq(size_t index)
{
	check_eq(index + 40, 42);
}

static void inner_eq_signs(size_t index)
{
	check_eq(-1, UINT32_MAX);
}

static void inner_near(size_t index)
{
	check_near(0.0 / 0.0, 0.0, 1.0);
}

static void inner_str(size_t index)
{
	check_str("a", index ? "a" : NULL);
}

TEST(failed_checks_say_why)
{
	check_fails(inner_check, "tests/unit/harness.c:");
	check_fails(inner_check, ": check failed: index == 7\n");
	check_fails(inner_eq, ": check failed: index + 40 == 42: 40 (0x28) and 42 (0x2a)\n");
	check_fails(inner_eq_signs, ": -1 (0xffffffffffffffff) and 4294967295 (0xffffffff)\n");
	check_fails(inner_near, "nan and 0\n");
	check_fails(inner_str, ": \"a\" and NULL\n");
}

static void inner_skip(size_t index)
{
	printf("before\n");
	test_skip("no such device");
}

TEST(skips)
{
	check_eq(run(inner_skip), TEST_SKIPPED);
	check_str(strrchr(said, '\n'), "\nno such device");
}

static void inner_opens(size_t index)
{
	check(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
}

static void inner_closes(size_t index)
{
	close(STDIN_FILENO);
}

TEST(descriptors_are_counted)
{
	check_fails(inner_opens, "was left open: /dev/null\n");
	check_fails(inner_closes, "descriptor 0 of the harness was closed");
}

static void inner_killed(size_t index)
{
	raise(SIGKILL);
}

static void inner_exits(size_t index)
{
	_exit(3);
}

TEST(deaths_are_failures)
{
	check_fails(inner_killed, "killed by signal: Killed\n");
	check_fails(inner_exits, "exit status 3\n");
}

static void inner_leaks(size_t index)
{
	*(volatile char *)malloc(100) = 1;
}

TEST(leaks_are_found_where_a_sanitizer_looks)
{
	if (TEST_ASAN)
		check_fails(inner_leaks, "LeakSanitizer: detected memory leaks");
	else
		check_eq(run(inner_leaks), TEST_PASSED);
}

static int from_inner[2];

// Runs into the time limit, and leaves a child behind that would live on.
static void inner_hangs(size_t index)
{
	close(from_inner[0]);
	fork();
	for (;;)
		pause();
}

TEST(time_is_limited)
{
	struct test test = {.file = __FILE__, .name = "inner", .run = inner_hangs};
	check_eq(pipe(from_inner), 0);
	check_eq(test_run(&test, 0, 0.2, said, sizeof(said)), TEST_FAILED);
	check_str(said, "timed out after 0.2 s\n");
	close(from_inner[1]);
	char byte;
	check_eq(read(from_inner[0], &byte, 1), 0); // all copies of the other end are closed
	close(from_inner[0]);
}

static void inner_dir(size_t index)
{
	char path[256];
	printf("%s", test_dir());
	check_str(test_dir(), test_dir());
	snprintf(path, sizeof(path), "%s/sub", test_dir());
	check_eq(mkdir(path, 0700), 0);
	check_eq(access(path, F_OK), 0);
}

TEST(directories_come_and_go)
{
	check_eq(run(inner_dir), TEST_PASSED);
	check_eq(said[0], '/');
	check_eq(access(said, F_OK), -1);
	check_eq(errno, ENOENT);
}

static const struct square {
	int of, is;
} squares[] = {
	{0, 0},
	{3, 9},
	{-4, 16},
};

TEST_P(runs_once_per_row, struct square, squares)
{
	check(param >= squares && param < squares + 3);
	check_eq(param->of * param->of, param->is);
}
