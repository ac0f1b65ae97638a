// SPDX-License-Identifier: MIT
// Truncated shared memory: guards catch SIGBUS in their range, everything else is fatal.
#include "compositor/base/sigbus.h"
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/harness/test.h"

#define SIZE (16 * 4096)

// A mapping of a file that can be truncated.
static char *map(int *fd)
{
	*fd = memfd_create("test", MFD_CLOEXEC);
	check(*fd >= 0 && ftruncate(*fd, SIZE) == 0);
	char *data = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	check(data != MAP_FAILED);
	memset(data, 'x', SIZE);
	return data;
}

static unsigned sum(const volatile char *data)
{
	unsigned total = 0;
	for (size_t i = 0; i < SIZE; i += 512)
		total += (unsigned)data[i];
	return total;
}

TEST(whole_memory_is_no_fault)
{
	int fd;
	char *data = map(&fd);
	struct sigbus_guard guard;
	sigbus_enter(&guard, data, SIZE);
	check_eq(sum(data), 'x' * (SIZE / 512));
	check(!sigbus_leave(&guard));
	munmap(data, SIZE);
	close(fd);
}

TEST(cut_memory_reads_as_zeroes)
{
	int fd;
	char *data = map(&fd);
	check(ftruncate(fd, 0) == 0);
	for (int i = 0; i < 2; i++) {
		struct sigbus_guard guard;
		sigbus_enter(&guard, data, SIZE);
		check_eq(sum(data), 0);
		check_eq(sigbus_leave(&guard), i == 0); // the range stays mapped to zeros
	}
	data[5] = 'y';
	check_eq(data[5], 'y');
	munmap(data, SIZE);
	close(fd);
}

TEST(nested_guards_all_hear)
{
	int fd, other_fd;
	char *data = map(&fd), *other = map(&other_fd);
	struct sigbus_guard outer, unrelated, inner;
	sigbus_enter(&outer, data, SIZE);
	sigbus_enter(&unrelated, other, SIZE);
	sigbus_enter(&inner, data, SIZE);
	check(ftruncate(fd, 4096) == 0);
	check_eq(sum(data) % 'x', 0);
	check(sigbus_leave(&outer)); // guards may end in any order
	check(sigbus_leave(&inner));
	check(!sigbus_leave(&unrelated));
	munmap(data, SIZE);
	munmap(other, SIZE);
	close(fd);
	close(other_fd);
}

static void *reads(void *data)
{
	for (int i = 0; i < 200; i++) {
		struct sigbus_guard guard;
		int fd;
		char *memory = map(&fd);
		if (i & 1 && ftruncate(fd, 0) != 0)
			return NULL;
		sigbus_enter(&guard, memory, SIZE);
		unsigned got = sum(memory);
		bool faulted = sigbus_leave(&guard);
		munmap(memory, SIZE);
		close(fd);
		if (faulted != (i & 1) || (got == 0) != faulted)
			return NULL;
	}
	return data;
}

TEST(threads)
{
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		check(pthread_create(&threads[i], NULL, reads, threads) == 0);
	for (int i = 0; i < 4; i++) {
		void *result;
		pthread_join(threads[i], &result);
		check(result == threads);
	}
}

TEST(other_faults_still_kill)
{
	int fd, other_fd;
	char *data = map(&fd), *other = map(&other_fd);
	check(ftruncate(other_fd, 0) == 0);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		signal(SIGBUS, SIG_DFL); // removes the handler of a sanitizer
		struct sigbus_guard guard;
		sigbus_enter(&guard, data, SIZE);
		sum(other);
		_exit(0);
	}
	int status;
	check_eq(waitpid(child, &status, 0), child);
	check(WIFSIGNALED(status));
	check_eq(WTERMSIG(status), SIGBUS);
	munmap(data, SIZE);
	munmap(other, SIZE);
	close(fd);
	close(other_fd);
}
