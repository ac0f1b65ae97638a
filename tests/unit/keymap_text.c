// SPDX-License-Identifier: MIT
// Keymaps as text: those of real programs are accepted, and what xkbcommon cannot stand is refused
// before it is compiled.
#include "compositor/seat/keymap_text.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/script/strbuf.h"
#include "tests/harness/test.h"

// A keymap of these parts; the caller frees it.
static char *keymap_of(
	const char *keycodes, const char *types, const char *compatibility, const char *symbols)
{
	return xasprintf("xkb_keymap {\nxkb_keycodes \"k\" { <A> = 38; %s };\n"
			 "xkb_types \"t\" { type \"ONE_LEVEL\" { modifiers = none; "
			 "level_name[Level1] = \"Any\"; }; %s };\n"
			 "xkb_compatibility \"c\" { %s };\n"
			 "xkb_symbols \"s\" { key <A> { [ a ] }; %s };\n};\n",
		keycodes, types, compatibility, symbols);
}

// The fault of a text, checked to be that of its compilation, too.
static const char *fault_of(const char *text)
{
	struct xkb_context *context = keymap_text_context();
	const char *fault = NULL;
	struct xkb_keymap *keymap = keymap_text_compile(context, text, strlen(text), &fault);
	check(!keymap == (fault != NULL));
	xkb_keymap_unref(keymap);
	xkb_context_unref(context);
	const char *early = keymap_text_fault(text, strlen(text));
	if (early)
		check_str(early, fault);
	return fault;
}

static const char *fault_of_parts(
	const char *keycodes, const char *types, const char *compatibility, const char *symbols)
{
	char *text = keymap_of(keycodes, types, compatibility, symbols);
	const char *fault = fault_of(text);
	free(text);
	return fault;
}

// count times a text with the number in place of each of up to two %u.
static char *repeat(const char *format, unsigned count)
{
	struct strbuf all = {0};
	for (unsigned i = 0; i < count; i++) {
		char one[128];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(one, sizeof(one), format, i, i);
#pragma GCC diagnostic pop
		strbuf_puts(&all, one);
	}
	char *text = xstrdup(strbuf_get(&all));
	strbuf_finish(&all);
	return text;
}

static const char *fault_of_many(const char *format, unsigned count, unsigned part)
{
	char *many = repeat(format, count);
	const char *fault = fault_of_parts(part == 0 ? many : "", part == 1 ? many : "",
		part == 2 ? many : "", part == 3 ? many : "");
	free(many);
	return fault;
}

TEST(keymaps_of_layouts_are_accepted)
{
	static const char *const layouts[] = {
		"us", "de", "us,de,ru,gr", "fr(bepo),ca(multix)", "jp"};
	struct xkb_context *context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	for (size_t i = 0; i < array_length(layouts); i++) {
		const struct xkb_rule_names names = {
			.layout = layouts[i], .options = "grp:alt_shift_toggle,compose:caps"};
		struct xkb_keymap *keymap =
			xkb_keymap_new_from_names(context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
		check(keymap);
		char *text = xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1);
		check(!fault_of(text));
		free(text);
		xkb_keymap_unref(keymap);
	}
	xkb_context_unref(context);
}

// As wtype, setxkbmap -print and on-screen keyboards write them.
TEST(keymaps_that_include_files_of_the_system_are_accepted)
{
	check(!fault_of("xkb_keymap {\n"
			"xkb_keycodes \"(unnamed)\" {\nminimum = 8;\nmaximum = 10;\n<K1> = 9;\n};\n"
			"xkb_types \"(unnamed)\" { include \"complete\" };\n"
			"xkb_compatibility \"(unnamed)\" { include \"complete\" };\n"
			"xkb_symbols \"(unnamed)\" {\nkey <K1> {[U263A]};\n};\n};\n"));
	check(!fault_of("xkb_keymap {\n"
			"xkb_keycodes { include \"evdev+aliases(qwerty)\" };\n"
			"xkb_types { include \"complete\" };\n"
			"xkb_compat { include \"complete\" };\n"
			"xkb_symbols { include \"pc+us+de:2+ru:3+gr:4+inet(evdev)\" };\n"
			"xkb_geometry { include \"pc(pc105)\" };\n};\n"));
	check(!fault_of("// a comment with \" and include \"/etc/passwd\"\n"
			"xkb_keymap { # and <another\n"
			"xkb_keycodes { <A> = 0x26; alias <B> = <A>; };\n"
			"xkb_types { virtual_modifiers NumLock=0x1000,Alt;\n"
			"type \"ONE_LEVEL\" { modifiers = none; };\n"
			"type \"TWO\" { modifiers = Shift+NumLock; map[Shift] = Level2;\n"
			"map[Shift+NumLock] = 2; level_name[Level2] = \"2\"; }; };\n"
			"xkb_compatibility { interpret 0x1000263a+AnyOf(all) "
			"{ action = SetGroup(group=+1); }; };\n"
			"xkb_symbols { key <A> { type = \"TWO\", [ a, 0x1000263a ] }; };\n};\n"));
}

