// SPDX-License-Identifier: MIT
// Clipboard, primary selection and data control: who hears what when, who may set, and which order
// of destruction is survived.
#include "compositor/core/selection.h"
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/core/backlog.h"
#include "compositor/core/seat.h"
#include "compositor/core/shell.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "ext-data-control-v1-client-protocol.h"
#include "primary-selection-unstable-v1-client-protocol.h"
#include "wlr-data-control-unstable-v1-client-protocol.h"

// A program with a window, a clipboard and a primary selection.
struct peer {
	struct client *client;
	struct client_window *window;
	struct wl_keyboard *keyboard;
	struct wl_data_device_manager *manager;
	struct wl_data_device *device;
	struct wl_data_offer *offer; // the clipboard's
	struct zwp_primary_selection_device_manager_v1 *primary_manager;
	struct zwp_primary_selection_device_v1 *primary_device;
	struct zwp_primary_selection_offer_v1 *primary;
	uint32_t serial; // of the newest key or enter
	int offers, selections, primaries, entered;
	int selections_at_enter; // heard before the keyboard came
	char types[256];         // of the newest offer, each with a space behind it
	int sent, cancelled;     // by sources of this peer
	const char *text;        // what they send
};

static void on_offer_type(void *data, struct wl_data_offer *offer, const char *mime)
{
	struct peer *peer = data;
	if (strlen(peer->types) + strlen(mime) + 2 < sizeof(peer->types))
		strcat(strcat(peer->types, mime), " ");
}

static void on_offer_actions(void *data, struct wl_data_offer *offer, uint32_t actions)
{
}

static const struct wl_data_offer_listener offer_listener = {
	.offer = on_offer_type,
	.source_actions = on_offer_actions,
	.action = on_offer_actions,
};

static void on_data_offer(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	struct peer *peer = data;
	peer->offers++;
	peer->types[0] = '\0';
	wl_data_offer_add_listener(offer, &offer_listener, peer);
}

static void on_selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	struct peer *peer = data;
	peer->selections++;
	if (peer->offer)
		wl_data_offer_destroy(peer->offer);
	peer->offer = offer;
}

static const struct wl_data_device_listener device_listener = {
	.data_offer = on_data_offer,
	.selection = on_selection,
};

static void on_primary_type(
	void *data, struct zwp_primary_selection_offer_v1 *offer, const char *mime)
{
	on_offer_type(data, NULL, mime);
}

static const struct zwp_primary_selection_offer_v1_listener primary_offer_listener = {
	.offer = on_primary_type,
};

static void on_primary_offer(void *data, struct zwp_primary_selection_device_v1 *device,
	struct zwp_primary_selection_offer_v1 *offer)
{
	struct peer *peer = data;
	peer->types[0] = '\0';
	zwp_primary_selection_offer_v1_add_listener(offer, &primary_offer_listener, peer);
}

static void on_primary(void *data, struct zwp_primary_selection_device_v1 *device,
	struct zwp_primary_selection_offer_v1 *offer)
{
	struct peer *peer = data;
	peer->primaries++;
	if (peer->primary)
		zwp_primary_selection_offer_v1_destroy(peer->primary);
	peer->primary = offer;
}

static const struct zwp_primary_selection_device_v1_listener primary_device_listener = {
	.data_offer = on_primary_offer,
	.selection = on_primary,
};

static void on_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	close(fd);
}

static void on_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	struct peer *peer = data;
	peer->serial = serial;
	peer->entered++;
	peer->selections_at_enter = peer->selections;
}

static void on_leave(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t state)
{
	((struct peer *)data)->serial = serial;
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
}

static void on_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = on_keymap,
	.enter = on_enter,
	.leave = on_leave,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat,
};

static void write_text(struct peer *peer, int fd)
{
	peer->sent++;
	check(write(fd, peer->text, strlen(peer->text)) == (ssize_t)strlen(peer->text));
	close(fd);
}

