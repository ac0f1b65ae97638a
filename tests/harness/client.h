// SPDX-License-Identifier: MIT
// A Wayland client inside a test process. The usual globals are bound, and protocol errors are kept
// for the test to check.
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
	struct wl_client *server_side; // the server's object for this connection
	struct wl_registry *registry;
	struct wl_compositor *compositor;
	struct wl_subcompositor *subcompositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *wm_base;
	struct wl_list outputs; // client_output.link
	bool answers_pings;
	struct { // the globals that exist
		char *interface;
		uint32_t name, version;
	} * globals;
	size_t n_globals, globals_capacity;
	struct wl_list link; // fixture.clients
};

// Connects a client over a socket pair and binds the globals of struct client. Pumps.
struct client *client_create(struct fixture *fixture);
// The same over this socket pair, which it takes: the server's end and the client's.
struct client *client_create_on(struct fixture *fixture, const int sockets[2]);
// Destroys the proxies of struct client, disconnects and pumps. Proxies of the test must be
// destroyed before; requests of theirs that are queued may be lost.
void client_destroy(struct client *client);
// Binds a global at its advertised version, at most max_version; NULL: there is no such global. The
// caller destroys the proxy.
void *client_bind(
	struct client *client, const struct wl_interface *interface, uint32_t max_version);
// The advertised version of a global, 0: there is none.
uint32_t client_has(struct client *client, const char *interface);

// The code of the protocol error that the client got, or -1. *interface becomes the name of the
// object's interface, "unknown" or NULL; interface itself may be NULL.
int client_error(struct client *client, const char **interface);
// Pumps, then checks that the client got exactly this error.
#define check_client_error(client, interface_name, code) \
	do { \
		const char *got_ = NULL; \
		fixture_pump((client)->fixture); \
		check_eq(client_error((client), &got_), (int)(code)); \
		check_str(got_ ? got_ : "none", interface_name); \
	} while (0)
// Pumps, then checks that the client is connected and got no error.
#define check_no_error(client) \
	do { \
		fixture_pump((client)->fixture); \
		check_eq(client_error((client), NULL), -1); \
		check_eq(wl_display_get_error((client)->display), 0); \
	} while (0)

// An shm buffer of one colour (ARGB8888, premultiplied). The caller destroys the wl_buffer; its
// pool is gone already.
struct wl_buffer *client_buffer(struct client *client, int width, int height, uint32_t argb);
// The same in another shm format with four bytes per pixel, of which argb are the raw bytes.
struct wl_buffer *client_buffer_format(
	struct client *client, int width, int height, uint32_t shm_format, uint32_t argb);
// The server's surface of a proxy. Requests must have been pumped; the surface must exist.
struct surface *client_surface(struct wl_surface *surface, struct client *client);

// An xdg_toplevel with a buffer of one colour.
struct client_window {
	struct client *client;
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	struct wl_buffer *buffer;
	uint32_t argb;
	int width, height;                       // of its buffer, pixels
	int configured_width, configured_height; // newest configure, 0: the client chooses
	uint32_t states;                         // bit by xdg_toplevel.state
	uint32_t serial;                         // newest configure, 0: none yet
	int configures, closes;
	bool auto_ack;         // acks each configure and redraws in the configured size
	struct window *window; // of the server; NULL before it is mapped
};

// A mapped window: configured, acked, drawn in the configured size, and shown for two frames.
struct client_window *client_window_create(
	struct client *client, int width, int height, uint32_t argb);
// The same, opaque, a square with its top left corner at that layout position.
struct client_window *client_window_opaque(struct client *client, int size, int x, int y);
// With its role objects and the initial commit only: nothing is acked or drawn. Does not pump.
struct client_window *client_window_create_bare(struct client *client, int width, int height);
// Maps a bare window as client_window_create() does: acks and draws the configure that has come, if
// any, and each later one.
void client_window_show(struct client_window *window, uint32_t argb);
// Attaches a new buffer, which replaces the last one, with full damage, and commits. Does not pump.
void client_window_draw(struct client_window *window, int width, int height, uint32_t argb);
// Destroys the role objects, the surface and the buffer, and pumps. window must not be NULL.
void client_window_destroy(struct client_window *window);
