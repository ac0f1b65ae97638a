// SPDX-License-Identifier: MIT
// What the files of the agent share. Only they include it.
//
//   agent.c            the port: what each side can do, messages to whose they are
//   agent_clipboard.c  the two clipboards, both ways
//   agent_wire.c       messages in chunks, pure
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "backends/agent/agent.h"
#include "backends/agent/agent_wire.h"
#include "compositor/base/clock.h"
#include "compositor/base/weak.h"

struct host_source;

struct agent_clipboard {
	struct agent *agent;
	bool primary;
	struct weak source;          // struct data_source *: what our clients have copied
	bool grabbed;                // the host was told of it
	struct host_source *offered; // what the host has, owned by the core; or NULL
	uint32_t serial;             // of the next grab, whose ever it is
	struct wl_list pulls;        // of clients who want the host's data
	struct wl_list pushes;       // of the host, which wants a client's
};

struct agent {
	const struct backend *backend;
	struct wl_event_loop *loop;
	struct clock *clock;
	int port, poll;
	struct wl_event_source *source;
	struct agent_reader reader;
	struct wl_list queue;                 // packet.link: what the port has not taken yet
	size_t queued;                        // bytes
	struct timer again;                   // not every kernel tells when the port takes more
	bool there;                           // the host listens
	uint32_t caps;                        // of the host; 0: it has not said
	uint32_t max_bytes;                   // of a clipboard that it takes
	struct agent_clipboard clipboards[2]; // [primary]
};

// agent.c
// A message of two parts. False: there was no memory.
bool agent_send(struct agent *agent, uint32_t type, const void *first, size_t first_size,
	const void *second, size_t second_size);

// agent_clipboard.c
void agent_clipboard_init(struct agent_clipboard *clipboard, struct agent *agent, bool primary);
// The host listens, and can do what its caps say.
void agent_clipboard_begin(struct agent_clipboard *clipboard);
// It does not any more: what it had is withdrawn, and who waits for anything has it no longer.
void agent_clipboard_end(struct agent_clipboard *clipboard);
void agent_clipboard_set(struct agent_clipboard *clipboard, struct data_source *source);
// A message about it, whose body begins at from.
void agent_clipboard_message(
	struct agent_clipboard *clipboard, uint32_t type, struct bytes *body, size_t from);
