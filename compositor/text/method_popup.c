// SPDX-License-Identifier: MIT
// Places popups of input methods: below the cursor, above it where there is no room, and moved
// sideways into the output. They follow the window that has the field.
#include "compositor/text/method_popup.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/text/method.h"

#define FAR 32767 // logical pixels: cursors farther from the surface's origin count as there

// The cursor in layout coordinates; without a rectangle, the lower left corner of the surface.
// False: it is not shown.
static bool cursor_in_layout(const struct text *text, struct box *box)
{
	int x, y;
	if (!text->focus || !node_position(text->focus->node, &x, &y))
		return false;
	const struct text_field *field = &text->active->field;
	*box = field->has_rectangle ? field->rectangle : (struct box){0, text->focus->height, 0, 0};
	box->width = CLAMP(box->width, 0, FAR);
	box->height = CLAMP(box->height, 0, FAR);
	box->x = x + CLAMP(box->x, -FAR, FAR);
	box->y = y + CLAMP(box->y, -FAR, FAR);
	return true;
}

static int place_below(const struct box *output, const struct box *cursor, int height)
{
	int below = cursor->y + cursor->height, above = cursor->y - height;
	int last = output->y + output->height - height;
	if (below > last && above >= output->y)
		return MIN(above, last);
	return MAX(MIN(below, last), output->y);
}

static void popup_place(struct method_popup *popup)
{
	const struct text *text = popup->method->text;
	struct surface *surface = popup->surface;
	struct box cursor;
	if (!cursor_in_layout(text, &cursor))
		return;
	const struct output *output = output_nearest(text->server, cursor.x, cursor.y);
	if (!output)
		return;
	int last = output->box.x + output->box.width - surface->width;
	int x = MAX(MIN(cursor.x, last), output->box.x);
	int y = place_below(&output->box, &cursor, surface->height);
	surface_set_preferred(surface, output->scale, output->transform);
	if (surface->tree->x != x || surface->tree->y != y)
		node_set_position(surface->tree, x, y);
	cursor.x -= x;
	cursor.y -= y;
	if (popup->was_sent && box_equal(&cursor, &popup->sent))
		return;
	popup->was_sent = true;
	popup->sent = cursor;
	popup->rectangle(popup, &cursor);
}

static void popup_update(struct method_popup *popup)
{
	struct surface *surface = popup->surface;
	if (!surface)
		return;
	const struct text_method *method = popup->method;
	bool active = method && method->text && method->active;
	if (active)
		popup_place(popup);
	else
		popup->was_sent = false;
	surface_set_mapped(surface, active && surface->has_buffer);
}

static void on_popup_commit(struct surface *surface, unsigned set)
{
	if (surface->role_object)
		popup_update(surface->role_object);
}

static void on_surface_destroyed(struct surface *surface)
{
	struct method_popup *popup = surface->role_object;
	if (popup)
		popup->surface = NULL;
}

const struct surface_role method_popup_role = {
	.name = "input method popup",
	.commit = on_popup_commit,
	.destroyed = on_surface_destroyed,
};

// Windows move without an event of their own.
static void on_scene_changed(struct wl_listener *listener, void *data)
{
	struct method_popup *popup = wl_container_of(listener, popup, scene_changed);
	if (popup->surface && popup->surface->mapped)
		popup_place(popup);
}

void method_popup_init(
	struct method_popup *popup, struct text_method *method, struct surface *surface)
{
	struct scene *scene = surface->server->scene;
	popup->method = method;
	popup->surface = surface;
	surface->role_object = popup;
	node_set_parent(surface->tree, scene->layers[SCENE_OVERLAY]);
	popup->scene_changed.notify = on_scene_changed;
	wl_signal_add(&scene->events.changed, &popup->scene_changed);
	wl_list_init(&popup->link);
	if (method)
		wl_list_insert(&method->popups, &popup->link);
	popup_update(popup);
}

void method_popup_finish(struct method_popup *popup)
{
	wl_list_remove(&popup->link);
	wl_list_remove(&popup->scene_changed.link);
	popup->method = NULL;
	popup_update(popup);
	if (popup->surface)
		popup->surface->role_object = NULL;
}

void method_popups_update(struct text_method *method)
{
	struct method_popup *popup;
	wl_list_for_each(popup, &method->popups, link)
		popup_update(popup);
}

void method_popups_orphan(struct text_method *method)
{
	struct method_popup *popup, *tmp;
	wl_list_for_each_safe(popup, tmp, &method->popups, link) {
		wl_list_remove(&popup->link);
		wl_list_init(&popup->link);
		popup->method = NULL;
		popup_update(popup);
	}
}
