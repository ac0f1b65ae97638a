// SPDX-License-Identifier: MIT
// Which surfaces the frames of outputs show, and are not covered by others there.
#pragma once

struct output;
struct surface;

// After output.list was built: updates surface.visible_outputs and surface.n_visible.
void output_update_visibility(struct output *output);
// The output shows nothing any more: no surface is visible on it. Frees the record.
void output_clear_visibility(struct output *output);
// The surface was unmapped: it is visible nowhere.
void surface_clear_visibility(struct surface *surface);
