// SPDX-License-Identifier: MIT
// The scene tree: stacking order, hit testing, and the flattened draw list.
#include "compositor/scene/scene.h"
#include <math.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/output/overlap.h"
#include "compositor/scene/damage.h"
#include "compositor/server.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

static const struct scene_view plain_view = {.scale = 1, .width = 100, .height = 80};

static struct node *rect(struct node *parent, int x, int y, int width, int height)
{
	struct node *node = node_create(parent, NODE_RECT);
	node_set_position(node, x, y);
	node_set_size(node, width, height);
	node_set_color(node, (const float[]){1, 0, 0, 1});
	node->owner = node; // accepts input
	return node;
}

struct world {
	struct fixture *fixture;
	struct scene *scene;
	struct node *tree;
	struct item_list list;
};

static void world_init(struct world *world)
{
	*world = (struct world){.fixture = fixture_create_shell("kiosk")};
	world->scene = world->fixture->server->scene;
	world->tree = node_create(world->scene->layers[SCENE_WINDOWS], NODE_TREE);
}

static void world_finish(struct world *world)
{
	item_list_finish(&world->list);
	node_destroy(world->tree);
	fixture_destroy(world->fixture);
}

static void check_order(struct world *world, struct node *const *top_first, size_t n)
{
	scene_flatten(world->scene->root, &plain_view, false, &world->list);
	check_eq(world->list.count, n);
	for (size_t i = 0; i < n; i++)
		check(world->list.items[i].node == top_first[i]);
}
#define CHECK_ORDER(world, ...) \
	check_order(world, (struct node *const[]){__VA_ARGS__}, \
		array_length(((struct node *const[]){__VA_ARGS__})))

TEST(order)
{
	struct world world;
	world_init(&world);
	struct node *a = rect(world.tree, 0, 0, 5, 5), *b = rect(world.tree, 0, 0, 5, 5),
		    *c = rect(world.tree, 0, 0, 5, 5);
	CHECK_ORDER(&world, c, b, a);
	node_raise(a);
	CHECK_ORDER(&world, a, c, b);
	node_raise(a);
	CHECK_ORDER(&world, a, c, b);
	node_lower(c);
	CHECK_ORDER(&world, a, b, c);
	node_place_above(c, a);
	CHECK_ORDER(&world, c, a, b);
	node_place_below(c, b);
	CHECK_ORDER(&world, a, b, c);
	node_place_below(c, c);
	node_place_above(c, c);
	CHECK_ORDER(&world, a, b, c);
	struct node *top = rect(world.scene->layers[SCENE_OVERLAY], 0, 0, 5, 5);
	struct node *bottom = rect(world.scene->layers[SCENE_BOTTOM], 0, 0, 5, 5);
	CHECK_ORDER(&world, top, a, b, c, bottom);
	node_set_parent(bottom, top->parent);
	CHECK_ORDER(&world, bottom, top, a, b, c);
	node_set_hidden(world.tree, true);
	CHECK_ORDER(&world, bottom, top);
	node_destroy(top);
	node_destroy(bottom);
	world_finish(&world);
}

TEST(setters_raise_revisions_only_for_news)
{
	struct world world;
	world_init(&world);
	struct node *node = rect(world.tree, 1, 2, 3, 4);
	uint32_t revision = node->revision;
	world.scene->changed = world.scene->moved = false;
	node_set_position(node, 1, 2);
	node_set_size(node, 3, 4);
	node_set_color(node, (const float[]){1, 0, 0, 1});
	node_set_alpha(node, 1);
	node_set_hidden(node, false);
	node_set_source(node, &(struct fbox){0}, TRANSFORM_NORMAL);
	check_eq(node->revision, revision);
	check(!world.scene->changed && !world.scene->moved);
	node_set_alpha(node, 0.5f);
	check(node->revision > revision);
	check(world.scene->changed && world.scene->moved);
	world_finish(&world);
}

static void on_destroyed(struct wl_listener *listener, void *data)
{
	wl_list_remove(&listener->link);
	wl_list_init(&listener->link);
}

TEST(destroying_takes_the_children)
{
	struct world world;
	world_init(&world);
	struct node *tree = node_create(world.tree, NODE_TREE);
	struct node *child = rect(node_create(tree, NODE_TREE), 0, 0, 5, 5);
	struct wl_listener listener = {.notify = on_destroyed};
	wl_signal_add(&child->destroyed, &listener);
	node_destroy(tree);
	check(wl_list_empty(&listener.link));
	check(wl_list_empty(&world.tree->children));
	node_destroy(NULL);
	world_finish(&world);
}

TEST(positions)
{
	struct world world;
	world_init(&world);
	node_set_position(world.tree, 10, 20);
	struct node *node = rect(world.tree, -3, 4, 5, 5);
	int x, y;
	check(node_position(node, &x, &y));
	check_eq(x, 7);
	check_eq(y, 24);
	node_set_hidden(world.tree, true);
	check(!node_position(node, &x, &y));
	node_set_hidden(world.tree, false);
	// The position of the root node of a view counts, too.
	const struct scene_view view = {.x = 7, .y = 24, .scale = 2, .width = 10, .height = 10};
	scene_flatten(world.tree, &view, false, &world.list);
	check_eq(world.list.count, 1);
	check(box_equal(&world.list.items[0].draw.dst, &(struct box){0, 0, 10, 10}));
	world_finish(&world);
}

