// SPDX-License-Identifier: MIT
// Private to the folder: the state of the lock, and functions between its files.
#pragma once
#include "compositor/base/clock.h"
#include "compositor/lock/lock.h"
#include "compositor/seat/idle.h"

struct child;

struct lock {
	struct server *server;
	enum lock_state state;
	struct locker *locker; // that holds it, or NULL
	struct node *cover;    // opaque, in SCENE_LOCK, larger than any layout; NULL: not locked
	uint64_t version;      // scene.version since which nothing else is in the scene
	struct timer limit;    // until impl->locked is called anyway
	struct wl_listener frame_shown, outputs_changed, pointer_focus, lid_closed;
	struct child *command; // the screen locker that is being started, or NULL
	struct idle_watch dim_watch, lock_watch, dark_watch;
	struct node *shade; // dims all outputs, on top of SCENE_LOCK; NULL: they are not dimmed
	unsigned darkened;  // bits of the outputs that dark_watch switched off
};

// Makes the rectangle larger than any layout, and gives it that colour (premultiplied RGBA).
void lock_fill(struct node *rect, const float color[4]);

// Watches for an idle user and for the lid, as configured.
void lock_idle_init(struct lock *lock);
// Ends that.
void lock_idle_finish(struct lock *lock);
// Keeps dimmed what was added to SCENE_LOCK.
void lock_idle_restack(struct lock *lock);

// The locker does not hold the lock any more: its surfaces are shown no more.
void locker_detach(struct locker *locker);
// Gives the keyboard focus to the lock surface under the pointer, else to the one that has it, else
// to the first that is shown.
void lock_update_focus(struct lock *lock);
