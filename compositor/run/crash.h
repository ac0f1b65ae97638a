// SPDX-License-Identifier: MIT
// Last words of a process that dies of a fault of its own.
#pragma once

// From now on, signals of faults that nothing else handles leave a list of the functions under way
// on standard error, and then do what they always did.
void crash_watch(void);
