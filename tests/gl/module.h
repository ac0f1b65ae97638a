// SPDX-License-Identifier: MIT
// The GL renderer, as a module.
#pragma once
#include "renderer/gl/gl.h"
#include "renderer/renderer.h"
#include "tests/harness/desk.h"

void *module_symbol(const char *name); // must be there
// The module's renderer, which may draw with the CPU; must work.
struct renderer *module_renderer(void);
