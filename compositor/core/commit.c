// SPDX-License-Identifier: MIT
// The commit queue. A commit is checked when it is made and applied when nothing holds it: at once
// in the usual case (no allocation), after a fifo barrier, a fence, or with its parent.
#include "compositor/core/commit.h"
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/fence.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "viewporter-protocol.h"
#include "wayland-protocol.h"

#define MAX_COMMITS 4096    // that wait; who is further ahead of himself wants to hurt
#define MAX_OPAQUE_RECTS 16 // more are dropped: only occlusion suffers

// Size of buffer pixels as the surface sees them, before the viewport.
static void content_size(int buffer_width, int buffer_height, enum transform transform, int scale,
	double *width, double *height)
{
	bool swaps = transform_swaps(transform);
	*width = (double)(swaps ? buffer_height : buffer_width) / scale;
	*height = (double)(swaps ? buffer_width : buffer_height) / scale;
}

// What decides about the size of a surface.
struct shape {
	int buffer_width, buffer_height, scale;
	enum transform transform;
	__typeof__(((struct surface_state *)0)->viewport) viewport;
};

static void shape_apply(struct shape *shape, const struct surface_state *state)
{
	if (state->set & SURFACE_BUFFER) {
		shape->buffer_width = state->buffer ? state->buffer->width : 0;
		shape->buffer_height = state->buffer ? state->buffer->height : 0;
	}
	if (state->set & SURFACE_SCALE)
		shape->scale = state->scale;
	if (state->set & SURFACE_TRANSFORM)
		shape->transform = state->transform;
	if (state->set & SURFACE_VIEWPORT)
		shape->viewport = state->viewport;
}

// Would the state that is in force once pending is applied make sense?
static bool check(struct surface *surface)
{
	const struct surface_state *pending = &surface->pending, *current = &surface->current;
	struct shape shape = {surface->content.width, surface->content.height, current->scale,
		current->transform, current->viewport};
	const struct surface_commit *commit;
	wl_list_for_each(commit, &surface->commits, own_link)
		shape_apply(&shape, &commit->state);
	shape_apply(&shape, pending);
	const __typeof__(shape.viewport) viewport = shape.viewport;
	int buffer_width = shape.buffer_width, buffer_height = shape.buffer_height;
	int scale = shape.scale;
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
	content_size(buffer_width, buffer_height, shape.transform, scale, &width, &height);
	if (viewport.has_src && surface->viewport &&
		(viewport.src.x + viewport.src.width > width + 1e-6 ||
			viewport.src.y + viewport.src.height > height + 1e-6)) {
		wl_resource_post_error(surface->viewport, WP_VIEWPORT_ERROR_OUT_OF_BUFFER,
			"the source rectangle reaches out of the %gx%g content", width, height);
		return false;
	}
	return true;
}

