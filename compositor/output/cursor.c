// SPDX-License-Identifier: MIT
// The cursor: which image it has, and its nodes in the scene for outputs that draw it.
//
// Themes are loaded and nodes moved on demand only: a cursor on hardware planes does not touch the
// scene when it moves.
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/cursor/cursor_theme.h"
#include "compositor/output/cursor_private.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "renderer/renderer.h"

#define MIN_SIZE 8
#define MAX_SIZE 256
#define MAX_SURFACE 1024 // logical, each side; larger ones are not shown

// The configuration hides the cursor, as for touchscreens.
static bool is_disabled(const struct cursor *cursor)
{
	return cursor->server->config->cursor.plane == CURSOR_NONE;
}

const char *cursor_shown_shape(const struct cursor *cursor)
{
	if (is_disabled(cursor))
		return NULL;
	return cursor->override ? cursor->override : cursor->shape;
}

struct surface *cursor_surface(struct cursor *cursor)
{
	return !is_disabled(cursor) && !cursor_shown_shape(cursor) && cursor->surface &&
			cursor->surface->mapped
		? cursor->surface
		: NULL;
}

// Subsurfaces may be anywhere, hence the clamping.
struct box cursor_surface_box(const struct cursor *cursor)
{
	struct box box = surface_extents(cursor->surface);
	box.x = CLAMP(box.x, -MAX_HOTSPOT, MAX_HOTSPOT);
	box.y = CLAMP(box.y, -MAX_HOTSPOT, MAX_HOTSPOT);
	box.width = CLAMP(box.width, 0, MAX_HOTSPOT);
	box.height = CLAMP(box.height, 0, MAX_HOTSPOT);
	return box;
}

// Animations

const struct cursor_frame *cursor_current_frame(
	struct cursor *cursor, const struct cursor_shape *shape)
{
	uint64_t now = clock_now_ns(cursor->server->clock), left;
	const struct cursor_frame *frame =
		cursor_shape_frame(shape, now - cursor->animation_start_ns, &left);
	if (left != UINT64_MAX && !timer_is_set(&cursor->animation))
		timer_set(&cursor->animation, now + left);
	return frame;
}

struct box cursor_reach(const struct cursor *cursor)
{
	struct box box = {0};
	if (cursor_shown_shape(cursor)) {
		int size = 2 * cursor_theme_size(cursor->theme);
		box = (struct box){-size, -size, 2 * size, 2 * size};
	} else if (cursor->surface && cursor->surface->mapped) {
		box = cursor_surface_box(cursor);
		box.x -= cursor->hotspot_x;
		box.y -= cursor->hotspot_y;
	}
	box.x += (int)floor(cursor->x);
	box.y += (int)floor(cursor->y);
	return box;
}

// Nodes

static void place_shape(struct cursor *cursor, const char *name)
{
	const struct output *output = output_nearest(cursor->server, cursor->x, cursor->y);
	double scale = output ? output->scale : 1;
	const struct cursor_shape *shape = cursor_theme_get(cursor->theme, name, scale);
	const struct cursor_frame *frame = cursor_current_frame(cursor, shape);
	if (cursor->drawn != frame->buffer) {
		buffer_unlock(cursor->drawn);
		cursor->drawn = buffer_lock(frame->buffer);
		content_update(&cursor->content, frame->buffer, NULL);
		node_content_changed(cursor->image);
	}
	double to_logical = shape->ratio / scale;
	node_set_size(cursor->image, MAX(scale_round(frame->buffer->width, to_logical), 1),
		MAX(scale_round(frame->buffer->height, to_logical), 1));
	node_set_position(cursor->image, -scale_round(frame->hotspot_x, to_logical),
		-scale_round(frame->hotspot_y, to_logical));
}

// Updates the nodes to image and position.
static void place_nodes(struct cursor *cursor)
{
	const char *name = cursor_shown_shape(cursor);
	if (name)
		place_shape(cursor, name);
	if (cursor->surface)
		node_set_position(cursor->surface->tree, -cursor->hotspot_x, -cursor->hotspot_y);
	node_set_hidden(cursor->image, !name);
	node_set_position(cursor->tree, (int)floor(cursor->x), (int)floor(cursor->y));
	cursor->placed = cursor_reach(cursor);
}

