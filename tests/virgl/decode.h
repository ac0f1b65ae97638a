// SPDX-License-Identifier: MIT
// What a host reads in a stream of commands, written from the protocol and not from the encoder:
// one line per command, wrong lengths and unknown words said as such.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Owned by the caller. Resources are named by their ids.
char *decode(const uint32_t *words, size_t n);
