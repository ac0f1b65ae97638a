// SPDX-License-Identifier: MIT
// The rules of xdg_positioner, applied to each axis on its own. Calculates in 64 bits, because
// every number comes from a client.
#include "compositor/window/positioner.h"
#include "compositor/base/base.h"

// Limit of positions, so that sums of them fit into an int.
#define FAR (1 << 28)

// xdg_positioner.anchor and gravity have the same numbers; -1: left or top, 1: right or bottom.
static const struct {
	int8_t x, y;
} directions[] = {
	{0, 0},   // none
	{0, -1},  // top
	{0, 1},   // bottom
	{-1, 0},  // left
	{1, 0},   // right
	{-1, -1}, // top left
	{-1, 1},  // bottom left
	{1, -1},  // top right
	{1, 1},   // bottom right
};

// xdg_positioner.constraint_adjustment of one axis, as its bits on x.
enum adjustment {
	SLIDE = 1,
	FLIP = 4,
	RESIZE = 16,
};

struct axis {
	int64_t rect_start, rect_size;
	int64_t size, offset;
	int anchor, gravity;
};

struct span {
	int64_t start, end;
};

static struct span axis_place(const struct axis *axis)
{
	int64_t point = axis->rect_start;
	if (axis->anchor == 0)
		point += axis->rect_size / 2;
	else if (axis->anchor > 0)
		point += axis->rect_size;
	if (axis->gravity == 0)
		point -= axis->size / 2;
	else if (axis->gravity < 0)
		point -= axis->size;
	point += axis->offset;
	return (struct span){point, point + axis->size};
}

static bool span_fits(struct span span, struct span bounds)
{
	return span.start >= bounds.start && span.end <= bounds.end;
}

// Slides towards higher coordinates until the start is inside or the end would leave the bounds.
static struct span span_slide_up(struct span span, struct span bounds)
{
	if (span.start >= bounds.start || span.end >= bounds.end)
		return span;
	int64_t by = MIN(bounds.start - span.start, bounds.end - span.end);
	return (struct span){span.start + by, span.end + by};
}

// The reverse of span_slide_up.
static struct span span_slide_down(struct span span, struct span bounds)
{
	if (span.end <= bounds.end || span.start <= bounds.start)
		return span;
	int64_t by = MIN(span.end - bounds.end, span.start - bounds.start);
	return (struct span){span.start - by, span.end - by};
}

static struct span axis_constrain(const struct axis *axis, unsigned adjustment, struct span bounds)
{
	struct span span = axis_place(axis);
	if (span_fits(span, bounds) || bounds.start >= bounds.end)
		return span;
	if (adjustment & FLIP) {
		struct axis flipped = *axis;
		flipped.anchor = -axis->anchor;
		flipped.gravity = -axis->gravity;
		struct span other = axis_place(&flipped);
		if (span_fits(other, bounds))
			return other;
	}
	if (adjustment & SLIDE) {
		// First in the direction of the gravity, then back.
		if (axis->gravity < 0)
			span = span_slide_up(span_slide_down(span, bounds), bounds);
		else
			span = span_slide_down(span_slide_up(span, bounds), bounds);
	}
	if (adjustment & RESIZE) {
		struct span part = {MAX(span.start, bounds.start), MIN(span.end, bounds.end)};
		if (part.start < part.end)
			span = part;
	}
	return span;
}

static struct axis positioner_axis_x(const struct positioner *positioner)
{
	return (struct axis){
		.rect_start = positioner->anchor_rect.x,
		.rect_size = positioner->anchor_rect.width,
		.size = positioner->width,
		.offset = positioner->offset_x,
		.anchor = directions[positioner->anchor].x,
		.gravity = directions[positioner->gravity].x,
	};
}

static struct axis positioner_axis_y(const struct positioner *positioner)
{
	return (struct axis){
		.rect_start = positioner->anchor_rect.y,
		.rect_size = positioner->anchor_rect.height,
		.size = positioner->height,
		.offset = positioner->offset_y,
		.anchor = directions[positioner->anchor].y,
		.gravity = directions[positioner->gravity].y,
	};
}

static struct box spans_to_box(struct span x, struct span y)
{
	return (struct box){
		.x = (int)CLAMP(x.start, -FAR, FAR),
		.y = (int)CLAMP(y.start, -FAR, FAR),
		.width = (int)(x.end - x.start),
		.height = (int)(y.end - y.start),
	};
}

struct box positioner_place(const struct positioner *positioner)
{
	struct axis x = positioner_axis_x(positioner), y = positioner_axis_y(positioner);
	return spans_to_box(axis_place(&x), axis_place(&y));
}

struct box positioner_constrain(const struct positioner *positioner, const struct box *bounds)
{
	struct axis x = positioner_axis_x(positioner), y = positioner_axis_y(positioner);
	struct span bounds_x = {bounds->x, (int64_t)bounds->x + bounds->width};
	struct span bounds_y = {bounds->y, (int64_t)bounds->y + bounds->height};
	unsigned adjustment = positioner->adjustment;
	return spans_to_box(axis_constrain(&x, adjustment, bounds_x),
		axis_constrain(&y, adjustment >> 1, bounds_y));
}
