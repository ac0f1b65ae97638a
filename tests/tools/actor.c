// SPDX-License-Identifier: MIT
// A client for tests: one window of one color, with --animate a bar that moves by one pixel per
// frame callback. With --events it prints the events it receives; other options make it misbehave.
//
// usage: actor [--size WxH] [--color RRGGBB] [--app-id ID] [--title TEXT] [--exit STATUS]
//        [--animate] [--frames N] [--events] [--menu] [--no-ack] [--no-pong]
//        [--no-menu-ack] [--spin] [--error] [--hold] [--asks] [--late] [--lingers]
#include "tests/tools/actor.h"
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void actor_report(struct actor *actor, const char *format, ...)
{
	va_list args;
	if (!actor->events)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void on_constraint_event(void *data, const char *text)
{
	actor_report(data, "%s", text);
}

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct actor *actor = data;
	if (strcmp(interface, "wl_compositor") == 0)
		actor->compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	else if (strcmp(interface, "wl_shm") == 0)
		actor->shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	else if (strcmp(interface, "xdg_wm_base") == 0)
		actor->wm_base = wl_registry_bind(registry, name, &xdg_wm_base_interface, 3);
	else if (strcmp(interface, "wl_seat") == 0 && actor->events)
		actor->seat = wl_registry_bind(
			registry, name, &wl_seat_interface, actor->constrains ? 8 : 5);
	else if (actor->constrains && strncmp(interface, "zwp_", 4) == 0)
		actor_constraint_global(&actor->constraint, registry, name, interface);
	else if (strcmp(interface, "wl_data_device_manager") == 0 && actor->events)
		actor->data_manager =
			wl_registry_bind(registry, name, &wl_data_device_manager_interface, 3);
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener registry_listener = {
	.global = on_global,
	.global_remove = on_global_remove,
};

static int display_fd;

// Closes the connection before the process ends.
static void on_term(int number)
{
	close(display_fd);
	usleep(300000);
	_exit(0);
}

static void parse_options(struct actor *actor, int argc, char **argv)
{
	static const struct option options[] = {
		{"size", required_argument, NULL, 's'},
		{"color", required_argument, NULL, 'c'},
		{"app-id", required_argument, NULL, 'i'},
		{"title", required_argument, NULL, 't'},
		{"exit", required_argument, NULL, 'x'},
		{"frames", required_argument, NULL, 'f'},
		{"animate", no_argument, NULL, 'a'},
		{"events", no_argument, NULL, 'e'},
		{"menu", no_argument, NULL, 'm'},
		{"no-ack", no_argument, NULL, 'A'},
		{"no-menu-ack", no_argument, NULL, 'U'},
		{"no-pong", no_argument, NULL, 'P'},
		{"spin", no_argument, NULL, 'S'},
		{"error", no_argument, NULL, 'E'},
		{"hold", no_argument, NULL, 'H'},
		{"asks", no_argument, NULL, 'Q'},
		{"late", no_argument, NULL, 'L'},
		{"lingers", no_argument, NULL, 'G'},
		{0},
	};
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 's':
			if (sscanf(optarg, "%dx%d", &actor->width, &actor->height) != 2)
				exit(2);
			break;
		case 'c':
			actor->color = (uint32_t)strtoul(optarg, NULL, 16);
			break;
		case 'i':
			actor->app_id = optarg;
			break;
		case 't':
			actor->title = optarg;
			break;
		case 'x':
			actor->status = atoi(optarg);
			break;
		case 'f':
			actor->frames = atoi(optarg);
			break;
		case 'a':
			actor->animate = true;
			break;
		case 'e':
			actor->events = true;
			break;
		case 'm':
			actor->events = actor->has_menu = true;
			break;
		case 'A':
			actor->no_ack = true;
			break;
		case 'U':
			actor->no_menu_ack = true;
			break;
		case 'P':
			actor->no_pong = true;
			break;
		case 'S':
			actor->spin = true;
			break;
		case 'E':
			actor->error = true;
			break;
		case 'H':
			actor->events = actor->constrains = true;
			break;
		case 'Q':
			actor->asks = true;
			break;
		case 'G':
			signal(SIGTERM, on_term);
			break;
		case 'L':
			actor->late = true;
			break;
		default:
			exit(2);
		}
	}
}

// The client exits without freeing anything: only leaks of the compositor matter.
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return 1;
}

int main(int argc, char **argv)
{
	struct actor actor = {.width = 200,
		.height = 100,
		.color = 0x3060c0,
		.app_id = "actor",
		.title = "Actor"};
	parse_options(&actor, argc, argv);
	actor.display = wl_display_connect(NULL);
	if (!actor.display) {
		fprintf(stderr, "actor: no compositor\n");
		return 1;
	}
	display_fd = wl_display_get_fd(actor.display);
	actor.xkb = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	struct wl_registry *registry = wl_display_get_registry(actor.display);
	wl_registry_add_listener(registry, &registry_listener, &actor);
	wl_display_roundtrip(actor.display);
	if (!actor.compositor || !actor.shm || !actor.wm_base)
		return 1;
	actor_connect_seat(&actor);
	actor_create_window(&actor);
	actor.constraint.report = on_constraint_event;
	actor.constraint.data = &actor;
	actor.constraint.compositor = actor.compositor;
	actor.constraint.surface = actor.surface;
	actor_constraint_begin(&actor.constraint);
	while (!actor.done && wl_display_dispatch(actor.display) >= 0)
		while (actor.spin && actor.pictures[0].buffer)
			wl_display_flush(actor.display);
	return actor.done ? actor.status : 1;
}
