// SPDX-License-Identifier: MIT
// Stacking of fullscreen windows.
#pragma once

struct desktop;

// Moves fullscreen windows that are in front of their output above its top layer, and all others
// back among the windows. To be called after focus, states, parents or outputs of windows changed.
void desktop_restack(struct desktop *desktop);
// The same once, from the event loop, however often it is called before: a client may unmap
// thousands of windows at once.
void desktop_restack_later(struct desktop *desktop);
