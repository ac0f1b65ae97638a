// SPDX-License-Identifier: MIT
// Creates and destroys a server with all its parts.
#pragma once
#include <stdbool.h>
#include "compositor/server.h"

struct server_options {
	const char *backend, *renderer, *shell; // names; NULL: as in modules.h
	const char *virgl;     // transport of the virgl renderer, such as "vtest:PATH", or NULL
	const char *device;    // as backend_options
	struct config *config; // owned by the server afterwards; NULL: defaults
	bool virtual_clock;
	bool draw_always;                        // as backend_options
	int width, height, refresh_mhz, outputs; // headless; 0: its defaults
	double scale; // of all outputs that the back end starts with; 0: 1
	bool wlcs_quirks;
	bool builtin_cursor; // cursor and font that do not depend on installed files
	bool no_wallpaper_image;
	bool no_keeper; // selections end with their owners, regardless of the configuration
	// For tests, else NULL. make_renderer replaces choose_renderer; NULL from it is a failure.
	struct renderer *(*make_renderer)(struct backend *backend, void *data);
	void *make_renderer_data;
	bool (*is_dmabuf)(int fd);
	bool (*any_render_node)(void);
	const struct font_module *(*load_font)(void);
};

// Creates a server whose outputs exist. The caller adds sockets or clients and runs the loop. NULL:
// failed (logged); the configuration is freed.
struct server *server_create(const struct server_options *options);
// Destroys clients first, then everything else. NULL is allowed.
void server_destroy(struct server *server);