static void on_target(void *data, struct wl_data_source *source, const char *mime)
{
}

static void on_send(void *data, struct wl_data_source *source, const char *mime, int32_t fd)
{
	write_text(data, fd);
}

static void on_cancelled(void *data, struct wl_data_source *source)
{
	((struct peer *)data)->cancelled++;
}

static const struct wl_data_source_listener source_listener = {
	.target = on_target,
	.send = on_send,
	.cancelled = on_cancelled,
};

static void on_primary_send(
	void *data, struct zwp_primary_selection_source_v1 *source, const char *mime, int32_t fd)
{
	write_text(data, fd);
}

static void on_primary_cancelled(void *data, struct zwp_primary_selection_source_v1 *source)
{
	((struct peer *)data)->cancelled++;
}

static const struct zwp_primary_selection_source_v1_listener primary_source_listener = {
	.send = on_primary_send,
	.cancelled = on_primary_cancelled,
};

static struct peer *peer_create(struct fixture *fixture, const char *text)
{
	struct peer *peer = xcalloc(1, sizeof(*peer));
	struct client *client = peer->client = client_create(fixture);
	peer->text = text;
	peer->keyboard = wl_seat_get_keyboard(client->seat);
	wl_keyboard_add_listener(peer->keyboard, &keyboard_listener, peer);
	peer->manager = client_bind(client, &wl_data_device_manager_interface, 3);
	peer->device = wl_data_device_manager_get_data_device(peer->manager, client->seat);
	wl_data_device_add_listener(peer->device, &device_listener, peer);
	peer->primary_manager =
		client_bind(client, &zwp_primary_selection_device_manager_v1_interface, 1);
	peer->primary_device = zwp_primary_selection_device_manager_v1_get_device(
		peer->primary_manager, client->seat);
	zwp_primary_selection_device_v1_add_listener(
		peer->primary_device, &primary_device_listener, peer);
	peer->window = client_window_create(client, 200, 100, 0xff336699);
	return peer;
}

static void destroy_proxy(void *proxy)
{
	if (proxy)
		wl_proxy_destroy(proxy);
}

static void peer_destroy(struct peer *peer)
{
	destroy_proxy(peer->offer);
	destroy_proxy(peer->primary);
	destroy_proxy(peer->device);
	destroy_proxy(peer->manager);
	destroy_proxy(peer->primary_device);
	destroy_proxy(peer->primary_manager);
	destroy_proxy(peer->keyboard);
	client_window_destroy(peer->window);
	client_destroy(peer->client);
	free(peer);
}

static void focus(struct peer *peer)
{
	shell_activate(peer->client->fixture->server->shell, peer->window->window);
	fixture_pump(peer->client->fixture);
}

static struct wl_data_source *copy(struct peer *peer, const char *mime)
{
	struct wl_data_source *source = wl_data_device_manager_create_data_source(peer->manager);
	wl_data_source_add_listener(source, &source_listener, peer);
	wl_data_source_offer(source, mime);
	wl_data_device_set_selection(peer->device, source, peer->serial);
	fixture_pump(peer->client->fixture);
	return source;
}

// What arrives through a pipe whose writing end `fd` was handed over.
static void check_pipe(struct fixture *fixture, int ends[2], const char *text)
{
	char got[64] = {0};
	close(ends[1]);
	fixture_pump(fixture);
	check(read(ends[0], got, sizeof(got) - 1) >= 0);
	check_str(got, text);
	close(ends[0]);
}

