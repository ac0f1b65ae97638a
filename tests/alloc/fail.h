// SPDX-License-Identifier: MIT
// Replaces the functions that allocate memory. What the server allocates is counted, and one such
// allocation fails. The environment has the number: ALLOC_FAIL=N, from 1. ALLOC_RECORD=FILE records
// them instead: a line with the number and a hash of the stack for the first one of each stack.
#pragma once
#include <stdbool.h>

// Whether the allocation has failed.
bool fail_happened(void);
