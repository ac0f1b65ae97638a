// SPDX-License-Identifier: MIT
// Flattens the scene into a list of draws for one picture, and finds the node at a point.
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/scene/scene.h"

struct walk {
	const struct scene_view *view;
	struct box picture; // physical pixels, before the view's transform
	struct item_list *list;
	enum scene_layer layer;
	bool with_cursor;
};

struct item *item_list_add(struct item_list *list)
{
	size_t had = list->capacity;
	array_reserve(list->items, list->count, list->capacity);
	for (size_t i = had; i < list->capacity; i++) {
		pixman_region32_init(&list->items[i].opaque);
		pixman_region32_init(&list->items[i].visible);
	}
	return &list->items[list->count++];
}

void item_list_finish(struct item_list *list)
{
	for (size_t i = 0; i < list->capacity; i++) {
		pixman_region32_fini(&list->items[i].opaque);
		pixman_region32_fini(&list->items[i].visible);
	}
	free(list->items);
	*list = (struct item_list){0};
}

// Clients choose any size; the difference of two results fits an int.
static int to_pixel(double at)
{
	const double far = 1 << 29;
	return (int)lround(CLAMP(at, -far, far));
}

// From a logical box to pixels of the picture, before its transform.
static struct box to_pixels(const struct walk *walk, double x, double y, int width, int height)
{
	double scale = walk->view->scale;
	x -= walk->view->x;
	y -= walk->view->y;
	int left = to_pixel(x * scale), top = to_pixel(y * scale);
	return (struct box){left, top, to_pixel((x + width) * scale) - left,
		to_pixel((y + height) * scale) - top};
}

// dst: target box before the view's transform.
static void set_opaque(struct item *item, const struct node *node, const struct walk *walk,
	const struct box *dst, bool whole)
{
	pixman_region32_clear(&item->opaque);
	item->draw.opaque = false;
	if (node->alpha < 1)
		return;
	if (whole) {
		region_add_box(&item->opaque, &item->draw.dst);
		item->draw.opaque = true;
		return;
	}
	if (!pixman_region32_not_empty((region *)&node->opaque))
		return;
	const struct scene_view *view = walk->view;
	const struct fbox *src = &item->draw.src;
	bool swaps = transform_swaps(node->transform);
	double stretch_x = dst->width / (swaps ? src->height : src->width);
	double stretch_y = dst->height / (swaps ? src->width : src->height);
	// When scaled, filters mix pixels across the region's edges, and rounding moves them.
	bool exact = stretch_x == 1 && stretch_y == 1 && view->scale == floor(view->scale);
	int margin_x = exact ? 0 : 1 + (int)ceil(MIN(stretch_x, dst->width) / 2);
	int margin_y = exact ? 0 : 1 + (int)ceil(MIN(stretch_y, dst->height) / 2);
	int n;
	const pixman_box32_t *rects = pixman_region32_rectangles((region *)&node->opaque, &n);
	for (int i = 0; i < n; i++) {
		if (rects[i].x1 >= node->width || rects[i].y1 >= node->height || rects[i].x2 <= 0 ||
			rects[i].y2 <= 0)
			continue;
		int left = 0, top = 0, right = dst->width, bottom = dst->height;
		if (rects[i].x1 > 0)
			left = (int)ceil(rects[i].x1 * view->scale) + margin_x;
		if (rects[i].y1 > 0)
			top = (int)ceil(rects[i].y1 * view->scale) + margin_y;
		if (rects[i].x2 < node->width)
			right = (int)floor(rects[i].x2 * view->scale) - margin_x;
		if (rects[i].y2 < node->height)
			bottom = (int)floor(rects[i].y2 * view->scale) - margin_y;
		struct box box = {dst->x + left, dst->y + top, right - left, bottom - top};
		if (box_empty(&box))
			continue;
		box = box_transform(
			&box, view->transform, walk->picture.width, walk->picture.height);
		region_add_box(&item->opaque, &box);
	}
	struct box bounds = item->draw.dst;
	region_intersect_box(&item->opaque, &bounds);
	item->draw.opaque = pixman_region32_contains_rectangle(&item->opaque,
				    &(pixman_box32_t){bounds.x, bounds.y, bounds.x + bounds.width,
					    bounds.y + bounds.height}) == PIXMAN_REGION_IN;
}

// At fractional scales, rounding of the edges may make the target a pixel larger or smaller than
// the buffer that the client drew for its preferred scale. It is shown unscaled then, so that text
// stays crisp: a target too small grows, and one too large repeats the last row or column.
static void fit_unscaled(const struct node *node, double scale, struct fbox *src, struct box *dst)
{
	const struct content *content = node->content;
	struct fbox seen = fbox_transform(
		src, transform_invert(node->transform), content->width, content->height);
	if (seen.width != scale_round(node->width, scale) ||
		seen.height != scale_round(node->height, scale))
		return;
	dst->width = MAX(dst->width, (int)seen.width);
	dst->height = MAX(dst->height, (int)seen.height);
	seen.width = dst->width;
	seen.height = dst->height;
	bool swaps = transform_swaps(node->transform);
	*src = fbox_transform(&seen, node->transform, swaps ? content->height : content->width,
		swaps ? content->width : content->height);
}

