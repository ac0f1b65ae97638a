// SPDX-License-Identifier: MIT
// All of the folder's protocols. The folder receives requests, checks them and passes them on to
// the core; events of surfaces and of the seat are sent where they arise, in compositor/surface and
// compositor/seat.
#pragma once
#include <stdbool.h>

struct server;

// Creates the globals of all protocols, in the order of the table in protocols.c. False: out of
// memory, logged; some globals may exist and are destroyed with the display.
bool protocols_create(struct server *server);

// One function per protocol. Each creates the protocol's globals and what they need, which is freed
// with the server. False: out of memory.

// wl_compositor, with wl_surface and wl_region.
bool wl_compositor_create(struct server *server);
// wl_subcompositor, with wl_subsurface.
bool wl_subcompositor_create(struct server *server);
// wl_shm: pools and buffers in shared memory.
bool wl_shm_create(struct server *server);
// ext_session_lock_manager_v1: screen lockers.
bool session_lock_create(struct server *server);
// One wl_output per enabled output. Creates none itself: outputs are added later.
bool wl_output_create(struct server *server);
// wl_seat, with wl_pointer, wl_keyboard and wl_touch.
bool wl_seat_create(struct server *server);
// wl_data_device_manager: the clipboard, drag and drop.
bool wl_data_device_create(struct server *server);
// wl_fixes: destruction of wl_registry objects.
bool wl_fixes_create(struct server *server);
// xdg_wm_base, with xdg_surface, xdg_toplevel, xdg_popup and xdg_positioner.
bool xdg_shell_create(struct server *server);
// zxdg_decoration_manager_v1: client-side or server-side decorations of an xdg_toplevel.
bool xdg_decoration_create(struct server *server);
// org_kde_kwin_server_decoration_manager: the same of a wl_surface, for GTK.
bool kde_decoration_create(struct server *server);
// xdg_activation_v1: tokens that allow a client to activate its window.
bool xdg_activation_create(struct server *server);
// zxdg_output_manager_v1: logical geometry of outputs.
bool xdg_output_create(struct server *server);
// wp_viewporter: source rectangle and destination size of surfaces.
bool viewporter_create(struct server *server);
// wp_fractional_scale_manager_v1: preferred fractional scale of surfaces.
bool fractional_scale_create(struct server *server);
// wp_presentation: feedback when a commit is presented or discarded.
bool presentation_create(struct server *server);
// wp_single_pixel_buffer_manager_v1: buffers of one colour.
bool single_pixel_buffer_create(struct server *server);
// wp_fifo_manager_v1: commits that wait until the previous one is presented.
bool fifo_create(struct server *server);
// zwp_linux_dmabuf_v1. Creates no global, and returns true, if the renderer imports no dmabufs.
bool linux_dmabuf_create(struct server *server);
// wl_drm. Creates no global, and returns true, if the renderer imports no dmabufs or has no render
// node.
bool wl_drm_create(struct server *server);
// wp_cursor_shape_manager_v1: cursor images by name.
bool cursor_shape_create(struct server *server);
// zwp_relative_pointer_manager_v1: unaccelerated pointer motion.
bool relative_pointer_create(struct server *server);
// zwp_pointer_constraints_v1: pointer locks and confinements.
bool pointer_constraints_create(struct server *server);
// zwp_pointer_gestures_v1: swipe, pinch and hold on touchpads.
bool pointer_gestures_create(struct server *server);
// zwp_tablet_manager_v2: tablets, tools and pads.
bool tablet_create(struct server *server);
// zwp_primary_selection_device_manager_v1: the selection pasted by the middle button.
bool primary_selection_create(struct server *server);
// zwp_text_input_manager_v3: text fields that composed text is sent to.
bool text_input_create(struct server *server);
// ext_data_control_manager_v1 and zwlr_data_control_manager_v1: for clipboard managers.
bool data_control_create(struct server *server);
// zwlr_virtual_pointer_manager_v1: pointers driven by clients.
bool virtual_pointer_create(struct server *server);
// zwp_virtual_keyboard_manager_v1: keyboards driven by clients.
bool virtual_keyboard_create(struct server *server);
// zwp_input_method_manager_v2: programs that compose text for others.
bool input_method_create(struct server *server);
// zwlr_layer_shell_v1: panels, wallpapers, launchers.
bool layer_shell_create(struct server *server);
// ext_foreign_toplevel_list_v1 and zwlr_foreign_toplevel_manager_v1: for task bars.
bool foreign_toplevel_create(struct server *server);
// zwlr_screencopy_manager_v1: screenshots of outputs.
bool screencopy_create(struct server *server);
// The output and toplevel managers of ext_image_capture_source_v1.
bool image_capture_source_create(struct server *server);
// ext_image_copy_capture_manager_v1: screen recording of a capture source.
bool image_copy_capture_create(struct server *server);
// zwlr_output_manager_v1: configuration of outputs.
bool output_management_create(struct server *server);
// zwlr_output_power_manager_v1: outputs on and off.
bool output_power_create(struct server *server);
// zwlr_gamma_control_manager_v1: gamma tables of outputs.
bool gamma_control_create(struct server *server);
// wp_security_context_manager_v1: sockets for sandboxed clients.
bool security_context_create(struct server *server);
// xwayland_shell_v1: serials of X windows, for Xwayland's own client only.
bool xwayland_shell_create(struct server *server);
// zwp_idle_inhibit_manager_v1: surfaces that keep the session from going idle.
bool idle_inhibit_create(struct server *server);
// ext_idle_notifier_v1: events when the user is idle, for screen lockers.
bool idle_notify_create(struct server *server);
// zwp_keyboard_shortcuts_inhibit_manager_v1: surfaces that get the keys of bindings.
bool shortcuts_inhibit_create(struct server *server);
// zxdg_exporter_v2: handles of windows, and version 1 of both.
bool xdg_foreign_create(struct server *server);
// xdg_wm_dialog_v1: dialogs, which may be modal.
bool xdg_dialog_create(struct server *server);
// wp_content_type_manager_v1: hints at what surfaces show.
bool content_type_create(struct server *server);
// wp_alpha_modifier_v1: opacity of surfaces.
bool alpha_modifier_create(struct server *server);
// xdg_system_bell_v1: the bell.
bool system_bell_create(struct server *server);
// wp_commit_timing_manager_v1: commits that wait until a time.
bool commit_timing_create(struct server *server);
// wp_pointer_warp_v1: the pointer is moved by its client.
bool pointer_warp_create(struct server *server);
// xdg_toplevel_tag_manager_v1: names of windows for rules.
bool xdg_toplevel_tag_create(struct server *server);
// xdg_toplevel_icon_manager_v1: icons of windows.
bool xdg_toplevel_icon_create(struct server *server);
// xdg_toplevel_drag_manager_v1: windows that follow a drag.
bool xdg_toplevel_drag_create(struct server *server);
