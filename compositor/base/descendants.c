// SPDX-License-Identifier: MIT
#include "compositor/base/descendants.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define MAX_GENERATIONS 32 // for process_started_by

struct pid_set {
	pid_t *pids;
	size_t count, capacity;
};

static void pid_set_add(struct pid_set *set, pid_t pid)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->pids[i] == pid)
			return;
	array_reserve(set->pids, set->count, set->capacity);
	set->pids[set->count++] = pid;
}

// Reads the parent and the start of a process from /proc/PID/stat. False: it is gone.
static bool read_stat(pid_t pid, int *parent, unsigned long long *start_ticks)
{
	char path[64], text[512];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	// The name in parentheses may contain any character.
	const char *rest = strrchr(text, ')');
	return rest &&
		sscanf(rest,
			") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d "
			"%*d %llu",
			parent, start_ticks) == 2;
}

pid_t parent_of(pid_t pid)
{
	int parent;
	unsigned long long start_ticks;
	return read_stat(pid, &parent, &start_ticks) ? parent : 0;
}

bool process_started_by(pid_t pid, pid_t ancestor, uint64_t since_ns)
{
	int parent;
	unsigned long long start_ticks;
	long per_second = sysconf(_SC_CLK_TCK);
	if (pid <= 1 || ancestor <= 1 || per_second <= 0 || !read_stat(pid, &parent, &start_ticks))
		return false;
	// Ticks are rounded down.
	uint64_t end_ns = (uint64_t)((double)(start_ticks + 1) * NSEC_PER_SEC / (double)per_second);
	if (end_ns < since_ns)
		return false;
	for (int i = 0; i < MAX_GENERATIONS && parent > 1; i++) {
		if (parent == ancestor)
			return true;
		parent = parent_of(parent);
	}
	return false;
}

// Adds the children of one thread. False: the thread is gone, or the kernel has no such file.
static bool add_children_of_task(struct pid_set *set, const char *path)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	int pid;
	while (fscanf(file, "%d", &pid) == 1)
		pid_set_add(set, pid);
	fclose(file);
	return true;
}

static void add_children_of(struct pid_set *set, pid_t pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return; // it ended meanwhile
	for (struct dirent *entry; (entry = readdir(tasks));) {
		if (entry->d_name[0] == '.')
			continue;
		char file[128];
		snprintf(file, sizeof(file), "/proc/%d/task/%.20s/children", (int)pid,
			entry->d_name);
		add_children_of_task(set, file);
	}
	closedir(tasks);
}

// For kernels without these files: reads the parent of every process, then builds the closure.
static void add_descendants_by_parent(struct pid_set *set, pid_t root)
{
	DIR *proc = opendir("/proc");
	if (!proc)
		return;
	struct link {
		pid_t pid, parent;
	} *links = NULL;
	size_t count = 0, capacity = 0;
	for (struct dirent *entry; (entry = readdir(proc));) {
		pid_t pid = atoi(entry->d_name);
		if (pid <= 0)
			continue;
		pid_t parent = parent_of(pid);
		if (!parent)
			continue;
		array_reserve(links, count, capacity);
		links[count++] = (struct link){.pid = pid, .parent = parent};
	}
	closedir(proc);
	for (size_t i = 0; i < count; i++)
		if (links[i].parent == root)
			pid_set_add(set, links[i].pid);
	for (size_t done = 0; done < set->count; done++)
		for (size_t i = 0; i < count; i++)
			if (links[i].parent == set->pids[done])
				pid_set_add(set, links[i].pid);
	free(links);
}

pid_t *descendants_of(pid_t root, size_t *count)
{
	struct pid_set set = {0};
	if (access("/proc/thread-self/children", F_OK) == 0) {
		add_children_of(&set, root);
		for (size_t done = 0; done < set.count; done++)
			add_children_of(&set, set.pids[done]);
	} else {
		add_descendants_by_parent(&set, root);
	}
	*count = set.count;
	return set.pids ? set.pids : xcalloc(1, sizeof(pid_t));
}
