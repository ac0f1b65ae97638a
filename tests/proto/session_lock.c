// SPDX-License-Identifier: MIT
// ext_session_lock_v1: who holds the lock, when it is shown, who gets input, and every error.
#include <linux/input-event-codes.h>
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/lock/lock.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/locker.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"

#define SESSION_ARGB 0xffff00ff

struct lock_rig {
	struct fixture *fixture;
	struct client *client; // of the session
	struct client_window *window;
	struct output *output; // the first one
	struct lock_watch watch;
};

static void lock_rig_init(struct lock_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 300, 200, SESSION_ARGB);
	rig->output = output_first(rig->fixture->server);
	lock_watch_begin(&rig->watch, rig->fixture);
}

static void lock_rig_finish(struct lock_rig *rig)
{
	lock_watch_end(&rig->watch);
	check_no_error(rig->client);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static struct test_locker *lock(struct lock_rig *rig)
{
	return locker_create(client_create(rig->fixture));
}

static struct test_locker *lock_fully(struct lock_rig *rig)
{
	struct test_locker *locker = lock(rig);
	locker_add(locker, locker_output(locker->client, 0), true);
	fixture_frames(rig->fixture, 4);
	check_eq(locker->locked, 1);
	return locker;
}

static void leave(struct test_locker *locker)
{
	struct client *client = locker->client;
	check_no_error(client);
	locker_destroy(locker, true);
	client_destroy(client);
}

// The client got an error: no request is possible any more.
static void leave_failed(struct test_locker *locker)
{
	locker_kill(locker);
}

static enum lock_state state(struct lock_rig *rig)
{
	return lock_state(rig->fixture->server->lock);
}

static void add_screen(struct lock_rig *rig)
{
	struct backend *backend = rig->fixture->server->backend;
	check(backend->impl->add_screen(backend, NULL, 640, 480, 60000) != NULL);
	fixture_pump(rig->fixture);
}

static struct output *last_output(struct lock_rig *rig)
{
	struct output *output = wl_container_of(rig->fixture->server->outputs.prev, output, link);
	return output;
}

TEST_F(lock_rig, locks_shows_and_unlocks)
{
	struct box box = window_box(rig->window->window);
	struct test_locker *locker = lock(rig);
	struct locker_surface *surface = locker_add(locker, locker_output(locker->client, 0), true);
	check_eq(surface->width, rig->output->box.width);
	check_eq(surface->height, rig->output->box.height);
	fixture_frames(rig->fixture, 4);
	check_eq(locker->locked, 1);
	check_eq(locker->finished, 0);
	check_eq(fixture_pixel(rig->fixture, box.x + 5, box.y + 5), LOCKER_ARGB & 0xffffff);
	locker_unlock(locker);
	fixture_frames(rig->fixture, 2);
	check_eq(state(rig), LOCK_OPEN);
	check_eq(fixture_pixel(rig->fixture, box.x + 5, box.y + 5), SESSION_ARGB & 0xffffff);
	check_eq(fixture_pixel(rig->fixture, 2, 2) == (LOCKER_ARGB & 0xffffff), false);
	check(keyboard_focus(rig->fixture->server->seat) == rig->window->window->surface);
	leave(locker);
}

TEST_F(lock_rig, locked_is_sent_once_the_outputs_show_it)
{
	client_window_draw(rig->window, 300, 200, SESSION_ARGB);
	fixture_pump(rig->fixture);
	struct test_locker *locker = lock(rig);
	check_eq(state(rig), LOCK_COVERING);
	check_eq(locker->locked, 0);
	uint64_t version = rig->output->shown_version;
	fixture_frames(rig->fixture, 2);
	check_eq(locker->locked, 1);
	check(rig->output->shown_version > version);
	check_eq(state(rig), LOCK_SHOWN);
	check_eq(fixture_pixel(rig->fixture, 640, 360), 0);
	locker_unlock(locker);
	leave(locker);
}

static bool never_powers(struct screen *screen, bool on)
{
	return true;
}

TEST_F(lock_rig, dark_outputs_are_not_waited_for)
{
	const struct backend_impl *real = rig->output->screen->backend->impl;
	struct backend_impl impl = *real;
	impl.set_power = never_powers;
	rig->output->screen->backend->impl = &impl;
	check(output_set_power(rig->output, false));
	struct test_locker *locker = lock(rig);
	check_eq(locker->locked, 1);
	check(output_set_power(rig->output, true));
	rig->output->screen->backend->impl = real;
	fixture_frames(rig->fixture, 2);
	check_eq(fixture_pixel(rig->fixture, 640, 360), 0);
	locker_unlock(locker);
	leave(locker);
}

// A screen whose page flips the test reports.
struct slow_screen {
	struct backend_impl impl;
	const struct backend_impl *real;
	bool self_paced;
};

static bool present_later(struct screen *screen, const struct frame *frame, bool test_only)
{
	return !test_only;
}

static void slow_screen_begin(struct slow_screen *slow, struct lock_rig *rig)
{
	struct screen *screen = rig->output->screen;
	fixture_frames(rig->fixture, 4);
	slow->real = screen->backend->impl;
	slow->impl = *slow->real;
	slow->impl.present = present_later;
	slow->self_paced = screen->self_paced;
	screen->backend->impl = &slow->impl;
	screen->self_paced = false;
}

static void flip(struct lock_rig *rig)
{
	output_on_presented(rig->output,
		&(struct presented){.time_ns = clock_now_ns(rig->fixture->server->clock)});
	fixture_pump(rig->fixture);
}

static void slow_screen_end(struct slow_screen *slow, struct lock_rig *rig)
{
	rig->output->screen->backend->impl = slow->real;
	rig->output->screen->self_paced = slow->self_paced;
	if (rig->output->presenting)
		flip(rig);
	output_damage_all(rig->output);
	fixture_frames(rig->fixture, 3);
}

// The frame that was on its way does not count, nor does one that was only handed to the screen.
TEST_F(lock_rig, locked_follows_the_page_flip_of_its_frame)
{
	struct slow_screen slow;
	slow_screen_begin(&slow, rig);
	client_window_draw(rig->window, 300, 200, SESSION_ARGB);
	fixture_frames(rig->fixture, 2);
	check(rig->output->presenting);
	struct test_locker *locker = lock(rig);
	fixture_frames(rig->fixture, 2);
	flip(rig);
	check_eq(locker->locked, 0);
	fixture_frames(rig->fixture, 2);
	check(rig->output->presenting);
	check_eq(locker->locked, 0);
	flip(rig);
	check_eq(locker->locked, 1);
	slow_screen_end(&slow, rig);
	locker_unlock(locker);
	leave(locker);
}

TEST_F(lock_rig, a_stuck_output_is_waited_for_a_second)
{
	struct slow_screen slow;
	slow_screen_begin(&slow, rig);
	struct test_locker *locker = lock(rig);
	fixture_advance(rig->fixture, NSEC_PER_SEC - NSEC_PER_SEC / 50);
	check_eq(locker->locked, 0);
	fixture_advance(rig->fixture, NSEC_PER_SEC / 25);
	check_eq(locker->locked, 1);
	slow_screen_end(&slow, rig);
	locker_unlock(locker);
	leave(locker);
}

TEST_F(lock_rig, second_locker_is_finished)
{
	struct test_locker *locker = lock_fully(rig), *second = lock(rig);
	check_eq(second->finished, 1);
	check_eq(second->locked, 0);
	locker_add(second, locker_output(second->client, 0), false);
	check_eq(second->surfaces[0]->configures, 0);
	leave(second); // destroy is valid
	check_eq(state(rig), LOCK_SHOWN);
	check_eq(fixture_pixel(rig->fixture, 640, 360), LOCKER_ARGB & 0xffffff);
	locker_unlock(locker);
	leave(locker);
}

TEST_F(lock_rig, stays_locked_without_its_locker_and_takes_a_new_one)
{
	locker_kill(lock_fully(rig));
	fixture_frames(rig->fixture, 3);
	check_eq(state(rig), LOCK_ABANDONED);
	check(fixture_pixel(rig->fixture, 640, 360) != 0);
	check(lock_watch_accepts(fixture_pixel(rig->fixture, 640, 360)));
	struct test_locker *locker = lock(rig);
	check_eq(locker->locked, 1); // the outputs show it already
	locker_add(locker, locker_output(locker->client, 0), true);
	fixture_frames(rig->fixture, 2);
	check_eq(fixture_pixel(rig->fixture, 640, 360), LOCKER_ARGB & 0xffffff);
	locker_unlock(locker);
	check_eq(state(rig), LOCK_OPEN);
	leave(locker);
}

// Not only after the event: a locker that gives up at once leaves a locked session.
TEST_F(lock_rig, destroyed_before_it_is_locked)
{
	struct test_locker *locker = lock(rig);
	leave(locker);
	check_eq(state(rig), LOCK_ABANDONED);
	fixture_frames(rig->fixture, 3);
	locker = lock(rig);
	check_eq(locker->locked, 1);
	locker_unlock(locker);
	leave(locker);
}

TEST_F(lock_rig, an_output_that_comes_later)
{
	struct test_locker *locker = lock_fully(rig);
	add_screen(rig);
	fixture_frames(rig->fixture, 3);
	struct locker_surface *surface = locker_add(locker, locker_output(locker->client, 1), true);
	check_eq(surface->width, 640);
	check_eq(surface->height, 480);
	fixture_frames(rig->fixture, 3);
	struct output *output = last_output(rig);
	check(client_surface(surface->surface, locker->client)->mapped);
	// A surface of a removed output stays without effect.
	check(output->server->backend->impl->remove_screen(output->screen));
	fixture_frames(rig->fixture, 3);
	check(!client_surface(surface->surface, locker->client)->mapped);
	locker_unlock(locker);
	leave(locker);
}

TEST_F(lock_rig, surfaces_follow_the_size_of_their_output)
{
	struct test_locker *locker = lock_fully(rig);
	struct locker_surface *surface = locker->surfaces[0];
	struct output_change change = output_change_none(rig->output);
	change.scale = 1.5;
	surface->draws = false;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
	fixture_pump(rig->fixture);
	check_eq(surface->configures, 2);
	check_eq(surface->width, rig->output->box.width);
	// The size that was acknowledged counts, not the newest.
	wl_surface_commit(surface->surface);
	check_no_error(locker->client);
	locker_draw(surface, surface->width, surface->height);
	check_no_error(locker->client);
	fixture_frames(rig->fixture, 2);
	locker_unlock(locker);
	leave(locker);
}

TEST_F(lock_rig, a_destroyed_surface_leaves_the_cover)
{
	struct test_locker *locker = lock_fully(rig);
	locker_remove(locker->surfaces[0]);
	fixture_frames(rig->fixture, 3);
	check_eq(fixture_pixel(rig->fixture, 640, 360), 0);
	locker_add(locker, locker_output(locker->client, 0), true); // again on the same output
	fixture_frames(rig->fixture, 3);
	check_eq(fixture_pixel(rig->fixture, 640, 360), LOCKER_ARGB & 0xffffff);
	locker_unlock(locker);
	leave(locker);
}

// Input

TEST_F(lock_rig, input_reaches_the_locker_only)
{
	struct seat_log session, log;
	struct box box = window_box(rig->window->window);
	seat_log_begin(&session, rig->client);
	fixture_move(rig->fixture, box.x + 20, box.y + 20);
	fixture_button(rig->fixture, BTN_LEFT, true);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_touch(rig->fixture, 1, box.x + 30, box.y + 30);
	seat_log_take(&session);

	struct client *client = client_create(rig->fixture);
	seat_log_begin(&log, client);
	struct test_locker *locker = locker_create(client);
	const char *text = seat_log_take(&session);
	check(strstr(text, "leave") != NULL);
	check(strstr(text, "cancel") != NULL);
	locker_add(locker, locker_output(client, 0), true);
	fixture_frames(rig->fixture, 3);
	seat_log_take(&log);

	// What was pressed before is released unseen.
	fixture_button(rig->fixture, BTN_LEFT, false);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_touch_up(rig->fixture, 1);
	text = seat_log_take(&log);
	check(!strstr(text, "up") && !strstr(text, "button"));

	fixture_move(rig->fixture, box.x + 40, box.y + 40);
	fixture_button(rig->fixture, BTN_LEFT, true);
	fixture_key(rig->fixture, KEY_B, true);
	fixture_touch(rig->fixture, 2, 10, 10);
	text = seat_log_take(&log);
	check(strstr(text, "button 0x110 down") != NULL);
	check(strstr(text, "key 48 down") != NULL);
	check_str(seat_log_take(&session), "");

	// Nor does the session see the end of what the locker got.
	locker_unlock(locker);
	seat_log_take(&session);
	fixture_button(rig->fixture, BTN_LEFT, false);
	fixture_key(rig->fixture, KEY_B, false);
	fixture_touch_up(rig->fixture, 2);
	text = seat_log_take(&session);
	check(!strstr(text, "button") && !strstr(text, "key") && !strstr(text, "up"));
	seat_log_end(&log);
	seat_log_end(&session);
	leave(locker);
}

TEST_F(lock_rig, keys_follow_the_pointer_to_another_lock_surface)
{
	add_screen(rig);
	fixture_frames(rig->fixture, 2);
	struct test_locker *locker = lock(rig);
	struct seat *seat = rig->fixture->server->seat;
	struct surface *surfaces[2];
	for (int i = 0; i < 2; i++) {
		struct locker_surface *surface =
			locker_add(locker, locker_output(locker->client, i), true);
		surfaces[i] = client_surface(surface->surface, locker->client);
	}
	check(keyboard_focus(seat) == surfaces[0]);
	fixture_move(rig->fixture, last_output(rig)->box.x + 20, 20);
	check(keyboard_focus(seat) == surfaces[1]);
	locker_remove(locker->surfaces[1]);
	check(keyboard_focus(seat) == surfaces[0]);
	fixture_frames(rig->fixture, 3);
	locker_unlock(locker);
	check(keyboard_focus(seat) == rig->window->window->surface);
	leave(locker);
}

TEST_F(lock_rig, windows_that_come_and_are_activated_get_no_focus)
{
	struct test_locker *locker = lock_fully(rig);
	struct seat *seat = rig->fixture->server->seat;
	struct surface *focus = keyboard_focus(seat);
	struct client_window *other = client_window_create(rig->client, 100, 100, SESSION_ARGB);
	window_request(rig->window->window, REQUEST_ACTIVATE, NULL);
	fixture_frames(rig->fixture, 2);
	check(keyboard_focus(seat) == focus);
	client_window_destroy(other);
	fixture_frames(rig->fixture, 2);
	check(keyboard_focus(seat) == focus);
	locker_unlock(locker);
	leave(locker);
}

// Errors

static void fails(struct test_locker *locker, const char *interface, int code)
{
	check_client_error(locker->client, interface, code);
	leave_failed(locker);
}

static void fails_lock(struct test_locker *locker, int code)
{
	fails(locker, locker->lock ? "ext_session_lock_v1" : "unknown", code);
}

static void fails_surface(struct lock_rig *rig, struct test_locker *locker, int code)
{
	fails(locker, "ext_session_lock_surface_v1", code);
	check_eq(state(rig), LOCK_ABANDONED);
}

TEST_F(lock_rig, error_destroyed_while_locked)
{
	struct test_locker *locker = lock_fully(rig);
	ext_session_lock_v1_destroy(locker->lock);
	locker->lock = NULL;
	fails_lock(locker, EXT_SESSION_LOCK_V1_ERROR_INVALID_DESTROY);
	check_eq(state(rig), LOCK_ABANDONED);
}

TEST_F(lock_rig, error_unlocked_before_locked)
{
	client_window_draw(rig->window, 300, 200, SESSION_ARGB);
	fixture_pump(rig->fixture); // the next frame is due later
	struct test_locker *locker = lock(rig);
	ext_session_lock_v1_unlock_and_destroy(locker->lock);
	locker->lock = NULL;
	fails_lock(locker, EXT_SESSION_LOCK_V1_ERROR_INVALID_UNLOCK);
	check_eq(state(rig), LOCK_ABANDONED);
	fixture_frames(rig->fixture, 2);
}

TEST_F(lock_rig, error_unlocked_by_another)
{
	struct test_locker *locker = lock_fully(rig), *second = lock(rig);
	ext_session_lock_v1_unlock_and_destroy(second->lock);
	second->lock = NULL;
	fails_lock(second, EXT_SESSION_LOCK_V1_ERROR_INVALID_UNLOCK);
	check_eq(state(rig), LOCK_SHOWN);
	locker_unlock(locker);
	leave(locker);
}

TEST_F(lock_rig, error_role)
{
	struct test_locker *locker = lock_fully(rig);
	struct client_window *window = client_window_create_bare(locker->client, 10, 10);
	ext_session_lock_v1_get_lock_surface(
		locker->lock, window->surface, locker_output(locker->client, 0));
	check_client_error(locker->client, "ext_session_lock_v1", EXT_SESSION_LOCK_V1_ERROR_ROLE);
	client_window_destroy(window);
	leave_failed(locker);
}

TEST_F(lock_rig, error_duplicate_output)
{
	struct test_locker *locker = lock_fully(rig);
	locker_add(locker, locker_output(locker->client, 0), false);
	fails_lock(locker, EXT_SESSION_LOCK_V1_ERROR_DUPLICATE_OUTPUT);
}

TEST_F(lock_rig, error_already_constructed)
{
	struct test_locker *locker = lock_fully(rig);
	struct wl_surface *surface = wl_compositor_create_surface(locker->client->compositor);
	struct wl_buffer *buffer = client_buffer(locker->client, 4, 4, LOCKER_ARGB);
	wl_surface_attach(surface, buffer, 0, 0);
	struct ext_session_lock_surface_v1 *role = ext_session_lock_v1_get_lock_surface(
		locker->lock, surface, locker_output(locker->client, 0));
	check_client_error(locker->client, "ext_session_lock_v1",
		EXT_SESSION_LOCK_V1_ERROR_ALREADY_CONSTRUCTED);
	ext_session_lock_surface_v1_destroy(role);
	wl_surface_destroy(surface);
	wl_buffer_destroy(buffer);
	leave_failed(locker);
}

TEST_F(lock_rig, error_commit_before_first_ack)
{
	struct test_locker *locker = lock(rig);
	struct locker_surface *surface =
		locker_add(locker, locker_output(locker->client, 0), false);
	wl_surface_commit(surface->surface);
	fails_surface(rig, locker, EXT_SESSION_LOCK_SURFACE_V1_ERROR_COMMIT_BEFORE_FIRST_ACK);
	fixture_frames(rig->fixture, 2);
}

TEST_F(lock_rig, error_null_buffer)
{
	struct test_locker *locker = lock_fully(rig);
	wl_surface_attach(locker->surfaces[0]->surface, NULL, 0, 0);
	wl_surface_commit(locker->surfaces[0]->surface);
	fails_surface(rig, locker, EXT_SESSION_LOCK_SURFACE_V1_ERROR_NULL_BUFFER);
}

TEST_F(lock_rig, error_dimensions_mismatch)
{
	struct test_locker *locker = lock(rig);
	struct locker_surface *surface =
		locker_add(locker, locker_output(locker->client, 0), false);
	locker_draw(surface, surface->width - 1, surface->height);
	fails_surface(rig, locker, EXT_SESSION_LOCK_SURFACE_V1_ERROR_DIMENSIONS_MISMATCH);
	fixture_frames(rig->fixture, 2);
}

TEST_F(lock_rig, error_invalid_serial)
{
	struct test_locker *locker = lock_fully(rig);
	ext_session_lock_surface_v1_ack_configure(locker->surfaces[0]->role, 12345);
	fails_surface(rig, locker, EXT_SESSION_LOCK_SURFACE_V1_ERROR_INVALID_SERIAL);
}

// Each configure is acknowledged at most once.
TEST_F(lock_rig, error_serial_used_twice)
{
	struct test_locker *locker = lock(rig);
	struct locker_surface *surface =
		locker_add(locker, locker_output(locker->client, 0), false);
	ext_session_lock_surface_v1_ack_configure(surface->role, surface->serial);
	ext_session_lock_surface_v1_ack_configure(surface->role, surface->serial);
	fails_surface(rig, locker, EXT_SESSION_LOCK_SURFACE_V1_ERROR_INVALID_SERIAL);
	fixture_frames(rig->fixture, 2);
}

TEST_F(lock_rig, error_surface_destroyed_before_its_role)
{
	struct test_locker *locker = lock_fully(rig);
	wl_surface_destroy(locker->surfaces[0]->surface);
	locker->surfaces[0]->surface = NULL;
	check_client_error(locker->client, "unknown", WL_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT);
	wl_proxy_destroy((struct wl_proxy *)locker->surfaces[0]->role);
	leave_failed(locker);
}
