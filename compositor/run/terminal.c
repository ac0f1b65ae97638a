// SPDX-License-Identifier: MIT
// Hands the terminal to the program and takes it back, as a shell does for one job.
#include "compositor/run/terminal.h"
#include <signal.h>
#include <unistd.h>
#include "compositor/base/child.h"

// SIGTTOU is blocked: in the background, tcsetpgrp would stop us.
static void set_foreground(pid_t group)
{
	sigset_t set, before;
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &before);
	tcsetpgrp(STDIN_FILENO, group);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void terminal_lend(struct terminal *terminal, pid_t borrower)
{
	if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return;
	terminal->lent = true;
	terminal->borrower = borrower;
	set_foreground(borrower);
	// It may have been stopped because it read from the terminal before this.
	kill(-borrower, SIGCONT);
}

void terminal_take_back(struct terminal *terminal)
{
	if (terminal->lent && tcgetpgrp(STDIN_FILENO) == terminal->borrower)
		set_foreground(getpgrp());
	terminal->lent = false;
}

void terminal_follow(struct terminal *terminal, struct child *child)
{
	if (!terminal->lent || !child || child->stopped_by != SIGTSTP)
		return;
	pid_t borrower = terminal->borrower;
	child->stopped_by = 0;
	terminal_take_back(terminal);
	kill(0, SIGSTOP);
	// Continued: in the foreground, or in the background without the terminal.
	terminal_lend(terminal, borrower);
	if (!terminal->lent)
		kill(-borrower, SIGCONT);
}
