// SPDX-License-Identifier: MIT
// Puts a whole server together. The only place that knows every part.
#pragma once
#include <stdbool.h>
#include "compositor/core/server.h"

struct server_options {
	const char *backend, *renderer, *shell; // names; NULL: chosen by what is there
	const char *virgl;                      // host of that renderer, "vtest:PATH", or NULL
	const char *device;                     // as backend_options
	struct config *config;                  // ownership moves; NULL: defaults
	bool virtual_clock;
	bool draw_always;                        // as backend_options
	int width, height, refresh_mhz, outputs; // headless; 0: its defaults
	double scale;                            // of the first outputs; 0: 1
	bool wlcs_quirks;
	bool builtin_cursor; // the same pointer image everywhere
	bool no_wallpaper_image;
	// For tests, NULL: the real thing. make_renderer in place of any renderer, NULL is failure.
	struct renderer *(*make_renderer)(struct backend *backend, void *data);
	void *make_renderer_data;
	bool (*is_dmabuf)(int fd);
};

// NULL: logged. The caller adds sockets or clients and runs the loop.
struct server *server_create(const struct server_options *options);
// Clients first, then everything else. NULL is allowed.
void server_destroy(struct server *server);
