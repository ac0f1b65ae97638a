// SPDX-License-Identifier: MIT
// Selections and drags with invalid serials, too many types, and clients that disconnect midway.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/owner.h"
#include "tests/hostile/hostile_rig.h"
#include "ext-data-control-v1-client-protocol.h"

struct clipboard {
	struct wl_data_device_manager *manager;
	struct wl_data_device *device;
	struct wl_data_source *source;
};

static void clipboard_create(struct clipboard *clipboard, struct client *client)
{
	clipboard->manager = client_bind(client, &wl_data_device_manager_interface, 3);
	clipboard->device =
		wl_data_device_manager_get_data_device(clipboard->manager, client->seat);
	clipboard->source = wl_data_device_manager_create_data_source(clipboard->manager);
}

static void clipboard_destroy(struct clipboard *clipboard)
{
	wl_data_source_destroy(clipboard->source);
	wl_data_device_release(clipboard->device);
	wl_data_device_manager_destroy(clipboard->manager);
}

// Thousands of types, some too long for the event that forwards them.
TEST_F(hostile_rig, types_without_end)
{
	struct client *client = rig->attacker;
	struct ext_data_control_manager_v1 *manager =
		client_bind(client, &ext_data_control_manager_v1_interface, 1);
	struct ext_data_control_device_v1 *device =
		ext_data_control_manager_v1_get_data_device(manager, client->seat);
	struct ext_data_control_source_v1 *source =
		ext_data_control_manager_v1_create_data_source(manager);
	char type[4000];
	for (int i = 0; i < 3000; i++) {
		memset(type, 'x', sizeof(type) - 1);
		type[i % 20 ? 40 : sizeof(type) - 1] = 0;
		snprintf(type, 12, "%d", i);
		type[strlen(type)] = '/';
		ext_data_control_source_v1_offer(source, type);
		if (i % 32 == 0)
			fixture_pump(rig->fixture);
	}
	fixture_pump(rig->fixture);
	// The server may refuse them by an error; if it does not, every client must cope with them.
	if (client_error(client, NULL) < 0)
		ext_data_control_device_v1_set_selection(device, source);
	fixture_pump(rig->fixture);
	fixture_advance(rig->fixture, 100 * NSEC_PER_SEC); // the keeper gives up
	hostile_rig_check(rig);                            // a new client gets the offer
	ext_data_control_source_v1_destroy(source);
	ext_data_control_device_v1_destroy(device);
	ext_data_control_manager_v1_destroy(manager);
}

TEST_F(hostile_rig, selection_with_made_up_serials)
{
	static const uint32_t serials[] = {0, 1, UINT32_MAX, INT32_MAX};
	struct client *client = rig->attacker;
	for (size_t i = 0; i < array_length(serials); i++) {
		struct clipboard clipboard;
		clipboard_create(&clipboard, client);
		wl_data_source_offer(clipboard.source, "text/plain");
		wl_data_device_set_selection(clipboard.device, clipboard.source, serials[i]);
		fixture_pump(rig->fixture);
		check(rig->fixture->server->seat != NULL);
		clipboard_destroy(&clipboard);
	}
	check_no_error(client);
}

TEST_F(hostile_rig, drag_with_made_up_serials)
{
	static const uint32_t serials[] = {0, 1, UINT32_MAX};
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 300, 300, 0xffff0000);
	for (size_t i = 0; i < array_length(serials); i++) {
		struct clipboard clipboard;
		clipboard_create(&clipboard, client);
		wl_data_source_offer(clipboard.source, "text/plain");
		wl_data_device_start_drag(
			clipboard.device, clipboard.source, window->surface, NULL, serials[i]);
		fixture_move(rig->fixture, 640, 360);
		clipboard_destroy(&clipboard);
	}
	check_no_error(client);
	client_window_destroy(window);
}

TEST_F(hostile_rig, window_as_icon)
{
	struct client *client = rig->attacker;
	struct client_window *window = client_window_create(client, 300, 300, 0xffff0000);
	struct clipboard clipboard;
	clipboard_create(&clipboard, client);
	wl_data_device_start_drag(
		clipboard.device, clipboard.source, window->surface, window->surface, 1);
	fixture_pump(rig->fixture);
	// A drag that never starts may also be ignored.
	if (client_error(client, NULL) >= 0)
		check_client_error(client, "wl_data_device", WL_DATA_DEVICE_ERROR_ROLE);
	clipboard_destroy(&clipboard);
	client_window_destroy(window);
}

static const uint32_t masks[] = {8, 0x80000000, UINT32_MAX};

