// SPDX-License-Identifier: MIT
// Plans the typing of text. Text that the seat's layout can produce is typed with its keys; for any
// other text a keymap is generated in which letter keys produce the characters that are needed.
// Return, Tab, Escape, Backspace and Space keep their key codes in it, because programs recognise
// those by code.
#include "compositor/script/typing.h"
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/utf8.h"
#include "compositor/script/args.h"
#include "compositor/script/strbuf.h"

#define EVDEV_OFFSET 8

static const struct {
	const char *name;
	uint32_t code;
} modifier_names[] = {
	{"ctrl", KEY_LEFTCTRL},
	{"control", KEY_LEFTCTRL},
	{"shift", KEY_LEFTSHIFT},
	{"alt", KEY_LEFTALT},
	{"super", KEY_LEFTMETA},
	{"logo", KEY_LEFTMETA},
	{"meta", KEY_LEFTMETA},
	{"altgr", KEY_RIGHTALT},
	{"ctrl_l", KEY_LEFTCTRL},
	{"ctrl_r", KEY_RIGHTCTRL},
	{"shift_l", KEY_LEFTSHIFT},
	{"shift_r", KEY_RIGHTSHIFT},
	{"alt_l", KEY_LEFTALT},
	{"alt_r", KEY_RIGHTALT},
	{"super_l", KEY_LEFTMETA},
	{"super_r", KEY_RIGHTMETA},
};

// Common evdev names; other keys are reached by their xkb names.
static const struct {
	const char *name;
	uint32_t code;
} evdev_names[] = {
	{"ESC", KEY_ESC},
	{"ENTER", KEY_ENTER},
	{"TAB", KEY_TAB},
	{"SPACE", KEY_SPACE},
	{"BACKSPACE", KEY_BACKSPACE},
	{"MINUS", KEY_MINUS},
	{"EQUAL", KEY_EQUAL},
	{"LEFTBRACE", KEY_LEFTBRACE},
	{"RIGHTBRACE", KEY_RIGHTBRACE},
	{"SEMICOLON", KEY_SEMICOLON},
	{"APOSTROPHE", KEY_APOSTROPHE},
	{"GRAVE", KEY_GRAVE},
	{"BACKSLASH", KEY_BACKSLASH},
	{"COMMA", KEY_COMMA},
	{"DOT", KEY_DOT},
	{"SLASH", KEY_SLASH},
	{"102ND", KEY_102ND},
	{"CAPSLOCK", KEY_CAPSLOCK},
	{"NUMLOCK", KEY_NUMLOCK},
	{"SCROLLLOCK", KEY_SCROLLLOCK},
	{"LEFTSHIFT", KEY_LEFTSHIFT},
	{"RIGHTSHIFT", KEY_RIGHTSHIFT},
	{"LEFTCTRL", KEY_LEFTCTRL},
	{"RIGHTCTRL", KEY_RIGHTCTRL},
	{"LEFTALT", KEY_LEFTALT},
	{"RIGHTALT", KEY_RIGHTALT},
	{"LEFTMETA", KEY_LEFTMETA},
	{"RIGHTMETA", KEY_RIGHTMETA},
	{"HOME", KEY_HOME},
	{"END", KEY_END},
	{"UP", KEY_UP},
	{"DOWN", KEY_DOWN},
	{"LEFT", KEY_LEFT},
	{"RIGHT", KEY_RIGHT},
	{"PAGEUP", KEY_PAGEUP},
	{"PAGEDOWN", KEY_PAGEDOWN},
	{"INSERT", KEY_INSERT},
	{"DELETE", KEY_DELETE},
	{"SYSRQ", KEY_SYSRQ},
	{"PAUSE", KEY_PAUSE},
	{"COMPOSE", KEY_COMPOSE},
	{"MENU", KEY_MENU},
	{"KPENTER", KEY_KPENTER},
	{"KPPLUS", KEY_KPPLUS},
	{"KPMINUS", KEY_KPMINUS},
	{"KPASTERISK", KEY_KPASTERISK},
	{"KPSLASH", KEY_KPSLASH},
	{"KPDOT", KEY_KPDOT},
	{"MUTE", KEY_MUTE},
	{"VOLUMEDOWN", KEY_VOLUMEDOWN},
	{"VOLUMEUP", KEY_VOLUMEUP},
	{"PLAYPAUSE", KEY_PLAYPAUSE},
	{"NEXTSONG", KEY_NEXTSONG},
	{"PREVIOUSSONG", KEY_PREVIOUSSONG},
	{"BACK", KEY_BACK},
	{"FORWARD", KEY_FORWARD},
	{"F11", KEY_F11},
	{"F12", KEY_F12},
	{"KP0", KEY_KP0},
};

