// SPDX-License-Identifier: MIT
// Life and place of outputs: the layout, changes of mode, scale and transform, all at once.
#include "compositor/core/output.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/config.h"
#include "compositor/core/cursor.h"
#include "compositor/core/fence.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/shell.h"
#include "compositor/core/surface.h"

#define MIN_SCALE 0.25
#define MAX_SCALE 10.0

static unsigned free_index(struct server *server)
{
	unsigned used = 0;
	struct output *output;
	wl_list_for_each(output, &server->outputs, link)
		used |= 1u << output->index;
	for (unsigned i = 0; i < 32; i++)
		if (!(used & (1u << i)))
			return i;
	return 32;
}

// Whole logical pixels that show the physical size at that scale.
static void logical_size(struct output *output)
{
	const struct mode *mode = &output->screen->mode;
	bool swaps = transform_swaps(output->transform);
	int width = swaps ? mode->height : mode->width, height = swaps ? mode->width : mode->height;
	output->box.width = MAX((int)lround(width / output->scale), 1);
	output->box.height = MAX((int)lround(height / output->scale), 1);
}

// Tells whoever watches this output, where anything about it is news.
static void announce(struct output *output)
{
	struct output_announced now;
	memset(&now, 0, sizeof(now)); // compared with its padding
	now.box = output->box;
	now.scale = output->scale;
	now.transform = output->transform;
	now.enabled = output->enabled;
	now.width = output->screen->mode.width;
	now.height = output->screen->mode.height;
	now.refresh_mhz = output->screen->mode.refresh_mhz;
	if (memcmp(&output->announced, &now, sizeof(now)) == 0)
		return;
	output->announced = now;
	wl_signal_emit_mutable(&output->events.changed, output);
}

// Tells everybody that the layout is another one.
static void layout_changed(struct server *server)
{
	outputs_arrange(server);
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		output->usable = output->box;
		output_damage_all(output);
	}
	server->scene->moved = server->scene->changed = true;
	wl_signal_emit_mutable(&server->events.outputs_changed, NULL);
	struct output *tmp;
	wl_list_for_each_safe(output, tmp, &server->outputs, link)
		announce(output);
	if (server->shell && server->shell->impl->layout_changed)
		server->shell->impl->layout_changed(server->shell);
	if (server->seat) {
		if (server->seat->pointer.used)
			pointer_warp(
				server->seat, server->seat->pointer.x, server->seat->pointer.y);
		cursor_moved(server->seat->cursor);
	}
}

static void apply_rule(struct output *output)
{
	struct server *server = output->server;
	const struct output_rule *rule =
		server->config ? config_output(server->config, output->name) : NULL;
	if (!rule)
		return;
	struct output_change change = output_change_none(output);
	if (rule->width) {
		change.mode = (struct mode){.width = rule->width,
			.height = rule->height,
			.refresh_mhz = rule->refresh_mhz ? rule->refresh_mhz
							 : output->screen->mode.refresh_mhz};
	}
	if (rule->scale > 0)
		change.scale = rule->scale;
	if (rule->transform >= 0)
		change.transform = (enum transform)rule->transform;
	if (rule->has_position) {
		change.has_position = true;
		change.x = rule->x;
		change.y = rule->y;
	}
	if (rule->off)
		change.enabled = false;
	change.vrr = rule->vrr && output->screen->vrr_possible;
	if (!outputs_apply(server, &change, 1, false))
		log_warn("%s: the configured mode does not work here; it keeps %dx%d", output->name,
			output->screen->mode.width, output->screen->mode.height);
}

