// SPDX-License-Identifier: MIT
// Selections and drags of clients that lie about them, flood them or die in them.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/core/window.h"
#include "tests/hostile/stage.h"
#include "ext-data-control-v1-client-protocol.h"

struct clip {
	struct wl_data_device_manager *manager;
	struct wl_data_device *device;
	struct wl_data_source *source;
};

static void clip_create(struct clip *clip, struct client *client)
{
	clip->manager = client_bind(client, &wl_data_device_manager_interface, 3);
	clip->device = wl_data_device_manager_get_data_device(clip->manager, client->seat);
	clip->source = wl_data_device_manager_create_data_source(clip->manager);
}

static void clip_destroy(struct clip *clip)
{
	wl_data_source_destroy(clip->source);
	wl_data_device_release(clip->device);
	wl_data_device_manager_destroy(clip->manager);
}

// Types without end, and longer than a message that passes them on may be.
TEST(types_without_end)
{
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
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
			fixture_pump(stage->fixture);
	}
	fixture_pump(stage->fixture);
	// Who refuses more says so; else everybody has to be able to take all of them.
	if (client_error(client, NULL) < 0)
		ext_data_control_device_v1_set_selection(device, source);
	fixture_pump(stage->fixture);
	stage_check(stage); // the new client there is offered it
	ext_data_control_source_v1_destroy(source);
	ext_data_control_device_v1_destroy(device);
	ext_data_control_manager_v1_destroy(manager);
	stage_end(stage);
}

TEST(selection_with_made_up_serials)
{
	static const uint32_t serials[] = {0, 1, UINT32_MAX, INT32_MAX};
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
	for (size_t i = 0; i < array_length(serials); i++) {
		struct clip clip;
		clip_create(&clip, client);
		wl_data_source_offer(clip.source, "text/plain");
		wl_data_device_set_selection(clip.device, clip.source, serials[i]);
		fixture_pump(stage->fixture);
		check(stage->fixture->server->seat != NULL);
		clip_destroy(&clip);
	}
	check_no_error(client);
	stage_end(stage);
}

TEST(drag_with_made_up_serials)
{
	static const uint32_t serials[] = {0, 1, UINT32_MAX};
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
	struct client_window *window = client_window_create(client, 300, 300, 0xffff0000);
	for (size_t i = 0; i < array_length(serials); i++) {
		struct clip clip;
		clip_create(&clip, client);
		wl_data_source_offer(clip.source, "text/plain");
		wl_data_device_start_drag(
			clip.device, clip.source, window->surface, NULL, serials[i]);
		fixture_move(stage->fixture, 640, 360);
		clip_destroy(&clip);
	}
	check_no_error(client);
	client_window_destroy(window);
	stage_end(stage);
}

TEST(window_as_icon)
{
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
	struct client_window *window = client_window_create(client, 300, 300, 0xffff0000);
	struct clip clip;
	clip_create(&clip, client);
	wl_data_device_start_drag(clip.device, clip.source, window->surface, window->surface, 1);
	fixture_pump(stage->fixture);
	// A drag that never starts may also just be ignored.
	if (client_error(client, NULL) >= 0)
		check_client_error(client, "wl_data_device", WL_DATA_DEVICE_ERROR_ROLE);
	clip_destroy(&clip);
	client_window_destroy(window);
	stage_end(stage);
}

static const uint32_t masks[] = {8, 0x80000000, UINT32_MAX};

TEST_P(actions_that_are_none, uint32_t, masks)
{
	struct stage *stage = stage_create();
	struct clip clip;
	clip_create(&clip, stage->attacker);
	wl_data_source_set_actions(clip.source, *param);
	check_client_error(
		stage->attacker, "wl_data_source", WL_DATA_SOURCE_ERROR_INVALID_ACTION_MASK);
	clip_destroy(&clip);
	stage_end(stage);
}

// Its owner dies while everybody reads: each pipe is closed, none is waited for.
TEST(owner_dies_while_it_is_read)
{
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
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
			fixture_pump(stage->fixture);
		ext_data_control_source_v1_destroy(source);
	}
	check_no_error(client);
	wl_client_destroy(client->server_side);
	fixture_pump(stage->fixture);
	ext_data_control_device_v1_destroy(device);
	ext_data_control_manager_v1_destroy(manager);
	stage_end(stage);
}

TEST(source_used_twice)
{
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
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
	stage_end(stage);
}
