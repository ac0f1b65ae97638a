// SPDX-License-Identifier: MIT
// Commits: validated when made, applied when nothing holds them back. Usually that is at once,
// without an allocation; else after a fifo barrier, after fences, or with the parent's commit.
#include "compositor/surface/commit.h"
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/budget.h"
#include "compositor/scene/scene.h"
#include "compositor/scene/scene_sink.h"
#include "compositor/server.h"
#include "compositor/surface/fence.h"
#include "compositor/surface/surface_shape.h"
#include "viewporter-protocol.h"
#include "wayland-protocol.h"

#define MAX_COMMITS 4096    // queued per surface; beyond this the client gets no_memory
#define MAX_OPAQUE_RECTS 16 // more are ignored, which costs only occlusion

// Validates the state that would result from applying pending, with this shape.
static bool check_state(const struct surface *surface, const struct surface_shape *shape)
{
	const struct surface_state *pending = &surface->pending;
	const struct surface_viewport viewport = shape->viewport;
	int buffer_width = shape->buffer_width, buffer_height = shape->buffer_height;
	int scale = shape->scale;
	if (viewport.has_src && !viewport.has_dst &&
		(viewport.src.width != floor(viewport.src.width) ||
			viewport.src.height != floor(viewport.src.height))) {
		if (surface->viewport)
			wl_resource_post_error(surface->viewport, WP_VIEWPORT_ERROR_BAD_SIZE,
				"the source size is not whole and there is no destination size");
		return !surface->viewport;
	}
	if (!buffer_width)
		return true;
	if (pending->set & (SURFACE_BUFFER | SURFACE_SCALE) &&
		(buffer_width % scale || buffer_height % scale) && surface->role &&
		surface->role->strict_size) {
		wl_resource_post_error(surface->resource, WL_SURFACE_ERROR_INVALID_SIZE,
			"a buffer of %dx%d cannot have the scale %d", buffer_width, buffer_height,
			scale);
		return false;
	}
	double width, height;
	surface_shape_content_size(shape, &width, &height);
	if (viewport.has_src && surface->viewport &&
		(viewport.src.x + viewport.src.width > width + 1e-6 ||
			viewport.src.y + viewport.src.height > height + 1e-6)) {
		wl_resource_post_error(surface->viewport, WP_VIEWPORT_ERROR_OUT_OF_BUFFER,
			"the source rectangle reaches out of the %gx%g content", width, height);
		return false;
	}
	return true;
}

// Size and source of the node from buffer, scale, transform and viewport.
static void update_geometry(struct surface *surface)
{
	struct surface_state *state = &surface->current;
	struct content *content = &surface->content;
	if (!surface->has_buffer || !content->width) {
		surface->width = surface->height = 0;
		node_set_size(surface->node, 0, 0);
		return;
	}
	const struct surface_shape shape = {
		content->width, content->height, state->scale, state->transform, state->viewport};
	double width, height;
	surface_shape_content_size(&shape, &width, &height);
	struct fbox src = {0, 0, width, height};
	if (state->viewport.has_src) {
		src = state->viewport.src;
		src.width = MIN(src.width, MAX(width - src.x, 0));
		src.height = MIN(src.height, MAX(height - src.y, 0));
	}
	surface->width = state->viewport.has_dst ? state->viewport.width : (int)src.width;
	surface->height = state->viewport.has_dst ? state->viewport.height : (int)src.height;
	node_set_size(surface->node, surface->width, surface->height);

	struct fbox buffer_src = {src.x * state->scale, src.y * state->scale,
		src.width * state->scale, src.height * state->scale};
	buffer_src = fbox_transform(
		&buffer_src, state->transform, width * state->scale, height * state->scale);
	node_set_source(surface->node, &buffer_src, state->transform);
}

static void update_opaque(struct surface *surface)
{
	region *opaque = &surface->current.opaque;
	if (pixman_region32_n_rects(opaque) <= MAX_OPAQUE_RECTS) {
		node_set_opaque(surface->node, opaque);
		return;
	}
	const pixman_box32_t *rects = pixman_region32_rectangles(opaque, NULL);
	region few;
	pixman_region32_init_rects(&few, rects, MAX_OPAQUE_RECTS);
	node_set_opaque(surface->node, &few);
	pixman_region32_fini(&few);
}