TEST_FP(hostile_rig, actions_that_are_none, uint32_t, masks)
{
	struct clipboard clipboard;
	clipboard_create(&clipboard, rig->attacker);
	wl_data_source_set_actions(clipboard.source, *param);
	check_client_error(
		rig->attacker, "wl_data_source", WL_DATA_SOURCE_ERROR_INVALID_ACTION_MASK);
	clipboard_destroy(&clipboard);
}

// The owner disconnects while clients are reading: each pipe is closed at once.
TEST_F(hostile_rig, owner_dies_while_it_is_read)
{
	struct client *client = rig->attacker;
	struct ext_data_control_manager_v1 *manager =
		client_bind(client, &ext_data_control_manager_v1_interface, 1);
	struct ext_data_control_device_v1 *device =
		ext_data_control_manager_v1_get_data_device(manager, client->seat);
	for (int i = 0; i < 20; i++) {
		struct ext_data_control_source_v1 *source =
			ext_data_control_manager_v1_create_data_source(manager);
		ext_data_control_source_v1_offer(source, "text/plain");
		ext_data_control_device_v1_set_selection(device, source);
		if (i % 2)
			fixture_pump(rig->fixture);
		ext_data_control_source_v1_destroy(source);
	}
	check_no_error(client);
	wl_client_destroy(client->server_side);
	fixture_pump(rig->fixture);
	ext_data_control_device_v1_destroy(device);
	ext_data_control_manager_v1_destroy(manager);
}

TEST_F(hostile_rig, source_used_twice)
{
	struct client *client = rig->attacker;
	struct ext_data_control_manager_v1 *manager =
		client_bind(client, &ext_data_control_manager_v1_interface, 1);
	struct ext_data_control_device_v1 *device =
		ext_data_control_manager_v1_get_data_device(manager, client->seat);
	struct ext_data_control_source_v1 *source =
		ext_data_control_manager_v1_create_data_source(manager);
	ext_data_control_source_v1_offer(source, "text/plain");
	ext_data_control_device_v1_set_selection(device, source);
	ext_data_control_device_v1_set_primary_selection(device, source);
	check_client_error(
		client, "ext_data_control_device_v1", EXT_DATA_CONTROL_DEVICE_V1_ERROR_USED_SOURCE);
	ext_data_control_source_v1_destroy(source);
	ext_data_control_device_v1_destroy(device);
	ext_data_control_manager_v1_destroy(manager);
}

// Every type is written without end, in selections that replace each other.
TEST_F(hostile_rig, selections_without_end)
{
	static const struct owner_type types[] = {{"text/plain", .answer = OWNER_ENDLESS},
		{"a/a", .answer = OWNER_ENDLESS}, {"a/b", .answer = OWNER_ENDLESS}};
	const size_t mib = (size_t)1 << 20;
	struct owner *owner = owner_create(rig->fixture, types, array_length(types));
	struct ext_data_control_source_v1 *source = NULL;
	for (int i = 0; i < 20; i++) {
		if (source)
			ext_data_control_source_v1_destroy(source);
		source = owner_set(owner, i % 2);
		owner_write(owner, 20 * mib);
		fixture_advance(rig->fixture, 100 * NSEC_PER_MSEC);
	}
	// Two seconds of it cost no more than two first copies, and the rate after them.
	check(owner->written < 128 * mib);
	hostile_rig_check(rig);
	owner_destroy_source(owner, source);
	check(!rig->fixture->server->seat->clipboard.source);
	check(!rig->fixture->server->seat->primary.source);
	owner_destroy(owner);
}

// Types that are all silent: no more than one pipe of each selection is open.
TEST_F(hostile_rig, silent_selections)
{
	static const struct owner_type types[] = {{"text/plain", .answer = OWNER_SILENT},
		{"a/a", .answer = OWNER_SILENT}, {"a/b", .answer = OWNER_SILENT}};
	struct owner *owner = owner_create(rig->fixture, types, array_length(types));
	struct ext_data_control_source_v1 *sources[20];
	for (size_t i = 0; i < array_length(sources); i++) {
		sources[i] = owner_set(owner, i % 2);
		fixture_advance(rig->fixture, NSEC_PER_SEC);
	}
	check_eq(owner->n_asked, (int)array_length(sources));
	int read = 0;
	for (size_t i = 0; i < owner->n_pipes; i++)
		read += write(owner->pipes[i].fd, "", 1) == 1;
	check_eq(read, 2);
	hostile_rig_check(rig);
	for (size_t i = 0; i < array_length(sources); i++)
		ext_data_control_source_v1_destroy(sources[i]);
	owner_destroy(owner);
}
