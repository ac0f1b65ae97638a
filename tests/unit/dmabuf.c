// SPDX-License-Identifier: MIT
// Detection of DMA-BUFs and of their device by system calls. Most machines that run the tests have
// neither.
#include "compositor/base/dmabuf.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

TEST(nothing_else_is_a_dmabuf)
{
	int pipes[2];
	check(pipe2(pipes, O_CLOEXEC) == 0);
	int fds[] = {memfd_sized("no", 4096), pipes[0], pipes[1],
		open("/dev/null", O_RDWR | O_CLOEXEC), open("/", O_PATH | O_CLOEXEC),
		open("/proc/self/status", O_RDONLY | O_CLOEXEC),
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	for (size_t i = 0; i < array_length(fds); i++) {
		check(fds[i] >= 0);
		check(!fd_is_dmabuf(fds[i]));
		close(fds[i]);
	}
	check(!fd_is_dmabuf(-1));
}

TEST(sizes)
{
	int pipes[2], fd = memfd_sized("size", 12345);
	check(pipe2(pipes, O_CLOEXEC) == 0);
	check_eq(dmabuf_size(fd), 12345);
	check_eq(dmabuf_size(pipes[0]), -1);
	close(fd);
	close(pipes[0]);
	close(pipes[1]);
}

TEST(a_fence_is_readable_in_the_end)
{
	int pipes[2];
	check(pipe2(pipes, O_CLOEXEC) == 0);
	check(!dmabuf_is_written(pipes[0]));
	int fence = dmabuf_write_fence(pipes[0]);
	check(fence >= 0 && fence != pipes[0]);
	check(fcntl(fence, F_GETFD) & FD_CLOEXEC);
	check(!dmabuf_is_written(fence));
	close(pipes[1]);
	check(dmabuf_is_written(fence));
	check(dmabuf_is_written(pipes[0]));
	close(pipes[0]);
	close(fence);
}

TEST(planes_are_closed_once)
{
	struct dmabuf planes = {
		.n_planes = 2, .fd = {memfd_sized("a", 1), memfd_sized("b", 1), -1, -1}};
	dmabuf_close(&planes);
	for (int i = 0; i < 4; i++)
		check_eq(planes.fd[i], -1);
	dmabuf_close(&planes);
}

TEST(devices)
{
	dev_t number;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *path = device_render_node(fd, &number);
	check_str(path, "/dev/null");
	check_eq(number, makedev(1, 3));
	free(path);
	close(fd);
	fd = memfd_sized("no", 1);
	check(device_render_node(fd, &number) == NULL);
	check_eq(number, 0);
	close(fd);
	check(device_render_node(-1, &number) == NULL);
	check_eq(number, 0);
}

TEST(a_primary_node_has_a_render_node_beside_it)
{
	int fd = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		test_skip("this machine has no DRM device");
	struct stat primary;
	check(fstat(fd, &primary) == 0);
	dev_t number;
	char *path = device_render_node(fd, &number);
	if (path)
		check(minor(number) >= 128);
	else
		check_eq(number, primary.st_rdev);
	free(path);
	close(fd);
}