static void make_pipe(int ends[2])
{
	check(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
}

static void check_paste(struct peer *peer, const char *mime, const char *text)
{
	int ends[2];
	make_pipe(ends);
	wl_data_offer_receive(peer->offer, mime, ends[1]);
	wl_display_flush(peer->client->display);
	check_pipe(peer->client->fixture, ends, text);
}

TEST(clipboard_goes_both_ways)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *one = peer_create(fixture, "first"), *two = peer_create(fixture, "second");
	focus(one);
	struct wl_data_source *source = copy(one, "text/plain");
	check_str(one->types, "text/plain ");
	check(two->offer == NULL); // it has no focus
	focus(two);
	check(two->offer != NULL);
	check_eq(two->selections_at_enter, two->selections);
	check_paste(two, "text/plain", "first");
	check_paste(two, "image/png", ""); // never offered
	check_eq(one->sent, 1);

	struct wl_data_source *other = copy(two, "text/html");
	check_eq(one->cancelled, 1);
	check_str(one->types, "text/plain ");
	focus(one);
	check_str(one->types, "text/html ");
	check_paste(one, "text/html", "second");
	wl_data_source_destroy(source);
	wl_data_source_destroy(other);
	check_no_error(one->client);
	check(one->offer == NULL);
	check_no_error(two->client);
	peer_destroy(one);
	peer_destroy(two);
	fixture_destroy(fixture);
}

TEST(focus_within_a_client_repeats_nothing)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	focus(peer);
	struct wl_data_source *source = copy(peer, "text/plain");
	int selections = peer->selections, entered = peer->entered;
	struct client_window *second = client_window_create(peer->client, 50, 50, 0xffffffff);
	shell_activate(fixture->server->shell, second->window);
	fixture_pump(fixture);
	check_eq(peer->entered, entered + 1);
	check_eq(peer->selections, selections);
	client_window_destroy(second);
	wl_data_source_destroy(source);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(device_that_comes_late_learns_the_clipboard)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	focus(peer);
	struct wl_data_source *source = copy(peer, "text/plain");
	struct peer second = {.client = peer->client};
	second.device = wl_data_device_manager_get_data_device(peer->manager, peer->client->seat);
	wl_data_device_add_listener(second.device, &device_listener, &second);
	fixture_pump(fixture);
	check_eq(second.selections, 1);
	check(second.offer != NULL);
	wl_data_offer_destroy(second.offer);
	wl_data_device_release(second.device);
	wl_data_source_destroy(source);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(serials_of_others_set_nothing)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *one = peer_create(fixture, "first"), *two = peer_create(fixture, "second");
	focus(one);
	struct wl_data_source *source = copy(one, "text/plain");
	struct data_source *before = fixture->server->seat->clipboard.source;
	check(before != NULL);
	two->serial = one->serial;
	struct wl_data_source *refused = copy(two, "text/plain");
	two->serial = 0;
	struct wl_data_source *zero = copy(two, "text/plain");
	check(fixture->server->seat->clipboard.source == before);
	check_eq(two->cancelled, 2);
	check_no_error(two->client);
	wl_data_source_destroy(source);
	wl_data_source_destroy(refused);
	wl_data_source_destroy(zero);
	peer_destroy(one);
	peer_destroy(two);
	fixture_destroy(fixture);
}

TEST(older_serials_lose)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	focus(peer);
	uint32_t old = peer->serial;
	fixture_key(fixture, KEY_A, true);
	fixture_key(fixture, KEY_A, false);
	check(peer->serial != old);
	struct wl_data_source *source = copy(peer, "text/plain");
	struct data_source *before = fixture->server->seat->clipboard.source;
	peer->serial = old;
	struct wl_data_source *late = copy(peer, "text/plain");
	check(fixture->server->seat->clipboard.source == before);
	check_eq(peer->cancelled, 1);
	wl_data_source_destroy(source);
	wl_data_source_destroy(late);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(source_serves_once)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	focus(peer);
	struct wl_data_source *source = copy(peer, "text/plain");
	wl_data_device_set_selection(peer->device, source, peer->serial);
	check_client_error(peer->client, "wl_data_device", 1); // used_source
	wl_data_source_destroy(source);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(source_with_actions_is_not_for_the_clipboard)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	focus(peer);
	struct wl_data_source *source = wl_data_device_manager_create_data_source(peer->manager);
	wl_data_source_set_actions(source, 1);
	wl_data_device_set_selection(peer->device, source, peer->serial);
	check_client_error(peer->client, "wl_data_source", WL_DATA_SOURCE_ERROR_INVALID_SOURCE);
	wl_data_source_destroy(source);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

