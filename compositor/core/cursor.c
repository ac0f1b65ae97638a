// SPDX-License-Identifier: MIT
// Which image the pointer has, and how it gets to the screen: as pictures for planes and captures,
// and as nodes of the scene for everything that is drawn.
//
// Neither happens before somebody asks: without that no theme is loaded, and a motion of a pointer
// that is on a plane does not touch the scene.
#include "compositor/core/cursor.h"
#include <drm_fourcc.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/cursor_theme.h"
#include "compositor/core/damage.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "renderer/renderer.h"

#define DEFAULT_SIZE 24
#define MIN_SIZE 8
#define MAX_SIZE 256
#define MAX_SURFACE 1024      // logical, each side; larger ones are not shown
#define MAX_HOTSPOT (1 << 20) // far outside, but safe to calculate with
#define MAX_PICTURE_PX 4096   // each side

// The image as one buffer.
struct picture {
	struct buffer *buffer; // locked; NULL: not made
	bool own;              // drawn for this, and dropped after
	uint64_t changes;      // cursor.changes it shows
	double scale;
	enum transform transform;
	int hotspot_x, hotspot_y; // pixels, before the transform
	uint64_t sequence;        // never the same for two pictures
};

struct cursor {
	struct server *server;
	struct seat *seat;
	struct cursor_theme *theme;
	char *shape;              // what the client asked for; NULL: its surface, or nothing
	char *override;           // or NULL
	struct surface *surface;  // of the client, or NULL
	int hotspot_x, hotspot_y; // of surface, logical
	struct wl_listener surface_gone;
	uint64_t changes; // grows with every change of the image
	struct timer animation;
	uint64_t animation_start_ns;

	struct node *tree, *image;    // tree lies at the pointer's point
	struct content content;       // of image
	struct buffer *drawn;         // locked: what content shows
	struct box placed;            // where in the layout the nodes show it
	unsigned outputs;             // bits of the outputs it was on when it was moved last
	struct wl_event_source *move; // before the loop waits again, or NULL

	struct picture planes[32]; // by output.index
	struct picture captured;
	uint64_t sequence; // of the newest picture
};

// Its user wants none, of a touchscreen for instance.
static bool is_unwanted(const struct cursor *cursor)
{
	return cursor->server->config->cursor.plane == CURSOR_NONE;
}

// The name of the shape that is to be seen; NULL: the surface, if any.
static const char *shown_shape(const struct cursor *cursor)
{
	if (is_unwanted(cursor))
		return NULL;
	return cursor->override ? cursor->override : cursor->shape;
}

struct surface *cursor_surface(struct cursor *cursor)
{
	return !is_unwanted(cursor) && !shown_shape(cursor) && cursor->surface &&
			cursor->surface->mapped
		? cursor->surface
		: NULL;
}

// Of the client's surface with its subsurfaces, which may be anywhere: safe to calculate with.
static struct box surface_box(const struct cursor *cursor)
{
	struct box box = surface_extents(cursor->surface);
	box.x = CLAMP(box.x, -MAX_HOTSPOT, MAX_HOTSPOT);
	box.y = CLAMP(box.y, -MAX_HOTSPOT, MAX_HOTSPOT);
	box.width = CLAMP(box.width, 0, MAX_HOTSPOT);
	box.height = CLAMP(box.height, 0, MAX_HOTSPOT);
	return box;
}

// Animations

static const struct cursor_frame *current_frame(
	struct cursor *cursor, const struct cursor_shape *shape)
{
	uint64_t now = clock_now_ns(cursor->server->clock), left;
	const struct cursor_frame *frame =
		cursor_shape_frame(shape, now - cursor->animation_start_ns, &left);
	// Whoever looks sets the timer: an animation that nobody sees stands still.
	if (left != UINT64_MAX && !timer_is_set(&cursor->animation))
		timer_set(&cursor->animation, now + left);
	return frame;
}

// Pictures

