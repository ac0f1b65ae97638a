// SPDX-License-Identifier: MIT
// Sampling follows renderer/pixman.c: whole unscaled pixels are never filtered, filters do not
// reach out of the crop, and a place between two pixels belongs to the first.
#include "renderer/gl/quads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

// How far a place on the line between two pixels is moved into the first, in pixels.
#define NUDGE (1.0 / 1024)

// From target pixels to the texture's, both 0 to 1 there: u = x[0] * x + y[0] * y + at[0].
struct mapping {
	double x[2], y[2], at[2];
};

static struct mapping map(const struct draw *draw, bool nudge)
{
	const struct box *dst = &draw->dst;
	const struct fbox *src = &draw->src;
	bool swaps = transform_swaps(draw->transform);
	double width = swaps ? dst->height : dst->width, height = swaps ? dst->width : dst->height;
	double points[3][2] = {{0, 0}, {1, 0}, {0, 1}};
	for (int i = 0; i < 3; i++) {
		point_transform(&points[i][0], &points[i][1], transform_invert(draw->transform),
			dst->width, dst->height);
		points[i][0] = src->x + points[i][0] * src->width / width;
		points[i][1] = src->y + points[i][1] * src->height / height;
	}
	const double size[2] = {draw->texture->width, draw->texture->height};
	struct mapping mapping;
	for (int i = 0; i < 2; i++) {
		double at = points[0][i] - (nudge ? NUDGE : 0);
		mapping.x[i] = (points[1][i] - points[0][i]) / size[i];
		mapping.y[i] = (points[2][i] - points[0][i]) / size[i];
		mapping.at[i] = at / size[i] - mapping.x[i] * dst->x - mapping.y[i] * dst->y;
	}
	return mapping;
}

static bool is_exact(const struct draw *draw)
{
	bool swaps = transform_swaps(draw->transform);
	return draw->src.width == (swaps ? draw->dst.height : draw->dst.width) &&
		draw->src.height == (swaps ? draw->dst.width : draw->dst.height) &&
		draw->src.x == floor(draw->src.x) && draw->src.y == floor(draw->src.y);
}

// The crop in whole pixels, a half inside of its edges.
static void crop(const struct draw *draw, float inside[4])
{
	const struct fbox *src = &draw->src;
	int width = draw->texture->width, height = draw->texture->height;
	double left = CLAMP(floor(src->x), 0, width - 1);
	double top = CLAMP(floor(src->y), 0, height - 1);
	double right = CLAMP(ceil(src->x + src->width), left + 1, width);
	double bottom = CLAMP(ceil(src->y + src->height), top + 1, height);
	inside[0] = (float)((left + 0.5) / width);
	inside[1] = (float)((top + 0.5) / height);
	inside[2] = (float)((right - 0.5) / width);
	inside[3] = (float)((bottom - 0.5) / height);
}

static struct batch *begin(
	struct quads *quads, struct texture *texture, unsigned program, bool nearest, bool blend)
{
	struct batch *last = quads->n_batches ? &quads->batches[quads->n_batches - 1] : NULL;
	if (last && last->texture == texture && last->program == program &&
		last->nearest == nearest && last->blend == blend)
		return last;
	array_reserve(quads->batches, quads->n_batches, quads->batch_capacity);
	last = &quads->batches[quads->n_batches++];
	*last = (struct batch){texture, program, nearest, blend, quads->n_vertices, 0};
	return last;
}

static void add_vertex(struct quads *quads, struct batch *batch, const struct vertex *like,
	const struct mapping *mapping, int x, int y)
{
	array_reserve(quads->vertices, quads->n_vertices, quads->vertex_capacity);
	struct vertex *vertex = &quads->vertices[quads->n_vertices++];
	*vertex = *like;
	vertex->x = (float)x;
	vertex->y = (float)y;
	if (mapping) {
		vertex->u = (float)(mapping->x[0] * x + mapping->y[0] * y + mapping->at[0]);
		vertex->v = (float)(mapping->x[1] * x + mapping->y[1] * y + mapping->at[1]);
	}
	batch->count++;
}

