// SPDX-License-Identifier: MIT
// Fixture of the attacks on a locked session: the neighbour's window fills the screen, the attacker
// has one in front of it and the pointer on it, and each frame that is shown is looked at.
#pragma once
#include "tests/harness/locker.h"
#include "tests/harness/seat_log.h"
#include "tests/hostile/hostile_rig.h"

#define SECRET_ARGB 0xffff00ff // of the session

struct lock_attack {
	struct hostile_rig hostile;
	struct fixture *fixture;
	struct server *server;
	struct client *client;        // the attacker
	struct client_window *window; // of it
	struct seat_log log;          // of it
	struct test_locker *locker;   // NULL: not locked, or killed
	struct lock_watch watch;
	void *proxies[256]; // of the attacker, destroyed at the end
	size_t n_proxies;
};

// Not locked yet.
void lock_attack_init(struct lock_attack *rig);
// Unlocks, with a new locker if need be, and checks that the session works as before.
void lock_attack_finish(struct lock_attack *rig);
// Returns the proxy, which is destroyed at the end without a request.
void *lock_attack_keep(struct lock_attack *rig, void *proxy);
// Locks the session; a surface on the first output is shown after some frames.
void lock_attack_lock(struct lock_attack *rig);
// Runs the session under the lock: everything draws, and the pointer and keys move. Checks that the
// attacker gets no input.
void lock_attack_look(struct lock_attack *rig);
// Kills the locker; the session stays locked.
void lock_attack_kill(struct lock_attack *rig);
// A committed surface of the session's colour, without a role. Kept.
struct wl_surface *lock_attack_surface(struct lock_attack *rig, int width, int height);
