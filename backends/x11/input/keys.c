// SPDX-License-Identifier: MIT
// Bit sets of the keys that are down.
#include "backends/x11/input/keys.h"
#include <string.h>

bool keys_has(const uint8_t bits[KEYS_BYTES], uint8_t code)
{
	return bits[code / 8] & 1u << code % 8;
}

static void set_bit(uint8_t bits[KEYS_BYTES], uint8_t code, bool down)
{
	uint8_t bit = (uint8_t)(1u << code % 8);
	bits[code / 8] = (uint8_t)(down ? bits[code / 8] | bit : bits[code / 8] & ~bit);
}

bool keys_press(struct keys *keys, uint8_t code)
{
	if (keys_has(keys->sent, code) || keys_has(keys->foreign, code))
		return false;
	set_bit(keys->sent, code, true);
	return true;
}

bool keys_release(struct keys *keys, uint8_t code)
{
	bool sent = keys_has(keys->sent, code);
	set_bit(keys->sent, code, false);
	set_bit(keys->foreign, code, false);
	return sent;
}

void keys_sync(struct keys *keys, const uint8_t down[KEYS_BYTES], uint8_t released[KEYS_BYTES])
{
	for (size_t i = 0; i < KEYS_BYTES; i++) {
		released[i] = (uint8_t)(keys->sent[i] & ~down[i]);
		keys->sent[i] &= down[i];
		keys->foreign[i] = (uint8_t)(down[i] & ~keys->sent[i]);
	}
}

void keys_reset(struct keys *keys)
{
	memset(keys, 0, sizeof(*keys));
}
