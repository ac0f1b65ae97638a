// SPDX-License-Identifier: MIT
// Reads what another process writes into a pipe, from the event loop: bounded in size and in the
// time without progress.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "compositor/base/clock.h"

struct bytes;
struct wl_event_loop;
struct wl_event_source;

struct pipe_reader {
	int fd;                         // owned, our end; only while source is set
	struct wl_event_source *source; // NULL: not reading
	struct bytes *bytes;            // owned; larger than what was read
	size_t used, limit;             // bytes
	struct timer silence;
	uint64_t silence_ns;
	void (*done)(void *data, struct bytes *bytes, int error);
	void *data;
};

// Starts to read a new pipe and returns its other end, blocking, which the caller passes to a
// writer and closes; -1 with errno set. reader is zeroed or finished. After the writer has closed
// the pipe, done gets the data, which it unrefs; otherwise NULL and EFBIG (more than limit bytes),
// ETIMEDOUT (nothing for silence_ns), ENOMEM or the error of read(). It is called once, from the
// loop or from a timer, when the reader can be started again.
int pipe_reader_start(struct pipe_reader *reader, struct wl_event_loop *loop, struct clock *clock,
	size_t limit, uint64_t silence_ns, void (*done)(void *data, struct bytes *bytes, int error),
	void *data);
// Closes the pipe without a call of done. Accepts a zeroed reader and one that is done.
void pipe_reader_finish(struct pipe_reader *reader);
