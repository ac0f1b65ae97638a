// SPDX-License-Identifier: MIT
#include "backends/x11/keys.h"
#include <string.h>

bool keys_has(const uint8_t bits[KEYS_BYTES], uint8_t code)
{
	return bits[code / 8] & 1u << code % 8;
}

static void set(uint8_t bits[KEYS_BYTES], uint8_t code, bool down)
{
	uint8_t bit = (uint8_t)(1u << code % 8);
	bits[code / 8] = (uint8_t)(down ? bits[code / 8] | bit : bits[code / 8] & ~bit);
}

bool keys_press(struct keys *keys, uint8_t code)
{
	if (keys_has(keys->ours, code) || keys_has(keys->others, code))
		return false;
	set(keys->ours, code, true);
	return true;
}

bool keys_release(struct keys *keys, uint8_t code)
{
	bool ours = keys_has(keys->ours, code);
	set(keys->ours, code, false);
	set(keys->others, code, false);
	return ours;
}

void keys_down(struct keys *keys, const uint8_t down[KEYS_BYTES], uint8_t missed[KEYS_BYTES])
{
	for (size_t i = 0; i < KEYS_BYTES; i++) {
		missed[i] = (uint8_t)(keys->ours[i] & ~down[i]);
		keys->ours[i] &= down[i];
		keys->others[i] = (uint8_t)(down[i] & ~keys->ours[i]);
	}
}

void keys_lost(struct keys *keys)
{
	memset(keys, 0, sizeof(*keys));
}