static bool evdev_code(const char *name, uint32_t *code)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const uint32_t letter_codes[] = {KEY_A, KEY_B, KEY_C, KEY_D, KEY_E, KEY_F, KEY_G,
		KEY_H, KEY_I, KEY_J, KEY_K, KEY_L, KEY_M, KEY_N, KEY_O, KEY_P, KEY_Q, KEY_R, KEY_S,
		KEY_T, KEY_U, KEY_V, KEY_W, KEY_X, KEY_Y, KEY_Z};
	static const uint32_t pad_codes[] = {KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4, KEY_KP5,
		KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9};
	long number;
	if (strlen(name) == 1 && strchr(letters, *name)) {
		*code = letter_codes[*name - 'A'];
		return true;
	}
	if (strlen(name) == 1 && arg_integer(name, 0, 9, &number)) {
		*code = number ? KEY_1 + (uint32_t)number - 1 : KEY_0;
		return true;
	}
	if (name[0] == 'F' && arg_integer(name + 1, 1, 10, &number)) {
		*code = KEY_F1 + (uint32_t)number - 1;
		return true;
	}
	if (strncmp(name, "KP", 2) == 0 && arg_integer(name + 2, 0, 9, &number)) {
		*code = pad_codes[number];
		return true;
	}
	for (size_t i = 0; i < array_length(evdev_names); i++) {
		if (strcmp(evdev_names[i].name, name) != 0)
			continue;
		*code = evdev_names[i].code;
		return true;
	}
	return false;
}

struct search {
	struct xkb_keymap *keymap;
	uint32_t layout;
	xkb_keysym_t keysym;
	xkb_keycode_t code;
	xkb_level_index_t level;
	bool found;
};

static void match_key(struct xkb_keymap *keymap, xkb_keycode_t code, void *data)
{
	struct search *search = data;
	xkb_layout_index_t layouts = xkb_keymap_num_layouts_for_key(keymap, code);
	if (!layouts || code < EVDEV_OFFSET)
		return;
	xkb_layout_index_t layout = search->layout < layouts ? search->layout : 0;
	xkb_level_index_t levels = xkb_keymap_num_levels_for_key(keymap, code, layout);
	for (xkb_level_index_t level = 0; level < levels; level++) {
		const xkb_keysym_t *syms;
		int count = xkb_keymap_key_get_syms_by_level(keymap, code, layout, level, &syms);
		// The lowest level wins, then the lowest code.
		if (count != 1 || syms[0] != search->keysym ||
			(search->found && level >= search->level))
			continue;
		search->found = true;
		search->code = code;
		search->level = level;
	}
}

static bool find_keysym(struct search *search)
{
	xkb_keymap_key_for_each(search->keymap, match_key, search);
	return search->found;
}

// Finds the keys to hold for a mask of real modifiers.
static bool find_modifier_keys(
	struct xkb_keymap *keymap, xkb_mod_mask_t mask, struct keystroke *into)
{
	static const uint32_t candidates[] = {
		KEY_LEFTSHIFT, KEY_RIGHTALT, KEY_LEFTCTRL, KEY_LEFTALT, KEY_LEFTMETA};
	xkb_mod_index_t lock = xkb_keymap_mod_get_index(keymap, XKB_MOD_NAME_CAPS);
	if (lock != XKB_MOD_INVALID && mask & (xkb_mod_mask_t)1 << lock)
		return false;
	for (size_t i = 0; i < array_length(candidates) && mask; i++) {
		struct xkb_state *state = xkb_state_new(keymap);
		if (!state)
			return false;
		xkb_state_update_key(state, candidates[i] + EVDEV_OFFSET, XKB_KEY_DOWN);
		xkb_mod_mask_t gives = xkb_state_serialize_mods(state, XKB_STATE_MODS_DEPRESSED);
		xkb_state_unref(state);
		if (!(gives & mask) || into->n_modifiers == array_length(into->modifiers))
			continue;
		into->modifiers[into->n_modifiers++] = candidates[i];
		mask &= ~gives;
	}
	return mask == 0;
}

static bool stroke_for_keysym(
	struct xkb_keymap *keymap, uint32_t layout, xkb_keysym_t keysym, struct keystroke *into)
{
	struct search search = {.keymap = keymap, .layout = layout, .keysym = keysym};
	*into = (struct keystroke){0};
	if (!keymap || keysym == XKB_KEY_NoSymbol || !find_keysym(&search))
		return false;
	into->code = search.code - EVDEV_OFFSET;
	if (search.level == 0)
		return true;
	xkb_layout_index_t layouts = xkb_keymap_num_layouts_for_key(keymap, search.code);
	xkb_mod_mask_t masks[16];
	size_t count = xkb_keymap_key_get_mods_for_level(keymap, search.code,
		layout < layouts ? layout : 0, search.level, masks, array_length(masks));
	for (size_t i = 0; i < count; i++) {
		into->n_modifiers = 0;
		if (find_modifier_keys(keymap, masks[i], into))
			return true;
	}
	return false;
}

