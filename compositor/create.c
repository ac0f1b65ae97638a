// SPDX-License-Identifier: MIT
// Creates a server's parts in order and destroys them in reverse; receives the back end's events.
#include "compositor/create.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/dmabuf.h"
#include "compositor/base/exit_status.h"
#include "compositor/base/log.h"
#include "compositor/base/workers.h"
#include "compositor/client/access.h"
#include "compositor/client/backlog.h"
#include "compositor/client/budget.h"
#include "compositor/config/config.h"
#include "compositor/lock/lock.h"
#include "compositor/modules.h"
#include "compositor/output/cursor.h"
#include "compositor/output/gpu_reset.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/idle.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection_keeper.h"
#include "compositor/text/text.h"
#include "compositor/window/activation.h"
#include "compositor/window/focus.h"
#include "compositor/window/window_layouts.h"
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

static void on_screen_exposed(void *data, struct screen *screen)
{
	if (screen->user)
		output_damage_all(screen->user);
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
	// Of a person in front of the screens. Programs, as for remote desktops, see captures.
	if (outputs_are_seen(server))
		seat_input(server->seat, event);
	else
		seat_input_unseen(server->seat, event);
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
	server->away = !active;
	if (active)
		wl_list_for_each(output, &server->outputs, link)
			output_damage_all(output);
	surfaces_watch_hidden(server);
}

static void on_selection(void *data, bool primary, struct data_source *source)
{
	struct server *server = data;
	selection_set_from(primary ? &server->seat->primary : &server->seat->clipboard, source,
		server_next_serial(server), server->backend);
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
	.screen_exposed = on_screen_exposed,
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
	budget_watch(server->budgets, data);
}

// Offers a selection to the host, unless it came from there. A locked session offers none.
static void offer_to_host(struct server *server, bool primary, const struct selection *selection)
{
	const struct backend_impl *impl = server->backend->impl;
	if (impl->set_selection && selection->origin != server->backend && !server->locked)
		impl->set_selection(server->backend, primary, selection->source);
}

static void on_clipboard_changed(struct wl_listener *listener, void *data)
{
	struct server *server = wl_container_of(listener, server, clipboard_changed);
	offer_to_host(server, false, &server->seat->clipboard);
}

static void on_primary_changed(struct wl_listener *listener, void *data)
{
	struct server *server = wl_container_of(listener, server, primary_changed);
	offer_to_host(server, true, &server->seat->primary);
}

// What was offered before the session was locked is withdrawn, and offered again after.
static void on_lock_changed(struct wl_listener *listener, void *data)
{
	struct server *server = wl_container_of(listener, server, lock_changed);
	const struct backend_impl *impl = server->backend->impl;
	const struct selection *const selections[] = {
		&server->seat->clipboard, &server->seat->primary};
	for (int i = 0; i < 2; i++) {
		struct data_source *source = selections[i]->source;
		if (impl->set_selection && source && selections[i]->origin != server->backend)
			impl->set_selection(server->backend, i, server->locked ? NULL : source);
	}
}

static void keep_selections(struct server *server)
{
	const struct config *config = server->config;
	size_t limit = (size_t)config->clipboard.keep_limit << 20;
	if (config->clipboard.keep)
		server->seat->clipboard.keeper =
			selection_keeper_create(server->loop, server->clock, limit);
	if (config->clipboard.keep_primary)
		server->seat->primary.keeper =
			selection_keeper_create(server->loop, server->clock, limit);
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
	wl_signal_init(&server->events.layout_settled);
	wl_signal_init(&server->events.activity);
	wl_signal_init(&server->events.surface_created);
	wl_signal_init(&server->events.xwayland_serial);
	wl_signal_init(&server->events.frame_done);
	wl_signal_init(&server->events.frame_shown);
	wl_signal_init(&server->events.lid_closed);
	wl_signal_init(&server->events.lock_changed);
}

static void scale_outputs(struct server *server, double scale)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		struct output_change change = output_change_none(output);
		change.scale = scale;
		if (!outputs_apply(server, &change, 1, false))
			log_error("%s: scale %g is not supported", output->name, scale);
	}
}

