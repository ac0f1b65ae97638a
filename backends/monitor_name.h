// SPDX-License-Identifier: MIT
// Make, model and serial number of a monitor, as shown to users and matched by the configuration.
#pragma once
#include <stddef.h>

struct screen;

// Sets make, model and serial of the screen from size bytes of EDID, and its size in millimetres if
// the EDID has one. Invalid or empty EDID: make, model and serial become NULL.
void screen_set_monitor_name(struct screen *screen, const void *edid, size_t size);
