// SPDX-License-Identifier: MIT
// Reading from a writer that is done, fast, silent, slow or gone.
#include "compositor/base/pipe_reader.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "tests/harness/test.h"

struct result {
	struct bytes *bytes;
	int error, calls;
};

static void on_done(void *data, struct bytes *bytes, int error)
{
	struct result *result = data;
	result->bytes = bytes;
	result->error = error;
	result->calls++;
}

static const struct writer_row {
	size_t size; // written
	bool closes; // at the end
	int wait_s;  // then
	int error;   // -1: done is not called
} writer_rows[] = {
	{0, true, 0, 0},
	{1, true, 0, 0},
	{200000, true, 0, 0},
	{200001, true, 0, EFBIG},
	{300000, false, 0, EFBIG},
	{10, false, 9, -1},
	{10, false, 10, ETIMEDOUT},
	{0, false, 10, ETIMEDOUT},
};

TEST_P(writers, struct writer_row, writer_rows)
{
	struct wl_event_loop *loop = wl_event_loop_create();
	struct clock *clock = clock_create_virtual();
	struct pipe_reader reader = {0};
	struct result result = {0};
	char *data = xcalloc(1, 400000);
	memset(data, 'x', 400000);
	int fd = pipe_reader_start(
		&reader, loop, clock, 200000, 10 * NSEC_PER_SEC, on_done, &result);
	check(fd >= 0);
	check(set_nonblock(fd)); // the loop is ours, too
	for (size_t done = 0; done < param->size && !result.calls;) {
		clock_advance_to(clock, clock_now_ns(clock) + 9 * NSEC_PER_SEC); // not silent yet
		ssize_t written = write(fd, data + done, MIN(param->size - done, 50000));
		check(written > 0 || errno == EAGAIN);
		done += written > 0 ? (size_t)written : 0;
		wl_event_loop_dispatch(loop, 0);
	}
	if (param->closes)
		close(fd);
	for (int i = 0; i < 10; i++)
		wl_event_loop_dispatch(loop, 0);
	clock_advance_to(clock, clock_now_ns(clock) + (uint64_t)param->wait_s * NSEC_PER_SEC);
	check_eq(result.calls, param->error >= 0);
	if (param->error > 0) {
		check(!result.bytes);
		check_eq(result.error, param->error);
	} else if (param->error == 0) {
		check_eq(result.bytes->size, param->size);
		check_eq(memcmp(result.bytes->data, data, param->size), 0);
	}
	bytes_unref(result.bytes);
	pipe_reader_finish(&reader);
	if (!param->closes)
		close(fd);
	clock_destroy(clock);
	wl_event_loop_destroy(loop);
	free(data);
}

TEST(reader_starts_again)
{
	struct wl_event_loop *loop = wl_event_loop_create();
	struct clock *clock = clock_create_virtual();
	struct pipe_reader reader = {0};
	for (int i = 0; i < 3; i++) {
		struct result result = {0};
		int fd =
			pipe_reader_start(&reader, loop, clock, 10, NSEC_PER_SEC, on_done, &result);
		check(write(fd, "ab", 2) == 2);
		close(fd);
		if (i == 1) {
			pipe_reader_finish(&reader); // without a call
			check_eq(result.calls, 0);
			continue;
		}
		wl_event_loop_dispatch(loop, 0);
		wl_event_loop_dispatch(loop, 0);
		check_eq(result.calls, 1);
		check_eq(result.bytes->size, 2);
		bytes_unref(result.bytes);
	}
	clock_destroy(clock);
	wl_event_loop_destroy(loop);
}
