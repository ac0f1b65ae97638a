// SPDX-License-Identifier: MIT
// ext_idle_notifier_v1 and zwp_idle_inhibit_manager_v1 together.
#include "compositor/core/idle.h"
#include <linux/input-event-codes.h>
#include "compositor/core/window.h"
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

struct setting {
	struct fixture *fixture;
	struct client *client;
	struct ext_idle_notifier_v1 *notifier;
	struct zwp_idle_inhibit_manager_v1 *manager;
	struct ext_idle_notification_v1 *obeys, *ignores;
	struct counts of_obeys, of_ignores;
};

static void begin(struct setting *s)
{
	*s = (struct setting){.fixture = fixture_create(NULL)};
	s->client = client_create(s->fixture);
	s->notifier = client_bind(s->client, &ext_idle_notifier_v1_interface, 2);
	s->manager = client_bind(s->client, &zwp_idle_inhibit_manager_v1_interface, 1);
	check(s->notifier && s->manager);
}

static void watch(struct setting *s, uint32_t timeout_ms)
{
	s->obeys = ext_idle_notifier_v1_get_idle_notification(
		s->notifier, timeout_ms, s->client->seat);
	ext_idle_notification_v1_add_listener(s->obeys, &listener, &s->of_obeys);
	s->ignores = ext_idle_notifier_v1_get_input_idle_notification(
		s->notifier, timeout_ms, s->client->seat);
	ext_idle_notification_v1_add_listener(s->ignores, &listener, &s->of_ignores);
	fixture_pump(s->fixture);
}

static void end(struct setting *s)
{
	check_no_error(s->client);
	if (s->obeys)
		ext_idle_notification_v1_destroy(s->obeys);
	if (s->ignores)
		ext_idle_notification_v1_destroy(s->ignores);
	ext_idle_notifier_v1_destroy(s->notifier);
	zwp_idle_inhibit_manager_v1_destroy(s->manager);
	check_no_error(s->client);
	fixture_destroy(s->fixture);
}

TEST(input_resumes)
{
	struct setting s;
	begin(&s);
	watch(&s, 2000);
	fixture_advance(s.fixture, 1999 * NSEC_PER_MSEC);
	check_eq(s.of_obeys.idled, 0);
	fixture_advance(s.fixture, 2 * NSEC_PER_MSEC);
	check_eq(s.of_obeys.idled, 1);
	check_eq(s.of_ignores.idled, 1);
	fixture_move(s.fixture, 10, 10);
	check_eq(s.of_obeys.resumed, 1);
	check_eq(s.of_ignores.resumed, 1);
	fixture_advance(s.fixture, 1500 * NSEC_PER_MSEC);
	fixture_key(s.fixture, KEY_A, true);
	fixture_key(s.fixture, KEY_A, false);
	fixture_advance(s.fixture, 1500 * NSEC_PER_MSEC);
	check_eq(s.of_obeys.idled, 1);
	fixture_advance(s.fixture, NSEC_PER_SEC);
	check_eq(s.of_obeys.idled, 2);
	end(&s);
}

TEST(zero_timeout)
{
	struct setting s;
	begin(&s);
	watch(&s, 0);
	check_eq(s.of_obeys.idled, 1);
	fixture_move(s.fixture, 10, 10);
	check(s.of_obeys.resumed >= 1);
	check_eq(s.of_obeys.idled, s.of_obeys.resumed + 1);
	end(&s);
}

TEST(visible_inhibitor_holds)
{
	struct setting s;
	begin(&s);
	struct client_window *window = client_window_create(s.client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(s.manager, window->surface);
	fixture_frames(s.fixture, 2);
	watch(&s, 1000);
	fixture_advance(s.fixture, 10 * NSEC_PER_SEC);
	check_eq(s.of_obeys.idled, 0);
	check_eq(s.of_ignores.idled, 1);
	zwp_idle_inhibitor_v1_destroy(inhibitor);
	fixture_advance(s.fixture, 1100 * NSEC_PER_MSEC);
	check_eq(s.of_obeys.idled, 1);
	client_window_destroy(window);
	end(&s);
}

TEST(hidden_surfaces_do_not_inhibit)
{
	struct setting s;
	begin(&s);
	struct wl_surface *bare = wl_compositor_create_surface(s.client->compositor);
	struct zwp_idle_inhibitor_v1 *of_bare =
		zwp_idle_inhibit_manager_v1_create_inhibitor(s.manager, bare);
	struct client_window *window = client_window_create(s.client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *of_window =
		zwp_idle_inhibit_manager_v1_create_inhibitor(s.manager, window->surface);
	fixture_frames(s.fixture, 2);
	watch(&s, 1000);
	fixture_advance(s.fixture, 2 * NSEC_PER_SEC);
	check_eq(s.of_obeys.idled, 0);
	window->auto_ack = false;
	wl_surface_attach(window->surface, NULL, 0, 0);
	wl_surface_commit(window->surface);
	fixture_advance(s.fixture, 2 * NSEC_PER_SEC);
	check_eq(s.of_obeys.idled, 1);
	zwp_idle_inhibitor_v1_destroy(of_window);
	zwp_idle_inhibitor_v1_destroy(of_bare);
	wl_surface_destroy(bare);
	client_window_destroy(window);
	end(&s);
}

TEST(minimized_windows_do_not_inhibit)
{
	struct setting s;
	begin(&s);
	struct client_window *window = client_window_create(s.client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(s.manager, window->surface);
	watch(&s, 1000);
	xdg_toplevel_set_minimized(window->toplevel);
	fixture_advance(s.fixture, 2 * NSEC_PER_SEC);
	check_eq(s.of_obeys.idled, 1);
	zwp_idle_inhibitor_v1_destroy(inhibitor);
	client_window_destroy(window);
	end(&s);
}

TEST(inhibitor_outlives_its_surface)
{
	struct setting s;
	begin(&s);
	struct client_window *window = client_window_create(s.client, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitors[3];
	for (int i = 0; i < 3; i++)
		inhibitors[i] =
			zwp_idle_inhibit_manager_v1_create_inhibitor(s.manager, window->surface);
	fixture_frames(s.fixture, 2);
	client_window_destroy(window);
	watch(&s, 1000);
	fixture_advance(s.fixture, 2 * NSEC_PER_SEC);
	check_eq(s.of_obeys.idled, 1);
	for (int i = 0; i < 3; i++)
		zwp_idle_inhibitor_v1_destroy(inhibitors[i]);
	fixture_frames(s.fixture, 2);
	end(&s);
}

TEST(inhibitor_goes_with_its_client)
{
	struct setting s;
	begin(&s);
	struct client *other = client_create(s.fixture);
	struct zwp_idle_inhibit_manager_v1 *manager =
		client_bind(other, &zwp_idle_inhibit_manager_v1_interface, 1);
	struct client_window *window = client_window_create(other, 100, 100, 0xff102030);
	struct zwp_idle_inhibitor_v1 *inhibitor =
		zwp_idle_inhibit_manager_v1_create_inhibitor(manager, window->surface);
	fixture_frames(s.fixture, 2);
	wl_proxy_destroy((struct wl_proxy *)inhibitor);
	wl_proxy_destroy((struct wl_proxy *)manager);
	wl_client_destroy(other->server_side);
	watch(&s, 1000);
	fixture_advance(s.fixture, 2 * NSEC_PER_SEC);
	check_eq(s.of_obeys.idled, 1);
	client_window_destroy(window);
	client_destroy(other);
	end(&s);
}
