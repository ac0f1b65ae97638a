// SPDX-License-Identifier: MIT
// The role of surfaces of X windows: reports serials once the commit that sets them is applied.
#include "compositor/surface/xwayland_role.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"

static void commit_xwayland(struct surface *surface, unsigned set)
{
	if (set & SURFACE_XWAYLAND)
		wl_signal_emit_mutable(&surface->server->events.xwayland_serial, surface);
}

const struct surface_role xwayland_role = {
	.name = "xwayland_surface_v1",
	.commit = commit_xwayland,
};
