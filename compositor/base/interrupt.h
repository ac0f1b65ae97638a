// SPDX-License-Identifier: MIT
// A time limit for system calls on descriptors that other processes share. O_NONBLOCK belongs to
// the open file description: its other holders can clear it between our check and our call.
#pragma once
#include <stdbool.h>
#include <time.h>

struct interrupt {
	timer_t timer;
};

// Starts interrupting: from 5 ms on, blocking calls of this thread fail with EINTR. False with
// errno set: no timer is available, and a call could block. Takes SIGRTMIN, whose handler stays.
bool interrupt_start(struct interrupt *interrupt);
// Ends what a successful interrupt_start began. Keeps errno.
void interrupt_stop(struct interrupt *interrupt);

// accept4() with SOCK_CLOEXEC that never blocks, whatever the other holders of the socket do. -1
// with errno set: EAGAIN if there was no connection, EINTR if another holder made it block.
int accept_shared(int listen_fd);
