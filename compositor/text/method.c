// SPDX-License-Identifier: MIT
// The input method of a seat: its activation with the active field, and its commits.
#include "compositor/text/method.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/client/backlog.h"
#include "compositor/server.h"
#include "compositor/text/composer.h"
#include "compositor/text/method_popup.h"

// After a method that hung has read its events: what it answers to them is not wanted any more.
#define RECOVERY_NS (200 * NSEC_PER_MSEC)

static void method_done(struct text_method *method)
{
	method->dones++;
	method->impl->done(method);
}

static void method_set_active(struct text_method *method, bool active)
{
	const struct text_input *input = method->text->active;
	if (active) {
		method->impl->activate(method);
		method->impl->describe(method, &input->field);
	} else if (method->active) {
		method->impl->deactivate(method);
	} else {
		return;
	}
	method->active = active;
	method->oldest = method->dones + 1;
	method_done(method);
	if (active && method->missed_modifiers)
		method_modifiers(method->text);
	method_popups_update(method);
}

// A program of the session must not see what is typed into a screen locker.
static bool method_may_act(const struct text_method *method)
{
	const struct text *text = method->text;
	return text->active && !method->hung && !text->server->locked;
}

void method_field_changed(struct text *text)
{
	if (text->method)
		method_set_active(text->method, method_may_act(text->method));
}

void method_field_updated(struct text *text)
{
	struct text_method *method = text->method;
	if (!method || !method->active)
		return;
	method->impl->describe(method, &text->active->field);
	method_done(method);
	method_popups_update(method);
}

// Hanging

static void on_drained(struct wl_client *client, void *data)
{
	struct text_method *method = data;
	if (client)
		timer_set(&method->hang_timer,
			clock_now_ns(method->text->server->clock) + RECOVERY_NS);
}

static void on_hang_timer(void *data)
{
	struct text_method *method = data;
	if (method->hung) {
		method->hung = false;
		if (method_may_act(method))
			method_set_active(method, true);
	} else if (backlog_bytes(method->client) == 0) {
		method_answered(method); // it has read them, and needs none of them to be sent
	} else {
		method->hung = true;
		method_keys_give_up(method);
		if (method->text->active)
			text_edit(method->text, &(struct text_edit){0});
		method_set_active(method, false);
		backlog_when_drained(method->client, on_drained, method);
	}
}

// Requests

bool text_method_init(struct text_method *method, struct text *text,
	const struct text_method_impl *impl, struct wl_client *client)
{
	wl_list_init(&method->popups);
	if (text->method)
		return false;
	method->impl = impl;
	method->text = text;
	method->client = client;
	timer_init(&method->hang_timer, text->server->clock, on_hang_timer, method);
	text->method = method;
	composer_cancel(text->composer);
	if (method_may_act(method))
		method_set_active(method, true);
	return true;
}

void text_method_finish(struct text_method *method)
{
	struct text *text = method->text;
	if (!text)
		return;
	text->method = NULL;
	method_keys_give_up(method);
	method->active = false;
	method_popups_update(method);
	backlog_forget(method->client, method);
	timer_finish(&method->hang_timer);
	method->text = NULL;
	text_edit(text, &(struct text_edit){0});
}

// Only what answers the present field: a commit for the last one would land in it. The number of
// descriptions of the same field that it has seen does not matter.
static bool is_current(const struct text_method *method, uint32_t serial)
{
	return method->active && method->dones - serial <= method->dones - method->oldest;
}

void text_method_commit(struct text_method *method, uint32_t serial, const struct text_edit *edit)
{
	if (!method->text || !is_current(method, serial))
		return;
	method_answered(method);
	composer_cancel(method->text->composer);
	text_edit(method->text, edit);
}

void text_method_grab(struct text_method *method, bool grabs)
{
	if (!method->text || method->grabs == grabs)
		return;
	if (!grabs && backlog_bytes(method->client) == 0)
		method_answered(method); // it has read them
	if (!grabs)
		method_keys_give_up(method);
	method->grabs = grabs;
	if (grabs)
		composer_cancel(method->text->composer);
}
