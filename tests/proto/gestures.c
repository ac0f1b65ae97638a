// SPDX-License-Identifier: MIT
// zwp_pointer_gestures_v1: which client gets the events of a gesture, from begin to end.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "compositor/client/backlog.h"
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "pointer-gestures-unstable-v1-client-protocol.h"

struct touchpad { // as seen by one client
	struct wl_pointer *pointer;
	struct zwp_pointer_gestures_v1 *manager;
	struct zwp_pointer_gesture_swipe_v1 *swipe;
	struct zwp_pointer_gesture_pinch_v1 *pinch;
	struct zwp_pointer_gesture_hold_v1 *hold;
	struct wl_surface *surface; // of the newest begin event
	char text[1024];
	size_t length;
};

struct gestures_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct touchpad pad;
};

static void say(struct touchpad *pad, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct touchpad *pad, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(pad->text + pad->length, sizeof(pad->text) - pad->length, format, args);
	va_end(args);
	pad->length += (size_t)n;
	check(pad->length < sizeof(pad->text));
}

static void begins(struct touchpad *pad, const char *what, struct wl_surface *surface, uint32_t n)
{
	pad->surface = surface;
	say(pad, "%s %u / ", what, n);
}

static void on_swipe_begin(void *data, struct zwp_pointer_gesture_swipe_v1 *swipe, uint32_t serial,
	uint32_t time, struct wl_surface *surface, uint32_t fingers)
{
	begins(data, "swipe", surface, fingers);
}

static void on_swipe_update(void *data, struct zwp_pointer_gesture_swipe_v1 *swipe, uint32_t time,
	wl_fixed_t dx, wl_fixed_t dy)
{
	say(data, "by %g,%g / ", wl_fixed_to_double(dx), wl_fixed_to_double(dy));
}

static void on_swipe_end(void *data, struct zwp_pointer_gesture_swipe_v1 *swipe, uint32_t serial,
	uint32_t time, int32_t cancelled)
{
	say(data, "swiped %d / ", cancelled);
}

static void on_pinch_begin(void *data, struct zwp_pointer_gesture_pinch_v1 *pinch, uint32_t serial,
	uint32_t time, struct wl_surface *surface, uint32_t fingers)
{
	begins(data, "pinch", surface, fingers);
}

static void on_pinch_update(void *data, struct zwp_pointer_gesture_pinch_v1 *pinch, uint32_t time,
	wl_fixed_t dx, wl_fixed_t dy, wl_fixed_t scale, wl_fixed_t rotation)
{
	say(data, "by %g,%g x%g %g / ", wl_fixed_to_double(dx), wl_fixed_to_double(dy),
		wl_fixed_to_double(scale), wl_fixed_to_double(rotation));
}

static void on_pinch_end(void *data, struct zwp_pointer_gesture_pinch_v1 *pinch, uint32_t serial,
	uint32_t time, int32_t cancelled)
{
	say(data, "pinched %d / ", cancelled);
}

static void on_hold_begin(void *data, struct zwp_pointer_gesture_hold_v1 *hold, uint32_t serial,
	uint32_t time, struct wl_surface *surface, uint32_t fingers)
{
	begins(data, "hold", surface, fingers);
}

static void on_hold_end(void *data, struct zwp_pointer_gesture_hold_v1 *hold, uint32_t serial,
	uint32_t time, int32_t cancelled)
{
	say(data, "held %d / ", cancelled);
}

static const struct zwp_pointer_gesture_swipe_v1_listener swipe_listener = {
	.begin = on_swipe_begin,
	.update = on_swipe_update,
	.end = on_swipe_end,
};

static const struct zwp_pointer_gesture_pinch_v1_listener pinch_listener = {
	.begin = on_pinch_begin,
	.update = on_pinch_update,
	.end = on_pinch_end,
};

static const struct zwp_pointer_gesture_hold_v1_listener hold_listener = {
	.begin = on_hold_begin,
	.end = on_hold_end,
};

static void touchpad_begin(struct touchpad *pad, struct client *client)
{
	*pad = (struct touchpad){.pointer = wl_seat_get_pointer(client->seat)};
	pad->manager = client_bind(client, &zwp_pointer_gestures_v1_interface, 3);
	check(pad->manager != NULL);
	pad->swipe = zwp_pointer_gestures_v1_get_swipe_gesture(pad->manager, pad->pointer);
	zwp_pointer_gesture_swipe_v1_add_listener(pad->swipe, &swipe_listener, pad);
	pad->pinch = zwp_pointer_gestures_v1_get_pinch_gesture(pad->manager, pad->pointer);
	zwp_pointer_gesture_pinch_v1_add_listener(pad->pinch, &pinch_listener, pad);
	pad->hold = zwp_pointer_gestures_v1_get_hold_gesture(pad->manager, pad->pointer);
	zwp_pointer_gesture_hold_v1_add_listener(pad->hold, &hold_listener, pad);
	fixture_pump(client->fixture);
}

