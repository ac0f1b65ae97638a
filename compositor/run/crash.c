// SPDX-License-Identifier: MIT
// Everything that the handler needs is loaded before: what is broken then may be memory itself.
#include "compositor/run/crash.h"
#include <execinfo.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define DEPTH 64

static void say(const char *text)
{
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
	(void)ignored;
}

static void on_fault(int number)
{
	void *frames[DEPTH];
	// A fault in here ends the process at once.
	signal(number, SIG_DFL);
	say("oriel " ORIEL_VERSION ": ended by SIG");
	const char *name = sigabbrev_np(number);
	say(name ? name : "?");
	say(", in\n");
	backtrace_symbols_fd(frames, backtrace(frames, DEPTH), STDERR_FILENO);
	raise(number);
}

void crash_watch(void)
{
	static const int numbers[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
	void *frames[1];
	backtrace(frames, 1);
	for (size_t i = 0; i < array_length(numbers); i++) {
		struct sigaction before, action = {.sa_handler = on_fault};
		sigemptyset(&action.sa_mask);
		// A sanitizer knows more.
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
	}
}