TEST(includes_by_a_path_are_refused)
{
	static const char *const names[] = {"/tmp/fifo", "../../../../tmp/fifo", "./fifo",
		"us+/tmp/fifo", "us/../../fifo", "us|../fifo", "..", "%H/fifo", "%S/symbols/us",
		"~/fifo", "\\056\\056/fifo", "\\057tmp/fifo", "a b"};
	static const char *const words[] = {
		"include", "INCLUDE", "augment", "override", "replace", "alternate"};
	for (size_t i = 0; i < array_length(names); i++) {
		for (size_t k = 0; k < array_length(words); k++) {
			char *text = xasprintf("%s \"%s\";", words[k], names[i]);
			check_str(fault_of_parts("", "", "", text), "includes a file by a path");
			free(text);
		}
	}
	check_str(
		fault_of_parts("", "include // \"\n \"/x\"", "", ""), "includes a file by a path");
	check_str(fault_of_parts("", "", "", "include \"us+us+us+us+us+us+us+us+us+us+us+us+us\""),
		"includes too many files");
}

// The user's own folders may contain anything, a FIFO for instance.
TEST(folders_of_the_user_are_not_searched)
{
	char path[512], target[600];
	setenv("HOME", test_dir(), 1);
	setenv("XDG_CONFIG_HOME", test_dir(), 1);
	snprintf(path, sizeof(path), "%s/xkb", test_dir());
	check(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "%s/xkb/symbols", test_dir());
	check(mkdir(path, 0700) == 0);
	snprintf(target, sizeof(target), "%s/fifo", path);
	check(mkfifo(target, 0600) == 0);
	check_str(fault_of_parts("", "", "", "include \"fifo\""), "cannot be compiled");
}

// Each of these aborts xkbcommon 1.5 by an assertion.
TEST(numbers_out_of_reach_are_refused)
{
	check_str(fault_of_parts("<B> = 1000000000;", "", "", ""),
		"has key codes that no keyboard has");
	check_str(fault_of_parts("<B> = 4096;", "", "", ""), "has key codes that no keyboard has");
	check_str(fault_of_parts("<B> = 99999999999999999999999;", "", "", ""), "is malformed");
	check(!fault_of_parts("<B> = 4095;", "", "", ""));
	check_str(fault_of_parts("", "type \"T\" { modifiers = Shift; map[Shift] = 1000000000; };",
			  "", ""),
		"has too many levels");
	check_str(fault_of_parts("", "type \"T\" { modifiers = Shift; map[Shift] = 0x3fffffff; };",
			  "", ""),
		"has too many levels");
	check_str(fault_of_parts("",
			  "type \"T\" { modifiers = Shift; level_name[99999] = \"x\"; };", "", ""),
		"has too many levels");
	check_str(
		fault_of_parts("",
			"type \"T\" { modifiers = Shift; map[Shift] = 16*16*16*16*16; };", "", ""),
		"computes levels");
	check_str(
		fault_of_parts("", "type \"T\" { modifiers = Shift; map[Shift] = 9+16; };", "", ""),
		"computes levels");
	check(fault_of_parts(
		"", "virtual_modifiers X=99999999 type \"T\" { map[Shift] = 99999; };", "", ""));
}

TEST(lists_that_take_long_are_refused)
{
	check_str(fault_of_many("alias <Q%u> = <A>;", 2000, 0), "has too many aliases");
	check_str(fault_of_many("<Q%u> = %u;", 2000, 0), "has too many keys");
	check_str(fault_of_many("type \"T%u\" { modifiers = none; };", 500, 1),
		"has too many types of keys");
	check_str(fault_of_many("interpret 0x10%05u { action = NoAction(); };", 1000, 2),
		"has too many interpretations");
	check_str(fault_of_many("modifier_map Shift { 0x10%05u };", 1000, 3),
		"has too many modifiers");
	check_str(fault_of_many("key <A> { [ b%u ] };", 5000, 3), "is too long");
	char *large = calloc(1, KEYMAP_TEXT_MAX + 2);
	check(large);
	memset(large, ' ', KEYMAP_TEXT_MAX + 1);
	check_str(fault_of(large), "is too large");
	free(large);
}

