// SPDX-License-Identifier: MIT
// wl_output: one global per enabled output, with its geometry, mode, scale and name. Resources of a
// removed output stay inert. Its global is destroyed some time after its removal was announced, so
// that a client that binds it meanwhile gets an inert object instead of an error.
#include <math.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wayland-protocol.h"

#define OUTPUT_VERSION 4
#define GLOBAL_GRACE_NS (5 * NSEC_PER_SEC)

struct output_globals {
	struct server *server;
	struct wl_list globals; // output_global.link
	struct wl_listener outputs_changed, destroyed;
};

struct output_global {
	struct output_globals *all;
	struct wl_global *global;
	struct output *output; // NULL: removed, the global waits for its destruction
	struct timer grace;
	struct wl_listener output_destroyed, output_changed;
	struct wl_list link;
};

static const struct wl_output_interface output_impl = {
	.release = wire_handle_destroy,
};

static void send_state(struct wl_resource *resource, struct output *output)
{
	const struct screen *screen = output->screen;
	int version = wl_resource_get_version(resource);
	wl_output_send_geometry(resource, output->box.x, output->box.y, screen->width_mm,
		screen->height_mm, WL_OUTPUT_SUBPIXEL_UNKNOWN,
		screen->make ? screen->make : "Oriel", screen->model ? screen->model : screen->name,
		output->transform);
	uint32_t flags = WL_OUTPUT_MODE_CURRENT;
	for (size_t i = 0; i < screen->n_modes; i++) {
		const struct mode *mode = &screen->modes[i];
		if (mode->preferred && mode->width == screen->mode.width &&
			mode->height == screen->mode.height)
			flags |= WL_OUTPUT_MODE_PREFERRED;
	}
	wl_output_send_mode(
		resource, flags, screen->mode.width, screen->mode.height, screen->mode.refresh_mhz);
	if (version >= WL_OUTPUT_SCALE_SINCE_VERSION)
		wl_output_send_scale(resource, (int32_t)ceil(output->scale - 1e-6));
	if (version >= WL_OUTPUT_NAME_SINCE_VERSION) {
		wl_output_send_name(resource, output->name);
		wl_output_send_description(resource, output->description);
	}
	if (version >= WL_OUTPUT_DONE_SINCE_VERSION)
		wl_output_send_done(resource);
}

static void on_resource_destroyed(struct wl_resource *resource)
{
	wl_list_remove(wl_resource_get_link(resource));
}

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct output_global *global = data;
	struct output *output = global->output;
	struct wl_resource *resource = wire_create(client, &wl_output_interface, (int)version, id,
		&output_impl, output, on_resource_destroyed);
	if (!resource)
		return;
	wl_list_init(wl_resource_get_link(resource));
	if (!output)
		return;
	wl_list_insert(&output->resources, wl_resource_get_link(resource));
	send_state(resource, output);
	// Surfaces of this client that were on the output before the bind enter it now.
	struct surface *surface;
	wl_list_for_each(surface, &output->server->surfaces, link) {
		if (wl_resource_get_client(surface->resource) == client &&
			surface->outputs & (1u << output->index))
			wl_surface_send_enter(surface->resource, resource);
	}
}

struct output *output_from_resource(struct wl_resource *resource)
{
	return resource ? wl_resource_get_user_data(resource) : NULL;
}

static void global_free(struct output_global *global)
{
	timer_finish(&global->grace);
	wl_list_remove(&global->link);
	wl_global_destroy(global->global);
	free(global);
}

static void on_grace_expired(void *data)
{
	global_free(data);
}

static void on_output_changed(struct wl_listener *listener, void *data)
{
	struct output_global *global = wl_container_of(listener, global, output_changed);
	struct wl_resource *resource;
	wl_resource_for_each(resource, &global->output->resources)
		send_state(resource, global->output);
}

// The output was removed or disabled: makes its resources inert and removes the global.
static void global_retire(struct output_global *global)
{
	struct output *output = global->output;
	struct wl_resource *resource, *tmp;
	wl_resource_for_each_safe(resource, tmp, &output->resources) {
		wl_resource_set_user_data(resource, NULL);
		wl_list_remove(wl_resource_get_link(resource));
		wl_list_init(wl_resource_get_link(resource));
	}
	wl_list_remove(&global->output_destroyed.link);
	wl_list_remove(&global->output_changed.link);
	global->output = NULL;
	struct clock *clock = global->all->server->clock;
	wl_global_remove(global->global);
	timer_init(&global->grace, clock, on_grace_expired, global);
	timer_set(&global->grace, clock_now_ns(clock) + GLOBAL_GRACE_NS);
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct output_global *global = wl_container_of(listener, global, output_destroyed);
	global_retire(global);
}

static void global_create(struct output_globals *all, struct output *output)
{
	struct output_global *global = xcalloc(1, sizeof(*global));
	global->all = all;
	global->output = output;
	global->global = wl_global_create(
		all->server->display, &wl_output_interface, OUTPUT_VERSION, global, on_bind);
	if (!global->global) {
		free(global);
		return;
	}
	global->output_destroyed.notify = on_output_destroyed;
	wl_signal_add(&output->events.destroyed, &global->output_destroyed);
	global->output_changed.notify = on_output_changed;
	wl_signal_add(&output->events.changed, &global->output_changed);
	wl_list_insert(&all->globals, &global->link);
}

// Enabled outputs have a global, others have none.
static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct output_globals *all = wl_container_of(listener, all, outputs_changed);
	struct output *output;
	wl_list_for_each(output, &all->server->outputs, link) {
		struct output_global *global, *found = NULL;
		wl_list_for_each(global, &all->globals, link) {
			if (global->output == output)
				found = global;
		}
		if (output->enabled && !found)
			global_create(all, output);
		else if (!output->enabled && found)
			global_retire(found);
	}
}

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct output_globals *all = wl_container_of(listener, all, destroyed);
	struct output_global *global, *tmp;
	wl_list_for_each_safe(global, tmp, &all->globals, link) {
		if (global->output) {
			wl_list_remove(&global->output_destroyed.link);
			wl_list_remove(&global->output_changed.link);
		}
		global_free(global);
	}
	wl_list_remove(&all->outputs_changed.link);
	wl_list_remove(&all->destroyed.link);
	free(all);
}

bool wl_output_create(struct server *server)
{
	struct output_globals *all = xcalloc(1, sizeof(*all));
	all->server = server;
	wl_list_init(&all->globals);
	all->outputs_changed.notify = on_outputs_changed;
	wl_signal_add(&server->events.outputs_changed, &all->outputs_changed);
	all->destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &all->destroyed);
	return true;
}
