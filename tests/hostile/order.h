// SPDX-License-Identifier: MIT
// Destroys related objects in every order. Each order gets new objects; the client gets exactly the
// protocol error of the first rule it breaks, or none, and the server keeps nothing.
#pragma once
#include "tests/hostile/hostile_rig.h"

#define ORDER_OBJECTS 8

struct order_object {
	void *proxy;
	void (*destroy)(void *proxy);
};

// The error for destroying one object while a second still exists.
struct order_rule {
	int first, then;
	const char *interface;
	uint32_t code;
	int unless; // 0, or 1 + the number of an object without which this is no error
};

struct order {
	struct hostile_rig *rig;
	struct order_object objects[ORDER_OBJECTS];
	int n;
	void *data; // of the create function
};

// Appends an object and the function that sends its destructor request.
#define order_add(order, proxy, function) \
	order_add_object((order), (struct order_object){(proxy), (void (*)(void *))(function)})

// Implements order_add().
static inline void order_add_object(struct order *order, struct order_object object)
{
	order->objects[order->n++] = object;
}

// create adds n objects of the attacker; destroy frees what is not among them, NULL: nothing. rules
// end with first == then, NULL: there are none. options are those of the server, NULL: defaults.
void check_every_order_with(const struct server_options *options, void *data, int n,
	void (*create)(struct order *order), void (*destroy)(struct order *order),
	const struct order_rule *rules);
// With default options and no data.
void check_every_order(int n, void (*create)(struct order *order),
	void (*destroy)(struct order *order), const struct order_rule *rules);
