// SPDX-License-Identifier: MIT
// Reassembles and builds messages, which go over the port in chunks.
#include "backends/vdagent/vdagent_wire.h"
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"

#define PROTOCOL 1
#define CLIENT_PORT 1        // port of chunks for the agent; the other is the server's own
#define MAX_CHUNK (64 << 10) // accepted; the usual limit is 2048
#define CHUNK 2048           // bytes after the chunk's header

uint32_t vdagent_u32(const void *from)
{
	const uint8_t *at = from;
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
		(uint32_t)at[3] << 24;
}

void vdagent_put_u32(void *to, uint32_t value)
{
	uint8_t *at = to;
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

// Copies until *used is wanted. True: complete.
static bool field_fill(void *into, size_t *used, size_t wanted, const uint8_t **at, size_t *size)
{
	size_t n = MIN(wanted - *used, *size);
	memcpy((uint8_t *)into + *used, *at, n);
	*used += n;
	*at += n;
	*size -= n;
	return *used == wanted;
}

static void end_message(struct vdagent_reader *reader)
{
	struct bytes *body = reader->body;
	reader->body = NULL;
	reader->head_used = reader->used = reader->left = 0;
	if (body)
		reader->handle(reader->data, vdagent_u32(reader->head + 4), body);
	bytes_unref(body);
}

// A part of a message, without chunk headers.
static bool feed_message(struct vdagent_reader *reader, const uint8_t *at, size_t size)
{
	while (size > 0 ||
		(reader->head_used == sizeof(reader->head) && reader->body &&
			reader->used == reader->body->size)) {
		if (reader->head_used < sizeof(reader->head)) {
			if (!field_fill(reader->head, &reader->head_used, sizeof(reader->head), &at,
				    &size))
				return true;
			if (vdagent_u32(reader->head) != PROTOCOL)
				return false;
			reader->left = vdagent_u32(reader->head + 16);
			if (reader->left <= VDAGENT_MAX_BYTES)
				reader->body = bytes_create(reader->left);
		} else if (reader->body) {
			if (!field_fill(reader->body->data, &reader->used, reader->body->size, &at,
				    &size))
				return true;
			end_message(reader);
		} else {
			size_t skipped = MIN(size, reader->left);
			reader->left -= (uint32_t)skipped;
			at += skipped;
			size -= skipped;
			if (reader->left == 0)
				end_message(reader);
		}
	}
	return true;
}

bool vdagent_reader_feed(struct vdagent_reader *reader, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	while (size > 0) {
		if (reader->chunk_left == 0) {
			if (!field_fill(reader->chunk_head, &reader->chunk_head_used,
				    sizeof(reader->chunk_head), &at, &size))
				return true;
			reader->chunk_head_used = 0;
			reader->chunk_left = vdagent_u32(reader->chunk_head + 4);
			if (reader->chunk_left > MAX_CHUNK)
				return false;
			continue;
		}
		size_t n = MIN(size, reader->chunk_left);
		if (vdagent_u32(reader->chunk_head) == CLIENT_PORT && !feed_message(reader, at, n))
			return false;
		reader->chunk_left -= (uint32_t)n;
		at += n;
		size -= n;
	}
	return true;
}

void vdagent_reader_finish(struct vdagent_reader *reader)
{
	bytes_unref(reader->body);
	*reader = (struct vdagent_reader){.handle = reader->handle, .data = reader->data};
}

static void message_append(struct bytes *into, size_t *offset, size_t *in_chunk, size_t *left,
	const void *data, size_t size)
{
	const char *at = data;
	while (size > 0) {
		if (*in_chunk == 0) {
			*in_chunk = MIN(*left, CHUNK);
			vdagent_put_u32(into->data + *offset, CLIENT_PORT);
			vdagent_put_u32(into->data + *offset + 4, (uint32_t)*in_chunk);
			*offset += 8;
		}
		size_t n = MIN(size, *in_chunk);
		memcpy(into->data + *offset, at, n);
		*offset += n;
		*in_chunk -= n;
		*left -= n;
		at += n;
		size -= n;
	}
}

struct bytes *vdagent_message(
	uint32_t type, const void *first, size_t first_size, const void *second, size_t second_size)
{
	uint8_t head[20] = {0};
	size_t left = sizeof(head) + first_size + second_size;
	size_t chunks = (left + CHUNK - 1) / CHUNK, offset = 0, in_chunk = 0;
	struct bytes *message = bytes_create(left + chunks * 8);
	if (!message)
		return NULL;
	vdagent_put_u32(head, PROTOCOL);
	vdagent_put_u32(head + 4, type);
	vdagent_put_u32(head + 16, (uint32_t)(first_size + second_size));
	message_append(message, &offset, &in_chunk, &left, head, sizeof(head));
	message_append(message, &offset, &in_chunk, &left, first, first_size);
	message_append(message, &offset, &in_chunk, &left, second, second_size);
	return message;
}
