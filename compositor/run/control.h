// SPDX-License-Identifier: MIT
// The control socket: other processes of the same user send verbs, one a line, and get one line of
// JSON for each: {"ok":true,"text":"...","result":...} or {"ok":false,"error":"..."}.
#pragma once
#include <stdbool.h>
#include "compositor/run/runner.h"

struct control;

// Listens at path, which must not exist or be a socket nobody listens at. NULL: logged.
struct control *control_create(struct runner *runner, const char *path);
void control_destroy(struct control *control); // removes the socket; NULL is allowed