struct bad_request {
	void (*request)(struct peer *peer, struct wl_data_source *source);
	const char *interface;
	int code;
};

static void finish_selection(struct peer *peer, struct wl_data_source *source)
{
	wl_data_offer_finish(peer->offer);
}

static void act_on_selection(struct peer *peer, struct wl_data_source *source)
{
	wl_data_offer_set_actions(peer->offer, 1, 1);
}

static void unknown_action(struct peer *peer, struct wl_data_source *source)
{
	wl_data_offer_set_actions(peer->offer, 8, 0);
}

static void two_preferred(struct peer *peer, struct wl_data_source *source)
{
	wl_data_offer_set_actions(peer->offer, 3, 3);
}

static void late_actions(struct peer *peer, struct wl_data_source *source)
{
	wl_data_source_set_actions(source, 1);
}

static void unknown_source_action(struct peer *peer, struct wl_data_source *source)
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

TEST_P(bad_requests, struct bad_request, bad_requests)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	focus(peer);
	struct wl_data_source *source = copy(peer, "text/plain");
	check(peer->offer != NULL);
	param->request(peer, source);
	check_client_error(peer->client, param->interface, param->code);
	wl_data_source_destroy(source);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(silly_types_are_ignored)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	focus(peer);
	struct wl_data_source *source = wl_data_device_manager_create_data_source(peer->manager);
	wl_data_source_add_listener(source, &source_listener, peer);
	char mime[32];
	for (int i = 0; i < 1000; i++) {
		snprintf(mime, sizeof(mime), "x/%d", i % 500);
		wl_data_source_offer(source, mime);
		if (i % 50 == 0)
			fixture_pump(fixture);
	}
	wl_data_device_set_selection(peer->device, source, peer->serial);
	fixture_pump(fixture);
	check_eq(fixture->server->seat->clipboard.source->n_mimes, 256);
	wl_data_source_destroy(source);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(offer_of_a_source_that_is_gone_is_empty)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *one = peer_create(fixture, "first"), *two = peer_create(fixture, "second");
	focus(one);
	struct wl_data_source *source = copy(one, "text/plain");
	focus(two);
	struct wl_data_offer *old = two->offer;
	two->offer = NULL; // keep it
	wl_data_source_destroy(source);
	fixture_pump(fixture);
	check(two->offer == NULL);
	two->offer = old;
	check_paste(two, "text/plain", "");

	focus(one);
	source = copy(one, "text/plain");
	focus(two);
	old = two->offer;
	two->offer = NULL;
	struct wl_data_source *other = copy(two, "text/plain"); // replaced, not destroyed
	wl_data_offer_destroy(two->offer);
	two->offer = old;
	check_paste(two, "text/plain", "");
	check_eq(one->sent, 0);
	wl_data_source_destroy(other);
	wl_data_source_destroy(source);
	check_no_error(one->client);
	check_no_error(two->client);
	peer_destroy(one);
	peer_destroy(two);
	fixture_destroy(fixture);
}

TEST(owner_that_dies_clears_the_clipboard)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *one = peer_create(fixture, "first"), *two = peer_create(fixture, "second");
	focus(one);
	struct wl_data_source *source = copy(one, "text/plain");
	focus(two);
	check(two->offer != NULL);
	destroy_proxy(source);
	peer_destroy(one);
	check(two->offer == NULL);
	check(fixture->server->seat->clipboard.source == NULL);
	peer_destroy(two);
	fixture_destroy(fixture);
}

