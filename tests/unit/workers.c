// SPDX-License-Identifier: MIT
// Calls in threads: their results, calls that nothing waits for any more, and calls that hang.
#include "compositor/base/workers.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

struct call {
	int gate;         // run returns when it can be read; -1: at once
	pthread_t thread; // of run
	int done, dropped;
	int report; // drop writes a byte to it; -1: not
};

static void call_run(void *data)
{
	struct call *call = data;
	char byte;
	call->thread = pthread_self();
	if (call->gate >= 0)
		check(read(call->gate, &byte, 1) == 1);
}

static void call_done(void *data)
{
	((struct call *)data)->done++;
}

static void call_drop(void *data)
{
	struct call *call = data;
	call->dropped++;
	if (call->report >= 0)
		check(write(call->report, "", 1) == 1);
}

static const struct work_impl impl = {
	.run = call_run,
	.done = call_done,
	.drop = call_drop,
};

TEST(result_comes_in_the_loop)
{
	struct wl_event_loop *loop = wl_event_loop_create();
	struct workers *workers = workers_create(loop);
	struct call calls[3] = {{-1, .report = -1}, {-1, .report = -1}, {-1, .report = -1}};
	for (size_t i = 0; i < array_length(calls); i++)
		check(workers_start(workers, &impl, &calls[i]) != NULL);
	check(workers_busy(workers));
	while (workers_busy(workers))
		wl_event_loop_dispatch(loop, -1);
	for (size_t i = 0; i < array_length(calls); i++) {
		check_eq(calls[i].done, 1);
		check_eq(calls[i].dropped, 0);
		check(!pthread_equal(calls[i].thread, pthread_self()));
	}
	workers_destroy(workers);
	wl_event_loop_destroy(loop);
}

TEST(abandoned_call_is_dropped)
{
	int gate[2];
	check(pipe2(gate, O_CLOEXEC) == 0);
	struct wl_event_loop *loop = wl_event_loop_create();
	struct workers *workers = workers_create(loop);
	struct call call = {.gate = gate[0], .report = -1};
	struct work *work = workers_start(workers, &impl, &call);
	work_abandon(work);
	check(!workers_busy(workers));
	check(write(gate[1], "", 1) == 1);
	while (!call.dropped)
		wl_event_loop_dispatch(loop, -1);
	check_eq(call.done, 0);
	workers_destroy(workers);
	wl_event_loop_destroy(loop);
	close(gate[0]);
	close(gate[1]);
}

// The server ends first; its thread cleans up.
TEST(call_that_outlives_the_loop)
{
	int gate[2], report[2];
	char byte;
	check(pipe2(gate, O_CLOEXEC) == 0 && pipe2(report, O_CLOEXEC) == 0);
	struct wl_event_loop *loop = wl_event_loop_create();
	struct workers *workers = workers_create(loop);
	struct call call = {.gate = gate[0], .report = report[1]};
	check(workers_start(workers, &impl, &call) != NULL);
	workers_destroy(workers);
	wl_event_loop_destroy(loop);
	check_eq(call.dropped, 0);
	check(write(gate[1], "", 1) == 1);
	check(read(report[0], &byte, 1) == 1);
	for (int i = 0; i < 2; i++) {
		close(gate[i]);
		close(report[i]);
	}
}

// A file system that never answers takes threads up to a limit, and no time of the loop.
TEST(calls_that_hang)
{
	int gate[2];
	check(pipe2(gate, O_CLOEXEC) == 0);
	struct wl_event_loop *loop = wl_event_loop_create();
	struct workers *workers = workers_create(loop);
	struct call calls[64];
	int started = 0;
	log_set_level(LOG_ERROR);
	for (size_t i = 0; i < array_length(calls); i++) {
		calls[i] = (struct call){.gate = gate[0], .report = -1};
		started += workers_start(workers, &impl, &calls[i]) != NULL;
	}
	check(started >= 8 && started <= 32);
	wl_event_loop_dispatch(loop, 0);
	for (int i = 0; i < started; i++)
		check(write(gate[1], "", 1) == 1);
	while (workers_busy(workers))
		wl_event_loop_dispatch(loop, -1);
	check(workers_start(workers, &impl, &calls[0]) != NULL); // room again
	check(write(gate[1], "", 1) == 1);
	while (workers_busy(workers))
		wl_event_loop_dispatch(loop, -1);
	workers_destroy(workers);
	wl_event_loop_destroy(loop);
	close(gate[0]);
	close(gate[1]);
}
