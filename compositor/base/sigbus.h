// SPDX-License-Identifier: MIT
// SIGBUS guard: survives a client that truncates a file we have mapped. A fault inside a guarded
// range maps zeroes over the whole range and is recorded. Process-wide state, as a signal handler
// has no other way to find it.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct sigbus_guard {
	char *base;
	size_t size;
	volatile bool faulted;
	struct sigbus_guard *next; // active guards
};

// Activates a guard; installs the handler on first use. Guards may nest and may be of several
// threads. A guard must not move while it is active.
void sigbus_enter(struct sigbus_guard *guard, void *base, size_t size);
// Deactivates a guard. True: a fault occurred, and the range stays mapped as zeroes.
bool sigbus_leave(struct sigbus_guard *guard);
