// SPDX-License-Identifier: MIT
#include "compositor/base/interrupt.h"
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "compositor/base/base.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define LIMIT_NS (5 * 1000 * 1000)

// Only its return matters: without SA_RESTART the interrupted call fails.
static void on_expired(int number)
{
}

bool interrupt_start(struct interrupt *interrupt)
{
	struct sigaction action = {.sa_handler = on_expired};
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGRTMIN, &action, NULL) < 0)
		return false;
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
	event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, &interrupt->timer) < 0)
		return false;
	// It repeats, as the first signal may come before the call blocks.
	const struct itimerspec limit = {{0, LIMIT_NS}, {0, LIMIT_NS}};
	if (timer_settime(interrupt->timer, 0, &limit, NULL) == 0)
		return true;
	interrupt_stop(interrupt);
	return false;
}

void interrupt_stop(struct interrupt *interrupt)
{
	int error = errno;
	timer_delete(interrupt->timer);
	errno = error;
}

int accept_shared(int listen_fd)
{
	struct interrupt interrupt;
	if (!set_nonblock(listen_fd) || !interrupt_start(&interrupt))
		return -1;
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	interrupt_stop(&interrupt);
	return fd;
}