// Charges the client with the copy that the renderer may have of the pixels. False: over the limit.
static bool charge_content(struct surface *surface, const struct buffer *buffer)
{
	bool copied = buffer && !buffer->dmabuf && !buffer->is_color;
	size_t size = copied ? (size_t)buffer->width * (size_t)buffer->height * 4 : 0;
	return size == surface->charged_content ||
		budget_change(surface->budget, BUDGET_BUFFERS, &surface->charged_content, size);
}

static void apply_content(struct surface *surface)
{
	struct surface_state *current = &surface->current;
	if (!charge_content(surface, current->buffer)) {
		buffer_unlock(current->buffer);
		current->buffer = NULL;
	}
	surface->has_buffer = current->buffer != NULL;
	// A refusal was logged by the renderer; the surface shows nothing then.
	content_update(&surface->content, current->buffer,
		current->buffer ? &current->damage_buffer : NULL);
	buffer_unlock(current->buffer);
	current->buffer = NULL;
	node_content_changed(surface->node);
}

static void run_queue(struct surface *surface);

// Discards a commit with its children.
static void surface_commit_free(struct surface_commit *commit)
{
	struct surface_commit *child, *tmp;
	wl_list_for_each_safe(child, tmp, &commit->children, link)
		surface_commit_free(child);
	struct subsurface *subsurface = commit->surface->subsurface;
	if (subsurface && subsurface->cached == commit)
		subsurface->cached = NULL;
	fences_drop(commit);
	timer_finish(&commit->timer);
	budget_give(commit->surface->budget, BUDGET_STATE, commit->charged);
	wl_list_remove(&commit->link);
	wl_list_remove(&commit->own_link);
	commit->surface->n_commits--;
	surface_state_finish(&commit->state);
	free(commit);
}

static void apply_state(
	struct surface *surface, struct surface_state *state, struct wl_list *children)
{
	unsigned set = state->set;
	struct surface_state *current = &surface->current;
	current->dx = current->dy = 0;
	pixman_region32_clear(&current->damage_buffer);
	surface_state_merge(current, state);

	if (set & SURFACE_BUFFER)
		apply_content(surface);
	if (set & (SURFACE_BUFFER | SURFACE_SCALE | SURFACE_TRANSFORM | SURFACE_VIEWPORT))
		update_geometry(surface);
	if (set & SURFACE_OPAQUE)
		update_opaque(surface);
	if (set & SURFACE_ALPHA)
		node_set_alpha(surface->node, current->alpha);
	if (set & SURFACE_INPUT)
		surface->server->scene->changed = true;
	if (set & SURFACE_FIFO_BARRIER)
		surface->fifo_barrier = true;
	if (set & SURFACE_CHILDREN)
		surface_apply_children(surface);

	struct surface_commit *child, *tmp;
	wl_list_for_each_safe(child, tmp, children, link) {
		struct surface *child_surface = child->surface;
		struct wl_list grandchildren;
		wl_list_init(&grandchildren);
		wl_list_insert_list(&grandchildren, &child->children);
		wl_list_init(&child->children);
		apply_state(child_surface, &child->state, &grandchildren);
		surface_commit_free(child);
		run_queue(child_surface); // its later commits
	}
	wl_list_init(children);

	surface_charge(surface);
	if (set & (SURFACE_FRAME | SURFACE_FEEDBACK | SURFACE_FIFO_BARRIER)) {
		if (!surface->waits_since_ns) {
			surface->waits_since_ns = clock_now_ns(surface->server->clock);
			wl_list_insert(surface->server->waiting.prev, &surface->wait_link);
		}
		// The next frame must send callbacks even without damage.
		if (!(set & SURFACE_BUFFER))
			node_wants_frame(surface->node);
		surface->server->scene->sink->watch_hidden(surface->server);
	}
	if (surface->role && surface->role->commit)
		surface->role->commit(surface, set);
	wl_signal_emit_mutable(&surface->events.committed, surface);
}

