// SPDX-License-Identifier: MIT
// Data control, of ext and of wlr: clients that read and set both selections without focus.
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/client/backlog.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection.h"
#include "compositor/server.h"
#include "tests/harness/test.h"
#include "tests/proto/selection_rig.h"
#include "ext-data-control-v1-client-protocol.h"
#include "wlr-data-control-unstable-v1-client-protocol.h"

struct control_peer {
	struct client *client;
	struct ext_data_control_manager_v1 *manager;
	struct ext_data_control_device_v1 *device;
	struct ext_data_control_offer_v1 *selection, *primary;
	int selections, primaries, cancelled;
	char types[128];
};

static void on_control_type(void *data, struct ext_data_control_offer_v1 *offer, const char *mime)
{
	struct control_peer *control = data;
	if (strlen(control->types) + strlen(mime) + 2 < sizeof(control->types))
		strcat(strcat(control->types, mime), " ");
}

static const struct ext_data_control_offer_v1_listener control_offer_listener = {
	.offer = on_control_type,
};

static void on_control_offer(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	struct control_peer *control = data;
	control->types[0] = '\0';
	ext_data_control_offer_v1_add_listener(offer, &control_offer_listener, control);
}

static void on_control_selection(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	struct control_peer *control = data;
	control->selections++;
	if (control->selection)
		ext_data_control_offer_v1_destroy(control->selection);
	control->selection = offer;
}

static void on_control_primary(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	struct control_peer *control = data;
	control->primaries++;
	if (control->primary)
		ext_data_control_offer_v1_destroy(control->primary);
	control->primary = offer;
}

static void on_control_finished(void *data, struct ext_data_control_device_v1 *device)
{
}

static const struct ext_data_control_device_v1_listener control_device_listener = {
	.data_offer = on_control_offer,
	.selection = on_control_selection,
	.finished = on_control_finished,
	.primary_selection = on_control_primary,
};

static void on_control_send(
	void *data, struct ext_data_control_source_v1 *source, const char *mime, int32_t fd)
{
	check(write(fd, "managed", 7) == 7);
	close(fd);
}

static void on_control_cancelled(void *data, struct ext_data_control_source_v1 *source)
{
	((struct control_peer *)data)->cancelled++;
}

static const struct ext_data_control_source_v1_listener control_source_listener = {
	.send = on_control_send,
	.cancelled = on_control_cancelled,
};

static struct control_peer *control_peer_create(struct fixture *fixture)
{
	struct control_peer *control = xcalloc(1, sizeof(*control));
	control->client = client_create(fixture);
	control->manager = client_bind(control->client, &ext_data_control_manager_v1_interface, 1);
	control->device = ext_data_control_manager_v1_get_data_device(
		control->manager, control->client->seat);
	ext_data_control_device_v1_add_listener(control->device, &control_device_listener, control);
	fixture_pump(fixture);
	return control;
}

static void control_peer_destroy(struct control_peer *control)
{
	destroy_proxy(control->selection);
	destroy_proxy(control->primary);
	destroy_proxy(control->device);
	destroy_proxy(control->manager);
	client_destroy(control->client);
	free(control);
}

static struct ext_data_control_source_v1 *control_peer_create_source(struct control_peer *control)
{
	struct ext_data_control_source_v1 *source =
		ext_data_control_manager_v1_create_data_source(control->manager);
	ext_data_control_source_v1_add_listener(source, &control_source_listener, control);
	ext_data_control_source_v1_offer(source, "text/plain");
	return source;
}

struct control_rig {
	struct selection_rig peers;
	struct control_peer *control;
};

static void control_rig_init(struct control_rig *rig)
{
	selection_rig_init(&rig->peers);
	rig->control = control_peer_create(rig->peers.fixture);
}

static void control_rig_finish(struct control_rig *rig)
{
	control_peer_destroy(rig->control);
	selection_rig_finish(&rig->peers);
}

TEST_F(control_rig, manager_sees_without_focus)
{
	struct control_peer *control = rig->control;
	selection_rig_keep_nothing(&rig->peers);
	check_eq(control->selections, 1);
	check_eq(control->primaries, 1);
	check(control->selection == NULL);
	struct selection_peer *peer = rig->peers.one;
	struct wl_data_source *source = selection_peer_copy(peer, "text/plain");
	check_eq(control->selections, 2);
	check_str(control->types, "text/plain ");
	int ends[2];
	make_pipe(ends);
	ext_data_control_offer_v1_receive(control->selection, "text/plain", ends[1]);
	wl_display_flush(control->client->display);
	check_pipe(rig->peers.fixture, ends, "first");
	struct control_peer *late = control_peer_create(rig->peers.fixture);
	check(late->selection != NULL);
	control_peer_destroy(late);
	selection_peer_destroy_source(peer, source);
	fixture_pump(rig->peers.fixture);
	check(control->selection == NULL);
}

TEST_F(control_rig, manager_sets_both_selections)
{
	struct control_peer *control = rig->control;
	struct selection_peer *peer = rig->peers.one;
	struct ext_data_control_source_v1 *source = control_peer_create_source(control);
	struct ext_data_control_source_v1 *primary = control_peer_create_source(control);
	ext_data_control_device_v1_set_selection(control->device, source);
	ext_data_control_device_v1_set_primary_selection(control->device, primary);
	fixture_pump(rig->peers.fixture);
	check(control->selection && control->primary && peer->primary);
	selection_peer_check_paste(peer, "text/plain", "managed");
	fixture_key(rig->peers.fixture, KEY_A, true); // for a newer serial
	selection_peer_copy(peer, "text/html");
	check_eq(control->cancelled, 1);
	ext_data_control_device_v1_set_primary_selection(control->device, NULL);
	fixture_pump(rig->peers.fixture);
	check_eq(control->cancelled, 2);
	check(peer->primary == NULL);
	ext_data_control_source_v1_destroy(source);
	ext_data_control_source_v1_destroy(primary);
	check_no_error(control->client);
}

