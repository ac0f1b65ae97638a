// SPDX-License-Identifier: MIT
// Between wl_data_device.c (manager, devices, sources) and wl_data_offer.c (offers of the
// clipboard, and drags over surfaces).
#pragma once
#include "compositor/seat/selection.h"
#include "protocols/selection_device.h"

struct seat;

// Owner of the sink of all drags that end on surfaces.
struct data_device_manager {
	struct seat *seat;
	struct drag_sink sink;
	struct selection_devices *devices; // freed after the manager
	struct wl_listener server_destroyed;
};

// Creates a wl_data_offer of the clipboard and sends data_offer and its types on the device.
// NULL: out of memory, posted.
struct wl_resource *data_offer_create(struct selection_device *device, struct data_source *source);

// Delivers a drag as wl_data_device events and negotiates it by wl_data_offer requests. The sink
// must be part of a data_device_manager.
extern const struct drag_sink data_offer_sink;
