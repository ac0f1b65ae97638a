// SPDX-License-Identifier: MIT
// `oriel run` and plain `oriel`: a server, programs in it, and how it ends.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;

struct run_options {
	const char *script, *shot, *expect; // NULL: none
	const char *const *expect_words;    // options of expect: "fuzz=2", ...
	size_t n_expect_words;
	uint64_t timeout_ns; // real; 0: none
	const char *record, *junit, *wire_log;
	bool tap, update, cursor;
	const char *const *command; // NULL: none
};

// Returns the exit status. The server is the caller's.
int run_program(struct server *server, const struct run_options *options);

struct session_options {
	const char *socket;         // NULL: the first free name
	const char *const *command; // started in it; NULL: none
	bool ends_with_command;
	bool on_console; // it has a seat's screens
	// It is the session of a user's desktop: services are told, programs start with it.
	bool desktop;
};

int run_session(struct server *server, const struct session_options *options);

// `oriel compare`: 0 same, 1 different, 2 trouble.
struct compare_options;
int compare_files(const char *actual, const char *reference, const struct compare_options *options,
	const char *diff);
