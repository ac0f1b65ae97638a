// SPDX-License-Identifier: MIT
#include "tests/hostile/order.h"
#include <string.h>

struct run {
	struct order order;
	void (*make)(struct order *order);
	void (*unmake)(struct order *order);
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
	struct stage *stage = order->stage;
	struct client *attacker = stage_attacker(stage);
	order->n = 0;
	run->make(order);
	check_eq(order->n, n); // every_order was told as many
	check_no_error(attacker);
	bool gone[MORTALS] = {false};
	const struct order_rule *broken = NULL;
	for (int i = 0; i < n; i++) {
		struct mortal *mortal = &order->mortals[numbers[i]];
		if (!broken)
			broken = broken_rule(run->rules, gone, numbers[i]);
		mortal->destroy(mortal->proxy);
		gone[numbers[i]] = true;
		// Some die in one breath, others see a frame between.
		if (run->count % 3)
			fixture_pump(stage->fixture);
		if (run->count % 3 == 2)
			fixture_frames(stage->fixture, 1);
	}
	fixture_frames(stage->fixture, 1);
	if (broken) {
		// The client's half of the object is gone, so that it may not know what it was.
		const char *interface;
		check_eq(client_error(attacker, &interface), (int)broken->code);
		if (interface && strcmp(interface, "unknown") != 0)
			check_str(interface, broken->interface);
	} else {
		check_no_error(attacker);
	}
	if (run->unmake)
		run->unmake(order);
	stage_kill(stage);
	if (run->count++ % 16 == 0)
		stage_check(stage);
}

void every_order_with(const struct server_options *options, void *data, int n,
	void (*make)(struct order *order), void (*unmake)(struct order *order),
	const struct order_rule *rules)
{
	struct run run = {
		.order = {.stage = stage_create_with(options), .data = data},
		.make = make,
		.unmake = unmake,
		.rules = rules,
	};
	for_each_permutation(n, run_order, &run);
	stage_end(run.order.stage);
}

void every_order(int n, void (*make)(struct order *order), void (*unmake)(struct order *order),
	const struct order_rule *rules)
{
	every_order_with(NULL, NULL, n, make, unmake, rules);
}
