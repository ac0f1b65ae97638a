// SPDX-License-Identifier: MIT
// Keymaps as text from clients and hosts. xkbcommon trusts such text: it reads any file that an
// include names, has assertions on numbers and lists that it searches for every entry.
#pragma once
#include <stddef.h>
#include <xkbcommon/xkbcommon.h>

#define KEYMAP_TEXT_MAX (256u << 10) // bytes; four layouts in full are some 80,000

// What is wrong with the text before it is compiled: it is larger than a keymap of four layouts by
// far, includes a file by a path, or has numbers or lists that no keyboard has. The static string
// completes "the keymap ..."; NULL: nothing is wrong. The text ends at length or at the first NUL.
const char *keymap_text_fault(const char *text, size_t length);
// A context that finds includes only in the folders of the system (xkb-data), not in the user's
// own, and logs nothing. The caller unrefs it; NULL: out of memory.
struct xkb_context *keymap_text_context(void);
// Compiles text that keymap_text_fault finds nothing wrong with, if a child process survives it
// and ends after half a second of CPU time, or 5 s; the caller unrefs the keymap.
// NULL with a static string in *fault that completes "the keymap ...": it was refused, as is any
// without a context.
struct xkb_keymap *keymap_text_compile(
	struct xkb_context *context, const char *text, size_t length, const char **fault);
// Bytes that xkbcommon holds for such a keymap at the most, estimated: a short text can describe
// thousands of levels.
size_t keymap_text_memory(struct xkb_keymap *keymap);
