// SPDX-License-Identifier: MIT
// A screen locker, and a check of every frame that is shown while the session is locked.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "tests/harness/client.h"
#include "ext-session-lock-v1-client-protocol.h"

#define LOCKER_ARGB 0xff00c000 // of its surfaces

struct locker_surface {
	struct test_locker *locker;
	struct wl_surface *surface; // NULL: destroyed
	struct ext_session_lock_surface_v1 *role;
	struct wl_buffer *buffer;
	uint32_t serial;   // of the newest configure, 0: none yet
	int width, height; // of it
	int configures;
	bool draws; // acks each configure and commits a buffer of its size
};

struct test_locker {
	struct client *client;
	struct ext_session_lock_manager_v1 *manager;
	struct ext_session_lock_v1 *lock; // NULL: destroyed
	int locked, finished;             // events
	struct locker_surface *surfaces[8];
	int n_surfaces;
};

// Requests the lock, and pumps. Never NULL.
struct test_locker *locker_create(struct client *client);
// A surface on that output; draws: it is drawn as soon as it is configured. Pumps.
struct locker_surface *locker_add(struct test_locker *locker, struct wl_output *output, bool draws);
// Acks the newest configure and commits a buffer of that size. Does not pump.
void locker_draw(struct locker_surface *surface, int width, int height);
// Destroys the role and the surface, and pumps.
void locker_remove(struct locker_surface *surface);
// Unlocks, and pumps.
void locker_unlock(struct test_locker *locker);
// Frees all proxies; requests is false after an error or to send none.
void locker_destroy(struct test_locker *locker, bool requests);
// Ends the client as a crash does: no request is sent. Both are freed.
void locker_kill(struct test_locker *locker);
// The n-th output of the client, from 0.
struct wl_output *locker_output(struct client *client, int n);

// Watches all frames that any output shows while the session is locked.
struct lock_watch {
	struct fixture *fixture;
	struct wl_listener frame_done;
	int frames;  // so far
	int foreign; // those with a pixel of neither a locker, the cover nor a grey cursor
};

// Begins to watch.
void lock_watch_begin(struct lock_watch *watch, struct fixture *fixture);
// Ends it, and checks that no frame was foreign.
void lock_watch_end(struct lock_watch *watch);
// The pixel (XRGB8888) is one that lock screens of the tests and the compositor have.
bool lock_watch_accepts(uint32_t pixel);
