// SPDX-License-Identifier: MIT
// Clipboard and primary selection, shared between the X server's clients and Oriel's.
#pragma once
#include <stdbool.h>
#include <xcb/xcb.h>

struct backend;
struct data_source;
struct x11;

// Sets x11->clipboard. Without XFixes, and in virtual time, the selections are not shared (logged),
// and it stays NULL.
void x11_clipboard_create(struct x11 *x11);
// Ends all transfers. x11->clipboard may be NULL.
void x11_clipboard_destroy(struct x11 *x11);
// Implements backend_impl.set_selection.
void x11_clipboard_set(struct backend *backend, bool primary, struct data_source *source);
