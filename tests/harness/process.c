// SPDX-License-Identifier: MIT
#include "tests/harness/process.h"
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>
#include "tests/harness/test.h"

int process_count_fds(void)
{
	int count = 0;
	DIR *fds = opendir("/proc/self/fd");
	check(fds != NULL);
	while (readdir(fds))
		count++;
	closedir(fds);
	return count;
}

size_t process_resident_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	check(file && fscanf(file, "%*d %ld", &pages) == 1);
	fclose(file);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}