static void picture_drop(struct picture *picture)
{
	struct buffer *buffer = picture->buffer;
	bool own = picture->own;
	*picture = (struct picture){0};
	buffer_unlock(buffer);
	if (own)
		buffer_drop(buffer);
}

// Draws the list into a new buffer that is transparent elsewhere.
static struct buffer *draw_list(
	struct cursor *cursor, struct item_list *list, int width, int height)
{
	struct renderer *renderer = cursor->server->renderer;
	struct buffer *target = NULL;
	if (renderer->cpu_targets)
		target = buffer_create_memfd(width, height, DRM_FORMAT_ARGB8888);
	else if (renderer->impl->alloc)
		target = renderer->impl->alloc(renderer, width, height, DRM_FORMAT_ARGB8888);
	if (!target)
		return NULL;
	const struct box bounds = {0, 0, width, height};
	damage_occlude(list, &bounds);
	region all;
	pixman_region32_init_rect(&all, 0, 0, (unsigned)width, (unsigned)height);
	struct item *ground = item_list_add(list);
	pixman_region32_copy(&ground->visible, &all);
	ground->draw = (struct draw){.alpha = 1, .dst = bounds, .opaque = true};
	for (size_t i = 0; i < list->count; i++)
		list->items[i].draw.visible = &list->items[i].visible;
	bool ok = item_list_draw(list, renderer, target, &all, NULL);
	pixman_region32_fini(&all);
	if (ok)
		return target;
	buffer_drop(target);
	return NULL;
}

// A theme's picture scaled, turned, or both.
static struct buffer *draw_frame(struct cursor *cursor, const struct cursor_frame *frame,
	double ratio, enum transform transform)
{
	int width = MAX(scale_round(frame->buffer->width, ratio), 1);
	int height = MAX(scale_round(frame->buffer->height, ratio), 1);
	const struct box box = {0, 0, width, height};
	struct item_list list = {0};
	struct content content;
	struct buffer *target = NULL;
	content_init(&content, cursor->server);
	if (content_update(&content, frame->buffer, NULL)) {
		struct item *item = item_list_add(&list);
		struct box dst = box_transform(&box, transform, width, height);
		pixman_region32_clear(&item->opaque);
		item->node = NULL;
		item->draw = (struct draw){
			.texture = content.texture,
			.alpha = 1,
			.src = {0, 0, frame->buffer->width, frame->buffer->height},
			.dst = dst,
			.transform = transform,
		};
		target = draw_list(cursor, &list, dst.width, dst.height);
	}
	item_list_finish(&list);
	content_finish(&content);
	return target;
}

static struct buffer *draw_surface(
	struct cursor *cursor, double scale, enum transform transform, struct picture *picture)
{
	struct surface *surface = cursor->surface;
	struct box extents = surface_box(cursor);
	int width = scale_round(extents.width, scale), height = scale_round(extents.height, scale);
	if (width < 1 || height < 1 || width > MAX_PICTURE_PX || height > MAX_PICTURE_PX)
		return NULL;
	int x, y;
	node_position(surface->tree, &x, &y);
	bool swaps = transform_swaps(transform);
	const struct scene_view view = {
		.x = x + extents.x,
		.y = y + extents.y,
		.scale = scale,
		.transform = transform,
		.width = swaps ? height : width,
		.height = swaps ? width : height,
	};
	struct item_list list = {0};
	scene_flatten(surface->tree, &view, true, &list);
	struct buffer *target = draw_list(cursor, &list, view.width, view.height);
	item_list_finish(&list);
	picture->hotspot_x = scale_round(cursor->hotspot_x - extents.x, scale);
	picture->hotspot_y = scale_round(cursor->hotspot_y - extents.y, scale);
	return target;
}