TEST_F(control_rig, stalled_manager_gets_the_newest_of_both)
{
	struct control_peer *control = rig->control;
	struct server *server = rig->peers.fixture->server;
	const char *mimes[] = {"first/1", "second/2"};
	int selections = control->selections, primaries = control->primaries;
	backlog_freeze(control->client->server_side, true);
	for (int i = 0; i < 2; i++) {
		struct selection *set = i ? &server->seat->primary : &server->seat->clipboard;
		for (int k = 0; k < 2; k++)
			selection_set(set,
				data_source_create_static(server->loop, &mimes[k], 1, "", 0),
				server_next_serial(server));
	}
	fixture_pump(rig->peers.fixture);
	check_eq(control->selections, selections);
	backlog_freeze(control->client->server_side, false);
	fixture_pump(rig->peers.fixture);
	check_eq(control->selections, selections + 1);
	check_eq(control->primaries, primaries + 1);
	check_str(control->types, "second/2 ");
}

TEST_F(control_rig, stalled_manager_disconnects)
{
	struct control_peer *control = rig->control;
	struct server *server = rig->peers.fixture->server;
	const char *mime = "text/plain";
	backlog_freeze(control->client->server_side, true);
	selection_set(&server->seat->clipboard,
		data_source_create_static(server->loop, &mime, 1, "", 0),
		server_next_serial(server));
	control_peer_destroy(control);
	fixture_pump(rig->peers.fixture);
	rig->control = control_peer_create(rig->peers.fixture);
	check(rig->control->selection != NULL);
}

TEST_F(control_rig, control_source_serves_once)
{
	struct control_peer *control = rig->control;
	struct ext_data_control_source_v1 *source = control_peer_create_source(control);
	ext_data_control_device_v1_set_selection(control->device, source);
	fixture_pump(rig->peers.fixture);
	ext_data_control_device_v1_set_primary_selection(control->device, source);
	check_client_error(control->client, "ext_data_control_device_v1",
		EXT_DATA_CONTROL_DEVICE_V1_ERROR_USED_SOURCE);
	destroy_proxy(source);
}

TEST_F(control_rig, control_source_offers_before_it_is_used)
{
	struct control_peer *control = rig->control;
	struct ext_data_control_source_v1 *source = control_peer_create_source(control);
	ext_data_control_device_v1_set_selection(control->device, source);
	fixture_pump(rig->peers.fixture);
	ext_data_control_source_v1_offer(source, "text/html");
	check_client_error(control->client, "ext_data_control_source_v1",
		EXT_DATA_CONTROL_SOURCE_V1_ERROR_INVALID_OFFER);
	destroy_proxy(source);
}

static void on_wlr_offer(void *data, struct zwlr_data_control_device_v1 *device,
	struct zwlr_data_control_offer_v1 *offer)
{
}

static void on_wlr_selection(void *data, struct zwlr_data_control_device_v1 *device,
	struct zwlr_data_control_offer_v1 *offer)
{
	(*(int *)data)++;
	destroy_proxy(offer);
}

static void on_wlr_primary(void *data, struct zwlr_data_control_device_v1 *device,
	struct zwlr_data_control_offer_v1 *offer)
{
	*(int *)data += 100;
	destroy_proxy(offer);
}

static void on_wlr_finished(void *data, struct zwlr_data_control_device_v1 *device)
{
}

static const struct zwlr_data_control_device_v1_listener wlr_listener = {
	.data_offer = on_wlr_offer,
	.selection = on_wlr_selection,
	.finished = on_wlr_finished,
	.primary_selection = on_wlr_primary,
};

TEST_F(control_rig, both_protocols_see_each_other)
{
	struct control_peer *control = rig->control;
	struct client *client = client_create(rig->peers.fixture);
	struct zwlr_data_control_manager_v1 *managers[2];
	struct zwlr_data_control_device_v1 *devices[2];
	int counts[2] = {0};
	for (int i = 0; i < 2; i++) {
		managers[i] = client_bind(
			client, &zwlr_data_control_manager_v1_interface, (uint32_t)i + 1);
		devices[i] =
			zwlr_data_control_manager_v1_get_data_device(managers[i], client->seat);
		zwlr_data_control_device_v1_add_listener(devices[i], &wlr_listener, &counts[i]);
	}
	fixture_pump(rig->peers.fixture);
	check_eq(counts[0], 1); // version 1 has no primary selection
	check_eq(counts[1], 101);
	struct zwlr_data_control_source_v1 *source =
		zwlr_data_control_manager_v1_create_data_source(managers[1]);
	zwlr_data_control_source_v1_offer(source, "text/plain");
	zwlr_data_control_device_v1_set_selection(devices[1], source);
	fixture_pump(rig->peers.fixture);
	check_eq(counts[0], 2);
	check_eq(counts[1], 102);
	check_str(control->types, "text/plain ");
	zwlr_data_control_device_v1_destroy(devices[1]);
	zwlr_data_control_source_v1_destroy(source);
	check_no_error(client);
	check_eq(counts[0], 3);
	zwlr_data_control_device_v1_destroy(devices[0]);
	zwlr_data_control_manager_v1_destroy(managers[0]);
	zwlr_data_control_manager_v1_destroy(managers[1]);
	client_destroy(client);
}
