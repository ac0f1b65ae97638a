// SPDX-License-Identifier: MIT
// A GPU can forget everything at any moment (a reset, a driver that went away). Nothing of a client
// is lost with it: the renderer starts anew, and what it showed is given to it once more.
#pragma once

struct server;

// Where the renderer failed. If it has lost everything, a new start is made from the loop, and
// tried again until it succeeds.
void recover_if_lost(struct server *server);
void recover(void *server); // timer callback