struct output *output_create(struct server *server, struct screen *screen)
{
	unsigned index = free_index(server);
	if (index == 32) {
		log_error("%s: more than 32 outputs are not supported", screen->name);
		return NULL;
	}
	struct output *output = xcalloc(1, sizeof(*output));
	output->server = server;
	output->screen = screen;
	output->index = index;
	output->name = xstrdup(screen->name);
	output->description = screen->make || screen->model
		? xasprintf("%s %s (%s)", screen->make ? screen->make : "",
			  screen->model ? screen->model : "", screen->name)
		: xasprintf("%s", screen->name);
	output->scale = 1;
	output->enabled = screen->enabled;
	screen->user = output;
	wl_list_init(&output->resources);
	wl_signal_init(&output->events.destroyed);
	wl_signal_init(&output->events.changed);
	wl_signal_init(&output->events.power);
	wl_signal_init(&output->events.frame);
	wl_signal_init(&output->events.damaged);
	output_frame_init(output);
	wl_list_insert(server->outputs.prev, &output->link);
	logical_size(output);
	outputs_arrange(server);
	wl_signal_emit_mutable(&server->events.output_added, output);
	apply_rule(output);
	layout_changed(server);
	return output;
}

void output_destroy(struct output *output)
{
	if (!output)
		return;
	struct server *server = output->server;
	output->enabled = false;
	server->scene->moved = true;
	wl_list_remove(&output->link);
	wl_signal_emit_mutable(&output->events.destroyed, output);
	wl_signal_emit_mutable(&server->events.output_removed, output);
	output->screen->user = NULL;
	output_frame_finish(output);
	struct surface *surface;
	wl_list_for_each(surface, &server->surfaces, link) // the bit may be given out again
		surface->outputs &= ~(1u << output->index);
	// wl_output resources stay with their clients, inert; the protocol has let go of us.
	free(output->name);
	free(output->description);
	free(output);
	fences_look(server);
	layout_changed(server);
}

struct output *output_by_name(struct server *server, const char *name)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (name && strcmp(output->name, name) == 0)
			return output;
	}
	return NULL;
}

struct output *output_at(struct server *server, double x, double y)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled && box_contains(&output->box, x, y))
			return output;
	}
	return NULL;
}

struct output *output_nearest(struct server *server, double x, double y)
{
	struct output *output, *best = NULL;
	double best_distance = INFINITY;
	wl_list_for_each(output, &server->outputs, link) {
		if (!output->enabled)
			continue;
		double near_x, near_y;
		box_closest(&output->box, x, y, &near_x, &near_y);
		double distance = hypot(near_x - x, near_y - y);
		if (!best || distance < best_distance) {
			best = output;
			best_distance = distance;
		}
	}
	return best;
}

struct output *output_first(struct server *server)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled)
			return output;
	}
	return NULL;
}

struct output *output_for_box(struct server *server, const struct box *box)
{
	struct output *output, *best = NULL;
	int64_t best_area = 0;
	wl_list_for_each(output, &server->outputs, link) {
		struct box common;
		if (!output->enabled || !box_intersect(&common, &output->box, box))
			continue;
		int64_t area = (int64_t)common.width * common.height;
		if (area > best_area) {
			best = output;
			best_area = area;
		}
	}
	return best ? best
		    : output_nearest(server, box->x + box->width / 2.0, box->y + box->height / 2.0);
}

struct wl_resource *output_resource_for(struct output *output, struct wl_client *client)
{
	struct wl_resource *resource;
	wl_resource_for_each(resource, &output->resources) {
		if (wl_resource_get_client(resource) == client)
			return resource;
	}
	return NULL;
}

struct box outputs_bounds(struct server *server)
{
	struct box bounds = {0};
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (!output->enabled)
			continue;
		const struct box *box = &output->box;
		if (box_empty(&bounds)) {
			bounds = *box;
			continue;
		}
		int right = MAX(bounds.x + bounds.width, box->x + box->width);
		int bottom = MAX(bounds.y + bounds.height, box->y + box->height);
		bounds.x = MIN(bounds.x, box->x);
		bounds.y = MIN(bounds.y, box->y);
		bounds.width = right - bounds.x;
		bounds.height = bottom - bounds.y;
	}
	return bounds;
}