// A request may announce up to 65,535 bytes. Since 1.23, libwayland stops reading at the limit of
// its buffer (4,096 bytes unless set) without an error: an incomplete request beyond it would keep
// the socket readable, and the loop busy, for ever. Buffers grow only as far as a client needs.
static void limit_requests(struct wl_display *display)
{
#if WAYLAND_VERSION_MAJOR > 1 || WAYLAND_VERSION_MINOR >= 23
	wl_display_set_default_max_buffer_size(display, 65536);
#endif
}

struct server *server_create(const struct server_options *options)
{
	struct server *server = xcalloc(1, sizeof(*server));
	wl_list_init(&server->outputs);
	wl_list_init(&server->surfaces);
	wl_list_init(&server->waiting);
	wl_list_init(&server->windows);
	wl_list_init(&server->layers);
	wl_list_init(&server->contents);
	init_signals(server);
	server->is_dmabuf = options->is_dmabuf ? options->is_dmabuf : fd_is_dmabuf;
	server->any_render_node =
		options->any_render_node ? options->any_render_node() : device_any_render_node();
	server->wlcs_quirks = options->wlcs_quirks;
	server->plain_text = options->builtin_cursor;
	server->load_font = options->load_font;
	server->no_wallpaper_image = options->no_wallpaper_image;
	server->config = options->config ? options->config : config_create_default();
	server->display = wl_display_create();
	if (!server->display) {
		log_error("cannot create a Wayland display");
		goto fail;
	}
	limit_requests(server->display);
	server->loop = wl_display_get_event_loop(server->display);
	server->budgets = budgets_create(server->loop, server->config);
	server->client_created.notify = on_client_created;
	wl_display_add_client_created_listener(server->display, &server->client_created);
	server->clock =
		options->virtual_clock ? clock_create_virtual() : clock_create_real(server->loop);
	if (!server->clock)
		goto fail;
	server->workers = workers_create(server->loop);
	wl_list_init(&server->fences);
	timer_init(&server->hidden_timer, server->clock, surfaces_answer_hidden, server);
	timer_init(&server->gpu_reset_timer, server->clock, gpu_reset_recover, server);
	server->backend = choose_backend(server, &sink, options);
	if (!server->backend)
		goto fail;
	server->renderer = choose_renderer(server->backend, options);
	if (!server->renderer)
		goto fail;
	server->scene = scene_create(server, &outputs_sink);
	server->access = access_create(server);
	server->idle = idle_create(server);
	server->activity.notify = on_activity;
	wl_signal_add(&server->events.activity, &server->activity);
	server->activation = activation_create(server);
	server->cursor = cursor_create(server);
	server->seat = seat_create(server, "seat0");
	server->lock = lock_create(server);
	server->text = text_create(server);
	if (!options->no_keeper)
		keep_selections(server);
	server->window_layouts = window_layouts_create(server);
	server->clipboard_changed.notify = on_clipboard_changed;
	wl_signal_add(&server->seat->clipboard.changed, &server->clipboard_changed);
	server->primary_changed.notify = on_primary_changed;
	wl_signal_add(&server->seat->primary.changed, &server->primary_changed);
	server->lock_changed.notify = on_lock_changed;
	wl_signal_add(&server->events.lock_changed, &server->lock_changed);
	if (options->builtin_cursor)
		cursor_set_theme(server->cursor, "builtin",
			server->config->cursor.size ? server->config->cursor.size
						    : CURSOR_DEFAULT_SIZE);
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
		wl_list_remove(&server->lock_changed.link);
	}
	// Screens first, so that nothing is drawn any more; the shell sees its outputs removed.
	backend_destroy(server->backend);
	shell_destroy(server->shell);
	server->shell = NULL;
	window_layouts_destroy(server->window_layouts);
	lock_destroy(server->lock);
	text_destroy(server->text);
	server->text = NULL;
	if (server->seat)
		seat_destroy(server->seat);
	server->seat = NULL;
	cursor_destroy(server->cursor);
	server->cursor = NULL;
	activation_destroy(server->activation);
	idle_destroy(server->idle);
	access_destroy(server->access);
	scene_destroy(server->scene);
	renderer_destroy(server->renderer);
	if (server->clock) {
		timer_finish(&server->hidden_timer);
		weak_clear(&server->lid_disabled);
		timer_finish(&server->gpu_reset_timer);
	}
	workers_destroy(server->workers);
	clock_destroy(server->clock);
	budgets_destroy(server->budgets);
	if (server->display)
		wl_display_destroy(server->display);
	config_destroy(server->config);
	free(server);
}
