// SPDX-License-Identifier: MIT
// Computes crops, colors and uncovered areas of draw lists.
#include "renderer/draws.h"
#include <math.h>
#include "compositor/base/base.h"

bool draw_is_exact(const struct draw *draw)
{
	bool swaps = transform_swaps(draw->transform);
	return draw->src.width == (swaps ? draw->dst.height : draw->dst.width) &&
		draw->src.height == (swaps ? draw->dst.width : draw->dst.height) &&
		draw->src.x == floor(draw->src.x) && draw->src.y == floor(draw->src.y);
}

void draw_crop(const struct draw *draw, int edges[4])
{
	const struct fbox *src = &draw->src;
	int width = draw->texture->width, height = draw->texture->height;
	edges[0] = (int)CLAMP(floor(src->x), 0, width - 1);
	edges[1] = (int)CLAMP(floor(src->y), 0, height - 1);
	edges[2] = (int)CLAMP(ceil(src->x + src->width), edges[0] + 1, width);
	edges[3] = (int)CLAMP(ceil(src->y + src->height), edges[1] + 1, height);
}

void draw_crop_texels(const struct draw *draw, float edges[4])
{
	int pixels[4];
	draw_crop(draw, pixels);
	for (int i = 0; i < 4; i++) {
		int size = i % 2 ? draw->texture->height : draw->texture->width;
		edges[i] = (float)((pixels[i] + (i < 2 ? 0.5 : -0.5)) / size);
	}
}

bool draw_blends(const struct draw *draw, bool has_alpha)
{
	return draw->alpha < 1 || (has_alpha && !draw->opaque);
}

void draws_uncovered(region *where, const struct draw *draws, size_t n)
{
	for (size_t i = n; i-- > 0 && pixman_region32_not_empty(where);) {
		// The part of dst that is not visible is covered by opaque draws above, which are
		// subtracted as well.
		const struct box *dst = &draws[i].dst;
		if (!draws[i].opaque || draws[i].alpha < 1 || box_empty(dst))
			continue;
		region covered;
		pixman_region32_init_rect(
			&covered, dst->x, dst->y, (unsigned)dst->width, (unsigned)dst->height);
		pixman_region32_subtract(where, where, &covered);
		region_limit(where);
		pixman_region32_fini(&covered);
	}
}

void draw_color(const struct draw *draw, float into[4])
{
	for (int i = 0; i < 4; i++)
		into[i] = (float)(lroundf(CLAMP(draw->color[i] * draw->alpha, 0, 1) * 65535) >> 8) /
			255;
}