TEST(data_of_the_compositor_is_pasted)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	const char *mime = "text/plain";
	struct server *server = fixture->server;
	struct data_source *source = data_source_create_static(server->loop, &mime, 1, "static", 6);
	check(selection_set(&server->seat->clipboard, source, server_next_serial(server)));
	focus(peer);
	check_paste(peer, "text/plain", "static");
	peer_destroy(peer);
	fixture_destroy(fixture); // frees the source, too
}

static const bool through_socket[] = {false, true};

// More than a pipe or socket takes at once, to a reader whose end blocks.
TEST_P(much_data_arrives, bool, through_socket)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	const char *mime = "text/plain";
	struct server *server = fixture->server;
	size_t size = 3 << 20, got = 0;
	char *text = calloc(1, size), part[4096];
	struct data_source *source = data_source_create_static(server->loop, &mime, 1, text, size);
	free(text);
	check(selection_set(&server->seat->clipboard, source, server_next_serial(server)));
	focus(peer);
	int ends[2];
	if (*param)
		check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	else
		check(pipe2(ends, O_CLOEXEC) == 0);
	wl_data_offer_receive(peer->offer, mime, ends[1]);
	wl_display_flush(peer->client->display);
	fixture_pump(fixture);
	check_eq(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0); // that end is not ours to change
	close(ends[1]);
	// The source may go while it is still sending.
	selection_set(&server->seat->clipboard, NULL, server_next_serial(server));
	for (ssize_t length; (length = read(ends[0], part, sizeof(part))) > 0;) {
		got += (size_t)length;
		fixture_pump(fixture);
	}
	check_eq(got, size);
	close(ends[0]);
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(client_that_does_not_read_hears_the_newest)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *peer = peer_create(fixture, "text");
	struct server *server = fixture->server;
	const char *mimes[] = {"first/1", "second/2"};
	focus(peer);
	int offers = peer->offers;
	backlog_freeze(peer->client->server_side, true);
	for (int i = 0; i < 2; i++)
		selection_set(&server->seat->clipboard,
			data_source_create_static(server->loop, &mimes[i], 1, "", 0),
			server_next_serial(server));
	fixture_pump(fixture);
	check_eq(peer->offers, offers);
	backlog_freeze(peer->client->server_side, false);
	fixture_pump(fixture);
	check_eq(peer->offers, offers + 1);
	check_str(peer->types, "second/2 ");
	peer_destroy(peer);
	fixture_destroy(fixture);
}

TEST(primary_goes_between_clients)
{
	struct fixture *fixture = fixture_create(NULL);
	struct peer *one = peer_create(fixture, "first"), *two = peer_create(fixture, "second");
	focus(one);
	struct zwp_primary_selection_source_v1 *source =
		zwp_primary_selection_device_manager_v1_create_source(one->primary_manager);
	zwp_primary_selection_source_v1_add_listener(source, &primary_source_listener, one);
	zwp_primary_selection_source_v1_offer(source, "text/plain");
	zwp_primary_selection_device_v1_set_selection(one->primary_device, source, one->serial);
	fixture_pump(fixture);
	check(one->primary != NULL);
	check(one->offer == NULL);
	check(two->primary == NULL);
	focus(two);
	check(two->primary != NULL);
	int ends[2];
	make_pipe(ends);
	zwp_primary_selection_offer_v1_receive(two->primary, "text/plain", ends[1]);
	wl_display_flush(two->client->display);
	check_pipe(fixture, ends, "first");
	zwp_primary_selection_device_v1_set_selection(two->primary_device, NULL, two->serial);
	fixture_pump(fixture);
	check(two->primary == NULL);
	check_eq(one->cancelled, 1);
	// Again with the same source: it stays cancelled.
	focus(one);
	zwp_primary_selection_device_v1_set_selection(one->primary_device, source, one->serial);
	check_no_error(one->client);
	check(fixture->server->seat->primary.source == NULL);
	zwp_primary_selection_source_v1_destroy(source);
	peer_destroy(one);
	peer_destroy(two);
	fixture_destroy(fixture);
}

