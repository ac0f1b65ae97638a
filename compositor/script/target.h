// SPDX-License-Identifier: MIT
// The place that an input verb names: waits until it is at rest, and checks that input reaches it.
#pragma once
#include <stdbool.h>
#include "compositor/script/lookup.h"

// Finds the place of the action as soon as its window is mapped and has drawn what was configured
// last. WAIT: it is not at rest yet. FAILED: there is no such place.
enum progress target_find(struct action *action, struct place *place);
// What target_find waits for. The caller frees it; may be NULL.
char *target_why(struct action *action);
// Whether input at a point of the layout reaches the place of the action. False: the action has
// failed, with what lies there.
bool target_check(struct action *action, double x, double y);
