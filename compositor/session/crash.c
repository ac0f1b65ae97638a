// SPDX-License-Identifier: MIT
// The handler only calls what is async-signal-safe: the heap may be corrupt.
#include "compositor/session/crash.h"
#include <execinfo.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define DEPTH 64

static void write_text(const char *text)
{
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
	(void)ignored;
}

static void on_fault(int number)
{
	void *frames[DEPTH];
	// A fault in this handler ends the process.
	signal(number, SIG_DFL);
	write_text("oriel " ORIEL_VERSION ": ended by SIG");
	const char *name = sigabbrev_np(number);
	write_text(name ? name : "?");
	write_text(", in\n");
	backtrace_symbols_fd(frames, backtrace(frames, DEPTH), STDERR_FILENO);
	raise(number);
}

void crash_watch(void)
{
	static const int numbers[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
	void *frames[1];
	backtrace(frames, 1); // loads libgcc, which the handler must not do
	for (size_t i = 0; i < array_length(numbers); i++) {
		struct sigaction before, action = {.sa_handler = on_fault};
		sigemptyset(&action.sa_mask);
		// A sanitizer has its own, more detailed handler.
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
	}
}
