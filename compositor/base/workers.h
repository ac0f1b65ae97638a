// SPDX-License-Identifier: MIT
// Threads for calls that may take long, such as reading and decoding a file of a network, so that
// the event loop does not wait. A call that never returns costs a thread, and nothing else.
#pragma once
#include <stdbool.h>

struct wl_event_loop;
struct work;
struct workers;

struct work_impl {
	// In a thread. Must not touch anything but data, nor anything global but the log.
	void (*run)(void *data);
	// In the loop, after run has returned. Owns data from here on.
	void (*done)(void *data);
	// Instead of done, once run has returned and work_abandon or workers_destroy was called. In
	// the loop or in the thread.
	void (*drop)(void *data);
};

// Never NULL. Starts no thread yet.
struct workers *workers_create(struct wl_event_loop *loop);
// Abandons all work. Accepts NULL.
void workers_destroy(struct workers *workers);
// Calls impl->run(data) in a thread. NULL: too many are running, or there is no thread; nothing was
// called, and data is still the caller's.
struct work *workers_start(struct workers *workers, const struct work_impl *impl, void *data);
// Work whose done will be called is in progress.
bool workers_busy(const struct workers *workers);
// Replaces done by drop. The work must not be done yet.
void work_abandon(struct work *work);
