// SPDX-License-Identifier: MIT
// Private to the folder: the state of the lock, and functions between its files.
#pragma once
#include "compositor/base/clock.h"
#include "compositor/lock/lock.h"

struct lock {
	struct server *server;
	enum lock_state state;
	struct locker *locker; // that holds it, or NULL
	struct node *cover;    // opaque, in SCENE_LOCK, larger than any layout; NULL: not locked
	uint64_t version;      // scene.version since which nothing else is in the scene
	struct timer limit;    // until impl->locked is called anyway
	struct wl_listener frame_shown, outputs_changed, pointer_focus;
};

// The locker does not hold the lock any more: its surfaces are shown no more.
void locker_detach(struct locker *locker);
// Gives the keyboard focus to the lock surface under the pointer, else to the one that has it, else
// to the first that is shown.
void lock_update_focus(struct lock *lock);
