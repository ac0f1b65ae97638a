// SPDX-License-Identifier: MIT
// Clipboard and primary selection: offers and focus, serials, errors, transfers, and lifetimes.
#include "compositor/seat/selection.h"
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/client/backlog.h"
#include "compositor/seat/seat.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"
#include "tests/proto/selection_rig.h"

TEST_F(selection_rig, clipboard_goes_both_ways)
{
	struct selection_peer *one = rig->one, *two = rig->two;
	selection_rig_keep_nothing(rig);
	struct wl_data_source *source = selection_peer_copy(one, "text/plain");
	check_str(one->types, "text/plain ");
	check(two->offer == NULL); // it has no focus
	selection_peer_focus(two);
	check(two->offer != NULL);
	check_eq(two->selections_at_enter, two->selections);
	selection_peer_check_paste(two, "text/plain", "first");
	selection_peer_check_paste(two, "image/png", ""); // never offered
	check_eq(one->sent, 1);

	struct wl_data_source *other = selection_peer_copy(two, "text/html");
	check_eq(one->cancelled, 1);
	check_str(one->types, "text/plain ");
	selection_peer_focus(one);
	check_str(one->types, "text/html ");
	selection_peer_check_paste(one, "text/html", "second");
	selection_peer_destroy_source(one, source);
	selection_peer_destroy_source(two, other);
	check_no_error(one->client);
	check(one->offer == NULL);
	check_no_error(two->client);
}

TEST_F(selection_rig, focus_within_a_client_repeats_nothing)
{
	struct selection_peer *peer = rig->one;
	selection_peer_copy(peer, "text/plain");
	int selections = peer->selections, entered = peer->entered;
	struct client_window *second = client_window_create(peer->client, 50, 50, 0xffffffff);
	shell_activate(rig->fixture->server->shell, second->window);
	fixture_pump(rig->fixture);
	check_eq(peer->entered, entered + 1);
	check_eq(peer->selections, selections);
	client_window_destroy(second);
}

TEST_F(selection_rig, device_that_comes_late_learns_the_clipboard)
{
	struct selection_peer *peer = rig->one;
	selection_peer_copy(peer, "text/plain");
	struct selection_peer second = {0};
	selection_peer_listen(
		&second, wl_data_device_manager_get_data_device(peer->manager, peer->client->seat));
	fixture_pump(rig->fixture);
	check_eq(second.selections, 1);
	check(second.offer != NULL);
	wl_data_offer_destroy(second.offer);
	wl_data_device_release(second.device);
}

TEST_F(selection_rig, serials_of_others_set_nothing)
{
	struct selection_peer *one = rig->one, *two = rig->two;
	selection_peer_copy(one, "text/plain");
	struct data_source *before = rig->seat->clipboard.source;
	check(before != NULL);
	two->serial = one->serial;
	selection_peer_copy(two, "text/plain");
	two->serial = 0;
	selection_peer_copy(two, "text/plain");
	check(rig->seat->clipboard.source == before);
	check_eq(two->cancelled, 2);
	check_no_error(two->client);
}

TEST_F(selection_rig, older_serials_lose)
{
	struct selection_peer *peer = rig->one;
	uint32_t old = peer->serial;
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	check(peer->serial != old);
	selection_peer_copy(peer, "text/plain");
	struct data_source *before = rig->seat->clipboard.source;
	peer->serial = old;
	selection_peer_copy(peer, "text/plain");
	check(rig->seat->clipboard.source == before);
	check_eq(peer->cancelled, 1);
}

TEST_F(selection_rig, source_serves_once)
{
	struct selection_peer *peer = rig->one;
	struct wl_data_source *source = selection_peer_copy(peer, "text/plain");
	wl_data_device_set_selection(peer->device, source, peer->serial);
	check_client_error(peer->client, "wl_data_device", 1); // used_source
}

TEST_F(selection_rig, source_with_actions_is_not_for_the_clipboard)
{
	struct selection_peer *peer = rig->one;
	struct wl_data_source *source = selection_peer_create_source(peer);
	wl_data_source_set_actions(source, 1);
	wl_data_device_set_selection(peer->device, source, peer->serial);
	check_client_error(peer->client, "wl_data_source", WL_DATA_SOURCE_ERROR_INVALID_SOURCE);
}

