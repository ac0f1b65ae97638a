// SPDX-License-Identifier: MIT
// A host that draws nothing but the few pixels by which it is judged, writes down what it is told,
// and fails where it shall.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "renderer/virgl/format.h"
#include "renderer/virgl/transport.h"

struct paper {
	struct virgl_transport base;
	uint32_t caps[VIRGL_CAPS_WORDS]; // what it tells; a host as they are, to be changed before
	size_t caps_bytes;
	uint32_t next_id;
	int resources; // that it has now
	size_t memory; // shared with it, bytes
	unsigned submissions, resets, transfers;
	size_t words;      // of the last submission
	size_t n_uses;     // of the last submission
	uint32_t value;    // of the last clear
	bool drawn;        // since then
	bool context_dead; // it draws nothing any more
	bool busy;         // wait says so, unless it blocks
	bool creates_none, refuses, silent, does_not_reset;
	char *text; // what it was told since paper_take, owned
};

// With everything that hosts have. The renderer takes base over.
struct paper *paper_create(void);
void paper_set_format(struct paper *paper, uint32_t format, bool sampled, bool rendered);
// Lines of tests/virgl/decode.h, and "create", "release", "put", "get". Owned by the caller.
char *paper_take(struct paper *paper);
// After which there is nothing to be taken.
void paper_check(struct paper *paper, const char *wanted);
