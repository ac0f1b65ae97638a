// SPDX-License-Identifier: MIT
#include "compositor/shell/bell.h"
#include <errno.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/clock.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/shell/decoration.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/window/window.h"

#define FLASH_NS (150 * NSEC_PER_MSEC)
#define PAUSE_NS (250 * NSEC_PER_MSEC) // between the rings of a window, and between commands

struct bell {
	struct desktop *desktop;
	struct weak flash; // struct node * in the tree of a window
	struct timer timer;
	uint64_t ran_ns; // when the command was run last, 0: never
};

static void flash_end(void *data)
{
	struct bell *bell = data;
	struct node *flash = bell->flash.target;
	weak_clear(&bell->flash);
	node_destroy(flash);
	timer_cancel(&bell->timer);
}

struct bell *bell_create(struct desktop *desktop)
{
	struct bell *bell = xcalloc(1, sizeof(*bell));
	bell->desktop = desktop;
	timer_init(&bell->timer, desktop->shell.server->clock, flash_end, bell);
	return bell;
}

void bell_destroy(struct bell *bell)
{
	if (!bell)
		return;
	flash_end(bell);
	timer_finish(&bell->timer);
	free(bell);
}

// Relative to the window geometry.
static struct box flash_box(const struct window *window)
{
	int width = window->geometry.width;
	struct extents frame =
		decoration_extents(window->pending.decorated, window->pending.states, width);
	if (!frame.top)
		return (struct box){0, 0, width, window->geometry.height};
	return (struct box){-frame.left, -frame.top, frame.left + width + frame.right, frame.top};
}

void bell_flash(struct bell *bell, struct window *window)
{
	static const float color[4] = {0.36f, 0.26f, 0.1f, 0.4f}; // premultiplied
	flash_end(bell);
	struct box box = flash_box(window);
	struct node *flash = node_create(window->tree, NODE_RECT);
	node_set_position(flash, box.x, box.y);
	node_set_size(flash, box.width, box.height);
	node_set_color(flash, color);
	weak_set(&bell->flash, flash, &flash->destroyed);
	timer_set(&bell->timer, clock_now_ns(bell->desktop->shell.server->clock) + FLASH_NS);
}

// Of any client, at most some times a second.
static void bell_run_command(struct bell *bell, uint64_t now)
{
	struct server *server = bell->desktop->shell.server;
	const char *command = server->config->session.bell;
	if (!command || !server->children || (bell->ran_ns && now - bell->ran_ns < PAUSE_NS))
		return;
	bell->ran_ns = now;
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};
	if (!child_spawn(server->children, argv, NULL, NULL, NULL))
		log_errno("cannot start \"%s\"", command);
}

bool bell_ring(struct bell *bell, struct window *window)
{
	uint64_t now = clock_now_ns(bell->desktop->shell.server->clock);
	bell_run_command(bell, now);
	if (!window)
		return false;
	struct desktop_window *view = desktop_window_get(bell->desktop, window);
	if (view->rang_ns && now - view->rang_ns < PAUSE_NS)
		return false;
	view->rang_ns = now;
	bell_flash(bell, window);
	return true;
}
