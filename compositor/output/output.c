// SPDX-License-Identifier: MIT
// Outputs: creation, the layout, and atomic changes of mode, scale and transform.
#include "compositor/output/output.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/output/cursor.h"
#include "compositor/output/frame.h"
#include "compositor/output/visibility.h"
#include "compositor/policy.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/fence.h"
#include "compositor/surface/surface.h"

#define MAX_POSITION (1 << 20)

static unsigned free_index(struct server *server)
{
	unsigned used = 0;
	struct output *output;
	wl_list_for_each(output, &server->outputs, link)
		used |= 1u << output->index;
	for (unsigned i = 0; i < OUTPUTS_MAX; i++)
		if (!(used & (1u << i)))
			return i;
	return OUTPUTS_MAX;
}

// The size in whole logical pixels.
static void logical_size(struct output *output)
{
	int width, height;
	output_size_upright(output, &width, &height);
	output->box.width = MAX((int)lround(width / output->scale), 1);
	output->box.height = MAX((int)lround(height / output->scale), 1);
}

// Emits events.changed if anything clients see has changed.
static void notify_changed(struct output *output)
{
	struct output_announced now;
	memset(&now, 0, sizeof(now)); // memcmp compares padding as well
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

// Lines up the outputs that were not positioned explicitly, left to right.
static void outputs_arrange(struct server *server)
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

// What waited for a frame that does not come any more waits without it.
static void frames_dropped(struct server *server)
{
	fences_look(server);
	surfaces_watch_hidden(server);
}

// Arranges outputs and notifies listeners, shell, seat and cursor, in this order.
static void layout_changed(struct server *server)
{
	server->layouts++;
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
		notify_changed(output);
	if (server->shell && server->shell->impl->layout_changed)
		server->shell->impl->layout_changed(server->shell);
	wl_signal_emit_mutable(&server->events.layout_settled, NULL);
	if (server->cursor)
		cursor_update(server->cursor);
	frames_dropped(server);
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
		log_warn("%s: the configured mode is not supported; keeping %dx%d", output->name,
			output->screen->mode.width, output->screen->mode.height);
}

struct output *output_create(struct server *server, struct screen *screen)
{
	unsigned index = free_index(server);
	if (index == OUTPUTS_MAX) {
		log_error("%s: more than %d outputs are not supported", screen->name, OUTPUTS_MAX);
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
	wl_signal_init(&output->events.cursor_damaged);
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
	output_clear_visibility(output);
	server->scene->moved = true;
	wl_list_remove(&output->link);
	wl_signal_emit_mutable(&output->events.destroyed, output);
	wl_signal_emit_mutable(&server->events.output_removed, output);
	output->screen->user = NULL;
	output_frame_finish(output);
	struct surface *surface;
	wl_list_for_each(surface, &server->surfaces, link) { // the bit may be reused
		surface->outputs &= ~(1u << output->index);
		surface->expected_outputs &= ~(1u << output->index);
	}
	// wl_output resources stay, inert: the protocol listens to events.destroyed.
	free(output->name);
	free(output->description);
	free(output);
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

bool outputs_are_seen(const struct server *server)
{
	const struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled && !output->powered_off)
			return !server->away;
	}
	return false;
}

struct box outputs_bounds(struct server *server)
{
	struct box bounds = {0};
	const struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled)
			box_extend(&bounds, &output->box);
	}
	return bounds;
}

void output_size_px(const struct output *output, int *width, int *height)
{
	*width = output->screen->mode.width;
	*height = output->screen->mode.height;
}

void output_size_upright(const struct output *output, int *width, int *height)
{
	const struct mode *mode = &output->screen->mode;
	bool swaps = transform_swaps(output->transform);
	*width = swaps ? mode->height : mode->width;
	*height = swaps ? mode->width : mode->height;
}

struct box output_to_pixels(const struct output *output, const struct box *box)
{
	int width, height;
	output_size_upright(output, &width, &height);
	struct box scaled = box_scale(box, output->scale);
	return box_transform(&scaled, output->transform, width, height);
}

bool output_set_power(struct output *output, bool on)
{
	const struct backend_impl *impl = output->screen->backend->impl;
	if (output->powered_off == !on)
		return true;
	if (!impl->set_power || !impl->set_power(output->screen, on))
		return false;
	output->powered_off = !on;
	output_frame_clock_reset(output);
	output_forget_shown(output);
	output_damage_all(output);
	frames_dropped(output->server);
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

// When one output is positioned explicitly, the others do not move.
static void keep_places(struct server *server)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled)
			output->placed_by_user = true;
	}
}

static bool position_is_sane(int position)
{
	return position >= -MAX_POSITION && position <= MAX_POSITION;
}

static bool change_is_sane(const struct output_change *change)
{
	return change->scale >= OUTPUT_SCALE_MIN && change->scale <= OUTPUT_SCALE_MAX &&
		change->transform >= TRANSFORM_NORMAL &&
		change->transform <= TRANSFORM_FLIPPED_270 && change->mode.width >= 0 &&
		change->mode.height >= 0 && refresh_is_possible(change->mode.refresh_mhz) &&
		position_is_sane(change->x) && position_is_sane(change->y);
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
		if (output->enabled && output->powered_off && !was_enabled)
			output_set_power(output, true);
		if (change->has_position) {
			keep_places(server);
			output->placed_by_user = true;
			output->box.x = change->x;
			output->box.y = change->y;
		}
		logical_size(output);
		output_frame_clock_reset(output);
		if (output->enabled != was_enabled)
			output_forget_shown(output);
		if (!output->enabled)
			output_clear_visibility(output);
	}
	layout_changed(server);
	return true;
}
