// SPDX-License-Identifier: MIT
// The window switcher (Alt+Tab).
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct desktop;
struct node;
struct window;

// Selects the next (1) or previous (-1) window. Opens the switcher if it is closed; modifiers are
// those of the binding, and their release commits. Without modifiers the selection is committed at
// once.
void switcher_step(struct desktop *desktop, int by, uint32_t modifiers);
// A key while the switcher is open. modifiers: those still pressed. False: not consumed.
bool switcher_key(struct desktop *desktop, uint32_t keysym, uint32_t modifiers, bool pressed);
// The modifiers changed to these: without those of the binding the selection is committed. The
// switcher may be closed.
void switcher_modifiers(struct desktop *desktop, uint32_t modifiers);
// A press on node (or NULL) while it is open: selects the row under the pointer, or closes it.
// True: consumed.
bool switcher_button(struct desktop *desktop, struct node *node);
// Removes a window that is unmapped. The switcher may be closed.
void switcher_window_gone(struct desktop *desktop, struct window *window);
// Closes it; commit: activates the selected window. The switcher may be closed already.
void switcher_close(struct desktop *desktop, bool commit);
