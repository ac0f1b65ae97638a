// SPDX-License-Identifier: MIT
// What commands are written with: words, handles, and checks of what they name.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/base.h"
#include "renderer/virgl/encode.h"

// Remembers the first reason; false.
bool stream_refuse(struct virgl_stream *stream, const char *why);
static inline void stream_put(struct virgl_stream *stream, uint32_t word)
{
	array_reserve(stream->words, stream->count, stream->capacity);
	stream->words[stream->count++] = word;
}

void stream_put_float(struct virgl_stream *stream, float value);
void stream_put_zeroes(struct virgl_stream *stream, size_t n);
// A command's first word; length: of those that follow.
void stream_begin(struct virgl_stream *stream, enum virgl_command command, enum virgl_object object,
	size_t length);
// Room for so many words, to be filled in before anything else is put.
void *stream_put_room(struct virgl_stream *stream, size_t words);
// What a handle names.
enum virgl_object stream_kind(const struct virgl_stream *stream, uint32_t handle);
// The start of an object with so many words. Its handle, 0: there are no more.
uint32_t stream_create(struct virgl_stream *stream, enum virgl_object kind, size_t length);
// False: refused.
bool stream_check_resource(struct virgl_stream *stream, const struct virgl_resource *resource,
	uint32_t target, uint32_t bind);
bool stream_check_box(
	struct virgl_stream *stream, const struct virgl_resource *resource, const struct box *box);
bool stream_check_kind(struct virgl_stream *stream, uint32_t handle, enum virgl_object kind);
