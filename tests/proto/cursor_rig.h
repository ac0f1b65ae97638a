// SPDX-License-Identifier: MIT
// Fixture of the cursor tests: a client whose window fills the screen, with the pointer on it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"

struct buffer;
struct cursor;
struct output;

struct cursor_rig {
	struct fixture *fixture;
	struct client *client; // NULL: disconnected
	struct client_window *window;
	struct wl_pointer *pointer;
	uint32_t enter_serial;
	struct cursor *cursor;
	struct output *output; // the first one
	void *proxies[32];     // destroyed at the end
	size_t n_proxies;
};

// Kiosk shell, one output of 1280x720, built-in cursor theme.
void cursor_rig_init(struct cursor_rig *rig);
// With a server of these options. rig must be zeroed.
void cursor_rig_init_with(struct cursor_rig *rig, const struct server_options *options);
// Destroys the client, unless it is disconnected, and the server.
void cursor_rig_finish(struct cursor_rig *rig);
// Disconnects the client; its proxies, its window and the connection are freed.
void cursor_rig_disconnect(struct cursor_rig *rig);

// Returns the proxy, which must not be NULL. cursor_rig_finish() destroys it, without a request.
void *cursor_rig_keep(struct cursor_rig *rig, void *proxy);
// The test destroys the proxy itself.
void cursor_rig_release(struct cursor_rig *rig, const void *proxy);
// Sends the request and destroys the proxy.
void cursor_rig_destroy_surface(struct cursor_rig *rig, struct wl_surface *surface);
// A committed surface of one colour, without a role. Both proxies are kept.
struct wl_surface *cursor_rig_surface(struct cursor_rig *rig, int width, int height, uint32_t argb);

// What the cursor plane shows, in physical pixels of the output.
struct plane_image {
	bool shown;
	int x, y, width, height, hotspot_x, hotspot_y;
	uint32_t pixel; // in the middle
	uint64_t sequence;
};

// After two frames.
struct plane_image cursor_rig_plane(struct cursor_rig *rig);
// Whether the cursor is the named shape of the built-in theme, in size 24.
bool cursor_rig_shows(struct cursor_rig *rig, const char *shape);
// The XRGB8888 pixel at a physical point of a screenshot that includes the cursor.
uint32_t cursor_rig_capture(struct cursor_rig *rig, int x, int y);
// The pixel of a buffer with four bytes per pixel.
uint32_t buffer_pixel(struct buffer *buffer, int x, int y);
