// SPDX-License-Identifier: MIT
// Runs the bands of a frame on worker threads that sleep between frames.
#include "renderer/bands.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include "compositor/base/base.h"

#define MAX_THREADS 4

struct worker {
	struct bands *bands;
	pthread_t thread;
	int number;
};

struct bands {
	int threads; // including the calling one
	bool started, ending;
	struct worker workers[MAX_THREADS - 1];
	pthread_mutex_t lock;
	pthread_cond_t wake, finished;
	unsigned round; // counts jobs, so that a worker runs each once
	int busy;
	void (*work)(void *data, int top, int bottom);
	void *data;
	int top, bottom;
};

struct bands *bands_create(int threads)
{
	if (threads <= 0) {
		cpu_set_t cores;
		threads = sched_getaffinity(0, sizeof(cores), &cores) == 0 ? CPU_COUNT(&cores) : 1;
	}
	threads = MIN(threads, MAX_THREADS);
	if (threads < 2)
		return NULL;
	struct bands *bands = xcalloc(1, sizeof(*bands));
	bands->threads = threads;
	pthread_mutex_init(&bands->lock, NULL);
	pthread_cond_init(&bands->wake, NULL);
	pthread_cond_init(&bands->finished, NULL);
	return bands;
}

static void band_run(struct bands *bands, int number)
{
	int height = bands->bottom - bands->top;
	int top = bands->top + (int)((long)height * number / bands->threads);
	int bottom = bands->top + (int)((long)height * (number + 1) / bands->threads);
	if (top < bottom)
		bands->work(bands->data, top, bottom);
}

static void *worker_main(void *data)
{
	struct worker *worker = data;
	struct bands *bands = worker->bands;
	unsigned seen = 0;
	pthread_mutex_lock(&bands->lock);
	for (;;) {
		while (bands->round == seen && !bands->ending)
			pthread_cond_wait(&bands->wake, &bands->lock);
		if (bands->ending)
			break;
		seen = bands->round;
		pthread_mutex_unlock(&bands->lock);
		band_run(bands, worker->number);
		pthread_mutex_lock(&bands->lock);
		if (--bands->busy == 0)
			pthread_cond_signal(&bands->finished);
	}
	pthread_mutex_unlock(&bands->lock);
	return NULL;
}

// Workers block all signals except SIGBUS, which is raised in the thread that reads from a file
// that its client has truncated.
static void start_workers(struct bands *bands)
{
	bands->started = true;
	sigset_t all, previous;
	sigfillset(&all);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	int running = 1;
	for (; running < bands->threads; running++) {
		struct worker *worker = &bands->workers[running - 1];
		worker->bands = bands;
		worker->number = running;
		if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0)
			break;
	}
	bands->threads = running;
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
}

void bands_run(struct bands *bands, void (*work)(void *data, int top, int bottom), void *data,
	int top, int bottom)
{
	if (!bands->started)
		start_workers(bands);
	pthread_mutex_lock(&bands->lock);
	bands->work = work;
	bands->data = data;
	bands->top = top;
	bands->bottom = bottom;
	bands->busy = bands->threads - 1;
	bands->round++;
	pthread_cond_broadcast(&bands->wake);
	pthread_mutex_unlock(&bands->lock);

	band_run(bands, 0);

	pthread_mutex_lock(&bands->lock);
	while (bands->busy)
		pthread_cond_wait(&bands->finished, &bands->lock);
	pthread_mutex_unlock(&bands->lock);
}

void bands_destroy(struct bands *bands)
{
	if (!bands)
		return;
	pthread_mutex_lock(&bands->lock);
	bands->ending = true;
	pthread_cond_broadcast(&bands->wake);
	pthread_mutex_unlock(&bands->lock);
	if (bands->started)
		for (int i = 0; i < bands->threads - 1; i++)
			pthread_join(bands->workers[i].thread, NULL);
	pthread_cond_destroy(&bands->finished);
	pthread_cond_destroy(&bands->wake);
	pthread_mutex_destroy(&bands->lock);
	free(bands);
}
