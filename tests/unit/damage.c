// SPDX-License-Identifier: MIT
// Random scenes against brute force: every pixel that differs between two frames must be in the
// damage, and the damage must not be much larger.
#include "compositor/scene/damage.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define SIDE 48
#define NODES 12

struct thing { // a rectangle, which the test also draws itself
	struct node node;
	struct content content;
	struct box box;
	bool alive, opaque;
	uint32_t pixels[SIDE * SIDE]; // of the content
};

struct world {
	uint64_t seed, next_id;
	struct thing things[NODES];
	int order[NODES]; // top first
};

static unsigned roll(struct world *world, unsigned below)
{
	world->seed = world->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(world->seed >> 33) % below;
}

static void fill(struct world *world, struct thing *thing, const struct box *part)
{
	uint32_t color = roll(world, 0xffffff) + 1;
	for (int y = part->y; y < part->y + part->height; y++)
		for (int x = part->x; x < part->x + part->width; x++)
			thing->pixels[y * SIDE + x] = color;
	struct content *content = &thing->content;
	content->sequence++;
	region *damage = &content->log[content->sequence % CONTENT_LOG].damage;
	pixman_region32_clear(damage);
	region_add_box(damage, part);
}

static void create(struct world *world, struct thing *thing)
{
	thing->alive = true;
	thing->opaque = roll(world, 3) != 0;
	thing->node.id = ++world->next_id;
	thing->node.revision = 0;
	thing->node.content = &thing->content;
	thing->box = (struct box){(int)roll(world, SIDE) - 8, (int)roll(world, SIDE) - 8,
		(int)roll(world, 30) + 1, (int)roll(world, 30) + 1};
	thing->content.width = thing->box.width;
	thing->content.height = thing->box.height;
	thing->content.sequence = 0;
	fill(world, thing, &(struct box){0, 0, thing->box.width, thing->box.height});
}

static void mutate(struct world *world)
{
	struct thing *thing = &world->things[roll(world, NODES)];
	if (!thing->alive) {
		create(world, thing);
		return;
	}
	switch (roll(world, 6)) {
	case 0:
		thing->alive = false;
		break;
	case 1:
		thing->box.x += (int)roll(world, 9) - 4;
		thing->box.y += (int)roll(world, 9) - 4;
		break;
	case 2: {
		int a = (int)roll(world, NODES), b = (int)roll(world, NODES);
		int swap = world->order[a];
		world->order[a] = world->order[b];
		world->order[b] = swap;
		break;
	}
	case 3:
		thing->opaque = !thing->opaque;
		thing->node.revision++;
		break;
	default: {
		struct box part = {(int)roll(world, (unsigned)thing->box.width),
			(int)roll(world, (unsigned)thing->box.height), 0, 0};
		part.width = (int)roll(world, (unsigned)(thing->box.width - part.x)) + 1;
		part.height = (int)roll(world, (unsigned)(thing->box.height - part.y)) + 1;
		fill(world, thing, &part);
	}
	}
}

// The visible colour: opaque nodes cover, others mix by a hash of all above.
static void draw(const struct world *world, uint32_t *picture)
{
	for (int y = 0; y < SIDE; y++) {
		for (int x = 0; x < SIDE; x++) {
			uint32_t color = 0;
			for (int i = 0; i < NODES; i++) {
				const struct thing *thing = &world->things[world->order[i]];
				if (!thing->alive || !box_contains(&thing->box, x, y))
					continue;
				color = color * 31 +
					thing->pixels[(y - thing->box.y) * SIDE + x - thing->box.x];
				if (thing->opaque)
					break;
			}
			picture[y * SIDE + x] = color;
		}
	}
}

static void list_world(struct world *world, struct item_list *list)
{
	static struct texture texture;
	list->count = 0;
	for (int i = 0; i < NODES; i++) {
		struct thing *thing = &world->things[world->order[i]];
		if (!thing->alive)
			continue;
		struct item *item = item_list_add(list);
		item->node = &thing->node;
		item->id = thing->node.id;
		item->revision = thing->node.revision;
		item->sequence = thing->content.sequence;
		item->draw = (struct draw){.texture = &texture,
			.alpha = 1,
			.dst = thing->box,
			.src = {0, 0, thing->box.width, thing->box.height},
			.opaque = thing->opaque};
		pixman_region32_clear(&item->opaque);
		if (thing->opaque)
			region_add_box(&item->opaque, &thing->box);
	}
}

TEST(difference_covers_every_changed_pixel)
{
	struct world *world = xcalloc(1, sizeof(*world));
	world->seed = 42;
	for (int i = 0; i < NODES; i++) {
		world->order[i] = i;
		for (int j = 0; j < CONTENT_LOG; j++)
			pixman_region32_init(&world->things[i].content.log[j].damage);
	}
	static uint32_t before[SIDE * SIDE], after[SIDE * SIDE];
	struct item_list list = {0};
	struct last_frame seen = {0};
	const struct box bounds = {0, 0, SIDE, SIDE};
	unsigned damaged = 0, changed = 0;
	region damage;
	pixman_region32_init(&damage);
	for (int step = 0; step < 4000; step++) {
		memcpy(before, after, sizeof(before));
		for (unsigned i = roll(world, 4); i < 4; i++)
			mutate(world);
		draw(world, after);
		list_world(world, &list);
		damage_occlude(&list, &bounds);
		pixman_region32_clear(&damage);
		damage_diff(&seen, &list, &damage);
		damage_remember(&seen, &list);
		for (int i = 0; i < SIDE * SIDE; i++) {
			bool in = pixman_region32_contains_point(&damage, i % SIDE, i / SIDE, NULL);
			if (before[i] != after[i])
				check(in);
			damaged += in;
			changed += before[i] != after[i];
		}
	}
	check(changed > 0);
	// Damage may exceed the difference: nodes move over others of the same colour, and the
	// damage that clients report is not compared with the pixels.
	check(damaged < changed * 2);
	pixman_region32_fini(&damage);
	item_list_finish(&list);
	last_frame_finish(&seen);
	for (int i = 0; i < NODES; i++)
		for (int j = 0; j < CONTENT_LOG; j++)
			pixman_region32_fini(&world->things[i].content.log[j].damage);
	free(world);
}

TEST(hidden_items_leave_the_list)
{
	struct item_list list = {0};
	const struct box bounds = {0, 0, 10, 10};
	for (int i = 0; i < 3; i++) {
		struct item *item = item_list_add(&list);
		item->id = (uint64_t)i;
		item->draw = (struct draw){.dst = bounds, .alpha = 1, .opaque = i == 1};
		pixman_region32_clear(&item->opaque);
		if (i == 1)
			region_add_box(&item->opaque, &bounds);
	}
	check(damage_occlude(&list, &bounds));
	check_eq(list.count, 2);
	check_eq(list.items[0].id, 0);
	check_eq(list.items[1].id, 1);
	item_list_finish(&list);
}
