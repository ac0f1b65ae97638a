// SPDX-License-Identifier: MIT
// Survives a client that truncates the file behind memory we read: a fault inside a guarded range
// maps zeroes over the whole range and is remembered. The one process-wide state besides the log,
// because a signal handler has no other way to find it.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct sigbus_guard {
	char *base;
	size_t size;
	volatile bool faulted;
	struct sigbus_guard *next; // active guards
};

// Installs the handler at the first use. Guards of several threads and nested guards are allowed;
// a guard must not move while it is active.
void sigbus_enter(struct sigbus_guard *guard, void *base, size_t size);
// Returns true when memory of the range was gone. The range then stays mapped as zeroes.
bool sigbus_leave(struct sigbus_guard *guard);