struct bad_request {
	void (*request)(struct selection_peer *peer, struct wl_data_source *source);
	const char *interface;
	int code;
};

static void finish_selection(struct selection_peer *peer, struct wl_data_source *source)
{
	wl_data_offer_finish(peer->offer);
}

static void act_on_selection(struct selection_peer *peer, struct wl_data_source *source)
{
	wl_data_offer_set_actions(peer->offer, 1, 1);
}

static void unknown_action(struct selection_peer *peer, struct wl_data_source *source)
{
	wl_data_offer_set_actions(peer->offer, 8, 0);
}

static void two_preferred(struct selection_peer *peer, struct wl_data_source *source)
{
	wl_data_offer_set_actions(peer->offer, 3, 3);
}

static void late_actions(struct selection_peer *peer, struct wl_data_source *source)
{
	wl_data_source_set_actions(source, 1);
}

static void unknown_source_action(struct selection_peer *peer, struct wl_data_source *source)
{
	wl_data_source_set_actions(source, 16);
}

static const struct bad_request bad_requests[] = {
	{finish_selection, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_FINISH},
	{act_on_selection, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_OFFER},
	{unknown_action, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_ACTION_MASK},
	{two_preferred, "wl_data_offer", WL_DATA_OFFER_ERROR_INVALID_ACTION},
	{late_actions, "wl_data_source", WL_DATA_SOURCE_ERROR_INVALID_SOURCE},
	{unknown_source_action, "wl_data_source", WL_DATA_SOURCE_ERROR_INVALID_ACTION_MASK},
};

TEST_FP(selection_rig, bad_requests, struct bad_request, bad_requests)
{
	struct selection_peer *peer = rig->one;
	struct wl_data_source *source = selection_peer_copy(peer, "text/plain");
	check(peer->offer != NULL);
	param->request(peer, source);
	check_client_error(peer->client, param->interface, param->code);
}

TEST_F(selection_rig, silly_types_are_ignored)
{
	struct selection_peer *peer = rig->one;
	struct wl_data_source *source = selection_peer_create_source(peer);
	char mime[32];
	for (int i = 0; i < 1000; i++) {
		snprintf(mime, sizeof(mime), "x/%d", i % 500);
		wl_data_source_offer(source, mime);
		if (i % 50 == 0)
			fixture_pump(rig->fixture);
	}
	wl_data_device_set_selection(peer->device, source, peer->serial);
	fixture_pump(rig->fixture);
	check_eq(rig->seat->clipboard.source->n_mimes, 256);
}

TEST_F(selection_rig, offer_of_a_source_that_is_gone_is_empty)
{
	struct selection_peer *one = rig->one, *two = rig->two;
	selection_rig_keep_nothing(rig);
	struct wl_data_source *source = selection_peer_copy(one, "text/plain");
	selection_peer_focus(two);
	struct wl_data_offer *old = two->offer;
	two->offer = NULL; // not destroyed with the selection
	selection_peer_destroy_source(one, source);
	fixture_pump(rig->fixture);
	check(two->offer == NULL);
	two->offer = old;
	selection_peer_check_paste(two, "text/plain", "");

	selection_peer_focus(one);
	selection_peer_copy(one, "text/plain");
	selection_peer_focus(two);
	old = two->offer;
	two->offer = NULL;
	selection_peer_copy(two, "text/plain"); // replaces the source, which lives on
	wl_data_offer_destroy(two->offer);
	two->offer = old;
	selection_peer_check_paste(two, "text/plain", "");
	check_eq(one->sent, 0);
	check_no_error(one->client);
	check_no_error(two->client);
}

TEST_F(selection_rig, owner_that_dies_clears_the_clipboard)
{
	struct selection_peer *two = rig->two;
	selection_rig_keep_nothing(rig);
	selection_peer_copy(rig->one, "text/plain");
	selection_peer_focus(two);
	check(two->offer != NULL);
	selection_peer_destroy(rig->one);
	rig->one = NULL;
	check(two->offer == NULL);
	check(rig->seat->clipboard.source == NULL);
}

