// SPDX-License-Identifier: MIT
// Keys of an input method: those it gets, those it sends back by a virtual keyboard, and those it
// never answers, which go to the client after all. A key that it sends back is sent as the user's
// own: with the user's keymap and modifiers, which the client has, instead of a keymap of the
// virtual keyboard for each key.
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/input.h"
#include "compositor/client/backlog.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/text/method.h"

// A method that reads nothing for so long after a key hangs. fcitx5 loads its dictionaries with the
// first key.
#define HANG_NS (3 * NSEC_PER_SEC)
#define BURST_NS (10 * NSEC_PER_MSEC)
// A method that sent a press back sends the release back by then. Else the client would repeat the
// key for ever.
#define RELEASE_NS (50 * NSEC_PER_MSEC)

static struct seat *seat_of(const struct text *text)
{
	return text->server->seat;
}

static uint32_t now_ms(const struct text *text)
{
	return clock_now_ms(text->server->clock);
}

static bool keys_find(const struct method_keys *keys, uint32_t code, unsigned *index)
{
	for (unsigned i = 0; i < keys->count; i++) {
		if (keys->codes[i] != code)
			continue;
		*index = i;
		return true;
	}
	return false;
}

// Sends the key to the client with the focus, unless it has it in that state.
static void send_to_client(struct text *text, uint32_t time_ms, uint32_t code, bool pressed)
{
	struct method_keys *keys = text->keys;
	unsigned i;
	bool down = keys_find(keys, code, &i);
	if (down == pressed || (pressed && keys->count == array_length(keys->codes)))
		return;
	if (pressed)
		keys->codes[keys->count++] = code;
	else
		keys->codes[i] = keys->codes[--keys->count];
	keyboard_send_key(seat_of(text), time_ms, code, pressed);
}

static bool user_holds(const struct text *text, uint32_t code)
{
	const struct keyboard *keyboard = &seat_of(text)->keyboard;
	for (unsigned i = 0; i < keyboard->n_keys; i++)
		if (keyboard->keys[i].code == code)
			return true;
	return false;
}

static void release_others(struct text *text)
{
	struct method_keys *keys = text->keys;
	for (unsigned i = keys->count; i-- > 0;)
		if (!user_holds(text, keys->codes[i]))
			send_to_client(text, now_ms(text), keys->codes[i], false);
}

static void on_release_timer(void *data)
{
	struct method_keys *keys = data;
	release_others(keys->text);
}

void method_keys_init(struct method_keys *keys, struct text *text)
{
	keys->text = text;
	timer_init(&keys->release_timer, text->server->clock, on_release_timer, keys);
}

void method_keys_finish(struct method_keys *keys)
{
	timer_finish(&keys->release_timer);
}

// wl_keyboard.leave has released all keys.
void method_focus_changed(struct text *text)
{
	text->keys->count = 0;
	if (text->method)
		method_answered(text->method);
}

static bool method_gets_keys(const struct text *text)
{
	const struct text_method *method = text->method;
	return method && method->active && method->grabs && !method->hung;
}

void method_answered(struct text_method *method)
{
	method->n_unanswered = method->n_read = 0;
}

static void method_send(struct text_method *method, const struct filtered_key *key, bool pressed)
{
	uint64_t now = clock_now_ns(method->text->server->clock);
	if (method->n_unanswered == array_length(method->unanswered)) {
		memmove(method->unanswered, method->unanswered + 1,
			--method->n_unanswered * sizeof(*method->unanswered));
		method->n_read -= method->n_read > 0;
	}
	// Keys of a burst may not have been written to its socket yet.
	if (now - method->sent_ns >= BURST_NS && backlog_bytes(method->client) == 0)
		method->n_read = method->n_unanswered;
	if (method->n_read == method->n_unanswered)
		timer_set(&method->hang_timer, now + HANG_NS);
	method->sent_ns = now;
	method->unanswered[method->n_unanswered++] =
		(struct unanswered_key){key->time_ms, key->code, pressed};
	method->key_focus = method->text->focuses;
	method->impl->key(method, key->time_ms, key->code, pressed);
}

bool method_owns(const struct text *text, const struct input_device *device)
{
	return text && text->method && device && device->client == text->method->client;
}

bool method_press(struct text *text, const struct filtered_key *key)
{
	if (!method_gets_keys(text))
		return false;
	method_send(text->method, key, true);
	return true;
}

void method_release(struct text *text, const struct filtered_key *key)
{
	unsigned i;
	bool down = keys_find(text->keys, key->code, &i);
	if (!method_gets_keys(text)) {
		if (down)
			send_to_client(text, key->time_ms, key->code, false);
		return;
	}
	method_send(text->method, key, false);
	if (down)
		timer_set(
			&text->keys->release_timer, clock_now_ns(text->server->clock) + RELEASE_NS);
}

void method_modifiers(struct text *text)
{
	struct text_method *method = text->method;
	if (!method || !method->grabs)
		return;
	method->missed_modifiers = text->server->locked;
	if (!text->server->locked)
		method->impl->modifiers(method);
}

void method_keys_give_up(struct text_method *method)
{
	struct text *text = method->text;
	for (unsigned i = method->hung ? method->n_read : 0; i < method->n_unanswered; i++) {
		const struct unanswered_key *key = &method->unanswered[i];
		send_to_client(text, key->time_ms, key->code, key->pressed);
	}
	method_answered(method);
	release_others(text);
}

bool text_forwards(
	const struct text *text, const struct wl_client *client, const struct xkb_keymap *keymap)
{
	return text && text->method && text->method->client == client && text->method->grabs &&
		keymap == seat_of(text)->keyboard.configured;
}

bool text_forward_key(struct text *text, const struct wl_client *client,
	const struct xkb_keymap *keymap, uint32_t code, bool pressed)
{
	unsigned i;
	if (!text || !text->method || text->method->client != client)
		return false;
	if (!pressed && keys_find(text->keys, code, &i)) {
		method_answered(text->method);
		send_to_client(text, now_ms(text), code, false);
		return true;
	}
	if (!text_forwards(text, client, keymap))
		return false;
	// What it answers too late was replayed, or was typed for another client.
	if (pressed && !text->method->hung && text->method->key_focus == text->focuses) {
		method_answered(text->method);
		send_to_client(text, now_ms(text), code, true);
	}
	return true;
}
