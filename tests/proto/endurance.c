// SPDX-License-Identifier: MIT
// A session that lasts: clients, windows and outputs come and go and days pass, and nothing grows.
// ENDURANCE=full runs 10,000 clients with 100,000 windows, 1,000 changes of outputs and a week of
// virtual time, which takes minutes (--timeout 0 --no-fork), and prints what was measured.
#include <linux/input-event-codes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/process.h"
#include "tests/harness/test.h"

#define WINDOWS 10 // of each client
#define HOUR (3600 * NSEC_PER_SEC)

struct footprint {
	size_t heap, resident; // bytes in use, and of the process
	int descriptors, surfaces, windows, layers, contents, outputs, clients;
};

struct endurance_rig {
	struct fixture *fixture;
	struct client *resident; // lives all the time, with a window
	struct client_window *window;
	bool full;
	int step;
};

static struct footprint measure(struct endurance_rig *rig)
{
	struct server *server = rig->fixture->server;
	return (struct footprint){
		.heap = mallinfo2().uordblks,
		.resident = process_resident_bytes(),
		.descriptors = process_count_fds(),
		.surfaces = wl_list_length(&server->surfaces),
		.windows = wl_list_length(&server->windows),
		.layers = wl_list_length(&server->layers),
		.contents = wl_list_length(&server->contents),
		.outputs = wl_list_length(&server->outputs),
		.clients = wl_list_length(wl_display_get_client_list(server->display)),
	};
}

static void check_same(struct endurance_rig *rig, const char *what, const struct footprint *before)
{
	struct footprint after = measure(rig);
	if (rig->full)
		fprintf(stderr, "%s: heap %+ld bytes, resident %+ld KiB, descriptors %+d\n", what,
			(long)(after.heap - before->heap),
			((long)after.resident - (long)before->resident) / 1024,
			after.descriptors - before->descriptors);
	check_eq(after.descriptors, before->descriptors);
	check_eq(after.surfaces, before->surfaces);
	check_eq(after.windows, before->windows);
	check_eq(after.layers, before->layers);
	check_eq(after.contents, before->contents);
	check_eq(after.outputs, before->outputs);
	check_eq(after.clients, before->clients);
	// Arrays that grew keep their capacity. malloc's caches of free memory count as used,
	// unless they are switched off, as the build does.
	bool exact = getenv("GLIBC_TUNABLES") != NULL;
	check(after.heap < before->heap + (exact ? 8192 : 262144));
	if (!TEST_ASAN) // which keeps freed memory for a while
		check(after.resident < before->resident + (4 << 20));
}

static void endurance_rig_init(struct endurance_rig *rig)
{
	const char *how = getenv("ENDURANCE");
	rig->full = how && strcmp(how, "full") == 0;
	rig->fixture = fixture_create_virtual_output();
	rig->resident = client_create(rig->fixture);
	rig->window = client_window_create(rig->resident, 100, 80, 0xff336699);
}

static void endurance_rig_finish(struct endurance_rig *rig)
{
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

// What a user does with the windows.
static void use(struct endurance_rig *rig, struct client_window *window)
{
	struct fixture *fixture = rig->fixture;
	int step = rig->step++;
	fixture_click(fixture, step * 37 % 1200, step * 53 % 700);
	fixture_key(fixture, KEY_A + (uint32_t)step % 5, true);
	fixture_key(fixture, KEY_A + (uint32_t)step % 5, false);
	switch (step % 6) {
	case 0:
		xdg_toplevel_set_maximized(window->toplevel);
		break;
	case 1:
		xdg_toplevel_unset_maximized(window->toplevel);
		break;
	case 2:
		xdg_toplevel_set_fullscreen(window->toplevel, NULL);
		break;
	case 3:
		xdg_toplevel_unset_fullscreen(window->toplevel);
		break;
	case 4:
		xdg_toplevel_set_title(window->toplevel, step % 12 ? "even" : "odd");
		break;
	case 5:
		client_window_draw(window, 64 + step % 64, 64, (uint32_t)step | 0xff000000);
		break;
	}
	fixture_pump(fixture);
}

static void run_clients(struct endurance_rig *rig, int count)
{
	for (int i = 0; i < count; i++) {
		struct client *client = client_create(rig->fixture);
		struct client_window *windows[WINDOWS];
		for (int k = 0; k < WINDOWS; k++) {
			windows[k] = client_window_create(client, 64, 48, 0xff00ff00);
			if (k && k % 3 == 0)
				xdg_toplevel_set_parent(
					windows[k]->toplevel, windows[k - 1]->toplevel);
		}
		use(rig, windows[i % WINDOWS]);
		for (int k = 0; k < WINDOWS; k++)
			client_window_destroy(windows[k]);
		client_destroy(client);
	}
	fixture_advance(rig->fixture, 10 * NSEC_PER_SEC);
}

static void run_outputs(struct endurance_rig *rig, int count)
{
	struct server *server = rig->fixture->server;
	struct backend *backend = server->backend;
	for (int i = 0; i < count; i++) {
		struct output *first = output_first(server);
		struct output_change change = output_change_none(first);
		change.scale = 1 + i % 4 * 0.25;
		change.transform = (enum transform)(i % 8);
		check(outputs_apply(server, &change, 1, false));
		struct screen *screen =
			backend->impl->add_screen(backend, NULL, 640 + i % 7 * 10, 480, 60000);
		check(screen != NULL);
		fixture_frames(rig->fixture, 2);
		use(rig, rig->window);
		check(backend->impl->remove_screen(screen));
		change.scale = 1;
		change.transform = TRANSFORM_NORMAL;
		check(outputs_apply(server, &change, 1, false));
		fixture_frames(rig->fixture, 2);
	}
	fixture_advance(rig->fixture, 10 * NSEC_PER_SEC);
}

static void run_hours(struct endurance_rig *rig, int count)
{
	for (int i = 0; i < count; i++) {
		fixture_advance(rig->fixture, HOUR);
		use(rig, rig->window);
		client_window_draw(rig->window, 100, 80, 0xff336699);
		fixture_frames(rig->fixture, 2);
	}
}

TEST_F(endurance_rig, clients_and_windows)
{
	run_clients(rig, 10);
	struct footprint before = measure(rig);
	run_clients(rig, rig->full ? 10000 : 60);
	check_same(rig, "clients", &before);
}

TEST_F(endurance_rig, outputs)
{
	run_outputs(rig, 24);
	struct footprint before = measure(rig);
	run_outputs(rig, rig->full ? 1000 : 48);
	check_same(rig, "outputs", &before);
}

TEST_F(endurance_rig, a_week)
{
	run_hours(rig, 12);
	struct footprint before = measure(rig);
	run_hours(rig, rig->full ? 7 * 24 : 48);
	check_same(rig, "a week", &before);
}