void cursor_place(struct cursor *cursor, const struct scene_view *view)
{
	bool swaps = transform_swaps(view->transform);
	const struct box box = {
		.x = (int)floor(view->x),
		.y = (int)floor(view->y),
		.width = (int)ceil((swaps ? view->height : view->width) / view->scale) + 1,
		.height = (int)ceil((swaps ? view->width : view->height) / view->scale) + 1,
	};
	const struct box possible = cursor_reach(cursor);
	// Also where it was shown before, from where it disappears.
	if (box_intersect(&(struct box){0}, &box, &possible) ||
		box_intersect(&(struct box){0}, &box, &cursor->placed))
		place_nodes(cursor);
}

static void cancel_update(struct cursor *cursor)
{
	if (cursor->move)
		wl_event_source_remove(cursor->move);
	cursor->move = NULL;
}

static void update_now(struct cursor *cursor)
{
	cancel_update(cursor);
	const struct box possible = cursor_reach(cursor);
	bool draw = false;
	unsigned outputs = 0;
	struct output *output;
	wl_list_for_each(output, &cursor->server->outputs, link) {
		if (!output->enabled)
			continue;
		bool touched = box_intersect(&(struct box){0}, &output->box, &possible);
		if (touched)
			outputs |= 1u << output->index;
		if (touched || output->cursor_on_plane)
			output_move_cursor(output);
		if (!output->cursor_on_plane)
			draw = draw ||
				box_intersect(&(struct box){0}, &output->box, &cursor->placed) ||
				(touched && !output_has_cursor_plane(output));
	}
	// A client's surface gets wl_surface.enter and leave also while it is on planes.
	if (draw || (cursor->surface && outputs != cursor->outputs))
		place_nodes(cursor);
	cursor->outputs = outputs;
	cursor_damage_captures(cursor);
}

static void on_idle(void *data)
{
	struct cursor *cursor = data;
	cursor->move = NULL; // the loop frees it
	update_now(cursor);
}

// Devices report motions in batches. A plane update is a system call, so it is done once per batch.
void cursor_update(struct cursor *cursor)
{
	bool on_plane = false;
	struct output *output;
	wl_list_for_each(output, &cursor->server->outputs, link)
		on_plane = on_plane || output->cursor_on_plane;
	if (on_plane && !cursor->move)
		cursor->move = xadd_idle(cursor->server->loop, on_idle, cursor);
	if (!cursor->move)
		update_now(cursor);
}

void cursor_set_position(struct cursor *cursor, double x, double y)
{
	cursor->x = x;
	cursor->y = y;
}

// The image changed. restart: its animation starts over.
static void image_changed(struct cursor *cursor, bool restart)
{
	cursor->changes++;
	if (restart) {
		timer_cancel(&cursor->animation);
		cursor->animation_start_ns = clock_now_ns(cursor->server->clock);
	}
	update_now(cursor);
}

static void on_animation(void *data)
{
	image_changed(data, false);
}

static void on_theme_changed(void *data)
{
	image_changed(data, true);
}

// The client's surface

static void update_surface(struct cursor *cursor)
{
	struct surface *surface = cursor->surface;
	if (!surface)
		return;
	bool fits = surface->width <= MAX_SURFACE && surface->height <= MAX_SURFACE;
	surface_set_mapped(surface, surface->has_buffer && fits && !cursor_shown_shape(cursor));
	if (surface->mapped)
		place_nodes(cursor);
}

static void release_surface(struct cursor *cursor)
{
	struct surface *surface = cursor->surface;
	if (!surface)
		return;
	cursor->surface = NULL;
	wl_list_remove(&cursor->surface_gone.link);
	surface_set_mapped(surface, false);
	node_set_parent(surface->tree, cursor->server->scene->layers[SCENE_WINDOWS]);
}

static void on_surface_gone(struct wl_listener *listener, void *data)
{
	struct cursor *cursor = wl_container_of(listener, cursor, surface_gone);
	release_surface(cursor);
	image_changed(cursor, true);
}

static void on_commit(struct surface *surface, unsigned set)
{
	struct cursor *cursor = surface->server->cursor;
	if (!cursor || cursor->surface != surface)
		return;
	int64_t x = (int64_t)cursor->hotspot_x - surface->current.dx;
	int64_t y = (int64_t)cursor->hotspot_y - surface->current.dy;
	cursor->hotspot_x = (int)CLAMP(x, -MAX_HOTSPOT, MAX_HOTSPOT);
	cursor->hotspot_y = (int)CLAMP(y, -MAX_HOTSPOT, MAX_HOTSPOT);
	update_surface(cursor);
	if (set & ~(unsigned)(SURFACE_FRAME | SURFACE_FEEDBACK))
		image_changed(cursor, false);
}

