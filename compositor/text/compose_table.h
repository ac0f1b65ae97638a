// SPDX-License-Identifier: MIT
// Compose tables: which sequences of keys give which text. Read in a thread, as the user's file may
// lie on a network and include others.
#pragma once
#include <xkbcommon/xkbcommon-compose.h>

struct compose_load;
struct server;

// Begins to read the user's table or that of the locale; calls loaded once, from the loop. table is
// then the callee's reference; NULL: there is none (logged). NULL: no thread is free; loaded is not
// called.
struct compose_load *compose_load_start(struct server *server,
	void (*loaded)(struct xkb_compose_table *table, void *data), void *data);
// loaded will not be called. NULL is allowed.
void compose_load_abandon(struct compose_load *load);
