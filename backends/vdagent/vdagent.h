// SPDX-License-Identifier: MIT
// Shares the clipboard with the host of a virtual machine: the guest's side of the vdagent protocol
// of SPICE and QEMU (qemu-vdagent), over a virtio port.
#pragma once
#include <stdbool.h>

struct vdagent;
struct backend;
struct clock;
struct data_source;
struct wl_event_loop;

// Opens the port, non-blocking. -1: this machine has none, or it cannot be opened (logged).
int vdagent_open_port(void);
// Connects to the host, and reports its selections through backend->sink. Takes the port's
// ownership, on failure too; backend, loop and clock outlive it. NULL: the port cannot be watched
// (logged).
struct vdagent *vdagent_create(
	const struct backend *backend, struct wl_event_loop *loop, struct clock *clock, int port);
// Withdraws the host's selections and closes the port. NULL is allowed.
void vdagent_destroy(struct vdagent *agent);
// Implements backend_impl.set_selection: offers source to the host. NULL: no selection.
void vdagent_set_selection(struct vdagent *agent, bool primary, struct data_source *source);