// False: there is nothing to see.
static bool picture_make(
	struct cursor *cursor, struct picture *picture, double scale, enum transform transform)
{
	const char *name = shown_shape(cursor);
	const struct surface *surface = cursor_surface(cursor);
	// Children of the surface change without its knowing.
	bool volatile_content = surface && !wl_list_empty(&surface->subsurfaces);
	if (picture->buffer && picture->changes == cursor->changes && picture->scale == scale &&
		picture->transform == transform && !volatile_content)
		return true;
	picture_drop(picture);
	if (name) {
		const struct cursor_shape *shape = cursor_theme_get(cursor->theme, name, scale);
		const struct cursor_frame *frame = current_frame(cursor, shape);
		picture->own = shape->ratio != 1 || transform != TRANSFORM_NORMAL;
		picture->buffer = picture->own ? draw_frame(cursor, frame, shape->ratio, transform)
					       : frame->buffer;
		picture->hotspot_x = scale_round(frame->hotspot_x, shape->ratio);
		picture->hotspot_y = scale_round(frame->hotspot_y, shape->ratio);
	} else if (surface) {
		picture->own = true;
		picture->buffer = draw_surface(cursor, scale, transform, picture);
	}
	if (!picture->buffer)
		return false;
	buffer_lock(picture->buffer);
	picture->changes = cursor->changes;
	picture->scale = scale;
	picture->transform = transform;
	picture->sequence = ++cursor->sequence;
	return true;
}

// Where in the layout the image may be. Shapes are not loaded for that: it is a guess, and large.
static struct box reach(const struct cursor *cursor)
{
	const struct pointer *pointer = &cursor->seat->pointer;
	struct box box = {0};
	if (shown_shape(cursor)) {
		int size = 2 * cursor_theme_size(cursor->theme);
		box = (struct box){-size, -size, 2 * size, 2 * size};
	} else if (cursor->surface && cursor->surface->mapped) {
		box = surface_box(cursor);
		box.x -= cursor->hotspot_x;
		box.y -= cursor->hotspot_y;
	}
	box.x += (int)floor(pointer->x);
	box.y += (int)floor(pointer->y);
	return box;
}

static bool meets(const struct box *a, const struct box *b)
{
	return box_intersect(&(struct box){0}, a, b);
}

bool cursor_plane_image(struct cursor *cursor, struct output *output, struct buffer **buffer,
	int *x, int *y, int *hotspot_x, int *hotspot_y, uint64_t *sequence)
{
	const struct pointer *pointer = &cursor->seat->pointer;
	const struct screen *screen = output->screen;
	struct picture *picture = &cursor->planes[output->index];
	const struct surface *surface = cursor_surface(cursor);
	const struct box possible = reach(cursor);
	if (!meets(&possible, &output->box) || (surface && !wl_list_empty(&surface->subsurfaces)) ||
		!picture_make(cursor, picture, output->scale, output->transform)) {
		picture_drop(picture);
		return false;
	}
	if (picture->buffer->width > screen->cursor_width ||
		picture->buffer->height > screen->cursor_height)
		return false;
	bool swaps = transform_swaps(output->transform);
	int width = picture->buffer->width, height = picture->buffer->height;
	struct box box = {
		.x = (int)floor((pointer->x - output->box.x) * output->scale) - picture->hotspot_x,
		.y = (int)floor((pointer->y - output->box.y) * output->scale) - picture->hotspot_y,
		.width = swaps ? height : width,
		.height = swaps ? width : height,
	};
	int area_width = screen->mode.width, area_height = screen->mode.height;
	if (!box_intersect(&(struct box){0}, &box,
		    &(struct box){0, 0, swaps ? area_height : area_width,
			    swaps ? area_width : area_height}))
		return false;
	double hot_x = picture->hotspot_x + 0.5, hot_y = picture->hotspot_y + 0.5;
	point_transform(&hot_x, &hot_y, output->transform, box.width, box.height);
	box = box_transform(&box, output->transform, swaps ? area_height : area_width,
		swaps ? area_width : area_height);
	*buffer = picture->buffer;
	*x = box.x;
	*y = box.y;
	*hotspot_x = (int)floor(hot_x);
	*hotspot_y = (int)floor(hot_y);
	*sequence = picture->sequence;
	return true;
}