static void touchpad_end(struct touchpad *pad)
{
	zwp_pointer_gesture_swipe_v1_destroy(pad->swipe);
	zwp_pointer_gesture_pinch_v1_destroy(pad->pinch);
	zwp_pointer_gesture_hold_v1_destroy(pad->hold);
	zwp_pointer_gestures_v1_release(pad->manager);
	wl_pointer_release(pad->pointer);
}

static const char *take_events(struct touchpad *pad, struct fixture *fixture)
{
	static const size_t half = sizeof(pad->text) / 2;
	fixture_pump(fixture);
	check(pad->length < half);
	memcpy(pad->text + half, pad->text, pad->length + 1);
	pad->text[0] = 0;
	pad->length = 0;
	return pad->text + half;
}

static void gestures_rig_init(struct gestures_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	touchpad_begin(&rig->pad, rig->client);
	fixture_move(rig->fixture, rig->window->window->x + 10, rig->window->window->y + 20);
}

static void gestures_rig_finish(struct gestures_rig *rig)
{
	touchpad_end(&rig->pad);
	client_window_destroy(rig->window);
	check_no_error(rig->client);
	fixture_destroy(rig->fixture);
}

static void input(struct gestures_rig *rig, struct input_event event)
{
	struct server *server = rig->fixture->server;
	event.time_us = clock_now_ns(server->clock) / 1000;
	seat_input(server->seat, &event);
}

static void gesture_begin(struct gestures_rig *rig, enum input_gesture kind, unsigned fingers)
{
	input(rig,
		(struct input_event){.type = INPUT_GESTURE_BEGIN,
			.gesture = {.kind = kind, .fingers = fingers}});
}

static void gesture_update(struct gestures_rig *rig, enum input_gesture kind, double dx, double dy,
	double scale, double turn)
{
	input(rig,
		(struct input_event){.type = INPUT_GESTURE_UPDATE,
			.gesture = {kind, 0, false, dx, dy, scale, turn}});
}

static void gesture_end(struct gestures_rig *rig, enum input_gesture kind, bool cancelled)
{
	input(rig,
		(struct input_event){.type = INPUT_GESTURE_END,
			.gesture = {.kind = kind, .cancelled = cancelled}});
}

TEST_F(gestures_rig, all_kinds_from_beginning_to_end)
{
	gesture_begin(rig, INPUT_GESTURE_SWIPE, 3);
	gesture_update(rig, INPUT_GESTURE_SWIPE, 4, -2.5, 1, 0);
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	check_str(take_events(&rig->pad, rig->fixture), "swipe 3 / by 4,-2.5 / swiped 0 / ");
	check(rig->pad.surface == rig->window->surface);
	gesture_begin(rig, INPUT_GESTURE_PINCH, 2);
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 0, 1.5, -8);
	gesture_update(rig, INPUT_GESTURE_PINCH, 0, 2, 2, 3);
	gesture_end(rig, INPUT_GESTURE_PINCH, true);
	check_str(take_events(&rig->pad, rig->fixture),
		"pinch 2 / by 1,0 x1.5 -8 / by 0,2 x2 3 / pinched 1 / ");
	gesture_begin(rig, INPUT_GESTURE_HOLD, 1);
	gesture_end(rig, INPUT_GESTURE_HOLD, false);
	check_str(take_events(&rig->pad, rig->fixture), "hold 1 / held 0 / ");
}

TEST_F(gestures_rig, it_stays_where_it_began)
{
	gesture_begin(rig, INPUT_GESTURE_SWIPE, 3);
	fixture_move(rig->fixture, 1200, 700);
	gesture_update(rig, INPUT_GESTURE_SWIPE, 1, 1, 1, 0);
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	check_str(take_events(&rig->pad, rig->fixture), "swipe 3 / by 1,1 / swiped 0 / ");
	gesture_begin(rig, INPUT_GESTURE_SWIPE, 3); // over no surface
	fixture_move(rig->fixture, rig->window->window->x + 10, rig->window->window->y + 20);
	gesture_update(rig, INPUT_GESTURE_SWIPE, 1, 1, 1, 0);
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	check_str(take_events(&rig->pad, rig->fixture), "");
}

TEST_F(gestures_rig, a_surface_that_goes_ends_it)
{
	gesture_begin(rig, INPUT_GESTURE_PINCH, 2);
	client_window_destroy(rig->window);
	check_str(take_events(&rig->pad, rig->fixture), "pinch 2 / pinched 1 / ");
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 0, 1.5, -8);
	gesture_end(rig, INPUT_GESTURE_PINCH, false);
	check_str(take_events(&rig->pad, rig->fixture), "");
	rig->window = client_window_create(rig->client, 10, 10, 0);
}

