// SPDX-License-Identifier: MIT
// Drawing into a DMA-BUF waits for the devices that use it, which may take as long as their clients
// choose: so the event loop waits before the renderer has to.
#include "compositor/output/capture_target.h"
#include <errno.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/format.h"
#include "compositor/base/log.h"
#include "compositor/client/budget.h"
#include "compositor/output/capture.h"
#include "compositor/server.h"
#include "renderer/renderer.h"

struct capture_wait {
	struct budget *budget; // charged with one descriptor; NULL: over the limit
	struct wl_event_source *source;
	void (*idle)(void *data);
	void *data;
};

bool capture_target_fits(const struct server *server, const struct buffer *buffer)
{
	const struct renderer *renderer = server->renderer;
	if (!buffer)
		return false;
	if (buffer->dmabuf)
		return format_set_has(&renderer->shared, buffer->format, buffer->dmabuf->modifier);
	return buffer->impl->begin_access &&
		format_set_has(&renderer->shm, buffer->format, DRM_FORMAT_MOD_LINEAR);
}

void capture_target_modifiers(
	const struct server *server, uint32_t format, struct wl_array *modifiers)
{
	const struct renderer *renderer = server->renderer;
	const struct format_modifiers *drawn = format_set_get(&renderer->shared, format);
	for (size_t i = 0; drawn && i < drawn->count; i++) {
		if (!format_set_has(&renderer->dmabuf, format, drawn->modifiers[i]))
			continue;
		uint64_t *modifier = wl_array_add(modifiers, sizeof(*modifier));
		if (modifier)
			*modifier = drawn->modifiers[i];
	}
}

uint32_t capture_target_dmabuf_format(const struct server *server)
{
	for (size_t i = 0; i < capture_formats_count; i++) {
		struct wl_array modifiers = {0};
		capture_target_modifiers(server, capture_formats[i], &modifiers);
		bool any = modifiers.size > 0;
		wl_array_release(&modifiers);
		if (any)
			return capture_formats[i];
	}
	return DRM_FORMAT_XRGB8888;
}

// On errors too: the renderer reports those.
static int on_idle(int fd, uint32_t mask, void *data)
{
	struct capture_wait *wait = data;
	wait->idle(wait->data);
	return 0;
}

struct capture_wait *capture_wait_create(struct server *server, struct wl_client *client,
	const struct buffer *buffer, void (*idle)(void *data), void *data)
{
	const struct dmabuf *dmabuf = buffer->dmabuf;
	int plane = 0;
	while (dmabuf && plane < dmabuf->n_planes && dmabuf_is_idle(dmabuf->fd[plane]))
		plane++;
	if (!dmabuf || plane == dmabuf->n_planes)
		return NULL;
	struct capture_wait *wait = xcalloc(1, sizeof(*wait));
	struct budget *budget = budget_of(client);
	if (!budget_take(budget, BUDGET_DESCRIPTORS, 1))
		return wait; // until the client ends: nothing waits for its devices
	wait->budget = budget;
	wait->idle = idle;
	wait->data = data;
	wait->source = wl_event_loop_add_fd(
		server->loop, dmabuf->fd[plane], WL_EVENT_WRITABLE, on_idle, wait);
	if (wait->source)
		return wait;
	log_errno("cannot wait for the buffer of a capture; drawing into it at once");
	capture_wait_destroy(wait);
	return NULL;
}

void capture_wait_destroy(struct capture_wait *wait)
{
	if (!wait)
		return;
	if (wait->source)
		wl_event_source_remove(wait->source);
	if (wait->budget)
		budget_give(wait->budget, BUDGET_DESCRIPTORS, 1);
	free(wait);
}