// Data control

struct watcher {
	struct client *client;
	struct ext_data_control_manager_v1 *manager;
	struct ext_data_control_device_v1 *device;
	struct ext_data_control_offer_v1 *selection, *primary;
	int selections, primaries, cancelled;
	char types[128];
};

static void on_control_type(void *data, struct ext_data_control_offer_v1 *offer, const char *mime)
{
	struct watcher *watcher = data;
	if (strlen(watcher->types) + strlen(mime) + 2 < sizeof(watcher->types))
		strcat(strcat(watcher->types, mime), " ");
}

static const struct ext_data_control_offer_v1_listener control_offer_listener = {
	.offer = on_control_type,
};

static void on_control_offer(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	struct watcher *watcher = data;
	watcher->types[0] = '\0';
	ext_data_control_offer_v1_add_listener(offer, &control_offer_listener, watcher);
}

static void on_control_selection(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	struct watcher *watcher = data;
	watcher->selections++;
	if (watcher->selection)
		ext_data_control_offer_v1_destroy(watcher->selection);
	watcher->selection = offer;
}

static void on_control_primary(void *data, struct ext_data_control_device_v1 *device,
	struct ext_data_control_offer_v1 *offer)
{
	struct watcher *watcher = data;
	watcher->primaries++;
	if (watcher->primary)
		ext_data_control_offer_v1_destroy(watcher->primary);
	watcher->primary = offer;
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
	((struct watcher *)data)->cancelled++;
}

static const struct ext_data_control_source_v1_listener control_source_listener = {
	.send = on_control_send,
	.cancelled = on_control_cancelled,
};

static struct watcher *watcher_create(struct fixture *fixture)
{
	struct watcher *watcher = xcalloc(1, sizeof(*watcher));
	watcher->client = client_create(fixture);
	watcher->manager = client_bind(watcher->client, &ext_data_control_manager_v1_interface, 1);
	watcher->device = ext_data_control_manager_v1_get_data_device(
		watcher->manager, watcher->client->seat);
	ext_data_control_device_v1_add_listener(watcher->device, &control_device_listener, watcher);
	fixture_pump(fixture);
	return watcher;
}

static void watcher_destroy(struct watcher *watcher)
{
	destroy_proxy(watcher->selection);
	destroy_proxy(watcher->primary);
	destroy_proxy(watcher->device);
	destroy_proxy(watcher->manager);
	client_destroy(watcher->client);
	free(watcher);
}

static struct ext_data_control_source_v1 *control_source(struct watcher *watcher)
{
	struct ext_data_control_source_v1 *source =
		ext_data_control_manager_v1_create_data_source(watcher->manager);
	ext_data_control_source_v1_add_listener(source, &control_source_listener, watcher);
	ext_data_control_source_v1_offer(source, "text/plain");
	return source;
}

TEST(manager_sees_without_focus)
{
	struct fixture *fixture = fixture_create(NULL);
	struct watcher *watcher = watcher_create(fixture);
	check_eq(watcher->selections, 1);
	check_eq(watcher->primaries, 1);
	check(watcher->selection == NULL);
	struct peer *peer = peer_create(fixture, "copied");
	focus(peer);
	struct wl_data_source *source = copy(peer, "text/plain");
	check_eq(watcher->selections, 2);
	check_str(watcher->types, "text/plain ");
	int ends[2];
	make_pipe(ends);
	ext_data_control_offer_v1_receive(watcher->selection, "text/plain", ends[1]);
	wl_display_flush(watcher->client->display);
	check_pipe(fixture, ends, "copied");
	struct watcher *late = watcher_create(fixture);
	check(late->selection != NULL);
	watcher_destroy(late);
	wl_data_source_destroy(source);
	fixture_pump(fixture);
	check(watcher->selection == NULL);
	peer_destroy(peer);
	watcher_destroy(watcher);
	fixture_destroy(fixture);
}

