// SPDX-License-Identifier: MIT
// wp_presentation: times that a client can compare with its own clock, although that of the
// compositor is virtual.
#include <time.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/output/output.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "presentation-time-client-protocol.h"

struct presentation_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct wp_presentation *presentation;
	uint32_t clock_id;
};

struct shown {
	int presented, discarded;
	uint64_t time_ns, sequence;
	uint32_t refresh_ns;
};

static void on_clock_id(void *data, struct wp_presentation *presentation, uint32_t id)
{
	((struct presentation_rig *)data)->clock_id = id;
}

static const struct wp_presentation_listener presentation_listener = {.clock_id = on_clock_id};

static void on_sync_output(
	void *data, struct wp_presentation_feedback *feedback, struct wl_output *output)
{
}

static void on_presented(void *data, struct wp_presentation_feedback *feedback,
	uint32_t seconds_high, uint32_t seconds_low, uint32_t nanoseconds, uint32_t refresh_ns,
	uint32_t sequence_high, uint32_t sequence_low, uint32_t flags)
{
	struct shown *shown = data;
	shown->presented++;
	shown->time_ns = ((uint64_t)seconds_high << 32 | seconds_low) * NSEC_PER_SEC + nanoseconds;
	shown->sequence = (uint64_t)sequence_high << 32 | sequence_low;
	shown->refresh_ns = refresh_ns;
	wp_presentation_feedback_destroy(feedback);
}

static void on_discarded(void *data, struct wp_presentation_feedback *feedback)
{
	((struct shown *)data)->discarded++;
	wp_presentation_feedback_destroy(feedback);
}

static const struct wp_presentation_feedback_listener feedback_listener = {
	.sync_output = on_sync_output,
	.presented = on_presented,
	.discarded = on_discarded,
};

static void presentation_rig_init(struct presentation_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 64, 48, 0xff0000ff);
	rig->presentation = client_bind(rig->client, &wp_presentation_interface, 2);
	wp_presentation_add_listener(rig->presentation, &presentation_listener, rig);
	fixture_pump(rig->fixture);
}

static void presentation_rig_finish(struct presentation_rig *rig)
{
	check_no_error(rig->client);
	wp_presentation_destroy(rig->presentation);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void commit(struct presentation_rig *rig, struct client_window *window, struct shown *shown)
{
	wp_presentation_feedback_add_listener(
		wp_presentation_feedback(rig->presentation, window->surface), &feedback_listener,
		shown);
	client_window_draw(window, 64, 48, 0xff00ff00);
}

// The virtual clock stands near its start, or runs ahead by hours.
TEST_F(presentation_rig, times_are_of_the_clock_that_is_named)
{
	check_eq(rig->clock_id, CLOCK_MONOTONIC);
	for (int hours = 0; hours < 3; hours++) {
		struct shown shown = {0};
		uint64_t before = clock_monotonic_ns();
		commit(rig, rig->window, &shown);
		fixture_frames(rig->fixture, 2);
		check_eq(shown.presented, 1);
		check(shown.time_ns >= before && shown.time_ns <= clock_monotonic_ns());
		check_eq(shown.refresh_ns, 0);
		fixture_advance(rig->fixture, 3600 * NSEC_PER_SEC);
	}
}

TEST_F(presentation_rig, one_frame_has_one_time)
{
	struct client_window *other = client_window_create(rig->client, 64, 48, 0xffff0000);
	struct shown first = {0}, second = {0}, later = {0};
	fixture_frames(rig->fixture, 2);
	commit(rig, rig->window, &first);
	commit(rig, other, &second);
	fixture_frames(rig->fixture, 2);
	check_eq(first.presented + second.presented, 2);
	check_eq(first.time_ns, second.time_ns);
	check_eq(first.sequence, second.sequence);
	commit(rig, rig->window, &later);
	fixture_frames(rig->fixture, 2);
	check(later.time_ns > first.time_ns);
	check(later.sequence > first.sequence);
	client_window_destroy(other);
}

TEST_F(presentation_rig, what_is_replaced_is_discarded)
{
	struct shown first = {0}, second = {0};
	fixture_frames(rig->fixture, 1);
	commit(rig, rig->window, &first);
	commit(rig, rig->window, &second);
	fixture_frames(rig->fixture, 2);
	check_eq(first.discarded, 1);
	check_eq(second.presented, 1);
}
