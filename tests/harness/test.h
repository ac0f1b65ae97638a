// SPDX-License-Identifier: MIT
// Tests register themselves by being written down; each runs in a process of its own, with a time
// limit, a count of open descriptors before and after, and its output shown only when it failed.
//
//	TEST(rounds_up)                         static const struct row {...} rows[] = {...};
//	{                                       TEST_P(rounds, struct row, rows)
//		check_eq(round_up(3), 4);       {
//	}                                               check_eq(round_up(param->in), param->out);
//	                                        }
//
// Names are FILE.NAME and FILE.NAME[INDEX], FILE without ".c". A program of tests takes such names,
// parts of them or shell patterns as arguments; --help lists the rest.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *file, *name;
	int line;
	void (*run)(size_t index);
	size_t count; // of parameters; 0: a test without
};

// Pointers instead of the structs themselves: nothing pads an array of pointers.
#if defined(__has_attribute) && __has_attribute(retain)
#define TEST_IN_SECTION __attribute__((used, retain, section("test_list")))
#else
#define TEST_IN_SECTION __attribute__((used, section("test_list")))
#endif
#define TEST_REGISTER(id, n) \
	static const struct test test_struct_##id = { \
		__FILE__, \
		#id, \
		__LINE__, \
		test_run_##id, \
		n, \
	}; \
	static const struct test *const test_pointer_##id TEST_IN_SECTION = &test_struct_##id;

#define TEST(id) \
	static void test_##id(void); \
	static void test_run_##id(size_t index) \
	{ \
		test_##id(); \
	} \
	TEST_REGISTER(id, 0) \
	static void test_##id(void)

// Once for each element of array, which the body reads as `const type *param`.
#define TEST_P(id, type, array) \
	static void test_##id(const type *param); \
	static void test_run_##id(size_t index) \
	{ \
		test_##id(&(array)[index]); \
	} \
	TEST_REGISTER(id, sizeof(array) / sizeof((array)[0])) \
	static void test_##id(const type *param)

// A check that fails ends the test at once.
#define check(expr) ((expr) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #expr))
// Integers, enums, booleans, pointers; floating point does not compile.
#define check_eq(a, b) test_check_eq(__FILE__, __LINE__, #a, #b, TEST_INTEGER(a), TEST_INTEGER(b))
#define check_near(a, b, within) test_check_near(__FILE__, __LINE__, #a, #b, a, b, within)
// Strings; NULL equals only NULL.
#define check_str(a, b) test_check_str(__FILE__, __LINE__, #a, #b, a, b)

// clang-format off
#define TEST_INTEGER(a) \
	((intmax_t)(a) * (intmax_t)sizeof(char[_Generic((a), float: -1, double: -1, default: 1)]))
// clang-format on

_Noreturn void test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void test_check_eq(
	const char *file, int line, const char *a_text, const char *b_text, intmax_t a, intmax_t b);
void test_check_near(const char *file, int line, const char *a_text, const char *b_text, double a,
	double b, double within);
void test_check_str(const char *file, int line, const char *a_text, const char *b_text,
	const char *a, const char *b);
// Ends the test; it counts as skipped.
_Noreturn void test_skip(const char *why);

// An empty directory of this test's own; removed with what is in it when the test ends.
const char *test_dir(void);

enum test_outcome { TEST_PASSED, TEST_FAILED, TEST_SKIPPED };
// Runs one test as the program does and puts what it wrote into output (cut to size, a string).
// For the tests of the harness itself. timeout in seconds.
enum test_outcome test_run(
	const struct test *test, size_t index, double timeout, char *output, size_t size);
