// SPDX-License-Identifier: MIT
// Private to the files that make a frame: frame.c, frame_schedule.c, frame_callbacks.c,
// hidden_surfaces.c and cursor_plane.c.
#pragma once
#include <stdbool.h>

struct frame;
struct output;
struct presented;
struct server;

// Sets the frame timer if the output needs a frame and none is pending.
void output_schedule(struct output *output);
// Resets the frame clock, and drops the frame that is due: the output was enabled or disabled, its
// mode or its power changed. A later output_dirty schedules another.
void output_frame_clock_reset(struct output *output);

// The screen shows nothing any more: releases the buffer that was on it, and shows the cursor anew.
void output_forget_shown(struct output *output);

// Fills the cursor part of the frame. True: it differs from what the plane shows.
bool output_plan_cursor(struct output *output, struct frame *frame);
// The plane refused the image: it is drawn in the next frame.
void output_refuse_cursor(struct output *output);

// Sends the frame callbacks of every surface in this frame, and queues its presentation feedback.
void output_send_frame_callbacks(struct output *output);
// Sends wp_presentation_feedback.presented to all that is queued.
void output_send_presented(struct output *output, const struct presented *how);
// Sends wp_presentation_feedback.discarded to all that is queued.
void output_discard_feedbacks(struct output *output);
