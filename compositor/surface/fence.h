// SPDX-License-Identifier: MIT
// Implicit synchronisation: a commit whose buffer a device is still writing waits in its queue
// until the buffer's fences have signalled. If a frame is scheduled, they are polled when it
// starts, which saves a wake-up; only those still pending then are watched.
#pragma once
#include <stdbool.h>

struct buffer;
struct server;
struct surface_commit;

// All fences of the buffer have signalled. NULL is allowed.
bool buffer_is_written(const struct buffer *buffer);
// Makes the commit wait for the fences of its buffer (SURFACE_WAIT_FENCE), if any are pending.
void fences_add(struct surface_commit *commit);
// Stops waiting, without applying the commit.
void fences_drop(struct surface_commit *commit);
// Replaces the fences of commit by those of from.
void fences_take(struct surface_commit *commit, struct surface_commit *from);
// At frame start, or when no frame will start: applies commits whose fences have signalled, and
// watches the others.
void fences_look(struct server *server);
