// SPDX-License-Identifier: MIT
// The built-in composer. A client with an active text field leaves composing to the compositor (GTK
// since 4.20) or would do the same by itself; as it gets none of the keys of a sequence, nothing is
// composed twice.
#include "compositor/text/composer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon-compose.h>
#include "compositor/base/base.h"
#include "compositor/base/utf8.h"
#include "compositor/config/config.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/text/compose_table.h"
#include "compositor/text/text.h"

#define MAX_SEQUENCE 16 // keys; tables have up to 10
#define MAX_DIGITS 6
#define MAX_RESULT 512 // bytes; xkbcommon has 256
#define CHORD (MOD_CTRL | MOD_SHIFT)

struct composer {
	struct text *text;
	bool composes, takes_hex; // configured
	bool tried;               // to read the table
	struct compose_load *load;
	struct xkb_compose_table *table;
	struct xkb_compose_state *state;    // NULL: no table
	xkb_keysym_t symbols[MAX_SEQUENCE]; // of the open sequence
	unsigned count;
	struct {
		bool open;
		bool held; // digits were typed with Ctrl and Shift down: their release ends it
		char digits[MAX_DIGITS + 1];
	} hex;
};

static void composer_forget(struct composer *composer)
{
	composer->count = 0;
	composer->hex.open = composer->hex.held = false;
	composer->hex.digits[0] = '\0';
	if (composer->state)
		xkb_compose_state_reset(composer->state);
}

static void show_preedit(struct composer *composer, const char *text)
{
	int length = (int)strlen(text);
	if (!text_field_is_hidden(&composer->text->active->field))
		text_edit(composer->text,
			&(struct text_edit){
				.preedit = text, .cursor_begin = length, .cursor_end = length});
}

// done without a preedit removes the last one.
static void send_result(struct composer *composer, const char *result)
{
	composer_forget(composer);
	text_edit(composer->text, &(struct text_edit){.commit = result && *result ? result : NULL});
}

void composer_cancel(struct composer *composer)
{
	if (composer->count || composer->hex.open)
		send_result(composer, NULL);
}

// Compose sequences

// What a dead key looks like: the accent alone. NULL: it is no dead key, or one without a picture.
static const char *dead_key_text(xkb_keysym_t symbol)
{
	static const struct {
		xkb_keysym_t symbol;
		const char *text;
	} accents[] = {
		{XKB_KEY_dead_grave, "`"},
		{XKB_KEY_dead_acute, "´"},
		{XKB_KEY_dead_circumflex, "^"},
		{XKB_KEY_dead_tilde, "~"},
		{XKB_KEY_dead_macron, "¯"},
		{XKB_KEY_dead_breve, "˘"},
		{XKB_KEY_dead_abovedot, "˙"},
		{XKB_KEY_dead_diaeresis, "¨"},
		{XKB_KEY_dead_abovering, "°"},
		{XKB_KEY_dead_doubleacute, "˝"},
		{XKB_KEY_dead_caron, "ˇ"},
		{XKB_KEY_dead_cedilla, "¸"},
		{XKB_KEY_dead_ogonek, "˛"},
		{XKB_KEY_dead_iota, "ͺ"},
		{XKB_KEY_dead_stroke, "/"},
		{XKB_KEY_dead_currency, "¤"},
		{XKB_KEY_dead_greek, "µ"},
	};
	for (size_t i = 0; i < array_length(accents); i++)
		if (accents[i].symbol == symbol)
			return accents[i].text;
	return NULL;
}

static void show_sequence(struct composer *composer)
{
	char text[MAX_SEQUENCE * 8] = "";
	size_t length = 0;
	for (unsigned i = 0; i < composer->count; i++) {
		char one[8];
		const char *accent = dead_key_text(composer->symbols[i]);
		if (!accent && xkb_keysym_to_utf8(composer->symbols[i], one, sizeof(one)) > 1)
			accent = one;
		if (!accent)
			continue; // Multi_key
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s", accent);
	}
	show_preedit(composer, length ? text : "·");
}

// Feeds one key. False: it is no part of a sequence.
static bool sequence_feed(struct composer *composer, xkb_keysym_t symbol)
{
	if (xkb_compose_state_feed(composer->state, symbol) != XKB_COMPOSE_FEED_ACCEPTED)
		return composer->count; // other modifiers and the like are part of an open one
	char result[MAX_RESULT] = "";
	switch (xkb_compose_state_get_status(composer->state)) {
	case XKB_COMPOSE_NOTHING:
		return false;
	case XKB_COMPOSE_COMPOSING:
		if (composer->count == MAX_SEQUENCE) {
			composer_cancel(composer);
			return true;
		}
		composer->symbols[composer->count++] = symbol;
		show_sequence(composer);
		return true;
	case XKB_COMPOSE_COMPOSED:
		xkb_compose_state_get_utf8(composer->state, result, sizeof(result));
		send_result(composer, utf8_valid(result, strlen(result)) ? result : NULL);
		return true;
	case XKB_COMPOSE_CANCELLED:
		break;
	}
	composer_cancel(composer);
	return true;
}

// BackSpace takes the last key of the sequence back.
static void sequence_shorten(struct composer *composer)
{
	xkb_compose_state_reset(composer->state);
	if (--composer->count == 0) {
		send_result(composer, NULL);
		return;
	}
	for (unsigned i = 0; i < composer->count; i++)
		xkb_compose_state_feed(composer->state, composer->symbols[i]);
	show_sequence(composer);
}

static bool is_modifier(xkb_keysym_t symbol)
{
	return (symbol >= XKB_KEY_Shift_L && symbol <= XKB_KEY_Hyper_R) ||
		(symbol >= XKB_KEY_ISO_Lock && symbol <= XKB_KEY_ISO_Level5_Lock) ||
		symbol == XKB_KEY_Mode_switch || symbol == XKB_KEY_Num_Lock;
}

