// SPDX-License-Identifier: MIT
// The order in which clients see the globals: some want the data device before the seat, and a
// complete output before anything else asks for one.
#include "protocols/protocols.h"
#include <stddef.h>
#include "compositor/base/base.h"

bool protocols_create(struct server *server)
{
	static bool (*const create[])(struct server * server) = {
		wl_compositor_create,
		wl_subcompositor_create,
		wl_shm_create,
		linux_dmabuf_create,
		wl_drm_create,
		wl_data_device_create,
		wl_output_create,
		wl_seat_create,
		wl_fixes_create,
		xdg_shell_create,
		viewporter_create,
		fractional_scale_create,
		presentation_create,
		single_pixel_buffer_create,
		fifo_create,
		xdg_output_create,
		xdg_decoration_create,
		kde_decoration_create,
		xdg_activation_create,
		primary_selection_create,
		cursor_shape_create,
		relative_pointer_create,
		pointer_constraints_create,
		pointer_gestures_create,
		tablet_create,
		idle_inhibit_create,
		idle_notify_create,
		layer_shell_create,
		foreign_toplevel_create,
		screencopy_create,
		image_capture_source_create,
		image_copy_capture_create,
		output_management_create,
		output_power_create,
		gamma_control_create,
		data_control_create,
		virtual_pointer_create,
		virtual_keyboard_create,
		security_context_create,
	};
	for (size_t i = 0; i < array_length(create); i++)
		if (!create[i](server))
			return false;
	return true;
}
