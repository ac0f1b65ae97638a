// SPDX-License-Identifier: MIT
// Selectors of windows: "app_id=foot title~=^term focused". All conditions must match. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum selector_flag {
	SELECT_FOCUSED = 1 << 0,
	SELECT_MAXIMIZED = 1 << 1,
	SELECT_FULLSCREEN = 1 << 2,
	SELECT_MINIMIZED = 1 << 3,
	SELECT_URGENT = 1 << 4,
	SELECT_X11 = 1 << 5, // of an X program
};

// What a selector matches of a window, so that matching needs no window.
struct window_facts {
	const char *app_id, *title, *tag;  // may be NULL
	const char *class_name, *instance; // of X programs, else NULL
	uint64_t id;
	pid_t pid;
	unsigned flags; // enum selector_flag
};

struct selector;

// Parses words[0..count). NULL with *error (caller frees) when a word is not a condition. No words
// select every window.
struct selector *selector_parse(char *const *words, size_t count, char **error);
// Accepts NULL.
void selector_destroy(struct selector *selector);
// Whether the window meets all conditions. NULL matches every window.
bool selector_matches(const struct selector *selector, const struct window_facts *window);
// Whether the word has the form of a condition; its value may still be wrong.
bool selector_is_word(const char *word);