const struct surface_role cursor_role = {
	.name = "cursor",
	.commit = on_commit,
};

// Requests

void cursor_set_surface(
	struct cursor *cursor, struct surface *surface, int hotspot_x, int hotspot_y)
{
	if (cursor->surface != surface)
		release_surface(cursor);
	replace_string(&cursor->shape, NULL);
	cursor->hotspot_x = CLAMP(hotspot_x, -MAX_HOTSPOT, MAX_HOTSPOT);
	cursor->hotspot_y = CLAMP(hotspot_y, -MAX_HOTSPOT, MAX_HOTSPOT);
	if (surface && !cursor->surface) {
		cursor->surface = surface;
		cursor->surface_gone.notify = on_surface_gone;
		wl_signal_add(&surface->events.destroyed, &cursor->surface_gone);
		node_set_parent(surface->tree, cursor->tree);
		const struct output *output = output_nearest(cursor->server, cursor->x, cursor->y);
		if (output)
			surface_set_preferred(surface, output->scale, output->transform);
	}
	update_surface(cursor);
	image_changed(cursor, true);
}

void cursor_set_shape(struct cursor *cursor, const char *name)
{
	if (cursor->shape && strcmp(cursor->shape, name) == 0)
		return;
	release_surface(cursor);
	replace_string(&cursor->shape, name);
	image_changed(cursor, true);
}

void cursor_override(struct cursor *cursor, const char *name)
{
	if (cursor->override ? name && strcmp(cursor->override, name) == 0 : !name)
		return;
	replace_string(&cursor->override, name);
	update_surface(cursor);
	image_changed(cursor, true);
}

void cursor_focus_changed(struct cursor *cursor)
{
	cursor_set_shape(cursor, "default");
}

void cursor_set_theme(struct cursor *cursor, const char *theme, int size)
{
	struct cursor_theme *old = cursor->theme;
	cursor->theme =
		cursor_theme_create(cursor->server->workers, theme ? theme : cursor_theme_name(old),
			size > 0 ? CLAMP(size, MIN_SIZE, MAX_SIZE) : cursor_theme_size(old),
			on_theme_changed, cursor);
	cursor_theme_destroy(old);
	image_changed(cursor, true);
}

static int default_size(const struct config *config)
{
	const char *text = getenv("XCURSOR_SIZE");
	long size = config && config->cursor.size ? config->cursor.size
		: text                            ? strtol(text, NULL, 10)
						  : CURSOR_DEFAULT_SIZE;
	return size > 0 ? (int)CLAMP(size, MIN_SIZE, MAX_SIZE) : CURSOR_DEFAULT_SIZE;
}

struct cursor *cursor_create(struct server *server)
{
	const struct config *config = server->config;
	struct cursor *cursor = xcalloc(1, sizeof(*cursor));
	cursor->server = server;
	const char *theme =
		config && config->cursor.theme ? config->cursor.theme : getenv("XCURSOR_THEME");
	cursor->theme = cursor_theme_create(server->workers, theme && *theme ? theme : "default",
		default_size(config), on_theme_changed, cursor);
	cursor->shape = xstrdup("default");
	timer_init(&cursor->animation, server->clock, on_animation, cursor);
	cursor->tree = node_create(server->scene->layers[SCENE_CURSOR], NODE_TREE);
	cursor->image = node_create(cursor->tree, NODE_CONTENT);
	node_set_hidden(cursor->image, true);
	content_init(&cursor->content, server);
	node_set_content(cursor->image, &cursor->content);
	return cursor;
}

void cursor_destroy(struct cursor *cursor)
{
	if (!cursor)
		return;
	cancel_update(cursor);
	release_surface(cursor);
	timer_finish(&cursor->animation);
	cursor_images_finish(cursor);
	node_destroy(cursor->tree);
	content_finish(&cursor->content);
	buffer_unlock(cursor->drawn);
	cursor_theme_destroy(cursor->theme);
	free(cursor->shape);
	free(cursor->override);
	free(cursor);
}
