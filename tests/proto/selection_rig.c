// SPDX-License-Identifier: MIT
#include "tests/proto/selection_rig.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/seat/seat.h"
#include "compositor/seat/selection_keeper.h"
#include "compositor/window/focus.h"
#include "compositor/window/window.h"
#include "tests/harness/test.h"

static void on_offer_type(void *data, struct wl_data_offer *offer, const char *mime)
{
	struct selection_peer *peer = data;
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
	struct selection_peer *peer = data;
	peer->offers++;
	peer->types[0] = '\0';
	wl_data_offer_add_listener(offer, &offer_listener, peer);
}

static void on_selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer)
{
	struct selection_peer *peer = data;
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
	struct selection_peer *peer = data;
	peer->types[0] = '\0';
	zwp_primary_selection_offer_v1_add_listener(offer, &primary_offer_listener, peer);
}

static void on_primary(void *data, struct zwp_primary_selection_device_v1 *device,
	struct zwp_primary_selection_offer_v1 *offer)
{
	struct selection_peer *peer = data;
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
	struct selection_peer *peer = data;
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
	((struct selection_peer *)data)->serial = serial;
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

static void write_text(struct selection_peer *peer, int fd)
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
	((struct selection_peer *)data)->cancelled++;
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
	((struct selection_peer *)data)->cancelled++;
}

static const struct zwp_primary_selection_source_v1_listener primary_source_listener = {
	.send = on_primary_send,
	.cancelled = on_primary_cancelled,
};

void selection_peer_listen(struct selection_peer *peer, struct wl_data_device *device)
{
	peer->device = device;
	wl_data_device_add_listener(device, &device_listener, peer);
}

static struct selection_peer *selection_peer_create(struct fixture *fixture, const char *text)
{
	struct selection_peer *peer = xcalloc(1, sizeof(*peer));
	struct client *client = peer->client = client_create(fixture);
	peer->text = text;
	peer->keyboard = wl_seat_get_keyboard(client->seat);
	wl_keyboard_add_listener(peer->keyboard, &keyboard_listener, peer);
	peer->manager = client_bind(client, &wl_data_device_manager_interface, 3);
	selection_peer_listen(
		peer, wl_data_device_manager_get_data_device(peer->manager, client->seat));
	peer->primary_manager =
		client_bind(client, &zwp_primary_selection_device_manager_v1_interface, 1);
	peer->primary_device = zwp_primary_selection_device_manager_v1_get_device(
		peer->primary_manager, client->seat);
	zwp_primary_selection_device_v1_add_listener(
		peer->primary_device, &primary_device_listener, peer);
	peer->window = client_window_create(client, 200, 100, 0xff336699);
	return peer;
}

void destroy_proxy(void *proxy)
{
	if (proxy)
		wl_proxy_destroy(proxy);
}

void selection_peer_destroy(struct selection_peer *peer)
{
	if (!peer)
		return;
	for (size_t i = 0; i < peer->n_sources; i++)
		destroy_proxy(peer->sources[i]);
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

void selection_peer_focus(struct selection_peer *peer)
{
	shell_activate(peer->client->fixture->server->shell, peer->window->window);
	fixture_pump(peer->client->fixture);
}

struct wl_data_source *selection_peer_create_source(struct selection_peer *peer)
{
	struct wl_data_source *source = wl_data_device_manager_create_data_source(peer->manager);
	check(peer->n_sources < array_length(peer->sources));
	peer->sources[peer->n_sources++] = source;
	wl_data_source_add_listener(source, &source_listener, peer);
	return source;
}

void selection_peer_destroy_source(struct selection_peer *peer, struct wl_data_source *source)
{
	for (size_t i = 0; i < peer->n_sources; i++)
		if (peer->sources[i] == source)
			peer->sources[i] = NULL;
	wl_data_source_destroy(source);
}

struct zwp_primary_selection_source_v1 *selection_peer_create_primary(struct selection_peer *peer)
{
	struct zwp_primary_selection_source_v1 *source =
		zwp_primary_selection_device_manager_v1_create_source(peer->primary_manager);
	zwp_primary_selection_source_v1_add_listener(source, &primary_source_listener, peer);
	return source;
}

struct wl_data_source *selection_peer_copy(struct selection_peer *peer, const char *mime)
{
	struct wl_data_source *source = selection_peer_create_source(peer);
	wl_data_source_offer(source, mime);
	wl_data_device_set_selection(peer->device, source, peer->serial);
	fixture_pump(peer->client->fixture);
	return source;
}

void check_pipe(struct fixture *fixture, int ends[2], const char *text)
{
	char got[64] = {0};
	close(ends[1]);
	fixture_pump(fixture);
	check(read(ends[0], got, sizeof(got) - 1) >= 0);
	check_str(got, text);
	close(ends[0]);
}

void make_pipe(int ends[2])
{
	check(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
}

void selection_peer_check_paste(struct selection_peer *peer, const char *mime, const char *text)
{
	int ends[2];
	make_pipe(ends);
	wl_data_offer_receive(peer->offer, mime, ends[1]);
	wl_display_flush(peer->client->display);
	check_pipe(peer->client->fixture, ends, text);
}

void selection_rig_init(struct selection_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->seat = rig->fixture->server->seat;
	rig->one = selection_peer_create(rig->fixture, "first");
	rig->two = selection_peer_create(rig->fixture, "second");
	selection_peer_focus(rig->one);
}

void selection_rig_keep_nothing(struct selection_rig *rig)
{
	struct selection *selections[] = {&rig->seat->clipboard, &rig->seat->primary};
	for (size_t i = 0; i < array_length(selections); i++) {
		selection_keeper_destroy(selections[i]->keeper);
		selections[i]->keeper = NULL;
	}
}

void selection_rig_finish(struct selection_rig *rig)
{
	selection_peer_destroy(rig->one);
	selection_peer_destroy(rig->two);
	fixture_destroy(rig->fixture);
}
