// SPDX-License-Identifier: MIT
// Screens of a vhost-user device. A frame is a SET_SCANOUT if the buffer changed, and a
// RESOURCE_FLUSH; the cursor has a queue of its own. Private to this folder.
//
//   vhost_screen.c   frames, and creation and destruction of the back end
//   vhost_buffer.c   buffers whose pixels are copied to the device
//   vhost_cursor.c   the cursor
//   vhost_hotplug.c  which screens there are
//
// A device that has no display of its own asks us for the size of its screens, which the
// configuration then chooses. Other devices report their screens and send a config change when
// these change.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include <stdint.h>
#include "backends/backend.h"
#include "backends/vhost-user/vhost.h"

#define VHOST_MAX_SIDE 16384
#define VHOST_CURSOR_SIDE 64 // the only size that devices accept

struct vhost_backend {
	struct backend base;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct vhost *vhost;
	struct backend_options options;
	struct wl_event_source *sources[5], *idle;
	struct timer poll_timer; // of the device's displays
	uint64_t polled_ns;
	uint32_t invalid_displays; // bit mask: reported with an invalid size, logged
};

// A 2D resource whose pixels are copied to the device.
struct vhost_buffer {
	struct buffer base;
	struct vhost *vhost;
	uint32_t id; // of the resource; 0: none
	void *memory;
	size_t size;
};

struct vhost_screen {
	struct screen base;
	uint32_t index;
	bool from_device;                  // reported by the device, else configured by us
	uint32_t scanout;                  // resource being shown; 0: none
	struct buffer *current, *pending;  // locked; may be NULL
	uint64_t flush_seqno;              // completes pending
	bool frame_pending;                // presented() is still to be called
	int scanout_width, scanout_height; // of the last scanout
	struct timer expose;               // after a change of that
	uint64_t sequence;
	struct buffer *cursor_buffers[2]; // used in turn
	uint32_t cursor_resource;         // resource being shown; 0: none
	uint32_t cursor_x, cursor_y;
};

// Casts down; the back end must be vhost-user.
static inline struct vhost_backend *vhost_backend_from(struct backend *backend)
{
	return wl_container_of(backend, (struct vhost_backend *)NULL, base);
}

// Casts down; the screen must be of this back end.
static inline struct vhost_screen *vhost_screen_from(struct screen *screen)
{
	return wl_container_of(screen, (struct vhost_screen *)NULL, base);
}

// vhost_buffer.c

// Submits a command of n words to the control queue. Returns its sequence number; 0: the connection
// has failed.
uint64_t vhost_send_control(struct vhost *vhost, enum vhost_command command, const uint32_t *words,
	size_t n, bool fence);
// Implements backend_impl.alloc; XRGB8888 and ARGB8888 only.
struct buffer *vhost_buffer_alloc(struct backend *backend, int width, int height, uint32_t format);
// Casts down; NULL: the buffer is of another kind.
struct vhost_buffer *vhost_buffer_from(struct buffer *buffer);
// The resource ID of a buffer allocated here, or exported by the virgl transport; 0: neither.
uint32_t vhost_buffer_resource(struct vhost *vhost, struct buffer *buffer);
// Copies box (buffer pixels) to the device. Returns the command's sequence number; 0: the
// connection has failed.
uint64_t vhost_buffer_transfer(struct vhost_buffer *buffer, const pixman_box32_t *box);

// vhost_cursor.c

// Sets the image and position of the cursor that frame->set names. False: the image is not
// supported, or the connection has failed.
bool vhost_cursor_show(struct vhost_screen *screen, const struct frame *frame);
// Frees the cursor's buffers.
void vhost_cursor_finish(struct vhost_screen *screen);

// vhost_screen.c

// Creates screen number index and announces it to the core. name NULL: Virtual-N. from_device: the
// device reported it.
struct vhost_screen *vhost_screen_add(struct vhost_backend *backend, uint32_t index,
	const char *name, const struct mode *mode, bool from_device);
// Implements backend_impl.remove_screen. Returns true.
bool vhost_screen_remove(struct screen *screen);
// True: a mode of this size (pixels) and refresh rate is supported.
bool vhost_screen_is_possible(int width, int height, int refresh_mhz);

// vhost_hotplug.c

// Adds the screens that the device reports. False: none, or the connection has failed.
bool vhost_hotplug_start(struct vhost_backend *backend);
// Schedules a poll if the configuration has changed, at most one per interval.
void vhost_hotplug_schedule(struct vhost_backend *backend);
// Timer callback: adds, resizes and removes screens as the device reports. backend: vhost_backend.
void vhost_hotplug_poll(void *backend);
// Fills in the identity and the modes of a screen, from its EDID if the device has one; mode
// becomes the first.
void vhost_hotplug_describe(struct vhost_screen *screen, const struct mode *mode);
