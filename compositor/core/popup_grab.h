// SPDX-License-Identifier: MIT
// Between popup.c and popup_grab.c only: the chain of popups with an explicit grab.
#pragma once
#include "compositor/core/popup.h"

void popup_grab_mapped(struct popup *popup); // takes the keyboard
// Leaves the chain; its end gives the keyboard back to who had it.
void popup_grab_leave(struct popup *popup);
