// SPDX-License-Identifier: MIT
// Calls on descriptors that other holders make blocking end after a few milliseconds.
#include "compositor/base/interrupt.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/pipe.h"
#include "tests/harness/test.h"

static int listening_socket(struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	check(snprintf(address->sun_path, sizeof(address->sun_path), "%s/s", test_dir()) <
		(int)sizeof(address->sun_path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd >= 0 && bind(fd, (struct sockaddr *)address, sizeof(*address)) == 0);
	check(listen(fd, 10) == 0);
	return fd;
}

TEST(a_blocking_call_ends)
{
	struct sockaddr_un address;
	int fd = listening_socket(&address);
	struct interrupt interrupt;
	check(interrupt_start(&interrupt));
	int got = accept4(fd, NULL, NULL, SOCK_CLOEXEC); // blocks for ever without it
	int error = errno;
	interrupt_stop(&interrupt);
	check_eq(got, -1);
	check_eq(error, EINTR);
	close(fd);
}

TEST(nothing_to_accept)
{
	struct sockaddr_un address;
	int fd = listening_socket(&address);
	check_eq(accept_shared(fd), -1);
	check_eq(errno, EAGAIN);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(connect(client, (struct sockaddr *)&address, sizeof(address)) == 0);
	int got = accept_shared(fd);
	check(got >= 0);
	check(fcntl(got, F_GETFD) & FD_CLOEXEC);
	close(got);
	close(client);
	close(fd);
}

struct owner {
	int fd;
	atomic_bool stop;
};

static void *keep_blocking(void *data)
{
	struct owner *owner = data;
	while (!owner->stop)
		fcntl(owner->fd, F_SETFL, O_RDWR);
	return NULL;
}

TEST(the_owner_keeps_making_it_block)
{
	struct sockaddr_un address;
	struct owner owner = {.fd = listening_socket(&address)};
	pthread_t thread;
	check(pthread_create(&thread, NULL, keep_blocking, &owner) == 0);
	int blocked = 0;
	for (int i = 0; i < 2000 && blocked < 20; i++) {
		check_eq(accept_shared(owner.fd), -1);
		check(errno == EAGAIN || errno == EINTR);
		blocked += errno == EINTR;
	}
	owner.stop = true;
	pthread_join(thread, NULL);
	close(owner.fd);
}

TEST(a_full_pipe_that_blocks)
{
	static char data[1 << 20];
	int ends[2];
	check(pipe(ends) == 0);
	check_eq(fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
	check_eq(pipe_write(ends[1], data, sizeof(data)), 4096); // part of it
	check_eq(pipe_write(ends[1], data, sizeof(data)), -1);
	check_eq(errno, EAGAIN);
	close(ends[0]);
	close(ends[1]);
}
