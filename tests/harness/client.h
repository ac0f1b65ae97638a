// SPDX-License-Identifier: MIT
// A Wayland client inside a test: everything is bound, errors are kept for the test to look at.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-client-core.h>
#include "tests/harness/fixture.h"
#include "wayland-client-protocol.h"
#include "xdg-shell-client-protocol.h"

struct client_output {
	struct wl_output *output;
	uint32_t name;
	struct wl_list link;
};

struct client {
	struct fixture *fixture;
	struct wl_display *display;
	struct wl_client *server_side; // for looking at it from the other end
	struct wl_registry *registry;
	struct wl_compositor *compositor;
	struct wl_subcompositor *subcompositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *wm_base;
	struct wl_list outputs; // client_output.link
	bool answers_pings;
	struct { // every global, for binding others
		char *interface;
		uint32_t name, version;
	} * globals;
	size_t n_globals, globals_capacity;
	struct wl_list link; // fixture.clients
};

struct client *client_create(struct fixture *fixture);
void client_destroy(struct client *client);
// Version is the advertised one, at most max_version; NULL when the global is not there.
void *client_bind(
	struct client *client, const struct wl_interface *interface, uint32_t max_version);
uint32_t client_has(struct client *client, const char *interface); // advertised version, or 0

// The protocol error the client got: its code, or -1 for none. interface may be NULL.
int client_error(struct client *client, const char **interface);
// Pumps, then checks that exactly this error came.
#define check_client_error(client, interface_name, code) \
	do { \
		const char *got_ = NULL; \
		fixture_pump((client)->fixture); \
		check_eq(client_error((client), &got_), (int)(code)); \
		check_str(got_ ? got_ : "none", interface_name); \
	} while (0)
#define check_no_error(client) \
	do { \
		fixture_pump((client)->fixture); \
		check_eq(client_error((client), NULL), -1); \
		check_eq(wl_display_get_error((client)->display), 0); \
	} while (0)

// Shared memory of one colour (ARGB8888, premultiplied). Destroying the wl_buffer is enough.
struct wl_buffer *client_buffer(struct client *client, int width, int height, uint32_t argb);
struct wl_buffer *client_buffer_format(
	struct client *client, int width, int height, uint32_t shm_format, uint32_t argb);
struct surface *client_surface(struct wl_surface *surface, struct client *client); // server side

// A toplevel with one colour, configured, acked, committed and shown.
struct client_window {
	struct client *client;
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	struct wl_buffer *buffer;
	uint32_t argb;
	int width, height;                       // of its buffer
	int configured_width, configured_height; // newest configure, 0: free
	uint32_t states;                         // bit by xdg_toplevel.state
	uint32_t serial;                         // newest configure, 0: none yet
	int configures, closes;
	bool auto_ack;         // acks and redraws in the asked size by itself
	struct window *window; // server side; NULL before it is mapped
};

struct client_window *client_window_create(
	struct client *client, int width, int height, uint32_t argb);
// Only roles and the first commit: nothing is acked or drawn.
struct client_window *client_window_create_bare(struct client *client, int width, int height);
void client_window_draw(struct client_window *window, int width, int height, uint32_t argb);
void client_window_destroy(struct client_window *window);
