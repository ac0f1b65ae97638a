// SPDX-License-Identifier: MIT
// Private to the files of the vdagent.
//
//   vdagent.c            the connection: capabilities, and dispatch of messages
//   vdagent_clipboard.c  the two clipboards, in both directions
//   vdagent_queue.c      messages to the host
//   vdagent_wire.c       messages cut into chunks, pure
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "backends/vdagent/vdagent.h"
#include "backends/vdagent/vdagent_wire.h"
#include "compositor/base/clock.h"
#include "compositor/base/weak.h"

struct host_source;

struct vdagent_clipboard {
	struct vdagent *agent;
	bool primary;
	struct weak source;          // struct data_source *: the selection of a client
	bool grabbed;                // the host has our grab
	struct host_source *offered; // the selection of the host, owned by the core; NULL: none
	uint32_t serial;             // of the next grab by either side
	struct wl_list pulls;        // pull.link: clients that read the host's data
	struct wl_list pushes;       // push.link: requests of the host
};

struct vdagent {
	const struct backend *backend;
	struct wl_event_loop *loop;
	struct clock *clock;
	int port, poll;
	struct wl_event_source *source;
	struct vdagent_reader reader;
	struct wl_list queue;                   // packet.link: not written yet
	size_t queued;                          // bytes
	struct timer retry;                     // not every kernel reports that the port takes more
	bool connected;                         // the host has opened its side
	uint32_t caps;                          // of the host; 0: not received yet
	uint32_t max_bytes;                     // limit of the host for one selection
	struct vdagent_clipboard clipboards[2]; // [primary]
};

// vdagent_queue.c
// An empty queue; the agent's clock and port were set before.
void vdagent_queue_init(struct vdagent *agent);
// Drops the messages and the retry timer.
void vdagent_queue_finish(struct vdagent *agent);
// Drops the messages that were not written yet.
void vdagent_queue_drop(struct vdagent *agent);
// Writes what the port takes, and retries by a timer while it takes no more.
void vdagent_queue_flush(struct vdagent *agent);
// Queues a message whose body has two parts, each of which may be empty, and flushes. False: no
// memory.
bool vdagent_send(struct vdagent *agent, uint32_t type, const void *first, size_t first_size,
	const void *second, size_t second_size);

// vdagent_clipboard.c
// Sets up a clipboard without a selection.
void vdagent_clipboard_init(
	struct vdagent_clipboard *clipboard, struct vdagent *agent, bool primary);
// The host's capabilities have arrived: offers it the client's selection.
void vdagent_clipboard_begin(struct vdagent_clipboard *clipboard);
// The connection ended: withdraws the host's selection and aborts all transfers.
void vdagent_clipboard_end(struct vdagent_clipboard *clipboard);
// The selection of the clients is now source, NULL: none.
void vdagent_clipboard_set(struct vdagent_clipboard *clipboard, struct data_source *source);
// Handles a message about this clipboard, whose body starts at byte from.
void vdagent_clipboard_message(
	struct vdagent_clipboard *clipboard, uint32_t type, struct bytes *body, size_t from);