// Finds the keystroke that types a Unicode character. False: the keymap has none.
static bool keystroke_for_character(
	struct xkb_keymap *keymap, uint32_t layout, uint32_t character, struct keystroke *into)
{
	if (character == '\n')
		return stroke_for_keysym(keymap, layout, XKB_KEY_Return, into);
	return stroke_for_keysym(keymap, layout, xkb_utf32_to_keysym(character), into);
}

// The names of keys that no keymap is needed for. *known false: it is no such name.
static bool fixed_name(const char *name, bool *known, uint32_t *key_code)
{
	*known = true;
	for (size_t i = 0; i < array_length(modifier_names); i++) {
		if (strcasecmp(name, modifier_names[i].name) != 0)
			continue;
		*key_code = modifier_names[i].code;
		return true;
	}
	long code;
	if (strncmp(name, "code:", 5) == 0 && arg_integer(name + 5, 1, 767, &code)) {
		*key_code = (uint32_t)code;
		return true;
	}
	if (strncmp(name, "KEY_", 4) == 0)
		return evdev_code(name + 4, key_code);
	*known = false;
	return false;
}

static xkb_keysym_t keysym_of_name(const char *name)
{
	xkb_keysym_t keysym = xkb_keysym_from_name(name, XKB_KEYSYM_NO_FLAGS);
	return keysym == XKB_KEY_NoSymbol ? xkb_keysym_from_name(name, XKB_KEYSYM_CASE_INSENSITIVE)
					  : keysym;
}

// The name is one character. *character: its code point.
static bool is_character(const char *name, uint32_t *character)
{
	const char *at = name, *end = name + strlen(name);
	if (at == end)
		return false;
	*character = utf8_next(&at, end);
	return at == end;
}

bool keystroke_is_name(const char *name)
{
	bool known;
	uint32_t code;
	return fixed_name(name, &known, &code) ||
		(!known && (keysym_of_name(name) != XKB_KEY_NoSymbol || is_character(name, &code)));
}

bool keystroke_find(
	struct xkb_keymap *keymap, uint32_t layout, const char *name, struct keystroke *into)
{
	*into = (struct keystroke){0};
	bool known;
	uint32_t character;
	if (fixed_name(name, &known, &into->code) || known)
		return known && into->code;
	return stroke_for_keysym(keymap, layout, keysym_of_name(name), into) ||
		(is_character(name, &character) &&
			keystroke_for_character(keymap, layout, character, into));
}

// Keys that programs interpret by the keymap only, not by code.
static const uint8_t free_codes[] = {KEY_Q, KEY_W, KEY_E, KEY_R, KEY_T, KEY_Y, KEY_U, KEY_I, KEY_O,
	KEY_P, KEY_A, KEY_S, KEY_D, KEY_F, KEY_G, KEY_H, KEY_J, KEY_K, KEY_L, KEY_Z, KEY_X, KEY_C,
	KEY_V, KEY_B, KEY_N, KEY_M, KEY_1, KEY_2, KEY_3, KEY_4, KEY_5, KEY_6, KEY_7, KEY_8, KEY_9,
	KEY_0};

static const struct {
	uint32_t character;
	uint32_t code;
	const char *keysym;
} fixed_keys[] = {
	{'\n', KEY_ENTER, "Return"},
	{'\r', KEY_ENTER, "Return"},
	{'\t', KEY_TAB, "Tab"},
	{'\033', KEY_ESC, "Escape"},
	{'\b', KEY_BACKSPACE, "BackSpace"},
	{' ', KEY_SPACE, "space"},
};

struct generated_map {
	uint32_t characters[sizeof(free_codes)];
	size_t count;
};

static bool fixed_code(uint32_t character, uint32_t *code)
{
	for (size_t i = 0; i < array_length(fixed_keys); i++) {
		if (fixed_keys[i].character != character)
			continue;
		*code = fixed_keys[i].code;
		return true;
	}
	return false;
}

// The code that types the character, assigned now if need be; 0: the keymap is full.
static uint32_t assign_code(struct generated_map *map, uint32_t character)
{
	uint32_t code;
	if (fixed_code(character, &code))
		return code;
	for (size_t i = 0; i < map->count; i++)
		if (map->characters[i] == character)
			return free_codes[i];
	if (map->count == sizeof(free_codes))
		return 0;
	map->characters[map->count] = character;
	return free_codes[map->count++];
}

