// SPDX-License-Identifier: MIT
// Draws a frame in one submission: for each draw the constants that place its quad, for each
// visible rectangle a scissor and the whole quad. Its pixels therefore do not depend on what is
// repainted.
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/draws.h"
#include "renderer/video.h"
#include "renderer/virgl/virgl.h"

// Offset, in pixels, that moves samples exactly between two pixels into the first one, as pixman
// does without a filter.
#define NUDGE (1.0 / 1024)

struct frame {
	struct virgl *virgl;
	int width, height;
};

static void draw_region(const struct frame *frame, enum virgl_program program,
	enum transform transform, const region *where)
{
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles((region *)where, &n);
	for (int i = 0; i < n; i++) {
		virgl_quad(frame->virgl, program, transform,
			&(struct box){boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
				boxes[i].y2 - boxes[i].y1});
		// Bound state persists. A lost host is detected at the end of the frame.
		if (frame->virgl->stream.count > VIRGL_STREAM_LIMIT)
			virgl_flush(frame->virgl, NULL);
	}
}

static void draw_color_region(
	const struct frame *frame, const float color[4], bool over, const region *where)
{
	virgl_use_program(frame->virgl, VIRGL_PROGRAM_SOLID, over);
	virgl_use_constants(frame->virgl, VIRGL_FRAGMENT, color, 4);
	draw_region(frame, VIRGL_PROGRAM_SOLID, TRANSFORM_NORMAL, where);
}

// Computes the vertex constants: from the unit quad to clip space and to texture coordinates.
static void vertex_constants(
	const struct frame *frame, const struct draw *draw, bool nudge, float into[8])
{
	const struct box *dst = &draw->dst;
	const struct fbox *src = &draw->src;
	double width = draw->texture->width, height = draw->texture->height;
	double offset = nudge ? NUDGE : 0;
	into[0] = (float)(2.0 * dst->width / frame->width);
	into[1] = (float)(2.0 * dst->height / frame->height);
	into[2] = (float)(2.0 * dst->x / frame->width - 1);
	into[3] = (float)(2.0 * dst->y / frame->height - 1);
	into[4] = (float)(src->width / width);
	into[5] = (float)(src->height / height);
	into[6] = (float)((src->x - offset) / width);
	into[7] = (float)((src->y - offset) / height);
}

// Computes the fragment constants and returns their number.
static size_t fragment_constants(
	const struct draw *draw, const struct virgl_texture *texture, float into[VIRGL_CONSTANTS])
{
	float rows[3][4];
	draw_crop_texels(draw, into);
	for (int i = 0; i < 4; i++)
		into[4 + i] = i ? 0 : CLAMP(draw->alpha, 0, 1);
	if (texture->n_planes == 1)
		return 8;
	// If the luma size is odd, the last chroma pixel extends beyond the edge.
	const struct virgl_shape *luma = &texture->planes[0].resource->shape;
	const struct virgl_shape *chroma = &texture->planes[1].resource->shape;
	into[5] = (float)luma->width / (float)(2 * chroma->width);
	into[6] = (float)luma->height / (float)(2 * chroma->height);
	video_matrix(texture->buffer->format, video_is_hd(luma->width, luma->height), rows);
	memcpy(into + 8, rows, sizeof(rows));
	return VIRGL_CONSTANTS;
}

