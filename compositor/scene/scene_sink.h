// SPDX-License-Identifier: MIT
// Interface through which the scene and its surfaces request frames, without depending on outputs.
// Implemented by output/frame_schedule.c (outputs_sink).
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct server;
struct surface;

#define SCENE_ALL_OUTPUTS UINT32_MAX

// Masks have a bit per output (output.index).
struct scene_sink {
	// Schedules a frame of these outputs.
	void (*request_frame)(struct server *server, unsigned outputs);
	// A frame of one of these outputs starts later, and server.fences is looked at then. False:
	// none is expected, or it starts at once.
	bool (*expect_frame)(struct server *server, unsigned outputs);
	// A surface waits for frame callbacks; no output may ever show it.
	void (*watch_hidden)(struct server *server);
	// The surface was unmapped or is destroyed: wl_surface.leave for every output it is on.
	void (*leave_outputs)(struct surface *surface);
};
