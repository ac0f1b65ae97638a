// SPDX-License-Identifier: MIT
// Takes options, selectors, places and points out of the words of a verb, for verb.parse. No server
// is needed; lookup.h finds what they name once the verb runs. The functions return false when they
// have set the action's error.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/script/action.h"

// Takes NAME=VALUE out of the words; *value keeps its value where there is none.
bool action_integer(struct action *action, const char *name, long min, long max, long *value);
// Takes a word out of the words. True: it was there. Never makes the action fail.
bool action_flag(struct action *action, const char *word);
// Takes the words from first on, with or without "in" before them, as action->selector. No words:
// it stays NULL.
bool action_take_selector(struct action *action, size_t first);
// verb.parse of verbs that take a selector only.
bool action_takes_selector(struct action *action);
// Takes "in SELECTOR", "in popup [SELECTOR]", "in layer=NAMESPACE" or "in output=NAME" out of the
// words, as action->place with its name or selector.
bool action_take_place(struct action *action);
// Parses the word at index, which may be missing, as a point: "40,30", "50%,50%", "-10,10".
bool action_take_point(struct action *action, size_t index, struct point *point);
// Appends the words from first to last, which is not included, with blanks between them.
void action_join(const struct action *action, size_t first, size_t last, struct strbuf *text);
