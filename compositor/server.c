// SPDX-License-Identifier: MIT
// Creation in order, destruction in reverse, and the sink through which the back end reports.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/log.h"
#include "compositor/core/access.h"
#include "compositor/core/activation.h"
#include "compositor/core/backlog.h"
#include "compositor/core/config.h"
#include "compositor/core/cursor.h"
#include "compositor/core/idle.h"
#include "compositor/core/output.h"
#include "compositor/core/recover.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/shell.h"
#include "compositor/create.h"
#include "compositor/parts.h"
#include "compositor/run/runner.h"
#include "protocols/protocols.h"
#include "renderer/renderer.h"

static void on_screen_added(void *data, struct screen *screen)
{
	output_create(data, screen);
}

static void on_screen_changed(void *data, struct screen *screen)
{
	struct output *output = screen->user;
	if (!output)
		return;
	struct output_change change = output_change_none(output);
	change.mode = screen->mode;
	change.enabled = screen->enabled;
	outputs_apply(data, &change, 1, false);
}

static void on_screen_removed(void *data, struct screen *screen)
{
	output_destroy(screen->user);
}

static void on_presented(void *data, struct screen *screen, const struct presented *how)
{
	if (screen->user)
		output_on_presented(screen->user, how);
}

static void on_input(void *data, const struct input_event *event)
{
	struct server *server = data;
	seat_input(server->seat, event);
}

static void on_settings(
	void *data, const struct input_device *device, struct input_settings *settings)
{
	const struct server *server = data;
	*settings = config_input(server->config, device);
}

static void on_active(void *data, bool active)
{
	struct server *server = data;
	struct output *output;
	if (active)
		wl_list_for_each(output, &server->outputs, link)
			output_damage_all(output);
}

static void on_selection(void *data, bool primary, struct data_source *source)
{
	struct server *server = data;
	server->host_selects = true;
	selection_set(primary ? &server->seat->primary : &server->seat->clipboard, source,
		server_next_serial(server));
	server->host_selects = false;
}

static void on_focus(void *data, bool focused)
{
	struct server *server = data;
	keyboard_set_away(server->seat, !focused);
}

static void on_keymap(void *data, const char *text)
{
	struct server *server = data;
	keyboard_set_host_keymap(server->seat, text);
}

static void on_modifiers(
	void *data, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	struct server *server = data;
	keyboard_set_host_modifiers(server->seat, depressed, latched, locked, group);
}

static void on_closed(void *data, bool failed)
{
	struct server *server = data;
	if (server->exit)
		server->exit(server->exit_data, failed ? RUN_FAILED_SELF : 0);
}

static const struct backend_sink sink = {
	.screen_added = on_screen_added,
	.screen_changed = on_screen_changed,
	.screen_removed = on_screen_removed,
	.presented = on_presented,
	.input = on_input,
	.settings = on_settings,
	.active = on_active,
	.selection = on_selection,
	.focus = on_focus,
	.keymap = on_keymap,
	.modifiers = on_modifiers,
	.closed = on_closed,
};

static void on_client_created(struct wl_listener *listener, void *data)
{
	struct server *server = wl_container_of(listener, server, client_created);
	backlog_watch(server, data);
}

// The host hears of our selections, but not of its own.
static void tell_host(struct server *server, bool primary, struct data_source *source)
{
	const struct backend_impl *impl = server->backend->impl;
	if (impl->set_selection && !server->host_selects)
		impl->set_selection(server->backend, primary, source);
}

static void on_clipboard_changed(struct wl_listener *listener, void *data)
{
	struct server *server = wl_container_of(listener, server, clipboard_changed);
	tell_host(server, false, server->seat->clipboard.source);
}

static void on_primary_changed(struct wl_listener *listener, void *data)
{
	struct server *server = wl_container_of(listener, server, primary_changed);
	tell_host(server, true, server->seat->primary.source);
}

static void on_activity(struct wl_listener *listener, void *data)
{
	struct server *server = wl_container_of(listener, server, activity);
	idle_activity(server->idle);
}

