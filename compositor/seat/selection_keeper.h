// SPDX-License-Identifier: MIT
// Keeps a copy of what clients put into a selection, so that it can be pasted after they ended.
#pragma once
#include <stddef.h>

struct clock;
struct data_source;
struct selection_keeper;
struct wl_event_loop;

// A keeper of one selection with at most limit bytes in all, half of it of each type. Never NULL.
struct selection_keeper *selection_keeper_create(
	struct wl_event_loop *loop, struct clock *clock, size_t limit);
// Frees the copy, too. NULL is accepted.
void selection_keeper_destroy(struct selection_keeper *keeper);

// The selection has a new source, or none (NULL). Frees the copy of the previous one, and starts to
// read the source if it is a client's (data_source_impl.ends_with_owner).
void selection_keeper_follow(struct selection_keeper *keeper, struct data_source *source);

// The source was destroyed, while it was the selection: returns a source of the types
// that were read completely, to be set in its place, or NULL if there are none.
struct data_source *selection_keeper_succeed(struct selection_keeper *keeper);
