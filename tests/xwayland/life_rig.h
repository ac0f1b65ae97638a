// SPDX-License-Identifier: MIT
// A server with an X display in a folder of the test, a fake Xwayland, and a window manager that
// only counts.
#pragma once
#include <stdbool.h>
#include "compositor/xwayland/xwayland.h"
#include "tests/harness/fixture.h"

struct xwm;

struct life_rig {
	struct fixture *fixture;
	struct guard *guard;
	struct children *children;
	struct xwayland *xwayland;
	char program[512]; // the fake one
	char log[8192];    // messages of any level
	// Of the window manager
	bool refuses; // create returns NULL
	bool busy;
	int created, destroyed, serials;
	struct xwm *xwm; // NULL: there is none
};

// Opens the display; fake: what the fake Xwayland does, see fake_xwayland.c.
void life_rig_open(struct life_rig *rig, const char *fake);
// TEST_F: creates the server, without a display.
void life_rig_init(struct life_rig *rig);
// Destroys all of it, and checks that no file is left.
void life_rig_finish(struct life_rig *rig);
// Changes what the next fake Xwayland does.
void life_rig_set_fake(const char *fake);
// Connects an X program to the socket file or the abstract one. -1: refused.
int life_rig_connect(struct life_rig *rig, bool abstract);
// Reads what the program gets from its server, a number: 0 at the end of the connection.
int life_rig_read(struct life_rig *rig, int fd);
// Dispatches until the condition holds, at most some seconds; fails the test then.
#define life_rig_wait(rig, condition) \
	do { \
		for (int turns_ = 0; !(condition); turns_++) { \
			if (turns_ >= 1000) \
				test_fail(__FILE__, __LINE__, "never: %s\n%s", #condition, \
					(rig)->log); \
			life_rig_turn(rig); \
		} \
	} while (0)
// One iteration of the event loop, which may block for 10 ms.
void life_rig_turn(struct life_rig *rig);
// Whether nothing happens in the event loop for 50 ms.
bool life_rig_is_quiet(struct life_rig *rig);
// The window manager reports that it has failed.
void life_rig_fail_xwm(struct life_rig *rig);
// How often the text is in the log.
int life_rig_logged(const struct life_rig *rig, const char *text);
