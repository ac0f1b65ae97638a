// SPDX-License-Identifier: MIT
// Records the events of a zwp_text_input_v3 as text, which tests compare.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "tests/harness/client.h"
#include "text-input-unstable-v3-client-protocol.h"

struct text_log {
	struct client *client;
	struct zwp_text_input_manager_v3 *manager;
	struct zwp_text_input_v3 *input;
	struct wl_surface *surface; // of the last enter; NULL: it left
	char text[4096];            // "enter / preedit ´ 2,2 / commit é / done 1 / "
	size_t length;
};

// Creates a text input for the client's seat and listens to it.
void text_log_begin(struct text_log *log, struct client *client);
// Destroys the text input and its manager.
void text_log_end(struct text_log *log);
// Enables and commits, and pumps.
void text_log_enable(struct text_log *log);
// Pumps and returns the events since the last call. The string is valid until the next call.
const char *text_log_take(struct text_log *log);