void output_size_px(const struct output *output, int *width, int *height)
{
	*width = output->screen->mode.width;
	*height = output->screen->mode.height;
}

bool output_has_cursor_plane(const struct output *output)
{
	return output->screen->cursor_width &&
		output->server->config->cursor.plane == CURSOR_HARDWARE;
}

bool output_set_power(struct output *output, bool on)
{
	const struct backend_impl *impl = output->screen->backend->impl;
	if (output->dark == !on)
		return true;
	if (!impl->set_power || !impl->set_power(output->screen, on))
		return false;
	output->dark = !on;
	output->cursor_on_plane = false;
	timer_cancel(&output->frame_timer);
	fences_look(output->server);
	output->dirty = false;
	output_damage_all(output);
	wl_signal_emit_mutable(&output->events.power, output);
	return true;
}

struct output_change output_change_none(struct output *output)
{
	return (struct output_change){
		.output = output,
		.enabled = output->enabled,
		.scale = output->scale,
		.transform = output->transform,
		.mode = output->screen->mode,
		.vrr = output->vrr,
	};
}

void outputs_arrange(struct server *server)
{
	int x = 0;
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled && output->placed_by_user)
			x = MAX(x, output->box.x + output->box.width);
	}
	wl_list_for_each(output, &server->outputs, link) {
		if (!output->enabled || output->placed_by_user)
			continue;
		output->box.x = x;
		output->box.y = 0;
		x += output->box.width;
	}
}

// Who places one output does not expect the others to move.
static void keep_places(struct server *server)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled)
			output->placed_by_user = true;
	}
}

static bool change_is_sane(const struct output_change *change)
{
	return change->scale >= MIN_SCALE && change->scale <= MAX_SCALE &&
		change->transform >= TRANSFORM_NORMAL &&
		change->transform <= TRANSFORM_FLIPPED_270 && change->mode.width >= 0 &&
		change->mode.height >= 0 && abs(change->x) <= 1 << 20 && abs(change->y) <= 1 << 20;
}

bool outputs_apply(
	struct server *server, const struct output_change *changes, size_t n, bool test_only)
{
	struct screen_config *configs = xcalloc(MAX(n, 1), sizeof(*configs));
	size_t n_configs = 0;
	bool ok = true;
	for (size_t i = 0; i < n && ok; i++) {
		const struct output_change *change = &changes[i];
		struct screen *screen = change->output->screen;
		ok = change_is_sane(change) && (!change->vrr || screen->vrr_possible);
		struct mode mode = change->mode.width ? change->mode : screen->mode;
		if (change->enabled == screen->enabled && mode.width == screen->mode.width &&
			mode.height == screen->mode.height &&
			(mode.refresh_mhz == screen->mode.refresh_mhz || !mode.refresh_mhz))
			continue;
		configs[n_configs++] = (struct screen_config){screen, change->enabled, mode};
	}
	struct backend *backend = server->backend;
	if (ok && n_configs)
		ok = backend->impl->configure(backend, configs, n_configs, test_only);
	free(configs);
	if (!ok || test_only)
		return ok;

	for (size_t i = 0; i < n; i++) {
		const struct output_change *change = &changes[i];
		struct output *output = change->output;
		bool was_enabled = output->enabled;
		output->enabled = change->enabled;
		output->scale = change->scale;
		output->transform = change->transform;
		if (change->vrr != output->vrr &&
			backend->impl->set_vrr(output->screen, change->vrr))
			output->vrr = change->vrr;
		if (output->enabled && output->dark && !was_enabled)
			output_set_power(output, true);
		if (change->has_position) {
			keep_places(server);
			output->placed_by_user = true;
			output->box.x = change->x;
			output->box.y = change->y;
		}
		logical_size(output);
		output_pace_init(output);
	}
	layout_changed(server);
	return true;
}
