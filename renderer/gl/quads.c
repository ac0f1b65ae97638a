// SPDX-License-Identifier: MIT
// Builds vertices and batches. Sampling follows renderer/pixman.c: unscaled pixels are never
// filtered, filters do not read outside of the crop, and a sample exactly between two pixels takes
// the first.
#include "renderer/gl/quads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "renderer/draws.h"

// Offset, in pixels, that moves samples exactly between two pixels into the first one.
#define NUDGE (1.0 / 1024)

// From target pixels to texture coordinates (0 to 1): u = x[0] * x + y[0] * y + origin[0].
struct mapping {
	double x[2], y[2], origin[2];
};

static struct mapping draw_mapping(const struct draw *draw, bool nudge)
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
		double start = points[0][i] - (nudge ? NUDGE : 0);
		mapping.x[i] = (points[1][i] - points[0][i]) / size[i];
		mapping.y[i] = (points[2][i] - points[0][i]) / size[i];
		mapping.origin[i] = start / size[i] - mapping.x[i] * dst->x - mapping.y[i] * dst->y;
	}
	return mapping;
}

// Returns the last batch if it has the same state, else a new one.
static struct batch *batch_begin(
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
		vertex->u = (float)(mapping->x[0] * x + mapping->y[0] * y + mapping->origin[0]);
		vertex->v = (float)(mapping->x[1] * x + mapping->y[1] * y + mapping->origin[1]);
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

static void add_color(struct quads *quads, const float color[4], bool blend, const region *where)
{
	struct vertex like = {0};
	memcpy(like.color, color, sizeof(like.color));
	add_region(quads, batch_begin(quads, NULL, GL_PROGRAM_SOLID, false, blend), where, &like,
		NULL);
}

static void add_texture(struct quads *quads, const struct draw *draw, const region *where,
	const struct quads_target *target, quads_classify *classify)
{
	unsigned program = 0;
	bool has_alpha;
	if (!classify(draw->texture, &program, &has_alpha))
		return;
	bool exact = draw_is_exact(draw), nearest = draw->nearest || exact;
	float alpha = CLAMP(draw->alpha, 0, 1);
	struct vertex like = {.color = {alpha, alpha, alpha, alpha}};
	draw_crop_texels(draw, like.inside);
	// Unscaled pixels never lie outside of the crop. Without blending, and if the target's
	// alpha is not used, the alpha that the texture has does not matter.
	if (program != GL_PROGRAM_EXTERNAL && !has_alpha && (alpha < 1 || target->alpha))
		program |= GL_PROGRAM_OPAQUE | GL_PROGRAM_MIX;
	else if (program != GL_PROGRAM_EXTERNAL && (alpha < 1 || !exact))
		program |= GL_PROGRAM_MIX;
	bool blend = draw_blends(draw, has_alpha);
	struct mapping mapping = draw_mapping(draw, nearest && !exact);
	add_region(quads, batch_begin(quads, draw->texture, program, nearest, blend), where, &like,
		&mapping);
}

void quads_build(struct quads *quads, const struct draw *draws, size_t n, const region *repaint,
	const struct quads_target *target, quads_classify *classify)
{
	static const float black[4] = {0, 0, 0, 1};
	region inside, where;
	pixman_region32_init(&inside);
	pixman_region32_init(&where);
	quads->n_vertices = quads->n_batches = 0;
	pixman_region32_intersect_rect(&inside, (region *)repaint, 0, 0, (unsigned)target->width,
		(unsigned)target->height);
	pixman_region32_copy(&where, &inside);
	draws_uncovered(&where, draws, n);
	if (pixman_region32_not_empty(&where))
		add_color(quads, black, false, &where);
	for (size_t i = n; i-- > 0;) {
		const struct draw *draw = &draws[i];
		pixman_region32_intersect(&where, &inside, (region *)draw->visible);
		if (!pixman_region32_not_empty(&where))
			continue;
		if (draw->texture) {
			add_texture(quads, draw, &where, target, classify);
		} else {
			float color[4];
			draw_color(draw, color);
			add_color(quads, color, !draw->opaque, &where);
		}
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
