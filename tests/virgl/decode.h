// SPDX-License-Identifier: MIT
// Decodes a command stream into text, written from the protocol and independent of the encoder: one
// line per command; wrong lengths and unknown words are marked.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Decodes n words. Resources appear by id. The caller frees the result.
char *decode(const uint32_t *words, size_t n);
