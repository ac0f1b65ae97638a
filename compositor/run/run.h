// SPDX-License-Identifier: MIT
// `oriel run`: one program in a private compositor, driven by a script.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guard;
struct server;

struct run_options {                     // strings are borrowed; NULL: not given
	const char *script;              // path; "-": standard input
	const char *shot, *expect;       // paths of pictures
	const char *const *expect_words; // options of the verb expect: "fuzz=2", ...
	size_t n_expect_words;
	uint64_t timeout_ns;      // real; 0: none
	const char *record;       // folder of a recording, and of pictures of failures
	const char *junit;        // path of a report
	const char *wire_log;     // path of a log
	const char *socket;       // path or name of a link to the sockets
	bool check;               // only check the script
	bool tap, update, cursor; // report on standard output; rewrite references; show the pointer
	const char *const *command; // NULL-terminated; NULL: the script starts what it needs
	struct guard *guard;        // starts the programs; of the caller
};

// Runs the program and the script, and ends all processes that were started. Returns the exit
// status: that of the program, or an enum exit_status (reported). The server stays the caller's.
int run_program(struct server *server, const struct run_options *options);
// Checks the script only. Returns the exit status: 0, or RUN_FAILED_SELF (all mistakes are
// reported).
int run_check(const struct run_options *options);
