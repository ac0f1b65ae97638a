// SPDX-License-Identifier: MIT
// With a sanitizer, which has an allocator of its own, the linker replaces the calls of this tree
// (--wrap); otherwise the functions are defined here, so that those of libraries count, too.
#include "tests/alloc/fail.h"
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/create.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "tests/alloc/witness.h"

#define DEPTH 16     // frames of a stack that are printed
#define TELL_APART 6 // innermost ones that tell allocations apart
#define TABLE 65536
#define LIMIT_S 200         // of a test, from the failure on
#define MOST_RECORDED 30000 // later stacks of a test are hardly new

static unsigned long fail_at, count; // 0: none
static int record = -1;
static bool happened;
static __thread int inside; // calls of the server

bool fail_happened(void)
{
	return happened;
}

static void write_text(const char *text)
{
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
	(void)ignored;
}

#ifndef ALLOC_WRAPPED
// A test may crash or wait for ever, since it does not expect that anything fails, but not in the
// server.
static void on_fault(int number)
{
	void *frames[4 * DEPTH];
	signal(number, SIG_DFL);
	if (!inside && number != SIGABRT) {
		sigset_t set;
		write_text("the test cannot go on\n");
		sigemptyset(&set);
		sigaddset(&set, number);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		witness_give_up();
		_exit(1);
	}
	write_text(number == SIGABRT ? "aborted in\n" : "the server crashed or hangs in\n");
	backtrace_symbols_fd(frames, backtrace(frames, 4 * DEPTH), STDERR_FILENO);
	raise(number);
}
#endif

static __attribute__((constructor)) void begin(void)
{
#ifndef ALLOC_WRAPPED
	static const int faults[] = {SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGSEGV};
#endif
	const char *number = getenv("ALLOC_FAIL"), *file = getenv("ALLOC_RECORD");
	void *frames[1];
	backtrace(frames, 1); // loads libgcc
#ifndef ALLOC_WRAPPED
	for (size_t i = 0; i < array_length(faults); i++)
		signal(faults[i], on_fault);
#endif
	if (number)
		fail_at = strtoul(number, NULL, 10);
	if (file)
		record = open(file, O_WRONLY | O_CREAT | O_APPEND, 0666);
}

// An address that is the same in every process.
static uint64_t offset_of(const void *address)
{
	Dl_info info;
	uintptr_t number = (uintptr_t)address;
	return dladdr(address, &info) ? number - (uintptr_t)info.dli_fbase : number;
}

// Whether a library is at work that does not check its own allocations (xkbcommon 1.5 to 1.7).
static bool is_unchecked(void *const *frames, int n_frames)
{
	for (int i = 2; i < n_frames; i++) {
		Dl_info info;
		if (dladdr(frames[i], &info) && strstr(info.dli_fname, "libxkbcommon"))
			return true;
	}
	return false;
}

// False: it was not until now.
static bool is_recorded(uint64_t hash)
{
	static uint64_t table[TABLE];
	for (size_t i = 0; i < TABLE; i++) {
		uint64_t *place = &table[(hash + i) % TABLE];
		if (*place == hash)
			return true;
		if (*place == 0) {
			*place = hash;
			return false;
		}
	}
	return true;
}

static void record_stack(void *const *frames, int n_frames)
{
	char line[64];
	uint64_t hash = 0;
	for (int i = 2; i < n_frames && i < 2 + TELL_APART; i++)
		hash = (hash ^ offset_of(frames[i])) * UINT64_C(0x100000001b3);
	if (is_recorded(hash) || is_unchecked(frames, n_frames))
		return;
	int length = snprintf(line, sizeof(line), "%lu %016llx\n", count, (unsigned long long)hash);
	ssize_t ignored = write(record, line, (size_t)length);
	(void)ignored;
}

static void print_stack(void *const *frames, int n_frames)
{
	write_text("this allocation failed:\n");
	backtrace_symbols_fd(frames + 2, n_frames - 2, STDERR_FILENO);
}

static bool fails(void)
{
	if (!inside || (record < 0 && !fail_at))
		return false;
	count++;
	if (record < 0 ? count != fail_at : count > MOST_RECORDED)
		return false;
	void *frames[DEPTH + 2];
	int was_inside = inside;
	inside = 0;
	int n_frames = backtrace(frames, DEPTH + 2);
	happened = count == fail_at;
	if (happened)
		alarm(LIMIT_S);
	if (record >= 0)
		record_stack(frames, n_frames);
	if (happened)
		print_stack(frames, n_frames);
	inside = was_inside;
	errno = ENOMEM;
	return happened;
}

// Functions that allocate

#ifdef ALLOC_WRAPPED
#define REPLACED(name) __wrap_##name
#define ORIGINAL(name) __real_##name
#else
#define REPLACED(name) name
#define ORIGINAL(name) __libc_##name
#endif

void *ORIGINAL(malloc)(size_t size);
void *ORIGINAL(calloc)(size_t n, size_t size);
void *ORIGINAL(realloc)(void *memory, size_t size);
void *REPLACED(malloc)(size_t size);
void *REPLACED(calloc)(size_t n, size_t size);
void *REPLACED(realloc)(void *memory, size_t size);

void *REPLACED(malloc)(size_t size)
{
	return fails() ? NULL : ORIGINAL(malloc)(size);
}

void *REPLACED(calloc)(size_t n, size_t size)
{
	return fails() ? NULL : ORIGINAL(calloc)(n, size);
}

void *REPLACED(realloc)(void *memory, size_t size)
{
	return fails() ? NULL : ORIGINAL(realloc)(memory, size);
}

#ifdef ALLOC_WRAPPED
void *__real_reallocarray(void *memory, size_t n, size_t size);
void *__wrap_reallocarray(void *memory, size_t n, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
int __wrap_vasprintf(char **text, const char *format, va_list args);
int __real_vasprintf(char **text, const char *format, va_list args);

void *__wrap_reallocarray(void *memory, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(memory, n, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

int __wrap_vasprintf(char **text, const char *format, va_list args)
{
	return fails() ? -1 : __real_vasprintf(text, format, args);
}
#endif

// Functions by which tests enter the server

#define ENTER(type, name, parameters, arguments) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		inside++; \
		type result = __real_##name arguments; \
		inside--; \
		return result; \
	}

#define ENTER_VOID(name, parameters, arguments) \
	void __real_##name parameters; \
	void __wrap_##name parameters; \
	void __wrap_##name parameters \
	{ \
		inside++; \
		__real_##name arguments; \
		inside--; \
	}

ENTER(int, wl_event_loop_dispatch, (struct wl_event_loop * loop, int limit), (loop, limit))
ENTER_VOID(wl_display_flush_clients, (struct wl_display * display), (display))
ENTER(struct wl_client *, wl_client_create, (struct wl_display * display, int fd), (display, fd))
ENTER(struct server *, server_create, (const struct server_options *options), (options))
ENTER_VOID(server_destroy, (struct server * server), (server))
ENTER_VOID(clock_advance_to, (struct clock * clock, uint64_t to_ns), (clock, to_ns))
ENTER_VOID(seat_input, (struct seat * seat, const struct input_event *event), (seat, event))
ENTER(bool, outputs_apply,
	(struct server * server, const struct output_change *changes, size_t n, bool test),
	(server, changes, n, test))