// A bottom-up texture mirrors the source box as well.
static enum transform texture_transform(const struct node *node, struct fbox *src)
{
	const struct content *content = node->content;
	enum transform transform = transform_invert(node->transform);
	if (!content || !content->bottom_up)
		return transform;
	src->y = content->height - src->y - src->height;
	return transform_compose(TRANSFORM_FLIPPED_180, transform);
}

static void emit_item(struct walk *walk, struct node *node, double x, double y)
{
	struct content *content = node->content;
	bool solid = node->type == NODE_RECT || content->is_color;
	if (node->width <= 0 || node->height <= 0 || node->alpha <= 0)
		return;
	if (node->type == NODE_CONTENT && !content->texture && !content->is_color)
		return;

	struct box dst = to_pixels(walk, x, y, node->width, node->height);
	struct fbox src = {0};
	if (!solid) {
		src = node->src;
		if (src.width <= 0 || src.height <= 0)
			src = (struct fbox){0, 0, content->width, content->height};
		fit_unscaled(node, walk->view->scale, &src, &dst);
	}
	if (!box_intersect(&(struct box){0}, &dst, &walk->picture))
		return;
	enum transform transform = texture_transform(node, &src);

	struct item *item = item_list_add(walk->list);
	item->node = node;
	item->surface = node->surface;
	item->id = node->id;
	item->revision = node->revision;
	item->sequence = content ? content->sequence : 0;
	item->layer = walk->layer;
	const float *color = node->type == NODE_RECT ? node->color
		: content                            ? content->color
						     : NULL;
	item->draw = (struct draw){
		.texture = solid ? NULL : content->texture,
		.alpha = node->alpha,
		.src = src,
		.dst = box_transform(
			&dst, walk->view->transform, walk->picture.width, walk->picture.height),
		.transform = transform_compose(transform, walk->view->transform),
		.nearest = node->nearest,
		.visible = &item->visible,
	};
	if (solid)
		for (int i = 0; i < 4; i++)
			item->draw.color[i] = color[i];
	set_opaque(item, node, walk, &dst, solid ? color[3] >= 1 : content->opaque);
}

// Top first. The depth of clients' trees is limited where they are built.
static void walk_node(struct walk *walk, struct node *node, double x, double y)
{
	if (node->hidden)
		return;
	if (node->type != NODE_TREE) {
		emit_item(walk, node, x, y);
		return;
	}
	struct scene *scene = node->scene;
	struct node *child;
	wl_list_for_each_reverse(child, &node->children, link) {
		if (node == scene->root) {
			for (int i = 0; i < SCENE_LAYERS; i++)
				if (scene->layers[i] == child)
					walk->layer = i;
			if (walk->layer == SCENE_CURSOR && !walk->with_cursor)
				continue;
		}
		walk_node(walk, child, x + child->x, y + child->y);
	}
}

void scene_flatten(
	struct node *root, const struct scene_view *view, bool with_cursor, struct item_list *list)
{
	list->count = 0;
	struct walk walk = {
		.view = view,
		.picture = {0, 0, view->width, view->height},
		.list = list,
		.layer = SCENE_WINDOWS,
		.with_cursor = with_cursor,
	};
	if (transform_swaps(view->transform)) {
		walk.picture.width = view->height;
		walk.picture.height = view->width;
	}
	int x, y;
	node_position(root, &x, &y);
	if (root == root->scene->root || scene_reaches(root))
		walk_node(&walk, root, x, y);
	// Growing may have moved the array.
	for (size_t i = 0; i < list->count; i++)
		list->items[i].draw.visible = &list->items[i].visible;
}

bool item_list_draw(const struct item_list *list, struct renderer *renderer, struct buffer *target,
	const region *repaint, int *fence)
{
	struct draw *draws = xcalloc(MAX(list->count, 1), sizeof(*draws));
	for (size_t i = 0; i < list->count; i++)
		draws[i] = list->items[i].draw;
	int done = -1;
	bool ok = renderer->impl->draw(renderer, target, draws, list->count, repaint, &done);
	free(draws);
	if (fence) {
		*fence = done;
	} else if (done >= 0) {
		poll(&(struct pollfd){.fd = done, .events = POLLIN}, 1, -1);
		close_fd(&done);
	}
	return ok;
}

static bool node_accepts_input(const struct node *node, double x, double y)
{
	if (node->type == NODE_TREE || !(x >= 0 && y >= 0 && x < node->width && y < node->height))
		return false;
	return node->accepts_input ? node->accepts_input(node, x, y) : node->owner != NULL;
}

static struct node *node_at(struct node *node, double x, double y, double *sx, double *sy)
{
	if (node->hidden || node->untouchable)
		return NULL;
	if (node_accepts_input(node, x, y)) {
		*sx = x;
		*sy = y;
		return node;
	}
	struct node *child;
	wl_list_for_each_reverse(child, &node->children, link) {
		struct node *found = node_at(child, x - child->x, y - child->y, sx, sy);
		if (found)
			return found;
	}
	return NULL;
}

struct node *scene_at(struct scene *scene, double x, double y, double *sx, double *sy)
{
	for (int layer = SCENE_LOCK; layer >= 0; layer--) {
		struct node *node = scene->layers[layer];
		struct node *found = node_at(node, x - node->x, y - node->y, sx, sy);
		if (found)
			return found;
	}
	return NULL;
}
