// SPDX-License-Identifier: MIT
// Tracks which keys are down and which of these were sent to the core: those pressed while one of
// our windows had the keyboard. Repeats, and releases of keys pressed elsewhere, are not sent.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_BYTES 32 // a bit for each X key code

struct keys {
	uint8_t sent[KEYS_BYTES];    // down, press sent
	uint8_t foreign[KEYS_BYTES]; // down, pressed elsewhere
};

// Handles a press. True: it is to be sent; false: a repeat, or pressed elsewhere.
bool keys_press(struct keys *keys, uint8_t code);
// Handles a release. True: it is to be sent.
bool keys_release(struct keys *keys, uint8_t code);
// Takes over the state of all keys (down). Sets released to the keys whose release is to be sent.
void keys_sync(struct keys *keys, const uint8_t down[KEYS_BYTES], uint8_t released[KEYS_BYTES]);
// The keyboard focus is lost: forgets all keys.
void keys_reset(struct keys *keys);
// True: the bit of the key code is set.
bool keys_has(const uint8_t bits[KEYS_BYTES], uint8_t code);
