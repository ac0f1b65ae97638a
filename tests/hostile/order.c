// SPDX-License-Identifier: MIT
#include "tests/hostile/order.h"
#include <string.h>

struct run {
	struct order order;
	void (*create)(struct order *order);
	void (*destroy)(struct order *order);
	const struct order_rule *rules;
	int count;
};

static const struct order_rule *broken_rule(
	const struct order_rule *rules, const bool *gone, int now)
{
	for (; rules && rules->first != rules->then; rules++)
		if (rules->first == now && !gone[rules->then] &&
			!(rules->unless && gone[rules->unless - 1]))
			return rules;
	return NULL;
}

static void run_order(const int *numbers, int n, void *data)
{
	struct run *run = data;
	struct order *order = &run->order;
	struct hostile_rig *rig = order->rig;
	struct client *attacker = hostile_rig_connect(rig);
	order->n = 0;
	run->create(order);
	check_eq(order->n, n);
	check_no_error(attacker);
	bool gone[ORDER_OBJECTS] = {false};
	const struct order_rule *broken = NULL;
	for (int i = 0; i < n; i++) {
		struct order_object *object = &order->objects[numbers[i]];
		if (!broken)
			broken = broken_rule(run->rules, gone, numbers[i]);
		object->destroy(object->proxy);
		gone[numbers[i]] = true;
		// Some are destroyed in one dispatch, others with a pump or a frame in between.
		if (run->count % 3)
			fixture_pump(rig->fixture);
		if (run->count % 3 == 2)
			fixture_frames(rig->fixture, 1);
	}
	fixture_frames(rig->fixture, 1);
	if (broken) {
		// The proxy is destroyed, so that libwayland may not find the interface.
		const char *interface;
		check_eq(client_error(attacker, &interface), (int)broken->code);
		if (interface && strcmp(interface, "unknown") != 0)
			check_str(interface, broken->interface);
	} else {
		check_no_error(attacker);
	}
	if (run->destroy)
		run->destroy(order);
	hostile_rig_disconnect(rig);
	if (run->count++ % 16 == 0)
		hostile_rig_check(rig);
}

void check_every_order_with(const struct server_options *options, void *data, int n,
	void (*create)(struct order *order), void (*destroy)(struct order *order),
	const struct order_rule *rules)
{
	struct hostile_rig rig = {0};
	hostile_rig_init_with(&rig, options);
	struct run run = {
		.order = {.rig = &rig, .data = data},
		.create = create,
		.destroy = destroy,
		.rules = rules,
	};
	for_each_permutation(n, run_order, &run);
	hostile_rig_finish(&rig);
}

void check_every_order(int n, void (*create)(struct order *order),
	void (*destroy)(struct order *order), const struct order_rule *rules)
{
	check_every_order_with(NULL, NULL, n, create, destroy, rules);
}
