// SPDX-License-Identifier: MIT
#include "compositor/core/fence.h"
#include <errno.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/log.h"
#include "compositor/core/client_dmabuf.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"

struct fence {
	struct surface_commit *commit;
	struct wl_event_source *source;
	struct dmabuf_quota *quota; // a file each
	struct wl_list link;        // surface_commit.fences
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
	wl_event_source_remove(fence->source);
	wl_list_remove(&fence->link);
	dmabuf_quota_give(fence->quota, 1);
	free(fence);
}

// Whatever the event is: memory that only reports errors is not waited for either.
static int on_written(int fd, uint32_t mask, void *data)
{
	struct fence *fence = data;
	struct surface_commit *commit = fence->commit;
	fence_destroy(fence);
	if (wl_list_empty(&commit->fences))
		surface_commit_ready(commit, SURFACE_WAIT_FENCE);
	return 0;
}

static void add(struct surface_commit *commit, int plane)
{
	struct wl_client *client = wl_resource_get_client(commit->surface->resource);
	struct dmabuf_quota *quota = dmabuf_quota_of(client);
	if (!dmabuf_quota_take(quota)) {
		wl_client_post_no_memory(client);
		return;
	}
	int fd = dmabuf_write_fence(plane);
	struct fence *fence = xcalloc(1, sizeof(*fence));
	fence->commit = commit;
	fence->quota = quota;
	if (fd >= 0) // the loop keeps a duplicate
		fence->source = wl_event_loop_add_fd(
			commit->surface->server->loop, fd, WL_EVENT_READABLE, on_written, fence);
	close_fd(&fd);
	if (!fence->source) {
		log_errno("cannot wait for a client's buffer; it is shown as it is");
		dmabuf_quota_give(quota, 1);
		free(fence);
		return;
	}
	wl_list_insert(&commit->fences, &fence->link);
	commit->waits |= SURFACE_WAIT_FENCE;
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
