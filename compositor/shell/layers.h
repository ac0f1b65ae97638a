// SPDX-License-Identifier: MIT
// Arranges layer-shell surfaces along the edges of their outputs.
#pragma once
#include <stdbool.h>
#include "compositor/base/geom.h"

struct layer_surface;
struct shell;

// Everything anew. True: some output's usable area is another one than before.
bool layers_arrange(struct shell *shell);
// For shell_impl.layer_changed: finds an output for it, arranges, sees to the keyboard. True: as
// above.
bool layers_changed(struct shell *shell, struct layer_surface *layer);

// Pure. Where it goes inside an output of which `usable` is left.
struct box layer_box(
	const struct layer_surface *layer, const struct box *full, const struct box *usable);
// Takes its exclusive zone off.
void layer_exclude(const struct layer_surface *layer, struct box *usable);