TEST_F(gestures_rig, another_beginning_ends_it)
{
	gesture_begin(rig, INPUT_GESTURE_HOLD, 3);
	gesture_begin(rig, INPUT_GESTURE_SWIPE, 3);
	gesture_end(rig, INPUT_GESTURE_HOLD, false);                   // has ended already
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 0, 1.5, -8);       // never began
	gesture_update(rig, INPUT_GESTURE_SWIPE, NAN, INFINITY, 1, 0); // not finite
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	check_str(take_events(&rig->pad, rig->fixture), "hold 3 / held 1 / swipe 3 / swiped 0 / ");
}

TEST_F(gestures_rig, a_late_comer_hears_only_what_it_heard_begin)
{
	gesture_begin(rig, INPUT_GESTURE_SWIPE, 4);
	struct touchpad second;
	touchpad_begin(&second, rig->client);
	gesture_update(rig, INPUT_GESTURE_SWIPE, 1, 1, 1, 0);
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	check_str(take_events(&rig->pad, rig->fixture), "swipe 4 / by 1,1 / swiped 0 / ");
	check_str(take_events(&second, rig->fixture), "");
	gesture_begin(rig, INPUT_GESTURE_SWIPE, 3);
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	check_str(take_events(&second, rig->fixture), "swipe 3 / swiped 0 / ");
	touchpad_end(&second);
}

TEST_F(gestures_rig, for_a_client_that_is_late_updates_add_up)
{
	gesture_begin(rig, INPUT_GESTURE_PINCH, 2);
	take_events(&rig->pad, rig->fixture);
	backlog_freeze(rig->client->server_side, true);
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 2, 1.5, -8);
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 2, 2, 3);
	check_str(take_events(&rig->pad, rig->fixture), "");
	backlog_freeze(rig->client->server_side, false);
	check_str(take_events(&rig->pad, rig->fixture), "by 2,4 x2 -5 / ");
	backlog_freeze(rig->client->server_side, true);
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 0, 3, 0);
	gesture_end(rig, INPUT_GESTURE_PINCH, false); // sends the pending update, too
	backlog_freeze(rig->client->server_side, false);
	check_str(take_events(&rig->pad, rig->fixture), "by 1,0 x3 0 / pinched 0 / ");
}

TEST_F(gestures_rig, objects_go_in_the_middle)
{
	gesture_begin(rig, INPUT_GESTURE_SWIPE, 3);
	check_str(take_events(&rig->pad, rig->fixture), "swipe 3 / ");
	zwp_pointer_gesture_swipe_v1_destroy(rig->pad.swipe);
	wl_pointer_release(rig->pad.pointer);
	fixture_pump(rig->fixture);
	gesture_update(rig, INPUT_GESTURE_SWIPE, 1, 1, 1, 0);
	gesture_end(rig, INPUT_GESTURE_SWIPE, false);
	// The manager still accepts a released pointer.
	rig->pad.pointer = wl_seat_get_pointer(rig->client->seat);
	rig->pad.swipe =
		zwp_pointer_gestures_v1_get_swipe_gesture(rig->pad.manager, rig->pad.pointer);
	check_str(take_events(&rig->pad, rig->fixture), "");
}

TEST(the_client_goes_in_the_middle)
{
	struct gestures_rig new_rig = {0}, *rig = &new_rig;
	gestures_rig_init(rig);
	gesture_begin(rig, INPUT_GESTURE_PINCH, 2);
	backlog_freeze(rig->client->server_side, true);
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 2, 1.5, -8);
	client_destroy(rig->client);
	fixture_pump(rig->fixture);
	gesture_update(rig, INPUT_GESTURE_PINCH, 1, 2, 1.5, -8);
	gesture_end(rig, INPUT_GESTURE_PINCH, false);
	check(!rig->fixture->server->seat->gesture.active);
	fixture_destroy(rig->fixture);
}

TEST_F(gestures_rig, version_one_has_no_release_and_no_hold)
{
	struct zwp_pointer_gestures_v1 *manager =
		client_bind(rig->client, &zwp_pointer_gestures_v1_interface, 1);
	check_eq(zwp_pointer_gestures_v1_get_version(manager), 1);
	struct zwp_pointer_gesture_swipe_v1 *swipe =
		zwp_pointer_gestures_v1_get_swipe_gesture(manager, rig->pad.pointer);
	check_no_error(rig->client);
	zwp_pointer_gesture_swipe_v1_destroy(swipe);
	wl_proxy_destroy((struct wl_proxy *)manager);
}
