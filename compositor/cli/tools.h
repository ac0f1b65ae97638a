// SPDX-License-Identifier: MIT
// Commands that talk to a running compositor, or only to files. argv[0] is the program's name; all
// return the exit status.
#pragma once

// `oriel shot`: saves a screenshot of a running compositor.
int tool_shot(int argc, char **argv);
// `oriel compare`: compares two PNG files.
int tool_compare(int argc, char **argv);
// `oriel msg`: sends verbs to a running compositor.
int tool_msg(int argc, char **argv);
