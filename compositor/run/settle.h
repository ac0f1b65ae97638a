// SPDX-License-Identifier: MIT
// Has everybody said what they had to say.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/base/clock.h"
#include "compositor/run/watch.h"

#define SETTLE_REFRESHES 2

struct settle {
	struct watch *watch;
	int refreshes;     // quiet ones that are needed
	uint64_t began_ns; // server clock
	struct barrier barrier;
	bool asked; // the barrier belongs to `told`
	uint64_t told;
	struct timer timer; // when the quiet will have been long enough
	// Real times: since when no process has run, and since when nothing else is missing.
	uint64_t still_ns, patient_ns, signature;
};

void settle_begin(struct settle *settle, struct watch *watch, int refreshes);
// To be asked after each turn of the loop. *poll_again: no event will tell, ask again soon.
bool settle_poll(struct settle *settle, bool *poll_again);
// All that is missing is the end of the quiet.
bool settle_is_likely(const struct settle *settle);
// A virtual clock has gone on for so long that it will never be.
bool settle_is_hopeless(const struct settle *settle);
char *settle_why(struct settle *settle);   // who keeps it busy and with what; caller frees
void settle_finish(struct settle *settle); // a zeroed one is allowed

// Everything that can happen at this moment of virtual time has happened: nobody has unread
// events, nobody is at work. *now_ns: real time.
bool clients_resting(struct watch *watch, uint64_t now_ns);
