// SPDX-License-Identifier: MIT
// Clipboard and primary selection, shared between the X server's clients and Oriel's.
#pragma once
#include <stdbool.h>
#include <xcb/xcb.h>
#include "backends/backend.h"

struct x11;
struct x11_clipboard;

// NULL: the selections are not shared (logged). The caller destroys it.
struct x11_clipboard *x11_clipboard_create(struct x11 *x11);
// Ends all transfers. NULL is allowed.
void x11_clipboard_destroy(struct x11_clipboard *clipboard);
// Handles selection and property events, and errors about windows of other clients. False: the
// event is for another part. clipboard may be NULL.
bool x11_clipboard_event(struct x11_clipboard *clipboard, xcb_generic_event_t *event);
// Implements backend_impl.set_selection.
void x11_clipboard_set(struct backend *backend, bool primary, struct data_source *source);
