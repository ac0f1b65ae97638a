// SPDX-License-Identifier: MIT
// A target: one place where bytes of files, peers or users enter. Each file here feeds it with the
// input of the fuzzer; target_main.c has the list.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "tests/fuzz/request.h"

struct fuzz_target {
	const char *name;
	void (*prepare)(void);                          // once, before the first input; or NULL
	void (*open)(const uint8_t *data, size_t size); // must free whatever it makes
};

extern const struct fuzz_target target_control, target_desktop, target_edid, target_ini,
	target_keymap, target_png, target_script, target_selector, target_vdagent, target_vhost,
	target_vtest, target_x11_hints, target_x11_selection, target_x11_text, target_xcursor;

// The input as a string that the caller frees.
char *target_text(const uint8_t *data, size_t size);
// The rest of the input up to the next line that is "--", which is skipped, as a string that the
// caller frees; for targets with several files. Empty at the end of the input.
char *target_part(struct input *input, size_t *size);
// Path of a file with this name in a folder of this process, replaced with these bytes. The caller
// frees it. Folders of the name are made.
char *target_file(const char *name, const void *data, size_t size);