static void add_region(struct quads *quads, struct batch *batch, const region *where,
	const struct vertex *like, const struct mapping *mapping)
{
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles((region *)where, &n);
	for (int i = 0; i < n; i++) {
		const pixman_box32_t *box = &boxes[i];
		const int corners[6][2] = {{box->x1, box->y1}, {box->x2, box->y1},
			{box->x1, box->y2}, {box->x1, box->y2}, {box->x2, box->y1},
			{box->x2, box->y2}};
		for (int j = 0; j < 6; j++)
			add_vertex(quads, batch, like, mapping, corners[j][0], corners[j][1]);
	}
}

static void add_color(
	struct quads *quads, const float color[4], float alpha, bool blend, const region *where)
{
	struct vertex like = {0};
	// As pixman has them: rounded to sixteen bits, of which the upper eight count.
	for (int i = 0; i < 4; i++)
		like.color[i] = (float)(lroundf(CLAMP(color[i] * alpha, 0, 1) * 65535) >> 8) / 255;
	add_region(quads, begin(quads, NULL, GL_PROGRAM_SOLID, false, blend), where, &like, NULL);
}

static void add_texture(struct quads *quads, const struct draw *draw, const region *where,
	const struct quads_target *target, quads_ask *ask)
{
	unsigned program = 0;
	bool has_alpha;
	if (!ask(draw->texture, &program, &has_alpha))
		return;
	bool exact = is_exact(draw), nearest = draw->nearest || exact;
	float alpha = CLAMP(draw->alpha, 0, 1);
	struct vertex like = {.color = {alpha, alpha, alpha, alpha}};
	crop(draw, like.inside);
	// Whole pixels at their places never lie outside of the crop. Where nothing is blended and
	// nobody looks, any alpha will do.
	if (program != GL_PROGRAM_EXTERNAL && !has_alpha && (alpha < 1 || target->alpha))
		program |= GL_PROGRAM_OPAQUE | GL_PROGRAM_MIX;
	else if (program != GL_PROGRAM_EXTERNAL && (alpha < 1 || !exact))
		program |= GL_PROGRAM_MIX;
	bool blend = alpha < 1 || (has_alpha && !draw->opaque);
	struct mapping mapping = map(draw, nearest && !exact);
	add_region(quads, begin(quads, draw->texture, program, nearest, blend), where, &like,
		&mapping);
}

static void find_uncovered(region *uncovered, const struct draw *draws, size_t n)
{
	for (size_t i = n; i-- > 0 && pixman_region32_not_empty(uncovered);) {
		// What it does not show of its box lies below something opaque.
		const struct box *dst = &draws[i].dst;
		if (!draws[i].opaque || draws[i].alpha < 1 || box_empty(dst))
			continue;
		region covered;
		pixman_region32_init_rect(
			&covered, dst->x, dst->y, (unsigned)dst->width, (unsigned)dst->height);
		pixman_region32_subtract(uncovered, uncovered, &covered);
		pixman_region32_fini(&covered);
	}
}

void quads_build(struct quads *quads, const struct draw *draws, size_t n, const region *repaint,
	const struct quads_target *target, quads_ask *ask)
{
	static const float black[4] = {0, 0, 0, 1};
	region inside, where;
	pixman_region32_init(&inside);
	pixman_region32_init(&where);
	quads->n_vertices = quads->n_batches = 0;
	pixman_region32_intersect_rect(&inside, (region *)repaint, 0, 0, (unsigned)target->width,
		(unsigned)target->height);
	pixman_region32_copy(&where, &inside);
	find_uncovered(&where, draws, n);
	if (pixman_region32_not_empty(&where))
		add_color(quads, black, 1, false, &where);
	for (size_t i = n; i-- > 0;) {
		const struct draw *draw = &draws[i];
		pixman_region32_intersect(&where, &inside, (region *)draw->visible);
		if (!pixman_region32_not_empty(&where))
			continue;
		if (draw->texture)
			add_texture(quads, draw, &where, target, ask);
		else
			add_color(quads, draw->color, draw->alpha, !draw->opaque, &where);
	}
	pixman_region32_fini(&where);
	pixman_region32_fini(&inside);
}

void quads_finish(struct quads *quads)
{
	free(quads->vertices);
	free(quads->batches);
	*quads = (struct quads){0};
}
