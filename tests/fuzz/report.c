// SPDX-License-Identifier: MIT
// Failed checks of the harness abort, so that the fuzzer keeps the input.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/harness/test.h"

// There is no test program here.
void test_fail(const char *file, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	abort();
}

void test_check_eq(
	const char *file, int line, const char *a_text, const char *b_text, intmax_t a, intmax_t b)
{
	if (a != b)
		test_fail(file, line, "%s == %s: %jd and %jd", a_text, b_text, a, b);
}

void test_check_near(const char *file, int line, const char *a_text, const char *b_text, double a,
	double b, double within)
{
	if (!(a - b <= within && b - a <= within))
		test_fail(
			file, line, "%s == %s within %g: %g and %g", a_text, b_text, within, a, b);
}

void test_check_str(const char *file, int line, const char *a_text, const char *b_text,
	const char *a, const char *b)
{
	if (a && b ? strcmp(a, b) != 0 : a != b)
		test_fail(file, line, "%s == %s", a_text, b_text);
}