TEST(manager_sets_both_selections)
{
	struct fixture *fixture = fixture_create(NULL);
	struct watcher *watcher = watcher_create(fixture);
	struct peer *peer = peer_create(fixture, "copied");
	focus(peer);
	struct ext_data_control_source_v1 *source = control_source(watcher);
	struct ext_data_control_source_v1 *primary = control_source(watcher);
	ext_data_control_device_v1_set_selection(watcher->device, source);
	ext_data_control_device_v1_set_primary_selection(watcher->device, primary);
	fixture_pump(fixture);
	check(watcher->selection && watcher->primary && peer->primary);
	check_paste(peer, "text/plain", "managed");
	fixture_key(fixture, KEY_A, true); // for a newer serial
	struct wl_data_source *newer = copy(peer, "text/html");
	check_eq(watcher->cancelled, 1);
	ext_data_control_device_v1_set_primary_selection(watcher->device, NULL);
	fixture_pump(fixture);
	check_eq(watcher->cancelled, 2);
	check(peer->primary == NULL);
	wl_data_source_destroy(newer);
	ext_data_control_source_v1_destroy(source);
	ext_data_control_source_v1_destroy(primary);
	check_no_error(watcher->client);
	peer_destroy(peer);
	watcher_destroy(watcher);
	fixture_destroy(fixture);
}

TEST(control_source_serves_once)
{
	struct fixture *fixture = fixture_create(NULL);
	struct watcher *watcher = watcher_create(fixture);
	struct ext_data_control_source_v1 *source = control_source(watcher);
	ext_data_control_device_v1_set_selection(watcher->device, source);
	fixture_pump(fixture);
	ext_data_control_device_v1_set_primary_selection(watcher->device, source);
	check_client_error(watcher->client, "ext_data_control_device_v1",
		EXT_DATA_CONTROL_DEVICE_V1_ERROR_USED_SOURCE);
	destroy_proxy(source);
	watcher_destroy(watcher);
	fixture_destroy(fixture);
}

TEST(control_source_offers_before_it_is_used)
{
	struct fixture *fixture = fixture_create(NULL);
	struct watcher *watcher = watcher_create(fixture);
	struct ext_data_control_source_v1 *source = control_source(watcher);
	ext_data_control_device_v1_set_selection(watcher->device, source);
	fixture_pump(fixture);
	ext_data_control_source_v1_offer(source, "text/html");
	check_client_error(watcher->client, "ext_data_control_source_v1",
		EXT_DATA_CONTROL_SOURCE_V1_ERROR_INVALID_OFFER);
	destroy_proxy(source);
	watcher_destroy(watcher);
	fixture_destroy(fixture);
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

TEST(both_protocols_see_each_other)
{
	struct fixture *fixture = fixture_create(NULL);
	struct watcher *watcher = watcher_create(fixture);
	struct client *client = client_create(fixture);
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
	fixture_pump(fixture);
	check_eq(counts[0], 1); // version 1 knows no primary selection
	check_eq(counts[1], 101);
	struct zwlr_data_control_source_v1 *source =
		zwlr_data_control_manager_v1_create_data_source(managers[1]);
	zwlr_data_control_source_v1_offer(source, "text/plain");
	zwlr_data_control_device_v1_set_selection(devices[1], source);
	fixture_pump(fixture);
	check_eq(counts[0], 2);
	check_eq(counts[1], 102);
	check_str(watcher->types, "text/plain ");
	zwlr_data_control_device_v1_destroy(devices[1]);
	zwlr_data_control_source_v1_destroy(source);
	check_no_error(client);
	check_eq(counts[0], 3);
	zwlr_data_control_device_v1_destroy(devices[0]);
	zwlr_data_control_manager_v1_destroy(managers[0]);
	zwlr_data_control_manager_v1_destroy(managers[1]);
	client_destroy(client);
	watcher_destroy(watcher);
	fixture_destroy(fixture);
}
