// SPDX-License-Identifier: MIT
// Keymaps as text, of virtual keyboards and of the host of a nested session.
#include <stdlib.h>
#include "compositor/seat/keymap_text.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

#define MAX_CODE 300

static void open_keymap(const uint8_t *data, size_t size)
{
	static struct xkb_context *context; // for the life of the process
	const char *fault = NULL;
	if (!context)
		context = keymap_text_context();
	check(context != NULL);
	char *text = target_text(data, size);
	struct xkb_keymap *keymap = keymap_text_compile(context, text, size, &fault);
	check(keymap || fault);
	if (keymap) { // what key presses do with it
		struct xkb_state *state = xkb_state_new(keymap);
		xkb_keycode_t last = xkb_keymap_max_keycode(keymap);
		for (xkb_keycode_t code = xkb_keymap_min_keycode(keymap);
			code <= last && code < MAX_CODE; code++) {
			xkb_state_key_get_one_sym(state, code);
			xkb_state_update_key(state, code, XKB_KEY_DOWN);
		}
		free(xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1));
		xkb_state_unref(state);
	}
	xkb_keymap_unref(keymap);
	free(text);
}

const struct fuzz_target target_keymap = {.name = "keymap", .open = open_keymap};