static void init_signals(struct server *server)
{
	wl_signal_init(&server->events.destroyed);
	wl_signal_init(&server->events.window_added);
	wl_signal_init(&server->events.output_added);
	wl_signal_init(&server->events.output_removed);
	wl_signal_init(&server->events.outputs_changed);
	wl_signal_init(&server->events.activity);
	wl_signal_init(&server->events.surface_created);
	wl_signal_init(&server->events.frame_done);
}

static void scale_outputs(struct server *server, double scale)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		struct output_change change = output_change_none(output);
		change.scale = scale;
		if (!outputs_apply(server, &change, 1, false))
			log_error("%s: a scale of %g is not possible", output->name, scale);
	}
}

struct server *server_create(const struct server_options *options)
{
	struct server *server = xcalloc(1, sizeof(*server));
	wl_list_init(&server->outputs);
	wl_list_init(&server->surfaces);
	wl_list_init(&server->windows);
	wl_list_init(&server->layers);
	wl_list_init(&server->contents);
	init_signals(server);
	server->is_dmabuf = options->is_dmabuf ? options->is_dmabuf : fd_is_dmabuf;
	server->wlcs_quirks = options->wlcs_quirks;
	server->plain_text = options->builtin_cursor;
	server->no_wallpaper_image = options->no_wallpaper_image;
	server->config = options->config ? options->config : config_create_default();
	server->display = wl_display_create();
	if (!server->display) {
		log_error("no Wayland display can be made");
		goto fail;
	}
	server->loop = wl_display_get_event_loop(server->display);
	server->client_created.notify = on_client_created;
	wl_display_add_client_created_listener(server->display, &server->client_created);
	server->clock =
		options->virtual_clock ? clock_create_virtual() : clock_create_real(server->loop);
	if (!server->clock)
		goto fail;
	wl_list_init(&server->fences);
	timer_init(&server->hidden_timer, server->clock, surfaces_answer_hidden, server);
	timer_init(&server->recover_timer, server->clock, recover, server);
	server->backend = choose_backend(server, &sink, options);
	if (!server->backend)
		goto fail;
	server->renderer = choose_renderer(server->backend, options);
	if (!server->renderer)
		goto fail;
	server->scene = scene_create(server);
	server->access = access_create(server);
	server->idle = idle_create(server);
	server->activity.notify = on_activity;
	wl_signal_add(&server->events.activity, &server->activity);
	server->activation = activation_create(server);
	server->seat = seat_create(server, "seat0");
	server->clipboard_changed.notify = on_clipboard_changed;
	wl_signal_add(&server->seat->clipboard.changed, &server->clipboard_changed);
	server->primary_changed.notify = on_primary_changed;
	wl_signal_add(&server->seat->primary.changed, &server->primary_changed);
	if (options->builtin_cursor)
		cursor_set_theme(server->seat->cursor, "builtin", 0);
	if (!protocols_create(server))
		goto fail;
	server->shell = choose_shell(server, options);
	if (!server->shell)
		goto fail;
	if (!server->backend->impl->start(server->backend))
		goto fail;
	if (options->scale > 0)
		scale_outputs(server, options->scale);
	return server;
fail:
	server_destroy(server);
	return NULL;
}

void server_destroy(struct server *server)
{
	if (!server)
		return;
	if (server->display)
		wl_display_destroy_clients(server->display);
	wl_signal_emit_mutable(&server->events.destroyed, server);
	if (server->clipboard_changed.notify) {
		wl_list_remove(&server->clipboard_changed.link);
		wl_list_remove(&server->primary_changed.link);
	}
	// Screens go first, so that nothing is drawn any more; the shell hears that they went.
	backend_destroy(server->backend);
	shell_destroy(server->shell);
	server->shell = NULL;
	if (server->seat)
		seat_destroy(server->seat);
	server->seat = NULL;
	activation_destroy(server->activation);
	idle_destroy(server->idle);
	access_destroy(server->access);
	scene_destroy(server->scene);
	renderer_destroy(server->renderer);
	if (server->clock) {
		timer_finish(&server->hidden_timer);
		weak_clear(&server->dark_by_lid);
		timer_finish(&server->recover_timer);
	}
	clock_destroy(server->clock);
	if (server->display)
		wl_display_destroy(server->display);
	config_destroy(server->config);
	free(server);
}
