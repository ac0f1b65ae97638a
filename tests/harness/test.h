// SPDX-License-Identifier: MIT
// The test framework. A TEST block registers itself at link time. Each test runs in a child process
// with a time limit; it fails if file descriptors leak, and its output is shown only on failure.
//
//	TEST(rounds_up)                         static const struct row {...} rows[] = {...};
//	{                                       TEST_P(rounds, struct row, rows)
//		check_eq(round_up(3), 4);       {
//	}                                               check_eq(round_up(param->in), param->out);
//	                                        }
//
// Names are FILE.NAME and FILE.NAME[INDEX], FILE without ".c". A test program accepts such names,
// substrings of them or shell patterns as arguments; --help lists the options.
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

// With a fixture: a zeroed `struct type`, set up by type_init() before the body, which reads it as
// `rig`, and cleaned up by type_finish() after it.
#define TEST_F(type, id) \
	static void test_##id(struct type *rig); \
	static void test_run_##id(size_t index) \
	{ \
		struct type rig = {0}; \
		type##_init(&rig); \
		test_##id(&rig); \
		type##_finish(&rig); \
	} \
	TEST_REGISTER(id, 0) \
	static void test_##id(struct type *rig)

// Both: a new fixture for each element of array.
#define TEST_FP(type, id, element, array) \
	static void test_##id(struct type *rig, const element *param); \
	static void test_run_##id(size_t index) \
	{ \
		struct type rig = {0}; \
		type##_init(&rig); \
		test_##id(&rig, &(array)[index]); \
		type##_finish(&rig); \
	} \
	TEST_REGISTER(id, sizeof(array) / sizeof((array)[0])) \
	static void test_##id(struct type *rig, const element *param)

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

// Prints the place and the message to standard error and ends the test as failed. Aborts under
// --no-fork, so that a debugger stops in the test.
_Noreturn void test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
// Implements check_eq(); a_text and b_text are the expressions as written.
void test_check_eq(
	const char *file, int line, const char *a_text, const char *b_text, intmax_t a, intmax_t b);
// Implements check_near(): fails unless |a - b| <= within, so also for NaN.
void test_check_near(const char *file, int line, const char *a_text, const char *b_text, double a,
	double b, double within);
// Implements check_str(); a and b may be NULL.
void test_check_str(const char *file, int line, const char *a_text, const char *b_text,
	const char *a, const char *b);
// Ends the test; it counts as skipped. Descriptors are not checked, and nothing is cleaned up.
_Noreturn void test_skip(const char *why);

// The test runs with AddressSanitizer, which has an allocator of its own.
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define TEST_ASAN 1
#else
#define TEST_ASAN 0
#endif

// The path of an empty directory for this test, created on the first call and removed with its
// contents when the test ends. The string is borrowed.
const char *test_dir(void);

enum test_outcome { TEST_PASSED, TEST_FAILED, TEST_SKIPPED };
// Runs one test in a child, as the program does, and stores the child's output as a string,
// truncated to size. For the tests of the harness itself. timeout in seconds, 0: none.
enum test_outcome test_run(
	const struct test *test, size_t index, double timeout, char *output, size_t size);
