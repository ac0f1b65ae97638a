// SPDX-License-Identifier: MIT
// Between popup.c and popup_grab.c only: the chain of popups with an explicit grab.
#pragma once
#include "compositor/window/popup.h"

// After the popup was mapped: it gets the keyboard focus if it is the newest of the chain.
void popup_grab_mapped(struct popup *popup);
// Removes the popup from the chain, if it is in it. The end of the chain restores the keyboard
// focus.
void popup_grab_leave(struct popup *popup);
