// SPDX-License-Identifier: MIT
// The display's global filter. libwayland rejects a bind of a hidden global, so hiding is enough.
#include "compositor/client/access.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/server.h"

struct grant {
	char *interface, *app_id; // app_id NULL: any
};

struct access {
	struct server *server;
	struct grant *grants;
	size_t n_grants, grants_capacity;
};

struct mark { // a sandboxed client, or Xwayland's; freed with it
	bool sandboxed;
	struct sandbox sandbox;
	pid_t xwayland; // its process, 0: another client
	struct wl_listener client_destroyed;
};

// What a program needs to show windows and get input for them. Nothing here reads or controls other
// clients. A new protocol is hidden until it is added here.
static const char *const harmless[] = {
	"ext_background_effect_manager_v1",
	"org_kde_kwin_server_decoration_manager",
	"wl_compositor",
	"wl_data_device_manager",
	"wl_drm",
	"wl_fixes",
	"wl_output",
	"wl_seat",
	"wl_shm",
	"wl_subcompositor",
	"wp_alpha_modifier_v1",
	"wp_color_manager_v1",
	"wp_color_representation_manager_v1",
	"wp_commit_timing_manager_v1",
	"wp_content_type_manager_v1",
	"wp_cursor_shape_manager_v1",
	"wp_fifo_manager_v1",
	"wp_fractional_scale_manager_v1",
	"wp_linux_drm_syncobj_manager_v1",
	"wp_pointer_warp_v1",
	"wp_presentation",
	"wp_single_pixel_buffer_manager_v1",
	"wp_tearing_control_manager_v1",
	"wp_viewporter",
	"xdg_activation_v1",
	"xdg_system_bell_v1",
	"xdg_toplevel_drag_manager_v1",
	"xdg_toplevel_icon_manager_v1",
	"xdg_toplevel_tag_manager_v1",
	"xdg_wm_base",
	"xdg_wm_dialog_v1",
	"zwp_idle_inhibit_manager_v1",
	"zwp_keyboard_shortcuts_inhibit_manager_v1",
	"zwp_linux_dmabuf_v1",
	"zwp_pointer_constraints_v1",
	"zwp_pointer_gestures_v1",
	"zwp_primary_selection_device_manager_v1",
	"zwp_relative_pointer_manager_v1",
	"zwp_tablet_manager_v2",
	"zwp_text_input_manager_v3",
	"zxdg_decoration_manager_v1",
	"zxdg_exporter_v1",
	"zxdg_exporter_v2",
	"zxdg_output_manager_v1",
};

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct mark *mark = wl_container_of(listener, mark, client_destroyed);
	wl_list_remove(&mark->client_destroyed.link);
	free(mark->sandbox.engine);
	free(mark->sandbox.app_id);
	free(mark->sandbox.instance_id);
	free(mark);
}

static struct mark *find_mark(struct wl_client *client)
{
	struct wl_listener *listener = wl_client_get_destroy_listener(client, on_client_destroyed);
	struct mark *mark;
	return listener ? wl_container_of(listener, mark, client_destroyed) : NULL;
}

const struct sandbox *access_sandbox(struct wl_client *client)
{
	struct mark *mark = find_mark(client);
	return mark && mark->sandboxed ? &mark->sandbox : NULL;
}

static struct mark *make_mark(struct wl_client *client)
{
	struct mark *mark = find_mark(client);
	if (mark)
		return mark;
	mark = xcalloc(1, sizeof(*mark));
	mark->client_destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(client, &mark->client_destroyed);
	return mark;
}

void access_set_xwayland(struct wl_client *client, pid_t pid)
{
	make_mark(client)->xwayland = pid;
}

pid_t access_xwayland(struct wl_client *client)
{
	struct mark *mark = find_mark(client);
	return mark ? mark->xwayland : 0;
}

void access_set_sandbox(struct wl_client *client, const struct sandbox *sandbox)
{
	struct mark *mark = make_mark(client);
	mark->sandboxed = true;
	replace_string(&mark->sandbox.engine, sandbox->engine);
	replace_string(&mark->sandbox.app_id, sandbox->app_id);
	replace_string(&mark->sandbox.instance_id, sandbox->instance_id);
}

static bool is_granted(
	const struct access *access, const struct sandbox *sandbox, const char *interface)
{
	for (size_t i = 0; i < access->n_grants; i++) {
		const struct grant *grant = &access->grants[i];
		if (strcmp(grant->interface, interface) != 0)
			continue;
		if (!grant->app_id ||
			(sandbox->app_id && strcmp(grant->app_id, sandbox->app_id) == 0))
			return true;
	}
	return false;
}

static bool filter_global(
	const struct wl_client *client, const struct wl_global *global, void *data)
{
	// The filter gets const pointers; looking up a listener does not modify the client.
	const char *interface = wl_global_get_interface(global)->name;
	if (strcmp(interface, "xwayland_shell_v1") == 0)
		return access_xwayland((struct wl_client *)client) != 0;
	const struct sandbox *sandbox = access_sandbox((struct wl_client *)client);
	if (!sandbox)
		return true;
	for (size_t i = 0; i < array_length(harmless); i++)
		if (strcmp(harmless[i], interface) == 0)
			return true;
	return is_granted(data, sandbox, interface);
}

void access_allow(struct access *access, const char *interface, const char *app_id)
{
	array_reserve(access->grants, access->n_grants, access->grants_capacity);
	access->grants[access->n_grants++] = (struct grant){
		.interface = xstrdup(interface),
		.app_id = xstrdup(app_id),
	};
}

struct access *access_create(struct server *server)
{
	struct access *access = xcalloc(1, sizeof(*access));
	access->server = server;
	const struct config *config = server->config;
	for (size_t i = 0; config && i < config->n_allow; i++)
		access_allow(access, config->allow[i].interface, config->allow[i].app_id);
	wl_display_set_global_filter(server->display, filter_global, access);
	return access;
}

void access_destroy(struct access *access)
{
	if (!access)
		return;
	wl_display_set_global_filter(access->server->display, NULL, NULL);
	for (size_t i = 0; i < access->n_grants; i++) {
		free(access->grants[i].interface);
		free(access->grants[i].app_id);
	}
	free(access->grants);
	free(access);
}
