// SPDX-License-Identifier: MIT
// A pool of threads that splits the repaint of a frame into horizontal bands.
#pragma once

struct bands;

// Creates a pool of so many threads, the caller's included; 0: one per available core, at most
// four. Threads are started by the first bands_run. Returns NULL if one thread is enough; the
// caller then does the work itself.
struct bands *bands_create(int threads);
// Joins the threads and frees the pool. NULL is ignored.
void bands_destroy(struct bands *bands);
// Splits the rows from top to bottom (exclusive) into one band per thread, calls work for each of
// them and returns when all have finished. One band is done by the calling thread.
void bands_run(struct bands *bands, void (*work)(void *data, int top, int bottom), void *data,
	int top, int bottom);
