// SPDX-License-Identifier: MIT
// The control socket. Processes of the same user send verbs, one per line, and receive one line of
// JSON for each: {"ok":true,"text":"...","result":...} or {"ok":false,"error":"..."}.
#pragma once
#include "compositor/script/runner.h"

struct control;

// Listens at path. A stale socket there is replaced; anything else makes it fail. NULL: logged.
struct control *control_create(struct runner *runner, const char *path);
// Closes all connections and removes the socket. Accepts NULL.
void control_destroy(struct control *control);
