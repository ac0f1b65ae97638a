// SPDX-License-Identifier: MIT
// What the process of a test holds, for tests that nothing grows.
#pragma once
#include <stddef.h>

// The number of open file descriptors. More by a constant, so only for comparison.
int process_count_fds(void);
// Memory in use, as the system counts it.
size_t process_resident_bytes(void);
