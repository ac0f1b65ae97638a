// SPDX-License-Identifier: MIT
// ext_idle_notifier_v1 and zwp_idle_inhibit_manager_v1 together.
#include <linux/input-event-codes.h>
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "ext-idle-notify-v1-client-protocol.h"
#include "idle-inhibit-unstable-v1-client-protocol.h"

struct counts {
	int idled, resumed;
};

static void on_idled(void *data, struct ext_idle_notification_v1 *notification)
{
	((struct counts *)data)->idled++;
}

static void on_resumed(void *data, struct ext_idle_notification_v1 *notification)
{
	((struct counts *)data)->resumed++;
}

static const struct ext_idle_notification_v1_listener listener = {
	.idled = on_idled,
	.resumed = on_resumed,
};

struct idle_rig {
	struct fixture *fixture;
	struct client *client;
	struct ext_idle_notifier_v1 *notifier;
	struct zwp_idle_inhibit_manager_v1 *manager;
	struct ext_idle_notification_v1 *obeys, *ignores;
	struct counts of_obeys, of_ignores;
};

static void idle_rig_init(struct idle_rig *rig)
{
	*rig = (struct idle_rig){.fixture = fixture_create(NULL)};
	rig->client = client_create(rig->fixture);
	rig->notifier = client_bind(rig->client, &ext_idle_notifier_v1_interface, 2);
	rig->manager = client_bind(rig->client, &zwp_idle_inhibit_manager_v1_interface, 1);
	check(rig->notifier && rig->manager);
}

static void watch(struct idle_rig *rig, uint32_t timeout_ms)
{
	rig->obeys = ext_idle_notifier_v1_get_idle_notification(
		rig->notifier, timeout_ms, rig->client->seat);
	ext_idle_notification_v1_add_listener(rig->obeys, &listener, &rig->of_obeys);
	rig->ignores = ext_idle_notifier_v1_get_input_idle_notification(
		rig->notifier, timeout_ms, rig->client->seat);
	ext_idle_notification_v1_add_listener(rig->ignores, &listener, &rig->of_ignores);
	fixture_pump(rig->fixture);
}

static void idle_rig_finish(struct idle_rig *rig)
{
	check_no_error(rig->client);
	if (rig->obeys)
		ext_idle_notification_v1_destroy(rig->obeys);
	if (rig->ignores)
		ext_idle_notification_v1_destroy(rig->ignores);
	ext_idle_notifier_v1_destroy(rig->notifier);
	zwp_idle_inhibit_manager_v1_destroy(rig->manager);
	check_no_error(rig->client);
	fixture_destroy(rig->fixture);
}

TEST_F(idle_rig, input_resumes)
{
	watch(rig, 2000);
	fixture_advance(rig->fixture, 1999 * NSEC_PER_MSEC);
	check_eq(rig->of_obeys.idled, 0);
	fixture_advance(rig->fixture, 2 * NSEC_PER_MSEC);
	check_eq(rig->of_obeys.idled, 1);
	check_eq(rig->of_ignores.idled, 1);
	fixture_move(rig->fixture, 10, 10);
	check_eq(rig->of_obeys.resumed, 1);
	check_eq(rig->of_ignores.resumed, 1);
	fixture_advance(rig->fixture, 1500 * NSEC_PER_MSEC);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_advance(rig->fixture, 1500 * NSEC_PER_MSEC);
	check_eq(rig->of_obeys.idled, 1);
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 2);
}

TEST_F(idle_rig, zero_timeout)
{
	watch(rig, 0);
	check_eq(rig->of_obeys.idled, 1);
	fixture_move(rig->fixture, 10, 10);
	check(rig->of_obeys.resumed >= 1);
	check_eq(rig->of_obeys.idled, rig->of_obeys.resumed + 1);
}

