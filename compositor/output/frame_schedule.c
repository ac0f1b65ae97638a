// SPDX-License-Identifier: MIT
// Schedules frames of an output: the frame timer, frame requests, and the sink of the scene.
#include "compositor/output/frame.h"
#include "compositor/output/output.h"
#include "compositor/output/overlap.h"
#include "compositor/scene/scene_sink.h"
#include "compositor/server.h"

#define SOON_NS (500 * NSEC_PER_USEC) // deferring work to a frame by less than this gains nothing

bool output_is_idle(const struct output *output)
{
	return !output->enabled || (!output->dirty && !output->presenting);
}

void output_schedule(struct output *output)
{
	if (!output->enabled || !output->dirty || output->presenting ||
		timer_is_set(&output->frame_timer))
		return;
	uint64_t now = clock_now_ns(output->server->clock);
	timer_set(&output->frame_timer,
		output->powered_off ? now + NSEC_PER_SEC
				    : frame_clock_next(&output->frame_clock, now));
}

static bool expect_frame(struct output *output)
{
	uint64_t now = clock_now_ns(output->server->clock);
	if (!output->enabled || output->powered_off || output->presenting)
		return false;
	bool set = timer_is_set(&output->frame_timer);
	uint64_t when =
		set ? output->frame_timer.when_ns : frame_clock_next(&output->frame_clock, now);
	if (when < now + SOON_NS)
		return false;
	if (!set)
		timer_set(&output->frame_timer, when);
	return true;
}

void output_dirty(struct output *output)
{
	if (output->dirty || !output->enabled)
		return;
	output->dirty = true;
	output_schedule(output);
}

void outputs_dirty(struct server *server)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link)
		output_dirty(output);
}

void output_damage_all(struct output *output)
{
	output->full_damage = true;
	output_dirty(output);
}

static void on_request_frame(struct server *server, unsigned outputs)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (outputs & (1u << output->index))
			output_dirty(output);
	}
}

static bool on_expect_frame(struct server *server, unsigned outputs)
{
	bool expected = false;
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (outputs & (1u << output->index))
			expected |= expect_frame(output);
	}
	return expected;
}

const struct scene_sink outputs_sink = {
	.request_frame = on_request_frame,
	.expect_frame = on_expect_frame,
	.watch_hidden = surfaces_watch_hidden,
	.leave_outputs = surface_leave_outputs,
};

void output_frame_clock_reset(struct output *output)
{
	timer_cancel(&output->frame_timer);
	output->dirty = false;
	const struct screen *screen = output->screen;
	frame_clock_init(&output->frame_clock, screen->mode.refresh_mhz,
		screen->self_paced || screen->unclocked);
}
