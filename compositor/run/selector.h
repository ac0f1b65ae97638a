// SPDX-License-Identifier: MIT
// Which window is meant: "app_id=foot title~=^term focused". All conditions must hold.
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
};

// What is known of a window, without the window, so that matching is pure.
struct selectable {
	const char *app_id, *title; // may be NULL
	uint64_t id;
	pid_t pid;
	unsigned flags; // enum selector_flag
};

struct selector;

// Parses words[0..count). NULL with *error (caller frees) when one is not understood. No words at
// all select every window.
struct selector *selector_parse(char *const *words, size_t count, char **error);
void selector_destroy(struct selector *selector); // NULL is allowed
bool selector_matches(const struct selector *selector, const struct selectable *window);
// True when the word looks like a condition, understood or not.
bool selector_is_word(const char *word);