TEST_F(selection_rig, data_of_the_compositor_is_pasted)
{
	struct selection_peer *peer = rig->one;
	const char *mime = "text/plain";
	struct server *server = rig->fixture->server;
	struct data_source *source = data_source_create_static(server->loop, &mime, 1, "static", 6);
	check(selection_set(&server->seat->clipboard, source, server_next_serial(server)));
	selection_peer_focus(peer);
	selection_peer_check_paste(peer, "text/plain", "static");
}

static const bool through_socket[] = {false, true};

// More than a pipe or socket buffers, to a reader with a blocking end.
TEST_FP(selection_rig, much_data_arrives, bool, through_socket)
{
	struct selection_peer *peer = rig->one;
	const char *mime = "text/plain";
	struct server *server = rig->fixture->server;
	size_t size = 3 << 20, got = 0;
	char *text = calloc(1, size), part[4096];
	struct data_source *source = data_source_create_static(server->loop, &mime, 1, text, size);
	free(text);
	check(selection_set(&server->seat->clipboard, source, server_next_serial(server)));
	selection_peer_focus(peer);
	int ends[2];
	if (*param)
		check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	else
		check(pipe2(ends, O_CLOEXEC) == 0);
	wl_data_offer_receive(peer->offer, mime, ends[1]);
	wl_display_flush(peer->client->display);
	fixture_pump(rig->fixture);
	check_eq(
		fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0); // the flags of a client's descriptor stay
	close(ends[1]);
	// The source may be replaced while it is still sending.
	selection_set(&server->seat->clipboard, NULL, server_next_serial(server));
	for (ssize_t length; (length = read(ends[0], part, sizeof(part))) > 0;) {
		got += (size_t)length;
		fixture_pump(rig->fixture);
	}
	check_eq(got, size);
	close(ends[0]);
}

TEST_F(selection_rig, client_that_does_not_read_hears_the_newest)
{
	struct selection_peer *peer = rig->one;
	struct server *server = rig->fixture->server;
	const char *mimes[] = {"first/1", "second/2"};
	selection_peer_focus(peer);
	int offers = peer->offers;
	backlog_freeze(peer->client->server_side, true);
	for (int i = 0; i < 2; i++)
		selection_set(&server->seat->clipboard,
			data_source_create_static(server->loop, &mimes[i], 1, "", 0),
			server_next_serial(server));
	fixture_pump(rig->fixture);
	check_eq(peer->offers, offers);
	backlog_freeze(peer->client->server_side, false);
	fixture_pump(rig->fixture);
	check_eq(peer->offers, offers + 1);
	check_str(peer->types, "second/2 ");
}

TEST_F(selection_rig, primary_goes_between_clients)
{
	struct selection_peer *one = rig->one, *two = rig->two;
	struct zwp_primary_selection_source_v1 *source = selection_peer_create_primary(one);
	zwp_primary_selection_source_v1_offer(source, "text/plain");
	zwp_primary_selection_device_v1_set_selection(one->primary_device, source, one->serial);
	fixture_pump(rig->fixture);
	check(one->primary != NULL);
	check(one->offer == NULL);
	check(two->primary == NULL);
	selection_peer_focus(two);
	check(two->primary != NULL);
	int ends[2];
	make_pipe(ends);
	zwp_primary_selection_offer_v1_receive(two->primary, "text/plain", ends[1]);
	wl_display_flush(two->client->display);
	check_pipe(rig->fixture, ends, "first");
	zwp_primary_selection_device_v1_set_selection(two->primary_device, NULL, two->serial);
	fixture_pump(rig->fixture);
	check(two->primary == NULL);
	check_eq(one->cancelled, 1);
	// Again with the same source: it stays cancelled.
	selection_peer_focus(one);
	zwp_primary_selection_device_v1_set_selection(one->primary_device, source, one->serial);
	check_no_error(one->client);
	check(rig->seat->primary.source == NULL);
	zwp_primary_selection_source_v1_destroy(source);
}
