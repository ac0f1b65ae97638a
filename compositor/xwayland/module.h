// SPDX-License-Identifier: MIT
// Finds and loads oriel-xwayland.so, the window manager of X programs.
#pragma once
#include <stdbool.h>

struct xwm_impl;

// Whether the module is installed. Does not load it.
bool xwm_is_installed(void);
// Loads the module, which stays loaded. NULL: logged.
const struct xwm_impl *xwm_load(void);