static void draw_texture(const struct frame *frame, const struct draw *draw, const region *where)
{
	struct virgl *virgl = frame->virgl;
	struct virgl_texture *texture = virgl_texture_from(draw->texture);
	if (!texture->n_planes || texture->generation != virgl->generation)
		return; // it has no pixels at present
	bool exact = draw_is_exact(draw), nearest = draw->nearest || exact;
	float constants[VIRGL_CONSTANTS];
	enum virgl_program program = texture->n_planes > 1 ? VIRGL_PROGRAM_VIDEO
		: exact && draw->alpha >= 1                ? VIRGL_PROGRAM_COPY
							   : VIRGL_PROGRAM_MIX;
	virgl_use_program(virgl, program, draw_blends(draw, !texture->planes[0].layout.opaque));
	for (int i = 0; i < texture->n_planes; i++) {
		virgl_use_texture(virgl, (unsigned)i, texture->planes[i].view, !nearest);
		virgl_stream_use(&virgl->stream, texture->planes[i].resource);
	}
	texture->drawn = true;
	if (texture->buffer && texture->proof == VIRGL_UNPROVEN)
		virgl->canary.trial = true;
	vertex_constants(frame, draw, nearest && !exact, constants);
	virgl_use_constants(virgl, VIRGL_VERTEX, constants, 8);
	if (program != VIRGL_PROGRAM_COPY) {
		size_t n = fragment_constants(draw, texture, constants);
		virgl_use_constants(virgl, VIRGL_FRAGMENT, constants, n);
	}
	draw_region(frame, program, draw->transform, where);
}

static void draw_list(
	const struct frame *frame, const struct draw *draws, size_t n, const region *inside)
{
	static const float black[4] = {0, 0, 0, 1};
	region where;
	pixman_region32_init(&where);
	pixman_region32_copy(&where, (region *)inside);
	draws_uncovered(&where, draws, n);
	if (pixman_region32_not_empty(&where))
		draw_color_region(frame, black, false, &where);
	for (size_t i = n; i-- > 0;) {
		const struct draw *draw = &draws[i];
		pixman_region32_intersect(&where, (region *)inside, (region *)draw->visible);
		if (!pixman_region32_not_empty(&where))
			continue;
		if (draw->texture) {
			draw_texture(frame, draw, &where);
		} else {
			float color[4];
			draw_color(draw, color);
			draw_color_region(frame, color, !draw->opaque, &where);
		}
	}
	pixman_region32_fini(&where);
}

static bool read_back(struct virgl *virgl, struct virgl_target *target, struct buffer *buffer,
	const region *repaint)
{
	struct pixels pixels;
	if (!buffer_begin_access(buffer, &pixels)) {
		log_error("cannot write to a buffer of %dx%d, format 0x%08x", buffer->width,
			buffer->height, buffer->format);
		return false;
	}
	int n;
	const pixman_box32_t *boxes = pixman_region32_rectangles((region *)repaint, &n);
	bool ok = true;
	for (int i = 0; i < n && ok; i++) {
		const struct box box = {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
			boxes[i].y2 - boxes[i].y1};
		ok = virgl_read_target(virgl, target, &box, &pixels, box.x, box.y);
	}
	buffer_end_access(buffer);
	return ok;
}

bool virgl_draw(struct renderer *renderer, struct buffer *buffer, const struct draw *draws,
	size_t n, const region *repaint, int *fence)
{
	struct virgl *virgl = virgl_from(renderer);
	*fence = -1;
	struct virgl_target *target = virgl_target_for(virgl, buffer);
	if (!target)
		return false;
	const struct frame frame = {virgl, target->width, target->height};
	region inside;
	pixman_region32_init(&inside);
	pixman_region32_intersect_rect(&inside, (region *)repaint, 0, 0, (unsigned)buffer->width,
		(unsigned)buffer->height);
	virgl_begin_frame(virgl);
	virgl_use_surface(virgl, target->surface, target->width, target->height);
	virgl_stream_use(&virgl->stream, target->resource);
	draw_list(&frame, draws, n, &inside);
	virgl_debug_frame(virgl);
	virgl_canary_begin(virgl);
	bool ok = virgl_flush(virgl, fence) && virgl_canary_end(virgl);
	bool scratch = target == virgl->scratch;
	if (ok && scratch)
		ok = read_back(virgl, target, buffer, &inside);
	virgl_target_done(virgl, target, buffer);
	pixman_region32_fini(&inside);
	virgl_staging_age(virgl);
	virgl_spares_age(virgl, scratch);
	if (!ok)
		close_fd(fence);
	return ok;
}