TEST_F(idle_rig, visible_inhibitor_holds)
{
	struct client_window *window = client_window_create(rig->client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(rig->manager, window->surface);
	fixture_frames(rig->fixture, 2);
	watch(rig, 1000);
	fixture_advance(rig->fixture, 10 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 0);
	check_eq(rig->of_ignores.idled, 1);
	zwp_idle_inhibitor_v1_destroy(inhibitor);
	fixture_advance(rig->fixture, 1100 * NSEC_PER_MSEC);
	check_eq(rig->of_obeys.idled, 1);
	client_window_destroy(window);
}

TEST_F(idle_rig, hidden_surfaces_do_not_inhibit)
{
	struct wl_surface *bare = wl_compositor_create_surface(rig->client->compositor);
	struct zwp_idle_inhibitor_v1 *of_bare =
		zwp_idle_inhibit_manager_v1_create_inhibitor(rig->manager, bare);
	struct client_window *window = client_window_create(rig->client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *of_window =
		zwp_idle_inhibit_manager_v1_create_inhibitor(rig->manager, window->surface);
	fixture_frames(rig->fixture, 2);
	watch(rig, 1000);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 0);
	window->auto_ack = false;
	wl_surface_attach(window->surface, NULL, 0, 0);
	wl_surface_commit(window->surface);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 1);
	zwp_idle_inhibitor_v1_destroy(of_window);
	zwp_idle_inhibitor_v1_destroy(of_bare);
	wl_surface_destroy(bare);
	client_window_destroy(window);
}

TEST_F(idle_rig, minimized_windows_do_not_inhibit)
{
	struct client_window *window = client_window_create(rig->client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(rig->manager, window->surface);
	watch(rig, 1000);
	xdg_toplevel_set_minimized(window->toplevel);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 1);
	zwp_idle_inhibitor_v1_destroy(inhibitor);
	client_window_destroy(window);
}

TEST_F(idle_rig, inhibitor_outlives_its_surface)
{
	struct client_window *window = client_window_create(rig->client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitors[3];
	for (int i = 0; i < 3; i++)
		inhibitors[i] =
			zwp_idle_inhibit_manager_v1_create_inhibitor(rig->manager, window->surface);
	fixture_frames(rig->fixture, 2);
	client_window_destroy(window);
	watch(rig, 1000);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 1);
	for (int i = 0; i < 3; i++)
		zwp_idle_inhibitor_v1_destroy(inhibitors[i]);
	fixture_frames(rig->fixture, 2);
}

TEST_F(idle_rig, inhibitor_goes_with_its_client)
{
	struct client *other = client_create(rig->fixture);
	struct zwp_idle_inhibit_manager_v1 *manager =
		client_bind(other, &zwp_idle_inhibit_manager_v1_interface, 1);
	struct client_window *window = client_window_create(other, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(manager, window->surface);
	fixture_frames(rig->fixture, 2);
	wl_proxy_destroy((struct wl_proxy *)inhibitor);
	wl_proxy_destroy((struct wl_proxy *)manager);
	wl_client_destroy(other->server_side);
	watch(rig, 1000);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 1);
	client_window_destroy(window);
	client_destroy(other);
}

// Covered partly, wholly, and no longer.
TEST_F(idle_rig, covered_windows_do_not_inhibit)
{
	struct client_window *window = client_window_opaque(rig->client, 100, 200, 200);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(rig->manager, window->surface);
	struct client_window *cover = client_window_opaque(rig->client, 300, 250, 100);
	watch(rig, 1000);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 0);
	window_move(cover->window, 100, 100);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 1);
	client_window_destroy(cover);
	fixture_frames(rig->fixture, 2);
	fixture_move(rig->fixture, 10, 10); // resumes
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 1);
	zwp_idle_inhibitor_v1_destroy(inhibitor);
	client_window_destroy(window);
}

// A video in a subsurface covers the surface that has the inhibitor.
TEST_F(idle_rig, covered_by_its_own_subsurface)
{
	struct client_window *window = client_window_opaque(rig->client, 100, 200, 200);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(rig->manager, window->surface);
	struct wl_surface *child = wl_compositor_create_surface(rig->client->compositor);
	struct wl_subsurface *subsurface =
		wl_subcompositor_get_subsurface(rig->client->subcompositor, child, window->surface);
	struct wl_buffer *buffer =
		client_buffer_format(rig->client, 100, 100, WL_SHM_FORMAT_XRGB8888, 0x405060);
	wl_surface_attach(child, buffer, 0, 0);
	wl_surface_commit(child);
	wl_surface_commit(window->surface);
	fixture_frames(rig->fixture, 2);
	watch(rig, 1000);
	check_eq(client_surface(window->surface, rig->client)->visible_outputs, 0);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 0);
	wl_subsurface_destroy(subsurface);
	fixture_frames(rig->fixture, 2);
	check_eq(client_surface(window->surface, rig->client)->n_visible, 1);
	struct client_window *cover = client_window_opaque(rig->client, 300, 100, 100);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(rig->of_obeys.idled, 1);
	client_window_destroy(cover);
	zwp_idle_inhibitor_v1_destroy(inhibitor);
	wl_surface_destroy(child);
	wl_buffer_destroy(buffer);
	client_window_destroy(window);
}
