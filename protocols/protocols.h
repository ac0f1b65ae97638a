// SPDX-License-Identifier: MIT
// One create function per protocol file; all are called by protocols_create in advertising order.
#pragma once
#include <stdbool.h>

struct server;

// Makes every global that works on this server. False: no memory.
bool protocols_create(struct server *server);

bool wl_compositor_create(struct server *server);
bool wl_subcompositor_create(struct server *server);
bool wl_shm_create(struct server *server);
bool wl_output_create(struct server *server);
bool wl_seat_create(struct server *server);
bool wl_data_device_create(struct server *server);
bool wl_fixes_create(struct server *server);
bool xdg_shell_create(struct server *server);
bool xdg_decoration_create(struct server *server);
bool kde_decoration_create(struct server *server);
bool xdg_activation_create(struct server *server);
bool xdg_output_create(struct server *server);
bool viewporter_create(struct server *server);
bool fractional_scale_create(struct server *server);
bool presentation_create(struct server *server);
bool single_pixel_buffer_create(struct server *server);
bool fifo_create(struct server *server);
bool linux_dmabuf_create(struct server *server); // true without a global where nothing is imported
bool wl_drm_create(struct server *server);       // the same
bool cursor_shape_create(struct server *server);
bool relative_pointer_create(struct server *server);
bool pointer_constraints_create(struct server *server);
bool pointer_gestures_create(struct server *server);
bool tablet_create(struct server *server);
bool primary_selection_create(struct server *server);
bool data_control_create(struct server *server);
bool virtual_pointer_create(struct server *server);
bool virtual_keyboard_create(struct server *server);
bool layer_shell_create(struct server *server);
bool foreign_toplevel_create(struct server *server);
bool screencopy_create(struct server *server);
bool image_capture_source_create(struct server *server);
bool image_copy_capture_create(struct server *server);
bool output_management_create(struct server *server);
bool output_power_create(struct server *server);
bool gamma_control_create(struct server *server);
bool security_context_create(struct server *server);
bool idle_inhibit_create(struct server *server);
bool idle_notify_create(struct server *server);
