// SPDX-License-Identifier: MIT
// The terminal that oriel was started from, lent to the program, so that a debugger or a shell in
// it can be typed into, and Ctrl-C and Ctrl-Z reach who they are meant for.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct terminal { // zeroed: nothing is lent
	bool lent;
	pid_t borrower; // leader of its group
};

// Where standard input is a terminal that is ours now; otherwise nothing happens.
void terminal_lend(struct terminal *terminal, pid_t borrower);
// When a child changed its state: one that was suspended by its user suspends us as well.
void terminal_follow(struct terminal *terminal);
void terminal_take_back(struct terminal *terminal);
