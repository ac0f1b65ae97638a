// SPDX-License-Identifier: MIT
// The virtual terminals of the kernel.
#pragma once
#include <stdbool.h>

// Switches to virtual terminal vt. The kernel permits it to processes whose controlling terminal is
// a virtual one, and to root. False with errno set: it does not, or there is no such terminal.
bool terminal_activate(int vt);
