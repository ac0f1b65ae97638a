// SPDX-License-Identifier: MIT
// Composes characters from keys for the active text field: dead keys, Compose sequences, and
// hexadecimal code points after Ctrl+Shift+U. The open sequence is shown as preedit.
#pragma once
#include <stdbool.h>
#include "compositor/seat/key_filter.h"

struct composer;
struct text;

// Never NULL. Reads nothing yet.
struct composer *composer_create(struct text *text);
// NULL is allowed.
void composer_destroy(struct composer *composer);
// Another field is active, or none: forgets the open sequence, and reads the compose table when the
// first field is. Sends nothing: fields begin without a preedit.
void composer_field_changed(struct composer *composer);
// Ends the open sequence, if any, and removes its preedit.
void composer_cancel(struct composer *composer);
// A press while a field is active. True: part of a sequence.
bool composer_press(struct composer *composer, const struct filtered_key *key);
// Modifiers changed while a field is active.
void composer_modifiers(struct composer *composer);
