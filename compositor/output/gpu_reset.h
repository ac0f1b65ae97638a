// SPDX-License-Identifier: MIT
// GPU resets: recreates the renderer and imports all contents again. Clients do not notice.
#pragma once

struct server;

// After a renderer failed: if its GPU was reset, schedules the recovery from the event loop,
// retried until it succeeds.
void gpu_reset_check(struct server *server);
// Recreates the renderer; callback of the timer.
void gpu_reset_recover(void *server);
