// SPDX-License-Identifier: MIT
// Between wl_data_device.c (manager, devices, sources) and wl_data_offer.c (offers, the sink of
// drags).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/core/selection.h"

struct server;

struct data_devices {
	struct server *server;
	struct drag_sink sink;  // of all drags that clients start
	struct wl_list devices; // data_device.link
	struct wl_listener keyboard_focus, clipboard_changed, server_destroyed;
};

struct data_device {
	struct data_devices *all;
	struct wl_resource *resource;
	bool focused; // its client has the keyboard and knows the clipboard
	bool waiting; // to hear of a change of it
	struct wl_list link;
};

// Introduces an offer of the clipboard on the device. NULL: no memory, the client knows.
struct wl_resource *data_offer_create(struct data_device *device, struct data_source *source);

extern const struct drag_sink data_offer_sink;
