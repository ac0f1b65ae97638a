// SPDX-License-Identifier: MIT
// Commits whose buffer a device is still writing (implicit synchronisation): they wait in their
// queue, and only they, until the memory says that it is written. Where a frame is due anyway, that
// is asked when it starts, which costs no wake-up of its own; only what is late then is waited for.
#pragma once
#include <stdbool.h>

struct buffer;
struct server;
struct surface_commit;

// Whether a commit with this buffer (or NULL) would have to wait now.
bool buffer_is_written(const struct buffer *buffer);
// Makes the commit wait (SURFACE_WAIT_FENCE) where its buffer is not written; ends by itself.
void fences_add(struct surface_commit *commit);
// Waits no more; what waited is not applied by this.
void fences_drop(struct surface_commit *commit);
// The commit waits for what `from` waited for, and for nothing else.
void fences_take(struct surface_commit *commit, struct surface_commit *from);
// A frame starts, or will not: what is written by now is applied, the rest is waited for.
void fences_look(struct server *server);