static bool sequence_press(struct composer *composer, xkb_keysym_t symbol, uint32_t modifiers)
{
	if (!composer->state)
		return false;
	if (modifiers & (MOD_CTRL | MOD_ALT | MOD_SUPER)) { // a shortcut
		composer_cancel(composer);
		return false;
	}
	if (composer->count && symbol == XKB_KEY_Escape) {
		composer_cancel(composer);
		return true;
	}
	if (composer->count && symbol == XKB_KEY_BackSpace) {
		sequence_shorten(composer);
		return true;
	}
	return sequence_feed(composer, symbol);
}

// Hexadecimal input

static void hex_show(struct composer *composer)
{
	char text[MAX_DIGITS + 2];
	snprintf(text, sizeof(text), "u%s", composer->hex.digits);
	show_preedit(composer, text);
}

static void hex_finish(struct composer *composer)
{
	unsigned long code = strtoul(composer->hex.digits, NULL, 16);
	bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
	bool surrogate = code >= 0xd800 && code < 0xe000;
	char result[8] = "";
	if (!control && !surrogate && code <= 0x10ffff)
		xkb_keysym_to_utf8(xkb_utf32_to_keysym((uint32_t)code), result, sizeof(result));
	send_result(composer, result);
}

static int digit_of(xkb_keysym_t symbol)
{
	char text[8];
	if (xkb_keysym_to_utf8(symbol, text, sizeof(text)) != 2)
		return 0;
	return strchr("0123456789abcdefABCDEF", *text) ? *text : 0;
}

// By the symbol, or by that without modifiers: Shift is held for the chord.
static int digit_of_key(struct composer *composer, const struct filtered_key *key)
{
	const struct keyboard *keyboard = &composer->text->server->seat->keyboard;
	const xkb_keysym_t *symbols;
	int digit = digit_of(key->symbol);
	xkb_keycode_t code = key->code + EVDEV_OFFSET;
	if (digit || !keyboard->state)
		return digit;
	int n = xkb_keymap_key_get_syms_by_level(keyboard->keymap, code,
		xkb_state_key_get_layout(keyboard->state, code), 0, &symbols);
	return n == 1 ? digit_of(symbols[0]) : 0;
}

static bool hex_press(struct composer *composer, const struct filtered_key *key, uint32_t modifiers)
{
	size_t length = strlen(composer->hex.digits);
	int digit = digit_of_key(composer, key);
	if (digit) {
		if (length < MAX_DIGITS) {
			composer->hex.digits[length] = (char)digit;
			composer->hex.digits[length + 1] = '\0';
		}
		composer->hex.held |= (modifiers & CHORD) == CHORD;
		hex_show(composer);
		return true;
	}
	switch (key->symbol) {
	case XKB_KEY_space:
	case XKB_KEY_Return:
	case XKB_KEY_KP_Enter:
		hex_finish(composer);
		return true;
	case XKB_KEY_BackSpace:
		if (!length) {
			composer_cancel(composer);
			return true;
		}
		composer->hex.digits[length - 1] = '\0';
		hex_show(composer);
		return true;
	case XKB_KEY_Escape:
		composer_cancel(composer);
		return true;
	default:
		break;
	}
	char text[8];
	if (!(modifiers & (MOD_ALT | MOD_SUPER)) &&
		xkb_keysym_to_utf8(key->symbol, text, sizeof(text)) > 1)
		return true; // a character that is no digit
	composer_cancel(composer);
	return false;
}

static bool hex_begins(
	struct composer *composer, const struct filtered_key *key, uint32_t modifiers)
{
	if (!composer->takes_hex || modifiers != CHORD ||
		xkb_keysym_to_lower(key->symbol) != XKB_KEY_u)
		return false;
	composer_forget(composer);
	composer->hex.open = true;
	hex_show(composer);
	return true;
}

bool composer_press(struct composer *composer, const struct filtered_key *key)
{
	uint32_t modifiers = keyboard_modifiers(composer->text->server->seat);
	if (key->symbol == XKB_KEY_NoSymbol || is_modifier(key->symbol))
		return false;
	if (composer->hex.open)
		return hex_press(composer, key, modifiers);
	return hex_begins(composer, key, modifiers) ||
		sequence_press(composer, key->symbol, modifiers);
}

void composer_modifiers(struct composer *composer)
{
	uint32_t modifiers = keyboard_modifiers(composer->text->server->seat);
	if (composer->hex.open && composer->hex.held && (modifiers & CHORD) != CHORD)
		hex_finish(composer);
}

// The table

static void on_loaded(struct xkb_compose_table *table, void *data)
{
	struct composer *composer = data;
	composer->load = NULL;
	composer->table = table;
	composer->state = table ? xkb_compose_state_new(table, XKB_COMPOSE_STATE_NO_FLAGS) : NULL;
}

void composer_field_changed(struct composer *composer)
{
	composer_forget(composer);
	if (composer->tried || !composer->composes || !text_is_active(composer->text))
		return;
	composer->load = compose_load_start(composer->text->server, on_loaded, composer);
	composer->tried = composer->load; // else with the next field
}

struct composer *composer_create(struct text *text)
{
	struct composer *composer = xcalloc(1, sizeof(*composer));
	composer->text = text;
	composer->composes = text->server->config->keyboard.compose;
	composer->takes_hex = text->server->config->keyboard.unicode_input;
	return composer;
}

void composer_destroy(struct composer *composer)
{
	if (!composer)
		return;
	compose_load_abandon(composer->load);
	xkb_compose_state_unref(composer->state);
	xkb_compose_table_unref(composer->table);
	free(composer);
}
