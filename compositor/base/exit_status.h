// SPDX-License-Identifier: MIT
// Exit statuses of oriel where it does not pass on the status of the program that it ran.
#pragma once

enum exit_status {
	RUN_FAILED_CHECK = 123, // a verb of the script or a comparison failed
	RUN_TIMED_OUT = 124,    // as timeout(1)
	RUN_FAILED_SELF = 125,  // usage error, or the compositor could not start; as env(1)
	RUN_NOT_EXECUTABLE = 126,
	RUN_NOT_FOUND = 127,
	COMPARE_ERROR = 2, // of oriel compare; as cmp(1) and diff(1)
};
