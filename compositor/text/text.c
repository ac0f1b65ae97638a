// SPDX-License-Identifier: MIT
// The focus of text input, and which of the focused client's text inputs is active.
#include "compositor/text/text.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/text/composer.h"
#include "compositor/text/method.h"

// Also for the same input, which then has another field.
static void text_set_active(struct text *text, struct text_input *input)
{
	if (text->active && text->active != input)
		text_field_reset(&text->active->field);
	text->active = input;
	composer_field_changed(text->composer);
	method_field_changed(text);
}

static void input_enter(struct text_input *input, struct surface *surface)
{
	if (input->client != wl_resource_get_client(surface->resource))
		return;
	input->entered = true;
	input->impl->enter(input, surface);
}

static void text_leave(struct text *text)
{
	struct surface *surface = text->focus;
	if (!surface)
		return;
	text_set_active(text, NULL);
	text->focus = NULL;
	wl_list_remove(&text->focus_destroyed.link);
	struct text_input *input;
	wl_list_for_each(input, &text->inputs, link) {
		if (!input->entered)
			continue;
		input->entered = false;
		text_field_reset(&input->field);
		input->impl->leave(input, surface);
	}
	text->focuses++;
	method_focus_changed(text);
}

static void on_focus_destroyed(struct wl_listener *listener, void *data)
{
	struct text *text = wl_container_of(listener, text, focus_destroyed);
	text_leave(text);
}

static void on_keyboard_focus(struct wl_listener *listener, void *data)
{
	struct text *text = wl_container_of(listener, text, keyboard_focus);
	if (keyboard_focus(text->server->seat) != text->focus)
		text_leave(text);
}

static struct text *text_from(struct key_filter *filter)
{
	return wl_container_of(filter, (struct text *)NULL, filter);
}

static bool on_press(struct key_filter *filter, const struct filtered_key *key)
{
	struct text *text = text_from(filter);
	if (!text->active || method_owns(text, key->device))
		return false;
	return method_press(text, key) || composer_press(text->composer, key);
}

static void on_release(struct key_filter *filter, const struct filtered_key *key)
{
	method_release(text_from(filter), key);
}

static void on_modifiers(struct key_filter *filter)
{
	struct text *text = text_from(filter);
	if (text->active)
		composer_modifiers(text->composer);
	method_modifiers(text);
}

// After wl_keyboard.enter: foot for one expects that order.
static void on_entered(struct key_filter *filter)
{
	struct text *text = text_from(filter);
	struct surface *surface = keyboard_focus(text->server->seat);
	if (!surface || surface == text->focus)
		return;
	text->focus = surface;
	text->focus_destroyed.notify = on_focus_destroyed;
	wl_signal_add(&surface->events.destroyed, &text->focus_destroyed);
	struct text_input *input;
	wl_list_for_each(input, &text->inputs, link)
		input_enter(input, surface);
}

static const struct key_filter_impl filter_impl = {
	.entered = on_entered,
	.press = on_press,
	.release = on_release,
	.modifiers = on_modifiers,
};

struct text *text_create(struct server *server)
{
	struct text *text = xcalloc(1, sizeof(*text));
	text->server = server;
	wl_list_init(&text->inputs);
	text->composer = composer_create(text);
	text->keys = xcalloc(1, sizeof(*text->keys));
	method_keys_init(text->keys, text);
	text->filter.impl = &filter_impl;
	server->seat->key_filter = &text->filter;
	text->keyboard_focus.notify = on_keyboard_focus;
	wl_signal_add(&server->seat->events.keyboard_focus, &text->keyboard_focus);
	return text;
}

void text_destroy(struct text *text)
{
	if (!text)
		return;
	text_leave(text);
	text->server->seat->key_filter = NULL;
	composer_destroy(text->composer);
	method_keys_finish(text->keys);
	free(text->keys);
	wl_list_remove(&text->keyboard_focus.link);
	free(text);
}

void text_input_init(struct text_input *input, struct text *text,
	const struct text_input_impl *impl, const struct wl_client *client)
{
	input->impl = impl;
	input->text = text;
	input->client = client;
	wl_list_insert(text->inputs.prev, &input->link);
	if (text->focus)
		input_enter(input, text->focus);
}

void text_input_finish(struct text_input *input)
{
	if (!input->text)
		return;
	if (input->text->active == input)
		text_set_active(input->text, NULL);
	wl_list_remove(&input->link);
	text_field_reset(&input->field);
	input->text = NULL;
}

void text_input_apply(struct text_input *input, const struct text_field *field, bool enables)
{
	struct text *text = input->text;
	if (!text || !input->entered)
		return;
	text_field_copy(&input->field, field);
	if (!field->enabled && text->active == input)
		text_set_active(text, NULL);
	else if (field->enabled && (enables || text->active != input))
		text_set_active(text, input); // of several, the newest
	else if (text->active == input)
		method_field_updated(text);
}

void text_edit(struct text *text, const struct text_edit *edit)
{
	if (text->active)
		text->active->impl->edit(text->active, edit);
}

void text_insert(struct text *text, const char *string)
{
	composer_cancel(text->composer);
	text_edit(text, &(struct text_edit){.commit = string});
}

bool text_is_active(const struct text *text)
{
	return text->active;
}
