// SPDX-License-Identifier: MIT
// The vdagent wire format of SPICE: messages cut into chunks, packed and little-endian. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

enum vdagent_type {
	VDAGENT_CLIPBOARD = 4,
	VDAGENT_ANNOUNCE_CAPABILITIES = 6,
	VDAGENT_CLIPBOARD_GRAB = 7,
	VDAGENT_CLIPBOARD_REQUEST = 8,
	VDAGENT_CLIPBOARD_RELEASE = 9,
	VDAGENT_CLIENT_DISCONNECTED = 14,
	VDAGENT_MAX_CLIPBOARD = 15,
};

// Bits of the capabilities of each side.
enum vdagent_capability {
	VDAGENT_CAP_BY_DEMAND = 1 << 5,
	VDAGENT_CAP_SELECTION = 1 << 6, // messages include the selection they are about
	VDAGENT_CAP_LF = 1 << 8,        // lines of text end with LF
	VDAGENT_CAP_MAX_CLIPBOARD = 1 << 10,
	VDAGENT_CAP_NO_RELEASE_ON_REGRAB = 1 << 16,
	VDAGENT_CAP_GRAB_SERIAL = 1 << 17,
};

// Types of clipboard data.
enum vdagent_format {
	VDAGENT_NONE,
	VDAGENT_TEXT, // UTF-8
	VDAGENT_PNG,
	VDAGENT_BMP,
	VDAGENT_TIFF,
	VDAGENT_JPEG,
	VDAGENT_FORMATS
};

#define VDAGENT_MAX_BYTES (128u << 20) // of a message; larger ones are skipped

// Reassembles messages. Zeroed: at the start of a chunk.
struct vdagent_reader {
	uint8_t chunk_head[8], head[20];
	size_t chunk_head_used, head_used, used;
	uint32_t chunk_left, left; // bytes of the chunk; of a message that is skipped
	struct bytes *body;        // of the current message; NULL: none, or it is skipped
	// Called with each message. The reader owns body and unreferences it afterwards.
	void (*handle)(void *data, uint32_t type, struct bytes *body);
	void *data;
};

// Parses size bytes as they were read, and calls handle for each complete message. False: the
// protocol is not this one; the reader must be finished.
bool vdagent_reader_feed(struct vdagent_reader *reader, const void *bytes, size_t size);
// Drops an incomplete message. The reader can be used again, with the same handle and data.
void vdagent_reader_finish(struct vdagent_reader *reader);

// Builds a message, cut into chunks, whose body is two parts that may be empty. The caller
// unreferences it. NULL: no memory.
struct bytes *vdagent_message(uint32_t type, const void *first, size_t first_size,
	const void *second, size_t second_size);

// Reads a little-endian number from an unaligned address.
uint32_t vdagent_u32(const void *from);
// Writes a little-endian number to an unaligned address.
void vdagent_put_u32(void *to, uint32_t value);
