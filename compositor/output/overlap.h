// SPDX-License-Identifier: MIT
// Which outputs show which node, for frame requests and for wl_surface.enter and leave.
#pragma once

struct node;
struct scene;
struct surface;

// Recomputes node.outputs and surface.outputs where anything moved since the last call, and sends
// wl_surface.enter, leave, preferred_buffer_scale and preferred_buffer_transform.
void outputs_update_overlap(struct scene *scene);
// The same at once for the surfaces below one node, before their configure is sent: a client gets
// the scale first that it is to draw the new size for.
void node_update_overlap(struct node *node);
// The surface was unmapped: it is visible nowhere; sends wl_surface.leave for every output it is on
// (scene_sink.leave_outputs).
void surface_leave_outputs(struct surface *surface);
