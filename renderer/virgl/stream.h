// SPDX-License-Identifier: MIT
// Builds command streams: words, object handles, and validation of what commands refer to.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/base.h"
#include "renderer/virgl/encode.h"

// Records the reason of the first refused command. Returns false.
bool stream_refuse(struct virgl_stream *stream, const char *why);
// Appends a word.
static inline void stream_put(struct virgl_stream *stream, uint32_t word)
{
	array_reserve(stream->words, stream->count, stream->capacity);
	stream->words[stream->count++] = word;
}

// Appends the bits of a float.
void stream_put_float(struct virgl_stream *stream, float value);
// Appends n words of 0.
void stream_put_zeroes(struct virgl_stream *stream, size_t n);
// Appends the header of a command with length more words.
void stream_begin(struct virgl_stream *stream, enum virgl_command command, enum virgl_object object,
	size_t length);
// Appends uninitialised words and returns a pointer to them, valid until the next append.
void *stream_put_room(struct virgl_stream *stream, size_t words);
// Returns the type of the object with this handle.
enum virgl_object stream_kind(const struct virgl_stream *stream, uint32_t handle);
// Allocates a handle and appends the header of a create command with length words, the handle
// included. Returns 0 if no handles are left.
uint32_t stream_create(struct virgl_stream *stream, enum virgl_object kind, size_t length);
// Checks that the resource exists, has this target and all of these bind flags; else refuses the
// command and returns false.
bool stream_check_resource(struct virgl_stream *stream, const struct virgl_resource *resource,
	uint32_t target, uint32_t bind);
// Checks that the box is not empty and inside of the resource; else refuses the command and returns
// false.
bool stream_check_box(
	struct virgl_stream *stream, const struct virgl_resource *resource, const struct box *box);
// Checks the type of an object; else refuses the command and returns false.
bool stream_check_kind(struct virgl_stream *stream, uint32_t handle, enum virgl_object kind);
