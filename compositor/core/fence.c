// SPDX-License-Identifier: MIT
#include "compositor/core/fence.h"
#include <errno.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/log.h"
#include "compositor/core/client_dmabuf.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"

struct fence {
	struct surface_commit *commit; // its buffer keeps the memory
	int memory;
	struct wl_event_source *source; // NULL: the next frame looks
	struct dmabuf_quota *quota;     // a file each
	struct wl_list link;            // surface_commit.fences
	struct wl_list next_frame;      // server.fences, where there is no source
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
	dmabuf_quota_give(fence->quota, 1);
	free(fence);
}

static void finish(struct fence *fence)
{
	struct surface_commit *commit = fence->commit;
	fence_destroy(fence);
	if (wl_list_empty(&commit->fences))
		surface_commit_ready(commit, SURFACE_WAIT_FENCE);
}

// Whatever the event is: memory that only reports errors is not waited for either.
static int on_written(int fd, uint32_t mask, void *data)
{
	finish(data);
	return 0;
}

static bool watch(struct fence *fence)
{
	int fd = dmabuf_write_fence(fence->memory);
	if (fd >= 0) // the loop keeps a duplicate
		fence->source = wl_event_loop_add_fd(fence->commit->surface->server->loop, fd,
			WL_EVENT_READABLE, on_written, fence);
	close_fd(&fd);
	if (!fence->source)
		log_errno("cannot wait for a client's buffer; it is shown as it is");
	return fence->source;
}

static bool next_frame_looks(const struct surface *surface)
{
	struct output *output;
	bool looks = false;
	wl_list_for_each(output, &surface->server->outputs, link)
		if (surface->outputs & (1u << output->index))
			looks |= output_expect(output);
	return looks;
}

static void add(struct surface_commit *commit, int memory)
{
	struct surface *surface = commit->surface;
	struct wl_client *client = wl_resource_get_client(surface->resource);
	struct dmabuf_quota *quota = dmabuf_quota_of(client);
	if (!dmabuf_quota_take(quota)) {
		wl_client_post_no_memory(client);
		return;
	}
	struct fence *fence = xcalloc(1, sizeof(*fence));
	fence->commit = commit;
	fence->memory = memory;
	fence->quota = quota;
	wl_list_init(&fence->next_frame);
	wl_list_insert(&commit->fences, &fence->link);
	if (next_frame_looks(surface)) {
		wl_list_insert(surface->server->fences.prev, &fence->next_frame);
	} else if (!watch(fence)) {
		fence_destroy(fence);
		return;
	}
	commit->waits |= SURFACE_WAIT_FENCE;
}

void fences_look(struct server *server)
{
	// What is applied may end other commits, and their fences.
	while (!wl_list_empty(&server->fences)) {
		struct fence *fence = wl_container_of(server->fences.next, fence, next_frame);
		wl_list_remove(&fence->next_frame);
		wl_list_init(&fence->next_frame);
		if (dmabuf_is_written(fence->memory) || !watch(fence))
			finish(fence);
	}
}

void fences_add(struct surface_commit *commit)
{
	const struct buffer *buffer = commit->state.buffer;
	const struct dmabuf *dmabuf = buffer ? buffer->dmabuf : NULL;
	for (int i = 0; dmabuf && i < dmabuf->n_planes; i++)
		if (!dmabuf_is_written(dmabuf->fd[i]))
			add(commit, dmabuf->fd[i]);
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