struct buffer *cursor_image(struct cursor *cursor, double scale, int *hotspot_x, int *hotspot_y)
{
	if (!picture_make(cursor, &cursor->captured, scale, TRANSFORM_NORMAL))
		return NULL;
	*hotspot_x = cursor->captured.hotspot_x;
	*hotspot_y = cursor->captured.hotspot_y;
	return cursor->captured.buffer;
}

// Nodes

static void place_shape(struct cursor *cursor, const char *name)
{
	const struct pointer *pointer = &cursor->seat->pointer;
	const struct output *output = output_nearest(cursor->server, pointer->x, pointer->y);
	double scale = output ? output->scale : 1;
	const struct cursor_shape *shape = cursor_theme_get(cursor->theme, name, scale);
	const struct cursor_frame *frame = current_frame(cursor, shape);
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

// Brings the scene up to date.
static void place(struct cursor *cursor)
{
	const struct pointer *pointer = &cursor->seat->pointer;
	const char *name = shown_shape(cursor);
	if (name)
		place_shape(cursor, name);
	if (cursor->surface)
		node_set_position(cursor->surface->tree, -cursor->hotspot_x, -cursor->hotspot_y);
	node_set_hidden(cursor->image, !name);
	node_set_position(cursor->tree, (int)floor(pointer->x), (int)floor(pointer->y));
	cursor->placed = reach(cursor);
}

void cursor_draw(struct cursor *cursor, const struct scene_view *view)
{
	bool swaps = transform_swaps(view->transform);
	const struct box box = {
		.x = (int)floor(view->x),
		.y = (int)floor(view->y),
		.width = (int)ceil((swaps ? view->height : view->width) / view->scale) + 1,
		.height = (int)ceil((swaps ? view->width : view->height) / view->scale) + 1,
	};
	const struct box possible = reach(cursor);
	// Where it was shown before it has to go.
	if (meets(&box, &possible) || meets(&box, &cursor->placed))
		place(cursor);
}

static void forget_move(struct cursor *cursor)
{
	if (cursor->move)
		wl_event_source_remove(cursor->move);
	cursor->move = NULL;
}

static void move_now(struct cursor *cursor)
{
	forget_move(cursor);
	const struct box possible = reach(cursor);
	bool draw = false;
	unsigned outputs = 0;
	struct output *output;
	wl_list_for_each(output, &cursor->server->outputs, link) {
		if (!output->enabled)
			continue;
		bool touched = meets(&output->box, &possible);
		if (touched)
			outputs |= 1u << output->index;
		if (touched || output->cursor_on_plane)
			output_move_cursor(output);
		if (!output->cursor_on_plane)
			draw = draw || meets(&output->box, &cursor->placed) ||
				(touched && !output_has_cursor_plane(output));
	}
	// The client of a surface is to know on which outputs it is.
	if (draw || (cursor->surface && outputs != cursor->outputs))
		place(cursor);
	cursor->outputs = outputs;
}

static void on_idle(void *data)
{
	struct cursor *cursor = data;
	cursor->move = NULL; // the loop removes it itself
	move_now(cursor);
}

// A device tells its motions in batches: a plane, which costs a call to the driver each time, is
// moved once for all of them.
void cursor_moved(struct cursor *cursor)
{
	bool on_plane = false;
	struct output *output;
	wl_list_for_each(output, &cursor->server->outputs, link)
		on_plane = on_plane || output->cursor_on_plane;
	if (on_plane && !cursor->move)
		cursor->move = wl_event_loop_add_idle(cursor->server->loop, on_idle, cursor);
	if (!cursor->move)
		move_now(cursor);
}

// The image is another one.
static void changed(struct cursor *cursor, bool restart)
{
	cursor->changes++;
	if (restart) {
		timer_cancel(&cursor->animation);
		cursor->animation_start_ns = clock_now_ns(cursor->server->clock);
	}
	move_now(cursor);
}

static void on_animation(void *data)
{
	changed(data, false);
}

// The client's surface

static void update_surface(struct cursor *cursor)
{
	struct surface *surface = cursor->surface;
	if (!surface)
		return;
	bool fits = surface->width <= MAX_SURFACE && surface->height <= MAX_SURFACE;
	surface_set_mapped(surface, surface->has_buffer && fits && !shown_shape(cursor));
	if (surface->mapped)
		place(cursor);
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
	changed(cursor, true);
}

static void on_commit(struct surface *surface, unsigned set)
{
	struct seat *seat = surface->server->seat;
	struct cursor *cursor = seat ? seat->cursor : NULL;
	if (!cursor || cursor->surface != surface)
		return;
	int64_t x = (int64_t)cursor->hotspot_x - surface->current.dx;
	int64_t y = (int64_t)cursor->hotspot_y - surface->current.dy;
	cursor->hotspot_x = (int)CLAMP(x, -MAX_HOTSPOT, MAX_HOTSPOT);
	cursor->hotspot_y = (int)CLAMP(y, -MAX_HOTSPOT, MAX_HOTSPOT);
	update_surface(cursor);
	if (set & ~(unsigned)(SURFACE_FRAME | SURFACE_FEEDBACK))
		changed(cursor, false);
}

const struct surface_role cursor_role = {
	.name = "cursor",
	.commit = on_commit,
};

// What is wanted

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
		const struct output *output = output_nearest(
			cursor->server, cursor->seat->pointer.x, cursor->seat->pointer.y);
		if (output)
			surface_set_preferred(surface, output->scale, output->transform);
	}
	update_surface(cursor);
	changed(cursor, true);
}

