// SPDX-License-Identifier: MIT
// Which keys are down, and which of them are ours: those that went down while we had the keyboard.
// Others are no news to anybody: not as presses, not as repeats, not as releases.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_BYTES 32 // a bit for each X key code

struct keys {
	uint8_t ours[KEYS_BYTES], others[KEYS_BYTES];
};

bool keys_press(struct keys *keys, uint8_t code);   // true: to be told
bool keys_release(struct keys *keys, uint8_t code); // true: to be told
// What is down at this moment. *missed gets those of ours that are not any more: to be told.
void keys_down(struct keys *keys, const uint8_t down[KEYS_BYTES], uint8_t missed[KEYS_BYTES]);
void keys_lost(struct keys *keys); // somebody else has the keyboard: none is ours
bool keys_has(const uint8_t bits[KEYS_BYTES], uint8_t code);