// Damage of the applied state in buffer pixels.
static void buffer_damage(struct surface *surface, region *damage)
{
	struct surface_state *state = &surface->current;
	pixman_region32_copy(damage, &state->damage_buffer);
	if (!pixman_region32_not_empty(&state->damage_surface))
		return;
	region mapped;
	pixman_region32_init(&mapped);
	// surface -> source rectangle -> scaled and transformed back to the buffer.
	double width, height;
	content_size(state->buffer->width, state->buffer->height, state->transform, state->scale,
		&width, &height);
	struct fbox src = {0, 0, width, height};
	if (state->viewport.has_src)
		src = state->viewport.src;
	double scale_x = 1, scale_y = 1;
	if (state->viewport.has_dst) {
		scale_x = src.width / state->viewport.width;
		scale_y = src.height / state->viewport.height;
	}
	int n;
	const pixman_box32_t *rects = pixman_region32_rectangles(&state->damage_surface, &n);
	int full_width = (int)ceil(width * state->scale),
	    full_height = (int)ceil(height * state->scale);
	int bleed = scale_x == 1 && scale_y == 1 ? 0 : 1;
	for (int i = 0; i < n; i++) {
		double left = (src.x + rects[i].x1 * scale_x) * state->scale;
		double top = (src.y + rects[i].y1 * scale_y) * state->scale;
		double right = (src.x + rects[i].x2 * scale_x) * state->scale;
		double bottom = (src.y + rects[i].y2 * scale_y) * state->scale;
		struct box box = {
			.x = (int)CLAMP(floor(left) - bleed, 0, full_width),
			.y = (int)CLAMP(floor(top) - bleed, 0, full_height),
		};
		box.width = (int)CLAMP(ceil(right) + bleed, 0, full_width) - box.x;
		box.height = (int)CLAMP(ceil(bottom) + bleed, 0, full_height) - box.y;
		if (box_empty(&box))
			continue;
		box = box_transform(&box, state->transform, full_width, full_height);
		region_add_box(&mapped, &box);
	}
	pixman_region32_union(damage, damage, &mapped);
	pixman_region32_fini(&mapped);
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
	double width, height;
	content_size(
		content->width, content->height, state->transform, state->scale, &width, &height);
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

static void apply_content(struct surface *surface)
{
	struct surface_state *current = &surface->current;
	surface->has_buffer = current->buffer != NULL;
	region damage;
	pixman_region32_init(&damage);
	if (current->buffer)
		buffer_damage(surface, &damage);
	// The renderer refuses only what it logged; the surface then shows nothing.
	content_update(&surface->content, current->buffer, current->buffer ? &damage : NULL);
	pixman_region32_fini(&damage);
	buffer_unlock(current->buffer);
	current->buffer = NULL;
	node_content_changed(surface->node);
}

static void run_queue(struct surface *surface);

static void apply(struct surface *surface, struct surface_state *state, struct wl_list *children)
{
	unsigned set = state->set;
	struct surface_state *current = &surface->current;
	current->dx = current->dy = 0;
	pixman_region32_clear(&current->damage_surface);
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
		apply(child_surface, &child->state, &grandchildren);
		surface_commit_free(child);
		run_queue(child_surface); // later commits of its own
	}
	wl_list_init(children);

	if (set & (SURFACE_FRAME | SURFACE_FEEDBACK | SURFACE_FIFO_BARRIER)) {
		if (!surface->hidden_since_ns)
			surface->hidden_since_ns = clock_now_ns(surface->server->clock);
		// Even without any damage the next frame must answer.
		if (!(set & SURFACE_BUFFER))
			node_wants_frame(surface->node);
		surfaces_watch_hidden(surface->server);
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
	apply(commit->surface, &commit->state, &children);
	surface_commit_free(commit);
}

void surface_refocus(struct server *server)
{
	if (server->scene->changed && server->seat)
		seat_refocus(server->seat);
}

void surface_commit_free(struct surface_commit *commit)
{
	struct surface_commit *child, *tmp;
	wl_list_for_each_safe(child, tmp, &commit->children, link)
		surface_commit_free(child);
	struct subsurface *subsurface = commit->surface->subsurface;
	if (subsurface && subsurface->cached == commit)
		subsurface->cached = NULL;
	fences_drop(commit);
	wl_list_remove(&commit->link);
	wl_list_remove(&commit->own_link);
	commit->surface->n_commits--;
	surface_state_finish(&commit->state);
	free(commit);
}

// Takes what the surface has pending, and what its synchronised children wait with.
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

// `from` came later; both are of one surface.
static void commit_merge(struct surface_commit *into, struct surface_commit *from)
{
	if (from->state.set & SURFACE_BUFFER)
		fences_take(into, from);
	surface_state_merge(&into->state, &from->state);
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

// Also by what its children wait for, since all of it becomes visible together.
static bool blocked(const struct surface_commit *commit)
{
	const struct surface *surface = commit->surface;
	bool oldest = commit->own_link.prev == &surface->commits;
	if (!oldest || commit->waits ||
		(commit->state.set & SURFACE_FIFO_WAIT && surface->fifo_barrier))
		return true;
	const struct surface_commit *child;
	wl_list_for_each(child, &commit->children, link) {
		if (blocked(child))
			return true;
	}
	return false;
}

static bool cached_children_blocked(const struct surface *surface)
{
	const struct subsurface *subsurface;
	wl_list_for_each(subsurface, &surface->subsurfaces, link) {
		if (subsurface->cached && blocked(subsurface->cached))
			return true;
	}
	return false;
}

static void run_queue(struct surface *surface)
{
	while (!wl_list_empty(&surface->queue)) {
		struct surface_commit *commit = wl_container_of(surface->queue.next, commit, link);
		if (blocked(commit))
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
	// Those below may have waited for older ones of theirs that went with these.
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
	surface_refocus(surface->server);
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

static void cache(struct surface *surface)
{
	// Barriers are about this surface's own updates, which now are the parent's.
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
	if (!check(surface))
		return;
	if (surface->role && surface->role->precommit &&
		!surface->role->precommit(surface, pending))
		return;
	if (pending->set & SURFACE_CHILDREN)
		surface_snapshot_children(surface, pending);
	if (surface_effectively_synced(surface)) {
		cache(surface);
		return;
	}
	bool waits = (pending->set & SURFACE_FIFO_WAIT && surface->fifo_barrier) ||
		!buffer_is_written(pending->buffer) || cached_children_blocked(surface);
	if (wl_list_empty(&surface->commits) && !waits) {
		struct wl_list children;
		wl_list_init(&children);
		collect_children(surface, &children);
		apply(surface, pending, &children);
	} else {
		struct surface_commit *commit = commit_create(surface);
		collect_children(surface, &commit->children);
		wl_list_insert(surface->queue.prev, &commit->link);
		run_queue(surface);
	}
	surface_refocus(surface->server);
}
