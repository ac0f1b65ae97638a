// SPDX-License-Identifier: MIT
#include "compositor/base/workers.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_RUNNING 16

struct work {
	const struct work_impl *impl;
	void *data;
	struct workers *workers;
	bool abandoned;
	struct wl_list link; // workers.finished, once it is
};

// The lock guards the members below it. The last of the owner and the running threads frees the
// struct.
struct workers {
	struct wl_event_loop *loop;
	struct wl_event_source *source; // NULL: no thread was started yet
	int event;                      // wakes the loop
	unsigned wanted;                // started, neither done nor abandoned
	pthread_mutex_t lock;
	struct wl_list finished; // work.link
	unsigned running;
	bool ended; // without an owner
};

static void workers_free(struct workers *workers)
{
	pthread_mutex_destroy(&workers->lock);
	free(workers);
}

static void *work_main(void *data)
{
	struct work *work = data;
	struct workers *workers = work->workers;
	work->impl->run(work->data);
	pthread_mutex_lock(&workers->lock);
	workers->running--;
	bool ended = workers->ended, last = ended && !workers->running;
	if (!ended) {
		uint64_t one = 1;
		wl_list_insert(workers->finished.prev, &work->link);
		ssize_t ignored = write(workers->event, &one, sizeof(one));
		(void)ignored; // full: the loop wakes up anyway
	}
	pthread_mutex_unlock(&workers->lock);
	if (!ended)
		return NULL;
	work->impl->drop(work->data);
	free(work);
	if (last)
		workers_free(workers);
	return NULL;
}

static void work_finish(struct work *work)
{
	const struct work_impl *impl = work->impl;
	void *data = work->data;
	bool abandoned = work->abandoned;
	if (!abandoned)
		work->workers->wanted--;
	free(work);
	if (abandoned)
		impl->drop(data);
	else
		impl->done(data);
}

static int on_finished(int fd, uint32_t mask, void *data)
{
	struct workers *workers = data;
	uint64_t count;
	ssize_t ignored = read(fd, &count, sizeof(count));
	(void)ignored;
	struct wl_list finished;
	wl_list_init(&finished);
	pthread_mutex_lock(&workers->lock);
	wl_list_insert_list(&finished, &workers->finished);
	wl_list_init(&workers->finished);
	pthread_mutex_unlock(&workers->lock);
	struct work *work, *tmp;
	wl_list_for_each_safe(work, tmp, &finished, link)
		work_finish(work);
	return 0;
}

struct workers *workers_create(struct wl_event_loop *loop)
{
	struct workers *workers = xcalloc(1, sizeof(*workers));
	workers->loop = loop;
	workers->event = -1;
	pthread_mutex_init(&workers->lock, NULL);
	wl_list_init(&workers->finished);
	return workers;
}

void workers_destroy(struct workers *workers)
{
	if (!workers)
		return;
	if (workers->source)
		wl_event_source_remove(workers->source);
	pthread_mutex_lock(&workers->lock);
	close_fd(&workers->event);
	workers->ended = true;
	bool idle = !workers->running;
	struct work *work, *tmp;
	wl_list_for_each_safe(work, tmp, &workers->finished, link) {
		work_abandon(work);
		work_finish(work);
	}
	pthread_mutex_unlock(&workers->lock);
	if (idle)
		workers_free(workers);
}

static bool workers_watch(struct workers *workers)
{
	if (workers->source)
		return true;
	if (workers->event < 0)
		workers->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (workers->event >= 0)
		workers->source = wl_event_loop_add_fd(
			workers->loop, workers->event, WL_EVENT_READABLE, on_finished, workers);
	return workers->source != NULL;
}

struct work *workers_start(struct workers *workers, const struct work_impl *impl, void *data)
{
	if (!workers_watch(workers))
		return NULL;
	pthread_mutex_lock(&workers->lock);
	bool free_one = workers->running < MAX_RUNNING;
	workers->running += free_one;
	pthread_mutex_unlock(&workers->lock);
	if (!free_one) {
		log_warn("%d slow calls are in progress, no other is started", MAX_RUNNING);
		return NULL;
	}
	struct work *work = xcalloc(1, sizeof(*work));
	work->impl = impl;
	work->data = data;
	work->workers = workers;
	pthread_t thread;
	sigset_t all, previous;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	int error = pthread_create(&thread, NULL, work_main, work);
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	if (!error) {
		pthread_detach(thread);
		workers->wanted++;
		return work;
	}
	pthread_mutex_lock(&workers->lock);
	workers->running--;
	pthread_mutex_unlock(&workers->lock);
	free(work);
	return NULL;
}

bool workers_busy(const struct workers *workers)
{
	return workers->wanted > 0;
}

void work_abandon(struct work *work)
{
	if (!work->abandoned)
		work->workers->wanted--;
	work->abandoned = true;
}
