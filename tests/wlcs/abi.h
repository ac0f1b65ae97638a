// SPDX-License-Identifier: MIT
// The binary interface between the WLCS runner and the module of a compositor, up to version 4 of
// the display server. Older runners ignore the later members.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <wayland-util.h>

struct wl_display; // both of libwayland-client
struct wl_surface;

struct wlcs_extension {
	const char *interface;
	uint32_t version;
};

struct wlcs_descriptor {
	uint32_t version; // 1
	size_t n_extensions;
	const struct wlcs_extension *extensions;
};

struct wlcs_pointer {
	uint32_t version; // 1
	void (*move_absolute)(struct wlcs_pointer *pointer, wl_fixed_t x, wl_fixed_t y);
	void (*move_relative)(struct wlcs_pointer *pointer, wl_fixed_t dx, wl_fixed_t dy);
	void (*button_up)(struct wlcs_pointer *pointer, int code);
	void (*button_down)(struct wlcs_pointer *pointer, int code);
	void (*destroy)(struct wlcs_pointer *pointer);
};

struct wlcs_touch {
	uint32_t version; // 1
	// Declared as wl_fixed_t by the suite, which passes whole pixels.
	void (*down)(struct wlcs_touch *touch, int x, int y);
	void (*move)(struct wlcs_touch *touch, int x, int y);
	void (*up)(struct wlcs_touch *touch);
	void (*destroy)(struct wlcs_touch *touch);
};

struct wlcs_keyboard {
	uint32_t version; // 1
	void (*key_down)(struct wlcs_keyboard *keyboard, int code);
	void (*key_up)(struct wlcs_keyboard *keyboard, int code);
	void (*destroy)(struct wlcs_keyboard *keyboard);
};

// All but start_on_this_thread are called from the thread that the test's clients live in.
struct wlcs_server {
	uint32_t version; // 4
	void (*start)(struct wlcs_server *server);
	void (*stop)(struct wlcs_server *server);
	int (*create_client_socket)(struct wlcs_server *server);
	void (*position_window)(struct wlcs_server *server, struct wl_display *client,
		struct wl_surface *surface, int x, int y);
	struct wlcs_pointer *(*create_pointer)(struct wlcs_server *server);
	struct wlcs_touch *(*create_touch)(struct wlcs_server *server);
	const struct wlcs_descriptor *(*get_descriptor)(const struct wlcs_server *server);
	void (*start_on_this_thread)(struct wlcs_server *server, void *loop);
	struct wlcs_keyboard *(*create_keyboard)(struct wlcs_server *server);
};

struct wlcs_integration {
	uint32_t version; // 1
	struct wlcs_server *(*create_server)(int argc, const char **argv);
	void (*destroy_server)(struct wlcs_server *server);
};

// The one symbol that the runner looks up.
extern const struct wlcs_integration wlcs_server_integration;
