// SPDX-License-Identifier: MIT
// Locks and confinements: the region they allow, and the host of a nested back end that enforces
// it.
#include <math.h>
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat_private.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

void pointer_constrain(struct seat *seat, struct constraint *constraint)
{
	struct constraint *old = seat->pointer.constraint;
	seat->pointer.constraint = constraint;
	if (old && old != constraint) {
		old->active = false;
		old->set_active(old, false);
	}
	if (constraint && old != constraint) {
		constraint->active = true;
		constraint->set_active(constraint, true);
	}
	constraint_update_host(seat);
}

// The allowed region in surface coordinates. The caller finishes it.
static void allowed_region(const struct constraint *constraint, region *allowed)
{
	struct surface *surface = constraint->surface;
	pixman_region32_init_rect(
		allowed, 0, 0, (unsigned)surface->width, (unsigned)surface->height);
	pixman_region32_intersect(allowed, allowed, (region *)&surface->current.input);
	if (constraint->has_region)
		pixman_region32_intersect(allowed, allowed, (region *)&constraint->region);
}

// The confinement as one box of output pixels; false: it is not on that output. Hosts support one
// box only; constraint_clamp enforces the rest of the region.
static bool host_box(
	const struct constraint *constraint, const struct output *output, struct box *into)
{
	int origin_x, origin_y;
	region allowed;
	allowed_region(constraint, &allowed);
	struct box box = region_bounds(&allowed);
	pixman_region32_fini(&allowed);
	if (!node_position(constraint->surface->node, &origin_x, &origin_y))
		return false;
	box.x += origin_x;
	box.y += origin_y;
	if (!box_intersect(&box, &box, &output->box))
		return false;
	box.x -= output->box.x;
	box.y -= output->box.y;
	// The pixels whose top left corner is inside.
	double right = ceil((box.x + box.width) * output->scale),
	       bottom = ceil((box.y + box.height) * output->scale);
	box.x = (int)ceil(box.x * output->scale);
	box.y = (int)ceil(box.y * output->scale);
	box.width = (int)right - box.x;
	box.height = (int)bottom - box.y;
	int width, height;
	output_size_upright(output, &width, &height);
	const struct box screen = {0, 0, width, height};
	if (!box_intersect(&box, &box, &screen))
		return false;
	*into = box_transform(&box, output->transform, width, height);
	return true;
}

void constraint_update_host(struct seat *seat)
{
	struct pointer *pointer = &seat->pointer;
	const struct constraint *constraint = pointer->constraint;
	struct backend *backend = seat->server->backend;
	if (!backend || !backend->impl->constrain_pointer || (!constraint && !pointer->host.bound))
		return;
	struct output *output = constraint && constraint->surface
		? output_nearest(seat->server, pointer->x, pointer->y)
		: NULL;
	bool locked = output && constraint->lock;
	struct box box = {0};
	bool confined = output && !locked && host_box(constraint, output, &box);
	if (!locked && !confined)
		output = NULL;
	if (pointer->host.bound == (output != NULL) && pointer->host.output.target == output &&
		pointer->host.locked == locked && pointer->host.confined == confined &&
		box_equal(&pointer->host.box, &box))
		return;
	pointer->host.bound = output != NULL;
	weak_set(&pointer->host.output, output, output ? &output->events.destroyed : NULL);
	pointer->host.locked = locked;
	pointer->host.confined = confined;
	pointer->host.box = box;
	backend->impl->constrain_pointer(
		backend, output ? output->screen : NULL, confined ? &box : NULL, locked);
}

void constraint_clamp(struct seat *seat, const struct constraint *constraint, double *x, double *y)
{
	int origin_x, origin_y;
	node_position(constraint->surface->node, &origin_x, &origin_y);
	region allowed;
	allowed_region(constraint, &allowed);
	double local_x = *x - origin_x, local_y = *y - origin_y;
	if (!region_contains(&allowed, local_x, local_y)) {
		double best = INFINITY, best_x = local_x, best_y = local_y;
		int n;
		const pixman_box32_t *rects = pixman_region32_rectangles(&allowed, &n);
		for (int i = 0; i < n; i++) {
			struct box box = {rects[i].x1, rects[i].y1, rects[i].x2 - rects[i].x1,
				rects[i].y2 - rects[i].y1};
			double near_x, near_y;
			box_closest(&box, local_x, local_y, &near_x, &near_y);
			// At most the last whole pixel, as in box_closest.
			if (local_x >= rects[i].x2)
				near_x = rects[i].x2 - 1;
			if (local_y >= rects[i].y2)
				near_y = rects[i].y2 - 1;
			double distance = hypot(near_x - local_x, near_y - local_y);
			if (distance < best) {
				best = distance;
				best_x = near_x;
				best_y = near_y;
			}
		}
		*x = best_x + origin_x;
		*y = best_y + origin_y;
	}
	pixman_region32_fini(&allowed);
}
