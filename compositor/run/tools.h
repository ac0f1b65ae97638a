// SPDX-License-Identifier: MIT
// The trades that need no compositor of their own. argv[0] is the program's name; each returns the
// exit status.
#pragma once

int tool_shot(int argc, char **argv);
int tool_compare(int argc, char **argv);
int tool_msg(int argc, char **argv);
