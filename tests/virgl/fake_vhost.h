// SPDX-License-Identifier: MIT
// Fake vhost-user-gpu device in a thread of the test: hotplug of its scan-outs, and invalid
// messages and configurations. It does not draw.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_VHOST_SCREENS 16

struct fake_vhost_screen {
	uint32_t width, height, enabled;
	uint8_t edid[1024];
	uint32_t edid_size; // 0: requests for the EDID fail
};

struct fake_vhost_queue {
	uint32_t size;
	uint64_t descriptors, used, available; // addresses in the front end
	uint16_t seen;
	int kick, call;
	bool enabled;
};

struct fake_vhost {
	// Set before the start
	bool no_edid, no_config, no_channel;
	bool asks_display; // passes requests for an EDID on to the display, as QEMU's device does
	// Protected by the lock
	struct fake_vhost_screen screens[FAKE_VHOST_SCREENS];
	uint32_t n_screens, events;
	bool refuses_config, wrong_config, keeps_events, silent;
	unsigned infos, edids, configs, clears, flushes; // numbers of requests
	uint32_t shown[FAKE_VHOST_SCREENS][3];           // width, height, resource of each scan-out

	pthread_mutex_t lock;
	pthread_t thread;
	char *path;
	int listener, stop, socket, display, channel; // channel: protected by the lock
	uint64_t features, display_features;          // display_features: as the display reports
	char *memory;
	uint64_t memory_start, memory_user;
	size_t memory_size;
	struct fake_vhost_queue queues[2];
};

// Starts the thread and listens on device->path, in the folder of the test.
void fake_vhost_start(struct fake_vhost *device);
// Stops the thread and closes the connection.
void fake_vhost_stop(struct fake_vhost *device);
// Changes the size of a scan-out; 0 and 0: unplugged. No event is sent.
void fake_vhost_set_size(struct fake_vhost *device, int screen, uint32_t width, uint32_t height);
// Sets an EDID with this name and this preferred mode.
void fake_vhost_set_edid(
	struct fake_vhost *device, int screen, const char *name, int width, int height);
// Sends the event that its configuration has changed.
void fake_vhost_notify(struct fake_vhost *device);
// Sends raw bytes on the back-end channel. Returns false if it is full or closed.
bool fake_vhost_send(struct fake_vhost *device, const void *data, size_t size);
// Closes the back-end channel.
void fake_vhost_close_channel(struct fake_vhost *device);
// Reads one of the counters under the lock.
unsigned fake_vhost_count(struct fake_vhost *device, const unsigned *counter);
