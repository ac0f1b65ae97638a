// SPDX-License-Identifier: MIT
#include "compositor/base/pipe_reader.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"

#define CHUNK (64 << 10) // read in one turn of the loop

void pipe_reader_finish(struct pipe_reader *reader)
{
	if (!reader->source)
		return;
	wl_event_source_remove(reader->source);
	reader->source = NULL;
	close_fd(&reader->fd);
	bytes_unref(reader->bytes);
	reader->bytes = NULL;
	timer_finish(&reader->silence);
}

static void pipe_reader_end(struct pipe_reader *reader, int error)
{
	struct bytes *bytes = NULL;
	if (!error && bytes_resize(&reader->bytes, reader->used)) {
		bytes = reader->bytes;
		reader->bytes = NULL;
	}
	pipe_reader_finish(reader);
	reader->done(reader->data, bytes, bytes ? 0 : error ? error : ENOMEM);
}

static void on_silence(void *data)
{
	pipe_reader_end(data, ETIMEDOUT);
}

static bool pipe_reader_reserve(struct pipe_reader *reader)
{
	if (reader->bytes->size - reader->used >= CHUNK)
		return true;
	size_t wanted = MAX(reader->bytes->size * 2, CHUNK);
	return bytes_resize(&reader->bytes, wanted);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct pipe_reader *reader = data;
	if (!pipe_reader_reserve(reader)) {
		pipe_reader_end(reader, ENOMEM);
		return 0;
	}
	ssize_t got = read(fd, reader->bytes->data + reader->used, CHUNK);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0) {
		pipe_reader_end(reader, got ? errno : 0);
		return 0;
	}
	reader->used += (size_t)got;
	if (reader->used > reader->limit)
		pipe_reader_end(reader, EFBIG);
	else
		timer_set(
			&reader->silence, clock_now_ns(reader->silence.clock) + reader->silence_ns);
	return 0;
}

int pipe_reader_start(struct pipe_reader *reader, struct wl_event_loop *loop, struct clock *clock,
	size_t limit, uint64_t silence_ns, void (*done)(void *data, struct bytes *bytes, int error),
	void *data)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*reader = (struct pipe_reader){
		.fd = ends[0],
		.bytes = bytes_create(0),
		.limit = limit,
		.silence_ns = silence_ns,
		.done = done,
		.data = data,
	};
	// Only this end: the writer would not expect a pipe that is full to be an error.
	if (reader->bytes && set_nonblock(reader->fd))
		reader->source = wl_event_loop_add_fd(
			loop, reader->fd, WL_EVENT_READABLE, on_readable, reader);
	if (!reader->source) {
		int reason = errno;
		bytes_unref(reader->bytes);
		close(ends[0]);
		close(ends[1]);
		*reader = (struct pipe_reader){0};
		errno = reason;
		return -1;
	}
	timer_init(&reader->silence, clock, on_silence, reader);
	timer_set(&reader->silence, clock_now_ns(clock) + silence_ns);
	return ends[1];
}
