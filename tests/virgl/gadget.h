// SPDX-License-Identifier: MIT
// A vhost-user device in a thread of the test, with a display of its own: screens that are plugged in
// and out, and everything a device can say wrongly of them. It does not draw.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GADGET_SCREENS 16

struct gadget_screen {
	uint32_t width, height, enabled;
	uint8_t edid[1024];
	uint32_t edid_size; // 0: it refuses to tell
};

struct gadget_queue {
	uint32_t size;
	uint64_t descriptors, used, available; // addresses of the other side's
	uint16_t seen;
	int kick, call;
	bool enabled;
};

struct gadget {
	// Before it is started
	bool no_edid, no_config, no_channel;
	// With the lock held
	struct gadget_screen screens[GADGET_SCREENS];
	uint32_t n_screens, events;
	bool refuses_config, wrong_config, keeps_events, silent;
	unsigned infos, edids, configs, clears, flushes; // how often it was asked
	uint32_t shown[GADGET_SCREENS][3];               // width, height, resource of each scan-out

	pthread_mutex_t lock;
	pthread_t thread;
	char *path;
	int listener, stop, socket, display, channel; // channel: with the lock held
	uint64_t features;
	char *memory;
	uint64_t memory_start, memory_user;
	size_t memory_size;
	struct gadget_queue queues[2];
};

void gadget_start(struct gadget *gadget); // in the test's own folder
void gadget_stop(struct gadget *gadget);
// Another size of a screen, 0 and 0: out. Nobody is told.
void gadget_set(struct gadget *gadget, int screen, uint32_t width, uint32_t height);
// A monitor of that name and serial number, whose mode this is.
void gadget_set_edid(struct gadget *gadget, int screen, const char *name, int width, int height);
void gadget_tell(struct gadget *gadget); // that its configuration has changed
// On the channel, as it is; false: it is full, or there is none.
bool gadget_say(struct gadget *gadget, const void *data, size_t size);
void gadget_close_channel(struct gadget *gadget);
unsigned gadget_count(struct gadget *gadget, const unsigned *counter);