static void apply_commit(struct surface_commit *commit)
{
	wl_list_remove(&commit->link);
	wl_list_init(&commit->link);
	struct wl_list children;
	wl_list_init(&children);
	wl_list_insert_list(&children, &commit->children);
	wl_list_init(&commit->children);
	apply_state(commit->surface, &commit->state, &children);
	surface_commit_free(commit);
}

static void on_time(void *data)
{
	surface_commit_ready(data, SURFACE_WAIT_TIME);
}

// wp_commit_timer_v1: the commit waits until its time, if that is to come.
static void commit_set_timer(struct surface_commit *commit)
{
	struct clock *clock = commit->surface->server->clock;
	if (!(commit->state.set & SURFACE_TIME) || commit->state.time_ns <= clock_now_ns(clock))
		return;
	if (!commit->timer.clock)
		timer_init(&commit->timer, clock, on_time, commit);
	timer_set(&commit->timer, commit->state.time_ns);
	commit->waits |= SURFACE_WAIT_TIME;
}

static void commit_charge(struct surface_commit *commit)
{
	budget_change(commit->surface->budget, BUDGET_STATE, &commit->charged,
		sizeof(*commit) + surface_state_size(&commit->state));
}

// Moves the pending state, and the cached commits of synchronised children, into a commit.
static struct surface_commit *commit_create(struct surface *surface)
{
	struct surface_commit *commit = xcalloc(1, sizeof(*commit));
	commit->surface = surface;
	surface_state_init(&commit->state);
	wl_list_init(&commit->fences);
	wl_list_init(&commit->children);
	wl_list_init(&commit->link);
	wl_list_insert(surface->commits.prev, &commit->own_link);
	if (++surface->n_commits > MAX_COMMITS)
		wl_client_post_no_memory(wl_resource_get_client(surface->resource));
	surface_state_merge(&commit->state, &surface->pending);
	commit_charge(commit);
	commit_set_timer(commit);
	fences_add(commit);
	return commit;
}

static void collect_children(struct surface *surface, struct wl_list *into)
{
	struct subsurface *subsurface;
	wl_list_for_each(subsurface, &surface->subsurfaces, link) {
		if (!subsurface->cached)
			continue;
		wl_list_remove(&subsurface->cached->link);
		wl_list_insert(into->prev, &subsurface->cached->link);
		subsurface->cached = NULL;
	}
}

// Merges a later commit of the same surface.
static void commit_merge(struct surface_commit *into, struct surface_commit *from)
{
	if (from->state.set & SURFACE_BUFFER)
		fences_take(into, from);
	uint64_t time_ns = into->state.set & SURFACE_TIME ? into->state.time_ns : 0;
	if (from->state.set & SURFACE_TIME)
		from->state.time_ns = MAX(from->state.time_ns, time_ns);
	surface_state_merge(&into->state, &from->state);
	commit_set_timer(into);
	commit_charge(into);
	struct surface_commit *child, *tmp, *have;
	wl_list_for_each_safe(child, tmp, &from->children, link) {
		bool merged = false;
		wl_list_for_each(have, &into->children, link) {
			if (have->surface == child->surface) {
				commit_merge(have, child);
				merged = true;
				break;
			}
		}
		if (!merged) {
			wl_list_remove(&child->link);
			wl_list_insert(into->children.prev, &child->link);
		}
	}
	surface_commit_free(from);
}

// Children count as well, since all of it becomes visible together.
static bool is_blocked(const struct surface_commit *commit)
{
	const struct surface *surface = commit->surface;
	bool oldest = commit->own_link.prev == &surface->commits;
	if (!oldest || commit->waits ||
		(commit->state.set & SURFACE_FIFO_WAIT && surface->fifo_barrier))
		return true;
	const struct surface_commit *child;
	wl_list_for_each(child, &commit->children, link) {
		if (is_blocked(child))
			return true;
	}
	return false;
}

