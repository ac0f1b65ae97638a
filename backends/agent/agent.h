// SPDX-License-Identifier: MIT
// The clipboard of a virtual machine's host: the agent that SPICE and QEMU (qemu-vdagent) talk to,
// over a port of the machine.
#pragma once
#include <stdbool.h>

struct agent;
struct backend;
struct clock;
struct data_source;
struct wl_event_loop;

// The port, for reading and writing without waiting; -1: this machine has none, or it is not for
// us (logged).
int agent_open_port(void);
// Tells the backend's sink of what the host has copied. Takes the port. NULL: logged.
struct agent *agent_create(
	const struct backend *backend, struct wl_event_loop *loop, struct clock *clock, int port);
void agent_destroy(struct agent *agent); // withdraws what it offers; NULL is allowed
// As backend_impl.set_selection.
void agent_set_selection(struct agent *agent, bool primary, struct data_source *source);
