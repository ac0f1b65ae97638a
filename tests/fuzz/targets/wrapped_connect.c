// SPDX-License-Identifier: MIT
#include "tests/fuzz/targets/wrapped_connect.h"
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"

int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);

static int peer = -1;

void wrapped_connect_to(int end)
{
	close_fd(&peer);
	peer = end;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	if (peer < 0)
		return __real_connect(fd, address, size);
	int result = dup2(peer, fd);
	close_fd(&peer);
	return result < 0 ? -1 : 0;
}
