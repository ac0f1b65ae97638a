// SPDX-License-Identifier: MIT
// Compares two PNG files, for `oriel compare`.
#pragma once

struct compare_options;

// Prints one sentence about the difference and, where diff is not NULL and the pictures differ,
// writes a picture of it to that path. Returns the exit status, as cmp(1) does: 0 same, 1
// different, 2 error (logged).
int compare_files(const char *actual, const char *reference, const struct compare_options *options,
	const char *diff);