void cursor_set_shape(struct cursor *cursor, const char *name)
{
	if (cursor->shape && strcmp(cursor->shape, name) == 0)
		return;
	release_surface(cursor);
	replace_string(&cursor->shape, name);
	changed(cursor, true);
}

void cursor_override(struct cursor *cursor, const char *name)
{
	if (cursor->override ? name && strcmp(cursor->override, name) == 0 : !name)
		return;
	replace_string(&cursor->override, name);
	update_surface(cursor);
	changed(cursor, true);
}

void cursor_focus_changed(struct cursor *cursor)
{
	cursor_set_shape(cursor, "default");
}

void cursor_set_theme(struct cursor *cursor, const char *theme, int size)
{
	struct cursor_theme *old = cursor->theme;
	cursor->theme = cursor_theme_create(theme ? theme : cursor_theme_name(old),
		size > 0 ? CLAMP(size, MIN_SIZE, MAX_SIZE) : cursor_theme_size(old));
	cursor_theme_destroy(old);
	changed(cursor, true);
}

static int default_size(const struct config *config)
{
	const char *text = getenv("XCURSOR_SIZE");
	long size = config && config->cursor.size ? config->cursor.size
		: text                            ? strtol(text, NULL, 10)
						  : DEFAULT_SIZE;
	return size > 0 ? (int)CLAMP(size, MIN_SIZE, MAX_SIZE) : DEFAULT_SIZE;
}

struct cursor *cursor_create(struct seat *seat)
{
	struct server *server = seat->server;
	const struct config *config = server->config;
	struct cursor *cursor = xcalloc(1, sizeof(*cursor));
	cursor->server = server;
	cursor->seat = seat;
	const char *theme =
		config && config->cursor.theme ? config->cursor.theme : getenv("XCURSOR_THEME");
	cursor->theme =
		cursor_theme_create(theme && *theme ? theme : "default", default_size(config));
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
	forget_move(cursor);
	release_surface(cursor);
	timer_finish(&cursor->animation);
	for (size_t i = 0; i < array_length(cursor->planes); i++)
		picture_drop(&cursor->planes[i]);
	picture_drop(&cursor->captured);
	node_destroy(cursor->tree);
	content_finish(&cursor->content);
	buffer_unlock(cursor->drawn);
	cursor_theme_destroy(cursor->theme);
	free(cursor->shape);
	free(cursor->override);
	free(cursor);
}
