// SPDX-License-Identifier: MIT
// Work on horizontal bands of a frame, shared by the cores.
#pragma once

struct bands;

// threads 0: as many as there are cores, four at most. NULL: one is enough. Threads start with the
// first job.
struct bands *bands_create(int threads);
void bands_destroy(struct bands *bands); // NULL is allowed
// Calls work once per band and returns when all are done. The caller's thread takes part.
void bands_run(struct bands *bands, void (*work)(void *data, int top, int bottom), void *data,
	int top, int bottom);
