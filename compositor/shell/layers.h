// SPDX-License-Identifier: MIT
// Arrangement of layer surfaces on their outputs.
#pragma once
#include <stdbool.h>
#include "compositor/base/geom.h"

struct layer_surface;
struct shell;

// Arranges the layer surfaces of all outputs and updates output.usable. True: a usable area
// changed.
bool layers_arrange(struct shell *shell);
// Implements shell_impl.layer_changed: assigns an output if it has none, or closes it if none is
// enabled; arranges, updates the keyboard focus. may_focus: one that has just appeared may take it
// if it is on demand. True: a usable area changed.
bool layers_changed(struct shell *shell, struct layer_surface *layer, bool may_focus);

// The output where the user works: that of the active window, else that of the pointer. NULL: none
// is enabled.
struct output *shell_choose_output(struct shell *shell);

// Pure: the box of a layer surface, layout coordinates. full is the output's box, usable what
// exclusive zones left of it so far.
struct box layer_box(
	const struct layer_surface *layer, const struct box *full, const struct box *usable);
// Pure: subtracts the exclusive zone from usable, layout coordinates.
void layer_exclude(const struct layer_surface *layer, struct box *usable);
