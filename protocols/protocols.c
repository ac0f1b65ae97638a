// SPDX-License-Identifier: MIT
// The table of all protocols, in the order in which clients see the globals. The order matters to
// some: they need wl_data_device_manager when wl_seat appears, and an output with all its
// properties before they bind what refers to one.
#include "protocols/protocols.h"
#include <stddef.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

bool protocols_create(struct server *server)
{
	static const struct {
		const char *name;
		bool (*create)(struct server *server);
	} protocols[] = {
		{"wl_compositor", wl_compositor_create},
		{"wl_subcompositor", wl_subcompositor_create},
		{"wl_shm", wl_shm_create},
		{"linux-dmabuf", linux_dmabuf_create},
		{"wl_drm", wl_drm_create},
		{"wl_data_device", wl_data_device_create},
		{"wl_output", wl_output_create},
		{"wl_seat", wl_seat_create},
		{"wl_fixes", wl_fixes_create},
		{"xdg-shell", xdg_shell_create},
		{"viewporter", viewporter_create},
		{"fractional-scale", fractional_scale_create},
		{"presentation-time", presentation_create},
		{"single-pixel-buffer", single_pixel_buffer_create},
		{"fifo", fifo_create},
		{"xdg-output", xdg_output_create},
		{"xdg-decoration", xdg_decoration_create},
		{"kde-decoration", kde_decoration_create},
		{"xdg-activation", xdg_activation_create},
		{"primary-selection", primary_selection_create},
		{"text-input", text_input_create},
		{"cursor-shape", cursor_shape_create},
		{"relative-pointer", relative_pointer_create},
		{"pointer-constraints", pointer_constraints_create},
		{"pointer-gestures", pointer_gestures_create},
		{"tablet", tablet_create},
		{"idle-inhibit", idle_inhibit_create},
		{"idle-notify", idle_notify_create},
		{"layer-shell", layer_shell_create},
		{"session-lock", session_lock_create},
		{"foreign-toplevel", foreign_toplevel_create},
		{"screencopy", screencopy_create},
		{"image-capture-source", image_capture_source_create},
		{"image-copy-capture", image_copy_capture_create},
		{"output-management", output_management_create},
		{"output-power", output_power_create},
		{"gamma-control", gamma_control_create},
		{"data-control", data_control_create},
		{"virtual-pointer", virtual_pointer_create},
		{"virtual-keyboard", virtual_keyboard_create},
		{"input-method", input_method_create},
		{"keyboard-shortcuts-inhibit", shortcuts_inhibit_create},
		{"xdg-foreign", xdg_foreign_create},
		{"xdg-dialog", xdg_dialog_create},
		{"content-type", content_type_create},
		{"alpha-modifier", alpha_modifier_create},
		{"system-bell", system_bell_create},
		{"commit-timing", commit_timing_create},
		{"pointer-warp", pointer_warp_create},
		{"xdg-toplevel-tag", xdg_toplevel_tag_create},
		{"xdg-toplevel-icon", xdg_toplevel_icon_create},
		{"xdg-toplevel-drag", xdg_toplevel_drag_create},
		{"security-context", security_context_create},
		{"xwayland-shell", xwayland_shell_create},
	};
	for (size_t i = 0; i < array_length(protocols); i++) {
		if (protocols[i].create(server))
			continue;
		log_error("no memory for the globals of %s", protocols[i].name);
		return false;
	}
	return true;
}
