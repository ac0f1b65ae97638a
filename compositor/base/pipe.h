// SPDX-License-Identifier: MIT
// The writing ends of pipes, sockets and files that programs hand over to be filled: such a
// descriptor must neither block us nor end us.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// Makes *fd one whose writing never waits, whatever its reader does to the file description that
// both share: of a pipe it becomes another descriptor. False: nobody reads any more, or it is
// nothing to write to. *fd stays open.
bool pipe_take(int *fd);
// As write(), without the signal where nobody reads any more, and without waiting if pipe_take
// took the descriptor.
ssize_t pipe_write(int fd, const void *data, size_t size);
