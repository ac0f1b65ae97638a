// SPDX-License-Identifier: MIT
#include "compositor/base/dmabuf.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/dma-buf.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define DRM_MAJOR 226
#define DRM_PRIMARY_NODES 64 // their minor numbers are below this

bool fd_is_dmabuf(int fd)
{
	// DMA-BUFs have a file system of their own. An ioctl would reach the driver of any file.
	struct statfs statfs;
	return fstatfs(fd, &statfs) == 0 && statfs.f_type == DMA_BUF_MAGIC;
}

int64_t dmabuf_size(int fd)
{
	return lseek(fd, 0, SEEK_END);
}

void dmabuf_close(struct dmabuf *dmabuf)
{
	for (size_t i = 0; i < array_length(dmabuf->fd); i++)
		close_fd(&dmabuf->fd[i]);
}

bool dmabuf_is_written(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	return poll(&poll_fd, 1, 0) != 0;
}

bool dmabuf_is_idle(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
	return poll(&poll_fd, 1, 0) != 0;
}

int dmabuf_write_fence(int fd)
{
	// Kernel 6.0 exports the current fences; before, later ones count too.
	struct dma_buf_export_sync_file sync = {.flags = DMA_BUF_SYNC_READ, .fd = -1};
	if (ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &sync) == 0)
		return sync.fd;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

// Render node of the device with that primary node; NULL: none.
static char *sibling_render_node(dev_t primary)
{
	char *folder = xasprintf("/sys/dev/char/%u:%u/device/drm", major(primary), minor(primary));
	char *path = NULL;
	DIR *nodes = opendir(folder);
	free(folder);
	if (!nodes)
		return NULL;
	for (struct dirent *node; !path && (node = readdir(nodes));)
		if (strncmp(node->d_name, "renderD", strlen("renderD")) == 0)
			path = xasprintf("/dev/dri/%s", node->d_name);
	closedir(nodes);
	return path;
}

bool device_any_render_node(void)
{
	DIR *nodes = opendir("/dev/dri");
	bool found = false;
	if (!nodes)
		return false;
	for (struct dirent *node; !found && (node = readdir(nodes));)
		found = strncmp(node->d_name, "renderD", strlen("renderD")) == 0;
	closedir(nodes);
	return found;
}

static char *opened_path(int fd)
{
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length <= 0 || path[0] != '/')
		return NULL;
	path[length] = '\0';
	return xstrdup(path);
}

char *device_render_node(int device, dev_t *number)
{
	struct stat stat_of;
	*number = 0;
	if (device < 0 || fstat(device, &stat_of) < 0 || !S_ISCHR(stat_of.st_mode))
		return NULL;
	*number = stat_of.st_rdev;
	bool primary = major(*number) == DRM_MAJOR && minor(*number) < DRM_PRIMARY_NODES;
	char *path = primary ? sibling_render_node(*number) : opened_path(device);
	if (path && stat(path, &stat_of) == 0 && S_ISCHR(stat_of.st_mode)) {
		*number = stat_of.st_rdev;
		return path;
	}
	free(path);
	return NULL;
}
