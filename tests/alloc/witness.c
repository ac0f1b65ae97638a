// SPDX-License-Identifier: MIT
// What must hold after an allocation has failed: at most one client has lost its connection besides
// one that the test ends itself, a new one can map a window, and the server can be destroyed. It is
// checked instead of the test's own checks, from its first one that fails, and at its end.
#include "tests/alloc/witness.h"
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "tests/alloc/fail.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

static struct fixture *fixture; // the newest one that exists
static bool checking;

static _Noreturn void report(const char *what)
{
	fprintf(stderr, "witness: %s\n", what);
	_exit(1);
}

static void check_server(void)
{
	struct client *client;
	struct rlimit files;
	int lost = 0;
	checking = true;
	// Some tests leave no descriptors.
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	fixture_pump(fixture);
	wl_list_for_each(client, &fixture->clients, link) {
		int error = wl_display_get_error(client->display);
		lost += error == ENOMEM || error == EPIPE || error == ECONNRESET;
	}
	if (lost > 2)
		report("more than two clients have lost their connections");
	client = client_create(fixture);
	struct client_window *window = client_window_create_bare(client, 40, 30);
	fixture_frames(fixture, 2);
	if (!window->serial || client_error(client, NULL) >= 0)
		report("a new client cannot map a window");
	client_window_destroy(window);
	client_destroy(client);
	checking = false;
}

struct fixture *__real_fixture_create(const struct server_options *options);
struct fixture *__wrap_fixture_create(const struct server_options *options);
struct fixture *__real_fixture_create_shell(const char *shell);
struct fixture *__wrap_fixture_create_shell(const char *shell);
struct fixture *__real_fixture_create_virtual_output(void);
struct fixture *__wrap_fixture_create_virtual_output(void);
void __real_fixture_destroy(struct fixture *destroyed);
void __wrap_fixture_destroy(struct fixture *destroyed);

struct fixture *__wrap_fixture_create(const struct server_options *options)
{
	return fixture = __real_fixture_create(options);
}

struct fixture *__wrap_fixture_create_shell(const char *shell)
{
	return fixture = __real_fixture_create_shell(shell);
}

struct fixture *__wrap_fixture_create_virtual_output(void)
{
	return fixture = __real_fixture_create_virtual_output();
}

void __wrap_fixture_destroy(struct fixture *destroyed)
{
	if (fixture == destroyed && fail_happened())
		check_server();
	if (fixture == destroyed)
		fixture = NULL;
	__real_fixture_destroy(destroyed);
}

void witness_give_up(void)
{
	if (!fail_happened())
		return;
	if (checking)
		report("a new client cannot connect");
	if (fixture)
		fixture_destroy(fixture);
	_exit(0); // what the test still holds is no leak
}

void __real_test_check_eq(
	const char *file, int line, const char *a_text, const char *b_text, intmax_t a, intmax_t b);
void __wrap_test_check_eq(
	const char *file, int line, const char *a_text, const char *b_text, intmax_t a, intmax_t b);
void __real_test_check_near(const char *file, int line, const char *a_text, const char *b_text,
	double a, double b, double within);
void __wrap_test_check_near(const char *file, int line, const char *a_text, const char *b_text,
	double a, double b, double within);
void __real_test_check_str(const char *file, int line, const char *a_text, const char *b_text,
	const char *a, const char *b);
void __wrap_test_check_str(const char *file, int line, const char *a_text, const char *b_text,
	const char *a, const char *b);
_Noreturn void __wrap_test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void __wrap_test_check_eq(
	const char *file, int line, const char *a_text, const char *b_text, intmax_t a, intmax_t b)
{
	if (a != b)
		witness_give_up();
	__real_test_check_eq(file, line, a_text, b_text, a, b);
}

void __wrap_test_check_near(const char *file, int line, const char *a_text, const char *b_text,
	double a, double b, double within)
{
	if (!(fabs(a - b) <= within))
		witness_give_up();
	__real_test_check_near(file, line, a_text, b_text, a, b, within);
}

void __wrap_test_check_str(const char *file, int line, const char *a_text, const char *b_text,
	const char *a, const char *b)
{
	if (a && b ? strcmp(a, b) != 0 : a != b)
		witness_give_up();
	__real_test_check_str(file, line, a_text, b_text, a, b);
}

_Noreturn void __wrap_test_fail(const char *file, int line, const char *format, ...)
{
	witness_give_up();
	fprintf(stderr, "%s:%d: check failed: %s\n", file, line, format);
	_exit(1);
}
