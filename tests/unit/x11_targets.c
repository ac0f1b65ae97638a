// SPDX-License-Identifier: MIT
// Mapping between targets of X selections and MIME types.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/xclipboard/targets.h"
#include "tests/harness/test.h"

static const struct target *find(const struct target *targets, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
	return NULL;
}

static const struct offered *find_mime(const struct offered *offered, size_t n, const char *mime)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(offered[i].mime, mime) == 0)
			return &offered[i];
	return NULL;
}

TEST(of_text)
{
	const char *const mimes[] = {
		"text/html", "STRING", "text/plain", "text/plain;charset=UTF-8"};
	struct target targets[array_length(mimes) + TARGET_TEXTS];
	size_t n = targets_of(mimes, array_length(mimes), targets);
	check_eq(n, 8);
	const struct target *string = find(targets, n, "STRING");
	const struct target *text = find(targets, n, "TEXT");
	const struct target *utf8 = find(targets, n, "UTF8_STRING");
	const struct target *plain = find(targets, n, "text/plain");
	check(string && text && utf8 && plain && find(targets, n, "text/html"));
	check_str(string->mime, "text/plain;charset=UTF-8");
	check_eq(string->encoding, ENCODING_LATIN1);
	check_eq(text->encoding, ENCODING_COMPOUND);
	check_eq(utf8->encoding, ENCODING_UTF8);
	check_str(plain->mime, "text/plain"); // offered by the source itself
	check(find(targets, n, "text/plain;charset=utf-8"));
	check(find(targets, n, "text/plain;charset=UTF-8"));
}

TEST(of_other_types)
{
	const char *const mimes[] = {"image/png", "TARGETS", "MULTIPLE", "DELETE", "", "/", "x\n/y",
		"application/x;a b=c", "image/png"};
	struct target targets[array_length(mimes) + TARGET_TEXTS];
	size_t n = targets_of(mimes, array_length(mimes), targets);
	check_eq(n, 2);
	check_str(targets[0].name, "image/png");
	check_str(targets[1].name, "application/x;a b=c");
	check_eq(targets[1].encoding, ENCODING_UTF8);
	check_eq(targets_of(NULL, 0, targets), 0);
}

TEST(offered_text)
{
	const char *const names[] = {
		"TARGETS", "image/png", "STRING", "UTF8_STRING", NULL, "text/html", "TEXT"};
	struct offered offered[array_length(names) + TARGET_TEXTS];
	size_t n = targets_offered(names, array_length(names), offered);
	check_eq(n, 7);
	check_str(offered[0].mime, "image/png"); // the order of the owner
	check_str(offered[1].mime, "text/plain;charset=utf-8");
	check_str(offered[6].mime, "text/html");
	check_eq(offered[0].target, 1);
	check_eq(offered[6].target, 5);
	for (size_t i = 1; i <= 5; i++)
		check_eq(offered[i].target, 3); // UTF8_STRING
}

TEST(offered_of_old_programs)
{
	const char *const names[] = {"STRING", "TEXT"};
	struct offered offered[array_length(names) + TARGET_TEXTS];
	size_t n = targets_offered(names, 2, offered);
	check_eq(n, 5);
	check(find_mime(offered, n, "UTF8_STRING"));
	check_eq(offered[0].target, 0);
}

TEST(offered_refuses_bad_names)
{
	char *long_name = strdup("image/");
	long_name = xrealloc(long_name, TARGET_NAME_MAX + 2, 1);
	memset(long_name + 6, 'x', TARGET_NAME_MAX - 5);
	long_name[TARGET_NAME_MAX + 1] = 0;
	const char *const names[] = {"TIMESTAMP", "SAVE_TARGETS", "text/\x1b[31m", "", "/", "/x",
		"a/\xff", long_name, "PIXMAP"};
	struct offered offered[array_length(names) + TARGET_TEXTS];
	check_eq(targets_offered(names, array_length(names), offered), 0);
	long_name[TARGET_NAME_MAX] = 0;
	check_eq(targets_offered(names, array_length(names), offered), 1);
	free(long_name);
}
