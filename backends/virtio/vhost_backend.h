// SPDX-License-Identifier: MIT
// Screens on a device process: each frame is a scan-out, where the buffer is another one, and a
// flush; the pointer has a queue of its own. Nobody sees them but who watches the device.
//
//   vhost_screen.c  frames, and how long all this lives
//   vhost_buffer.c  memory that is copied to the device
//   vhost_cursor.c  the pointer
//   vhost_plug.c    which screens there are
//
// A device is told by its display how large that is, which is us: then screens are ours to choose.
// One that has a display of its own tells us, and tells again when that changes.
#pragma once
#include <pixman.h>
#include <stdbool.h>
#include <stdint.h>
#include "backends/backend.h"
#include "backends/virtio/vhost.h"

#define VHOST_MAX_SIDE 16384
#define VHOST_CURSOR_SIDE 64 // devices take no other

struct vhost_backend {
	struct backend base;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct vhost *vhost;
	struct backend_options options;
	struct wl_event_source *sources[5], *soon;
	struct timer look; // at the device's screens
	uint64_t looked_ns;
	uint32_t nonsense; // screens, by bit, that the device has last told nonsense of
};

// Memory that is copied to the device.
struct vhost_buffer {
	struct buffer base;
	struct vhost *vhost;
	uint32_t id; // 0: the device has none
	void *memory;
	size_t size;
};

struct vhost_screen {
	struct screen base;
	uint32_t index;
	bool hosted;                 // the device has it of its own; else it is told of it
	uint32_t scanout;            // resource that is shown, 0: none
	struct buffer *shown, *next; // locked; may be NULL
	uint64_t flushed;            // by this command
	bool owed;                   // the core waits to hear of a frame
	uint64_t sequence;
	struct buffer *images[2]; // of the pointer, in turn
	uint32_t image;           // resource of that one which is seen, 0: none
	uint32_t x, y;
};

static inline struct vhost_backend *vhost_backend_from(struct backend *backend)
{
	return wl_container_of(backend, (struct vhost_backend *)NULL, base);
}

static inline struct vhost_screen *vhost_screen_from(struct screen *screen)
{
	return wl_container_of(screen, (struct vhost_screen *)NULL, base);
}

// vhost_buffer.c
// On the control queue, without more data than its words. Its ticket, 0: dead.
uint64_t vhost_control(struct vhost *vhost, enum vhost_command command, const uint32_t *words,
	size_t n, bool fence);
// As backend_impl.alloc.
struct buffer *vhost_buffer_alloc(struct backend *backend, int width, int height, uint32_t format);
struct vhost_buffer *vhost_buffer_own(struct buffer *buffer); // NULL: it is none of these
uint32_t vhost_buffer_resource(struct vhost *vhost, struct buffer *buffer); // 0: none
uint64_t vhost_buffer_carry_over(struct vhost_buffer *buffer, const pixman_box32_t *box);

// vhost_cursor.c
bool vhost_cursor_show(struct vhost_screen *screen, const struct frame *frame);
void vhost_cursor_finish(struct vhost_screen *screen);

// vhost_screen.c
// name NULL: by its number. hosted: as the device says.
struct vhost_screen *vhost_screen_add(struct vhost_backend *backend, uint32_t index,
	const char *name, const struct mode *mode, bool hosted);
bool vhost_screen_remove(struct screen *screen);
bool vhost_screen_is_possible(int width, int height, int refresh_mhz);

// vhost_plug.c
// The device's own screens come. False: it has none, or is dead.
bool vhost_plug_start(struct vhost_backend *backend);
void vhost_plug_news(struct vhost_backend *backend); // its configuration has changed
void vhost_plug_look(void *backend);                 // timer's callback
// What the device knows of the monitor: names, and its modes, of which this one is the first.
void vhost_plug_describe(struct vhost_screen *screen, const struct mode *mode);
