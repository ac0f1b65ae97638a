// SPDX-License-Identifier: MIT
// `oriel info`: facts for a bug report about the program, the machine and the configuration.
#pragma once
#include "compositor/script/strbuf.h"

// Runs the command line of `oriel info`; argv[0] is the program's name. Prints the report to
// standard output. Returns the exit status: 0, 1 if the configuration file has errors
// or the one of --config cannot be read, RUN_FAILED_SELF on wrong usage.
int info_main(int argc, char **argv);

// Appends a line for each DRM card: driver, PCI ids, access and connectors. sysfs ("/sys") and dev
// ("/dev") are the roots it reads from. Monitors are not identified.
void info_add_cards(struct strbuf *report, const char *sysfs, const char *dev);

// Appends lines for the operating system, the kernel and the machine's model. root is "", or the
// prefix of a test's files. The host name is left out.
void info_add_system(struct strbuf *report, const char *root);
