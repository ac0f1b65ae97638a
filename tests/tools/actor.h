// SPDX-License-Identifier: MIT
// The test client: its state, and the functions that its files share.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-client-core.h>
#include <xkbcommon/xkbcommon.h>
#include "tests/tools/actor_constraint.h"
#include "wayland-client-protocol.h"
#include "xdg-shell-client-protocol.h"

struct picture {
	struct wl_buffer *buffer;
	uint32_t *pixels;
	int width, height;
	bool busy;
};

struct actor {
	struct wl_display *display;
	struct wl_compositor *compositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *wm_base;
	struct wl_data_device_manager *data_manager;
	struct wl_data_device *data_device;
	struct wl_data_offer *offer;
	struct wl_surface *surface;
	struct xdg_surface *xdg_surface;
	struct xdg_toplevel *toplevel;
	struct wl_surface *menu_surface;
	struct xdg_surface *menu_xdg;
	struct xdg_popup *menu;
	struct picture menu_picture;
	struct wl_surface *dialog_surface; // opened when the window is asked to close
	struct picture dialog_picture;
	struct xkb_context *xkb;
	struct xkb_state *state;
	struct picture pictures[3];
	int width, height;
	int pointer_x, pointer_y;
	uint32_t color;
	const char *app_id, *title;
	bool animate, events, has_menu, no_ack, no_menu_ack, no_pong, spin, error, asks, late;
	int frame, frames; // of the animation; frames 0: endless
	bool waiting;      // for a frame callback
	bool done;
	int status;
	bool constrains; // by mouse buttons; also reports leave and axis source
	struct actor_constraint constraint;
};

// Prints a line to standard output, with --events.
void actor_report(struct actor *actor, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// Creates the window. Needs compositor, shm and wm_base.
void actor_create_window(struct actor *actor);
// Draws the next frame of the window and commits it.
void actor_draw(struct actor *actor);
// Opens the menu, a popup with a grab, at a point of the window.
void actor_open_menu(struct actor *actor, uint32_t serial, int x, int y);
// Closes the menu if it is open.
void actor_close_menu(struct actor *actor);
// Listens to the devices of the seat and to its data device, if there is a seat.
void actor_connect_seat(struct actor *actor);
