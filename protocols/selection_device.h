// SPDX-License-Identifier: MIT
// What wl_data_device, zwp_primary_selection and the two data-control protocols have in common:
// each device object announces the current selections to its client as offers. The protocols differ
// in the names of their events, in the selections they show, and in whether focus is required.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/datasource.h"

struct budget;
struct selection_device;
struct server;

// Interfaces, requests and events of one protocol.
struct selection_protocol {
	bool needs_focus; // devices get selections only while their client has keyboard focus
	const struct wl_interface *device, *source, *offer;
	const void *device_impl, *source_impl, *offer_impl;
	// Creates the offer of a source and sends data_offer and the types. NULL: out of memory,
	// posted.
	struct wl_resource *(*create_offer)(
		struct selection_device *device, struct data_source *source);
	// Sends selection. NULL: the protocol does not show it. offer NULL: the selection is empty.
	void (*send_clipboard)(struct wl_resource *device, struct wl_resource *offer);
	void (*send_primary)(struct wl_resource *device, struct wl_resource *offer);
	int primary_since;                                 // version of the device
	void (*send_finished)(struct wl_resource *device); // its seat is inert; NULL: no such event
	// Of selection_offer_create and selection_handle_create_source only.
	void (*send_data_offer)(struct wl_resource *device, struct wl_resource *offer);
	void (*send_offer)(struct wl_resource *offer, const char *mime);
	void (*send_send)(struct wl_resource *source, const char *mime, int32_t fd);
	void (*send_cancelled)(struct wl_resource *source);
};

// All devices of one global.
struct selection_devices {
	struct server *server;
	const struct selection_protocol *protocol;
	struct wl_list devices; // selection_device.link
	struct wl_listener keyboard_focus, clipboard_changed, primary_changed, lock_changed,
		server_destroyed;
};

// User data of a device object; NULL when its seat was inert.
struct selection_device {
	struct selection_devices *all;
	struct wl_resource *resource;
	bool focused; // its client has keyboard focus and got the selection
	bool waiting; // for its client to drain the socket, before the selection is sent
	bool missed;  // what changed while the session was locked; sent when it is not any more
	struct wl_list link;
};

// What a client is charged for the types of a source.
struct source_charge {
	struct budget *budget;
	size_t bytes;
};

// User data of a source object.
struct selection_source {
	struct data_source base;
	struct source_charge charge;
	struct wl_resource *resource;
	const struct selection_protocol *protocol;
	bool used;      // data control: was set once, and cannot be again
	bool cancelled; // by another source; offers that remain send nothing
};

// Starts to send the selections of the seat to the devices. Never NULL; freed with the server.
struct selection_devices *selection_devices_create(
	struct server *server, const struct selection_protocol *protocol);

// get_data_device: creates the object and sends it the current selections, if it may see them now.
// On an inert seat it stays without user data and is sent finished where there is such an event.
// manager is the resource that got the request, and its user data are the selection_devices.
void selection_handle_get_device(struct wl_client *client, struct wl_resource *manager, uint32_t id,
	struct wl_resource *seat);

// create_data_source: creates the object, in the manager's version or the newest of the interface.
void selection_handle_create_source(
	struct wl_client *client, struct wl_resource *manager, uint32_t id);

// A create_offer without drag and drop: the offer's user data is a weak pointer to the source.
struct wl_resource *selection_offer_create(
	struct selection_device *device, struct data_source *source);

// The client may read the selections now: the session is not locked, or it is by that client.
bool selection_may_be_read(const struct server *server, const struct wl_client *client);
// The receive request of such offers. Takes fd.
void selection_handle_receive(
	struct wl_client *client, struct wl_resource *resource, const char *mime, int32_t fd);

// Implements offer of all protocols: adds a type to a source of the client, and charges it.
void selection_source_offer(struct wl_client *client, struct data_source *source,
	struct source_charge *charge, const char *mime);
// Returns what was charged, when the source is destroyed.
void source_charge_finish(struct source_charge *charge);
