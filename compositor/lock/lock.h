// SPDX-License-Identifier: MIT
// The session lock: while the session is locked, only the surfaces of a locker are shown, one per
// output above an opaque cover, and only they get input. All levels below read server.locked, and
// scene_set_locked hides the rest. Nothing but lock_release ends it: without its locker, the
// session stays locked until the next one takes over.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct lock;
struct lock_surface;
struct locker;
struct node;
struct output;
struct server;
struct surface;

enum lock_state {
	LOCK_OPEN,      // not locked
	LOCK_COVERING,  // locked; not every output has shown that yet
	LOCK_SHOWN,     // locked, and locker_impl.locked was called
	LOCK_ABANDONED, // locked; the locker ended without unlocking
};

struct locker_impl {
	void (*locked)(struct locker *locker);   // sends ext_session_lock_v1.locked
	void (*finished)(struct locker *locker); // sends ext_session_lock_v1.finished
};

// A program that locks the session. Embedded by the protocol's object.
struct locker {
	const struct locker_impl *impl;
	struct lock *lock;       // NULL: it does not hold the lock
	struct wl_list surfaces; // lock_surface.link
};

struct lock_surface_impl {
	// Sends ext_session_lock_surface_v1.configure with a size in logical pixels.
	void (*configure)(struct lock_surface *surface, int width, int height);
};

// What a locker shows on an output.
struct lock_surface {
	const struct lock_surface_impl *impl;
	void *data; // the impl's
	struct server *server;
	struct locker *locker; // NULL: it does not hold the lock, and the surface is never shown
	struct surface *surface;
	struct output *output; // NULL: it was removed
	struct node *tree;     // owned, in SCENE_LOCK; contains surface->tree
	int width, height;     // of the last configure, logical; 0: none was sent
	struct wl_listener output_destroyed, output_changed;
	struct wl_list link; // locker.surfaces
};

// Never NULL.
struct lock *lock_create(struct server *server);
// The scene's nodes of lock surfaces must be gone. NULL is allowed.
void lock_destroy(struct lock *lock);
// Whether and how the session is locked.
enum lock_state lock_state(const struct lock *lock);

// Locks the session for the locker. Calls impl->locked once every output has shown that, at once if
// they do already. While another locker holds the lock, calls impl->finished instead.
void lock_take(struct lock *lock, struct locker *locker, const struct locker_impl *impl);
// The locker may unlock: impl->locked was called.
bool lock_may_release(const struct locker *locker);
// Unlocks the session, if lock_may_release. Its lock surfaces are shown no more.
void lock_release(struct locker *locker);
// The locker is about to be freed. If it holds the lock, the session stays locked without it.
void lock_leave(struct locker *locker);

// For a surface without a role object, on an output without one of the same locker. Sends the first
// configure. output NULL (it was removed), or a locker without the lock: never shown. Never NULL.
struct lock_surface *lock_surface_create(struct locker *locker, struct surface *surface,
	struct output *output, const struct lock_surface_impl *impl, void *data);
// Hides it. NULL is allowed.
void lock_surface_destroy(struct lock_surface *surface);
// The locker's surface on that output; NULL: none.
struct lock_surface *lock_surface_on(const struct locker *locker, const struct output *output);
// After each applied commit: shows or hides it.
void lock_surface_commit(struct lock_surface *surface);
