// SPDX-License-Identifier: MIT
// Requests whose arguments come from the input of the fuzzer.
#pragma once
#include "tests/fuzz/peer.h"

struct input {
	const uint8_t *data;
	size_t left;
	int file; // newest memory sent, for truncating it; -1: none
};

// The next byte of the input, 0 at its end.
uint8_t input_byte(struct input *input);
// The next four bytes of the input, big-endian; 0 for those past its end.
uint32_t input_word(struct input *input);

// Queues a request that the input selects, with arguments from the input.
void request_any(struct peer *peer, struct input *input);
// Queues the named request with the given arguments, in the order of the signature. The new object
// is created here and returned, otherwise NULL. 's' takes a const char *, 'a' is empty, 'h' takes
// ownership of a descriptor.
struct object *request(struct peer *peer, struct object *object, const char *name, ...);