TEST(text_that_xkbcommon_might_read_otherwise_is_refused)
{
	static const char *const texts[] = {
		"\"", "name[1]=\"a\\\" include \"/x\";", "<A", "<A B>", "12ab", "\"a\nb\"", "0x"};
	for (size_t i = 0; i < array_length(texts); i++)
		check(fault_of(texts[i]));
	check(fault_of(""));
	check(fault_of("xkb_keymap {"));
}

// xkbcommon 1.5 reads a NULL before the comma.
TEST(a_crash_of_xkbcommon_stays_in_a_child)
{
	const char *fault = fault_of_parts("", "", "", "key <A> { ,[ a ] };");
	check(fault);
	check(strstr(fault, "crashes") || strcmp(fault, "cannot be compiled") == 0);
	check(waitpid(-1, NULL, WNOHANG) < 0); // it was waited for
	check(!fault_of_parts("", "", "", ""));
}

// What no limit covers, as a file of the system's folders that cannot be read.
TEST(what_takes_long_is_given_up)
{
	char *folder = xasprintf("%s/symbols", test_dir()), *file = xasprintf("%s/fifo", folder);
	setenv("XKB_CONFIG_ROOT", test_dir(), 1);
	setenv("HOME", "/nowhere", 1);
	unsetenv("XDG_CONFIG_HOME");
	check(mkdir(folder, 0700) == 0 && mkfifo(file, 0600) == 0);
	check_str(fault_of_parts("", "", "", "include \"fifo\""), "takes too long to compile");
	check(waitpid(-1, NULL, WNOHANG) < 0);
	free(file);
	free(folder);
}

// A short text, of more levels than a keymap of all keys and four layouts.
TEST(too_many_levels_are_refused)
{
	char *codes = repeat("<K%u> = 1%03u;", 1000);
	char *keys = repeat("key <K%u> { [ a ], [ a ], [ a ], [ a ] };", 500);
	char *symbols = xasprintf("key.type = \"T\"; %s", keys);
	check_str(fault_of_parts(codes, "type \"T\" { modifiers = Shift; map[Shift] = 16; };", "",
			  symbols),
		"has too many levels");
	free(codes);
	free(keys);
	free(symbols);
}

static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

// Bytes of the heap that a keymap of these parts takes; its estimate in *estimate.
static size_t memory_of(
	const char *keycodes, const char *types, const char *symbols, size_t *estimate)
{
	struct xkb_context *context = keymap_text_context();
	char *text = keymap_of(keycodes, types, "", symbols);
	const char *fault;
	// The context keeps the names of the first.
	struct xkb_keymap *first = keymap_text_compile(context, text, strlen(text), &fault);
	size_t before = allocated();
	struct xkb_keymap *keymap = keymap_text_compile(context, text, strlen(text), &fault);
	size_t held = allocated() - before;
	check(first && keymap);
	*estimate = keymap_text_memory(keymap);
	xkb_keymap_unref(first);
	xkb_keymap_unref(keymap);
	xkb_context_unref(context);
	free(text);
	return held;
}

TEST(memory_is_estimated)
{
	char *codes = repeat("<K%u> = 1%03u;", 250);
	char *keys = repeat("key <K%u> { [ a ], [ a ], [ a ], [ a ] };", 250);
	char *symbols = xasprintf("key.type = \"T\"; %s", keys);
	const struct {
		const char *keycodes, *types, *symbols;
		size_t least; // bytes
	} rows[] = {
		{"", "", "", 1000},
		{"<B> = 4095;", "", "", 100 << 10},
		{codes, "type \"T\" { modifiers = Shift; map[Shift] = 16; };", symbols, 256 << 10},
	};
	for (size_t i = 0; i < array_length(rows); i++) {
		size_t estimate,
			held = memory_of(
				rows[i].keycodes, rows[i].types, rows[i].symbols, &estimate);
		if (!held)
			test_skip("an allocator without statistics");
		check(held >= rows[i].least);
		check(estimate >= held && estimate <= 2 * held + (200 << 10));
	}
	free(codes);
	free(keys);
	free(symbols);
}