static const struct place_row {
	struct box logical;
	double scale, x, y;
	enum transform transform;
	struct box dst; // width 0: not drawn
} place_rows[] = {
	{{1, 2, 3, 4}, 1, 0, 0, TRANSFORM_NORMAL, {1, 2, 3, 4}},
	{{1, 2, 3, 4}, 1.5, 0, 0, TRANSFORM_NORMAL, {2, 3, 4, 6}},
	{{1, 2, 3, 4}, 1, 10, 0, TRANSFORM_NORMAL, {0, 0, 0, 0}},
	{{11, 2, 3, 4}, 2, 10, 0, TRANSFORM_NORMAL, {2, 4, 6, 8}},
	{{1, 2, 3, 4}, 1, 0, 0, TRANSFORM_90, {2, 76, 4, 3}},
	{{1, 2, 3, 4}, 1, 0, 0, TRANSFORM_180, {96, 74, 3, 4}},
	{{1, 2, 3, 4}, 1, 0, 0, TRANSFORM_270, {94, 1, 4, 3}},
	{{1, 2, 3, 4}, 1, 0, 0, TRANSFORM_FLIPPED, {96, 2, 3, 4}},
	{{-2, 70, 30, 30}, 1, 0, 0, TRANSFORM_NORMAL, {-2, 70, 30, 30}},
	{{100, 0, 5, 5}, 1, 0, 0, TRANSFORM_NORMAL, {0, 0, 0, 0}},
	{{0, 80, 5, 5}, 1, 0, 0, TRANSFORM_NORMAL, {0, 0, 0, 0}},
	{{0, 80, 5, 5}, 1, 0, 0, TRANSFORM_90, {80, 75, 5, 5}},
	{{0, 0, 0, 5}, 1, 0, 0, TRANSFORM_NORMAL, {0, 0, 0, 0}},
};

TEST_P(places, struct place_row, place_rows)
{
	struct world world;
	world_init(&world);
	rect(world.tree, param->logical.x, param->logical.y, param->logical.width,
		param->logical.height);
	const struct scene_view view = {
		param->x, param->y, param->scale, param->transform, 100, 80};
	scene_flatten(world.scene->root, &view, false, &world.list);
	check_eq(world.list.count, param->dst.width > 0);
	if (world.list.count) {
		const struct item *item = &world.list.items[0];
		const struct box *dst = &item->draw.dst;
		check_eq(dst->x, param->dst.x);
		check_eq(dst->y, param->dst.y);
		check_eq(dst->width, param->dst.width);
		check_eq(dst->height, param->dst.height);
		check(item->draw.opaque);
		check_eq(item->layer, SCENE_WINDOWS);
		struct box opaque = region_bounds(&item->opaque);
		check(box_equal(&opaque, dst));
	}
	world_finish(&world);
}

TEST(what_lets_through_is_not_opaque)
{
	struct world world;
	world_init(&world);
	struct node *node = rect(world.tree, 0, 0, 50, 50);
	rect(world.scene->layers[SCENE_BOTTOM], 10, 10, 10, 10);
	const struct box bounds = {0, 0, 100, 80};
	scene_flatten(world.scene->root, &plain_view, false, &world.list);
	check(!damage_occlude(&world.list, &bounds));
	check_eq(world.list.count, 1);
	node_set_alpha(node, 0.5f);
	scene_flatten(world.scene->root, &plain_view, false, &world.list);
	damage_occlude(&world.list, &bounds);
	check_eq(world.list.count, 2);
	node_set_alpha(node, 0);
	scene_flatten(world.scene->root, &plain_view, false, &world.list);
	check_eq(world.list.count, 1);
	world_finish(&world);
}

TEST(input_goes_to_the_top)
{
	struct world world;
	world_init(&world);
	node_set_position(world.tree, 5, 5);
	struct node *below = rect(world.tree, 0, 0, 20, 20),
		    *above = rect(world.tree, 10, 10, 20, 20);
	double x, y;
	check(scene_at(world.scene, 15, 15, &x, &y) == above);
	check(x == 0 && y == 0);
	check(scene_at(world.scene, 14.996, 15, &x, &y) == below);
	check(x == 9.996 && y == 10);
	check(scene_at(world.scene, 34.9, 34.9, &x, &y) == above);
	check(scene_at(world.scene, 35, 34.9, &x, &y) == NULL);
	check(scene_at(world.scene, NAN, 10, &x, &y) == NULL);
	above->owner = NULL; // accepts no input
	check(scene_at(world.scene, 15, 15, &x, &y) == below);
	node_set_hidden(below, true);
	check(scene_at(world.scene, 15, 15, &x, &y) == NULL);
	struct node *cursor = rect(world.scene->layers[SCENE_CURSOR], 0, 0, 50, 50);
	check(scene_at(world.scene, 15, 15, &x, &y) == NULL);
	node_destroy(cursor);
	world_finish(&world);
}

TEST(outputs_are_told_apart)
{
	struct world world;
	world_init(&world);
	struct output *output = output_first(world.fixture->server);
	struct node *node = rect(world.tree, output->box.width - 5, 0, 20, 20);
	outputs_update_overlap(world.scene);
	check_eq(node->outputs, 1u << output->index);
	check(node_visible(node));
	node_set_position(node, output->box.width, 0);
	outputs_update_overlap(world.scene);
	check_eq(node->outputs, 0);
	check(!node_visible(node));
	world_finish(&world);
}
