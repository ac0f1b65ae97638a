// SPDX-License-Identifier: MIT
// The globals that the fuzzer binds. It aborts on any other one, so that none is forgotten.
#include <string.h>
#include "compositor/base/base.h"
#include "tests/fuzz/peer.h"

#define GLOBALS(X) \
	X(ext_data_control_manager_v1) \
	X(ext_foreign_toplevel_image_capture_source_manager_v1) \
	X(ext_foreign_toplevel_list_v1) \
	X(ext_idle_notifier_v1) \
	X(ext_image_copy_capture_manager_v1) \
	X(ext_output_image_capture_source_manager_v1) \
	X(ext_session_lock_manager_v1) \
	X(org_kde_kwin_server_decoration_manager) \
	X(wl_compositor) \
	X(wl_data_device_manager) \
	X(wl_drm) \
	X(wl_fixes) \
	X(wl_output) \
	X(wl_seat) \
	X(wl_shm) \
	X(wl_subcompositor) \
	X(wp_alpha_modifier_v1) \
	X(wp_commit_timing_manager_v1) \
	X(wp_content_type_manager_v1) \
	X(wp_cursor_shape_manager_v1) \
	X(wp_fifo_manager_v1) \
	X(wp_fractional_scale_manager_v1) \
	X(wp_pointer_warp_v1) \
	X(wp_presentation) \
	X(wp_security_context_manager_v1) \
	X(wp_single_pixel_buffer_manager_v1) \
	X(wp_viewporter) \
	X(xdg_activation_v1) \
	X(xdg_system_bell_v1) \
	X(xdg_toplevel_drag_manager_v1) \
	X(xdg_toplevel_icon_manager_v1) \
	X(xdg_toplevel_tag_manager_v1) \
	X(xdg_wm_base) \
	X(xdg_wm_dialog_v1) \
	X(xwayland_shell_v1) \
	X(zwlr_data_control_manager_v1) \
	X(zwlr_foreign_toplevel_manager_v1) \
	X(zwlr_gamma_control_manager_v1) \
	X(zwlr_layer_shell_v1) \
	X(zwlr_output_manager_v1) \
	X(zwlr_output_power_manager_v1) \
	X(zwlr_screencopy_manager_v1) \
	X(zwlr_virtual_pointer_manager_v1) \
	X(zwp_idle_inhibit_manager_v1) \
	X(zwp_input_method_manager_v2) \
	X(zwp_keyboard_shortcuts_inhibit_manager_v1) \
	X(zwp_linux_dmabuf_v1) \
	X(zwp_pointer_constraints_v1) \
	X(zwp_pointer_gestures_v1) \
	X(zwp_primary_selection_device_manager_v1) \
	X(zwp_relative_pointer_manager_v1) \
	X(zwp_tablet_manager_v2) \
	X(zwp_text_input_manager_v3) \
	X(zwp_virtual_keyboard_manager_v1) \
	X(zxdg_decoration_manager_v1) \
	X(zxdg_exporter_v1) \
	X(zxdg_exporter_v2) \
	X(zxdg_importer_v1) \
	X(zxdg_importer_v2) \
	X(zxdg_output_manager_v1)

#define DECLARE(name) extern const struct wl_interface name##_interface;
GLOBALS(DECLARE)

const struct wl_interface *interface_of_global(const char *name)
{
#define POINTER(name) &name##_interface,
	static const struct wl_interface *const all[] = {GLOBALS(POINTER)};
	for (size_t i = 0; i < array_length(all); i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}
