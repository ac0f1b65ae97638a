// SPDX-License-Identifier: MIT
// Proves that all threads slept at one moment. The states of many threads cannot be read at once,
// so each thread's state and the number of its time slices are read, then all those numbers again:
// where none grew and all states were "asleep", there was a moment between the two rounds at which
// all threads slept, because a sleeping thread can wake others only by running. Wake-ups from
// outside (timers of the programs, the network) cannot be foreseen.
#include "compositor/script/procs.h"
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"

#define SPIN_LIMIT_NS NSEC_PER_SEC

struct thread {
	pid_t pid, tid;
	uint64_t ran_ns, slices;
};

struct spinner { // a thread that has not been seen asleep yet
	pid_t tid;
	uint64_t since_ns; // processor time when it was seen first
	bool seen;         // in this round
};

struct procs {
	const struct children *children;
	pid_t *pids; // descendants and the guard as of the last scan
	size_t n_pids;
	long newest; // last pid that the kernel had assigned then
	struct thread *threads;
	size_t n_threads, threads_capacity;
	struct spinner *spinners;
	size_t n_spinners, spinners_capacity;
};

struct procs *procs_create(const struct children *children)
{
	struct procs *procs = xcalloc(1, sizeof(*procs));
	procs->children = children;
	procs->newest = -1;
	return procs;
}

void procs_destroy(struct procs *procs)
{
	if (!procs)
		return;
	free(procs->pids);
	free(procs->threads);
	free(procs->spinners);
	free(procs);
}

static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, text, size - 1);
	close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	return true;
}

char *procs_name(pid_t pid)
{
	char path[64], text[64];
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	if (!read_file(path, text, sizeof(text)))
		return xstrdup("?");
	size_t length = strlen(text);
	if (length && text[length - 1] == '\n')
		text[length - 1] = '\0';
	// A process names itself.
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	return xstrdup(text);
}

// Reads time slices and processor time. False: the thread is gone, or the kernel has no counters.
static bool read_counters(struct thread *thread)
{
	char path[64], text[128];
	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", (int)thread->pid,
		(int)thread->tid);
	return read_file(path, text, sizeof(text)) &&
		sscanf(text, "%" SCNu64 " %*u %" SCNu64, &thread->ran_ns, &thread->slices) == 2;
}

static char read_state(const struct thread *thread)
{
	char path[64], text[512];
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)thread->pid, (int)thread->tid);
	if (!read_file(path, text, sizeof(text)))
		return 0;
	const char *end = strrchr(text, ')');
	return end && end[1] ? end[2] : 0;
}

static struct spinner *find_spinner(struct procs *procs, pid_t tid)
{
	for (size_t i = 0; i < procs->n_spinners; i++)
		if (procs->spinners[i].tid == tid)
			return &procs->spinners[i];
	return NULL;
}

static void forget_spinner(struct procs *procs, pid_t tid)
{
	struct spinner *spinner = find_spinner(procs, tid);
	if (spinner)
		*spinner = procs->spinners[--procs->n_spinners];
}

// Whether the thread has run for so long that it is not expected to sleep.
static bool is_spinning(struct procs *procs, const struct thread *thread)
{
	struct spinner *spinner = find_spinner(procs, thread->tid);
	if (!spinner) {
		array_reserve(procs->spinners, procs->n_spinners, procs->spinners_capacity);
		procs->spinners[procs->n_spinners++] =
			(struct spinner){.tid = thread->tid, .since_ns = thread->ran_ns};
		return false;
	}
	if (thread->ran_ns < spinner->since_ns) // the tid was reused
		spinner->since_ns = thread->ran_ns;
	return thread->ran_ns - spinner->since_ns > SPIN_LIMIT_NS;
}

static bool check_thread(struct procs *procs, pid_t pid, pid_t tid)
{
	struct thread thread = {.pid = pid, .tid = tid};
	read_counters(&thread);
	char state = read_state(&thread);
	if (state == 'R' || state == 'D') {
		if (is_spinning(procs, &thread))
			return true;
		return false;
	}
	forget_spinner(procs, tid);
	if (state == 0 || state == 'Z' || state == 'X')
		return true;
	array_reserve(procs->threads, procs->n_threads, procs->threads_capacity);
	procs->threads[procs->n_threads++] = thread;
	return true;
}

// Whether all threads of the process sleep; their counters are added to procs->threads.
static bool check_process(struct procs *procs, pid_t pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return true;
	bool asleep = true;
	for (struct dirent *entry; asleep && (entry = readdir(tasks));)
		if (entry->d_name[0] != '.')
			asleep = check_thread(procs, pid, atoi(entry->d_name));
	closedir(tasks);
	return asleep;
}

static bool none_ran(struct procs *procs)
{
	for (size_t i = 0; i < procs->n_threads; i++) {
		struct thread again = procs->threads[i];
		if (read_counters(&again) && again.slices != procs->threads[i].slices)
			return false;
	}
	return true;
}

// The last pid that the kernel assigned: while it is unchanged, no process was created. -1:
// unknown.
static long newest_pid(void)
{
	char text[128];
	long newest;
	if (!read_file("/proc/loadavg", text, sizeof(text)) ||
		sscanf(text, "%*s %*s %*s %*s %ld", &newest) != 1)
		return -1;
	return newest;
}

static void refresh_tree(struct procs *procs)
{
	long newest = newest_pid();
	if (!procs->children || (procs->pids && newest > 0 && newest == procs->newest))
		return;
	free(procs->pids);
	procs->pids = children_descendants(procs->children, &procs->n_pids);
	// While the guard runs, a program may have ended.
	procs->pids = xrealloc(procs->pids, procs->n_pids + 1, sizeof(pid_t));
	procs->pids[procs->n_pids++] = children_guard(procs->children);
	procs->newest = newest;
}

bool procs_asleep(struct procs *procs, const pid_t *extra, size_t n_extra, char **who)
{
	procs->n_threads = 0;
	refresh_tree(procs);
	pid_t busy = 0;
	for (size_t i = 0; i < procs->n_pids && !busy; i++)
		if (!check_process(procs, procs->pids[i]))
			busy = procs->pids[i];
	for (size_t i = 0; i < n_extra && !busy; i++) {
		bool known = false;
		for (size_t k = 0; k < procs->n_pids && !known; k++)
			known = procs->pids[k] == extra[i];
		if (!known && extra[i] != getpid() && !check_process(procs, extra[i]))
			busy = extra[i];
	}
	if (busy && who) {
		char *name = procs_name(busy);
		*who = xasprintf("process %d (%s) is running", (int)busy, name);
		free(name);
	}
	if (busy)
		return false;
	bool proved = none_ran(procs) && (!procs->children || newest_pid() == procs->newest);
	if (!proved && who)
		*who = xstrdup("a process was running");
	return proved;
}

uint64_t procs_signature(const struct procs *procs)
{
	uint64_t signature = 0;
	for (size_t i = 0; i < procs->n_threads; i++) {
		const struct thread *thread = &procs->threads[i];
		uint64_t mixed = ((uint64_t)thread->tid << 32 ^ thread->slices) *
			UINT64_C(0x9e3779b97f4a7c15);
		signature += mixed ^ mixed >> 29; // independent of the order
	}
	return signature;
}

bool procs_one_asleep(struct procs *procs, pid_t pid)
{
	if (pid == getpid())
		return true;
	procs->n_threads = 0;
	return check_process(procs, pid) && none_ran(procs);
}
