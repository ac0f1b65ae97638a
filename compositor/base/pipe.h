// SPDX-License-Identifier: MIT
// Writing to descriptors that clients pass for data: without blocking and without SIGPIPE.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// Makes writes to *fd non-blocking, no matter what the reader does to the shared file description:
// a pipe is reopened as another descriptor. False: it has no reader, or cannot be written to; *fd
// stays open.
bool pipe_take(int *fd);
// As write(), without SIGPIPE, and without blocking after pipe_take. On a descriptor that it could
// not reopen, a call that blocks nevertheless fails with EAGAIN after a few milliseconds.
ssize_t pipe_write(int fd, const void *data, size_t size);
