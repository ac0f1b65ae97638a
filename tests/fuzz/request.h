// SPDX-License-Identifier: MIT
// Requests whose arguments come from the fuzzer's input.
#pragma once
#include "tests/fuzz/peer.h"

struct input {
	const uint8_t *data;
	size_t left;
	int file; // newest memory sent, for shrinking it; -1: none
};

uint8_t input_byte(struct input *input); // 0 at the end
uint32_t input_word(struct input *input);

// Any request of any object.
void request_any(struct peer *peer, struct input *input);
// A request with fixed arguments, by the name's opcode. Values in the order of the signature; what
// is new is made here and returned (else NULL), 's' takes a const char *, 'a' is empty, 'h' is taken.
struct object *request(struct peer *peer, struct object *object, const char *name, ...);