static bool cached_children_blocked(const struct surface *surface)
{
	const struct subsurface *subsurface;
	wl_list_for_each(subsurface, &surface->subsurfaces, link) {
		if (subsurface->cached && is_blocked(subsurface->cached))
			return true;
	}
	return false;
}

static void run_queue(struct surface *surface)
{
	while (!wl_list_empty(&surface->queue)) {
		struct surface_commit *commit = wl_container_of(surface->queue.next, commit, link);
		if (is_blocked(commit))
			return;
		apply_commit(commit);
	}
}

static void run_queues_below(struct surface *surface)
{
	struct subsurface *subsurface;
	wl_list_for_each(subsurface, &surface->subsurfaces, link) {
		if (!subsurface->surface)
			continue;
		run_queue(subsurface->surface);
		run_queues_below(subsurface->surface);
	}
}

void surface_drop_commits(struct surface *surface)
{
	struct surface_commit *commit, *tmp;
	wl_list_for_each_safe(commit, tmp, &surface->commits, own_link)
		surface_commit_free(commit);
	// Commits of children may have waited for older ones that were discarded here.
	run_queues_below(surface);
}

void surface_advance(struct surface *surface)
{
	for (; surface; surface = surface->subsurface ? surface->subsurface->parent : NULL)
		run_queue(surface);
}

void surface_commit_ready(struct surface_commit *commit, unsigned waits)
{
	struct surface *surface = commit->surface;
	commit->waits &= ~waits;
	surface_advance(surface);
	scene_notify_changed(surface->server->scene);
}

void surface_clear_fifo_barrier(struct surface *surface)
{
	if (!surface->fifo_barrier)
		return;
	surface->fifo_barrier = false;
	surface_advance(surface);
}

void surface_flush_cached(struct surface *surface)
{
	struct subsurface *subsurface = surface->subsurface;
	if (subsurface && subsurface->cached) {
		struct surface_commit *commit = subsurface->cached;
		subsurface->cached = NULL;
		wl_list_remove(&commit->link);
		wl_list_insert(surface->queue.prev, &commit->link);
		run_queue(surface);
	}
	wl_list_for_each(subsurface, &surface->subsurfaces, link) {
		if (!subsurface->synced && subsurface->surface)
			surface_flush_cached(subsurface->surface);
	}
}

static void cache_commit(struct surface *surface)
{
	// A barrier delays the surface's own updates; synchronised ones are the parent's.
	surface->pending.set &= ~(unsigned)(SURFACE_FIFO_BARRIER | SURFACE_FIFO_WAIT);
	struct surface_commit *commit = commit_create(surface);
	collect_children(surface, &commit->children);
	struct subsurface *subsurface = surface->subsurface;
	if (subsurface->cached)
		commit_merge(subsurface->cached, commit);
	else
		subsurface->cached = commit;
}

void surface_commit(struct surface *surface)
{
	struct surface_state *pending = &surface->pending;
	const struct surface_shape before = surface_shape_committed(surface);
	struct surface_shape after = before;
	surface_shape_apply(&after, pending);
	if (!check_state(surface, &after))
		return;
	if (surface->role && surface->role->precommit &&
		!surface->role->precommit(surface, pending))
		return;
	if (pending->set & SURFACE_CHILDREN)
		surface_snapshot_children(surface, pending);
	surface_shape_map_damage(pending, &before, &after);
	if (surface_effectively_synced(surface)) {
		cache_commit(surface);
		return;
	}
	bool waits = (pending->set & SURFACE_FIFO_WAIT && surface->fifo_barrier) ||
		(pending->set & SURFACE_TIME &&
			pending->time_ns > clock_now_ns(surface->server->clock)) ||
		!buffer_is_written(pending->buffer) || cached_children_blocked(surface);
	if (wl_list_empty(&surface->commits) && !waits) {
		struct wl_list children;
		wl_list_init(&children);
		collect_children(surface, &children);
		apply_state(surface, pending, &children);
	} else {
		struct surface_commit *commit = commit_create(surface);
		collect_children(surface, &commit->children);
		wl_list_insert(surface->queue.prev, &commit->link);
		run_queue(surface);
	}
	scene_notify_changed(surface->server->scene);
}
