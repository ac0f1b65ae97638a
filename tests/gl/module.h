// SPDX-License-Identifier: MIT
// Loads the module with the GL renderer.
#pragma once
#include "renderer/gl/gl.h"
#include "renderer/renderer.h"
#include "tests/harness/renderer_rig.h"

// Returns a symbol of the module; the test fails if it is missing.
void *module_symbol(const char *name);
// Creates the module's renderer, with the software driver if there is no GPU. The caller destroys
// it.
struct renderer *module_renderer(void);