static void add_symbol(struct strbuf *symbols, uint32_t code, const char *name)
{
	strbuf_printf(symbols, "key <I%03u> { type = \"ONE_LEVEL\", [ %s ] };\n",
		(unsigned)code + EVDEV_OFFSET, name);
}

static struct xkb_keymap *compile_map(struct xkb_context *context, const struct generated_map *map)
{
	struct strbuf text = {0}, symbols = {0};
	strbuf_puts(&text, "xkb_keymap {\nxkb_keycodes \"text\" {\nminimum = 8;\nmaximum = 255;\n");
	for (size_t i = 0; i < map->count; i++) {
		strbuf_printf(&text, "<I%03u> = %u;\n", free_codes[i] + EVDEV_OFFSET,
			free_codes[i] + EVDEV_OFFSET);
		xkb_keysym_t keysym = xkb_utf32_to_keysym(map->characters[i]);
		char name[64];
		if (keysym == XKB_KEY_NoSymbol ||
			xkb_keysym_get_name(keysym, name, sizeof(name)) <= 0)
			snprintf(name, sizeof(name), "U%04X", (unsigned)map->characters[i]);
		add_symbol(&symbols, free_codes[i], name);
	}
	for (size_t i = 0; i < array_length(fixed_keys); i++) {
		if (i > 0 && fixed_keys[i].code == fixed_keys[i - 1].code)
			continue;
		uint32_t code = fixed_keys[i].code;
		strbuf_printf(&text, "<I%03u> = %u;\n", (unsigned)code + EVDEV_OFFSET,
			(unsigned)code + EVDEV_OFFSET);
		add_symbol(&symbols, code, fixed_keys[i].keysym);
	}
	strbuf_puts(&text,
		"};\nxkb_types \"text\" { include \"complete\" };\n"
		"xkb_compatibility \"text\" { include \"complete\" };\n"
		"xkb_symbols \"text\" {\n");
	strbuf_puts(&text, strbuf_get(&symbols));
	strbuf_puts(&text, "};\n};\n");
	struct xkb_keymap *keymap = xkb_keymap_new_from_string(
		context, strbuf_get(&text), XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
	if (!keymap)
		log_error("cannot compile a keymap for the text");
	strbuf_finish(&text);
	strbuf_finish(&symbols);
	return keymap;
}

static bool plan_on_seat_map(struct xkb_keymap *keymap, uint32_t layout, const char *text,
	const char *end, struct typing *piece)
{
	size_t capacity = 0;
	while (text < end) {
		array_reserve(piece->strokes, piece->n_strokes, capacity);
		if (!keystroke_for_character(keymap, layout, utf8_next(&text, end),
			    &piece->strokes[piece->n_strokes]))
			return false;
		piece->n_strokes++;
	}
	return true;
}

// Plans as much of the text as one generated keymap can hold.
static bool plan_on_generated_map(
	struct xkb_context *context, const char **text, const char *end, struct typing *piece)
{
	struct generated_map map = {0};
	size_t capacity = 0;
	while (*text < end) {
		const char *next = *text;
		uint32_t code = assign_code(&map, utf8_next(&next, end));
		if (!code)
			break;
		array_reserve(piece->strokes, piece->n_strokes, capacity);
		piece->strokes[piece->n_strokes++] = (struct keystroke){.code = code};
		*text = next;
	}
	piece->keymap = compile_map(context, &map);
	return piece->keymap != NULL;
}

struct typing *typing_plan(struct xkb_context *context, struct xkb_keymap *keymap, uint32_t layout,
	const char *text, size_t length, size_t *count)
{
	const char *end = text + length;
	struct typing *pieces = NULL;
	size_t capacity = 0;
	*count = 0;
	array_reserve(pieces, *count, capacity);
	pieces[0] = (struct typing){0};
	*count = 1;
	if (plan_on_seat_map(keymap, layout, text, end, &pieces[0]))
		return pieces;
	free(pieces[0].strokes);
	*count = 0;
	while (text < end) {
		array_reserve(pieces, *count, capacity);
		pieces[*count] = (struct typing){0};
		(*count)++;
		if (!plan_on_generated_map(context, &text, end, &pieces[*count - 1])) {
			typing_free(pieces, *count);
			*count = 0;
			return NULL;
		}
	}
	return pieces;
}

void typing_free(struct typing *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].keymap)
			xkb_keymap_unref(pieces[i].keymap);
		free(pieces[i].strokes);
	}
	free(pieces);
}
