// SPDX-License-Identifier: MIT
// The clipboard of a locked session: it can be set by all, and read by the locker only.
#include <string.h>
#include "backends/backend.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection.h"
#include "compositor/server.h"
#include "tests/harness/locker.h"
#include "tests/harness/test.h"
#include "tests/proto/selection_rig.h"
#include "ext-data-control-v1-client-protocol.h"

// A clipboard manager.
struct watcher {
	struct client *client;
	struct ext_data_control_manager_v1 *manager;
	struct ext_data_control_device_v1 *device;
	struct ext_data_control_offer_v1 *offer;
	int selections;
};

static void on_watched_offer(
	void *data, struct ext_data_control_device_v1 *device, struct ext_data_control_offer_v1 *id)
{
}

static void on_watched_selection(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	struct watcher *watcher = data;
	if (watcher->offer)
		ext_data_control_offer_v1_destroy(watcher->offer);
	watcher->offer = offer;
	watcher->selections++;
}

static void on_watcher_finished(void *data, struct ext_data_control_device_v1 *device)
{
}

static void on_watched_primary(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	if (offer)
		ext_data_control_offer_v1_destroy(offer);
}

static const struct ext_data_control_device_v1_listener watcher_listener = {
	.data_offer = on_watched_offer,
	.selection = on_watched_selection,
	.finished = on_watcher_finished,
	.primary_selection = on_watched_primary,
};

static void watcher_begin(struct watcher *watcher, struct fixture *fixture)
{
	*watcher = (struct watcher){.client = client_create(fixture)};
	watcher->manager = client_bind(watcher->client, &ext_data_control_manager_v1_interface, 1);
	watcher->device = ext_data_control_manager_v1_get_data_device(
		watcher->manager, watcher->client->seat);
	ext_data_control_device_v1_add_listener(watcher->device, &watcher_listener, watcher);
	fixture_pump(fixture);
}

static void watcher_end(struct watcher *watcher)
{
	check_no_error(watcher->client);
	if (watcher->offer)
		ext_data_control_offer_v1_destroy(watcher->offer);
	ext_data_control_device_v1_destroy(watcher->device);
	ext_data_control_manager_v1_destroy(watcher->manager);
	client_destroy(watcher->client);
}

static void watcher_check(struct watcher *watcher, const char *text)
{
	int ends[2];
	make_pipe(ends);
	ext_data_control_offer_v1_receive(watcher->offer, "text/plain", ends[1]);
	wl_display_flush(watcher->client->display);
	check_pipe(watcher->client->fixture, ends, text);
}

static struct test_locker *lock_session(struct client *client)
{
	struct test_locker *locker = locker_create(client);
	locker_add(locker, locker_output(client, 0), true);
	fixture_frames(client->fixture, 4);
	check_eq(locker->locked, 1);
	return locker;
}

static void unlock_session(struct test_locker *locker)
{
	locker_unlock(locker);
	locker_destroy(locker, true);
}

TEST_F(selection_rig, a_locked_session_is_not_read)
{
	struct watcher watcher;
	watcher_begin(&watcher, rig->fixture);
	selection_peer_copy(rig->one, "text/plain");
	selection_peer_check_paste(rig->one, "text/plain", "first");
	watcher_check(&watcher, "first");
	struct client *client = client_create(rig->fixture);
	struct test_locker *locker = lock_session(client);
	int selections = watcher.selections, of_one = rig->one->selections;
	selection_peer_check_paste(rig->one, "text/plain", "");
	watcher_check(&watcher, "");

	// Set meanwhile, with the serial of a key from before.
	const struct data_source *old = rig->seat->clipboard.source;
	selection_peer_copy(rig->one, "text/plain");
	check(rig->seat->clipboard.source && rig->seat->clipboard.source != old);
	check_eq(watcher.selections, selections);
	check_eq(rig->one->selections, of_one);

	unlock_session(locker);
	check_eq(watcher.selections, selections + 1);
	watcher_check(&watcher, "first");
	check(rig->one->selections > of_one);
	selection_peer_check_paste(rig->one, "text/plain", "first");
	client_destroy(client);
	watcher_end(&watcher);
}

// A clipboard manager that comes while the session is locked waits for the selections.
TEST_F(selection_rig, a_clipboard_manager_that_comes_during_a_lock)
{
	struct watcher watcher;
	struct client *client = client_create(rig->fixture);
	selection_peer_copy(rig->one, "text/plain");
	struct test_locker *locker = lock_session(client);
	watcher_begin(&watcher, rig->fixture);
	check_eq(watcher.selections, 0);
	unlock_session(locker);
	check_eq(watcher.selections, 1);
	watcher_check(&watcher, "first");
	client_destroy(client);
	watcher_end(&watcher);
}

TEST_F(selection_rig, the_locker_pastes)
{
	selection_peer_copy(rig->one, "text/plain");
	struct test_locker *locker = lock_session(rig->two->client);
	check(rig->two->selections > 0);
	selection_peer_check_paste(rig->two, "text/plain", "first");
	unlock_session(locker);
}

static int host_calls;
static const struct data_source *host_source;

static void on_host_set(struct backend *backend, bool primary, struct data_source *source)
{
	host_calls++;
	host_source = source;
}

TEST_F(selection_rig, a_host_is_offered_nothing_meanwhile)
{
	struct backend *backend = rig->fixture->server->backend;
	const struct backend_impl *real = backend->impl;
	struct backend_impl impl = *real;
	impl.set_selection = on_host_set;
	backend->impl = &impl;
	selection_peer_copy(rig->one, "text/plain");
	check_eq(host_calls, 1);
	struct client *client = client_create(rig->fixture);
	struct test_locker *locker = lock_session(client);
	check(!host_source);
	int calls = host_calls;
	selection_peer_copy(rig->one, "text/plain");
	check_eq(host_calls, calls);
	unlock_session(locker);
	check(host_source && host_source == rig->seat->clipboard.source);
	client_destroy(client);
	backend->impl = real;
}
