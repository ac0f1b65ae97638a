// SPDX-License-Identifier: MIT
// Related objects, destroyed in every order. Each order gets its own objects; who breaks a rule of
// the protocol on the way gets that rule's error, everybody else none, and nothing is left.
#pragma once
#include "tests/hostile/stage.h"

#define MORTALS 8

struct mortal {
	void *proxy;
	void (*destroy)(void *proxy);
};
// With the request of that name.
#define MORTAL(proxy, function) ((struct mortal){(proxy), (void (*)(void *))(function)})

// An error for destroying one while the other still lives.
struct order_rule {
	int first, then;
	const char *interface;
	uint32_t code;
	int unless; // 0, or 1 + the number of one whose end before makes it right
};

struct order {
	struct stage *stage;
	struct mortal mortals[MORTALS];
	int n;
	void *data; // of make
};

static inline void order_add(struct order *order, struct mortal mortal)
{
	order->mortals[order->n++] = mortal;
}

// make fills n mortals for the stage's attacker; unmake (may be NULL) frees what no mortal is.
// rules end with first == then; NULL: none.
void every_order_with(const struct server_options *options, void *data, int n,
	void (*make)(struct order *order), void (*unmake)(struct order *order),
	const struct order_rule *rules);
// With a usual server and no data.
void every_order(int n, void (*make)(struct order *order), void (*unmake)(struct order *order),
	const struct order_rule *rules);
