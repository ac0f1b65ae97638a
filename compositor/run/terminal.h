// SPDX-License-Identifier: MIT
// Job control for the program of `oriel run`: it gets the terminal in the foreground, so that
// interactive programs can be typed into and Ctrl-C and Ctrl-Z reach them.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct child;

struct terminal { // zeroed: the terminal is ours, or there is none
	bool lent;
	pid_t borrower; // leader of the program's process group
};

// Makes the program's process group the foreground group, if standard input is a terminal that we
// have in the foreground.
void terminal_lend(struct terminal *terminal, pid_t borrower);
// Stops this process too if the program (may be NULL) was stopped by Ctrl-Z; to be called after
// each turn of the loop.
void terminal_follow(struct terminal *terminal, struct child *child);
// Returns to the foreground. Accepts a zeroed struct.
void terminal_take_back(struct terminal *terminal);
