// SPDX-License-Identifier: MIT
// Job control, as a shell does it for one job.
#include "compositor/run/terminal.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

// From the background this would stop us.
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
	// It may have tried to read before it was allowed to.
	kill(-borrower, SIGCONT);
}

void terminal_take_back(struct terminal *terminal)
{
	if (terminal->lent && tcgetpgrp(STDIN_FILENO) == terminal->borrower)
		set_foreground(getpgrp());
	terminal->lent = false;
}

void terminal_follow(struct terminal *terminal)
{
	siginfo_t info = {0};
	if (!terminal->lent)
		return;
	pid_t borrower = terminal->borrower;
	if (waitid(P_PID, (id_t)borrower, &info, WSTOPPED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0 || info.si_status != SIGTSTP)
		return;
	waitid(P_PID, (id_t)borrower, &info, WSTOPPED | WNOHANG);
	terminal_take_back(terminal);
	kill(0, SIGSTOP);
	// Somebody continued us: in the foreground, or in the background without the terminal.
	terminal_lend(terminal, borrower);
	if (!terminal->lent)
		kill(-borrower, SIGCONT);
}
