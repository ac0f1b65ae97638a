// SPDX-License-Identifier: MIT
// Fake virgl host: a transport that records every command, renders only the canary's pixels, and
// fails on request.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "renderer/virgl/format.h"
#include "renderer/virgl/transport.h"

struct fake_host {
	struct virgl_transport base;
	uint32_t caps[VIRGL_CAPS_WORDS]; // of a current host; tests change them before use
	size_t caps_bytes;
	uint32_t next_id;
	int resources; // that exist
	size_t memory; // bytes of all backings
	unsigned submissions, resets, transfers;
	size_t words;      // of the last submission
	size_t n_uses;     // of the last submission
	uint32_t value;    // of the last clear
	bool drawn;        // there was a draw since then
	bool context_dead; // commands are ignored
	bool busy;         // wait returns VIRGL_BUSY, unless it blocks
	bool creates_none, refuses, silent, does_not_reset; // faults
	char *text;                                         // recorded since fake_host_take, owned
};

// Creates a host with all capabilities. The renderer that is created on it owns it through base.
struct fake_host *fake_host_create(void);
// Sets whether a format of the protocol can be sampled and rendered to.
void fake_host_set_format(struct fake_host *fake, uint32_t format, bool sampled, bool rendered);
// Returns what was recorded and starts over: commands in the form of decode.h, and lines for
// create, release, put and get. The caller frees it.
char *fake_host_take(struct fake_host *fake);
// Checks what was recorded, and starts over.
void fake_host_check(struct fake_host *fake, const char *wanted);
