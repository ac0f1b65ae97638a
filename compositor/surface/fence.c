// SPDX-License-Identifier: MIT
// Implicit fences of client buffers: polled at the next frame, or watched by the event loop.
#include "compositor/surface/fence.h"
#include <errno.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/log.h"
#include "compositor/client/budget.h"
#include "compositor/scene/scene.h"
#include "compositor/scene/scene_sink.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

struct fence {
	struct surface_commit *commit; // its buffer keeps the descriptor open
	int memory;
	struct wl_event_source *source; // NULL: polled by the next frame
	struct budget *budget;          // charged with one descriptor
	struct wl_list link;            // surface_commit.fences
	struct wl_list next_frame;      // server.fences, without a source
};

bool buffer_is_written(const struct buffer *buffer)
{
	const struct dmabuf *dmabuf = buffer ? buffer->dmabuf : NULL;
	for (int i = 0; dmabuf && i < dmabuf->n_planes; i++)
		if (!dmabuf_is_written(dmabuf->fd[i]))
			return false;
	return true;
}

static void fence_destroy(struct fence *fence)
{
	if (fence->source)
		wl_event_source_remove(fence->source);
	wl_list_remove(&fence->next_frame);
	wl_list_remove(&fence->link);
	budget_give(fence->budget, BUDGET_DESCRIPTORS, 1);
	free(fence);
}

static void fence_signalled(struct fence *fence)
{
	struct surface_commit *commit = fence->commit;
	fence_destroy(fence);
	if (wl_list_empty(&commit->fences))
		surface_commit_ready(commit, SURFACE_WAIT_FENCE);
}

// On errors too: memory that reports them is shown as it is.
static int on_written(int fd, uint32_t mask, void *data)
{
	fence_signalled(data);
	return 0;
}

static bool fence_watch(struct fence *fence)
{
	int fd = dmabuf_write_fence(fence->memory);
	if (fd >= 0) // the loop duplicates it
		fence->source = wl_event_loop_add_fd(fence->commit->surface->server->loop, fd,
			WL_EVENT_READABLE, on_written, fence);
	close_fd(&fd);
	if (!fence->source)
		log_errno("cannot wait for a client's buffer; showing it as it is");
	return fence->source;
}

static bool next_frame_polls(const struct surface *surface)
{
	struct server *server = surface->server;
	return surface->outputs && server->scene->sink->expect_frame(server, surface->outputs);
}

static void fence_add(struct surface_commit *commit, int memory)
{
	struct surface *surface = commit->surface;
	if (!budget_take(surface->budget, BUDGET_DESCRIPTORS, 1))
		return;
	struct fence *fence = xcalloc(1, sizeof(*fence));
	fence->commit = commit;
	fence->memory = memory;
	fence->budget = surface->budget;
	wl_list_init(&fence->next_frame);
	wl_list_insert(&commit->fences, &fence->link);
	if (next_frame_polls(surface)) {
		wl_list_insert(surface->server->fences.prev, &fence->next_frame);
	} else if (!fence_watch(fence)) {
		fence_destroy(fence);
		return;
	}
	commit->waits |= SURFACE_WAIT_FENCE;
}

void fences_look(struct server *server)
{
	// Applying may discard other commits and their fences.
	while (!wl_list_empty(&server->fences)) {
		struct fence *fence = wl_container_of(server->fences.next, fence, next_frame);
		wl_list_remove(&fence->next_frame);
		wl_list_init(&fence->next_frame);
		if (dmabuf_is_written(fence->memory) || !fence_watch(fence))
			fence_signalled(fence);
	}
}

void fences_add(struct surface_commit *commit)
{
	const struct buffer *buffer = commit->state.buffer;
	const struct dmabuf *dmabuf = buffer ? buffer->dmabuf : NULL;
	for (int i = 0; dmabuf && i < dmabuf->n_planes; i++)
		if (!dmabuf_is_written(dmabuf->fd[i]))
			fence_add(commit, dmabuf->fd[i]);
}

void fences_drop(struct surface_commit *commit)
{
	struct fence *fence, *tmp;
	wl_list_for_each_safe(fence, tmp, &commit->fences, link)
		fence_destroy(fence);
	commit->waits &= ~(unsigned)SURFACE_WAIT_FENCE;
}

void fences_take(struct surface_commit *commit, struct surface_commit *from)
{
	struct fence *fence;
	fences_drop(commit);
	wl_list_for_each(fence, &from->fences, link)
		fence->commit = commit;
	wl_list_insert_list(&commit->fences, &from->fences);
	wl_list_init(&from->fences);
	commit->waits |= from->waits & SURFACE_WAIT_FENCE;
	from->waits &= ~(unsigned)SURFACE_WAIT_FENCE;
}
