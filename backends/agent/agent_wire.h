// SPDX-License-Identifier: MIT
// What goes over the port of the host's agent: messages, cut into chunks. Little-endian, packed; as
// the SPICE protocol has it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

enum agent_type {
	AGENT_CLIPBOARD = 4,
	AGENT_ANNOUNCE_CAPABILITIES = 6,
	AGENT_CLIPBOARD_GRAB = 7,
	AGENT_CLIPBOARD_REQUEST = 8,
	AGENT_CLIPBOARD_RELEASE = 9,
	AGENT_CLIENT_DISCONNECTED = 14,
	AGENT_MAX_CLIPBOARD = 15,
};

// Bits of what a side can do.
enum agent_capability {
	AGENT_CAP_BY_DEMAND = 1 << 5,
	AGENT_CAP_SELECTION = 1 << 6, // messages say which clipboard they are about
	AGENT_CAP_LF = 1 << 8,        // lines of text end so here
	AGENT_CAP_MAX_CLIPBOARD = 1 << 10,
	AGENT_CAP_NO_RELEASE_ON_REGRAB = 1 << 16,
	AGENT_CAP_GRAB_SERIAL = 1 << 17,
};

// What the clipboard holds.
enum agent_format {
	AGENT_NONE,
	AGENT_TEXT, // UTF-8
	AGENT_PNG,
	AGENT_BMP,
	AGENT_TIFF,
	AGENT_JPEG,
	AGENT_FORMATS
};

#define AGENT_MAX_BYTES (128u << 20) // of a message; larger ones are skipped

// Whole messages out of what is read. Zeroed: at the beginning of a chunk.
struct agent_reader {
	uint8_t chunk_head[8], head[20];
	size_t chunk_head_used, head_used, used;
	uint32_t chunk_left, left; // of the chunk; of a message that is skipped
	struct bytes *body; // of the message under way; NULL: it is skipped, or there is none
	// What to do with a message. body stays the reader's, which gives up its reference after.
	void (*handle)(void *data, uint32_t type, struct bytes *body);
	void *data;
};

// False: what came is no such protocol.
bool agent_reader_feed(struct agent_reader *reader, const void *bytes, size_t size);
void agent_reader_finish(struct agent_reader *reader); // zeroed afterwards, but for handle and data

// A message as it goes over the port, of two parts of which either may be empty; NULL: no memory.
struct bytes *agent_message(uint32_t type, const void *first, size_t first_size, const void *second,
	size_t second_size);

uint32_t agent_u32(const void *from);
void agent_put_u32(void *to, uint32_t value);
