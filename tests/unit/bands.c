// SPDX-License-Identifier: MIT
// The thread pool runs every row of a job exactly once, with any number of threads.
#include "renderer/bands.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define LINES 1000

struct job {
	atomic_int touched[LINES];
	atomic_int calls;
	int offset;
};

static void touch_rows(void *data, int top, int bottom)
{
	struct job *job = data;
	check(top < bottom);
	atomic_fetch_add(&job->calls, 1);
	for (int y = top; y < bottom; y++)
		atomic_fetch_add(&job->touched[y - job->offset], 1);
}

static const struct bands_row {
	int threads, top, bottom;
} bands_rows[] = {{2, 0, LINES}, {3, 0, LINES}, {4, 0, LINES}, {99, 0, LINES}, {4, 500, 502},
	{4, 7, 8}, {4, 3, 3}, {2, -300, 20}};

TEST_P(every_line_once, struct bands_row, bands_rows)
{
	struct bands *bands = bands_create(param->threads);
	check(bands != NULL);
	for (int round = 1; round <= 200; round++) {
		struct job job = {.offset = MIN(param->top, 0)};
		bands_run(bands, touch_rows, &job, param->top, param->bottom);
		check(atomic_load(&job.calls) <= 4);
		for (int i = 0; i < LINES; i++) {
			int y = i + job.offset;
			check_eq(
				atomic_load(&job.touched[i]), y >= param->top && y < param->bottom);
		}
	}
	bands_destroy(bands);
}

TEST(one_thread_needs_none)
{
	check(bands_create(1) == NULL);
	bands_destroy(NULL);
	struct bands *bands = bands_create(4); // no thread was started
	bands_destroy(bands);
}
