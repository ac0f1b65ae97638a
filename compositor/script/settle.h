// SPDX-License-Identifier: MIT
// Detects idle clients: "settled" before a picture is taken, "resting" before virtual time passes.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/clock.h"
#include "compositor/script/barrier.h"

#define SETTLE_REFRESHES 2

struct client_watch;

struct settle {
	struct client_watch *watch;
	int refreshes;     // refresh cycles without activity that are needed
	uint64_t began_ns; // server clock
	struct barrier barrier;
	bool asked; // the barrier covers everything up to `sent`
	uint64_t sent;
	struct timer timer; // fires when the quiet time is over
	// Real times since when no process has run, and since when nothing else is missing; 0: not
	// yet.
	uint64_t still_ns, waiting_ns;
	uint64_t signature; // of the sleeping processes at still_ns
};

// Starts waiting until there is no activity for that many refresh cycles.
void settle_begin(struct settle *settle, struct client_watch *watch, int refreshes);
// Whether all is settled; to be called after each iteration of the event loop. Sets *poll_again
// when no event will announce progress.
bool settle_poll(struct settle *settle, bool *poll_again);
// Whether only the end of the quiet time is missing.
bool settle_is_likely(const struct settle *settle);
// Whether a virtual clock has passed the limit, so that it must be given up.
bool settle_is_hopeless(const struct settle *settle);
// What prevents it from settling, as a clause that the caller frees. Never NULL.
char *settle_why(struct settle *settle);
// Accepts a zeroed struct.
void settle_finish(struct settle *settle);

// Whether everything has happened that can happen at this moment of virtual time: no client has
// unread events, no process runs. now_ns: real time.
bool clients_resting(struct client_watch *watch, uint64_t now_ns);
