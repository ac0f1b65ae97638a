// SPDX-License-Identifier: MIT
// Files of a process that may be killed. A file is known by its inode and the time of its last
// change, as another process may have created one under its name since, even with that inode.
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/guard_private.h"

void guard_files_add(struct guard_files *files, const char *path)
{
	struct stat now;
	if (lstat(path, &now) < 0)
		return;
	array_reserve(files->list, files->count, files->capacity);
	files->list[files->count++] =
		(struct guard_file){xstrdup(path), now.st_dev, now.st_ino, now.st_ctim};
}

void guard_files_remove(const struct guard_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct guard_file *file = &files->list[i];
		struct stat now;
		if (lstat(file->path, &now) == 0 && now.st_dev == file->device &&
			now.st_ino == file->inode && now.st_ctim.tv_sec == file->changed.tv_sec &&
			now.st_ctim.tv_nsec == file->changed.tv_nsec)
			unlink(file->path);
	}
}
